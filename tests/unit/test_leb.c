#include "base/leb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define BYTES(...)                                                                                 \
    { (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}) }
/* Nine bytes that all go on. */
#define NINE(byte) byte, byte, byte, byte, byte, byte, byte, byte, byte

static void unsigned_numbers(void **state) {
    const struct {
        struct bytes bytes;
        size_t end;
        uint64_t value;
    } cases[] = {
        {BYTES(0x00), 1, 0},
        {BYTES(0x7f), 1, 127},
        {BYTES(0x80, 0x01), 2, 128},
        {BYTES(0xe5, 0x8e, 0x26), 3, 624485},
        {BYTES(0x05, 0xff), 1, 5},
        {BYTES(0x80, 0x80, 0x00), 3, 0},
        {BYTES(NINE(0xff), 0x01), 10, UINT64_MAX},
        {BYTES(NINE(0x80), 0x01), 10, UINT64_C(1) << 63},
        {BYTES(NINE(0x80), 0x00), 10, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t at = 0;
        uint64_t value = 42;
        assert_true(leb_unsigned(cases[i].bytes, &at, &value));
        assert_int_equal(value, cases[i].value);
        assert_int_equal(at, cases[i].end);
    }
}

static void signed_numbers(void **state) {
    const struct {
        struct bytes bytes;
        size_t end;
        int64_t value;
    } cases[] = {
        {BYTES(0x00), 1, 0},
        {BYTES(0x3f), 1, 63},
        {BYTES(0x40), 1, -64},
        {BYTES(0x7f), 1, -1},
        {BYTES(0xc0, 0x00), 2, 64},
        {BYTES(0xc0, 0xbb, 0x78), 3, -123456},
        {BYTES(0xff, 0x7f), 2, -1},
        {BYTES(NINE(0xff), 0x00), 10, INT64_MAX},
        {BYTES(NINE(0x80), 0x7f), 10, INT64_MIN},
        {BYTES(NINE(0xff), 0x7f), 10, -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t at = 0;
        int64_t value = 42;
        assert_true(leb_signed(cases[i].bytes, &at, &value));
        assert_int_equal(value, cases[i].value);
        assert_int_equal(at, cases[i].end);
    }
}

static void starts_anywhere(void **state) {
    struct bytes bytes = BYTES(0xff, 0x81, 0x02, 0x7e);
    size_t at = 1;
    uint64_t value;
    int64_t with_sign;
    (void)state;
    assert_true(leb_unsigned(bytes, &at, &value));
    assert_int_equal(value, 257);
    assert_int_equal(at, 3);
    assert_true(leb_signed(bytes, &at, &with_sign));
    assert_int_equal(with_sign, -2);
    assert_int_equal(at, 4);
}

static void leaves_the_place_of_what_is_no_number(void **state) {
    const struct {
        struct bytes bytes;
        bool is_unsigned, is_signed; /* whether it can be read as that */
    } cases[] = {
        {{NULL, 0}, false, false},
        {BYTES(0x80), false, false},
        {BYTES(0xff, 0xff), false, false},
        {BYTES(NINE(0xff)), false, false},
        {BYTES(NINE(0xff), 0x02), false, false},
        {BYTES(NINE(0x80), 0x01), true, false},
        {BYTES(NINE(0x80), 0x7f), false, true},
        {BYTES(NINE(0x80), 0x80, 0x00), false, false},
        {BYTES(NINE(0xff), 0xff, 0x7f), false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t at = 0;
        uint64_t value;
        int64_t with_sign;
        assert_int_equal(leb_unsigned(cases[i].bytes, &at, &value), cases[i].is_unsigned);
        assert_int_equal(at, cases[i].is_unsigned ? cases[i].bytes.size : 0);
        at = 0;
        assert_int_equal(leb_signed(cases[i].bytes, &at, &with_sign), cases[i].is_signed);
        assert_int_equal(at, cases[i].is_signed ? cases[i].bytes.size : 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unsigned_numbers),
        cmocka_unit_test(signed_numbers),
        cmocka_unit_test(starts_anywhere),
        cmocka_unit_test(leaves_the_place_of_what_is_no_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
