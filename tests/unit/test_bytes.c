#include "base/bytes.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define MOST UINT64_MAX

static const struct range {
    uint64_t offset;
    uint64_t size;
    uint64_t limit;
    bool within;
} ranges[] = {
    {0, 0, 0, true},       {0, 10, 10, true},      {10, 0, 10, true},       {4, 6, 10, true},
    {4, 7, 10, false},     {11, 0, 10, false},     {0, 11, 10, false},      {10, 1, 10, false},
    {MOST, 1, 10, false},  {1, MOST, 10, false},   {MOST, MOST, 10, false}, {MOST, 0, MOST, true},
    {0, MOST, MOST, true}, {1, MOST, MOST, false}, {MOST, 2, MOST, false},
};

static void a_range_lies_within_what_is_large_enough(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        const struct range *row = &ranges[i];
        if (range_within(row->offset, row->size, row->limit) != row->within)
            fail_msg("%" PRIu64 " bytes at %" PRIu64 " of %" PRIu64, row->size, row->offset,
                     row->limit);
    }
}

static void the_end_of_a_range_fits_in_64_bits_or_is_refused(void **state) {
    (void)state;
    uint64_t end = 0;
    assert_true(range_end(MOST - 5, 5, &end));
    assert_true(end == MOST);
    assert_true(range_end(3, 4, &end));
    assert_int_equal(end, 7);
    assert_false(range_end(MOST - 5, 6, &end));
    assert_false(range_end(MOST, MOST, &end));
}

static const struct rounding {
    uint64_t value;
    uint64_t unit;
    uint64_t rounded;
} roundings[] = {
    {0, 0x4000, 0},
    {1, 0x4000, 0x4000},
    {0x3fff, 0x4000, 0x4000},
    {0x4000, 0x4000, 0x4000},
    {0x4001, 0x4000, 0x8000},
    {0x4001, 0x1000, 0x5000},
    {5, 1, 5},
    {MOST, 1, MOST},
    {MOST - 0xfff, 0x1000, MOST - 0xfff},
    {MOST - 0xffe, 0x1000, MOST - 0xfff},
    {MOST, 0x1000, MOST - 0xfff},
};

static void rounding_up_saturates_at_the_last_multiple(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof roundings / sizeof roundings[0]; i++) {
        uint64_t rounded = round_up(roundings[i].value, roundings[i].unit);
        if (rounded != roundings[i].rounded)
            fail_msg("0x%" PRIx64 ": 0x%" PRIx64, roundings[i].value, rounded);
    }
}

static const uint8_t digits[] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xf0};
static const struct bytes view = {digits, sizeof digits};

static void a_part_lies_inside_or_is_refused_untouched(void **state) {
    (void)state;
    struct bytes part = {0};
    assert_true(bytes_part(view, 2, 3, &part));
    assert_ptr_equal(part.data, digits + 2);
    assert_int_equal(part.size, 3);
    assert_false(bytes_part(view, 8, 2, &part));
    assert_false(bytes_part(view, MOST, 2, &part));
    assert_false(bytes_part(view, 2, MOST, &part));
    assert_ptr_equal(part.data, digits + 2);
    assert_true(bytes_part(view, sizeof digits, 0, &part));
    assert_int_equal(part.size, 0);
}

static void numbers_are_read_in_their_byte_order_at_any_offset(void **state) {
    (void)state;
    assert_int_equal(bytes_u8(view, 8), 0xf0);
    assert_int_equal(bytes_u16(view, 0), 0x2301);
    assert_int_equal(bytes_u16(view, 7), 0xf0ef);
    assert_int_equal(bytes_u32(view, 0), 0x67452301);
    assert_int_equal(bytes_u32(view, 5), 0xf0efcdab);
    assert_true(bytes_u64(view, 0) == UINT64_C(0xefcdab8967452301));
    assert_true(bytes_u64(view, 1) == UINT64_C(0xf0efcdab89674523));
    assert_int_equal(bytes_u32_big(view, 1), 0x23456789);
    assert_int_equal(bytes_u32_big(view, 5), 0xabcdeff0);
    assert_true(bytes_u64_big(view, 1) == UINT64_C(0x23456789abcdeff0));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_range_lies_within_what_is_large_enough),
        cmocka_unit_test(the_end_of_a_range_fits_in_64_bits_or_is_refused),
        cmocka_unit_test(rounding_up_saturates_at_the_last_multiple),
        cmocka_unit_test(a_part_lies_inside_or_is_refused_untouched),
        cmocka_unit_test(numbers_are_read_in_their_byte_order_at_any_offset),
    };
    return cmocka_run_group_tests_name("bytes", tests, NULL, NULL);
}
