#include "verbs/map_subject.h"

#include "base/file.h"
#include "base/output.h"
#include "base/parallel.h"
#include "base/size.h"
#include "base/text.h"
#include "crash/crash_report.h"
#include "macho/other_file.h"
#include "program/bundle.h"
#include "verbs/programs.h"
#include "verbs/report_file.h"
#include "verbs/wanted_sizes.h"

#include <string.h>

/* One that is being read. */
struct map_subject {
    struct arena *arena;
    const struct subject_options *options;
    struct search_options search; /* of the options, with the facts that are the operand */
    const char *path;
    struct string_list *inputs;
    struct errors *errors;
};

static bool fail(const struct map_subject *subject, const struct error *error) {
    errors_add(subject->errors, error);
    return false;
}

/* --- what it is --- */

#define LARGEST_FACTS (256 * MIB)

enum subject_kind { SUBJECT_PROGRAM, SUBJECT_FACTS, SUBJECT_REPORT };

/* Binary files of no known kind may still be reports, as with the bytes of a terminal in them. */
static bool is_text(struct bytes head) {
    const char *says = other_file_by_contents(head);
    return (says == NULL || says == other_file_text) && !other_file_is_macho(head);
}

/* Facts that another tool wrote anew may have their schema far from where they begin. */
static bool is_facts(struct arena *arena, const char *path) {
    struct error ignored;
    char *text;
    size_t size;
    if (!file_read_all(arena, path, LARGEST_FACTS, &text, &size, &ignored))
        return false;
    const char *schema = vafit_schema_of(arena, text);
    return schema != NULL && strncmp(schema, "vafit.facts/", strlen("vafit.facts/")) == 0;
}

/* By how it begins; what cannot be read is for whoever opens it next to say. */
static enum subject_kind kind_of(struct arena *arena, const char *path) {
    char head[OTHER_FILE_HEAD + 1] = "";
    struct file file;
    struct error ignored;
    if (output_is_standard(path))
        return SUBJECT_REPORT;
    if (!file_open(path, &file, &ignored))
        return SUBJECT_PROGRAM;
    size_t size = file.size < OTHER_FILE_HEAD ? (size_t)file.size : OTHER_FILE_HEAD;
    bool read = file_read(&file, 0, head, size, &ignored);
    file_close(&file);
    if (!read || !is_text((struct bytes){(const uint8_t *)head, size}))
        return SUBJECT_PROGRAM;
    return strstr(head, "\"vafit.facts/") != NULL || is_facts(arena, path) ? SUBJECT_FACTS
                                                                           : SUBJECT_REPORT;
}

/* --- a report --- */

static bool read_report(const struct map_subject *subject, struct address_map *map) {
    struct crash_report report = {.format = NULL};
    struct observed_layout layout;
    struct error error;
    if (!report_file_read(subject->arena, subject->path, &report, &error))
        return fail(subject, &error);
    if (!output_is_standard(subject->path))
        *vector_push(subject->arena, subject->inputs) = subject->path;
    observed_layout_make(subject->arena, &report, &layout);
    const struct circumstances circumstances = {
        .report = &report, .layout = &layout, .report_path = subject->path, .options = ""};
    address_map_of_report(subject->arena, &circumstances, map);
    return true;
}

/* --- a program --- */

static void read_sizes(const struct map_subject *subject, struct image_cache *cache,
                       const struct program *program) {
    struct wanted_sizes wanted = {.cache = cache};
    parallel_set_jobs(subject->options->jobs);
    for (size_t i = 0; i < program->images.count; i++)
        wanted_sizes_add(subject->arena, &wanted, &program->images.items[i]);
    wanted_sizes_read(&wanted, false);
}

/* Whether the model of placement is true of it. */
static void read_hardened(struct image_cache *cache, const struct program *program) {
    struct error error;
    if (program->has_executable &&
        !image_cache_read_hardened(cache, program->images.items[0].file,
                                   program->images.items[0].slice, &error))
        errors_add(image_cache_errors(cache), &error);
}

/* Of several slices, that of arm64, which the limits are about. */
static struct program *choose(const struct programs *programs) {
    for (size_t i = 0; i < programs->count; i++)
        if (strcmp(programs->items[i]->architecture->family, "arm64") == 0)
            return programs->items[i];
    return programs->items[0];
}

static void draw(const struct map_subject *subject, struct program *program,
                 struct address_map *map) {
    struct judged_programs judged = {0};
    judged_programs_make(subject->arena, &program, 1, subject->options->profiles, &judged);
    address_map_of_program(subject->arena, &judged.items[0], map);
    if (map->missing != NULL)
        text_print_line(stderr, "vafit: %s: %s", program->path, map->missing);
}

static void note_inputs(const struct map_subject *subject, const struct image_cache *cache) {
    const struct string_list *opened = image_cache_opened(cache);
    for (size_t i = 0; i < opened->count; i++)
        *vector_push(subject->arena, subject->inputs) =
            arena_string(subject->arena, opened->items[i]);
}

static bool draw_program(const struct map_subject *subject, struct image_cache *cache,
                         const char *path, struct address_map *map) {
    struct search search = search_of(&subject->search);
    const struct string_list operands = {&path, 1, 1};
    struct programs programs = {0};
    const struct errors *errors = image_cache_errors(cache);
    search.may_miss = *subject->options->may_miss;
    programs_walk(subject->arena, &subject->search, &search, cache, &operands, &programs);
    if (errors->count == 0)
        read_hardened(cache, choose(&programs));
    if (errors->count == 0 && subject->options->wants_sizes)
        read_sizes(subject, cache, choose(&programs));
    if (errors->count == 0)
        draw(subject, choose(&programs), map);
    for (size_t i = 0; i < errors->count; i++)
        errors_add(subject->errors, &errors->items[i]);
    note_inputs(subject, cache);
    return errors->count == 0;
}

/* The one executable of the facts; NULL when there is another number of them. */
static const char *find_executable(struct image_cache *cache) {
    const char *found = NULL;
    size_t count;
    struct image_file *const *files = image_cache_files(cache, &count);
    for (size_t i = 0; i < count; i++) {
        const struct image *image = files[i]->slice_count == 0 ? NULL : files[i]->slices[0].image;
        if (image == NULL || image->type != MH_EXECUTE)
            continue;
        if (found != NULL)
            return NULL;
        found = files[i]->path;
    }
    return found;
}

static bool read_facts(struct map_subject *subject, struct address_map *map) {
    struct error error;
    *vector_push(subject->arena, &subject->search.facts) = subject->path;
    struct image_cache *cache = search_open_cache(&subject->search, &error);
    if (cache == NULL)
        return fail(subject, &error);
    const char *path = find_executable(cache);
    bool drawn = path != NULL && draw_program(subject, cache, path, map);
    if (path == NULL) {
        error_usage(&error,
                    "%s: not the facts of one executable; name it before --facts: "
                    "vafit map EXECUTABLE --facts FACTS",
                    subject->path);
        fail(subject, &error);
    }
    image_cache_free(cache);
    return drawn;
}

/* The executable of a bundle; any other folder is no program. */
static const char *find_program(const struct map_subject *subject, struct error *error) {
    struct bundle bundle;
    const char *folder = path_followed(subject->arena, subject->path);
    if (subject->search.facts.count != 0 || subject->path[0] == '\0' || !path_is_folder(folder))
        return subject->path;
    if (bundle_read(subject->arena, folder, &bundle, error) && bundle.executable != NULL)
        return bundle.executable;
    if (error->kind == ERROR_NONE) {
        error_malformed(error, "", "a folder that is no bundle; name the program in it");
        error_in_file(error, subject->path);
    }
    return NULL;
}

static bool read_program(const struct map_subject *subject, struct address_map *map) {
    struct error error = {.kind = ERROR_NONE};
    const char *path = find_program(subject, &error);
    struct image_cache *cache = path == NULL ? NULL : search_open_cache(&subject->search, &error);
    if (cache == NULL)
        return fail(subject, &error);
    bool drawn = draw_program(subject, cache, path, map);
    image_cache_free(cache);
    return drawn;
}

bool map_subject_read(struct arena *arena, const struct subject_options *options, const char *path,
                      struct string_list *inputs, struct address_map *map, struct errors *errors) {
    struct map_subject subject = {arena, options, *options->search, path, inputs, errors};
    enum subject_kind kind = kind_of(arena, path);
    if (kind == SUBJECT_REPORT)
        return read_report(&subject, map);
    return kind == SUBJECT_FACTS ? read_facts(&subject, map) : read_program(&subject, map);
}
