#include "macho/write/exports_trie.h"

#include "base/leb.h"
#include "tries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MOST_NAMES = 4000, MOST_LENGTH = 24, MOST_BYTES = 2 << 20 };

static uint8_t wasteful[MOST_BYTES];

static void expect_same_exports(struct bytes old, struct bytes new) {
    struct text before = {0}, after = {0};
    list_exports(old, &before);
    list_exports(new, &after);
    assert_string_equal(after.data, before.data);
    text_free(&before);
    text_free(&after);
}

static void expect_no_change(struct bytes trie) {
    struct rebuilt_trie again;
    struct error error;
    assert_true(exports_trie_write(trie, NULL, NULL, &again, &error));
    assert_int_equal(again.size, trie.size);
    assert_memory_equal(again.bytes, trie.data, trie.size);
    free(again.bytes);
}

/* The new ones were made by hand: the root, the leaves from the smallest to the greatest, the
 * others. */
static const struct row {
    const char *label;
    struct bytes old;
    struct bytes expected;
} rows[] = {
    {"a root", BYTES("\0\0\0\0\0\0"), BYTES("\0\0")},
    {"an export of no name", BYTES("\x83\0\x80\0\0\0"), BYTES("\2\0\0\0")},
    {"a node a character",
     BYTES("\0\1_\0\5"
           "\0\1a\0\x0a"
           "\0\2b\0\x12"
           "c\0\x16"
           "\2\0\1\0"
           "\2\0\2\0"),
     BYTES("\0\1_a\0\x0e"
           "\2\0\1\0"
           "\2\0\2\0"
           "\0\2b\0\6"
           "c\0\x0a")},
    {"edges that begin alike, padding, bytes that no edge leads to",
     BYTES("\0\2_ac\0\x8e\0"
           "_ab\0\x12\xee"
           "\2\0\2\0"
           "\2\0\1\0\xee\xee"),
     BYTES("\0\1_a\0\x0e"
           "\2\0\1\0"
           "\2\0\2\0"
           "\0\2b\0\6"
           "c\0\x0a")},
    {"a name that begins another, a node that leads nowhere",
     BYTES("\0\2_a\0\x0a"
           "b\0\x13\xee"
           "\3\4\x80\2\1b\0\x15\xee"
           "\0\0"
           "\2\0\3\0"),
     BYTES("\0\1_a\0\x0a"
           "\2\0\3\0"
           "\3\4\x80\2\1b\0\6")},
    {"re-exports",
     BYTES("\0\3a\0\x0b"
           "b\0\x10"
           "c\0\x16"
           "\3\x08\1\0\0"
           "\4\x0c\2x\0\0"
           "\4\x08\3c\0\0"),
     BYTES("\0\3a\0\x0b"
           "b\0\x15"
           "c\0\x10"
           "\3\x08\1\0\0"
           "\3\x08\3\0\0"
           "\4\x0c\2x\0\0")},
    {"a stub and its resolver; a table of variants",
     BYTES("\0\2r\0\x08"
           "v\0\x0d"
           "\3\x10\x20\x30\0"
           "\3\x20\x40\2\0"),
     BYTES("\0\2r\0\x08"
           "v\0\x0d"
           "\3\x10\x20\x30\0"
           "\3\x20\x40\2\0")},
};

static void a_trie_is_as_small_as_it_gets(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rebuilt_trie new;
        struct error error;
        assert_true(exports_trie_write(rows[i].old, NULL, NULL, &new, &error));
        if (new.size != rows[i].expected.size ||
            memcmp(new.bytes, rows[i].expected.data, new.size) != 0)
            fail_msg("%s: %zu bytes, expected %zu", rows[i].label, new.size, rows[i].expected.size);
        expect_same_exports(rows[i].old, (struct bytes){new.bytes, new.size});
        expect_no_change((struct bytes){new.bytes, new.size});
        free(new.bytes);
    }
}

/* Two leaves of 62 bytes below a node that is better placed before them. */
static void a_larger_trie_is_not_given(void **state) {
    (void)state;
    uint8_t old[137] = "\0\1a\0\5"
                       "\0\2b\0\x0d"
                       "c\0\x4b"
                       "\x3c\x08\1";
    struct bytes trie = {old, sizeof old};
    struct rebuilt_trie new;
    struct error error;
    memset(old + 16, 'x', 57);
    memcpy(old + 75, old + 13, 62);
    assert_true(exports_trie_write(trie, NULL, NULL, &new, &error));
    assert_null(new.bytes);
}

static void a_malformed_trie_is_refused(void **state) {
    (void)state;
    struct bytes trie = BYTES("\0\2a\0\x08"
                              "b\0\x08"
                              "\2\0\1\0");
    struct rebuilt_trie new;
    struct error error;
    assert_false(exports_trie_write(trie, NULL, NULL, &new, &error));
    assert_null(new.bytes);
    assert_string_equal(error.field, "exports trie");
    assert_string_equal(error.what, "the node at 0x8 is reached twice, or lies over another one");
}

/* --- many names --- */

static int by_name(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Sorted names, each once, of '_' and up to `length` of `letters` characters. */
static size_t random_names(uint32_t *random, size_t length, uint32_t letters,
                           char texts[MOST_NAMES][MOST_LENGTH], const char **names) {
    size_t count = 0;
    for (size_t i = 0; i < MOST_NAMES; i++) {
        *random = *random * 1664525 + 1013904223;
        size_t size = (*random >> 16) % length;
        memset(texts[i], 0, MOST_LENGTH);
        texts[i][0] = '_';
        for (size_t j = 1; j <= size; j++) {
            *random = *random * 1664525 + 1013904223;
            texts[i][j] = (char)('a' + (*random >> 16) % letters);
        }
        names[i] = texts[i];
    }
    qsort(names, MOST_NAMES, sizeof *names, by_name);
    for (size_t i = 0; i < MOST_NAMES; i++)
        if (count == 0 || strcmp(names[count - 1], names[i]) != 0)
            names[count++] = names[i];
    return count;
}

/* No node below `node` has but one child and no export, or a number longer than it need be. */
static void expect_no_waste(struct bytes trie, size_t node) {
    size_t at = node, size = trie.data[at++], children_at = at + size;
    uint8_t children = trie.data[children_at];
    assert_true(size < 128);
    assert_true(node == 0 || size != 0 || children > 1);
    at = children_at + 1;
    for (uint8_t i = 0; i < children; i++) {
        uint64_t child;
        at += strlen((const char *)trie.data + at) + 1;
        size_t before = at;
        assert_true(leb_unsigned(trie, &at, &child));
        assert_true(at - before == (child < 128 ? 1u : child < 16384 ? 2u : 3u));
        expect_no_waste(trie, (size_t)child);
    }
}

static void every_export_stays_and_nothing_else(void **state) {
    (void)state;
    static char texts[MOST_NAMES][MOST_LENGTH];
    static const char *names[MOST_NAMES];
    uint32_t random = 30;
    for (int round = 0; round < 60; round++) {
        size_t length = 2 + (size_t)round / 3;
        size_t count = random_names(&random, length, round % 2 ? 2 : 26, texts, names);
        struct bytes old = {wasteful, wasteful_trie(wasteful, names, count)};
        struct rebuilt_trie new;
        struct error error;
        assert_true(exports_trie_write(old, NULL, NULL, &new, &error));
        assert_true(new.size < old.size / 2);
        struct bytes trie = {new.bytes, new.size};
        expect_same_exports(old, trie);
        expect_no_waste(trie, 0);
        expect_no_change(trie);
        free(new.bytes);
    }
}

static bool is_third(void *context, const struct export *export) {
    (void)context;
    return export->offset / 1000 % 3 == 0;
}

static void what_is_not_kept_is_gone(void **state) {
    (void)state;
    static char texts[MOST_NAMES][MOST_LENGTH];
    static const char *names[MOST_NAMES];
    uint32_t random = 31;
    size_t count = random_names(&random, 12, 3, texts, names), next = 0;
    struct bytes old = {wasteful, wasteful_trie(wasteful, names, count)};
    struct rebuilt_trie new;
    struct exports_cursor cursor;
    struct export export;
    struct error error;
    assert_true(exports_trie_write(old, is_third, NULL, &new, &error));
    exports_trie_start((struct bytes){new.bytes, new.size}, &cursor);
    for (; exports_trie_next(&cursor, &export, &error); next += 3) {
        assert_int_equal(export.offset, 1000 * next);
        assert_int_equal(export.name.size, strlen(names[next]));
        assert_memory_equal(export.name.data, names[next], export.name.size);
    }
    assert_int_equal(error.kind, ERROR_NONE);
    assert_int_equal(next, (count + 2) / 3 * 3);
    exports_trie_end(&cursor);
    expect_no_waste((struct bytes){new.bytes, new.size}, 0);
    free(new.bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trie_is_as_small_as_it_gets),
        cmocka_unit_test(a_larger_trie_is_not_given),
        cmocka_unit_test(a_malformed_trie_is_refused),
        cmocka_unit_test(every_export_stays_and_nothing_else),
        cmocka_unit_test(what_is_not_kept_is_gone),
    };
    return cmocka_run_group_tests_name("exports_trie_writer", tests, NULL, NULL);
}
