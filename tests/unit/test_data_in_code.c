#include "macho/data_in_code.h"

#include "bytes_literal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ENTRY_1 "\0\x10\0\0\x08\0\4\0"
#define ENTRY_2 "\x08\x10\0\0\2\0\1\0"
#define PADDING "\0\0\0\0\0\0\0\0"

static const struct row {
    const char *label;
    struct bytes bytes;
    size_t count;
    const char *error; /* NULL for none */
} rows[] = {
    {"none", {NULL, 0}, 0, NULL},
    {"padding", BYTES(PADDING), 0, NULL},
    {"one", BYTES(ENTRY_1), 1, NULL},
    {"two that touch, and padding", BYTES(ENTRY_1 ENTRY_2 PADDING), 2, NULL},
    {"padding in front", BYTES(PADDING ENTRY_1), 2, NULL},
    {"half an entry", BYTES(ENTRY_1 "\0\0\0\0"), 1, "12 bytes are no whole entries of 8"},
    {"two that overlap", BYTES(ENTRY_1 "\7\x10\0\0\2\0\1\0"), 2,
     "entry 1 begins at 0x1007, before the end of the one before it at 0x1008"},
    {"the wrong order", BYTES(ENTRY_2 ENTRY_1), 2,
     "entry 1 begins at 0x1000, before the end of the one before it at 0x100a"},
    {"the greatest", BYTES("\xff\xff\xff\xff\xff\xff\4\0"), 1, NULL},
};

static void entries_are_counted_and_checked(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct error error;
        bool valid = data_in_code_valid(rows[i].bytes, &error);
        if (data_in_code_count(rows[i].bytes) != rows[i].count || valid != (rows[i].error == NULL))
            fail_msg("%s", rows[i].label);
        assert_int_equal(error.kind, valid ? ERROR_NONE : ERROR_MALFORMED);
        if (!valid) {
            assert_string_equal(error.field, "data in code");
            assert_string_equal(error.what, rows[i].error);
        }
    }
}

static void an_entry_is_read(void **state) {
    (void)state;
    struct bytes bytes = BYTES(ENTRY_1 "\x78\x56\x34\x12\xcd\xab\3\0");
    struct data_in_code entry = data_in_code_at(bytes, 1);
    assert_int_equal(entry.offset, 0x12345678);
    assert_int_equal(entry.length, 0xabcd);
    assert_int_equal(entry.kind, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_counted_and_checked),
        cmocka_unit_test(an_entry_is_read),
    };
    return cmocka_run_group_tests_name("data_in_code", tests, NULL, NULL);
}
