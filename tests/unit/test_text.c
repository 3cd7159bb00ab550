#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void pieces_are_put_one_behind_the_other(void **state) {
    (void)state;
    struct text text = {0};
    text_add(&text, "one ");
    text_addf(&text, "%d %s", 2, "three");
    text_add_bytes(&text, " four", 2);
    assert_string_equal(text.data, "one 2 three f");
    assert_int_equal(text.size, 13);
    text_free(&text);
}

static void numbers_are_decimal(void **state) {
    (void)state;
    struct text text = {0};
    static const uint64_t numbers[] = {0, 9, 10, 1000, UINT64_MAX};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        text_add_number(&text, numbers[i]);
        text_add(&text, " ");
    }
    assert_string_equal(text.data, "0 9 10 1000 18446744073709551615 ");
    text_free(&text);
}

static void text_is_null_until_something_was_added(void **state) {
    (void)state;
    struct text text = {0};
    assert_null(text.data);
    text_add(&text, "");
    assert_string_equal(text.data, "");
    assert_int_equal(text.size, 0);
    text_free(&text);
    assert_null(text.data);
    assert_int_equal(text.capacity, 0);
}

static void bytes_may_hold_nul(void **state) {
    (void)state;
    struct text text = {0};
    text_add_bytes(&text, "a\0b", 3);
    assert_int_equal(text.size, 3);
    assert_memory_equal(text.data, "a\0b", 4);
    text_free(&text);
}

static void control_characters_of_a_name_are_spelled_out(void **state) {
    (void)state;
    static const char *const names[][2] = {
        {"", ""},
        {"lib x.dylib", "lib x.dylib"},
        {"a\nb", "a\\x0ab"},
        {"\x1b[31mred\x7f", "\\x1b[31mred\\x7f"},
        {"\t\x01\x1f ~", "\\x09\\x01\\x1f ~"},
        {"\xc3\xa9\xff\\", "\xc3\xa9\xff\\"},
        /* C1, as UTF-8, as a byte alone, and after what is no character. */
        {"a\xc2\x9b"
         "31m",
         "a\\xc2\\x9b31m"},
        {"\xc2\x80\xc2\x9f\xc2\xa0", "\\xc2\\x80\\xc2\\x9f\xc2\xa0"},
        {"\x9b"
         "31m\x80",
         "\\x9b31m\\x80"},
        {"\x9f\xa0", "\\x9f\xa0"}, /* the last of them, and what comes after */
        {"\xc0\x9b", "\xc0\\x9b"},
        {"\xe0\x82\x9b", "\xe0\\x82\\x9b"},
        {"\xe2\x9b", "\xe2\\x9b"},
        /* Continuations of characters are no controls. */
        {"\xe2\x9b\x84 \xc3\x9b \xf0\x9f\x98\x80", "\xe2\x9b\x84 \xc3\x9b \xf0\x9f\x98\x80"},
        /* Commands of build logs. */
        {"::error::x", "\\x3a:error::x"},
        {"  ::error::x", "  \\x3a:error::x"},
        {"std::x", "std::x"},
        {"a##[error]x", "a\\x23#[error]x"},
        {"a\\x0ab", "a\\x0ab"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct text text = {0};
        text_add(&text, "");
        text_add_printable(&text, names[i][0]);
        assert_string_equal(text.data, names[i][1]);
        text_free(&text);
    }
}

/* Every length about the sizes at which room is made. */
static void text_grows_to_any_length(void **state) {
    (void)state;
    for (int size = 250; size < 1030; size++) {
        struct text at_once = {0}, by_one = {0}, formatted = {0};
        text_addf(&at_once, "%*d", size, 1);
        text_addf(&formatted, "%s%s", at_once.data, at_once.data);
        for (int i = 0; i < size; i++)
            text_add(&by_one, i + 1 < size ? " " : "1");
        assert_string_equal(at_once.data, by_one.data);
        text_add_bytes(&by_one, at_once.data, at_once.size);
        assert_string_equal(formatted.data, by_one.data);
        assert_int_equal(formatted.size, 2 * (size_t)size);
        text_free(&at_once);
        text_free(&by_one);
        text_free(&formatted);
    }
}

static void a_line_is_printable_as_a_whole(void **state) {
    (void)state;
    char *data;
    size_t size;
    FILE *stream = open_memstream(&data, &size);
    text_print_line(stream, "%s: %d%s", "::a\n", 1, "\x1b");
    fclose(stream);
    assert_string_equal(data, "\\x3a:a\\x0a: 1\\x1b\n");
    free(data);
}

static void a_line_is_broken_at_spaces(void **state) {
    (void)state;
    static const struct {
        const char *line;
        size_t width, indent;
        const char *wrapped;
    } lines[] = {
        {"a line of many words", 0, 4, "a line of many words\n"},
        {"a line of many words", 20, 4, "a line of many words\n"},
        {"a line of many words", 19, 4, "a line of many\n    words\n"},
        {"  error: one two", 10, 4, "  error:\n    one\n    two\n"},
        {"a-word-that-is-longer next", 8, 2, "a-word-that-is-longer\n  next\n"},
        {"it has 4.65 GiB here", 12, 0, "it has\n4.65 GiB\nhere\n"},
        {"it has 2.17 % here", 10, 0, "it has\n2.17 %\nhere\n"},
        {"\033[31mred\033[0m word", 8, 0, "\033[31mred\033[0m word\n"},
        {"gr\xc3\xbc\xc3\x9f dich", 9, 0, "gr\xc3\xbc\xc3\x9f dich\n"},
        {"", 8, 0, "\n"},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct text text = {0};
        text_add_wrapped(&text, lines[i].line, lines[i].width, lines[i].indent);
        assert_string_equal(text.data, lines[i].wrapped);
        text_free(&text);
    }
}

static void a_word_is_quoted_as_a_shell_wants_it(void **state) {
    (void)state;
    static const struct {
        const char *word, *quoted;
    } words[] = {{"out/app-1.0", "out/app-1.0"}, {"", "''"},           {"my app", "'my app'"},
                 {"it's", "'it'\\''s'"},         {"$HOME", "'$HOME'"}, {"*.dylib", "'*.dylib'"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        struct text text = {0};
        text_add_shell_word(&text, words[i].word);
        assert_string_equal(text.data, words[i].quoted);
        text_free(&text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_printable_as_a_whole),
        cmocka_unit_test(pieces_are_put_one_behind_the_other),
        cmocka_unit_test(numbers_are_decimal),
        cmocka_unit_test(text_is_null_until_something_was_added),
        cmocka_unit_test(bytes_may_hold_nul),
        cmocka_unit_test(control_characters_of_a_name_are_spelled_out),
        cmocka_unit_test(text_grows_to_any_length),
        cmocka_unit_test(a_line_is_broken_at_spaces),
        cmocka_unit_test(a_word_is_quoted_as_a_shell_wants_it),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
