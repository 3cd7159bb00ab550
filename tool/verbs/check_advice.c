#include "verbs/check_advice.h"

#include "base/map.h"
#include "base/parallel.h"
#include "program/open_world.h"
#include "program/unused_exports.h"

#include <string.h>

/* The files of all programs, each once. */
struct advice_files {
    struct image_file **items;
    size_t count;
    size_t capacity;
    struct error *errors; /* one a file */
    struct closed_world world;
};

static void add_files(struct arena *arena, const struct check_report *report,
                      struct advice_files *files) {
    struct map known = {0};
    for (size_t i = 0; i < report->count; i++) {
        const struct loaded_images *images = &report->items[i].judged.program->images;
        for (size_t j = 0; j < images->count; j++) {
            struct image_file *file = images->items[j].file;
            if (map_get(&known, file->path) != NULL)
                continue;
            map_put(&known, arena, file->path, file);
            *vector_push(arena, files) = file;
        }
    }
    map_free(&known);
}

/* Also those that no program needs. What is wrong with one is no error of the check. */
static bool read_slices(struct arena *cache_arena, const struct image_file *read) {
    struct image_file file = *read;
    struct error ignored;
    if (!file_open(file.path, &file.file, &ignored))
        return false;
    bool parsed = true;
    for (size_t i = 0; i < file.slice_count && parsed; i++)
        parsed = image_file_parse(cache_arena, &file, &file.slices[i], &ignored);
    file_close(&file.file);
    return parsed;
}

/* Why the programs are no closed world, as far as that shows without reading them; NULL when they
 * are. */
static const char *open_reason(struct arena *arena, struct image_cache *cache, const char *arch,
                               const struct check_report *report,
                               const struct advice_files *files) {
    struct program **programs = arena_take(arena, (report->count + 1) * sizeof *programs);
    struct string_list reasons = {0};
    if (strcmp(image_cache_source(cache), "facts") == 0)
        return "facts do not tell who asks for which";
    if (arch != NULL)
        return "--arch leaves out slices that may ask for them";
    for (size_t i = 0; i < report->count; i++)
        programs[i] = report->items[i].judged.program;
    for (size_t i = 0; i < files->count; i++)
        if (!read_slices(cache_arena(cache), files->items[i]))
            return arena_format(arena, "%s: a slice cannot be read", files->items[i]->path);
    open_world_find(arena, programs, report->count, files->items, files->count, &reasons);
    return reasons.count == 0 ? NULL : reasons.items[0];
}

static void count_in_file(void *context, size_t i) {
    struct advice_files *files = context;
    struct image_file file = *files->items[i];
    struct error *error = &files->errors[i];
    if (!file_open(file.path, &file.file, error))
        return;
    for (size_t j = 0; j < file.slice_count; j++)
        if (!unused_exports_read(&file, &file.slices[j], &files->world,
                                 &file.slices[j].unused_exports, error)) {
            error_in_file(error, file.path);
            break;
        }
    file_close(&file.file);
}

static const char *first_error(struct arena *arena, const struct advice_files *files) {
    for (size_t i = 0; i < files->count; i++)
        if (files->errors[i].kind != ERROR_NONE)
            return arena_format(arena, "%s: %s", files->items[i]->path, files->errors[i].what);
    return NULL;
}

/* Why they could not be counted; NULL when they were. */
static const char *count_exports(struct arena *arena, struct advice_files *files) {
    static const struct world_rules rules = {0};
    files->errors = arena_take(arena, (files->count + 1) * sizeof *files->errors);
    closed_world_read(&files->world, files->items, files->count, &rules, files->errors);
    const char *reason = first_error(arena, files);
    if (reason == NULL) {
        parallel_for(files->count, count_in_file, files);
        reason = first_error(arena, files);
    }
    closed_world_free(&files->world);
    return reason;
}

static void sum_up(struct program_report *report) {
    const struct loaded_images *images = &report->judged.program->images;
    report->unused_exports.known = true;
    for (size_t i = 0; i < images->count; i++) {
        const struct unused_exports *unused = &images->items[i].slice->unused_exports;
        report->unused_exports.count += unused->count;
        report->unused_exports.bytes += unused->bytes;
    }
}

void advice_count_exports(struct arena *arena, struct image_cache *cache, const char *arch,
                          struct check_report *report) {
    struct advice_files files = {0};
    add_files(arena, report, &files);
    const char *reason = open_reason(arena, cache, arch, report, &files);
    if (reason == NULL)
        reason = count_exports(arena, &files);
    for (size_t i = 0; i < report->count; i++)
        if (reason != NULL)
            report->items[i].exports_unknown = reason;
        else
            sum_up(&report->items[i]);
}
