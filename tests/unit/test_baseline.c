#include "report/baseline.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static int release(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

static bool read_baseline(const char *text, struct baseline *baseline, struct error *error) {
    *baseline = (struct baseline){0};
    *error = (struct error){0};
    return baseline_from_json(&arena, text, strlen(text), baseline, error);
}

static const char written[] = "{\n"
                              "  \"schema\": \"vafit.baseline/1\",\n"
                              "  \"programs\": [\n"
                              "    {\n"
                              "      \"executable\": \"out/a\",\n"
                              "      \"arch\": \"arm64\",\n"
                              "      \"profile\": \"macos-26\",\n"
                              "      \"sum\": 13958643712\n"
                              "    },\n"
                              "    {\n"
                              "      \"executable\": \"out/a\",\n"
                              "      \"arch\": \"arm64\",\n"
                              "      \"profile\": \"macos-27\",\n"
                              "      \"sum\": 0\n"
                              "    },\n"
                              "    {\n"
                              "      \"executable\": \"out/a\",\n"
                              "      \"arch\": \"x86_64\",\n"
                              "      \"profile\": \"macos-26\",\n"
                              "      \"sum\": 1\n"
                              "    },\n"
                              "    {\n"
                              "      \"executable\": \"out/b\",\n"
                              "      \"arch\": \"arm64\",\n"
                              "      \"profile\": \"macos-26\",\n"
                              "      \"sum\": 9223372036854775807\n"
                              "    }\n"
                              "  ]\n"
                              "}\n";

/* The rows of `written`, in another order. */
static const struct baseline_row rows[] = {
    {"out/b", "arm64", "macos-26", INT64_MAX},
    {"out/a", "x86_64", "macos-26", 1},
    {"out/a", "arm64", "macos-27", 0},
    {"out/a", "arm64", "macos-26", UINT64_C(13) << 30},
};

enum { ROWS = sizeof rows / sizeof rows[0] };

static void a_baseline_is_written_sorted(void **state) {
    (void)state;
    struct baseline_row items[ROWS];
    struct baseline baseline = {.items = items, .count = ROWS, .capacity = ROWS};
    struct text text = {0};
    memcpy(items, rows, sizeof rows);
    baseline_write(&baseline, &text);
    assert_string_equal(text.data, written);
    text_free(&text);
}

static void what_was_written_is_read_again(void **state) {
    (void)state;
    struct baseline baseline;
    struct error error;
    assert_true(read_baseline(written, &baseline, &error));
    assert_int_equal(baseline.count, ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        const struct baseline_row *row =
            baseline_find(&baseline, rows[i].executable, rows[i].arch, rows[i].profile);
        assert_non_null(row);
        assert_int_equal(row->sum, rows[i].sum);
    }
}

static void an_empty_baseline_is_written_and_read(void **state) {
    (void)state;
    struct baseline baseline = {0};
    struct text text = {0};
    struct error error;
    baseline_write(&baseline, &text);
    assert_true(read_baseline(text.data, &baseline, &error));
    assert_int_equal(baseline.count, 0);
    text_free(&text);
}

static void a_row_is_found_by_all_three_of_its_names(void **state) {
    (void)state;
    struct baseline baseline;
    struct error error;
    assert_true(read_baseline(written, &baseline, &error));
    assert_null(baseline_find(&baseline, "out/c", "arm64", "macos-26"));
    assert_null(baseline_find(&baseline, "out/b", "x86_64", "macos-26"));
    assert_null(baseline_find(&baseline, "out/b", "arm64", "macos-27"));
    assert_null(baseline_find(&baseline, "a", "arm64", "macos-26"));
}

#define PROGRAMS "{\"schema\": \"vafit.baseline/1\", \"programs\": "
#define GOOD "{\"executable\": \"a\", \"arch\": \"b\", \"profile\": \"c\", \"sum\": 1}"

static const char no_string[] = "not a string";
static const char no_number[] = "not a whole number";

static const struct refusal {
    const char *text;
    const char *field;
    const char *what;
} refusals[] = {
    {"{}", "schema", "not \"vafit.baseline/1\""},
    {"[]", "schema", "not \"vafit.baseline/1\""},
    {"{\"schema\": \"vafit.baseline/2\", \"programs\": []}", "schema", "not \"vafit.baseline/1\""},
    {"{\"schema\": \"vafit.baseline/1\"}", "programs", "not a list"},
    {PROGRAMS "{}}", "programs", "not a list"},
    {PROGRAMS "[5]}", "programs[0].executable", no_string},
    {PROGRAMS "[" GOOD ", {\"executable\": \"a\", \"arch\": \"b\", \"sum\": 1}]}",
     "programs[1].profile", no_string},
    {PROGRAMS "[{\"executable\": 1, \"arch\": \"b\", \"profile\": \"c\", \"sum\": 1}]}",
     "programs[0].executable", no_string},
    {PROGRAMS "[{\"executable\": \"a\", \"arch\": \"b\", \"profile\": \"c\"}]}", "programs[0].sum",
     no_number},
    {PROGRAMS "[{\"executable\": \"a\", \"arch\": \"b\", \"profile\": \"c\", \"sum\": -1}]}",
     "programs[0].sum", no_number},
    {PROGRAMS "[" GOOD ", {\"executable\": \"b\", \"arch\": \"b\", \"profile\": \"c\","
              " \"sum\": 1.5}]}",
     "programs[1].sum", no_number},
    {PROGRAMS "[" GOOD ", " GOOD "]}", "programs[1]", "a (b, c) comes twice"},
};

static void a_file_that_is_no_baseline_is_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const struct refusal *row = &refusals[i];
        struct baseline baseline;
        struct error error;
        if (read_baseline(row->text, &baseline, &error))
            fail_msg("%s: is taken", row->text);
        assert_int_equal(error.kind, ERROR_MALFORMED);
        if (strcmp(error.field, row->field) != 0 || strcmp(error.what, row->what) != 0)
            fail_msg("%s: \"%s\": \"%s\"", row->text, error.field, error.what);
    }
}

static void images_are_written_sorted_and_the_last_of_a_name(void **state) {
    (void)state;
    struct baseline_image items[] = {{"b (arm64)", 2}, {"a (arm64)", 1}, {"b (arm64)", 3}};
    struct baseline baseline = {.images = {items, 3, 3}};
    struct baseline again;
    struct error error;
    struct text text = {0};
    baseline_write(&baseline, &text);
    assert_string_equal(text.data, "{\n  \"schema\": \"vafit.baseline/1\",\n  \"programs\": [],\n"
                                   "  \"images\": {\n    \"a (arm64)\": 1,\n"
                                   "    \"b (arm64)\": 3\n  }\n}\n");
    assert_true(read_baseline(text.data, &again, &error));
    assert_int_equal(again.images.count, 2);
    assert_string_equal(again.images.items[1].name, "b (arm64)");
    assert_int_equal(again.images.items[1].va, 3);
    text_free(&text);
}

static void text_that_is_not_json_is_refused_with_its_line(void **state) {
    (void)state;
    static const char beginning[] = "line 2: not JSON: ";
    struct baseline baseline;
    struct error error;
    assert_false(read_baseline("{\n<<<<<<< HEAD\n", &baseline, &error));
    assert_int_equal(strncmp(error.what, beginning, strlen(beginning)), 0);
    assert_string_equal(error.field, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_baseline_is_written_sorted),
        cmocka_unit_test(what_was_written_is_read_again),
        cmocka_unit_test(an_empty_baseline_is_written_and_read),
        cmocka_unit_test(a_row_is_found_by_all_three_of_its_names),
        cmocka_unit_test(a_file_that_is_no_baseline_is_refused),
        cmocka_unit_test(images_are_written_sorted_and_the_last_of_a_name),
        cmocka_unit_test(text_that_is_not_json_is_refused_with_its_line),
    };
    return cmocka_run_group_tests_name("baseline", tests, NULL, release);
}
