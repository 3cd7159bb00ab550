#include "base/mapping.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* Several pages, whatever the machine's are, and not a whole number of them. */
enum { SIZE = 300001 };

static char path[] = "/tmp/test_mapping.XXXXXX";
static unsigned char content[SIZE];

static int make_file(void **state) {
    (void)state;
    int descriptor = mkstemp(path);
    for (size_t i = 0; i < SIZE; i++)
        content[i] = (unsigned char)(i * 2654435761U >> 13);
    if (descriptor < 0 || write(descriptor, content, SIZE) != SIZE)
        return -1;
    return close(descriptor);
}

static int remove_file(void **state) {
    (void)state;
    return unlink(path);
}

static const struct row {
    uint64_t offset;
    uint64_t size;
} rows[] = {
    {0, SIZE},      {0, 1},         {1, SIZE - 1}, {4095, 2},     {4096, 4096},
    {16384, 16384}, {65535, 65537}, {200000, 7},   {SIZE - 1, 1}, {SIZE - 70000, 70000},
};

static void a_mapping_shows_the_bytes_asked_for(void **state) {
    (void)state;
    struct file file;
    struct error error;
    assert_true(file_open(path, &file, &error));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mapping mapping;
        assert_true(mapping_make(&file, rows[i].offset, rows[i].size, &mapping, &error));
        assert_int_equal(mapping.bytes.size, rows[i].size);
        assert_memory_equal(mapping.bytes.data, content + rows[i].offset, rows[i].size);
        mapping_free(&mapping);
        assert_null(mapping.start);
    }
    file_close(&file);
}

/* Also the page of the last byte where the first is not at the start of one. */
static void nothing_stays_mapped(void **state) {
    (void)state;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    struct file file;
    struct error error;
    struct mapping mapping;
    assert_true(file_open(path, &file, &error));
    assert_true(mapping_make(&file, page - 1, page + 2, &mapping, &error));
    unsigned char *start = (unsigned char *)mapping.start;
    assert_ptr_equal(mapping.bytes.data, start + page - 1);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(msync(start + i * page, page, MS_ASYNC), 0);
    mapping_free(&mapping);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(msync(start + i * page, page, MS_ASYNC), -1);
        assert_int_equal(errno, ENOMEM);
    }
    file_close(&file);
}

static void an_empty_mapping_is_nothing(void **state) {
    (void)state;
    struct file file;
    struct error error;
    struct mapping mapping;
    assert_true(file_open(path, &file, &error));
    assert_true(mapping_make(&file, SIZE, 0, &mapping, &error));
    assert_int_equal(mapping.bytes.size, 0);
    assert_null(mapping.start);
    mapping_free(&mapping);
    file_close(&file);
}

static void a_mapping_outlives_its_open_file(void **state) {
    (void)state;
    struct file file;
    struct error error;
    struct mapping mapping;
    assert_true(file_open(path, &file, &error));
    assert_true(mapping_make(&file, 5, 100, &mapping, &error));
    file_close(&file);
    assert_memory_equal(mapping.bytes.data, content + 5, 100);
    mapping_free(&mapping);
}

static void a_closed_file_cannot_be_mapped(void **state) {
    (void)state;
    const struct file closed = {.descriptor = -1, .size = SIZE};
    struct error error;
    struct mapping mapping;
    assert_false(mapping_make(&closed, 0, 10, &mapping, &error));
    assert_int_equal(error.kind, ERROR_IO);
    assert_string_equal(error.file, "");
    mapping_free(&mapping);
}

/* With zeros after each, wherever in a page it begins or ends, also where another piece follows. */
static void pieces_follow_each_other(void **state) {
    (void)state;
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), places[8], total = 0;
    const struct row pieces[8] = {{10, 100},        {0, page}, {page - 3, 3}, {5, 0},
                                  {page, 2 * page}, {7, page}, {0, SIZE},     {SIZE - 9, 9}};
    struct mapped_pieces mapped;
    struct file file;
    struct error error;
    assert_true(file_open(path, &file, &error));
    for (size_t i = 0; i < 8; i++)
        total += pieces[i].size;
    assert_true(mapped_pieces_begin(8, total, &mapped, &error));
    for (size_t i = 0; i < 8; i++)
        assert_true(mapped_pieces_add(&mapped, &file, pieces[i].offset, pieces[i].size, &places[i],
                                      &error));
    file_close(&file);
    assert_int_equal(places[0], 0);
    for (size_t i = 0; i < 8; i++) {
        const uint8_t *piece = mapped.bytes.data + places[i];
        assert_true(range_within(places[i], pieces[i].size + 1, mapped.bytes.size));
        assert_memory_equal(piece, content + pieces[i].offset, pieces[i].size);
        assert_int_equal(piece[pieces[i].size], 0);
        if (i != 0)
            assert_true(places[i] > places[i - 1] + pieces[i - 1].size);
    }
    mapped_pieces_free(&mapped);
    assert_null(mapped.start);
}

static void what_was_let_go_of_is_read_again(void **state) {
    (void)state;
    struct file file;
    struct error error;
    struct mapping mapping;
    assert_true(file_open(path, &file, &error));
    assert_true(mapping_make(&file, 3, SIZE - 3, &mapping, &error));
    assert_memory_equal(mapping.bytes.data, content + 3, SIZE - 3);
    mapping_rest(&mapping);
    assert_memory_equal(mapping.bytes.data, content + 3, SIZE - 3);
    mapping_free(&mapping);
    mapping_rest(&mapping);
    file_close(&file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mapping_shows_the_bytes_asked_for),
        cmocka_unit_test(nothing_stays_mapped),
        cmocka_unit_test(an_empty_mapping_is_nothing),
        cmocka_unit_test(a_mapping_outlives_its_open_file),
        cmocka_unit_test(a_closed_file_cannot_be_mapped),
        cmocka_unit_test(pieces_follow_each_other),
        cmocka_unit_test(what_was_let_go_of_is_read_again),
    };
    return cmocka_run_group_tests_name("mapping", tests, make_file, remove_file);
}
