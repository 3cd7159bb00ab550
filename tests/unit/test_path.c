#include "base/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static int release(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

struct row {
    const char *path;
    const char *expected;
};

static void expect_rows(const struct row *rows, size_t count,
                        char *(*function)(struct arena *, const char *)) {
    for (size_t i = 0; i < count; i++) {
        const char *actual = function(&arena, rows[i].path);
        if (strcmp(actual, rows[i].expected) != 0)
            fail_msg("\"%s\": \"%s\", not \"%s\"", rows[i].path, actual, rows[i].expected);
    }
}

static void the_folder_is_what_stands_before_the_last_slash(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"a/b/c", "a/b"}, {"/a/b", "/a"}, {"a/b", "a"},  {"a", "."},   {"", "."},      {"/a", "/"},
        {"/", "/"},       {"//a", "/"},   {"a//b", "a"}, {"./a", "."}, {"../a", ".."},
    };
    expect_rows(rows, sizeof rows / sizeof rows[0], path_folder);
}

static void the_leaf_is_what_follows_the_last_slash(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"a/b/c", "c"}, {"/a", "a"}, {"a", "a"}, {"a/", ""}, {"", ""}, {"a.b/c.dylib", "c.dylib"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(path_leaf(rows[i].path), rows[i].expected);
}

static const struct row tidy_rows[] = {
    {"a/b", "a/b"},
    {"a//b", "a/b"},
    {"a/./b", "a/b"},
    {"./a", "a"},
    {"a/", "a"},
    {"a/.", "a"},
    {"a/../b", "b"},
    {"a/b/../c", "a/c"},
    {"a/b/../..", "."},
    {"a/..", "."},
    {"", "."},
    {".", "."},
    {"./.", "."},
    {"..", ".."},
    {"../a", "../a"},
    {"../../a", "../../a"},
    {"a/../../b", "../b"},
    {"a/b/../../../c", "../c"},
    {"/", "/"},
    {"//", "/"},
    {"/a/", "/a"},
    {"/..", "/"},
    {"/../a", "/a"},
    {"/a/../..", "/"},
    {"/a/../b", "/b"},
    {"/a/b/..", "/a"},
    {"a/...", "a/..."},
    {".../..", "."},
    {"..a/..", "."},
    {"a..", "a.."},
    {".a/.b", ".a/.b"},
    {"a/..b", "a/..b"},
    {"../a/..", ".."},
    {"../../a/../..", "../../.."},
    {"out/Debug/./../Debug/libx.dylib", "out/Debug/libx.dylib"},
};

static void a_tidy_path_has_one_spelling(void **state) {
    (void)state;
    expect_rows(tidy_rows, sizeof tidy_rows / sizeof tidy_rows[0], path_tidy);
}

static const struct join {
    const char *folder;
    const char *path;
    const char *expected;
} joins[] = {
    {"a", "b", "a/b"},   {"a/", "b", "a/b"},        {"a", "/b", "a/b"},
    {"a/", "/b", "a/b"}, {"a/b", "c/d", "a/b/c/d"}, {"/", "b", "/b"},
    {"/", "/b", "/b"},   {".", "b", "b"},           {"", "b", "b"},
    {"..", "b", "../b"}, {"a", "//b", "a/b"},       {"a", "../b", "a/../b"},
};

static void joining_leaves_one_slash_between(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof joins / sizeof joins[0]; i++)
        assert_string_equal(path_join(&arena, joins[i].folder, joins[i].path), joins[i].expected);
}

static const struct inside {
    const char *path;
    const char *folder;
    bool inside;
} insides[] = {
    {"a/b", "a", true},     {"a/b/c", "a", true},
    {"a/b/c", "a/b", true}, {"/usr/lib/x", "/usr/lib", true},
    {"ab", "a", false},     {"a", "a", false},
    {"b/a", "a", false},    {"/usr/libexec/x", "/usr/lib", false},
    {"", "a", false},       {"a", "a/b", false},
};

static void a_path_lies_in_the_folders_it_begins_with(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof insides / sizeof insides[0]; i++)
        if (path_is_in(insides[i].path, insides[i].folder) != insides[i].inside)
            fail_msg("\"%s\" in \"%s\"", insides[i].path, insides[i].folder);
}

static void a_path_from_a_folder(void **state) {
    (void)state;
    static const struct {
        const char *folder, *path, *expected;
    } rows[] = {
        {"/a/b", "/a/b/c", "c"},      {"/a/b", "/a/b/c/d", "c/d"},
        {"/a/b", "/a/c", "../c"},     {"/a/b/c", "/a/d/e", "../../d/e"},
        {"/a", "/b", "../b"},         {"/", "/b", "b"},
        {"/a/b", "/a/bc", "../bc"},   {"out/lib", "out/x", "../x"},
        {"out", "new/x", "../new/x"}, {".", "new/x", "new/x"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(path_relative(&arena, rows[i].folder, rows[i].path), rows[i].expected);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_folder_is_what_stands_before_the_last_slash),
        cmocka_unit_test(the_leaf_is_what_follows_the_last_slash),
        cmocka_unit_test(a_tidy_path_has_one_spelling),
        cmocka_unit_test(joining_leaves_one_slash_between),
        cmocka_unit_test(a_path_lies_in_the_folders_it_begins_with),
        cmocka_unit_test_teardown(a_path_from_a_folder, release),
    };
    return cmocka_run_group_tests_name("path", tests, NULL, release);
}
