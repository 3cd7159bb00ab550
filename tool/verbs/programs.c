#include "verbs/programs.h"

#include "base/text.h"

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

static void walk_slices(struct arena *arena, const struct search_options *options,
                        const struct search *search, struct image_cache *cache, const char *operand,
                        struct programs *programs) {
    struct error error;
    struct image_file *file = search_find(options, cache, operand, &error);
    if (file == NULL && error.kind != ERROR_NONE)
        errors_add(image_cache_errors(cache), &error);
    for (size_t i = 0; file != NULL && i < file->slice_count; i++) {
        struct image_slice *slice = &file->slices[i];
        if (!search_takes(options, slice) || image_cache_image(cache, file, slice) == NULL)
            continue;
        struct program *program = arena_take(arena, sizeof *program);
        program_walk(cache, search, operand, file, slice, program);
        note_environment(program);
        *vector_push(arena, programs) = program;
    }
}

void programs_walk(struct arena *arena, const struct search_options *options,
                   const struct search *search, struct image_cache *cache,
                   const struct string_list *operands, struct programs *programs) {
    for (size_t i = 0; i < operands->count; i++)
        walk_slices(arena, options, search, cache, operands->items[i], programs);
}

void programs_free(struct programs *programs) {
    for (size_t i = 0; i < programs->count; i++)
        program_free(programs->items[i]);
}
