#include "verbs/common_options.h"

#include "base/file.h"
#include "base/output.h"
#include "base/terminal.h"
#include "base/text.h"
#include "macho/other_file.h"
#include "program/image_cache.h"
#include "report/depfile.h"

#include <errno.h>
#include <string.h>

static const char *text_or_json_name(size_t i) {
    static const char *const names[] = {"text", "json"};
    return i < sizeof names / sizeof names[0] ? names[i] : NULL;
}

const struct option_choices color_choices = {.choice = terminal_color_name, .usual = "auto"};
const struct option_choices architecture_choices = {.choice = architecture_name};
const struct option_choices text_or_json = {.choice = text_or_json_name, .usual = "text"};

bool wants_json(const char *format) {
    return format != NULL && strcmp(format, "json") == 0;
}

bool output_options_valid(struct output_options *options, struct error *error) {
    if (output_is_standard(options->output))
        options->output = NULL;
    if (options->depfile != NULL && options->output == NULL)
        return error_usage(error, "--depfile needs --output, whose path stands in it");
    if (output_collides(options->output, options->depfile))
        return error_usage(error, "--depfile %s: another file of this run has that name",
                           options->depfile);
    return true;
}

/* Another name of a hard link is no other result's: a new file takes the name alone. */
static bool is_same_name(struct arena *scratch, const char *a, const char *b) {
    struct file_stamp first, second;
    return file_stamp(a, &first) && file_stamp(b, &second) &&
           file_identity_same(&first.identity, &second.identity) &&
           strcmp(file_real(scratch, a), file_real(scratch, b)) == 0;
}

bool result_spares(const char *option, const char *path, const struct string_list *inputs,
                   struct error *error) {
    struct arena scratch = {0};
    bool spares = true;
    if (path == NULL || !output_replaces(path))
        return true;
    for (size_t i = 0; spares && i < inputs->count; i++)
        spares = !is_same_name(&scratch, path, inputs->items[i]);
    arena_free(&scratch);
    return spares || error_usage(error, "--%s %s: a file of that name was read", option, path);
}

bool output_spares(const struct output_options *options, const struct string_list *inputs,
                   struct error *error) {
    return result_spares("output", options->output, inputs, error) &&
           result_spares("depfile", options->depfile, inputs, error);
}

static bool leaves_room(const char *option, const char *path, const char *const *targets,
                        size_t count, struct error *error) {
    for (size_t i = 0; i < count; i++)
        if (output_collides(path, targets[i]))
            return error_usage(error, "--%s %s: an image of this run goes there", option, path);
    return true;
}

bool output_leaves_room(const struct output_options *options, const char *const *targets,
                        size_t count, struct error *error) {
    return leaves_room("output", options->output, targets, count, error) &&
           leaves_room("depfile", options->depfile, targets, count, error);
}

static bool write_result(const char *path, const struct text *text, struct error *error) {
    const char *data = text->data == NULL ? "" : text->data;
    if (path != NULL)
        return output_put(path, data, text->size, error);
    if (fwrite(data, 1, text->size, stdout) != text->size || fflush(stdout) != 0)
        return error_errno(error, "standard output", "cannot write");
    return true;
}

/* What cannot stand in a depfile is found before anything is written. */
bool output_write(const struct output_options *options, const struct text *text,
                  const struct string_list *inputs, struct error *error) {
    struct text depfile = {0};
    bool written =
        output_spares(options, inputs, error) &&
        (options->depfile == NULL || depfile_write(options->output, inputs, &depfile, error)) &&
        write_result(options->output, text, error) &&
        (options->depfile == NULL || write_result(options->depfile, &depfile, error));
    text_free(&depfile);
    return written;
}

struct image_cache *search_open_cache(const struct search_options *options, struct error *error) {
    if (options->facts.count == 0)
        return image_cache_on_disk();
    struct image_cache *cache = image_cache_of_facts();
    if (image_cache_add_facts(cache, &options->facts, error))
        return cache;
    image_cache_free(cache);
    return NULL;
}

struct search search_of(const struct search_options *options) {
    return (struct search){
        .sysroot = options->sysroot,
        .folders = options->folders,
        .inserted = options->insert,
    };
}

bool search_takes(const struct search_options *options, const struct image_slice *slice) {
    return options->arch == NULL || strcmp(options->arch, slice->architecture->name) == 0;
}

static bool has_wanted_slice(const struct search_options *options, struct image_cache *cache,
                             const struct image_file *file, struct error *error) {
    for (size_t i = 0; i < file->slice_count; i++)
        if (search_takes(options, &file->slices[i]))
            return true;
    error_malformed(error, "", "no %s slice, only %s", options->arch,
                    image_file_architectures(cache_arena(cache), file));
    return error_in_file(error, file->path);
}

struct image_file *search_find(const struct search_options *options, struct image_cache *cache,
                               const char *operand, struct error *error) {
    struct image_file *file;
    error->kind = ERROR_NONE;
    if (operand[0] == '\0') {
        error_io(error, "''", "cannot open: %s", strerror(ENOENT));
        return NULL;
    }
    switch (image_cache_find(cache, operand, &file)) {
    case LOOKUP_FOUND:
        return has_wanted_slice(options, cache, file, error) ? file : NULL;
    case LOOKUP_FAILED:
        return NULL;
    case LOOKUP_STUB:
        error_malformed(error, "magic", "%s", other_file_stub);
        break;
    case LOOKUP_OTHER:
        error_io(error, operand, "cannot open: not a regular file");
        break;
    case LOOKUP_LOOP:
        error_io(error, operand, "cannot open: %s", strerror(ELOOP));
        break;
    case LOOKUP_ABSENT:
        if (options->facts.count != 0)
            error_malformed(error, "", "not among the images of the facts files");
        else
            error_io(error, operand, "cannot open: %s", strerror(ENOENT));
        break;
    }
    error_in_file(error, operand);
    return NULL;
}

struct image_file *operand_read(struct image_cache *cache, const char *operand) {
    static const struct search_options everything = {0};
    struct error error;
    struct image_file *file = search_find(&everything, cache, operand, &error);
    if (file == NULL && error.kind != ERROR_NONE)
        errors_add(image_cache_errors(cache), &error);
    bool read = file != NULL;
    for (size_t i = 0; file != NULL && i < file->slice_count; i++)
        read = image_cache_image(cache, file, &file->slices[i]) != NULL && read;
    return read ? file : NULL;
}

void search_options_again(const struct search_options *options, struct text *text) {
    options_add(text, "arch", options->arch);
    options_add(text, "program", options->program);
    options_add(text, "sysroot", options->sysroot);
    options_add_each(text, "search", &options->folders);
    options_add_each(text, "insert", &options->insert);
}
