#include "macho/other_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(string) string, sizeof(string) - 1

static const struct beginning_row {
    const char *label;
    const char *bytes;
    size_t size;
    const char *begins; /* of what is said; NULL: nothing is known */
} rows[] = {
    {"ELF",
     BYTES("\x7f"
           "ELF\2\1\1\0"),
     "an ELF file"},
    {"PE", BYTES("MZ\x90\0\3\0\0\0"), "a Windows program"},
    {"an archive", BYTES("!<arch>\n"), "a static library; give the program or dylib"},
    {"a thin archive", BYTES("!<thin>\n"), "a thin static library"},
    {"bitcode", BYTES("BC\xc0\xde\x35\x14"), "LLVM bitcode"},
    {"bitcode in a wrapper", BYTES("\xde\xc0\x17\x0b\0\0\0\0"), "LLVM bitcode"},
    {"WebAssembly", BYTES("\0asm\1\0\0\0"), "a WebAssembly module"},
    {"a stub of version 4", BYTES("--- !tapi-tbd\ntbd-version: 4\n"), "a text-based stub"},
    {"a stub of version 2", BYTES("--- !tapi-tbd-v2\narchs:\n"), "a text-based stub"},
    {"a stub of version 1", BYTES("---\narchs:           [ arm64 ]\n"), "a text-based stub"},
    {"a stub of version 5", BYTES("{\n  \"main_library\": {},\n  \"tapi_tbd_version\": 5\n}\n"),
     "a text-based stub"},
    {"other YAML", BYTES("---\nname: x\n"), "a text file"},
    {"a shared cache", BYTES("dyld_v1  arm64e\0"), "a shared cache of dyld"},
    {"zip", BYTES("PK\3\4\n\0\0\0"), "a zip archive"},
    {"gzip", BYTES("\x1f\x8b\10\0"), "a gzip archive"},
    {"a package", BYTES("xar!\0\x1c\0\1"), "an installer package"},
    {"a property list", BYTES("bplist00\xd1\1"), "a property list"},
    {"Git LFS", BYTES("version https://git-lfs.github.com/spec/v1\noid "), "a pointer of Git LFS"},
    {"a script", BYTES("#!/bin/sh\n"), "a script; give the program that it starts"},
    {"a script with bytes past 127", BYTES("# \xc3\xa9\n"), "a text file"},
    {"text with a tab", BYTES("all:\n\ttrue\r\n"), "a text file"},
    {"a NUL in text", BYTES("abc\0def"), NULL},
    {"a control character in text", BYTES("abc\33[1m"), NULL},
    {"a beginning cut short, of text", BYTES("!<ar"), "a text file"},
    {"a beginning cut short, of no text",
     BYTES("\x7f"
           "EL\0"),
     NULL},
    {"nothing", BYTES(""), NULL},
    {"zeros", BYTES("\0\0\0\0"), NULL},
};

static void a_file_that_is_no_image_is_told_by_its_beginning(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bytes head = {(const uint8_t *)rows[i].bytes, rows[i].size};
        const char *says = other_file_by_contents(head), *begins = rows[i].begins;
        bool right = begins == NULL ? says == NULL
                                    : says != NULL && strncmp(says, begins, strlen(begins)) == 0;
        if (!right)
            fail_msg("%s: %s", rows[i].label, says == NULL ? "(nothing)" : says);
    }
}

/* A binary file may begin with any number of letters. */
static void only_the_beginning_is_looked_at(void **state) {
    (void)state;
    uint8_t buffer[OTHER_FILE_HEAD + 8];
    memset(buffer, 'a', sizeof buffer);
    buffer[OTHER_FILE_HEAD] = 0;
    assert_non_null(other_file_by_contents((struct bytes){buffer, sizeof buffer}));
    buffer[OTHER_FILE_HEAD - 1] = 0;
    assert_null(other_file_by_contents((struct bytes){buffer, sizeof buffer}));
}

static void types_that_are_not_loaded_are_named(void **state) {
    (void)state;
    assert_non_null(strstr(other_file_by_type(1), "an object file"));
    assert_non_null(strstr(other_file_by_type(10), "a dSYM"));
    for (uint32_t type = 4; type <= 12; type++)
        assert_int_equal(other_file_by_type(type) == NULL, type == 6 || type == 8);
    assert_null(other_file_by_type(0));
    assert_null(other_file_by_type(3));
    assert_null(other_file_by_type(13));
}

static const struct java_row {
    uint8_t bytes[8];
    bool expected;
} java_rows[] = {
    {{0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 45}, true},
    {{0xca, 0xfe, 0xba, 0xbe, 0, 3, 0, 45}, true},
    {{0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 65}, true},
    {{0xca, 0xfe, 0xba, 0xbe, 0xff, 0xff, 0, 65}, true},
    {{0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 44}, false},
    {{0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2}, false},
    {{0xca, 0xfe, 0xba, 0xbe, 0, 4, 0, 65}, false},
    {{0xca, 0xfe, 0xba, 0xbe, 0xff, 0xff, 0xff, 0xff}, false},
    {{0xca, 0xfe, 0xba, 0xbf, 0, 0, 0, 65}, false},
};

static void a_java_class_is_no_universal_file(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof java_rows / sizeof java_rows[0]; i++) {
        const struct bytes head = {java_rows[i].bytes, sizeof java_rows[i].bytes};
        if (other_file_is_java(head) != java_rows[i].expected)
            fail_msg("row %zu", i);
        assert_false(other_file_is_java((struct bytes){head.data, 7}));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_is_no_image_is_told_by_its_beginning),
        cmocka_unit_test(only_the_beginning_is_looked_at),
        cmocka_unit_test(types_that_are_not_loaded_are_named),
        cmocka_unit_test(a_java_class_is_no_universal_file),
    };
    return cmocka_run_group_tests_name("other_file", tests, NULL, NULL);
}
