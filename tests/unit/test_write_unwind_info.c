#include "macho/write/unwind_info.h"

#include "bytes_literal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 60000 };
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct unwind_section expect_written(const struct unwind_entry *entries, size_t count,
                                            uint32_t end) {
    struct unwind_functions functions = {entries, count, end};
    struct unwind_section section;
    struct error error;
    if (!unwind_info_write(&functions, &section, &error))
        fail_msg("%s: %s", error.field, error.what);
    return section;
}

static struct bytes bytes_of(const struct unwind_section *section) {
    return (struct bytes){section->bytes, section->size};
}

/* By hand. The encoding of the second has a personality and an LSDA, in bits that are set anew; the
 * third holds for no byte. */
static void a_section_is_as_small_as_it_gets(void **state) {
    (void)state;
    static const struct unwind_entry entries[] = {
        {0x1000, 0x04000000, 0, 0},      {0x1010, 0x74000000, 0x8000, 0x5000},
        {0x1020, 0x11111111, 0x9000, 0}, {0x1020, 0, 0, 0},
        {0x1030, 0x04000000, 0, 0},
    };
    static const struct bytes expected =
        BYTES("\1\0\0\0\x1c\0\0\0\1\0\0\0\x20\0\0\0\1\0\0\0\x24\0\0\0\2\0\0\0"
              "\0\0\0\4"
              "\0\x80\0\0"
              "\0\x10\0\0\x44\0\0\0\x3c\0\0\0"
              "\x40\x10\0\0\0\0\0\0\x44\0\0\0"
              "\x10\x10\0\0\0\x50\0\0"
              "\3\0\0\0\x0c\0\4\0\x1c\0\2\0"
              "\0\0\0\0\x10\0\0\1\x20\0\0\2\x30\0\0\0"
              "\0\0\0\x54\0\0\0\0");
    struct unwind_section section = expect_written(entries, COUNT(entries), 0x1040);
    assert_int_equal(section.size, expected.size);
    assert_memory_equal(section.bytes, expected.data, expected.size);
    free(section.bytes);
}

static void no_functions_need_no_section(void **state) {
    (void)state;
    struct unwind_section section = expect_written(NULL, 0, 0x1000);
    assert_null(section.bytes);
    assert_int_equal(section.size, 0);
}

/* --- what cannot be written --- */

static void expect_refused(const struct unwind_entry *entries, size_t count, uint32_t end,
                           const char *field, const char *what) {
    struct unwind_functions functions = {entries, count, end};
    struct unwind_section section;
    struct error error;
    assert_false(unwind_info_write(&functions, &section, &error));
    assert_null(section.bytes);
    assert_int_equal(error.kind, ERROR_MALFORMED);
    assert_string_equal(error.field, field);
    assert_string_equal(error.what, what);
}

static void what_cannot_be_written_is_refused(void **state) {
    (void)state;
    static const struct unwind_entry falling[] = {{0x1010, 1, 0, 0}, {0x100f, 2, 0, 0}};
    static const struct unwind_entry personalities[] = {
        {0x10, 1, 0x8000, 0}, {0x20, 1, 0x8008, 0}, {0x30, 1, 0x8000, 0},
        {0x40, 1, 0x8010, 0}, {0x50, 1, 0x8018, 0},
    };
    expect_refused(falling, 2, 0x2000, "unwind info functions", "0x1010 comes before 0x100f");
    expect_refused(falling, 1, 0x100f, "unwind info functions", "0x1010 comes before 0x100f");
    expect_refused(personalities, 5, 0x60, "unwind info personalities",
                   "the one by the pointer at 0x8018 is the fourth, and an image has room for "
                   "three");
    struct unwind_section section = expect_written(personalities, 4, 0x50);
    assert_int_equal(bytes_u32(bytes_of(&section), 16), 3);
    free(section.bytes);
}

/* --- pages --- */

/* How many pages there are; *compressed of them. */
static uint32_t count_pages(struct bytes section, uint32_t *compressed) {
    uint32_t index = bytes_u32(section, 20), count = bytes_u32(section, 24) - 1;
    *compressed = 0;
    for (uint32_t i = 0; i < count; i++)
        *compressed += bytes_u32(section, bytes_u32(section, index + 12 * i + 4)) == 3;
    return count;
}

static void expect_pages(const struct unwind_entry *entries, size_t count, uint32_t pages,
                         uint32_t compressed, size_t size) {
    uint32_t found;
    struct unwind_section section =
        expect_written(entries, count, entries[count - 1].function + 0x10);
    assert_int_equal(count_pages(bytes_of(&section), &found), pages);
    assert_int_equal(found, compressed);
    assert_int_equal(section.size, size);
    free(section.bytes);
}

static void distances_in_a_page_have_24_bits(void **state) {
    (void)state;
    struct unwind_entry entries[] = {{0x1000, 7, 0, 0}, {0x1000fff, 7, 0, 0}};
    expect_pages(entries, 2, 1, 1, 28 + 4 + 24 + 12 + 8);
    /* Two pages of one entry each are as long in both kinds. */
    entries[1].function++;
    expect_pages(entries, 2, 2, 2, 28 + 4 + 36 + 16 + 16);
}

/* 1021 words are the most in a compressed page. */
static void pages_have_4_kib(void **state) {
    (void)state;
    static struct unwind_entry entries[1022];
    for (uint32_t i = 0; i < 1022; i++)
        entries[i] = (struct unwind_entry){0x100 + i, 7 + i % 2, 0, 0};
    expect_pages(entries, 1021, 1, 1, 28 + 8 + 24 + 4096);
    expect_pages(entries, 1022, 2, 2, 28 + 8 + 36 + 4096 + 16);
    /* One of its own takes two words, which are left after 1019, but not after 1020. */
    entries[1019].encoding = 100;
    expect_pages(entries, 1020, 1, 1, 28 + 8 + 24 + 4096);
    entries[1019].encoding = 8;
    entries[1020].encoding = 100;
    expect_pages(entries, 1021, 2, 1, 28 + 8 + 36 + 4092 + 16);
}

/* A page has room for 256 encodings: where all differ, a regular one is shorter. */
static void pages_whose_encodings_all_differ_are_regular(void **state) {
    (void)state;
    static struct unwind_entry entries[257];
    for (uint32_t i = 0; i < 257; i++)
        entries[i] = (struct unwind_entry){0x100 + i, 0x04000000 + i, 0, 0};
    expect_pages(entries, 256, 1, 0, 28 + 24 + 8 + 8 * 256);
    expect_pages(entries, 257, 2, 0, 28 + 36 + 8 + 8 * 256 + 8 + 8);
    entries[256].encoding = 0x04000000;
    expect_pages(entries, 257, 1, 1, 28 + 4 + 24 + 12 + 4 * 257 + 4 * 255);
}

/* The one that is there three times, then by their numbers; those there once are the page's own. */
static void frequent_encodings_are_common(void **state) {
    (void)state;
    static struct unwind_entry entries[3 + 2 * 128];
    for (uint32_t i = 0; i < 3 + 2 * 128; i++)
        entries[i] = (struct unwind_entry){0x100 + i, i < 3 ? 900 : 500 - (i - 3) / 2, 0, 0};
    struct unwind_section section = expect_written(entries, COUNT(entries), 0x1000);
    struct bytes bytes = bytes_of(&section);
    assert_int_equal(bytes_u32(bytes, 8), 127);
    assert_int_equal(bytes_u32(bytes, 28), 900);
    for (uint32_t i = 1; i < 127; i++)
        assert_int_equal(bytes_u32(bytes, 28 + 4 * i), 372 + i);
    free(section.bytes);
}

/* --- many functions --- */

static struct unwind_entry many[MOST], kept[MOST];

static uint32_t random_below(uint32_t *random, uint32_t limit) {
    *random = *random * 1664525 + 1013904223;
    return (*random >> 8) % limit;
}

/* Entries with `encodings` of them, and some without unless those are very many, at distances below
 * 64, or of MiBs one in `gaps` times. */
static size_t random_entries(uint32_t *random, uint32_t encodings, uint32_t gaps) {
    size_t count = 1 + random_below(random, encodings > 100 ? MOST : MOST / 10);
    uint32_t function = 0x4000;
    for (size_t i = 0; i < count; i++) {
        uint32_t kind = encodings > 100000 ? 2 + random_below(random, 6) : random_below(random, 8);
        many[i] = (struct unwind_entry){.function = function};
        if (kind > 1)
            many[i].encoding = 0x02000000 + random_below(random, encodings);
        if (kind > 4)
            many[i].personality = 0x8000 + 8 * (kind - 5);
        if (kind > 5)
            many[i].lsda = 0x1000 + (uint32_t)i;
        function += random_below(random, gaps) == 0 ? 0x600000 + random_below(random, 0xc00000)
                                                    : random_below(random, 64);
        if (function > 0x70000000)
            function = many[i].function;
    }
    return count;
}

/* The entries that hold for something, as they are read again but for the personality's number. */
static size_t keep_entries(size_t count) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        if (i + 1 == count || many[i].function != many[i + 1].function) {
            kept[found] = many[i];
            if (many[i].lsda != 0)
                kept[found].encoding |= UNWIND_HAS_LSDA;
            found++;
        }
    return found;
}

static void expect_entry(const struct unwind_entry *found, const struct unwind_entry *expected) {
    assert_int_equal(found->function, expected->function);
    assert_int_equal(unwind_with_personality(found->encoding, 0), expected->encoding);
    assert_int_equal(found->personality, expected->personality);
    assert_int_equal(found->lsda, expected->lsda);
}

static void expect_read(struct bytes section, size_t count, uint32_t end) {
    struct unwind_cursor cursor;
    struct unwind_entry entry;
    struct error error;
    size_t i = 0;
    assert_true(unwind_info_start(section, &cursor, &error));
    for (; unwind_info_next(&cursor, &entry, &error); i++)
        expect_entry(&entry, &kept[i]);
    assert_int_equal(error.kind, ERROR_NONE);
    assert_int_equal(i, count);
    assert_int_equal(cursor.end, end);
}

/* How many of `count` things of `size` bytes begin with a number that is not above `most`; they
 * rise. */
static uint32_t count_up_to(const uint8_t *things, uint32_t count, uint32_t size, uint32_t mask,
                            uint32_t most) {
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        struct bytes number = {things + (size_t)middle * size, 4};
        if ((bytes_u32(number, 0) & mask) <= most)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* What an unwinder finds for a place, without looking at other entries: a second reader. */
static struct unwind_entry look_up(struct bytes section, uint32_t place) {
    const uint8_t *data = section.data;
    uint32_t common = bytes_u32(section, 8), index = bytes_u32(section, 20);
    index += 12 * (count_up_to(data + index, bytes_u32(section, 24), 12, UINT32_MAX, place) - 1);
    uint32_t page = bytes_u32(section, index + 4), base = bytes_u32(section, index);
    uint32_t at = page + bytes_u16(section, page + 4), count = bytes_u16(section, page + 6);
    struct unwind_entry entry = {0};
    if (bytes_u32(section, page) == 2) {
        at += 8 * (count_up_to(data + at, count, 8, UINT32_MAX, place) - 1);
        entry.function = bytes_u32(section, at);
        entry.encoding = bytes_u32(section, at + 4);
    } else {
        at += 4 * (count_up_to(data + at, count, 4, 0xffffff, place - base) - 1);
        uint32_t word = bytes_u32(section, at), number = word >> 24;
        uint32_t own = page + bytes_u16(section, page + 8);
        entry.function = base + (word & 0xffffff);
        entry.encoding =
            bytes_u32(section, number < common ? 28 + 4 * number : own + 4 * (number - common));
    }
    if (entry.encoding >> 28 & 3)
        entry.personality =
            bytes_u32(section, bytes_u32(section, 12) + 4 * ((entry.encoding >> 28 & 3) - 1));
    uint32_t lsdas = bytes_u32(section, index + 8);
    count = (bytes_u32(section, index + 20) - lsdas) / 8;
    lsdas += 8 * (count_up_to(data + lsdas, count, 8, UINT32_MAX, entry.function) - 1);
    if (entry.encoding & 0x40000000)
        entry.lsda =
            bytes_u32(section, lsdas) == entry.function ? bytes_u32(section, lsdas + 4) : 0;
    return entry;
}

static void expect_found(struct bytes section, size_t count, uint32_t end) {
    for (size_t i = 0; i < count; i++) {
        uint32_t limit = i + 1 == count ? end : kept[i + 1].function;
        struct unwind_entry first = look_up(section, kept[i].function);
        struct unwind_entry last = look_up(section, limit - 1);
        expect_entry(&first, &kept[i]);
        expect_entry(&last, &kept[i]);
    }
}

static void every_function_is_found_again(void **state) {
    (void)state;
    static const uint32_t encodings[] = {1, 3, 90, 300, 20000, 0x1000000};
    uint32_t random = 17, pages = 0, compressed = 0, found;
    for (size_t round = 0; round < 4 * COUNT(encodings); round++) {
        size_t count =
            random_entries(&random, encodings[round % COUNT(encodings)], round % 2 ? 30 : 1000);
        size_t kept_count = keep_entries(count);
        uint32_t end = many[count - 1].function + 0x10;
        struct unwind_section section = expect_written(many, count, end);
        expect_read(bytes_of(&section), kept_count, end);
        expect_found(bytes_of(&section), kept_count, end);
        pages += count_pages(bytes_of(&section), &found);
        compressed += found;
        free(section.bytes);
    }
    assert_true(compressed > 100 && pages - compressed > 100);
}

/* The size has to be known before the functions' places are. */
static void the_size_does_not_depend_on_the_place(void **state) {
    (void)state;
    static const uint32_t shifts[] = {1, 0x4000, 0xffffff, 0x10000001, 0x7fffffff};
    uint32_t random = 19;
    for (size_t round = 0; round < 8; round++) {
        size_t count = random_entries(&random, round % 2 ? 200 : 70000, round % 3 ? 100 : 10);
        uint32_t end = many[count - 1].function + 0x10, shift = shifts[round % COUNT(shifts)];
        struct unwind_section before = expect_written(many, count, end);
        for (size_t i = 0; i < count; i++) {
            many[i].function += shift;
            many[i].personality += many[i].personality == 0 ? 0 : shift;
            many[i].lsda += many[i].lsda == 0 ? 0 : shift;
        }
        struct unwind_section after = expect_written(many, count, end + shift);
        assert_int_equal(after.size, before.size);
        free(before.bytes);
        free(after.bytes);
    }
}

static void the_same_functions_give_the_same_bytes(void **state) {
    (void)state;
    uint32_t random = 23;
    size_t count = random_entries(&random, 300, 100);
    uint32_t end = many[count - 1].function;
    struct unwind_section first = expect_written(many, count, end);
    struct unwind_section second = expect_written(many, count, end);
    assert_int_equal(first.size, second.size);
    assert_memory_equal(first.bytes, second.bytes, first.size);
    free(first.bytes);
    free(second.bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_section_is_as_small_as_it_gets),
        cmocka_unit_test(no_functions_need_no_section),
        cmocka_unit_test(what_cannot_be_written_is_refused),
        cmocka_unit_test(distances_in_a_page_have_24_bits),
        cmocka_unit_test(pages_have_4_kib),
        cmocka_unit_test(pages_whose_encodings_all_differ_are_regular),
        cmocka_unit_test(frequent_encodings_are_common),
        cmocka_unit_test(every_function_is_found_again),
        cmocka_unit_test(the_size_does_not_depend_on_the_place),
        cmocka_unit_test(the_same_functions_give_the_same_bytes),
    };
    return cmocka_run_group_tests_name("unwind_info_writer", tests, NULL, NULL);
}
