#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* U+FFFD. */
#define BAD "\xef\xbf\xbd"

static const struct row {
    const char *label;
    const char *string;
    const char *expected;
} rows[] = {
    {"empty", "", ""},
    {"ASCII", "libx.dylib", "libx.dylib"},
    {"two, three and four bytes", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8d\x8e",
     "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8d\x8e"},
    {"U+FFFD itself", "a" BAD, "a" BAD},
    {"a byte that is never used",
     "a\xff"
     "b",
     "a" BAD "b"},
    {"a continuation byte alone",
     "\x80"
     "ab",
     BAD "ab"},
    {"a continuation byte before a character", "\x80\xc3\xa9", BAD "\xc3\xa9"},
    {"a continuation byte too many", "\xc3\xa9\xa9", "\xc3\xa9" BAD},
    {"cut off by the end, two bytes", "a\xc3", "a" BAD},
    {"cut off by the end, three bytes", "\xe2\x82", BAD BAD},
    {"cut off by the end, four bytes", "\xf0\x9f\x8d", BAD BAD BAD},
    {"cut off by ASCII", "\xe2(\xc3(", BAD "(" BAD "("},
    {"cut off by another character", "\xe2\xc3\xa9", BAD "\xc3\xa9"},
    {"longer than need be", "\xc0\x80\xe0\x80\x80", BAD BAD BAD BAD BAD},
    {"a surrogate", "\xed\xa0\x80", BAD BAD BAD},
    {"past U+10FFFF", "\xf4\x90\x80\x80", BAD BAD BAD BAD},
    {"five bytes", "\xf8\x88\x80\x80\x80", BAD BAD BAD BAD BAD},
    {"Latin-1 before characters of each size", "\xe9 \xc3\xa9 \xe2\x82\xac \xf0\x9f\x8d\x8e",
     BAD " \xc3\xa9 \xe2\x82\xac \xf0\x9f\x8d\x8e"},
    {"Latin-1 between good text", "lib\xe9.dylib \xc3\xa9", "lib" BAD ".dylib \xc3\xa9"},
};

static void bytes_that_are_not_utf_8_become_u_fffd(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *value = json_text(rows[i].string);
        if (strcmp(json_string_value(value), rows[i].expected) != 0)
            fail_msg("%s: \"%s\"", rows[i].label, json_string_value(value));
        json_decref(value);
    }
}

static void text_that_is_missing_is_null(void **state) {
    (void)state;
    json_t *value = json_text(NULL);
    assert_true(json_is_null(value));
    json_decref(value);
}

static void a_size_is_a_whole_number(void **state) {
    (void)state;
    static const uint64_t sizes[] = {0, 1, 0x183900000, UINT64_C(1) << 47, INT64_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        json_t *value = json_bytes(sizes[i]);
        assert_true(json_is_integer(value));
        assert_true((uint64_t)json_integer_value(value) == sizes[i]);
        json_decref(value);
    }
}

static void texts_become_a_list(void **state) {
    (void)state;
    static const char *const items[] = {"b", "\xff", "a"};
    json_t *list = json_texts(items, 3), *empty = json_texts(NULL, 0);
    assert_int_equal(json_array_size(list), 3);
    assert_string_equal(json_string_value(json_array_get(list, 0)), "b");
    assert_string_equal(json_string_value(json_array_get(list, 1)), BAD);
    assert_string_equal(json_string_value(json_array_get(list, 2)), "a");
    assert_true(json_is_array(empty));
    assert_int_equal(json_array_size(empty), 0);
    json_decref(list);
    json_decref(empty);
}

static void members_are_written_in_the_order_they_were_set(void **state) {
    (void)state;
    struct text text = {0};
    json_t *root = json_object();
    json_object_set_new(root, "zebra", json_bytes(1));
    json_object_set_new(root, "apple", json_texts((const char *const[]){"x"}, 1));
    json_object_set_new(root, "mango", json_text(NULL));
    text_add(&text, "before\n");
    json_write(root, &text);
    assert_string_equal(text.data, "before\n"
                                   "{\n"
                                   "  \"zebra\": 1,\n"
                                   "  \"apple\": [\n"
                                   "    \"x\"\n"
                                   "  ],\n"
                                   "  \"mango\": null\n"
                                   "}\n");
    text_free(&text);
}

static void controls_in_strings_are_escaped_and_mean_the_same(void **state) {
    (void)state;
    static const char name[] = "a\x1b\x7f\xc2\x9b\xc2\xa0\xc3\x9b##[x#\xc2\x80";
    struct text text = {0};
    json_t *array = json_array();
    json_array_append_new(array, json_text(name));
    json_write(array, &text);
    assert_string_equal(text.data,
                        "[\n  \"a\\u001B\\u007F\\u009B\xc2\xa0\xc3\x9b\\u0023#[x#\\u0080\"\n]\n");
    array = json_loads(text.data, 0, NULL);
    assert_string_equal(json_string_value(json_array_get(array, 0)), name);
    json_decref(array);
    text_free(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(controls_in_strings_are_escaped_and_mean_the_same),
        cmocka_unit_test(bytes_that_are_not_utf_8_become_u_fffd),
        cmocka_unit_test(text_that_is_missing_is_null),
        cmocka_unit_test(a_size_is_a_whole_number),
        cmocka_unit_test(texts_become_a_list),
        cmocka_unit_test(members_are_written_in_the_order_they_were_set),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
