#include "base/plain_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static int release(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

/* A tree as text again, without spaces; "?" for what is neither of the kinds. */
static const char *written(const struct plain_json *value) {
    const char *text = "";
    bool is_object = value->kind == PLAIN_OBJECT;
    switch (value->kind) {
    case PLAIN_OTHER:
        return "?";
    case PLAIN_NUMBER:
        return arena_format(&arena, "%llu", (unsigned long long)value->number);
    case PLAIN_STRING:
        return arena_format(&arena, "\"%.*s\"", (int)value->string_size, value->string);
    case PLAIN_FLAG:
        return value->flag ? "true" : "false";
    case PLAIN_LIST:
    case PLAIN_OBJECT:
        break;
    }
    for (const struct plain_json *inner = value->first; inner != NULL; inner = inner->next)
        text = arena_format(&arena, "%s%s%.*s%s%s", text, text[0] == '\0' ? "" : ",",
                            (int)inner->name_size, is_object ? inner->name : "",
                            is_object ? ":" : "", written(inner));
    return arena_format(&arena, is_object ? "{%s}" : "[%s]", text);
}

static const struct plain_row {
    const char *text;
    const char *tree; /* NULL: no JSON */
} rows[] = {
    {"{}", "{}"},
    {" [ ] \n", "[]"},
    {"{\"a\": 1, \"b\":\t[true,false , null],\r\n\"c\": {\"d\": \"x y\"}}",
     "{a:1,b:[true,false,?],c:{d:\"x y\"}}"},
    {"{\"a\":\n                        \"twenty-four spaces\"}", "{a:\"twenty-four spaces\"}"},
    {"[0, 9, 10, 999999999999999999, 9223372036854775807]",
     "[0,9,10,999999999999999999,9223372036854775807]"},
    {"[-1, -0, 1.5, 1e3, 1E3]", "[?,0,?,?,?]"},
    {"[\"\\u0041\\n\", \"\xc3\xa9\", \"\x7f\"]", "[\"A\n\",\"\xc3\xa9\",\"\x7f\"]"},
    {"{\"\xc3\xa9\": \"\\\"\"}", "{\xc3\xa9:\"\"\"}"},
    {"[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]", "[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]"},
    {"", NULL},
    {"[01]", NULL},
    {"[1x]", NULL},
    {"[1,]", NULL},
    {"[1", NULL},
    {"[\"a]", NULL},
    {"[tru]", NULL},
    {"{\"a\" 1}", NULL},
    {"{\"a\": 1,}", NULL},
    {"{a: 1}", NULL},
    {"{} {}", NULL},
    {"[\"a\nb\"]", NULL},
    {"[\"\xff\"]", NULL},
    {"{\"a\": 1, \"b\": 2, \"a\": 3}", NULL},
    {"[99999999999999999999]", NULL},
};

static void texts_are_read_whoever_reads_them(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct error error;
        size_t size = strlen(rows[i].text);
        /* Without a NUL behind it, so that a step past the end is seen. */
        char *text = arena_take(&arena, size);
        memcpy(text, rows[i].text, size);
        const struct plain_json *tree = plain_json_read(&arena, text, size, &error);
        if ((tree == NULL) != (rows[i].tree == NULL) ||
            (tree != NULL && strcmp(written(tree), rows[i].tree) != 0))
            fail_msg("%s: %s", rows[i].text, tree == NULL ? error.what : written(tree));
        if (tree == NULL)
            assert_int_equal(error.kind, ERROR_MALFORMED);
    }
}

static void a_nul_ends_no_text(void **state) {
    (void)state;
    struct error error;
    assert_null(plain_json_read(&arena, "{}\0", 3, &error));
    assert_null(plain_json_read(&arena, "[\"a\0b\"]", 7, &error));
}

/* More members than the first reader compares. */
static void large_objects_are_read(void **state) {
    (void)state;
    struct error error;
    const char *text = "{\"m\": 0";
    for (int i = 0; i < 100; i++)
        text = arena_format(&arena, "%s, \"m%d\": %d", text, i, i);
    text = arena_format(&arena, "%s}", text);
    const struct plain_json *tree = plain_json_read(&arena, text, strlen(text), &error);
    assert_non_null(tree);
    assert_int_equal(plain_json_get(tree, "m99")->number, 99);
    assert_null(plain_json_get(tree, "m100"));
}

static void members_are_found_by_their_whole_name(void **state) {
    (void)state;
    struct error error;
    static const char text[] = "{\"size\": 1, \"si\": 2, \"name\": \"size\"}";
    const struct plain_json *tree = plain_json_read(&arena, text, sizeof text - 1, &error);
    assert_int_equal(plain_json_get(tree, "si")->number, 2);
    assert_null(plain_json_get(tree, "s"));
    assert_null(plain_json_get(plain_json_get(tree, "si"), "s"));
    assert_true(plain_json_is(plain_json_get(tree, "name"), "size"));
    assert_false(plain_json_is(plain_json_get(tree, "name"), "siz"));
    assert_false(plain_json_is(plain_json_get(tree, "name"), "sizes"));
    assert_false(plain_json_is(plain_json_get(tree, "si"), "2"));
    assert_false(plain_json_is(NULL, ""));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_read_whoever_reads_them),
        cmocka_unit_test(a_nul_ends_no_text),
        cmocka_unit_test(large_objects_are_read),
        cmocka_unit_test(members_are_found_by_their_whole_name),
    };
    return cmocka_run_group_tests_name("plain_json", tests, NULL, release);
}
