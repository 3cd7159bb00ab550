#include "macho/write/eh_frame.h"

#include "bytes_literal.h"
#include "macho/eh_frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A CIE of 28 bytes with a personality of 4 bytes at 19 and LSDAs of 4; at 28 an FDE of 29 bytes
 * with its function at 36 and its LSDA at 45; 57 bytes and the length of 0 that ends them. */
#define CIE "\x18\0\0\0\0\0\0\0\1zPLR\0\1\x78\x10\7\x9b\0\2\0\0\x1b\x1b\0\0\0"
#define FDE "\x19\0\0\0\x20\0\0\0\x10\xff\xff\xff\x30\0\0\0\4\x40\0\0\0\x44\0\0\0\0\0\0\0"
static const struct bytes section = BYTES(CIE FDE "\0\0\0\0");

/* By hand: each pointer has become 0x1000 - 0x200 greater, and the FDE is 7 bytes longer. */
static void pointers_and_nothing_else_change(void **state) {
    (void)state;
    static const struct bytes expected =
        BYTES("\x18\0\0\0\0\0\0\0\1zPLR\0\1\x78\x10\7\x9b\0\x10\0\0\x1b\x1b\0\0\0"
              "\x20\0\0\0\x20\0\0\0\x10\x0d\0\0\x30\0\0\0\4\x40\x0e\0\0\x44\0\0\0\0\0\0\0"
              "\0\0\0\0\0\0\0");
    struct eh_frame_block block = {section, 0x4000, 0x4200, 0x1000};
    uint8_t moved[80];
    struct error error;
    size_t size;
    memset(moved, 0xee, sizeof moved);
    assert_true(eh_frame_moved_size(section, &size, &error));
    assert_int_equal(size, 64);
    assert_true(eh_frame_move(&block, moved, &error));
    assert_int_equal(expected.size, size);
    assert_memory_equal(moved, expected.data, size);
    assert_int_equal(moved[size], 0xee);
}

static void a_malformed_section_has_no_size(void **state) {
    (void)state;
    struct error error;
    size_t size;
    assert_false(eh_frame_moved_size((struct bytes)BYTES(CIE "\4\0\0\0\1\0\0\0"), &size, &error));
    assert_string_equal(error.field, "eh_frame record at 0x1c");
}

static void a_section_without_records_is_nothing(void **state) {
    (void)state;
    struct eh_frame_block block = {BYTES("\0\0\0\0"), 0x4000, 0x4200, 0x1000};
    struct error error;
    size_t size = 1;
    assert_true(eh_frame_moved_size(block.section, &size, &error));
    assert_int_equal(size, 0);
    assert_true(eh_frame_move(&block, NULL, &error));
}

/* 0xffffffff and a length of 64 bits, 41 bytes in all. */
static void a_length_of_64_bits_stays_one(void **state) {
    (void)state;
    struct eh_frame_block block = {
        BYTES("\xff\xff\xff\xff\x15\0\0\0\0\0\0\0\0\0\0\0\1zR\0\1\x78\x10\1\x10\x0c\7\x08\x90\1\0"
              "\0\0"),
        0, 0, 0};
    uint8_t moved[40];
    struct error error;
    size_t size;
    assert_true(eh_frame_moved_size(block.section, &size, &error));
    assert_int_equal(size, sizeof moved);
    assert_true(eh_frame_move(&block, moved, &error));
    assert_memory_equal(moved, "\xff\xff\xff\xff\x1c\0\0\0\0\0\0\0\0\0\0\0\1zR\0\1\x78\x10", 23);
    assert_memory_equal(moved + 23, "\1\x10\x0c\7\x08\x90\1\0\0\0\0\0\0\0\0\0\0", 17);
}

/* Where the pointers of a section may be after a move, and the first that does not reach. */
static const struct row {
    const char *label;
    struct bytes section;
    uint64_t new_address;
    uint64_t target_shift;
    const char *field; /* NULL: they reach */
    const char *what;
} rows[] = {
    {"as far as it reaches", BYTES(CIE), 0x4000, 0x7ffffdff, NULL, NULL},
    {"a byte too far", BYTES(CIE), 0x4000, 0x7ffffe00, "eh_frame record at 0x0",
     "at its new place 0x4013 the 4 bytes of a pointer do not reach 0x80004013"},
    {"as far back as it reaches", BYTES(CIE), 0x80004200, 0, NULL, NULL},
    {"a byte too far back", BYTES(CIE), 0x80004201, 0, "eh_frame record at 0x0",
     "at its new place 0x80004214 the 4 bytes of a pointer do not reach 0x4213"},
    {"an FDE", BYTES(CIE FDE), 0x4000, 0x7ffffdff, NULL, NULL},
    {"an FDE too far back", BYTES(CIE FDE), 0x80004000, 0, "eh_frame record at 0x1c",
     "at its new place 0x80004024 the 4 bytes of a pointer do not reach 0x3f34"},
    {"an LSDA that would look like none", BYTES(CIE FDE), 0x4040, 0, "eh_frame record at 0x1c",
     "at its new place 0x406d the 4 bytes of a pointer do not reach 0x406d"},
    {"unsigned",
     BYTES("\x0d\0\0\0\0\0\0\0\1zR\0\1\x78\x10\1\x13"
           "\x0d\0\0\0\x15\0\0\0\xf0\0\0\0\x20\0\0\0\0"),
     0x4000, 0xffffff0f, NULL, NULL},
    {"unsigned and too far",
     BYTES("\x0d\0\0\0\0\0\0\0\1zR\0\1\x78\x10\1\x13"
           "\x0d\0\0\0\x15\0\0\0\xf0\0\0\0\x20\0\0\0\0"),
     0x4000, 0xffffff10, "eh_frame record at 0x11",
     "at its new place 0x4019 the 4 bytes of a pointer do not reach 0x100004019"},
    {"unsigned and back",
     BYTES("\x0d\0\0\0\0\0\0\0\1zR\0\1\x78\x10\1\x13"
           "\x0d\0\0\0\x15\0\0\0\xf0\0\0\0\x20\0\0\0\0"),
     0x40f1, 0, "eh_frame record at 0x11",
     "at its new place 0x410a the 4 bytes of a pointer do not reach 0x4109"},
    {"8 bytes reach everywhere",
     BYTES("\x0d\0\0\0\0\0\0\0\1zR\0\1\x78\x10\1\x10"
           "\x15\0\0\0\x15\0\0\0\xf8\xff\xff\xff\xff\xff\xff\xff\1\0\0\0\0\0\0\0\0"),
     0x4000, UINT64_C(1) << 40, NULL, NULL},
    {"a record that cannot be read", BYTES(CIE "\4\0\0\0\1\0\0\0"), 0x4000, 0,
     "eh_frame record at 0x1c", "no CIE begins 0x1 bytes before 0x20"},
};

static void pointers_reach_or_the_record_is_named(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        struct eh_frame_block block = {row->section, 0x4000, row->new_address, row->target_shift};
        uint8_t moved[128];
        struct error error;
        bool good = eh_frame_move(&block, moved, &error);
        if (good != (row->field == NULL) ||
            (!good && (error.kind != ERROR_MALFORMED || strcmp(error.field, row->field) != 0 ||
                       strcmp(error.what, row->what) != 0)))
            fail_msg("%s: %d %s: %s", row->label, good, error.field, error.what);
    }
}

/* Every target of a record is where it was, and the shift on. */
static void what_was_moved_reads_as_before(void **state) {
    (void)state;
    const uint64_t shift = 0x123456;
    struct eh_frame_block block = {section, 0x4000, 0x98760, shift};
    struct eh_cursor old, new;
    struct eh_record before, after;
    struct error error;
    uint8_t moved[64];
    size_t count = 0;
    assert_true(eh_frame_move(&block, moved, &error));
    eh_frame_start(section, block.address, &old);
    eh_frame_start((struct bytes){moved, sizeof moved}, block.new_address, &new);
    for (; eh_frame_next(&new, &after, &error); count += after.pointer_count) {
        assert_true(eh_frame_next(&old, &before, &error));
        assert_int_equal(after.offset, before.offset);
        assert_int_equal(after.pointer_count, before.pointer_count);
        for (size_t i = 0; i < after.pointer_count; i++)
            assert_int_equal(after.pointers[i].target, before.pointers[i].target + shift);
    }
    assert_int_equal(error.kind, ERROR_NONE);
    assert_int_equal(count, 3);
    assert_false(eh_frame_next(&old, &before, &error));
    eh_frame_end(&old);
    eh_frame_end(&new);
}

static void encodings_follow_their_block(void **state) {
    (void)state;
    struct error error;
    uint32_t moved;
    assert_true(eh_frame_move_encoding(0x43000018, 0xffffe7, &moved, &error));
    assert_int_equal(moved, 0x43ffffff);
    assert_true(eh_frame_move_encoding(0x04000000, 0x100, &moved, &error));
    assert_int_equal(moved, 0x04000100);
    assert_false(eh_frame_move_encoding(0x43000018, 0xffffe8, &moved, &error));
    assert_string_equal(error.field, "unwind info encodings");
    assert_string_equal(error.what, "a record 0x1000000 bytes into __eh_frame is past the 24 bits "
                                    "of its encoding");
    assert_false(eh_frame_move_encoding(0x43000018, UINT64_MAX, &moved, &error));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pointers_and_nothing_else_change),
        cmocka_unit_test(a_malformed_section_has_no_size),
        cmocka_unit_test(a_section_without_records_is_nothing),
        cmocka_unit_test(a_length_of_64_bits_stays_one),
        cmocka_unit_test(pointers_reach_or_the_record_is_named),
        cmocka_unit_test(what_was_moved_reads_as_before),
        cmocka_unit_test(encodings_follow_their_block),
    };
    return cmocka_run_group_tests_name("eh_frame_writer", tests, NULL, NULL);
}
