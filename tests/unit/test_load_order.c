#include "program/program_find.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static int release(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

/* Paths and install names; the executable has none. */
static const char *const images[][2] = {
    {"out/app", NULL},
    {"out/liba.dylib", "@rpath/liba.dylib"},
    {"out/deep/libb.1.dylib", "@rpath/libb.dylib"},
    {"out/other/libb.dylib", "@rpath/other/libb.dylib"},
};

static struct program program_of_images(void) {
    struct program program = {.path = images[0][0], .has_executable = true};
    for (size_t i = 0; i < sizeof images / sizeof images[0]; i++) {
        struct image *image = arena_take(&arena, sizeof *image);
        struct image_file *file = arena_take(&arena, sizeof *file);
        file->path = images[i][0];
        image->install_name = images[i][1];
        *vector_push(&arena, &program.images) = (struct loaded_image){.file = file, .image = image};
    }
    return program;
}

static void an_image_is_found_by_the_leaf_of_its_path_or_install_name(void **state) {
    (void)state;
    static const struct {
        const char *name;
        size_t image;
    } rows[] = {{"app", 0}, {"liba.dylib", 1}, {"libb.1.dylib", 2}, {"libb.dylib", 2}};
    struct program program = program_of_images();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t image = SIZE_MAX;
        if (!program_find(&program, rows[i].name, &image) || image != rows[i].image)
            fail_msg("%s: %zu", rows[i].name, image);
    }
}

static void a_name_of_no_image_is_not_found(void **state) {
    (void)state;
    static const char *const names[] = {"libc.dylib", "", "lib", "deep", "out/", "liba.dylib/"};
    struct program program = program_of_images();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t image;
        if (program_find(&program, names[i], &image))
            fail_msg("%s: %zu", names[i], image);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_image_is_found_by_the_leaf_of_its_path_or_install_name),
        cmocka_unit_test(a_name_of_no_image_is_not_found),
    };
    return cmocka_run_group_tests_name("program", tests, NULL, release);
}
