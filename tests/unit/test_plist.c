#include "base/plist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A copy of its own size, so that a step past its end is seen. */
static bool string_of(struct arena *arena, const void *data, size_t size, char **value,
                      struct error *error) {
    uint8_t *copy = malloc(size + 1);
    memcpy(copy, data, size);
    uint8_t *exact = realloc(copy, size == 0 ? 1 : size);
    bool read =
        plist_string(arena, (struct bytes){exact, size}, "CFBundleExecutable", value, error);
    free(exact);
    return read;
}

static void has(const char *list, const char *expected) {
    struct arena arena = {0};
    struct error error;
    char *value;
    if (!string_of(&arena, list, strlen(list), &value, &error))
        fail_msg("%s: %s", list, error.what);
    if (expected == NULL)
        assert_null(value);
    else
        assert_string_equal(value, expected);
    arena_free(&arena);
}

static void refused(const char *list, const char *what) {
    struct arena arena = {0};
    struct error error;
    char *value;
    if (string_of(&arena, list, strlen(list), &value, &error))
        fail_msg("%s: is taken", list);
    assert_int_equal(error.kind, ERROR_MALFORMED);
    if (strstr(error.what, what) == NULL)
        fail_msg("%s: %s", list, error.what);
    arena_free(&arena);
}

#define NAMED "<key>CFBundleExecutable</key>"

static void xml_values(void **state) {
    (void)state;
    has("<?xml version=\"1.0\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
        "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">"
        "<dict>" NAMED "<string>A</string></dict></plist>\n",
        "A");
    has("\xef\xbb\xbf<plist><dict>" NAMED "<string>A</string></dict></plist>", "A");
    has("<plist><dict><key>a</key><dict>" NAMED "<string>inner</string></dict>" NAMED
        "<string>outer</string></dict></plist>",
        "outer");
    has("<plist><dict><!-- a > b --><key>x</key><array><true/><dict/></array>" NAMED
        "<string>a&amp;&lt;&#66;&#x2665;</string ></dict></plist><!-- end -->",
        "a&<B\xe2\x99\xa5");
    has("<plist><dict>" NAMED "<true/></dict></plist>", NULL);
    has("<plist><dict>" NAMED "<string/></dict></plist>", "");
    has("<plist><dict/></plist>", NULL);
}

static void xml_errors(void **state) {
    (void)state;
    refused("", "no element");
    refused("<dict/>", "no property list");
    refused("<plist><array/></plist>", "no dictionary");
    refused("<plist><dict><key>a</key></dict></plist>", "a key without a value");
    refused("<plist><dict><string>a</string></dict></plist>", "a value without a key");
    refused("<plist><dict><key>a</key><key>b</key></dict></plist>", "a value without a key");
    refused("<plist><dict/><dict/></plist>", "a second value");
    refused("<plist><dict/></plist>x", "more after the list");
    refused("<plist><dict></array></plist>", "did not begin");
    refused("<plist><dict>" NAMED "<string>a<b/></string></dict></plist>", "inside a text");
    refused("<plist><dict>" NAMED "<string>&b;</string></dict></plist>", "entity");
    refused("<plist><dict>" NAMED "<string>&#0;</string></dict></plist>", "entity");
    refused("<plist><dict>" NAMED "<string>&#xd800;</string></dict></plist>", "entity");
    refused("<plist><dict>" NAMED "<string><![CDATA[a]]></string></dict></plist>", "no element");
    refused("<!DOCTYPE plist [<!ENTITY a \"b\">]><plist><dict/></plist>", "declarations");
    refused("<!-- <plist><dict/></plist>", "without an end");
}

static void xml_depth(void **state) {
    (void)state;
    char list[64 + 200 * 16] = "<plist><dict><key>a</key>";
    for (int i = 0; i < 63; i++)
        strcat(list, "<array>");
    for (int i = 0; i < 63; i++)
        strcat(list, "</array>");
    strcat(list, NAMED "<string>deep</string></dict></plist>");
    has(list, "deep");
    strcpy(list, "<plist><dict><key>a</key>");
    for (int i = 0; i < 64; i++)
        strcat(list, "<array>");
    refused(list, "too many levels");
}

/* {"a": 1, "CFBundleExecutable": "T\u00e9"}: objects 0 the dictionary, 1 and 2 its keys, 3 and 4
 * its values. */
static const uint8_t binary[] = {'b',
                                 'p',
                                 'l',
                                 'i',
                                 's',
                                 't',
                                 '0',
                                 '0',
                                 0xd2,
                                 1,
                                 2,
                                 3,
                                 4,
                                 0x51,
                                 'a',
                                 0x5f,
                                 0x10,
                                 18,
                                 'C',
                                 'F',
                                 'B',
                                 'u',
                                 'n',
                                 'd',
                                 'l',
                                 'e',
                                 'E',
                                 'x',
                                 'e',
                                 'c',
                                 'u',
                                 't',
                                 'a',
                                 'b',
                                 'l',
                                 'e',
                                 0x10,
                                 1,
                                 0x62,
                                 0,
                                 'T',
                                 0,
                                 0xe9,
                                 /* the table */ 8,
                                 13,
                                 15,
                                 36,
                                 38,
                                 /* the trailer */ 0,
                                 0,
                                 0,
                                 0,
                                 0,
                                 0,
                                 1,
                                 1,
                                 0,
                                 0,
                                 0,
                                 0,
                                 0,
                                 0,
                                 0,
                                 5,
                                 0,
                                 0,
                                 0,
                                 0,
                                 0,
                                 0,
                                 0,
                                 0,
                                 0,
                                 0,
                                 0,
                                 0,
                                 0,
                                 0,
                                 0,
                                 43};

static void binary_values(void **state) {
    (void)state;
    struct arena arena = {0};
    struct error error;
    char *value;
    assert_true(string_of(&arena, binary, sizeof binary, &value, &error));
    assert_string_equal(value, "T\xc3\xa9");
    assert_true(plist_string(&arena, (struct bytes){binary, sizeof binary}, "b", &value, &error));
    assert_null(value);
    assert_true(plist_string(&arena, (struct bytes){binary, sizeof binary}, "a", &value, &error));
    assert_null(value);
    arena_free(&arena);
}

/* No prefix and no change of a byte reads past the end, or does not end; a cut-off list is none. */
static void sweep(const uint8_t *list, size_t size) {
    uint8_t copy[1024];
    struct error error;
    char *value;
    for (size_t cut = 0; cut < size; cut++) {
        struct arena arena = {0};
        assert_false(string_of(&arena, list, cut, &value, &error));
        arena_free(&arena);
    }
    for (size_t at = 0; at < size; at++)
        for (unsigned byte = 0; byte < 256; byte++) {
            struct arena arena = {0};
            memcpy(copy, list, size);
            copy[at] = (uint8_t)byte;
            error.kind = ERROR_NONE;
            assert_true(string_of(&arena, copy, size, &value, &error) ||
                        error.kind == ERROR_MALFORMED);
            arena_free(&arena);
        }
}

static void sweeps(void **state) {
    (void)state;
    static const char xml[] =
        "<plist version='1'><!--c--><dict><key>a</key><array><true/></array>" NAMED
        "<string>a&#66;b</string></dict></plist>";
    sweep(binary, sizeof binary);
    sweep((const uint8_t *)xml, sizeof xml - 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xml_values),    cmocka_unit_test(xml_errors), cmocka_unit_test(xml_depth),
        cmocka_unit_test(binary_values), cmocka_unit_test(sweeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
