/* Files of a plan that are opened again: only as they were when they were read. */
#include "fix/predict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/test_problem.XXXXXX";

static void write_to(const char *name, const char *text) {
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* The file as it was read, closed since. */
static struct image_file read_file(void) {
    struct image_file file = {.path = path};
    struct error error;
    assert_true(file_open(path, &file.file, &error));
    file_close(&file.file);
    return file;
}

static int make_file(void **state) {
    (void)state;
    int descriptor = mkstemp(path);
    return descriptor < 0 ? -1 : close(descriptor);
}

static int remove_file(void **state) {
    (void)state;
    return unlink(path);
}

static void a_file_that_is_what_it_was_is_opened(void **state) {
    (void)state;
    struct error error;
    struct image_file file;
    write_to(path, "as it is");
    struct image_file was = read_file();
    struct predicted_file item = {.file = &was};
    assert_true(predicted_file_open(&item, &file, &error));
    assert_string_equal(file.path, path);
    file_close(&file.file);
}

static void expect_late(const struct predicted_file *item) {
    struct error error = {0};
    struct image_file file;
    assert_false(predicted_file_open(item, &file, &error));
    assert_int_equal(error.kind, ERROR_IO);
    assert_string_equal(error.file, path);
    assert_non_null(strstr(error.what, "was linked again meanwhile"));
}

static void a_file_that_was_changed_is_refused(void **state) {
    (void)state;
    struct image_file was = read_file();
    struct predicted_file item = {.file = &was};
    write_to(path, "larger than it was");
    expect_late(&item);
}

static void another_file_of_the_name_is_refused(void **state) {
    (void)state;
    char other[sizeof path + 4];
    struct image_file was = read_file();
    struct predicted_file item = {.file = &was};
    snprintf(other, sizeof other, "%s.new", path);
    write_to(other, "larger than it was");
    assert_int_equal(rename(other, path), 0);
    expect_late(&item);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_is_what_it_was_is_opened),
        cmocka_unit_test(a_file_that_was_changed_is_refused),
        cmocka_unit_test(another_file_of_the_name_is_refused),
    };
    return cmocka_run_group_tests_name("problem", tests, make_file, remove_file);
}
