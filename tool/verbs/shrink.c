#include "base/file.h"
#include "base/map.h"
#include "base/mapping.h"
#include "base/output.h"
#include "base/path.h"
#include "base/size.h"
#include "base/text.h"
#include "fix/level_plan.h"
#include "program/image_cache.h"
#include "report/freed_report.h"
#include "rewrite/image_rewrite.h"
#include "rewrite/original.h"
#include "verbs/common_options.h"
#include "verbs/shrink_options.h"
#include "verbs/verb.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

struct shrink_arguments {
    const char *color;
    const char *output;
    const char *out_dir;
    bool in_place;
    const char *level;
    const char *plan;
    bool dry_run;
    const char *format;
    struct shrink_options shrink;
};

#define ROW(name, letter, kind, member, placeholder, help, choices)                                \
    { name, letter, kind, offsetof(struct shrink_arguments, member), placeholder, help, choices }

static const struct option_row rows[] = {
    ROW("output", 'o', OPTION_TEXT, output, "FILE", "write the one image's new file to FILE", NULL),
    ROW("out-dir", 0, OPTION_TEXT, out_dir, "DIR", "write the new files into DIR, by their names",
        NULL),
    ROW("in-place", 0, OPTION_FLAG, in_place, NULL, "replace the files themselves", NULL),
    ROW("level", 0, OPTION_CHOICE, level, "LEVEL", OPTION_CHOICES, &level_choices),
    ROW("plan", 0, OPTION_TEXT, plan, "FILE",
        "with --in-place: to the level that FILE, a plan of vafit fix --dry-run, gives an image; "
        "leave others alone",
        NULL),
    ROW("dry-run", 0, OPTION_FLAG, dry_run, NULL, "print what each level would free, write nothing",
        NULL),
    ROW("format", 0, OPTION_CHOICE, format, "FORMAT", "with --dry-run: " OPTION_CHOICES,
        &text_or_json),
    SHRINK_ROWS(struct shrink_arguments, shrink),
    COLOR_ROW(struct shrink_arguments),
};

struct shrink {
    struct arena *arena;
    struct shrink_arguments arguments;
    struct image_cache *cache;
    struct rewrite_options options;
    struct level_plan plan;
    struct freed_report freed; /* of a dry run */
    struct map met;            /* in place: the real paths of operands */
    enum error_kind worst;
};

static bool arguments_valid(const struct shrink_arguments *arguments,
                            const struct string_list *operands, struct error *error) {
    int places =
        (arguments->output != NULL) + (arguments->out_dir != NULL) + (arguments->in_place ? 1 : 0);
    if (operands->count == 0)
        return error_usage(error, "shrink needs an image");
    if (!shrink_options_valid(&arguments->shrink, error))
        return false;
    if (arguments->plan != NULL && (arguments->level != NULL || !arguments->in_place))
        return error_usage(error, "--plan tells the level, without --level, and needs --in-place");
    if (arguments->format != NULL && !arguments->dry_run)
        return error_usage(error, "shrink --format needs --dry-run");
    if (arguments->dry_run && places == 0)
        return true;
    if (places != 1)
        return error_usage(error, "shrink needs one of --output, --out-dir and --in-place");
    if (arguments->output != NULL && operands->count != 1)
        return error_usage(error, "--output is for one image; --out-dir takes many");
    return true;
}

/* What many operands leave in one folder must not have one name. */
static bool leaves_differ(const struct shrink_arguments *arguments,
                          const struct string_list *operands, struct error *error) {
    const char *folder = arguments->shrink.unstripped;
    bool aside = folder != NULL && strcmp(folder, "none") != 0;
    if (arguments->dry_run || (arguments->out_dir == NULL && !aside))
        return true;
    for (size_t i = 0; i < operands->count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(path_leaf(operands->items[i]), path_leaf(operands->items[j])) == 0 &&
                strcmp(operands->items[i], operands->items[j]) != 0)
                return error_usage(error, "%s and %s would both be %s/%s", operands->items[j],
                                   operands->items[i],
                                   arguments->out_dir != NULL ? arguments->out_dir : folder,
                                   path_leaf(operands->items[i]));
    return true;
}

/* In place of a symbolic link is in place of what it leads to, and so is --output. A link that lies
 * in a folder of outputs was not named, and may lead back to the original: it is replaced. */
static const char *target_of(const struct shrink *shrink, const char *operand,
                             const struct image_file *file) {
    if (shrink->arguments.output != NULL)
        return path_followed(shrink->arena, shrink->arguments.output);
    if (shrink->arguments.out_dir != NULL)
        return path_join(shrink->arena, shrink->arguments.out_dir, path_leaf(operand));
    return file->path;
}

static void note_error(struct shrink *shrink, const struct error *error) {
    error_print(stderr, error);
    if (error->kind > shrink->worst)
        shrink->worst = error->kind;
}

/* Gives the bytes of a whole file to a device or a pipe. */
static bool stream(const char *path, const char *output, struct error *error) {
    struct file file;
    struct mapping mapping;
    if (!file_open(path, &file, error))
        return false;
    bool done = mapping_make(&file, 0, file.size, &mapping, error) &&
                output_put(output, mapping.bytes.data, mapping.bytes.size, error);
    mapping_free(&mapping);
    file_close(&file);
    return done;
}

/* A pipe or device is written to when the new image is whole and verified. It replaces nothing, so
 * that no original is kept; what standard output gets is the image alone. */
static bool shrink_to_stream(const struct shrink *shrink, const char *operand,
                             const struct image_file *file, struct error *error) {
    struct rewrite_options options = shrink->options;
    struct shrunk shrunk;
    char *folder = file_make_temporary_folder(shrink->arena, error);
    if (folder == NULL)
        return false;
    const char *path = path_join(shrink->arena, folder, path_leaf(operand));
    options.unstripped = "none";
    bool done = shrink_file(&options, file, path, &shrunk, error) &&
                stream(path, shrink->arguments.output, error);
    unlink(path);
    rmdir(folder);
    return done;
}

/* False for an image that a plan leaves as it is. */
static bool takes_level(const struct shrink *shrink, const char *operand,
                        struct rewrite_options *options) {
    *options = shrink->options;
    if (shrink->arguments.plan != NULL)
        options->losses.level = level_plan_find(shrink->arena, &shrink->plan, operand);
    return options->losses.level != NULL;
}

static bool shrink_to_file(const struct shrink *shrink, const char *operand,
                           const struct image_file *file, struct error *error) {
    struct rewrite_options options;
    struct shrunk shrunk;
    if (!takes_level(shrink, operand, &options))
        return true;
    if (shrink->arguments.output != NULL && output_is_stream(shrink->arguments.output))
        return shrink_to_stream(shrink, operand, file, error);
    const char *target = target_of(shrink, operand, file);
    if (shrink->arguments.in_place &&
        !shrink_has_one_name(shrink->arena, &shrink->arguments.shrink, file, error))
        return false;
    if (!shrink_file(&options, file, target, &shrunk, error))
        return false;
    shrink_print_sizes(&shrink->arguments.shrink, target, &shrunk);
    return true;
}

static bool measure(const struct shrink *shrink, const struct image_file *file, const char *level,
                    uint64_t *before, uint64_t *freed, struct error *error) {
    struct image_rewrite rewrite;
    const struct losses losses = {.level = level_named(level),
                                  .unclaimed = shrink->options.losses.unclaimed};
    if (!image_rewrite_measure(file, &losses, &rewrite, error))
        return false;
    int64_t less = image_rewrite_freed(&rewrite);
    *freed = less < 0 ? 0 : (uint64_t)less;
    *before = 0;
    for (size_t i = 0; i < file->slice_count; i++)
        *before += rewrite.slices[i].linkedit.bytes.size;
    image_rewrite_free(&rewrite);
    return true;
}

/* What each level that one image is enough for would free of its __LINKEDIT. */
static bool dry_run_file(struct shrink *shrink, const char *operand, const struct image_file *file,
                         struct error *error) {
    struct freed_image image = {.path = operand};
    const char *level;
    for (size_t i = 0; (level = level_choices.choice(i)) != NULL; i++)
        if (!measure(shrink, file, level, &image.linkedit, &image.freed[i], error))
            return false;
    *vector_push(shrink->arena, &shrink->freed) = image;
    return true;
}

static void print_freed(const struct shrink *shrink) {
    struct text text = {0};
    text_add(&text, "");
    if (wants_json(shrink->arguments.format))
        freed_write_json(&shrink->freed, &text);
    else
        freed_write_text(&shrink->freed, &text);
    fputs(text.data, stdout);
    text_free(&text);
}

/* In place a file is shrunk once, whatever names it was given by. */
static bool is_met(struct shrink *shrink, const char *operand) {
    char *real = file_real(shrink->arena, operand);
    bool met = shrink->arguments.in_place && map_get(&shrink->met, real) != NULL;
    map_put(&shrink->met, shrink->arena, real, real);
    return met;
}

static void shrink_operand(struct shrink *shrink, const char *operand) {
    struct error error;
    if (is_met(shrink, operand))
        return;
    if (shrink->arguments.in_place &&
        !shrink_resume(shrink->arena, &shrink->arguments.shrink, operand, false, &error)) {
        note_error(shrink, &error);
        return;
    }
    struct image_file *file = operand_read(shrink->cache, operand);
    struct errors *errors = image_cache_errors(shrink->cache);
    for (size_t i = 0; i < errors->count; i++)
        note_error(shrink, &errors->items[i]);
    errors_free(errors);
    if (file == NULL)
        return;
    bool done = shrink->arguments.dry_run ? dry_run_file(shrink, operand, file, &error)
                                          : shrink_to_file(shrink, operand, file, &error);
    if (!done)
        note_error(shrink, &error);
}

static int run(const struct call *call) {
    struct shrink shrink = {.arena = call->arena};
    struct string_list operands = {0};
    struct error error;
    if (!call_parse(call, &verb_shrink, &shrink.arguments, &operands, &error) ||
        !arguments_valid(&shrink.arguments, &operands, &error) ||
        !leaves_differ(&shrink.arguments, &operands, &error) ||
        (shrink.arguments.plan != NULL &&
         !level_plan_read(shrink.arena, shrink.arguments.plan, &shrink.plan, &error)))
        return call_fail(&verb_shrink, &error);
    shrink.options = rewrite_options_of(&shrink.arguments.shrink, shrink.arguments.level);
    shrink.cache = image_cache_on_disk();
    for (size_t i = 0; i < operands.count; i++)
        shrink_operand(&shrink, operands.items[i]);
    if (shrink.arguments.dry_run)
        print_freed(&shrink);
    image_cache_free(shrink.cache);
    map_free(&shrink.met);
    return (int)shrink.worst;
}

const struct verb verb_shrink = {
    "shrink",
    "IMAGE... -o FILE|--out-dir DIR|--in-place [OPTIONS]",
    "strip from __LINKEDIT what is not needed at run time",
    rows,
    sizeof rows / sizeof rows[0],
    run,
};
