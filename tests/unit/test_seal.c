#include "program/seal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct bytes bytes_of(const char *text) {
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

/* RFC 4648, section 10. */
static void base64(void **state) {
    (void)state;
    static const struct {
        const char *text, *data;
    } rows[] = {{"", ""},
                {"Zg==", "f"},
                {"Zm8=", "fo"},
                {"Zm9v", "foo"},
                {"Zm9vYg==", "foob"},
                {"Zm9vYmE=", "fooba"},
                {"Zm9vYmFy", "foobar"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t data[8] = {0};
        char copy[16], blank[16];
        assert_true(seal_data(bytes_of(rows[i].text), data, strlen(rows[i].data)));
        assert_memory_equal(data, rows[i].data, strlen(rows[i].data));
        for (char *at = strcpy(blank, rows[i].text); *at != '\0'; at++)
            *at = *at == '=' ? '=' : 'A';
        strcpy(copy, blank);
        seal_put_data(bytes_of(blank), data, (uint8_t *)copy);
        assert_string_equal(copy, rows[i].text);
    }
}

static void no_base64(void **state) {
    (void)state;
    static const char *const texts[] = {
        "Zm9", "Zm9vYmFy", "Zm9=", "Zm9v=", "Zm9!", "====", "Zm9\1"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        uint8_t data[3];
        assert_false(seal_data(bytes_of(texts[i]), data, 3));
    }
    uint8_t one;
    assert_false(seal_data(bytes_of("Zh=="), &one, 1)); /* a bit past the byte */
    assert_false(seal_data(bytes_of("Zg="), &one, 1));
    assert_true(seal_data(bytes_of("\n\tZ g\r=\n=\n"), &one, 1));
}

static void spaces_stay(void **state) {
    (void)state;
    const char *old = "\n\t\tZm9v\n\t\tYg==\n\t";
    char copy[32];
    strcpy(copy, old);
    seal_put_data(bytes_of(old), (const uint8_t *)"fooc", (uint8_t *)copy);
    assert_string_equal(copy, "\n\t\tZm9v\n\t\tYw==\n\t");
}

#define LISTS(files, files2)                                                                       \
    "<plist version=\"1.0\"><dict><key>files</key><dict>" files                                    \
    "</dict><key>files2</key><dict>" files2                                                        \
    "</dict><key>rules</key><dict><key>files</key><dict><key>x</key><data>AA==</data>"             \
    "</dict></dict></dict></plist>"

static bool is_at(struct bytes value, const char *text) {
    return value.data != NULL && value.size == strlen(text) &&
           memcmp(value.data, text, value.size) == 0;
}

static void entries(void **state) {
    (void)state;
    struct arena arena = {0};
    struct seal seal;
    struct error error;
    const char *text = LISTS(
        "<key>a&amp;b</key><data>AQ==</data><key>c</key><dict><key>hash</key><data>Ag==</data>"
        "<key>optional</key><true/></dict>",
        "<key>n</key><dict><key>cdhash</key><data>Aw==</data><key>requirement</key>"
        "<string>cdhash</string></dict><key>l</key><dict><key>symlink</key><string>x</string>"
        "</dict><key>o</key><dict><key>hash2</key><data>BA==</data><key>hash</key>"
        "<string>no data</string></dict><key>w</key><array><dict/></array>");
    assert_true(seal_read(&arena, bytes_of(text), &seal, &error));
    assert_int_equal(seal.count, 6);
    assert_string_equal(seal.items[0].path, "a&b");
    assert_true(is_at(seal.items[0].values[SEAL_HASH], "AQ=="));
    assert_true(is_at(seal.items[1].values[SEAL_HASH], "Ag=="));
    assert_false(seal.items[1].has_other);
    assert_true(is_at(seal.items[2].values[SEAL_CDHASH], "Aw=="));
    assert_true(is_at(seal.items[2].values[SEAL_REQUIREMENT], "cdhash"));
    assert_null(seal.items[2].values[SEAL_HASH].data);
    assert_false(seal.items[3].has_other);
    assert_true(is_at(seal.items[4].values[SEAL_HASH2], "BA=="));
    assert_true(seal.items[4].has_other);
    assert_true(seal.items[5].has_other);
    arena_free(&arena);
}

static void no_seal(void **state) {
    (void)state;
    static const char *const texts[] = {"",
                                        "<plist><array/></plist>",
                                        "<plist><dict>",
                                        LISTS("<key>a</key>", ""),
                                        LISTS("<data>AA==</data>", ""),
                                        LISTS("<key>&no;</key><data/>", "")};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct arena arena = {0};
        struct seal seal;
        struct error error = {0};
        assert_false(seal_read(&arena, bytes_of(texts[i]), &seal, &error));
        assert_int_equal(error.kind, ERROR_MALFORMED);
        arena_free(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64),  cmocka_unit_test(no_base64), cmocka_unit_test(spaces_stay),
        cmocka_unit_test(entries), cmocka_unit_test(no_seal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
