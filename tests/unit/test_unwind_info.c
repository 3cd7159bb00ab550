#include "macho/unwind_info.h"

#include "base/text.h"
#include "bytes_literal.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* A section of a compressed and a regular page. Offsets: common encodings at 28, personalities at
 * 36, the index at 40, LSDAs at 76, pages at 92 and 124, the end at 148. */
#define HEADER "\1\0\0\0\x1c\0\0\0\2\0\0\0\x24\0\0\0\1\0\0\0\x28\0\0\0\3\0\0\0"
#define COMMON "\0\0\0\4\1\0\0\2"
#define PERSONALITIES "\x50\x40\0\0"
#define INDEX                                                                                      \
    "\0\x10\0\0\x5c\0\0\0\x4c\0\0\0"                                                               \
    "\0\x20\0\0\x7c\0\0\0\x54\0\0\0"                                                               \
    "\0\x30\0\0\0\0\0\0\x5c\0\0\0"
#define LSDAS "\x10\x10\0\0\0\x50\0\0\0\x21\0\0\x10\x50\0\0"
#define COMPRESSED                                                                                 \
    "\3\0\0\0\x0c\0\3\0\x18\0\2\0"                                                                 \
    "\0\0\0\1\x10\0\0\2\x20\0\0\3"                                                                 \
    "\0\0\0\x54\x18\0\0\3"
#define REGULAR                                                                                    \
    "\2\0\0\0\x08\0\2\0"                                                                           \
    "\0\x20\0\0\0\0\0\0\0\x21\0\0\0\0\0\x54"
static const struct bytes whole = BYTES(HEADER COMMON PERSONALITIES INDEX LSDAS COMPRESSED REGULAR);

#define ENTRIES                                                                                    \
    "1000 2000001 0 0\n1010 54000000 4050 5000\n1020 3000018 0 0\n"                                \
    "2000 0 0 0\n2100 54000000 4050 5010\n"

/* What a walk gives, and the error that ends it. */
static void read_all(struct bytes section, struct text *text) {
    struct unwind_cursor cursor;
    struct unwind_entry entry;
    struct error error;
    text_add(text, "");
    if (unwind_info_start(section, &cursor, &error)) {
        while (unwind_info_next(&cursor, &entry, &error))
            text_addf(text, "%" PRIx32 " %" PRIx32 " %" PRIx32 " %" PRIx32 "\n", entry.function,
                      entry.encoding, entry.personality, entry.lsda);
        if (error.kind == ERROR_NONE)
            text_addf(text, "end %" PRIx32, cursor.end);
    }
    if (error.kind != ERROR_NONE)
        text_addf(text, "%s: %s", error.field, error.what);
}

static void both_kinds_of_pages_are_read(void **state) {
    (void)state;
    struct text text = {0};
    assert_int_equal(whole.size, 148);
    read_all(whole, &text);
    assert_string_equal(text.data, ENTRIES "end 3000");
    text_free(&text);
}

/* What one changed number makes of the section: the end of what is read. */
static const struct row {
    const char *label;
    size_t at, size;
    uint32_t value;
    const char *expected;
} rows[] = {
    {"version", 0, 4, 2, "unwind info version: 2 is unknown"},
    {"common encodings", 4, 4, 0x8d,
     "unwind info common encodings: 2 of them at 0x8d do not fit in a section of 148 bytes"},
    {"common encodings past 32 bits", 8, 4, 0x40000001,
     "unwind info common encodings: 1073741825 of them at 0x1c do not fit in a section of 148 "
     "bytes"},
    {"personalities", 12, 4, 0x91,
     "unwind info personalities: 1 of them at 0x91 do not fit in a section of 148 bytes"},
    {"index", 24, 4, 10,
     "unwind info index: 10 of them at 0x28 do not fit in a section of 148 bytes"},
    {"no index", 24, 4, 0, "unwind info index: it has no entry that ends it"},
    {"index falls", 52, 4, 0xfff, "unwind info index 0: 0x1000 comes after the next one's 0xfff"},
    {"page past the section", 44, 4, 0x8d, "unwind info page 0: 0x8d is past the section"},
    {"kind", 92, 4, 4, "unwind info page 0: the kind 4 is unknown"},
    {"entries past the section", 98, 2, 12,
     "unwind info page 0: its entries do not fit in the section"},
    {"regular entries past the section", 130, 2, 3,
     "unwind info page 1: its entries do not fit in the section"},
    {"encodings past the section", 102, 2, 9,
     "unwind info page 0: its encodings do not fit in the section"},
    {"no entries", 98, 2, 0, "unwind info page 0: it has no entries"},
    {"LSDAs past the section", 72, 4, 0x9c,
     "unwind info index 1: LSDAs from 0x54 to 0x9c are no whole entries of the section"},
    {"LSDAs fall", 72, 4, 0x4c,
     "unwind info index 1: LSDAs from 0x54 to 0x4c are no whole entries of the section"},
    {"half an LSDA", 48, 4, 0x48,
     "unwind info index 0: LSDAs from 0x48 to 0x54 are no whole entries of the section"},
    {"an LSDA of another page", 60, 4, 0x5c,
     "unwind info page 1: the function 0x2100 has an LSDA, and the page's LSDAs do not have it"},
    {"first function", 104, 3, 1,
     "unwind info page 0: it begins with the function 0x1001, the index says 0x1000"},
    {"first function of a regular page", 132, 4, 0x2001,
     "unwind info page 1: it begins with the function 0x2001, the index says 0x2000"},
    {"functions fall", 112, 3, 0x0f, "unwind info page 0: the function 0x100f comes after 0x1010"},
    {"function past the page", 112, 3, 0x1001,
     "unwind info page 0: the function 0x2001 is past the page's end at 0x2000"},
    {"function past the end", 64, 4, 0x20ff,
     "unwind info page 1: the function 0x2100 is past the page's end at 0x20ff"},
    {"encoding in no table", 115, 1, 4,
     "unwind info page 0: the function 0x1020 has the encoding 4, and there are 4"},
    {"personality in no table", 119, 1, 0x64,
     "unwind info page 0: the function 0x1010 has the personality 2, and there are 1"},
    {"a personality of 0", 36, 4, 0, "unwind info personality 1: 0 is no pointer to it"},
    {"no LSDA of the function", 76, 4, 0x1011,
     "unwind info page 0: the function 0x1010 has an LSDA, and the page's LSDAs do not have it"},
    {"an LSDA of 0", 80, 4, 0,
     "unwind info page 0: the function 0x1010 has an LSDA, and the page's LSDAs do not have it"},
};

static bool ends_with(const char *text, const char *end) {
    size_t size = strlen(text), end_size = strlen(end);
    return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

static void what_is_malformed_is_named(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t copy[148];
        struct text text = {0};
        memcpy(copy, whole.data, sizeof copy);
        bytes_store_little(copy + rows[i].at, rows[i].size, rows[i].value);
        read_all((struct bytes){copy, sizeof copy}, &text);
        if (!ends_with(text.data, rows[i].expected))
            fail_msg("%s: %s, expected %s", rows[i].label, text.data, rows[i].expected);
        text_free(&text);
    }
}

static void a_section_that_ends_early_is_refused(void **state) {
    (void)state;
    for (size_t size = 0; size < whole.size; size++) {
        struct text text = {0};
        read_all((struct bytes){whole.data, size}, &text);
        if (strstr(text.data, "unwind info ") == NULL)
            fail_msg("%zu bytes: %s", size, text.data);
        text_free(&text);
    }
}

static void lsdas_of_a_page_rise(void **state) {
    (void)state;
    uint8_t copy[148];
    struct text text = {0};
    memcpy(copy, whole.data, sizeof copy);
    bytes_store_little(copy + 60, 4, 0x5c);
    bytes_store_little(copy + 84, 4, 0x1010);
    read_all((struct bytes){copy, sizeof copy}, &text);
    assert_string_equal(text.data, "unwind info index 0: the LSDA of the function 0x1010 does not "
                                   "come after that of 0x1010");
    text_free(&text);
}

/* The end alone, and functions of one place: the second holds. */
static void sections_may_be_odd(void **state) {
    (void)state;
    struct text text = {0};
    read_all((struct bytes)BYTES("\1\0\0\0\x1c\0\0\0\0\0\0\0\x1c\0\0\0\0\0\0\0\x1c\0\0\0\1\0\0\0"
                                 "\0\x10\0\0\0\0\0\0\0\0\0\0"),
             &text);
    assert_string_equal(text.data, "end 1000");
    text_free(&text);
    uint8_t copy[148];
    memcpy(copy, whole.data, sizeof copy);
    bytes_store_little(copy + 112, 3, 0x10);
    read_all((struct bytes){copy, sizeof copy}, &text);
    assert_string_equal(text.data, "1000 2000001 0 0\n1010 54000000 4050 5000\n1010 3000018 0 0\n"
                                   "2000 0 0 0\n2100 54000000 4050 5010\nend 3000");
    text_free(&text);
}

static void functions_have_32_bits(void **state) {
    (void)state;
    uint8_t copy[148];
    struct text text = {0};
    memcpy(copy, whole.data, sizeof copy);
    bytes_store_little(copy + 40, 4, 0xfffff000);
    bytes_store_little(copy + 52, 4, 0xffffffff);
    bytes_store_little(copy + 108, 3, 0x1000);
    read_all((struct bytes){copy, sizeof copy}, &text);
    assert_string_equal(text.data, "fffff000 2000001 0 0\n"
                                   "unwind info page 0: a function is past 32 bits");
    text_free(&text);
    read_all((struct bytes)BYTES("\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), &text);
    assert_string_equal(text.data, "unwind info header: 27 bytes are no header of 28");
    text_free(&text);
}

/* An LSDA that no encoding speaks of, as lld lists it. */
static void lsdas_that_nobody_asks_for_are_passed_over(void **state) {
    (void)state;
    uint8_t copy[148];
    struct text text = {0};
    memcpy(copy, whole.data, sizeof copy);
    bytes_store_little(copy + 144, 4, 0x03000018);
    read_all((struct bytes){copy, sizeof copy}, &text);
    assert_true(ends_with(text.data, "2000 0 0 0\n2100 3000018 0 0\nend 3000"));
    text_free(&text);
}

/* Index entries that all name one page of many entries: as many steps as both have bytes would be
 * a square. All functions have the same place, so that only the number of entries is wrong. */
static void pages_over_each_other_are_refused(void **state) {
    (void)state;
    enum { PAGES = 4000, ENTRIES_OF_PAGE = 4000, PAGE = 28 + 12 * (PAGES + 1) };
    static uint8_t section[PAGE + 12 + 4 * (ENTRIES_OF_PAGE + 1)];
    struct unwind_cursor cursor;
    struct unwind_entry entry;
    struct error error;
    size_t count = 0;
    memcpy(section, "\1\0\0\0\x1c\0\0\0\0\0\0\0\x1c\0\0\0\0\0\0\0\x1c\0\0\0", 24);
    bytes_store_little(section + 24, 4, PAGES + 1);
    for (size_t i = 0; i < PAGES; i++)
        bytes_store_little(section + 28 + 12 * i + 4, 4, PAGE);
    bytes_store_little(section + PAGE, 4, 3);
    bytes_store_little(section + PAGE + 4, 4, 12 | ENTRIES_OF_PAGE << 16);
    bytes_store_little(section + PAGE + 8, 4, (12 + 4 * ENTRIES_OF_PAGE) | 1 << 16);
    assert_true(unwind_info_start((struct bytes){section, sizeof section}, &cursor, &error));
    while (unwind_info_next(&cursor, &entry, &error))
        count++;
    assert_string_equal(error.field, "unwind info page 4");
    assert_string_equal(error.what, "it lies over other pages");
    assert_true(count <= sizeof section / 4);
}

static void encodings_are_taken_apart(void **state) {
    (void)state;
    assert_true(unwind_is_dwarf(CPU_TYPE_ARM64, 0x43000018));
    assert_false(unwind_is_dwarf(CPU_TYPE_ARM64, 0x44000018));
    assert_true(unwind_is_dwarf(CPU_TYPE_X86_64, 0x44000018));
    assert_false(unwind_is_dwarf(CPU_TYPE_X86_64, 0x43000018));
    assert_int_equal(unwind_fde_offset(0xf4abcdef), 0xabcdef);
    assert_int_equal(unwind_with_fde_offset(0xf4abcdef, 0x123), 0xf4000123);
    assert_int_equal(unwind_personality(0xe4abcdef), 2);
    assert_int_equal(unwind_with_personality(0xe4abcdef, 1), 0xd4abcdef);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_kinds_of_pages_are_read),
        cmocka_unit_test(what_is_malformed_is_named),
        cmocka_unit_test(a_section_that_ends_early_is_refused),
        cmocka_unit_test(lsdas_of_a_page_rise),
        cmocka_unit_test(sections_may_be_odd),
        cmocka_unit_test(functions_have_32_bits),
        cmocka_unit_test(lsdas_that_nobody_asks_for_are_passed_over),
        cmocka_unit_test(pages_over_each_other_are_refused),
        cmocka_unit_test(encodings_are_taken_apart),
    };
    return cmocka_run_group_tests_name("unwind_info", tests, NULL, NULL);
}
