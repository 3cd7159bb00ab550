/* Page hashes: a page that is not what was signed is found, whichever it is. */
#include "verify/page_hashes.h"

#include "base/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* The slice begins at OFFSET of the file; its last page is not whole. */
enum { PAGE = 4096, OFFSET = 512, LIMIT = 600 * PAGE + 100, PAGES = 601, IDENTIFIER = 44 };
enum { HASHES = IDENTIFIER + 8, DIRECTORY = HASHES + PAGES * SHA256_SIZE, SUPER = 20 };

static uint8_t contents[OFFSET + LIMIT];
static uint8_t signature[SUPER + DIRECTORY];
static char path[] = "/tmp/test_page_hashes.XXXXXX";

static void big(uint8_t *target, uint32_t value) {
    bytes_store_big(target, 4, value);
}

/* A SuperBlob with one CodeDirectory (xnu: osfmk/kern/cs_blobs.h) over the contents as they are. */
static void sign(struct code_signature *parsed) {
    uint8_t *directory = signature + SUPER;
    struct error error;
    const uint32_t super[] = {0xfade0cc0, sizeof signature, 1, 0, SUPER};
    const uint32_t fields[] = {0xfade0c02, DIRECTORY, 0x20001, 2,    HASHES,
                               IDENTIFIER, 0,         PAGES,   LIMIT};
    for (size_t i = 0; i < sizeof super / sizeof super[0]; i++)
        big(signature + 4 * i, super[i]);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        big(directory + 4 * i, fields[i]);
    memcpy(directory + 36, (const uint8_t[]){SHA256_SIZE, 2, 0, 12}, 4);
    strcpy((char *)directory + IDENTIFIER, "self");
    for (size_t i = 0; i < PAGES; i++) {
        size_t size = i + 1 < PAGES ? PAGE : LIMIT - i * PAGE;
        digest(DIGEST_SHA256, (struct bytes){contents + OFFSET + i * PAGE, size},
               directory + HASHES + i * SHA256_SIZE);
    }
    if (!code_signature_parse((struct bytes){signature, sizeof signature}, parsed, &error))
        fail_msg("%s: %s", error.field, error.what);
}

/* What is wrong with the file once byte `at` of the slice is another; "" for nothing. */
static void check(const struct code_signature *parsed, const struct known_pages *known, size_t at,
                  char field[160]) {
    struct errors errors = {0};
    struct file file;
    struct error error;
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    contents[OFFSET + at] ^= 1;
    assert_int_equal(fwrite(contents, 1, sizeof contents, stream), sizeof contents);
    contents[OFFSET + at] ^= 1;
    assert_int_equal(fclose(stream), 0);
    assert_true(file_open(path, &file, &error));
    bool good = page_hashes_check(&file, OFFSET, &parsed->directory, known, &errors);
    assert_int_equal(good, errors.count == 0);
    strcpy(field, good ? "" : errors.items[0].field);
    errors_free(&errors);
    file_close(&file);
}

static int make_file(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof contents; i++)
        contents[i] = (uint8_t)(i * 2654435761U >> 13);
    int descriptor = mkstemp(path);
    return descriptor < 0 ? -1 : close(descriptor);
}

static int remove_file(void **state) {
    (void)state;
    return unlink(path);
}

static void the_page_that_differs_is_named(void **state) {
    (void)state;
    static const struct known_pages none = {0};
    static const size_t pages[] = {0, 1, 255, 256, 257, 511, 512, PAGES - 2, PAGES - 1};
    struct code_signature parsed;
    char field[160], wanted[160];
    sign(&parsed);
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        for (size_t last = 0; last < 2; last++) {
            size_t end = pages[i] + 1 < PAGES ? (pages[i] + 1) * PAGE : LIMIT;
            check(&parsed, &none, last == 0 ? pages[i] * PAGE : end - 1, field);
            snprintf(wanted, sizeof wanted, "code signature page %zu", pages[i]);
            assert_string_equal(field, wanted);
        }
}

static void what_lies_before_the_slice_does_not_count(void **state) {
    (void)state;
    static const struct known_pages none = {0};
    struct code_signature parsed;
    char field[160];
    sign(&parsed);
    contents[0] ^= 1;
    check(&parsed, &none, 0, field);
    assert_string_equal(field, "code signature page 0");
    /* Twice the same bit: the file is as it was signed, but for the byte before the slice. */
    contents[OFFSET] ^= 1;
    check(&parsed, &none, 0, field);
    contents[OFFSET] ^= 1;
    contents[0] ^= 1;
    assert_string_equal(field, "");
}

/* Known pages are held against the other directory and not hashed. */
static void known_pages_have_the_known_hashes(void **state) {
    (void)state;
    struct code_signature parsed;
    char field[160];
    sign(&parsed);
    const struct known_pages known = {&parsed.directory, 2 * PAGE, 10 * PAGE};
    check(&parsed, &known, 5 * PAGE, field);
    assert_string_equal(field, "");
    check(&parsed, &known, 2 * PAGE, field);
    assert_string_equal(field, "");
    check(&parsed, &known, 2 * PAGE - 1, field);
    assert_string_equal(field, "code signature page 1");
    check(&parsed, &known, 10 * PAGE, field);
    assert_string_equal(field, "code signature page 10");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_that_differs_is_named),
        cmocka_unit_test(what_lies_before_the_slice_does_not_count),
        cmocka_unit_test(known_pages_have_the_known_hashes),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
