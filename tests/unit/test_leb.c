#include "base/leb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct row {
    const char *bytes;
    size_t size;
    bool is_number;
    uint64_t as_unsigned;
    int64_t as_signed;
} rows[] = {
    {"\x00", 1, true, 0, 0},
    {"\x02", 1, true, 2, 2},
    {"\x3f", 1, true, 63, 63},
    {"\x40", 1, true, 64, -64},
    {"\x7f", 1, true, 127, -1},
    {"\x80\x01", 2, true, 128, 128},
    {"\xe5\x8e\x26", 3, true, 624485, 624485},
    {"\x80\x80\x00", 3, true, 0, 0},
    {"\x01\xff", 2, true, 1, 1},
    {"", 0, false, 0, 0},
    {"\x80", 1, false, 0, 0},
    {"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", 11, false, 0, 0},
};

static void numbers_are_read(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        struct bytes bytes = {(const uint8_t *)row->bytes, row->size};
        size_t at = 0, at_signed = 0;
        uint64_t number = 0;
        int64_t with_sign = 0;
        assert_int_equal(leb_unsigned(bytes, &at, &number), row->is_number);
        assert_int_equal(leb_signed(bytes, &at_signed, &with_sign), row->is_number);
        assert_true(number == row->as_unsigned);
        assert_true(with_sign == row->as_signed);
        assert_true(at == at_signed && (row->is_number ? at != 0 : at == 0));
    }
}

static void numbers_have_64_bits(void **state) {
    (void)state;
    struct bytes greatest = {(const uint8_t *)"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10};
    struct bytes too_great = {(const uint8_t *)"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x03", 10};
    struct bytes least = {(const uint8_t *)"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7f", 10};
    size_t at = 0;
    uint64_t number;
    int64_t with_sign;
    assert_true(leb_unsigned(greatest, &at, &number));
    assert_true(number == UINT64_MAX);
    at = 0;
    assert_false(leb_unsigned(too_great, &at, &number));
    assert_int_equal(at, 0);
    assert_false(leb_signed(too_great, &at, &with_sign));
    assert_true(leb_signed(least, &at, &with_sign));
    assert_true(with_sign == INT64_MIN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read),
        cmocka_unit_test(numbers_have_64_bits),
    };
    return cmocka_run_group_tests_name("leb", tests, NULL, NULL);
}
