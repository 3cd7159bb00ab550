#include "base/atomic_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* More than is copied at once. */
enum { SIZE = 3000001 };

static struct arena arena;
static char home[] = "/tmp/test_new_file.XXXXXX";
static char content[SIZE];

static int enter_folder(void **state) {
    (void)state;
    for (size_t i = 0; i < SIZE; i++)
        content[i] = (char)(i * 2654435761U >> 13);
    strcpy(strrchr(home, '.'), ".XXXXXX");
    return mkdtemp(home) == NULL || chdir(home) != 0 ? -1 : 0;
}

static int leave_folder(void **state) {
    (void)state;
    const char *command = arena_format(&arena, "rm -r %s", home);
    int left = chdir("/") != 0 || system(command) != 0 ? -1 : 0;
    arena_free(&arena);
    return left;
}

static void write_file(const char *path, const char *data, size_t size) {
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(data, 1, size, stream), size);
    assert_int_equal(fclose(stream), 0);
}

static void expect_content(const char *path, const char *expected, size_t expected_size) {
    char *data;
    size_t size;
    struct error error;
    if (!file_read_all(&arena, path, 2 * SIZE, &data, &size, &error))
        fail_msg("%s: %s", path, error.what);
    assert_int_equal(size, expected_size);
    assert_memory_equal(data, expected, size);
}

static void a_new_file_takes_the_place_of_the_old(void **state) {
    (void)state;
    struct atomic_file new_file;
    struct error error;
    write_file("target", "old", 3);
    assert_true(atomic_file_make("target", &new_file, &error));
    assert_true(atomic_file_write(&new_file, 0, "new!", 4, &error));
    expect_content("target", "old", 3);
    assert_true(atomic_file_take_place(&new_file, "target", &error));
    expect_content("target", "new!", 4);
    assert_int_equal(access(new_file.path, F_OK), -1);
}

static void what_is_written_can_be_read(void **state) {
    (void)state;
    struct atomic_file new_file;
    struct error error;
    char buffer[10];
    assert_true(atomic_file_make("target", &new_file, &error));
    assert_int_equal(new_file.file.size, 0);
    assert_true(atomic_file_write(&new_file, 6, "6789", 4, &error));
    assert_int_equal(new_file.file.size, 10);
    assert_true(atomic_file_write(&new_file, 0, "0123", 4, &error));
    assert_int_equal(new_file.file.size, 10);
    assert_true(file_read(&new_file.file, 0, buffer, 10, &error));
    assert_memory_equal(buffer, "0123\0\0006789", 10);
    atomic_file_discard(&new_file);
    assert_int_equal(access("target", F_OK), -1);
    assert_int_equal(access(new_file.path, F_OK), -1);
}

static void bytes_of_another_file_are_copied(void **state) {
    (void)state;
    static const struct {
        uint64_t offset;
        uint64_t from_offset;
        uint64_t size;
    } rows[] = {{0, 0, SIZE}, {0, 1, SIZE - 1}, {4096, 8192, 65536}, {7, 5, 2000000}, {3, 9, 0}};
    struct file from;
    struct error error;
    write_file("from", content, SIZE);
    assert_true(file_open("from", &from, &error));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct atomic_file new_file;
        char *copy = arena_take(&arena, SIZE);
        uint64_t end = rows[i].size == 0 ? 0 : rows[i].offset + rows[i].size;
        assert_true(atomic_file_make("to", &new_file, &error));
        assert_true(atomic_file_copy(&new_file, rows[i].offset, &from, rows[i].from_offset,
                                     rows[i].size, &error));
        assert_true(atomic_file_take_place(&new_file, "to", &error));
        memcpy(copy + rows[i].offset, content + rows[i].from_offset, rows[i].size);
        expect_content("to", copy, end);
    }
    file_close(&from);
}

static void copying_past_the_end_is_an_error(void **state) {
    (void)state;
    struct file from;
    struct error error;
    struct atomic_file new_file;
    write_file("from", "0123456789", 10);
    assert_true(file_open("from", &from, &error));
    assert_true(atomic_file_make("to", &new_file, &error));
    assert_false(atomic_file_copy(&new_file, 0, &from, 5, 6, &error));
    assert_int_equal(error.kind, ERROR_IO);
    atomic_file_discard(&new_file);
    file_close(&from);
}

static void a_new_file_gets_the_mode_of_the_old(void **state) {
    (void)state;
    static const mode_t modes[] = {0755, 0644, 0400, 0600};
    write_file("like", "", 0);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        struct atomic_file new_file;
        struct file like;
        struct stat status;
        struct error error;
        assert_int_equal(chmod("like", modes[i]), 0);
        assert_true(file_open("like", &like, &error));
        assert_true(atomic_file_make("target", &new_file, &error));
        assert_int_equal(stat(new_file.path, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0600);
        assert_true(atomic_file_finish(&new_file, &like, &error));
        assert_true(atomic_file_take_place(&new_file, "target", &error));
        assert_int_equal(stat("target", &status), 0);
        assert_int_equal(status.st_mode & 07777, modes[i]);
        file_close(&like);
    }
}

static void a_place_that_cannot_be_taken_is_an_error_without_litter(void **state) {
    (void)state;
    struct atomic_file new_file;
    struct error error;
    assert_true(atomic_file_make("folder", &new_file, &error));
    assert_int_equal(mkdir("folder", 0777), 0);
    assert_false(atomic_file_take_place(&new_file, "folder", &error));
    assert_int_equal(error.kind, ERROR_IO);
    assert_string_equal(error.file, "folder");
    assert_int_equal(access(new_file.path, F_OK), -1);
}

static void what_is_no_file_is_not_written_over(void **state) {
    (void)state;
    struct atomic_file new_file;
    struct error error = {0};
    assert_int_equal(mkfifo("fifo", 0666), 0);
    assert_false(atomic_file_make("fifo", &new_file, &error));
    assert_int_equal(error.kind, ERROR_IO);
    assert_string_equal(error.file, "fifo");
    assert_string_equal(error.what, "cannot write: not a regular file");
    assert_int_equal(access("fifo.vafit-new", F_OK), -1);
}

static void a_folder_that_is_missing_is_made(void **state) {
    (void)state;
    struct atomic_file new_file;
    struct error error;
    assert_true(atomic_file_make("absent/deep/target", &new_file, &error));
    assert_true(atomic_file_take_place(&new_file, "absent/deep/target", &error));
    assert_int_equal(access("absent/deep/target", F_OK), 0);
}

static void below_a_file_no_file_can_be_made(void **state) {
    (void)state;
    struct atomic_file new_file;
    struct error error;
    assert_true(atomic_file_make("plain", &new_file, &error));
    assert_true(atomic_file_take_place(&new_file, "plain", &error));
    assert_false(atomic_file_make("plain/target", &new_file, &error));
    assert_int_equal(error.kind, ERROR_IO);
    assert_string_equal(error.file, "plain/target");
    assert_false(atomic_file_make(arena_format(&arena, "%5000d", 1), &new_file, &error));
    assert_int_equal(error.kind, ERROR_IO);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_new_file_takes_the_place_of_the_old),
        IN_FOLDER(what_is_written_can_be_read),
        IN_FOLDER(bytes_of_another_file_are_copied),
        IN_FOLDER(copying_past_the_end_is_an_error),
        IN_FOLDER(a_new_file_gets_the_mode_of_the_old),
        IN_FOLDER(a_place_that_cannot_be_taken_is_an_error_without_litter),
        IN_FOLDER(what_is_no_file_is_not_written_over),
        IN_FOLDER(a_folder_that_is_missing_is_made),
        IN_FOLDER(below_a_file_no_file_can_be_made),
    };
    return cmocka_run_group_tests_name("new_file", tests, NULL, NULL);
}
