#include "macho/string_repeats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* '^' in `marks` where a name begins; fed in windows of `window` bytes. */
static void expect(const char *pool, size_t size, const char *marks, uint64_t distinct,
                   uint64_t repeated) {
    uint8_t starts[256] = {0};
    for (size_t i = 0; i < size; i++)
        starts[i] = marks[i] == '^';
    for (size_t window = 1; window <= size; window++) {
        struct string_repeats repeats;
        string_repeats_begin(&repeats);
        for (size_t at = 0; at < size; at += window) {
            size_t piece = size - at < window ? size - at : window;
            string_repeats_feed(&repeats, at, (struct bytes){(const uint8_t *)pool + at, piece},
                                starts + at);
        }
        string_repeats_end(&repeats);
        assert_int_equal(repeats.distinct, distinct);
        assert_int_equal(repeats.repeated, repeated);
        string_repeats_free(&repeats);
    }
}

static void equal_strings_count_once(void **state) {
    (void)state;
    expect(" \0_one\0_two\0_one\0", 17, "..^....^....^....", 10, 5);
}

static void long_strings_differ_in_their_last_character(void **state) {
    (void)state;
    expect("\0_a_long_name_1\0_a_long_name_2\0_a_long_name_1\0", 46,
           ".^..............^..............^..............", 30, 15);
}

static void strings_of_zeros_and_what_begins_alike_differ(void **state) {
    (void)state;
    expect("\0a\0aa\0aaaaaaaa\0aaaaaaaaa\0", 25, ".^.^..^........^.........", 24, 0);
}

/* Names that end at one NUL are one string; the name at 0, and one without characters, is none. */
static void tails_and_null_names_are_no_strings(void **state) {
    (void)state;
    expect("\0_one\0one\0\0", 11, "^^^...^..^^", 9, 0);
    expect("null\0_one\0", 10, "^....^....", 5, 0);
}

static void what_no_name_uses_does_not_count(void **state) {
    (void)state;
    expect("\0_one\0_one\0", 11, ".^.........", 5, 0);
}

static void the_last_string_may_end_with_the_pool(void **state) {
    (void)state;
    expect("\0_one\0_one", 10, ".^....^...", 5, 5);
}

/* Many more than the table begins with: 26 * 26 * 26 names, each twice. */
static void all_of_many_are_found(void **state) {
    (void)state;
    enum { NAMES = 26 * 26 * 26, SIZE = 4 };
    size_t size = (size_t)2 * NAMES * SIZE + 1;
    char *pool = calloc(1, size);
    uint8_t *starts = calloc(1, size);
    struct string_repeats repeats;
    for (size_t i = 0; i < (size_t)2 * NAMES; i++) {
        size_t name = i % NAMES, at = 1 + i * SIZE;
        pool[at] = (char)('a' + name / 676);
        pool[at + 1] = (char)('a' + name / 26 % 26);
        pool[at + 2] = (char)('a' + name % 26);
        starts[at] = 1;
    }
    string_repeats_begin(&repeats);
    string_repeats_feed(&repeats, 0, (struct bytes){(const uint8_t *)pool, size}, starts);
    string_repeats_end(&repeats);
    assert_int_equal(repeats.distinct, NAMES * SIZE);
    assert_int_equal(repeats.repeated, NAMES * SIZE);
    string_repeats_free(&repeats);
    free(pool);
    free(starts);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_strings_count_once),
        cmocka_unit_test(long_strings_differ_in_their_last_character),
        cmocka_unit_test(strings_of_zeros_and_what_begins_alike_differ),
        cmocka_unit_test(tails_and_null_names_are_no_strings),
        cmocka_unit_test(what_no_name_uses_does_not_count),
        cmocka_unit_test(the_last_string_may_end_with_the_pool),
        cmocka_unit_test(all_of_many_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
