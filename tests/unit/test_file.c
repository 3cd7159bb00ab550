#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena arena;
static char home[] = "/tmp/test_file.XXXXXX";

/* Every test finds the folder it works in empty. */
static int enter_folder(void **state) {
    (void)state;
    strcpy(strrchr(home, '.'), ".XXXXXX");
    return mkdtemp(home) == NULL || chdir(home) != 0 ? -1 : 0;
}

/* A test may have become nobody, and closed folders. */
static int leave_folder(void **state) {
    (void)state;
    const char *command = arena_format(&arena, "chmod -R u+rwx %s && rm -r %s", home, home);
    int left = seteuid(getuid()) != 0 || chdir("/") != 0 || system(command) != 0 ? -1 : 0;
    arena_free(&arena);
    return left;
}

static void write_file(const char *path, const char *text) {
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(text, 1, strlen(text), stream), strlen(text));
    assert_int_equal(fclose(stream), 0);
}

/* Nothing is closed to root; 65534 is nobody. */
static void become_nobody(void) {
    if (geteuid() == 0 && seteuid(65534) != 0)
        skip();
}

static void an_opened_file_tells_its_size_and_identity(void **state) {
    (void)state;
    struct file file, same, other;
    struct error error;
    write_file("file", "12345");
    write_file("other", "");
    assert_int_equal(link("file", "name"), 0);
    assert_true(file_open("file", &file, &error));
    assert_true(file_open("name", &same, &error));
    assert_true(file_open("other", &other, &error));
    assert_int_equal(file.size, 5);
    assert_int_equal(other.size, 0);
    assert_memory_equal(&file.identity, &same.identity, sizeof file.identity);
    assert_memory_not_equal(&file.identity, &other.identity, sizeof file.identity);
    file_close(&file);
    file_close(&same);
    file_close(&other);
    assert_int_equal(file.descriptor, -1);
    file_close(&file);
}

/* alarm() ends the test where opening the FIFO waits for a writer. */
static void only_a_regular_file_is_opened(void **state) {
    (void)state;
    static const char *const paths[] = {"folder", "fifo", "/dev/null", "absent", "file/"};
    assert_int_equal(mkdir("folder", 0777), 0);
    assert_int_equal(mkfifo("fifo", 0666), 0);
    write_file("file", "");
    alarm(10);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct file file;
        struct error error = {0};
        if (file_open(paths[i], &file, &error))
            fail_msg("%s was opened", paths[i]);
        assert_int_equal(error.kind, ERROR_IO);
        assert_string_equal(error.file, paths[i]);
        assert_int_equal(file.descriptor, -1);
    }
    alarm(0);
}

static const struct reading {
    uint64_t offset;
    size_t size;
    const char *expected; /* NULL: past the end */
} readings[] = {
    {0, 10, "0123456789"}, {0, 1, "0"},  {9, 1, "9"},   {3, 4, "3456"},  {10, 0, ""}, {5, 0, ""},
    {0, 11, NULL},         {9, 2, NULL}, {10, 1, NULL}, {1000, 1, NULL},
};

static void reading_past_the_end_is_an_error(void **state) {
    (void)state;
    struct file file;
    struct error error;
    write_file("file", "0123456789");
    assert_true(file_open("file", &file, &error));
    for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
        char buffer[16];
        bool read = file_read(&file, readings[i].offset, buffer, readings[i].size, &error);
        assert_int_equal(read, readings[i].expected != NULL);
        if (read)
            assert_memory_equal(buffer, readings[i].expected, readings[i].size);
        else
            assert_true(error.kind == ERROR_IO && error.file[0] == '\0');
    }
    file_close(&file);
}

static void a_read_that_the_system_refuses_is_an_error(void **state) {
    (void)state;
    struct file file = {.descriptor = open("file", O_WRONLY | O_CREAT, 0600), .size = 10};
    struct error error = {0};
    char buffer[4];
    assert_true(file.descriptor >= 0);
    assert_false(file_read(&file, 0, buffer, sizeof buffer, &error));
    assert_int_equal(error.kind, ERROR_IO);
    assert_string_equal(error.what, "cannot read: Bad file descriptor");
    file_close(&file);
}

static void a_whole_file_is_read_up_to_a_limit(void **state) {
    (void)state;
    char *data;
    size_t size;
    struct error error;
    write_file("file", "0123456789");
    assert_true(file_read_all(&arena, "file", 10, &data, &size, &error));
    assert_int_equal(size, 10);
    assert_memory_equal(data, "0123456789", 11);
    assert_false(file_read_all(&arena, "file", 9, &data, &size, &error));
    assert_int_equal(error.kind, ERROR_IO);
    assert_string_equal(error.file, "file");
    assert_string_equal(error.what, "cannot read: it is larger than 9 bytes");
}

static const struct look {
    const char *path;
    enum path_kind kind;
} looks[] = {
    {"file", PATH_FILE},       {"folder", PATH_OTHER},  {"fifo", PATH_OTHER},
    {"link", PATH_LINK},       {"dangling", PATH_LINK}, {"absent", PATH_ABSENT},
    {"absent/x", PATH_ABSENT}, {"file/x", PATH_ABSENT}, {"folder/inner", PATH_FILE},
    {"/dev/null", PATH_OTHER},
};

static void make_one_of_each(void) {
    assert_int_equal(mkdir("folder", 0777) | mkfifo("fifo", 0666), 0);
    assert_int_equal(symlink("file", "link") | symlink("nowhere", "dangling"), 0);
    write_file("file", "");
    write_file("folder/inner", "");
}

static void looking_follows_no_link(void **state) {
    (void)state;
    make_one_of_each();
    for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++)
        if (path_look(looks[i].path) != looks[i].kind)
            fail_msg("%s", looks[i].path);
}

static void opening_without_links_says_what_is_there(void **state) {
    (void)state;
    make_one_of_each();
    for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++) {
        struct file file;
        struct error error;
        if (file_open_unlinked(looks[i].path, &file, &error) != looks[i].kind)
            fail_msg("%s", looks[i].path);
        assert_int_equal(file.descriptor >= 0, looks[i].kind == PATH_FILE);
        file_close(&file);
    }
}

static void opening_without_links_tells_size_and_identity(void **state) {
    (void)state;
    struct file file, same;
    struct error error;
    write_file("file", "12345");
    assert_true(file_open("file", &file, &error));
    assert_int_equal(file_open_unlinked("file", &same, &error), PATH_FILE);
    assert_int_equal(same.size, 5);
    assert_memory_equal(&same.identity, &file.identity, sizeof file.identity);
    file_close(&file);
    file_close(&same);
}

static void a_file_closed_to_us_is_an_error(void **state) {
    (void)state;
    struct file file;
    struct error error;
    write_file("file", "12345");
    assert_int_equal(chmod(".", 0755) | chmod("file", 0), 0);
    become_nobody();
    enum path_kind kind = file_open_unlinked("file", &file, &error);
    assert_int_equal(kind, PATH_CLOSED);
    assert_int_equal(error.kind, ERROR_IO);
    assert_string_equal(error.file, "file");
    assert_string_equal(error.what, "cannot open: Permission denied");
}

static void what_a_closed_folder_holds_is_closed_to_us(void **state) {
    (void)state;
    struct file file;
    struct error error;
    assert_int_equal(mkdir("closed", 0755), 0);
    write_file("closed/file", "12345");
    assert_int_equal(chmod(".", 0755) | chmod("closed", 0), 0);
    become_nobody();
    assert_int_equal(path_look("closed"), PATH_OTHER);
    assert_int_equal(path_look("closed/file"), PATH_CLOSED);
    assert_int_equal(file_open_unlinked("closed/file", &file, &error), PATH_CLOSED);
    assert_int_equal(error.kind, ERROR_IO);
    assert_string_equal(error.file, "closed/file");
}

static void a_link_leads_from_its_own_folder(void **state) {
    (void)state;
    assert_int_equal(mkdir("folder", 0777), 0);
    assert_int_equal(symlink("file", "link") | symlink("../file", "folder/up"), 0);
    assert_int_equal(symlink("/usr/lib", "folder/away"), 0);
    write_file("file", "");
    assert_string_equal(path_link_target(&arena, "link"), "file");
    assert_string_equal(path_link_target(&arena, "folder/up"), "folder/../file");
    assert_string_equal(path_link_target(&arena, "folder/away"), "/usr/lib");
    assert_null(path_link_target(&arena, "file"));
    assert_null(path_link_target(&arena, "absent"));
}

static void links_are_followed_to_what_is_there_or_not(void **state) {
    (void)state;
    assert_int_equal(mkdir("folder", 0777), 0);
    assert_int_equal(symlink("folder/up", "link") | symlink("../absent", "folder/up"), 0);
    assert_int_equal(symlink("two", "one") | symlink("one", "two"), 0);
    assert_string_equal(path_followed(&arena, "link"), "folder/../absent");
    assert_string_equal(path_followed(&arena, "folder"), "folder");
    assert_string_equal(path_followed(&arena, "absent"), "absent");
    assert_string_equal(path_followed(&arena, "one"), "one");
}

/* Longer than the step of a file system's clock. */
static void let_time_pass(void) {
    const struct timespec moment = {0, 50000000};
    nanosleep(&moment, NULL);
}

static void a_stamp_holds_until_the_file_is_written(void **state) {
    (void)state;
    struct file_stamp stamp;
    write_file("file", "12345");
    let_time_pass();
    assert_true(file_stamp("file", &stamp));
    let_time_pass();
    assert_true(file_stamp_holds(&stamp, "file"));
    write_file("file", "54321");
    assert_false(file_stamp_holds(&stamp, "file"));
    assert_int_equal(unlink("file"), 0);
    assert_false(file_stamp_holds(&stamp, "file"));
}

static void a_stamp_is_fresh_for_a_moment(void **state) {
    (void)state;
    struct file_stamp stamp;
    write_file("file", "12345");
    assert_true(file_stamp("file", &stamp));
    assert_true(file_stamp_is_fresh(&stamp));
    let_time_pass();
    assert_false(file_stamp_is_fresh(&stamp));
}

/* Such a time is from a file system that keeps no more of it. */
static void a_stamp_of_whole_seconds_is_fresh_for_two(void **state) {
    (void)state;
    const uint64_t second = 1000000000;
    uint64_t now = (uint64_t)time(NULL) * second;
    const struct file_stamp before = {.modified = now},
                            long_before = {.modified = now - 4 * second};
    assert_true(file_stamp_is_fresh(&before));
    assert_false(file_stamp_is_fresh(&long_before));
}

static void only_files_and_links_are_removed(void **state) {
    (void)state;
    struct error error;
    write_file("file", "12345");
    assert_int_equal(mkdir("folder", 0777) | symlink("file", "link"), 0);
    assert_true(file_remove("link", &error));
    assert_int_equal(path_look("link"), PATH_ABSENT);
    assert_int_equal(path_look("file"), PATH_FILE);
    assert_true(file_remove("file", &error));
    assert_int_equal(path_look("file"), PATH_ABSENT);
    assert_true(file_remove("folder", &error));
    assert_int_equal(path_look("folder"), PATH_OTHER);
    assert_true(file_remove("absent", &error));
}

static void a_file_that_stays_is_an_error(void **state) {
    (void)state;
    struct error error;
    write_file("file", "12345");
    assert_int_equal(chmod(".", 0555), 0);
    become_nobody();
    bool removed = file_remove("file", &error);
    assert_false(removed);
    assert_int_equal(error.kind, ERROR_IO);
    assert_string_equal(error.file, "file");
    assert_string_equal(error.what, "cannot remove: Permission denied");
}

/* Where `path` leads, or "no link". */
static const char *leads(const char *path) {
    static char target[64];
    ssize_t size = readlink(path, target, sizeof target - 1);
    target[size < 0 ? 0 : size] = '\0';
    return size < 0 ? "no link" : target;
}

static void a_link_is_made_or_led_elsewhere(void **state) {
    (void)state;
    struct error error;
    bool is_new;
    assert_true(file_link("there", "link", &is_new, &error));
    assert_true(is_new);
    assert_string_equal(leads("link"), "there");
    assert_true(file_link("there", "link", &is_new, &error));
    assert_false(is_new);
    assert_true(file_link("elsewhere", "link", &is_new, &error));
    assert_false(is_new);
    assert_string_equal(leads("link"), "elsewhere");
}

static void a_link_that_cannot_be_is_an_error(void **state) {
    (void)state;
    static const struct {
        const char *path, *what;
    } rows[] = {{"file", "cannot write: File exists"},
                {"folder", "cannot write: File exists"},
                {"absent/link", "cannot write: No such file or directory"}};
    write_file("file", "stays");
    assert_int_equal(mkdir("folder", 0777), 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct error error = {0};
        bool is_new;
        assert_false(file_link("there", rows[i].path, &is_new, &error));
        assert_int_equal(error.kind, ERROR_IO);
        assert_string_equal(error.file, rows[i].path);
        assert_string_equal(error.what, rows[i].what);
    }
    assert_int_equal(path_look("file"), PATH_FILE);
}

static void some_files_may_be_kept_open(void **state) {
    (void)state;
    assert_true(file_open_limit() > 0);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

static void a_file_without_a_name_leaves_none(void **state) {
    (void)state;
    struct file file, again;
    struct error error;
    struct string_list names = {0};
    char read[3];
    setenv("TMPDIR", home, 1);
    assert_true(file_make_unnamed(&file, &error));
    assert_true(file_list_folder(&arena, home, 9, &names));
    assert_int_equal(names.count, 0);
    assert_int_equal(file.descriptor < 0, 0);
    assert_int_equal(pwrite(file.descriptor, "abc", 3, 5), 3);
    assert_true(file_again(&file, &again, &error));
    assert_int_equal(again.size, 8); /* as it is now */
    file_close(&file);
    assert_true(file_read(&again, 5, read, sizeof read, &error));
    assert_memory_equal(read, "abc", sizeof read);
    file_close(&again);
    setenv("TMPDIR", "no such folder", 1);
    assert_false(file_make_unnamed(&file, &error));
    assert_int_equal(error.kind, ERROR_IO);
    assert_string_equal(error.file, "no such folder");
    assert_int_equal(file.descriptor, -1);
    assert_false(file_again(&file, &again, &error));
    assert_int_equal(error.kind, ERROR_IO);
    unsetenv("TMPDIR");
}

/* Another process that locks the file "locked" for that long, once it has done so. */
static pid_t lock_for(long milliseconds) {
    int pipes[2];
    char byte;
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct timespec wait = {.tv_nsec = milliseconds * 1000 * 1000};
        int descriptor = open("locked", O_RDONLY);
        if (flock(descriptor, LOCK_EX) == 0 && write(pipes[1], "", 1) == 1)
            nanosleep(&wait, NULL);
        _exit(0);
    }
    close(pipes[1]);
    assert_int_equal(read(pipes[0], &byte, 1), 1);
    close(pipes[0]);
    return child;
}

static bool is_locked_beside(long milliseconds, int lock) {
    write_file("locked", "");
    pid_t child = lock_for(milliseconds);
    int descriptor = open("locked", O_RDONLY);
    bool locked = file_lock(descriptor, lock);
    close(descriptor);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    return locked;
}

static void a_lock_for_a_look_is_waited_for(void **state) {
    (void)state;
    assert_true(is_locked_beside(40, LOCK_EX));
    assert_true(is_locked_beside(40, LOCK_SH));
}

static void a_lock_that_lasts_is_another_runs(void **state) {
    (void)state;
    assert_false(is_locked_beside(999, LOCK_EX));
    assert_false(is_locked_beside(999, LOCK_SH));
    assert_false(file_lock(-1, LOCK_EX));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(an_opened_file_tells_its_size_and_identity),
        IN_FOLDER(only_a_regular_file_is_opened),
        IN_FOLDER(reading_past_the_end_is_an_error),
        IN_FOLDER(a_read_that_the_system_refuses_is_an_error),
        IN_FOLDER(a_whole_file_is_read_up_to_a_limit),
        IN_FOLDER(looking_follows_no_link),
        IN_FOLDER(opening_without_links_says_what_is_there),
        IN_FOLDER(opening_without_links_tells_size_and_identity),
        IN_FOLDER(a_file_closed_to_us_is_an_error),
        IN_FOLDER(what_a_closed_folder_holds_is_closed_to_us),
        IN_FOLDER(a_link_leads_from_its_own_folder),
        IN_FOLDER(links_are_followed_to_what_is_there_or_not),
        IN_FOLDER(a_stamp_holds_until_the_file_is_written),
        IN_FOLDER(a_stamp_is_fresh_for_a_moment),
        IN_FOLDER(a_stamp_of_whole_seconds_is_fresh_for_two),
        IN_FOLDER(only_files_and_links_are_removed),
        IN_FOLDER(a_file_that_stays_is_an_error),
        IN_FOLDER(a_link_is_made_or_led_elsewhere),
        IN_FOLDER(a_link_that_cannot_be_is_an_error),
        IN_FOLDER(a_file_without_a_name_leaves_none),
        IN_FOLDER(a_lock_for_a_look_is_waited_for),
        IN_FOLDER(a_lock_that_lasts_is_another_runs),
        cmocka_unit_test(some_files_may_be_kept_open),
    };
    return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
