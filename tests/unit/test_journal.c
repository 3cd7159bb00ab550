#include "commit/journal.h"
#include "commit/journal_entry.h"

#include "base/file_digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena arena;
static char home[] = "/tmp/test_journal.XXXXXX";

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

static void write_file(const char *path, const char *data) {
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(data, 1, strlen(data), stream), strlen(data));
    assert_int_equal(fclose(stream), 0);
}

/* As a linker does it. */
static void link_anew(const char *path, const char *data) {
    write_file("linked", data);
    assert_int_equal(rename("linked", path), 0);
}

static void expect(const char *path, const char *expected) {
    char *data;
    size_t size;
    struct error error;
    if (expected == NULL) {
        assert_int_equal(access(path, F_OK), -1);
        return;
    }
    assert_true(file_read_all(&arena, path, 100, &data, &size, &error));
    assert_string_equal(data, expected);
}

/* A replacement of `target` by a file of the bytes "new", with the journal of that. */
static void begin(const char *target, struct replacement *item) {
    struct atomic_file file;
    struct error error;
    assert_true(atomic_file_make(target, &file, &error));
    assert_true(atomic_file_write(&file, 0, "new", 3, &error));
    replacement_begin(item, target, &file);
}

static void exchange(const char *a, const char *b) {
    assert_int_equal(rename(a, "between"), 0);
    assert_int_equal(rename(b, a), 0);
    assert_int_equal(rename("between", b), 0);
}

/* As the system does when a run is killed. */
static void die(struct journal *journal, struct replacement *items, size_t count) {
    for (size_t i = 0; i < count; i++)
        file_close(&items[i].file.file);
    for (size_t i = 0; i < journal->count; i++)
        if (journal->items[i].descriptor >= 0)
            close(journal->items[i].descriptor);
    arena_free(&journal->arena);
}

/* --- the table of journal_entry.h --- */

struct row {
    bool taken;
    const char *target; /* linked anew after the kill; NULL for nothing */
    const char *other;  /* as TARGET.vafit-new; NULL for nothing */
    bool removed;       /* TARGET.vafit-new */
    bool take_back;
    const char *becomes;
    size_t finished, discarded;
};

static void an_ended_run_is_resumed_by_what_has_the_names(void **state) {
    (void)state;
    static const struct row rows[] = {
        {false, NULL, NULL, false, false, "new", 1, 0},
        {false, NULL, NULL, false, true, "old", 0, 1},
        {true, NULL, NULL, false, false, "new", 1, 0},
        {true, NULL, NULL, false, true, "old", 0, 1},
        {true, NULL, "linked meanwhile", false, false, "linked meanwhile", 0, 1},
        {true, NULL, "", false, false, "new", 1, 0},
        {false, "linked", NULL, false, false, "linked", 0, 1},
        {true, "linked", NULL, false, true, "linked", 0, 1},
        {true, NULL, NULL, true, true, "new", 1, 0},
        {false, NULL, NULL, true, false, "old", 0, 0},
        {false, NULL, "half", false, false, "old", 0, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        struct replacement item;
        struct journal journal = {0};
        struct resumed resumed = {0};
        struct error error;
        write_file("t", "old");
        begin("t", &item);
        assert_true(journal_write(&journal, &item, 1, &error));
        die(&journal, &item, 1);
        if (row->taken)
            exchange("t", "t.vafit-new");
        if (row->target != NULL)
            link_anew("t", row->target);
        if (row->other != NULL)
            link_anew("t.vafit-new", row->other);
        if (row->removed)
            assert_int_equal(unlink("t.vafit-new"), 0);
        if (!journal_resume("t", row->take_back, &resumed, &error))
            fail_msg("row %zu: %s", i, error.what);
        expect("t", row->becomes);
        expect("t.vafit-new", NULL);
        expect("t.vafit-journal", NULL);
        assert_int_equal(resumed.finished, row->finished);
        assert_int_equal(resumed.discarded, row->discarded);
    }
}

/* --- whose journal it is --- */

static void a_journal_of_a_run_that_lives_is_left(void **state) {
    (void)state;
    struct replacement item;
    struct journal journal = {0};
    struct resumed resumed = {0};
    struct error error;
    struct atomic_file file;
    write_file("t", "old");
    begin("t", &item);
    assert_true(journal_write(&journal, &item, 1, &error));
    assert_false(journal_resume("t", false, &resumed, &error));
    assert_int_equal(error.kind, ERROR_IO);
    assert_true(replacements_take(&item, 1, &error));
    /* What waits to be given back is not swept, and nothing is made in its place. */
    assert_false(atomic_file_sweep("t", &error));
    assert_false(atomic_file_make("t", &file, &error));
    assert_true(replacements_give_back(&item, 1, &error));
    /* Nor while there is only the journal. */
    assert_false(atomic_file_make("t", &file, &error));
    expect("t.vafit-new", NULL);
    journal_end(&journal, &item, 1);
    expect("t", "old");
    expect("t.vafit-journal", NULL);
    assert_true(atomic_file_make("t", &file, &error));
    atomic_file_discard(&file);
}

/* Two targets; the journal beside the first is gone, and another run was ended at it. */
static void an_entry_without_its_journal_is_left(void **state) {
    (void)state;
    struct replacement items[2];
    struct journal journal = {0};
    struct resumed resumed = {0};
    struct error error;
    write_file("a", "old");
    write_file("b", "old");
    begin("a", &items[0]);
    begin("b", &items[1]);
    assert_true(journal_write(&journal, items, 2, &error));
    die(&journal, items, 2);
    exchange("a", "a.vafit-new");
    assert_int_equal(unlink("a.vafit-journal"), 0);
    link_anew("a.vafit-new", "half written");
    assert_true(journal_resume("b", false, &resumed, &error));
    expect("a", "new");
    /* Nothing more is taken then. */
    expect("b", "old");
    expect("b.vafit-new", NULL);
    expect("b.vafit-journal", NULL);
}

static void a_journal_that_was_copied_is_refused(void **state) {
    (void)state;
    struct replacement item;
    struct journal journal = {0};
    struct resumed resumed = {0};
    struct error error;
    write_file("t", "old");
    begin("t", &item);
    assert_true(journal_write(&journal, &item, 1, &error));
    assert_int_equal(system("mkdir copy && cp -p t.vafit-journal t t.vafit-new copy"), 0);
    journal_end(&journal, &item, 1);
    replacements_discard(&item, 1);
    unlink("t.vafit-journal");
    assert_false(journal_resume("copy/t", false, &resumed, &error));
    assert_int_equal(error.kind, ERROR_MALFORMED);
    assert_string_equal(error.file, "copy/t.vafit-journal");
}

static void a_further_name_is_locked(void **state) {
    (void)state;
    struct atomic_file link, again;
    struct error error;
    write_file("original", "original");
    assert_true(atomic_file_link("original", "t", false, &link));
    assert_false(atomic_file_sweep("t", &error));
    assert_false(atomic_file_make("t", &again, &error));
    expect("t.vafit-new", "original");
    assert_true(atomic_file_link("original", "u", false, &again));
    atomic_file_discard(&again);
    file_close(&link.file);
    assert_true(atomic_file_sweep("t", &error));
    expect("t.vafit-new", NULL);
    expect("original", "original");
}

/* A path need not be UTF-8. */
static void an_entry_is_read_as_it_was_written(void **state) {
    (void)state;
    struct journal_entry entry = {.target = "/a/\xff %\xc3\xa4", .size = UINT64_C(1) << 40}, read;
    entry.was = (struct file_stamp){{1, UINT64_C(1) << 60}, 2, 3};
    memset(entry.digest, 0xa5, sizeof entry.digest);
    json_t *value = journal_entry_write(&entry);
    assert_true(journal_entry_read(&arena, value, &read));
    assert_string_equal(read.target, entry.target);
    assert_true(file_stamp_same(&read.was, &entry.was));
    assert_int_equal(read.size, entry.size);
    assert_memory_equal(read.digest, entry.digest, sizeof entry.digest);
    json_object_set_new(json_object_get(value, "new"), "digest", json_string("A5"));
    assert_false(journal_entry_read(&arena, value, &read));
    json_decref(value);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(an_ended_run_is_resumed_by_what_has_the_names),
        IN_FOLDER(a_journal_of_a_run_that_lives_is_left),
        IN_FOLDER(an_entry_without_its_journal_is_left),
        IN_FOLDER(a_journal_that_was_copied_is_refused),
        IN_FOLDER(a_further_name_is_locked),
        IN_FOLDER(an_entry_is_read_as_it_was_written),
    };
    return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
