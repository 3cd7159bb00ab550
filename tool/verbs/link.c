#include "base/file.h"
#include "base/link_command.h"
#include "base/memory.h"
#include "base/subprocess.h"
#include "base/text.h"
#include "commit/journal.h"
#include "fix/level_plan.h"
#include "fix/min_level.h"
#include "program/image_cache.h"
#include "program/measure.h"
#include "report/check_report.h"
#include "rewrite/original.h"
#include "verbs/common_options.h"
#include "verbs/limit_options.h"
#include "verbs/programs.h"
#include "verbs/shrink_options.h"
#include "verbs/verb.h"

#include <stdio.h>
#include <string.h>

struct link_arguments {
    const char *color;
    const char *level;
    bool if_needed;
    const char *plan;
    struct limit_options judge;
    struct shrink_options shrink;
};

#define ROW(name, letter, kind, member, placeholder, help, choices)                                \
    { name, letter, kind, offsetof(struct link_arguments, member), placeholder, help, choices }

static const struct option_row rows[] = {
    ROW("level", 0, OPTION_CHOICE, level, "LEVEL", OPTION_CHOICES, &level_choices),
    ROW("if-needed", 0, OPTION_FLAG, if_needed, NULL,
        "only if what was linked does not fit, and then to the lowest level, up to locals, at which "
        "it fits",
        NULL),
    ROW("plan", 0, OPTION_TEXT, plan, "FILE",
        "to the level that FILE, a plan of vafit fix --dry-run, gives the output; leave an output "
        "alone that FILE does not name",
        NULL),
    LIMIT_ROWS(struct link_arguments, judge),
    SHRINK_ROWS(struct link_arguments, shrink),
    COLOR_ROW(struct link_arguments),
};

struct link {
    struct arena *arena;
    struct link_arguments arguments;
    struct rewrite_options options;
    struct level_plan plan;
    struct limits limits; /* what --if-needed holds against, as profiles */
    struct judged_profiles profiles;
    struct string_list command; /* the linker's, its program first */
    const char *output;         /* where it puts its result */
    bool is_named;              /* by the command, and not by default */
    bool was_there;             /* before the command ran */
    struct file_stamp before;   /* of the output then, when it was */
    bool was_fresh;             /* then */
    struct kept_original {
        const char *path; /* NULL for nowhere */
        struct file_state state;
    } originals[2];  /* beside the output, and where --unstripped says; as before the command */
    bool puts_aside; /* the original that has the name now is vafit's own */
    struct file_state made; /* the output as the command left it, and then as it was shrunk */
};

/* The options stand before "--", the command after it. */
static bool read_call(const struct call *call, struct link *link, struct error *error) {
    const struct call own = call_split(call, &link->command);
    struct string_list operands = {0};
    if (!call_parse(&own, &verb_link, &link->arguments, &operands, error))
        return false;
    if (operands.count != 0)
        return error_usage(error, "link needs -- before the linker, not '%s'", operands.items[0]);
    return link->command.count != 0 || error_usage(error, "link needs a linker after --");
}

/* At the link of an executable its dylibs may not be there yet. */
static bool read_limits(struct link *link, struct error *error) {
    const struct link_arguments *arguments = &link->arguments;
    const struct limit_options *judge = &arguments->judge;
    struct string_list inputs = {0};
    bool judges = judge->profiles.count != 0 || judge->limit.given || judge->headroom.given ||
                  judge->rules.count != 0 || judge->allow_missing.count != 0;
    if (!shrink_options_valid(&arguments->shrink, error))
        return false;
    if (arguments->if_needed && arguments->level != NULL)
        return error_usage(error, "--if-needed finds the level itself, without --level");
    if (arguments->plan != NULL && (arguments->if_needed || arguments->level != NULL))
        return error_usage(error, "--plan tells the level, without --level and --if-needed");
    if (arguments->plan != NULL &&
        !level_plan_read(link->arena, arguments->plan, &link->plan, error))
        return false;
    if (judges && !arguments->if_needed)
        return error_usage(error, "--profile, --limit, --headroom, --rule and --allow-missing need "
                                  "--if-needed");
    if (!limit_options_limits(judge, &link->limits, error))
        return false;
    link->limits.severities[RULE_UNRESOLVED] = SEVERITY_OFF;
    return limit_options_profiles(link->arena, judge, &inputs, &link->limits, &link->profiles,
                                  error);
}

/* What an ended run left of the output, before the command makes another. */
static bool resume(struct link *link, struct error *error) {
    struct resumed resumed = {0};
    const char *target = path_followed(link->arena, link->output);
    const char *original =
        original_path_of_link(link->arena, link->arguments.shrink.unstripped, target);
    if (!journal_resume(target, false, &resumed, error) || !atomic_file_sweep(target, error) ||
        (original != NULL && !atomic_file_sweep(original, error)))
        return false;
    shrink_print_resumed(&link->arguments.shrink, link->output, &resumed);
    return true;
}

static bool find_output(struct link *link, struct error *error) {
    if (!link_command_output(link->arena, &link->command, &link->output, error))
        return false;
    link->is_named = link->output != NULL;
    if (!link->is_named)
        link->output = LINK_DEFAULT_OUTPUT;
    if (!resume(link, error))
        return false;
    link->was_there = file_stamp(link->output, &link->before);
    link->was_fresh = link->was_there && file_stamp_is_fresh(&link->before);
    return true;
}

/* Whether the command left the output alone; false where that cannot be told. */
static bool is_untouched(const struct link *link) {
    struct file_stamp now;
    if (!link->was_there)
        return !file_stamp(link->output, &now);
    return !link->was_fresh && file_stamp_holds(&link->before, link->output);
}

/* Removes a file that a build tool must not take for the result of this step. */
static bool remove_file(const char *path) {
    struct error error;
    bool removed = file_remove(path, &error);
    if (!removed)
        error_print(stderr, &error);
    return removed;
}

static struct file_state state_of(const char *path) {
    struct file_state state = {0};
    if (path != NULL)
        state.is_there = file_stamp(path, &state.stamp);
    return state;
}

static void look_for_originals(struct link *link, const char *target) {
    const char *folders[] = {NULL, link->arguments.shrink.unstripped};
    for (size_t i = 0; i < 2; i++) {
        const char *path = original_path_of_link(link->arena, folders[i], target);
        link->originals[i] = (struct kept_original){path, state_of(path)};
    }
}

static bool is_as_before(const struct kept_original *original) {
    struct file_state now = state_of(original->path);
    return now.is_there == original->state.is_there &&
           (!now.is_there || file_stamp_same(&now.stamp, &original->state.stamp));
}

/* A driver that keeps the linker's output as NAME.unstripped, and strips: that is the original.
 * What another run of vafit has put there meanwhile is that of an earlier link. */
static bool command_kept_original(const struct link *link, const struct image_file *file) {
    for (size_t i = 0; i < 2; i++)
        if (!is_as_before(&link->originals[i]) && state_of(link->originals[i].path).is_there &&
            original_is_there(link->originals[i].path, file))
            return true;
    return false;
}

/* With what vafit itself has put aside of it in this run. An output that another link has made
 * since is not this step's. */
static bool remove_output(const struct link *link) {
    const char *target = path_followed(link->arena, link->output);
    if (link->made.is_there && !file_stamp_holds(&link->made.stamp, target))
        return false;
    if (link->puts_aside && !is_as_before(&link->originals[1]))
        remove_file(link->originals[1].path);
    return remove_file(target);
}

/* A command without an output's name may be none that links; then a.out is somebody else's. */
static int end_failed(const struct link *link, const struct subprocess_end *end) {
    if (link->is_named || !is_untouched(link))
        remove_output(link);
    int signal = subprocess_signal() != 0 ? subprocess_signal() : end->signal;
    return signal != 0 ? die_by_signal(signal) : end->status;
}

/* Whether the output is an image to shrink: the command may only have compiled. */
static bool is_image(const char *path, bool *is, struct error *error) {
    struct file file;
    *is = false;
    if (path_look(path) != PATH_FILE)
        return true;
    if (!file_open(path, &file, error))
        return false;
    *is = image_file_is_loaded(&file);
    file_close(&file);
    return true;
}

static bool shrink_image(struct link *link, const struct rewrite_options *options,
                         const struct image_file *file, struct error *error) {
    struct rewrite_options own = *options;
    struct shrunk shrunk;
    bool kept = command_kept_original(link, file);
    if (kept)
        own.unstripped = "none";
    if (!shrink_file(&own, file, file->path, &shrunk, error))
        return false;
    link->puts_aside = !kept;
    link->made = state_of(file->path);
    shrink_print_sizes(&link->arguments.shrink, file->path, &shrunk);
    return true;
}

/* --- if needed --- */

/* The image judged as check does, in each of its architectures and for each system. */
struct judged_image {
    struct programs programs;
    struct judged_programs judged;
    struct check_report report;
    bool exceeds; /* one of them does */
};

static void judge_image(const struct link *link, struct image_cache *cache, const char *path,
                        struct judged_image *judged) {
    static const struct search_options everything = {0};
    struct search search = {.may_miss = link->arguments.judge.allow_missing};
    struct string_list operands = {.items = &path, .count = 1};
    *judged = (struct judged_image){0};
    programs_walk(link->arena, &everything, &search, cache, &operands, &judged->programs);
    judged_programs_make(link->arena, judged->programs.items, judged->programs.count,
                         &link->profiles, &judged->judged);
    for (size_t i = 0; i < judged->judged.count; i++) {
        const struct judged_program *item = &judged->judged.items[i];
        struct program_report *report = vector_push(link->arena, &judged->report);
        *report = (struct program_report){.judged = *item};
        program_measure(link->arena, item->program, item->profile, &report->measure);
        judge(link->arena, &report->measure, item->limits, &report->judgement);
        judged->exceeds |= judgement_exceeds(&report->judgement);
    }
}

/* The least level up to `locals` at which the image fits; NULL for none. */
static bool find_level(const struct link *link, struct image_cache *cache,
                       const struct image_file *file, const struct judged_programs *judged,
                       const struct level **level, struct error *error) {
    struct predict_input input = {
        .programs = judged->items,
        .program_count = judged->count,
        .options = {.rewrite = &link->options, .memory = memory_of_machine(), .quiet = true},
    };
    while (level_row(input.options.level_count++) != level_named("locals"))
        ;
    return min_level(link->arena, cache_arena(cache), &input, file, level, error);
}

/* Shrinks the image as far as it has to be. */
static bool shrink_if_needed(struct link *link, struct image_cache *cache,
                             const struct image_file *file, struct error *error) {
    struct judged_image judged;
    struct rewrite_options options = link->options;
    options.losses.level = NULL;
    judge_image(link, cache, file->path, &judged);
    bool done = image_cache_errors(cache)->count != 0 || !judged.exceeds ||
                find_level(link, cache, file, &judged.judged, &options.losses.level, error);
    if (!done || options.losses.level == NULL)
        return done;
    return shrink_image(link, &options, file, error);
}

/* Whether what was made of the image fits; says why where it does not. */
static bool fits_now(const struct link *link, const char *path) {
    static const struct report_style style = {.quiet = true};
    struct image_cache *cache = image_cache_on_disk();
    struct judged_image judged;
    struct text text = {0};
    judge_image(link, cache, path, &judged);
    check_write_text(&judged.report, &style, &text);
    if (judged.exceeds)
        fputs(text.data, stderr);
    text_free(&text);
    image_cache_free(cache);
    return !judged.exceeds;
}

/* --- by a plan --- */

static bool shrink_as_planned(struct link *link, const struct image_file *file,
                              struct error *error) {
    struct rewrite_options options = link->options;
    options.losses.level = level_plan_find(link->arena, &link->plan, file->path);
    return options.losses.level == NULL || shrink_image(link, &options, file, error);
}

/* --- the whole --- */

static bool shrink_as_asked(struct link *link, struct image_cache *cache,
                            const struct image_file *file, struct error *error) {
    if (link->arguments.if_needed)
        return shrink_if_needed(link, cache, file, error);
    if (link->arguments.plan != NULL)
        return shrink_as_planned(link, file, error);
    return shrink_image(link, &link->options, file, error);
}

/* Shrinks an image and prints what went wrong; the exit status. */
static int shrink_output(struct link *link, const char *path) {
    struct image_cache *cache = image_cache_on_disk();
    struct errors *errors = image_cache_errors(cache);
    struct error error;
    struct image_file *file = operand_read(cache, path);
    if (file != NULL && !shrink_as_asked(link, cache, file, &error))
        errors_add(errors, &error);
    int status = (int)errors_worst(errors);
    errors_print(stderr, errors);
    image_cache_free(cache);
    if (status == EXIT_FITS && link->arguments.if_needed && !fits_now(link, path))
        return EXIT_EXCEEDS;
    return status;
}

/* Everything after a command that succeeded; the exit status. One that left the output as it was
 * has made nothing: it printed its version, or took the output for up to date. */
static int end_linked(struct link *link) {
    const char *path = path_followed(link->arena, link->output);
    struct error error;
    bool is;
    if (is_untouched(link))
        return EXIT_FITS;
    link->made = state_of(path);
    int status = !is_image(path, &is, &error) ? call_fail(&verb_link, &error)
                 : is                         ? shrink_output(link, path)
                                              : EXIT_FITS;
    if (status == EXIT_FITS)
        return EXIT_FITS;
    if (remove_output(link))
        text_print_line(stderr, "vafit: %s: removed, since it %s", path,
                        status == EXIT_EXCEEDS ? "does not fit" : "could not be shrunk");
    return status;
}

static int run(const struct call *call) {
    struct link link = {.arena = call->arena};
    struct subprocess_end end = {0};
    struct error error;
    if (!read_call(call, &link, &error) || !read_limits(&link, &error) ||
        !find_output(&link, &error))
        return call_fail(&verb_link, &error);
    look_for_originals(&link, path_followed(link.arena, link.output));
    link.options = rewrite_options_of(&link.arguments.shrink, link.arguments.level);
    link.options.linked = true;
    link.options.no_sync = true;
    if (!subprocess_run(&link.command, &end, &error)) {
        end.status = call_fail(&verb_link, &error);
        return end_failed(&link, &end);
    }
    if (end.status != 0 || end.signal != 0 || subprocess_signal() != 0)
        return end_failed(&link, &end);
    int status = end_linked(&link);
    return subprocess_signal() == 0 ? status : end_failed(&link, &end);
}

const struct verb verb_link = {
    "link",
    "[--level LEVEL|--if-needed|--plan FILE] [OPTIONS] -- LINKER ARGUMENT...",
    "run a link, then shrink what it made, as one step",
    rows,
    sizeof rows / sizeof rows[0],
    run,
};
