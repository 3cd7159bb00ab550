#include "base/file.h"
#include "base/link_command.h"
#include "base/output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena arena;
static char home[] = "/tmp/test_link_command.XXXXXX";

static const struct file_text {
    const char *path;
    const char *text;
} files[] = {
    {"plain", "-c a.c -o 'a b' -g"},          {"nested", "a.o @plain -lx"},
    {"for-linker", "-dead_strip -o linked"},  {"handed-on", "-Wl,@for-linker a.o"},
    {"split", "-Wl,-o\n-Xlinker\nsplit.out"}, {"self", "@self"},
};

enum { FILES = sizeof files / sizeof files[0] };

static int enter_folder(void **state) {
    (void)state;
    struct error error;
    if (mkdtemp(home) == NULL || chdir(home) != 0)
        return -1;
    for (size_t i = 0; i < FILES; i++)
        if (!output_put(files[i].path, files[i].text, strlen(files[i].text), &error))
            return -1;
    return 0;
}

static int leave_folder(void **state) {
    (void)state;
    for (size_t i = 0; i < FILES; i++)
        unlink(files[i].path);
    arena_free(&arena);
    return chdir("/") != 0 ? -1 : rmdir(home);
}

static struct string_list command_of(const char *const *arguments) {
    struct string_list command = {0};
    *vector_push(&arena, &command) = "clang";
    for (size_t i = 0; arguments[i] != NULL; i++)
        *vector_push(&arena, &command) = arguments[i];
    return command;
}

/* Arguments after "clang", and the output; NULL where they name none. The outputs are those that
 * clang-19 -### hands its linker. */
static const struct form {
    const char *arguments[8];
    const char *output;
} forms[] = {
    {{NULL}, NULL},
    {{"a.o", "-lx"}, NULL},
    {{"a.o", "-o", "out"}, "out"},
    {{"-oout", "a.o"}, "out"},
    {{"--output", "out"}, "out"},
    {{"--output=out"}, "out"},
    {{"-o", "one", "-otwo"}, "two"},
    {{"-o", "one", "--output=two", "-o", "three"}, "three"},
    {{"-o", "-o", "x"}, "-o"},
    {{"-o=x"}, "=x"},
    {{"a.o", "-o"}, NULL},
    {{"-o", "one", "-o"}, "one"},
    {{"--outputs", "x", "-output", "x"}, "utput"},
    /* For the linker after the driver. */
    {{"-Wl,-o,out"}, "out"},
    {{"-Wl,-dead_strip,-o,out,-map,m"}, "out"},
    {{"-Wl,-o", "-Wl,out"}, "out"},
    {{"-Xlinker", "-o", "-Xlinker", "out"}, "out"},
    {{"-Wl,-o", "-Xlinker", "out"}, "out"},
    {{"-Wl,-o,out", "-o", "driver"}, "out"},
    {{"-Wl,-o,one", "-Xlinker", "-o", "-Xlinker", "two"}, "two"},
    {{"-o", "driver", "-Wl,-order_file,-o"}, "driver"},
    {{"-Xlinker", "-oout"}, NULL},
    {{"-Wl,"}, NULL},
    {{"-Xlinker"}, NULL},
    /* Options that begin like one. */
    {{"-order_file", "syms", "-o", "out"}, "out"},
    {{"-o", "out", "-order_file", "syms"}, "out"},
    {{"-o", "out", "-object_path_lto", "x"}, "out"},
    {{"-o", "out", "-oso_prefix", "."}, "out"},
    {{"-o", "out", "-objc_stubs_fast"}, "out"},
    {{"-o", "out", "-objcmt-migrate-all"}, "out"},
    {{"-o", "out", "-object"}, "out"},
    {{"-o", "out", "-ObjC", "-O2"}, "out"},
    {{"-o", "out", "-objects.out"}, "bjects.out"},
    {{"-o", "out", "-output-file-map", "map.json"}, "out"},
    {{"-output-file-map", "map.json", "-o", "out"}, "out"},
    {{"-o", "out", "-output-file-map=map.json"}, "out"},
    {{"-output-file-map", "map.json"}, NULL},
    {{"-o", "out", "-output-filelist", "list"}, "out"},
    {{"-o", "out", "-odir", "objects"}, "out"},
    /* That no table knows. */
    {{"-o", "out", "-of-tomorrow", "x"}, "out"},
    {{"-old_style=x", "-o", "out"}, "out"},
    {{"--output=out", "-old_style"}, "out"},
    {{"-omy-program", "a.o"}, "my-program"},
    {{"-o=x", "-o", "out"}, "out"},
    /* For others than the linker. */
    {{"-Xclang", "-o", "-Xclang", "x", "a.o"}, NULL},
    {{"-o", "out", "-Xfrontend", "-ox"}, "out"},
    {{"-mllvm", "-other", "-o", "out"}, "out"},
    /* Names that begin with @. */
    {{"-install_name", "@rpath/libx.dylib", "-o", "@rpath/out"}, "@rpath/out"},
    {{"-Wl,-rpath,@loader_path/.", "-o", "out"}, "out"},
    /* Response files. */
    {{"@plain"}, "a b"},
    {{"@nested"}, "a b"},
    {{"-o", "before", "@plain"}, "a b"},
    {{"@plain", "-o", "after"}, "after"},
    {{"-Wl,@for-linker", "-o", "driver"}, "linked"},
    {{"-Xlinker", "@for-linker"}, "linked"},
    {{"@handed-on"}, "linked"},
    {{"@split"}, "split.out"},
    {{"@absent", "-o", "out"}, "out"},
    {{"-o", "@absent"}, "@absent"},
};

static void every_form_of_an_output_is_found(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct string_list command = command_of(forms[i].arguments);
        struct error error;
        const char *output;
        if (!link_command_output(&arena, &command, &output, &error))
            fail_msg("form %zu: %s", i, error.what);
        if ((output == NULL) != (forms[i].output == NULL) ||
            (output != NULL && strcmp(output, forms[i].output) != 0))
            fail_msg("form %zu: %s", i, output == NULL ? "none" : output);
    }
}

static void the_program_is_no_argument(void **state) {
    (void)state;
    struct string_list command = {0};
    struct error error;
    const char *output;
    *vector_push(&arena, &command) = "-oprogram";
    *vector_push(&arena, &command) = "a.o";
    assert_true(link_command_output(&arena, &command, &output, &error));
    assert_null(output);
}

static void a_response_file_that_names_itself_is_refused(void **state) {
    (void)state;
    static const char *const selves[][2] = {{"@self"}, {"-Wl,@self"}};
    for (size_t i = 0; i < 2; i++) {
        struct string_list command = command_of(selves[i]);
        struct error error;
        const char *output;
        assert_false(link_command_output(&arena, &command, &output, &error));
        assert_int_equal(error.kind, ERROR_USAGE);
        assert_string_equal(error.what, "response files are nested too deeply at '@self'");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_of_an_output_is_found),
        cmocka_unit_test(the_program_is_no_argument),
        cmocka_unit_test(a_response_file_that_names_itself_is_refused),
    };
    return cmocka_run_group_tests_name("link_command", tests, enter_folder, leave_folder);
}
