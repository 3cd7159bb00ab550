#include "program/measure.h"

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

static struct loaded_image *add_image(struct program *program, const char *path, uint64_t address,
                                      uint64_t vm_space, uint64_t file_size) {
    struct image *image = arena_take(&arena, sizeof *image);
    struct image_file *file = arena_take(&arena, sizeof *file);
    image->lowest_address = address;
    image->vm_space = vm_space;
    file->path = path;
    file->size = file_size;
    struct loaded_image *loaded = vector_push(&arena, &program->images);
    *loaded = (struct loaded_image){.file = file, .image = image};
    return loaded;
}

/* The first image is an executable or a dylib like the others. */
static struct program program_of(bool has_executable) {
    struct program program = {.architecture = architecture_named("arm64"),
                              .has_executable = has_executable};
    add_image(&program, "app", 0x100000000, 0x8000, 0x7001);
    add_image(&program, "liba.dylib", 0x4000, 0x10000, 0x9000);
    add_image(&program, "libb.dylib", 0, 0x4000, 0x100);
    return program;
}

static struct measure measure_of(const struct program *program) {
    struct measure measure;
    program_measure(&arena, program, profile_named("macos-26"), &measure);
    return measure;
}

static void an_executable_is_measured_apart_from_its_dylibs(void **state) {
    (void)state;
    struct program program = program_of(true);
    struct image page_zero = *program.images.items[0].image;
    page_zero.page_zero = 0x200000000;
    program.images.items[0].image = &page_zero;
    struct measure measure = measure_of(&program);
    assert_ptr_equal(measure.layout, profile_named("macos-26")->arm64);
    assert_string_equal(measure.family, "arm64");
    assert_int_equal(measure.page_zero, 0x200000000);
    assert_int_equal(measure.executable, 0x8000);
    assert_int_equal(measure.executable_end, 0x100008000);
    assert_int_equal(measure.dylibs, 0x14000);
    assert_true(measure.extents.has_executable);
}

static void without_an_executable_all_images_are_dylibs(void **state) {
    (void)state;
    struct program program = program_of(false);
    struct measure measure = measure_of(&program);
    assert_int_equal(measure.page_zero, 0x100000000);
    assert_int_equal(measure.executable, 0);
    assert_int_equal(measure.executable_end, 0);
    assert_int_equal(measure.dylibs, 0x1c000);
    assert_false(measure.extents.has_executable);
}

static void an_extent_is_the_space_of_an_image_and_its_whole_file(void **state) {
    (void)state;
    static const struct extent expected[] = {
        {0x100000000, 0x8000, 0x7001}, {0x4000, 0x10000, 0x9000}, {0, 0x4000, 0x100}};
    static const char *const names[] = {"app", "liba.dylib", "libb.dylib"};
    struct program program = program_of(true);
    struct measure measure = measure_of(&program);
    assert_int_equal(measure.extents.count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_memory_equal(&measure.extents.items[i], &expected[i], sizeof expected[i]);
        assert_string_equal(measure.words.name(&arena, measure.words.images, i), names[i]);
    }
}

static const struct contents {
    const char *label;
    struct segment segments[4];
    struct heaviest expected;
} contents[] = {
    {"nothing", {{.name = "__PAGEZERO", .vm_size = 1 << 20}}, {BULK_UNKNOWN, 0, ""}},
    {"__LINKEDIT, whatever the file has",
     {{.name = "__TEXT", .vm_size = 300, .file_size = 300, .code_size = 300},
      {.name = "__LINKEDIT", .vm_size = 400, .file_size = 10}},
     {BULK_LINKEDIT, 400, "__LINKEDIT"}},
    {"what the file has no bytes for, of all segments",
     {{.name = "__TEXT", .vm_size = 300, .file_size = 300, .code_size = 300},
      {.name = "__DATA", .vm_size = 200, .file_size = 50},
      {.name = "__DATA_DIRTY", .vm_size = 210, .file_size = 50},
      {.name = "__LINKEDIT", .vm_size = 250, .file_size = 250}},
     {BULK_ZERO_FILL, 310, "__DATA_DIRTY"}},
    {"a segment of one's own",
     {{.name = "__TEXT", .vm_size = 300, .file_size = 300, .code_size = 250},
      {.name = "__NODE\nSEA", .vm_size = 400, .file_size = 400},
      {.name = "__LINKEDIT", .vm_size = 350, .file_size = 350}},
     {BULK_DATA, 450, "__NODE\\x0aSEA"}},
    {"data in __TEXT",
     {{.name = "__TEXT", .vm_size = 300, .file_size = 300, .code_size = 100},
      {.name = "__LINKEDIT", .vm_size = 150, .file_size = 150}},
     {BULK_DATA, 200, "__TEXT"}},
    {"code, and no more of it than is mapped",
     {{.name = "__TEXT", .vm_size = 300, .file_size = 290, .code_size = 295},
      {.name = "__LINKEDIT", .vm_size = 150, .file_size = 150}},
     {BULK_CODE, 290, "__TEXT"}},
};

static struct heaviest heaviest_of(const struct program *program, size_t image) {
    struct measure measure = measure_of(program);
    return measure.words.heaviest(&arena, measure.words.images, image);
}

static void the_heaviest_content_of_an_image_is_named(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        struct program program = program_of(true);
        struct image image = *program.images.items[0].image;
        struct segment segments[4];
        memcpy(segments, contents[i].segments, sizeof segments);
        image.segments = (struct segments){segments, 4, 4};
        program.images.items[0].image = &image;
        struct heaviest heaviest = heaviest_of(&program, 0);
        if (heaviest.bulk != contents[i].expected.bulk ||
            heaviest.size != contents[i].expected.size ||
            strcmp(heaviest.where, contents[i].expected.where) != 0)
            fail_msg("%s: %d, %d bytes, %s", contents[i].label, heaviest.bulk, (int)heaviest.size,
                     heaviest.where);
    }
    struct program dylibs = program_of(false);
    struct image image = *dylibs.images.items[1].image;
    struct segment segments[4];
    memcpy(segments, contents[4].segments, sizeof segments);
    image.segments = (struct segments){segments, 4, 4};
    dylibs.images.items[1].image = &image;
    assert_int_equal(heaviest_of(&dylibs, 1).bulk, BULK_DATA);
}

static void misaligned_parts_are_named_with_their_images(void **state) {
    (void)state;
    struct linkedit_part parts[] = {
        {.name = "exports trie", .alignment = 8, .file_offset = 0x8000, .size = 8},
        {.name = "string pool", .alignment = 8, .file_offset = 0x8014, .size = 8},
        {.name = "code signature", .alignment = 16, .file_offset = 0x8028, .size = 8}};
    struct program program = program_of(true);
    struct image image = *program.images.items[1].image;
    image.parts = (struct linkedit_parts){parts, 3, 3};
    program.images.items[1].image = &image;
    struct measure measure = measure_of(&program);
    assert_int_equal(measure.misaligned_count, 2);
    assert_string_equal(measure.misaligned[0], "liba.dylib (string pool at 0x8014)");
    assert_string_equal(measure.misaligned[1], "liba.dylib (code signature at 0x8028)");
}

static void what_may_be_missing_is_not_unresolved(void **state) {
    (void)state;
    static const char *tried[] = {"out/libx.dylib (no such file)", "libx.dylib (not a file)"};
    struct missing missing[] = {
        {.name = "@rpath/libx.dylib", .loaded_by = 1, .tried = {tried, 2, 2}},
        {.name = "@rpath/liby.dylib", .loaded_by = 0},
        {.name = "@rpath/weak.dylib", .loaded_by = 0, .weak = true},
        {.name = "@rpath/allowed.dylib", .loaded_by = 0, .allowed = true}};
    struct program program = program_of(true);
    program.missing = (struct missing_list){missing, 4, 4};
    struct measure measure = measure_of(&program);
    assert_int_equal(measure.unresolved_count, 2);
    assert_string_equal(measure.unresolved[0],
                        "liba.dylib asks for @rpath/libx.dylib, which was not found; tried "
                        "out/libx.dylib (no such file), libx.dylib (not a file)");
    assert_string_equal(measure.unresolved[1],
                        "app asks for @rpath/liby.dylib, which was not found; tried nothing, since "
                        "no image on the way has an LC_RPATH");
}

static void the_heaviest_images_come_first_and_the_earlier_of_equal_ones(void **state) {
    (void)state;
    static const size_t expected[] = {1, 3, 0, 4, 2};
    struct program program = program_of(true);
    add_image(&program, "libc.dylib", 0, 0x10000, 1);
    add_image(&program, "libd.dylib", 0, 0x8000, 100000000);
    for (size_t wanted = 0; wanted < 8; wanted++) {
        size_t count = wanted;
        const size_t *heaviest = program_heaviest(&arena, &program, &count);
        assert_int_equal(count, wanted < 5 ? wanted : 5);
        assert_memory_equal(heaviest, expected, count * sizeof *expected);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_executable_is_measured_apart_from_its_dylibs),
        cmocka_unit_test(without_an_executable_all_images_are_dylibs),
        cmocka_unit_test(an_extent_is_the_space_of_an_image_and_its_whole_file),
        cmocka_unit_test(the_heaviest_content_of_an_image_is_named),
        cmocka_unit_test(misaligned_parts_are_named_with_their_images),
        cmocka_unit_test(what_may_be_missing_is_not_unresolved),
        cmocka_unit_test(the_heaviest_images_come_first_and_the_earlier_of_equal_ones),
    };
    return cmocka_run_group_tests_name("measure", tests, NULL, release);
}
