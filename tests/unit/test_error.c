#include "base/error.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void expect_error(const struct error *error, enum error_kind kind, const char *file,
                         const char *field, const char *what) {
    assert_int_equal(error->kind, kind);
    assert_string_equal(error->file, file);
    assert_string_equal(error->field, field);
    assert_string_equal(error->what, what);
}

/* 'x' in every text: what an error does not say must not stay from an earlier one. */
static void every_kind_fills_all_of_an_error(void **state) {
    (void)state;
    struct error error;
    memset(&error, 'x', sizeof error);
    assert_false(error_usage(&error, "no verb '%s'", "chekc"));
    expect_error(&error, ERROR_USAGE, "", "", "no verb 'chekc'");
    memset(&error, 'x', sizeof error);
    assert_false(error_malformed(&error, "magic", "%d bytes", 3));
    expect_error(&error, ERROR_MALFORMED, "", "magic", "3 bytes");
    memset(&error, 'x', sizeof error);
    assert_false(error_io(&error, "a.dylib", "cannot %s", "read"));
    expect_error(&error, ERROR_IO, "a.dylib", "", "cannot read");
}

static void an_error_of_the_system_says_why(void **state) {
    (void)state;
    struct error error;
    errno = ENOENT;
    assert_false(error_errno(&error, "a.dylib", "cannot open"));
    expect_error(&error, ERROR_IO, "a.dylib", "", "cannot open: No such file or directory");
}

static void only_an_error_without_a_file_is_given_one(void **state) {
    (void)state;
    struct error error;
    error_malformed(&error, "magic", "wrong");
    assert_false(error_in_file(&error, "a.dylib"));
    expect_error(&error, ERROR_MALFORMED, "a.dylib", "magic", "wrong");
    assert_false(error_in_file(&error, "b.dylib"));
    expect_error(&error, ERROR_MALFORMED, "a.dylib", "magic", "wrong");
}

static void a_text_that_is_too_long_is_cut(void **state) {
    (void)state;
    struct error error;
    char text[4000];
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    error_malformed(&error, text, "%s", text);
    error_in_file(&error, text);
    assert_int_equal(strlen(error.file), sizeof error.file - 1);
    assert_int_equal(strlen(error.field), sizeof error.field - 1);
    assert_int_equal(strlen(error.what), sizeof error.what - 1);
}

static void errors_are_printed_in_order_without_their_absent_parts(void **state) {
    (void)state;
    struct errors errors = {0};
    struct error error;
    char *text;
    size_t size;
    error_usage(&error, "no verb");
    errors_add(&errors, &error);
    error_malformed(&error, "magic", "wrong");
    errors_add(&errors, &error);
    error_in_file(&error, "a.dylib");
    errors_add(&errors, &error);
    error_io(&error, "b.dylib", "cannot read");
    errors_add(&errors, &error);
    FILE *stream = open_memstream(&text, &size);
    errors_print(stream, &errors);
    fclose(stream);
    assert_string_equal(text, "vafit: no verb\n"
                              "vafit: magic: wrong\n"
                              "vafit: a.dylib: magic: wrong\n"
                              "vafit: b.dylib: cannot read\n");
    free(text);
    errors_free(&errors);
}

static void the_worst_error_is_the_exit_status(void **state) {
    (void)state;
    static const enum error_kind kinds[] = {ERROR_USAGE, ERROR_IO, ERROR_MALFORMED, ERROR_USAGE};
    static const enum error_kind worst[] = {ERROR_USAGE, ERROR_IO, ERROR_IO, ERROR_IO};
    struct errors errors = {0};
    assert_int_equal(errors_worst(&errors), ERROR_NONE);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const struct error error = {.kind = kinds[i]};
        errors_add(&errors, &error);
        assert_int_equal(errors_worst(&errors), worst[i]);
    }
    errors_free(&errors);
    assert_int_equal(errors.count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_fills_all_of_an_error),
        cmocka_unit_test(an_error_of_the_system_says_why),
        cmocka_unit_test(only_an_error_without_a_file_is_given_one),
        cmocka_unit_test(a_text_that_is_too_long_is_cut),
        cmocka_unit_test(errors_are_printed_in_order_without_their_absent_parts),
        cmocka_unit_test(the_worst_error_is_the_exit_status),
    };
    return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
