#include "base/size.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct reading {
    const char *text;
    uint64_t bytes;
} readings[] = {
    {"0", 0},
    {"4096", 4096},
    {"007", 7},
    {"1K", 1024},
    {"64MiB", 67108864},
    {"24GiB", 25769803776},
    {"1T", 1099511627776},
    {"1TiB", 1099511627776},
    {"1.5K", 1536},
    {"1.5GiB", 1610612736},
    {"0.25M", 262144},
    {"0.000000000G", 0},
    /* 0.46 GiB are 493921239.04 bytes. */
    {"16.46G", 17673790423},
    {"4611686018427387904", UINT64_C(1) << 62},
    {"4294967296G", UINT64_C(1) << 62},
};

static void a_size_is_whole_bytes_or_a_number_of_units(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
        uint64_t bytes;
        if (!size_parse(readings[i].text, &bytes))
            fail_msg("%s: is no size", readings[i].text);
        if (bytes != readings[i].bytes)
            fail_msg("%s: %" PRIu64, readings[i].text, bytes);
    }
}

static void a_size_may_need_63_bits(void **state) {
    (void)state;
    static const struct reading rows[] = {
        {"9223372036854775807", INT64_MAX},
        {"8388607T", UINT64_C(8388607) << 40},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t bytes = 0;
        if (!size_parse(rows[i].text, &bytes) || bytes != rows[i].bytes)
            fail_msg("%s: %" PRIu64, rows[i].text, bytes);
    }
}

static const char *const refusals[] = {
    "",
    " ",
    "K",
    "-1",
    "+1",
    " 1",
    "1 ",
    "1 K",
    "1k",
    "1KB",
    "1Ki",
    "1KiBx",
    "1B",
    "1.5",
    "1.",
    "1.K",
    ".5G",
    "1..5G",
    "1.5.5G",
    "1,5G",
    "0x10",
    "1e3",
    "MiB",
    "1P",
    "9223372036854775808",
    "18446744073709551616",
    "8388608T",
    "99999999999999999999G",
};

static void anything_else_is_no_size(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        uint64_t bytes;
        if (size_parse(refusals[i], &bytes))
            fail_msg("\"%s\": %" PRIu64, refusals[i], bytes);
    }
}

/* A size as people read it, and in GiB. */
static const struct wording {
    uint64_t bytes;
    const char *text;
    const char *gib;
} wordings[] = {
    {0, "0 bytes", "0.00 GiB"},
    {1, "1 byte", "0.00 GiB"},
    {17, "17 bytes", "0.00 GiB"},
    {1023, "1023 bytes", "0.00 GiB"},
    {KIB, "1.0 KiB", "0.00 GiB"},
    {12 * KIB, "12.0 KiB", "0.00 GiB"},
    {KIB + 51, "1.0 KiB", "0.00 GiB"}, /* 1.0498 */
    {KIB + 52, "1.1 KiB", "0.00 GiB"}, /* 1.0508 */
    {MIB - 1, "1024.0 KiB", "0.00 GiB"},
    {MIB, "1.0 MiB", "0.00 GiB"},
    {5 * MIB, "5.0 MiB", "0.00 GiB"}, /* 0.00488 */
    {6 * MIB, "6.0 MiB", "0.01 GiB"}, /* 0.00586 */
    {64 * MIB, "64.0 MiB", "0.06 GiB"},
    {1000 * MIB, "1000.0 MiB", "0.98 GiB"},
    {GIB - 1, "1024.0 MiB", "1.00 GiB"},
    {GIB, "1.00 GiB", "1.00 GiB"},
    {16 * GIB - 1, "16.00 GiB", "16.00 GiB"},
    {16 * GIB + 471 * MIB, "16.46 GiB", "16.46 GiB"}, /* 16.45996 */
    {454 * GIB, "454.00 GiB", "454.00 GiB"},
    {UINT64_MAX, "17179869184.00 GiB", "17179869184.00 GiB"},
};

static void a_size_is_rounded_to_the_last_digit_shown(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof wordings / sizeof wordings[0]; i++) {
        const struct wording *row = &wordings[i];
        assert_string_equal(size_text(row->bytes).text, row->text);
        assert_string_equal(size_text_gib(row->bytes).text, row->gib);
    }
}

static void sizes_that_differ_differ_as_text(void **state) {
    (void)state;
    static const struct {
        uint64_t a, b;
        int digits;
    } pairs[] = {
        {16 * GIB, 16 * GIB, 2},       {16 * GIB, 17 * GIB, 2},
        {16 * GIB, 16 * GIB + MIB, 3}, {16 * GIB, 16 * GIB + 32 * KIB, 5},
        {16 * GIB, 16 * GIB + 1, 9},   {16 * GIB, 16 * GIB - 1, 9},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        assert_int_equal(size_digits_apart(pairs[i].a, pairs[i].b), pairs[i].digits);
    assert_string_equal(size_text_gib_digits(16 * GIB + 1, 9).text, "16.000000001 GiB");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_size_is_whole_bytes_or_a_number_of_units),
        cmocka_unit_test(a_size_may_need_63_bits),
        cmocka_unit_test(anything_else_is_no_size),
        cmocka_unit_test(a_size_is_rounded_to_the_last_digit_shown),
        cmocka_unit_test(sizes_that_differ_differ_as_text),
    };
    return cmocka_run_group_tests_name("size", tests, NULL, NULL);
}
