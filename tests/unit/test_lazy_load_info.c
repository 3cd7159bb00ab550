#include "macho/lazy_load_info.h"

#include "bytes_literal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Sixteen bytes that are about the dylib and the chain. */
#define BEGIN "\x28\0\0\0\0\x40\0\0\0\0\6\0\x10\x40\0\0"

/* Reads all names, with a blank between them; then "FIELD: WHAT" of an error. */
static void read(struct bytes bytes, char *said, size_t size) {
    struct lazy_load_info info;
    struct error error = {ERROR_NONE, "", "", ""};
    size_t at = 0;
    said[0] = '\0';
    bool good = lazy_load_info_parse(bytes, &info, &error);
    for (uint32_t i = 0; good && i < info.symbol_count; i++) {
        const char *symbol;
        good = lazy_load_info_symbol(&info, i, &symbol, &error);
        if (good)
            at += (size_t)snprintf(said + at, size - at, "%s ", symbol);
    }
    if (!good) {
        assert_int_equal(error.kind, ERROR_MALFORMED);
        snprintf(said + at, size - at, "%s: %s", error.field, error.what);
    }
}

static void names(void **state) {
    static const struct {
        const char *label;
        struct bytes bytes;
        const char *said;
    } rows[] = {
        {"none", BYTES(BEGIN "\0\0\0\0\x18\0\0\0"), ""},
        {"two",
         BYTES(BEGIN "\2\0\0\0\x18\0\0\0"
                     "\x22\0\0\0\x25\0\0\0/\0_a\0_bc\0"),
         "_a _bc "},
        {"too short", BYTES(BEGIN "\0\0\0\0\x18\0\0"), "lazy load info: 23 bytes are too few"},
        {"more than there is room for", BYTES(BEGIN "\2\0\0\0\x18\0\0\0\x20\0\0\0_a\0"),
         "lazy load info: the names of 2 symbols at 0x18 run past its end, 31 bytes"},
        {"a table of 16 GiB", BYTES(BEGIN "\xff\xff\xff\xff\x18\0\0\0_a\0"),
         "lazy load info: the names of 4294967295 symbols at 0x18 run past its end, 27 bytes"},
        {"a table far after", BYTES(BEGIN "\1\0\0\0\xff\xff\xff\xff_a\0"),
         "lazy load info: the names of 1 symbols at 0xffffffff run past its end, 27 bytes"},
        {"one that does not end",
         BYTES(BEGIN "\2\0\0\0\x18\0\0\0"
                     "\x20\0\0\0\x23\0\0\0_a\0_b"),
         "_a lazy load info: the name of symbol 1 does not end inside it"},
        {"one that begins after the part",
         BYTES(BEGIN "\1\0\0\0\x18\0\0\0"
                     "\x1f\0\0\0_a\0"),
         "lazy load info: the name of symbol 0 does not end inside it"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char said[300];
        read(rows[i].bytes, said, sizeof said);
        if (strcmp(said, rows[i].said) != 0)
            fail_msg("%s: %s, expected %s", rows[i].label, said, rows[i].said);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
