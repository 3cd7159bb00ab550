#include "base/json.h"
#include "base/parallel.h"
#include "program/facts.h"
#include "program/image_cache.h"
#include "verbs/common_options.h"
#include "verbs/verb.h"

struct scan_arguments {
    const char *color;
    struct output_options output;
    struct string_list names;
    unsigned jobs;
};

static const struct option_row rows[] = {
    OUTPUT_ROWS(struct scan_arguments, output),
    {"as", 0, OPTION_EACH, offsetof(struct scan_arguments, names), "PATH",
     "the name of the image in the facts, in place of its path; repeatable, for its links", NULL},
    {"jobs", 'j', OPTION_COUNT, offsetof(struct scan_arguments, jobs), "N",
     "use at most N threads (one per processor)", NULL},
    COLOR_ROW(struct scan_arguments),
};

/* The files to scan, with what went wrong with each. */
struct scan {
    struct image_cache *cache;
    struct image_file *const *files;
    size_t count;
    struct error *errors; /* one a file; ERROR_NONE where all is well */
};

static bool scan_slice(struct image_cache *cache, struct image_file *file,
                       struct image_slice *slice, struct error *error) {
    return image_cache_read_sizes(cache, file, slice, error) &&
           (slice->image->type != MH_EXECUTE ||
            image_cache_read_hardened(cache, file, slice, error));
}

static void scan_file(void *context, size_t i) {
    struct scan *scan = context;
    struct image_file *file = scan->files[i];
    scan->errors[i].kind = ERROR_NONE;
    for (size_t j = 0; j < file->slice_count; j++)
        file->slices[j].wants_lossless = true;
    for (size_t j = 0; j < file->slice_count; j++)
        if (file->slices[j].image != NULL &&
            !scan_slice(scan->cache, file, &file->slices[j], &scan->errors[i]))
            return;
}

static void scan_files(struct arena *arena, struct image_cache *cache) {
    struct scan scan = {.cache = cache};
    scan.files = image_cache_files(cache, &scan.count);
    scan.errors = arena_take(arena, (scan.count + 1) * sizeof *scan.errors);
    parallel_for(scan.count, scan_file, &scan);
    for (size_t i = 0; i < scan.count; i++)
        if (scan.errors[i].kind != ERROR_NONE)
            errors_add(image_cache_errors(cache), &scan.errors[i]);
}

/* The names that --as gives: the first is the path, the others are links to it. */
static void rename_file(struct arena *arena, struct image_file *file,
                        const struct string_list *names) {
    file->path = names->items[0];
    file->names = (struct string_list){0};
    for (size_t i = 1; i < names->count; i++)
        *vector_push(arena, &file->names) = names->items[i];
}

static int write_facts(const struct scan_arguments *arguments, struct image_cache *cache) {
    struct text text = {0};
    struct error error;
    size_t count;
    struct image_file *const *files = image_cache_files(cache, &count);
    if (arguments->names.count != 0)
        rename_file(cache_arena(cache), files[0], &arguments->names);
    json_write(facts_to_json(files, count), &text);
    bool written = output_write(&arguments->output, &text, image_cache_opened(cache), &error);
    text_free(&text);
    return written ? EXIT_FITS : call_fail(&verb_scan, &error);
}

static int run(const struct call *call) {
    struct scan_arguments arguments = {0};
    struct string_list operands = {0};
    struct error error;
    if (!call_parse(call, &verb_scan, &arguments, &operands, &error) ||
        !output_options_valid(&arguments.output, &error))
        return call_fail(&verb_scan, &error);
    if (operands.count == 0) {
        error_usage(&error, "scan needs an image");
        return call_fail(&verb_scan, &error);
    }
    if (arguments.names.count != 0 && operands.count != 1) {
        error_usage(&error, "--as names one image");
        return call_fail(&verb_scan, &error);
    }
    struct image_cache *cache = image_cache_on_disk();
    int status;
    for (size_t i = 0; i < operands.count; i++)
        operand_read(cache, operands.items[i]);
    parallel_set_jobs(arguments.jobs);
    scan_files(call->arena, cache);
    if (image_cache_errors(cache)->count != 0) {
        errors_print(stderr, image_cache_errors(cache));
        status = (int)errors_worst(image_cache_errors(cache));
    } else {
        status = write_facts(&arguments, cache);
    }
    image_cache_free(cache);
    return status;
}

const struct verb verb_scan = {
    "scan",
    "IMAGE... [-o FACTS.json] [OPTIONS]",
    "the facts of single images, small enough to cache, for `check --facts`",
    rows,
    sizeof rows / sizeof rows[0],
    run,
};
