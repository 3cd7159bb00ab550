#include "program/image_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { MOST_SLICES = 4 };

/* A file by the names of its slices, in order. */
static struct image_file file_of(const char *const *names, struct image_slice *slices) {
    struct image_file file = {.path = "libx.dylib", .slices = slices};
    while (file.slice_count < MOST_SLICES && names[file.slice_count] != NULL) {
        const struct architecture *architecture = architecture_named(names[file.slice_count]);
        slices[file.slice_count++] = (struct image_slice){.architecture = architecture};
    }
    return file;
}

static const struct row {
    const char *program;
    const char *slices[MOST_SLICES];
    const char *taken; /* NULL: none */
} rows[] = {
    {"arm64", {"arm64"}, "arm64"},
    {"arm64", {"x86_64", "arm64"}, "arm64"},
    {"arm64", {"arm64e", "arm64"}, "arm64"},
    {"arm64", {"arm64e"}, NULL},
    {"arm64", {"x86_64", "x86_64h"}, NULL},
    {"arm64e", {"arm64", "arm64e"}, "arm64e"},
    {"arm64e", {"arm64"}, NULL},
    {"x86_64", {"x86_64"}, "x86_64"},
    {"x86_64", {"x86_64h"}, "x86_64h"},
    {"x86_64", {"x86_64", "x86_64h"}, "x86_64h"},
    {"x86_64", {"arm64", "x86_64h", "x86_64"}, "x86_64h"},
    {"x86_64h", {"x86_64"}, "x86_64"},
    {"x86_64h", {"x86_64", "arm64", "x86_64h"}, "x86_64h"},
    {"x86_64h", {"arm64", "arm64e"}, NULL},
};

static void a_program_takes_the_slice_that_dyld_grades_best(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct image_slice slices[MOST_SLICES];
        struct image_file file = file_of(rows[i].slices, slices);
        const struct image_slice *taken =
            image_file_slice_for(&file, architecture_named(rows[i].program));
        const char *name = taken == NULL ? "none" : taken->architecture->name;
        if (strcmp(name, rows[i].taken == NULL ? "none" : rows[i].taken) != 0)
            fail_msg("%s, row %zu: %s", rows[i].program, i, name);
    }
}

static void a_slice_is_found_by_its_own_name_alone(void **state) {
    (void)state;
    static const char *const names[] = {"x86_64", "arm64e", NULL};
    struct image_slice slices[MOST_SLICES];
    struct image_file file = file_of(names, slices);
    assert_ptr_equal(image_file_slice(&file, "x86_64"), &slices[0]);
    assert_ptr_equal(image_file_slice(&file, "arm64e"), &slices[1]);
    assert_null(image_file_slice(&file, "arm64"));
    assert_null(image_file_slice(&file, "x86_64h"));
}

static void the_architectures_are_listed_in_order(void **state) {
    (void)state;
    static const char *const none[] = {NULL}, *const names[] = {"x86_64", "arm64", NULL};
    struct arena arena = {0};
    struct image_slice slices[MOST_SLICES];
    struct image_file file = file_of(none, slices);
    assert_string_equal(image_file_architectures(&arena, &file), "");
    file = file_of(names, slices);
    assert_string_equal(image_file_architectures(&arena, &file), "x86_64, arm64");
    arena_free(&arena);
}

/* A header of so many slices in a file of 8 bytes, looked at again. */
static void a_universal_header_is_judged_each_time(void **state) {
    (void)state;
    static const char head[] = "\xca\xfe\xba\xbe\0\0\0\x02";
    char path[] = "/tmp/test_image_file.XXXXXX";
    struct image_file file = {.path = path, .size = 8};
    struct mapping mapping;
    struct universal universal;
    struct error error = {0};
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, head, 8), 8);
    assert_int_equal(close(descriptor), 0);
    assert_true(file_open(path, &file.file, &error));
    assert_false(image_file_map_universal(&file, &mapping, &universal, &error));
    assert_int_equal(error.kind, ERROR_MALFORMED);
    assert_null(mapping.start);
    file_close(&file.file);
    assert_int_equal(unlink(path), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_takes_the_slice_that_dyld_grades_best),
        cmocka_unit_test(a_slice_is_found_by_its_own_name_alone),
        cmocka_unit_test(a_universal_header_is_judged_each_time),
        cmocka_unit_test(the_architectures_are_listed_in_order),
    };
    return cmocka_run_group_tests_name("image_file", tests, NULL, NULL);
}
