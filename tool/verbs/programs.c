#include "verbs/programs.h"

#include "base/file.h"
#include "base/map.h"
#include "base/path.h"
#include "base/text.h"
#include "program/bundle.h"
#include "program/image_folder.h"

#include <string.h>

/* --- operands --- */

/* What an operand that is a folder stands for. */
struct expanded_operands {
    struct arena *arena;
    const struct search_options *options;
    struct string_list paths;
    struct map met; /* their real paths */
};

static void add_once(struct expanded_operands *expanded, const char *path) {
    const char *real = file_real(expanded->arena, path);
    if (map_get(&expanded->met, real) != NULL)
        return;
    map_put(&expanded->met, expanded->arena, real, expanded);
    *vector_push(expanded->arena, &expanded->paths) = path;
}

/* The executable of a bundle where its path comes among the others, as they are sorted by parts. */
static bool comes_before(const char *a, const char *b) {
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == '/' || (*b != '/' && (unsigned char)*a < (unsigned char)*b);
}

static bool no_program(const struct search_options *options, const char *folder,
                       struct error *error) {
    if (options->arch != NULL)
        error_malformed(error, "", "no program for %s is below this folder: no Mach-O executable",
                        options->arch);
    else
        error_malformed(error, "", "no program is below this folder: no Mach-O executable");
    return error_in_file(error, folder);
}

/* A bundle's executable may be a script that starts the programs. */
static bool is_image(const char *path) {
    struct file file;
    struct error ignored;
    if (!file_open(path, &file, &ignored))
        return true;
    bool is = image_file_is_loaded(&file);
    file_close(&file);
    return is;
}

static bool add_folder(struct expanded_operands *expanded, const char *folder,
                       struct error *error) {
    struct bundle bundle;
    struct string_list below = {0};
    const struct search_options *options = expanded->options;
    bool is_bundle = bundle_read(expanded->arena, folder, &bundle, error);
    if (!is_bundle && error->kind != ERROR_NONE)
        return false;
    if (!image_folder_programs(expanded->arena, folder, options->arch, &below, error))
        return false;
    const char *own = is_bundle ? bundle.executable : NULL;
    if (own == NULL && below.count == 0)
        return no_program(options, folder, error);
    if (below.count != 0 && own != NULL && !is_image(own))
        own = NULL;
    for (size_t i = 0; i < below.count; i++) {
        if (own != NULL && comes_before(own, below.items[i]))
            add_once(expanded, own);
        add_once(expanded, below.items[i]);
    }
    if (own != NULL)
        add_once(expanded, own);
    return true;
}

bool programs_expand(struct arena *arena, const struct search_options *options,
                     struct string_list *operands, struct error *error) {
    struct expanded_operands expanded = {.arena = arena, .options = options};
    bool good = true;
    if (options->facts.count != 0)
        return true;
    for (size_t i = 0; good && i < operands->count; i++) {
        const char *folder = path_followed(arena, operands->items[i]);
        if (operands->items[i][0] != '\0' && path_is_folder(folder))
            good = add_folder(&expanded, folder, error);
        else
            *vector_push(arena, &expanded.paths) = operands->items[i];
    }
    map_free(&expanded.met);
    *operands = expanded.paths;
    return good;
}

/* --- walks --- */

/* dyld follows it in a main executable as it does the environment (PathOverrides,
 * setFromEnvAndMain) as far as the system's policy allows; here only the user can say what that
 * means. */
static void note_environment(const struct program *program) {
    const struct rpaths *environment = &program->images.items[0].image->environment;
    for (size_t i = 0; i < environment->count && program->has_executable; i++)
        text_print_line(stderr,
                        "vafit: %s: LC_DYLD_ENVIRONMENT %s is not followed; dyld may load other "
                        "dylibs than these, which --search and --insert can name",
                        program->path, environment->items[i]);
}

/* What starts: an operand's slice, or the slice of the program that loads it. */
struct program_root {
    struct image_file *file;
    struct image_slice *slice;
    const char *plug_in; /* the operand, where it is loaded by another program; else NULL */
};

static bool find_loader(const struct search_options *options, struct image_cache *cache,
                        struct program_root *root, struct error *error) {
    const struct image_slice *slice = root->slice;
    struct image_file *file = search_find(options, cache, options->program, error);
    if (file == NULL)
        return false;
    root->file = file;
    root->slice = image_file_slice_for(file, slice->architecture);
    if (root->slice == NULL)
        error_malformed(error, "", "no slice for %s of %s", slice->architecture->name,
                        root->plug_in);
    else if (image_cache_image(cache, file, root->slice) == NULL)
        return false;
    else if (root->slice->image->type == MH_EXECUTE)
        return true;
    else
        error_malformed(error, "", "no executable, which --program needs");
    return error_in_file(error, file->path);
}

static bool find_root(const struct search_options *options, struct image_cache *cache,
                      const char *operand, struct program_root *root) {
    struct error error = {.kind = ERROR_NONE};
    if (options->program == NULL || root->slice->image->type == MH_EXECUTE)
        return true;
    root->plug_in = operand;
    bool found = find_loader(options, cache, root, &error);
    if (!found && error.kind != ERROR_NONE)
        errors_add(image_cache_errors(cache), &error);
    return found;
}

/* What all operands are walked with. */
struct operand_walk {
    struct arena *arena;
    const struct search_options *options;
    const struct search *search;
    struct image_cache *cache;
    struct walker *walker;
    struct programs *programs;
};

static void walk_slices(const struct operand_walk *walk, const char *operand) {
    const struct search_options *options = walk->options;
    struct image_cache *cache = walk->cache;
    struct error error;
    struct image_file *file = search_find(options, cache, operand, &error);
    if (file == NULL && error.kind != ERROR_NONE)
        errors_add(image_cache_errors(cache), &error);
    for (size_t i = 0; file != NULL && i < file->slice_count; i++) {
        struct program_root root = {file, &file->slices[i], NULL};
        struct search with = *walk->search;
        if (!search_takes(options, root.slice) ||
            image_cache_image(cache, file, root.slice) == NULL ||
            !find_root(options, cache, operand, &root))
            continue;
        with.plug_in = root.plug_in;
        struct program *program = arena_take(walk->arena, sizeof *program);
        program_walk(walk->walker, &with, operand, root.file, root.slice, program);
        note_environment(program);
        *vector_push(walk->arena, walk->programs) = program;
    }
}

/* An application stands for its executable. */
static bool find_program(struct arena *arena, struct search_options *options, struct error *error) {
    struct bundle bundle;
    const char *folder = options->program == NULL ? NULL : path_followed(arena, options->program);
    if (folder == NULL || !path_is_folder(folder))
        return true;
    if (bundle_read(arena, folder, &bundle, error) && bundle.executable != NULL) {
        options->program = bundle.executable;
        return true;
    }
    if (error->kind == ERROR_NONE) {
        error_malformed(error, "", "no executable, which --program needs");
        error_in_file(error, options->program);
    }
    return false;
}

void programs_walk(struct arena *arena, const struct search_options *options,
                   const struct search *search, struct image_cache *cache,
                   const struct string_list *operands, struct programs *programs) {
    struct search_options with = *options;
    struct error error;
    if (!find_program(arena, &with, &error)) {
        errors_add(image_cache_errors(cache), &error);
        return;
    }
    struct operand_walk walk = {arena, &with, search, cache, walker_make(cache), programs};
    for (size_t i = 0; i < operands->count; i++)
        walk_slices(&walk, operands->items[i]);
    walker_free(walk.walker);
}
