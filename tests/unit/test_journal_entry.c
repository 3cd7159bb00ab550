/* Entries of the journal: what is written is read again, whatever bytes a path has. */
#include "commit/journal_entry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *const targets[] = {
    "/out/main",
    "/out/a b%41%",
    "/out/\xff\xfe\xe0\x80",
    "/out/\t\n\x1b\x7f",
    "/out/M\xc3\xbcnchen",
    "/out/\xed\xa0\x80",
    "/%2F",
};

static struct journal_entry entry_of(const char *target) {
    struct journal_entry entry = {.target = target,
                                  .was = {.identity = {.device = 1, .inode = 1ULL << 40},
                                          .size = 1ULL << 33,
                                          .modified = 1700000000},
                                  .size = 12345};
    for (size_t i = 0; i < SHA256_SIZE; i++)
        entry.digest[i] = (uint8_t)(i * 37 + 5); /* all sixteen digits in both places */
    return entry;
}

static void what_is_written_is_read_again(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        struct arena arena = {0};
        struct journal_entry written = entry_of(targets[i]), read;
        json_t *value = journal_entry_write(&written);
        assert_non_null(value);
        assert_true(journal_entry_read(&arena, value, &read));
        assert_string_equal(read.target, targets[i]);
        assert_memory_equal(read.digest, written.digest, SHA256_SIZE);
        assert_int_equal(read.size, written.size);
        assert_int_equal(read.was.size, written.was.size);
        assert_int_equal(read.was.modified, written.was.modified);
        assert_int_equal(read.was.identity.device, written.was.identity.device);
        assert_int_equal(read.was.identity.inode, written.was.identity.inode);
        json_decref(value);
        arena_free(&arena);
    }
}

static void what_was_not_written_is_no_entry(void **state) {
    (void)state;
    static const char *const wrong[] = {"/a%", "/a%4", "/a%4g", "/a%00", "/a%ff"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct arena arena = {0};
        struct journal_entry written = entry_of("/out"), read;
        json_t *value = journal_entry_write(&written);
        assert_true(journal_entry_read(&arena, value, &read));
        json_object_set_new(value, "target", json_string(wrong[i]));
        if (journal_entry_read(&arena, value, &read))
            fail_msg("%s is taken for %s", wrong[i], read.target);
        json_decref(value);
        arena_free(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(what_was_not_written_is_no_entry),
    };
    return cmocka_run_group_tests_name("journal_entry", tests, NULL, NULL);
}
