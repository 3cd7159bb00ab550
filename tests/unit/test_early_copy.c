#include "commit/early_copy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* More than one piece, and no multiple of one. */
enum { SIZE = 3500001 };

static struct arena arena;
static char home[] = "/tmp/test_early_copy.XXXXXX";
static uint8_t content[SIZE];
static struct file old;

static int begin(void **state) {
    struct error error;
    (void)state;
    for (size_t i = 0; i < SIZE; i++)
        content[i] = (uint8_t)(i * 2654435761U >> 13);
    strcpy(strrchr(home, '.'), ".XXXXXX");
    if (mkdtemp(home) == NULL || chdir(home) != 0)
        return -1;
    FILE *stream = fopen("old", "wb");
    bool written = stream != NULL && fwrite(content, 1, SIZE, stream) == SIZE;
    return stream == NULL || fclose(stream) != 0 || !written || !file_open("old", &old, &error);
}

static int end(void **state) {
    (void)state;
    file_close(&old);
    const char *command = arena_format(&arena, "rm -r %s", home);
    int left = chdir("/") != 0 || system(command) != 0 ? -1 : 0;
    arena_free(&arena);
    return left;
}

static struct atomic_file copied(uint64_t size, bool reads_back) {
    struct early_copy copy;
    struct error error;
    early_copy_begin(&copy, &old, size, "new", true, reads_back);
    assert_true(early_copy_end(&copy, true, &error));
    assert_int_equal(copy.size, size);
    return copy.file;
}

static void expect_proven(const struct atomic_file *file, uint64_t start, uint64_t end_) {
    assert_int_equal(file->proven.start, start);
    assert_int_equal(file->proven.end, end_);
}

static void what_is_copied_is_proven(void **state) {
    static uint8_t data[SIZE];
    struct error error;
    (void)state;
    struct atomic_file file = copied(SIZE - 7, true);
    expect_proven(&file, 0, SIZE - 7);
    assert_true(file_read(&file.file, 0, data, SIZE - 7, &error));
    assert_memory_equal(data, content, SIZE - 7);
    atomic_file_discard(&file);
}

static void nothing_is_proven_that_was_not_read_back(void **state) {
    (void)state;
    struct atomic_file file = copied(SIZE, false);
    expect_proven(&file, 0, 0);
    atomic_file_discard(&file);
    file = copied(0, true);
    expect_proven(&file, 0, 0);
    atomic_file_discard(&file);
}

static void writing_takes_away_from_what_is_proven(void **state) {
    struct error error;
    (void)state;
    struct atomic_file file = copied(SIZE, true);
    assert_true(atomic_file_write(&file, SIZE, "behind", 6, &error));
    expect_proven(&file, 0, SIZE);
    assert_true(atomic_file_write(&file, 0, "head", 4, &error));
    expect_proven(&file, 4, SIZE);
    assert_true(atomic_file_write(&file, SIZE - 10, "over the end", 12, &error));
    expect_proven(&file, 4, SIZE - 10);
    assert_true(atomic_file_write(&file, 1000, "near the start", 14, &error));
    expect_proven(&file, 1014, SIZE - 10);
    assert_true(atomic_file_write(&file, SIZE - 1000, "near the end", 12, &error));
    expect_proven(&file, 1014, SIZE - 1000);
    assert_true(atomic_file_copy(&file, 0, &old, 0, SIZE, &error));
    assert_true(file.proven.start >= file.proven.end);
    atomic_file_discard(&file);
}

static void a_signer_s_file_is_not_proven(void **state) {
    struct error error;
    (void)state;
    struct atomic_file file = copied(SIZE, true);
    assert_int_equal(system("cp old signed"), 0);
    assert_true(atomic_file_become(&file, "signed", &error));
    expect_proven(&file, 0, 0);
    atomic_file_discard(&file);
}

static void what_is_not_wanted_leaves_nothing(void **state) {
    struct early_copy copy;
    struct error error;
    (void)state;
    early_copy_begin(&copy, &old, SIZE, "new", true, true);
    assert_false(early_copy_end(&copy, false, &error));
    assert_int_equal(access("new.vafit-new", F_OK), -1);
}

static void a_file_that_became_shorter_is_an_error(void **state) {
    struct early_copy copy;
    struct error error;
    (void)state;
    assert_int_equal(truncate("old", SIZE / 2), 0);
    early_copy_begin(&copy, &old, SIZE, "new", true, true);
    assert_false(early_copy_end(&copy, true, &error));
    assert_int_equal(error.kind, ERROR_IO);
    assert_string_equal(error.file, "new");
    assert_int_equal(access("new.vafit-new", F_OK), -1);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(what_is_copied_is_proven),
        IN_FOLDER(nothing_is_proven_that_was_not_read_back),
        IN_FOLDER(writing_takes_away_from_what_is_proven),
        IN_FOLDER(a_signer_s_file_is_not_proven),
        IN_FOLDER(what_is_not_wanted_leaves_nothing),
        IN_FOLDER(a_file_that_became_shorter_is_an_error),
    };
    return cmocka_run_group_tests_name("early_copy", tests, NULL, NULL);
}
