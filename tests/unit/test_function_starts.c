#include "macho/function_starts.h"

#include "base/text.h"
#include "bytes_literal.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct row {
    const char *label;
    struct bytes bytes;
    const char *expected;
} rows[] = {
    {"no bytes", {NULL, 0}, ""},
    {"no functions", BYTES("\0"), ""},
    {"only padding", BYTES("\0\0\0\0\0\0\0\0"), ""},
    {"one", BYTES("\x10\0"), "0x10 "},
    {"each is a distance", BYTES("\xb0\x0d\x10\x20\0\0\0\0"), "0x6b0 0x6c0 0x6e0 "},
    {"a 0 of two bytes ends them too", BYTES("\x10\x80\0"), "0x10 "},
    {"no end", BYTES("\x10\x20"), "0x10 0x30 function starts: no 0 ends them"},
    {"a number without an end", BYTES("\x10\x80"),
     "0x10 function starts: the number at byte 0x1 does not end, or is too great"},
    {"past 64 bits", BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\1\1\0"),
     "0xffffffffffffffff function starts: the number at byte 0xa does not end, or is too great"},
    {"more after the end", BYTES("\x10\0\0\7"),
     "0x10 function starts: byte 0x3 is 0x07, after the 0 that ends them"},
};

static void every_start_is_read_or_what_is_wrong_is_named(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct function_starts starts = {.bytes = rows[i].bytes};
        struct text text = {0};
        struct error error;
        text_add(&text, "");
        while (function_starts_next(&starts, &error))
            text_addf(&text, "0x%" PRIx64 " ", starts.offset);
        if (error.kind != ERROR_NONE)
            text_addf(&text, "%s: %s", error.field, error.what);
        if (strcmp(text.data, rows[i].expected) != 0)
            fail_msg("%s: %s, expected %s", rows[i].label, text.data, rows[i].expected);
        text_free(&text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_start_is_read_or_what_is_wrong_is_named),
    };
    return cmocka_run_group_tests_name("function_starts", tests, NULL, NULL);
}
