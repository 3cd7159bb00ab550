/* Undo: every byte is back, or nothing has changed. */
#include "fix/undo.h"

#include "program/level.h"
#include "rewrite/shrink_file.h"
#include "small_images.h"

static const struct small_image one = {6, "@rpath/libone.dylib", 1, 20};
static const struct small_image two = {6, "@rpath/libtwo.dylib", 2, 30};

/* Shrinks the dylib in place; its original stays. */
static void shrink(const char *path) {
    const struct rewrite_options options = {.losses.level = level_named("locals"), .verify = true};
    struct image_file file = small_read(path);
    struct shrunk shrunk;
    struct error error;
    if (!shrink_file(&options, &file, path, &shrunk, &error))
        fail_msg("%s: %s", path, error.what);
    file_close(&file.file);
}

static void build(void) {
    small_write("one", &one);
    small_write("two", &two);
    small_write("one.was", &one);
    small_write("two.was", &two);
    shrink("one");
    shrink("two");
    assert_false(small_same("one", "one.was"));
    assert_true(small_same("one.unstripped", "one.was"));
}

/* Undoes both; how many were restored, and whether without an error. */
static bool undo(size_t *restored, struct error *error) {
    struct image_file files[] = {small_read("one"), small_read("two")};
    struct predicted_file items[] = {{.file = &files[0]}, {.file = &files[1]}};
    struct predictions predictions = {.files = items, .plan = {.file_count = 2}};
    struct errors errors = {0};
    bool done = undo_fix(&predictions, NULL, restored, &errors);
    if (errors.count != 0)
        *error = errors.items[0];
    errors_free(&errors);
    file_close(&files[0].file);
    file_close(&files[1].file);
    return done;
}

static void expect_nothing_left(void) {
    static const char *const names[] = {"one.vafit-new", "two.vafit-new", "one.vafit-journal",
                                        "two.vafit-journal"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (path_look(names[i]) != PATH_ABSENT)
            fail_msg("%s is left", names[i]);
}

static void every_byte_is_back(void **state) {
    (void)state;
    struct error error;
    size_t restored;
    build();
    assert_true(undo(&restored, &error));
    assert_int_equal(restored, 2);
    assert_true(small_same("one", "one.was"));
    assert_true(small_same("two", "two.was"));
    assert_int_equal(path_look("one.unstripped"), PATH_ABSENT);
    expect_nothing_left();
    assert_true(undo(&restored, &error));
    assert_int_equal(restored, 0);
}

static void another_original_stays_and_is_an_error(void **state) {
    (void)state;
    struct error error = {0};
    size_t restored;
    build();
    assert_int_equal(unlink("two.unstripped"), 0);
    small_write("two.unstripped", &one);
    assert_false(undo(&restored, &error));
    assert_int_equal(error.kind, ERROR_MALFORMED);
    assert_string_equal(error.file, "two.unstripped");
    assert_true(small_same("two.unstripped", "one.was"));
    assert_false(small_same("two", "two.was"));
    expect_nothing_left();
}

static void another_name_of_the_file_only_goes(void **state) {
    (void)state;
    struct error error;
    size_t restored;
    build();
    assert_int_equal(unlink("two.unstripped"), 0);
    assert_int_equal(link("two", "two.unstripped"), 0);
    assert_true(undo(&restored, &error));
    assert_int_equal(restored, 1);
    assert_int_equal(path_look("two.unstripped"), PATH_ABSENT);
    assert_true(small_same("one", "one.was"));
    assert_int_equal(path_look("two"), PATH_FILE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_SMALL_HOME(every_byte_is_back),
        IN_SMALL_HOME(another_original_stays_and_is_an_error),
        IN_SMALL_HOME(another_name_of_the_file_only_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
