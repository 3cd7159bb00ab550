/* Replacements: new files that take names, and give them back. tests/stories/fix_refused.sh has
 * what the system can refuse on the way. */
#include "commit/replacement.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { FILES = 3 };

static struct arena arena;
static char home[] = "/tmp/test_replacement.XXXXXX";
static const char *const targets[FILES] = {"one", "two", "three"};

static int enter_folder(void **state) {
    (void)state;
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

static void write_file(const char *path, const char *text) {
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(text, 1, strlen(text), stream), strlen(text));
    assert_int_equal(fclose(stream), 0);
}

/* What a file holds; "nothing" without one. */
static const char *content(const char *path) {
    char *data;
    size_t size;
    struct error error;
    return file_read_all(&arena, path, 100, &data, &size, &error) ? data : "nothing";
}

static void begin(struct replacement *item, const char *target) {
    struct atomic_file file;
    struct error error;
    assert_true(atomic_file_make(target, &file, &error));
    assert_true(atomic_file_write(&file, 0, "new", 3, &error));
    replacement_begin(item, target, &file);
}

/* "one" and "two" had files, "three" had none. */
static void begin_all(struct replacement *items) {
    for (size_t i = 0; i < FILES; i++) {
        if (i != 2)
            write_file(targets[i], "old");
        begin(&items[i], targets[i]);
    }
}

static void expect(const char *one, const char *two, const char *three) {
    assert_string_equal(content("one"), one);
    assert_string_equal(content("two"), two);
    assert_string_equal(content("three"), three);
    for (size_t i = 0; i < FILES; i++)
        assert_int_equal(access(arena_format(&arena, "%s.vafit-new", targets[i]), F_OK), -1);
}

static void new_files_take_all_names(void **state) {
    (void)state;
    struct replacement items[FILES];
    struct error error;
    begin_all(items);
    assert_string_equal(content("one"), "old");
    assert_true(replacements_take(items, FILES, &error));
    assert_string_equal(content("one"), "new");
    replacements_keep(items, FILES);
    expect("new", "new", "new");
}

static void names_are_given_back(void **state) {
    (void)state;
    struct replacement items[FILES];
    struct error error;
    begin_all(items);
    assert_true(replacements_take(items, FILES, &error));
    assert_true(replacements_give_back(items, FILES, &error));
    expect("old", "old", "nothing");
}

static void discarded_files_leave_nothing(void **state) {
    (void)state;
    struct replacement items[FILES];
    begin_all(items);
    replacements_discard(items, FILES);
    expect("old", "old", "nothing");
}

/* By a rename, as linkers and build tools do. */
static void link_anew(const char *target) {
    write_file("other", "linked anew");
    assert_int_equal(rename("other", target), 0);
}

static void what_was_linked_before_the_taking_stays(void **state) {
    (void)state;
    struct replacement items[FILES];
    struct error error;
    begin_all(items);
    link_anew("two");
    assert_false(replacements_take(items, FILES, &error));
    assert_int_equal(error.kind, ERROR_IO);
    assert_string_equal(error.file, "two");
    assert_non_null(strstr(error.what, "was linked again meanwhile"));
    expect("old", "linked anew", "nothing");
}

static void a_name_that_was_free_may_not_be_taken_since(void **state) {
    (void)state;
    struct replacement items[FILES];
    struct error error;
    begin_all(items);
    link_anew("three");
    assert_false(replacements_take(items, FILES, &error));
    assert_string_equal(error.file, "three");
    expect("old", "old", "linked anew");
}

static void what_was_linked_before_the_giving_back_stays(void **state) {
    (void)state;
    struct replacement items[FILES];
    struct error error;
    begin_all(items);
    assert_true(replacements_take(items, FILES, &error));
    link_anew("one");
    assert_true(replacements_give_back(items, FILES, &error));
    expect("linked anew", "old", "nothing");
}

static void *remove_soon(void *path) {
    nanosleep(&(struct timespec){.tv_nsec = 40 * 1000 * 1000}, NULL);
    unlink(path);
    return NULL;
}

/* What another run makes, and takes away when it meets the journal, is nothing that is left. */
static void what_is_there_for_a_moment_is_no_litter(void **state) {
    (void)state;
    struct replacement items[FILES];
    struct error error;
    pthread_t other;
    begin_all(items);
    assert_true(replacements_take(items, FILES, &error));
    replacements_keep(items, FILES);
    write_file("two.vafit-new", "");
    assert_false(replacements_are_clean(items, FILES));
    assert_int_equal(pthread_create(&other, NULL, remove_soon, "two.vafit-new"), 0);
    assert_true(replacements_are_clean(items, FILES));
    assert_int_equal(pthread_join(other, NULL), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter_folder, leave_folder)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(new_files_take_all_names),
        TEST(names_are_given_back),
        TEST(discarded_files_leave_nothing),
        TEST(what_was_linked_before_the_taking_stays),
        TEST(a_name_that_was_free_may_not_be_taken_since),
        TEST(what_was_linked_before_the_giving_back_stays),
        TEST(what_is_there_for_a_moment_is_no_litter),
    };
    return cmocka_run_group_tests_name("replacement", tests, NULL, NULL);
}
