#include "base/output.h"

#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena arena;
static char home[] = "/tmp/test_output.XXXXXX";

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

static size_t entries_of(const char *folder) {
    size_t count = 0;
    DIR *stream = opendir(folder);
    assert_non_null(stream);
    for (struct dirent *entry = readdir(stream); entry != NULL; entry = readdir(stream))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(stream);
    return count;
}

static void write_file(const char *path, const char *text) {
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(text, 1, strlen(text), stream), strlen(text));
    assert_int_equal(fclose(stream), 0);
}

static void expect_content(const char *path, const char *expected) {
    char *data;
    size_t size;
    struct error error;
    if (!file_read_all(&arena, path, 1000000, &data, &size, &error))
        fail_msg("%s: %s", path, error.what);
    assert_int_equal(size, strlen(expected));
    assert_string_equal(data, expected);
}

static void replacing_makes_a_file_that_was_missing(void **state) {
    (void)state;
    struct error error;
    assert_true(output_put("new", "text", 4, &error));
    expect_content("new", "text");
    assert_true(output_put("empty", "", 0, &error));
    expect_content("empty", "");
    assert_int_equal(entries_of("."), 2);
}

static const char *const others[] = {"", "old", "new texts", "new tex", "New text"};

static void replacing_leaves_nothing_of_what_was_there(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct error error;
        write_file("file", others[i]);
        assert_true(output_put("file", "new text", 8, &error));
        expect_content("file", "new text");
        assert_int_equal(entries_of("."), 1);
    }
}

static void replacing_gives_a_new_file_to_new_readers_alone(void **state) {
    (void)state;
    struct file old;
    struct error error;
    char buffer[3];
    write_file("file", "old");
    assert_true(file_open("file", &old, &error));
    assert_true(output_put("file", "new", 3, &error));
    assert_true(file_read(&old, 0, buffer, 3, &error));
    assert_memory_equal(buffer, "old", 3);
    file_close(&old);
    expect_content("file", "new");
}

static void replacing_leaves_an_equal_file_untouched(void **state) {
    (void)state;
    static const struct timespec long_ago[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
    struct stat before, after;
    struct error error;
    write_file("file", "same");
    assert_int_equal(utimensat(AT_FDCWD, "file", long_ago, 0), 0);
    assert_int_equal(stat("file", &before), 0);
    assert_true(output_put("file", "same", 4, &error));
    assert_int_equal(stat("file", &after), 0);
    assert_int_equal(after.st_ino, before.st_ino);
    assert_int_equal(after.st_mtime, 1000000000);
    assert_int_equal(entries_of("."), 1);
}

static void replacing_makes_the_folders_on_the_way(void **state) {
    (void)state;
    struct error error;
    assert_true(output_put("a/b/c/file", "text", 4, &error));
    assert_true(output_put("a/b/other", "more", 4, &error));
    assert_true(output_put(arena_format(&arena, "%s/d/file", home), "text", 4, &error));
    expect_content("a/b/c/file", "text");
    expect_content("a/b/other", "more");
    expect_content("d/file", "text");
}

static void a_new_file_is_as_readable_as_any_other(void **state) {
    (void)state;
    struct stat status;
    struct error error;
    mode_t mask = umask(027);
    assert_true(output_put("file", "text", 4, &error));
    umask(mask);
    assert_int_equal(stat("file", &status), 0);
    assert_int_equal(status.st_mode & 07777, 0640);
}

static void expect_no_writing(const char *path) {
    struct error error = {0};
    if (output_put(path, "text", 4, &error))
        fail_msg("%s was replaced", path);
    assert_int_equal(error.kind, ERROR_IO);
    assert_string_equal(error.file, path);
    if (strncmp(error.what, "cannot write: ", 14) != 0)
        fail_msg("%s", error.what);
}

static void replacing_a_folder_is_an_error_without_litter(void **state) {
    (void)state;
    assert_int_equal(mkdir("folder", 0777), 0);
    expect_no_writing("folder");
    assert_int_equal(entries_of("."), 1);
    assert_int_equal(entries_of("folder"), 0);
}

static void a_file_where_a_folder_should_be_is_an_error(void **state) {
    (void)state;
    write_file("file", "text");
    expect_no_writing("file/new");
    expect_no_writing("file/folder/new");
    expect_content("file", "text");
    assert_int_equal(entries_of("."), 1);
}

/* Nothing is closed to root; 65534 is nobody. */
static void become_nobody(void) {
    if (geteuid() == 0 && seteuid(65534) != 0)
        skip();
}

static void replacing_in_a_read_only_folder_is_an_error_without_litter(void **state) {
    (void)state;
    assert_int_equal(mkdir("closed", 0755), 0);
    write_file("closed/file", "text");
    assert_int_equal(chmod(".", 0755) | chmod("closed", 0555), 0);
    become_nobody();
    expect_no_writing("closed/new");
    expect_no_writing("closed/file/new");
    expect_no_writing("closed/folder/new");
    assert_int_equal(entries_of("closed"), 1);
}

static void permission_bits_are_those_of_the_file_before(void **state) {
    (void)state;
    static const mode_t modes[] = {0600, 0644, 0664, 0755, 0400};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        struct stat status;
        struct error error;
        write_file("file", "old");
        assert_int_equal(chmod("file", modes[i]), 0);
        assert_true(output_put("file", "new", 3, &error));
        assert_int_equal(stat("file", &status), 0);
        assert_int_equal(status.st_mode & 07777, modes[i]);
        assert_int_equal(unlink("file"), 0);
    }
}

/* A link, what stands where it leads before, and where that is. */
static const struct linked {
    const char *label;
    const char *links[2][2]; /* target and name */
    const char *before;      /* NULL: nothing */
    const char *end;
} links[] = {
    {"to a file", {{"file", "name"}}, "old", "file"},
    {"to what is not there", {{"file", "name"}}, NULL, "file"},
    {"to a folder that is not there", {{"folder/file", "name"}}, NULL, "folder/file"},
    {"to a link", {{"link", "name"}, {"file", "link"}}, "old", "file"},
    {"to a link to nothing", {{"link", "name"}, {"file", "link"}}, NULL, "file"},
    {"to an equal file", {{"file", "name"}}, "new", "file"},
};

static void a_symbolic_link_is_followed_and_stays(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        const struct linked *row = &links[i];
        struct error error;
        unlink("file"), unlink("name"), unlink("link");
        for (size_t j = 0; j < 2 && row->links[j][0] != NULL; j++)
            assert_int_equal(symlink(row->links[j][0], row->links[j][1]), 0);
        if (row->before != NULL)
            write_file(row->end, row->before);
        if (!output_put("name", "new", 3, &error))
            fail_msg("%s: %s", row->label, error.what);
        if (path_look("name") != PATH_LINK || path_look(row->end) != PATH_FILE)
            fail_msg("%s: %s", row->label, "the link or the file is gone");
        expect_content(row->end, "new");
    }
}

static void links_in_a_circle_are_an_error(void **state) {
    (void)state;
    assert_int_equal(symlink("two", "one") | symlink("one", "two"), 0);
    expect_no_writing("one");
    assert_int_equal(path_look("one"), PATH_LINK);
    assert_int_equal(entries_of("."), 2);
}

static void a_fifo_is_written_into_and_stays_one(void **state) {
    (void)state;
    char buffer[8] = "";
    struct error error;
    assert_int_equal(mkfifo("fifo", 0666) | symlink("fifo", "link"), 0);
    int reader = open("fifo", O_RDONLY | O_NONBLOCK);
    assert_true(output_put("fifo", "abc", 3, &error));
    assert_true(output_put("link", "def", 3, &error));
    assert_int_equal(read(reader, buffer, sizeof buffer), 6);
    assert_string_equal(buffer, "abcdef");
    assert_int_equal(path_look("fifo"), PATH_OTHER);
    close(reader);
    assert_int_equal(entries_of("."), 2);
}

static void a_device_is_written_into_and_stays_one(void **state) {
    (void)state;
    struct error error;
    struct stat status;
    assert_int_equal(symlink("/dev/null", "link"), 0);
    assert_true(output_put("/dev/null", "text", 4, &error));
    assert_true(output_put("link", "text", 4, &error));
    assert_int_equal(stat("/dev/null", &status), 0);
    assert_true(S_ISCHR(status.st_mode));
    assert_int_equal(path_look("link"), PATH_LINK);
    expect_no_writing("/dev/full");
}

/* Names of the descriptor 7, which a test opens. */
static void a_descriptor_goes_on_where_it_stands(void **state) {
    (void)state;
    static const char *const names[] = {"/dev/fd/7", "/proc/self/fd/7", "link"};
    assert_int_equal(symlink("/dev/fd/7", "link"), 0);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct error error;
        int descriptor = open("file", O_WRONLY | O_CREAT | O_TRUNC, 0666);
        assert_int_equal(dup2(descriptor, 7), 7);
        assert_int_equal(write(7, "before ", 7), 7);
        if (!output_put(names[i], "text", 4, &error))
            fail_msg("%s: %s", names[i], error.what);
        assert_int_equal(write(7, " behind", 7), 7);
        close(7);
        close(descriptor);
        expect_content("file", "before text behind");
    }
    expect_no_writing("/dev/fd/7");
    expect_no_writing("/dev/fd/");
    expect_no_writing("/dev/fd/7x");
}

static void a_dash_is_standard_output(void **state) {
    (void)state;
    struct error error;
    int kept = dup(STDOUT_FILENO), file = open("file", O_WRONLY | O_CREAT, 0666);
    fflush(stdout);
    dup2(file, STDOUT_FILENO);
    bool dash = output_put("-", "one ", 4, &error);
    bool device = output_put("/dev/stdout", "two", 3, &error);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    close(file);
    assert_true(dash && device);
    assert_true(output_is_standard("-"));
    assert_false(output_is_standard("./-") || output_is_standard(NULL) || output_is_standard(""));
    expect_content("file", "one two");
    assert_int_equal(entries_of("."), 1);
}

/* The longest name that file systems take. */
static void a_long_name_is_written(void **state) {
    (void)state;
    struct error error;
    char name[256];
    memset(name, 'n', 255);
    name[255] = '\0';
    assert_true(output_put(name, "text", 4, &error));
    expect_content(name, "text");
}

static void a_file_that_may_not_grow_leaves_no_litter(void **state) {
    (void)state;
    struct rlimit before, none;
    struct error error;
    write_file("file", "old");
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    none = (struct rlimit){0, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    bool written = output_put("file", "text", 4, &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_false(written);
    assert_string_equal(error.what, "cannot write: File too large");
    expect_content("file", "old");
    assert_int_equal(entries_of("."), 1);
}

static void only_a_file_that_is_there_is_read_before(void **state) {
    (void)state;
    assert_int_equal(mkfifo("fifo", 0666) | symlink("file", "link") | symlink("no", "dangling"), 0);
    write_file("file", "old");
    assert_true(output_replaces("file") && output_replaces("link") && output_replaces("."));
    assert_false(output_replaces("fifo") || output_replaces("dangling"));
    assert_false(output_replaces("no") || output_replaces("file/no"));
    assert_false(output_replaces("/dev/null") || output_replaces("-"));
    assert_false(output_replaces("/dev/stdout") || output_replaces("/dev/fd/1"));
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(replacing_makes_a_file_that_was_missing),
        IN_FOLDER(replacing_leaves_nothing_of_what_was_there),
        IN_FOLDER(replacing_gives_a_new_file_to_new_readers_alone),
        IN_FOLDER(replacing_leaves_an_equal_file_untouched),
        IN_FOLDER(replacing_makes_the_folders_on_the_way),
        IN_FOLDER(a_new_file_is_as_readable_as_any_other),
        IN_FOLDER(replacing_a_folder_is_an_error_without_litter),
        IN_FOLDER(a_file_where_a_folder_should_be_is_an_error),
        IN_FOLDER(replacing_in_a_read_only_folder_is_an_error_without_litter),
        IN_FOLDER(permission_bits_are_those_of_the_file_before),
        IN_FOLDER(a_symbolic_link_is_followed_and_stays),
        IN_FOLDER(links_in_a_circle_are_an_error),
        IN_FOLDER(a_fifo_is_written_into_and_stays_one),
        IN_FOLDER(a_device_is_written_into_and_stays_one),
        IN_FOLDER(a_descriptor_goes_on_where_it_stands),
        IN_FOLDER(a_dash_is_standard_output),
        IN_FOLDER(a_long_name_is_written),
        IN_FOLDER(a_file_that_may_not_grow_leaves_no_litter),
        IN_FOLDER(only_a_file_that_is_there_is_read_before),
    };
    return cmocka_run_group_tests_name("output", tests, NULL, NULL);
}
