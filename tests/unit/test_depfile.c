#include "report/depfile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct row {
    const char *label;
    const char *target;
    const char *inputs[5];
    const char *expected;
} rows[] = {
    {"no inputs", "out/report.json", {NULL}, "out/report.json:\n"},
    {"in order", "out", {"b", "a", "c"}, "out: b a c\n"},
    {"once each", "out", {"a", "b", "a", "b"}, "out: a b\n"},
    {"spaces", "my out", {"a b", " c "}, "my\\ out: a\\ b \\ c\\ \n"},
    {"#", "out#1", {"a#b"}, "out\\#1: a\\#b\n"},
    {"$", "$out", {"a$b$$"}, "$$out: a$$b$$$$\n"},
    {":", "o:t", {"a:b", "c:/d"}, "o\\:t: a\\:b c\\:/d\n"},
    {"what needs nothing", "out", {"a,b", "c'd\"e", "(f)%~"}, "out: a,b c'd\"e (f)%~\n"},
    /* After a backslash of the name the space needs three: one each for it and for both. */
    {"a backslash before a space", "out", {"a\\ b"}, "out: a\\\\\\ b\n"},
};

static void expect_depfile(const struct row *row) {
    struct string_list inputs = {0};
    struct text text = {0};
    const char *items[5];
    memcpy(items, row->inputs, sizeof items);
    inputs.items = items;
    while (inputs.count < 5 && items[inputs.count] != NULL)
        inputs.count++;
    struct error error;
    assert_true(depfile_write(row->target, &inputs, &text, &error));
    if (strcmp(text.data, row->expected) != 0)
        fail_msg("%s: \"%s\"", row->label, text.data);
    text_free(&text);
}

static void a_depfile_names_each_input_once_and_escaped(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect_depfile(&rows[i]);
}

/* ninja and make take it as it is, and two of them as two. */
static void a_backslash_before_other_characters_stays_alone(void **state) {
    (void)state;
    static const struct row row = {"a backslash", "out", {"a\\b"}, "out: a\\b\n"};
    expect_depfile(&row);
}

static void a_depfile_is_added_to_the_text(void **state) {
    (void)state;
    struct text text = {0};
    const struct string_list none = {0};
    struct error error;
    assert_true(depfile_write("a", &none, &text, &error));
    assert_true(depfile_write("b", &none, &text, &error));
    assert_string_equal(text.data, "a:\nb:\n");
    text_free(&text);
}

static void what_a_depfile_cannot_hold_is_refused(void **state) {
    (void)state;
    static const char *const names[] = {"a\nb", "a\rb", "a\tb", "\x1b[m", "a\x7f", "a*b", "a;b",
                                        "a<b",  "a>b",  "a^b",  "a`b",    "a|b",   "a:",  "a\\"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct text text = {0};
        const char *items[] = {"plain", names[i]};
        const struct string_list inputs = {items, 2, 2}, none = {0};
        struct error error = {0};
        if (depfile_write("out", &inputs, &text, &error) ||
            depfile_write(names[i], &none, &text, &error))
            fail_msg("%s is taken", names[i]);
        assert_int_equal(error.kind, ERROR_IO);
        assert_string_equal(error.file, names[i]);
        assert_null(text.data);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_depfile_names_each_input_once_and_escaped),
        cmocka_unit_test(a_backslash_before_other_characters_stays_alone),
        cmocka_unit_test(what_a_depfile_cannot_hold_is_refused),
        cmocka_unit_test(a_depfile_is_added_to_the_text),
    };
    return cmocka_run_group_tests_name("depfile", tests, NULL, NULL);
}
