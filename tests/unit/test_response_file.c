#include "base/file.h"
#include "base/output.h"
#include "base/response_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena arena;
static char home[] = "/tmp/test_response_file.XXXXXX";

/* The files that the tests write, in a folder of their own. */
static int enter_folder(void **state) {
    (void)state;
    return mkdtemp(home) == NULL ? -1 : chdir(home);
}

static int leave_folder(void **state) {
    (void)state;
    static const char *const names[] = {"one", "two", "1", "2", "3", "4",
                                        "5",   "6",   "7", "8", "9", "self"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(names[i]);
    arena_free(&arena);
    return chdir("/") != 0 ? -1 : rmdir(home);
}

static void write_file(const char *path, const char *text) {
    struct error error;
    if (!output_put(path, text, strlen(text), &error))
        fail_msg("%s", error.what);
}

/* What the expansion of up to four arguments comes to, as "[a][b]". */
struct expansion {
    const char *arguments;
    struct error error;
};

static bool expand(const char *const *arguments, struct expansion *expansion) {
    char *items[5], **argv = items;
    int argc = 0;
    for (; arguments[argc] != NULL; argc++)
        items[argc] = arena_string(&arena, arguments[argc]);
    items[argc] = NULL;
    *expansion = (struct expansion){.arguments = ""};
    if (!response_files_expand(&arena, &argc, &argv, &expansion->error))
        return false;
    for (int i = 0; i < argc; i++)
        expansion->arguments = arena_format(&arena, "%s[%s]", expansion->arguments, argv[i]);
    assert_null(argv[argc]);
    return true;
}

static void expect(const char *label, const char *const *arguments, const char *expected) {
    struct expansion expansion;
    if (!expand(arguments, &expansion))
        fail_msg("%s: %s", label, expansion.error.what);
    if (strcmp(expansion.arguments, expected) != 0)
        fail_msg("%s: %s", label, expansion.arguments);
}

static const struct plain {
    const char *arguments[4];
    const char *expected;
} plains[] = {
    {{NULL}, ""},
    {{"check", "a b", ""}, "[check][a b][]"},
    {{"@"}, "[@]"},
    {{"a@one"}, "[a@one]"},
    {{"@rpath/libx.dylib", "@loader_path/x", "@executable_path/x"},
     "[@rpath/libx.dylib][@loader_path/x][@executable_path/x]"},
};

static void an_argument_that_names_no_file_stays(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof plains / sizeof plains[0]; i++)
        expect(plains[i].expected, plains[i].arguments, plains[i].expected);
}

/* The text of a file and the arguments in it. */
static const struct content {
    const char *label;
    const char *text;
    const char *expected;
} contents[] = {
    {"empty", "", ""},
    {"white space alone", " \t\r\n\v\f", ""},
    {"parted by white space", "a b\tc\nd\r\n e ", "[a][b][c][d][e]"},
    {"without a line end", "a", "[a]"},
    {"double quotes", "\"a b\" c", "[a b][c]"},
    {"single quotes", "'a b' c", "[a b][c]"},
    {"quotes inside a word", "--x=\"a b\"'c d'e", "[--x=a bc de]"},
    {"a quote of the other kind", "\"a'b\" 'a\"b'", "[a'b][a\"b]"},
    {"an empty argument", "'' \"\" a", "[][][a]"},
    {"a line end in quotes", "'a\nb'", "[a\nb]"},
    {"an escaped space", "a\\ b", "[a b]"},
    {"an escaped quote", "\\\"a\\'", "[\"a']"},
    {"an escaped backslash", "a\\\\b", "[a\\b]"},
    {"an escaped letter", "a\\b", "[ab]"},
    {"an escape in double quotes", "\"a\\\"b\\\\c\"", "[a\"b\\c]"},
    {"@ after other text", "a@one", "[a@one]"},
    {"names that begin with @", "@rpath/x @loader_path/x", "[@rpath/x][@loader_path/x]"},
};

static void arguments_are_read_as_compilers_read_them(void **state) {
    (void)state;
    static const char *const arguments[] = {"@one", NULL};
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        write_file("one", contents[i].text);
        expect(contents[i].label, arguments, contents[i].expected);
    }
}

/* As GCC and clang do, other than a shell. */
static void a_backslash_escapes_in_single_quotes_too(void **state) {
    (void)state;
    static const char *const arguments[] = {"@one", NULL};
    write_file("one", "'a\\'b' 'c\\\\d'");
    expect("single quotes", arguments, "[a'b][c\\d]");
}

static void a_file_stands_where_it_is_named(void **state) {
    (void)state;
    static const char *const arguments[] = {"a", "@one", "z", NULL};
    write_file("one", "b @two e");
    write_file("two", "c 'd d'");
    expect("nested", arguments, "[a][b][c][d d][e][z]");
}

/* Writes files 1 to 9, each naming the next. */
static void write_chain(void) {
    for (int i = 1; i < 9; i++)
        write_file(arena_format(&arena, "%d", i), arena_format(&arena, "a%d @%d", i, i + 1));
    write_file("9", "end");
}

static void files_may_be_nested_eight_deep(void **state) {
    (void)state;
    static const char *const eight[] = {"@2", NULL}, *const nine[] = {"@1", NULL};
    struct expansion expansion;
    write_chain();
    expect("eight", eight, "[a2][a3][a4][a5][a6][a7][a8][end]");
    assert_false(expand(nine, &expansion));
    assert_int_equal(expansion.error.kind, ERROR_USAGE);
    assert_string_equal(expansion.error.what, "response files are nested too deeply at '@9'");
}

static void a_file_that_names_itself_is_refused(void **state) {
    (void)state;
    static const char *const arguments[] = {"@self", NULL};
    struct expansion expansion;
    write_file("self", "@self");
    assert_false(expand(arguments, &expansion));
    assert_int_equal(expansion.error.kind, ERROR_USAGE);
}

static void a_quote_left_open_is_refused(void **state) {
    (void)state;
    static const char *const arguments[] = {"@one", NULL};
    static const char *const texts[] = {"'a", "a \"", "\"a'", "\"a\\\""};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct expansion expansion;
        write_file("one", texts[i]);
        assert_false(expand(arguments, &expansion));
        assert_int_equal(expansion.error.kind, ERROR_USAGE);
        assert_string_equal(expansion.error.what, "a quote is left open in response file one");
    }
}

static void a_file_with_a_nul_is_refused(void **state) {
    (void)state;
    static const char *const arguments[] = {"@one", NULL};
    struct expansion expansion;
    struct error error;
    assert_true(output_put("one", "a\0b", 3, &error));
    assert_false(expand(arguments, &expansion));
    assert_int_equal(expansion.error.kind, ERROR_USAGE);
    assert_string_equal(expansion.error.what, "there is a NUL in response file one");
}

/* The file that names the others is one of the thousand. */
static void a_thousand_files_are_the_most(void **state) {
    (void)state;
    static const char *const arguments[] = {"@two", NULL};
    struct expansion expansion;
    char *names = arena_take(&arena, 5 * 1000 + 1);
    for (size_t i = 0; i < 999; i++)
        strcat(names + 5 * i, "@one ");
    write_file("one", "");
    write_file("two", names);
    expect("1000 files", arguments, "");
    strcat(names, "@one ");
    write_file("two", names);
    assert_false(expand(arguments, &expansion));
    assert_int_equal(expansion.error.kind, ERROR_USAGE);
    assert_string_equal(expansion.error.what, "more than 1000 response files at '@one'");
}

static void a_file_that_cannot_be_read_is_an_error_of_its_own(void **state) {
    (void)state;
    static const char *const absent[] = {"@absent", NULL}, *const folder[] = {"@.", NULL};
    struct expansion expansion;
    assert_false(expand(absent, &expansion));
    assert_int_equal(expansion.error.kind, ERROR_IO);
    assert_string_equal(expansion.error.file, "absent");
    assert_false(expand(folder, &expansion));
    assert_int_equal(expansion.error.kind, ERROR_IO);
}

/* `vafit link -- LINKER @FILE`: the file is the linker's. */
static void what_follows_two_dashes_stays(void **state) {
    (void)state;
    static const char *const arguments[] = {"@two", "--", "@one", NULL};
    static const char *const in_file[] = {"@one", "@two", NULL};
    write_file("one", "a -- @two b");
    write_file("two", "c");
    expect("given", arguments, "[c][--][@one]");
    expect("in a file", in_file, "[a][--][@two][b][@two]");
}

/* As expand, for the arguments of a compiler. */
static void expect_command(const char *label, const char *argument, const char *expected) {
    struct string_list command = {0}, expanded;
    struct error error;
    const char *all = "";
    *vector_push(&arena, &command) = argument;
    if (!response_files_expand_command(&arena, &command, &expanded, &error))
        fail_msg("%s: %s", label, error.what);
    for (size_t i = 0; i < expanded.count; i++)
        all = arena_format(&arena, "%s[%s]", all, expanded.items[i]);
    if (strcmp(all, expected) != 0)
        fail_msg("%s: %s", label, all);
}

static void a_compilers_files_are_read_as_it_reads_them(void **state) {
    (void)state;
    struct error error;
    write_file("one", "a -- @two @absent @rpath/x 'b c");
    write_file("two", "d");
    assert_true(output_put("3", "a\0b", 3, &error));
    expect_command("nested, absent and open", "@one", "[a][--][d][@absent][@rpath/x][b c]");
    expect_command("absent", "@absent", "[@absent]");
    expect_command("a folder", "@.", "[@.]");
    expect_command("with a NUL", "@3", "[@3]");
}

static void a_compilers_file_that_names_itself_is_refused(void **state) {
    (void)state;
    struct string_list command = {0}, expanded;
    struct error error;
    write_file("self", "@self");
    *vector_push(&arena, &command) = "@self";
    assert_false(response_files_expand_command(&arena, &command, &expanded, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_string_equal(error.what, "response files are nested too deeply at '@self'");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_argument_that_names_no_file_stays),
        cmocka_unit_test(arguments_are_read_as_compilers_read_them),
        cmocka_unit_test(a_backslash_escapes_in_single_quotes_too),
        cmocka_unit_test(a_file_stands_where_it_is_named),
        cmocka_unit_test(files_may_be_nested_eight_deep),
        cmocka_unit_test(a_file_that_names_itself_is_refused),
        cmocka_unit_test(a_quote_left_open_is_refused),
        cmocka_unit_test(a_file_with_a_nul_is_refused),
        cmocka_unit_test(a_thousand_files_are_the_most),
        cmocka_unit_test(a_file_that_cannot_be_read_is_an_error_of_its_own),
        cmocka_unit_test(what_follows_two_dashes_stays),
        cmocka_unit_test(a_compilers_files_are_read_as_it_reads_them),
        cmocka_unit_test(a_compilers_file_that_names_itself_is_refused),
    };
    return cmocka_run_group_tests_name("response_file", tests, enter_folder, leave_folder);
}
