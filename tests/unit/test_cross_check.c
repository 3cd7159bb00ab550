#include "base/subprocess.h"
#include "verify/compare_summaries.h"
#include "verify/slice_summary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A slice with 25 symbols, of which the last has this value. */
static json_t *slice(uint64_t last_value) {
    static const uint8_t command[24] = {2};
    static const struct summary_header header = {0x100000c, 0, 2, 1, 24, 0x85};
    static const struct summary_segment segment = {"__TEXT", 1, 2, 3, 4, 5, 6, 7, 8};
    static const struct summary_section sections[] = {{"__text", 1, 2, 3, 4, 0, {5, 6, 7}},
                                                      {"__bss", 1, 2, 3, 4, 1, {5, 6, 7}}};
    struct slice_summary summary;
    summary_begin(&summary, &header);
    summary_command(&summary, 2, sizeof command, 32, (struct bytes){command, sizeof command});
    summary_segment(&summary, &segment);
    summary_section(&summary, &sections[0]);
    summary_section(&summary, &sections[1]);
    for (uint64_t i = 0; i < 25; i++) {
        const struct summary_symbol symbol = {"_f", 0xf, 1, 0x100, i < 24 ? i : last_value};
        summary_symbol(&summary, &symbol);
    }
    return summary_end(&summary);
}

/* What is found when LIEF's summary is `lief`, one line a finding. */
static void assert_found(json_t *lief, const char *expected) {
    struct errors errors = {0};
    struct text text = {0};
    json_t *vafit = slice(24);
    text_add(&text, "");
    compare_summaries(vafit, lief, "arm64 slice: ", &errors);
    for (size_t i = 0; i < errors.count; i++) {
        assert_int_equal(errors.items[i].kind, ERROR_MALFORMED);
        text_addf(&text, "%s: %s\n", errors.items[i].field, errors.items[i].what);
    }
    assert_string_equal(text.data, expected);
    text_free(&text);
    errors_free(&errors);
    json_decref(vafit);
    json_decref(lief);
}

static void test_same(void **state) {
    (void)state;
    assert_found(slice(24), "");
}

static void test_not_a_slice(void **state) {
    (void)state;
    const char *nothing = "arm64 slice: mach_header cpu_type: LIEF reads nothing, vafit 0x100000c\n"
                          "arm64 slice: load commands: LIEF reads 0, vafit 1\n"
                          "arm64 slice: segments: LIEF reads 0, vafit 1\n"
                          "arm64 slice: sections: LIEF reads 0, vafit 2\n"
                          "arm64 slice: symbols: LIEF reads 0, vafit 20\n"
                          "arm64 slice: symbol table count: LIEF reads nothing, vafit 0x19\n";
    assert_found(NULL, nothing);
    assert_found(json_integer(7), nothing);
    assert_found(json_object(), nothing);
}

/* One member of one item changed. */
static void test_members(void **state) {
    (void)state;
    static const struct {
        const char *list;
        size_t item;
        const char *member;
        const char *found;
    } rows[] = {
        {"commands", 0, "offset", "load command 0 (LC_SYMTAB) offset: LIEF reads 0x63, vafit 0x20"},
        {"segments", 0, "vmaddr", "segment 0 (__TEXT) vmaddr: LIEF reads 0x63, vafit 0x1"},
        {"segments", 0, "name", "segment 0 (__TEXT) name: LIEF reads 0x63, vafit '__TEXT'"},
        {"sections", 0, "size", "section 0 (__text) size: LIEF reads 0x63, vafit 0x2"},
        {"sections", 1, "reserved3", "section 1 (__bss) reserved3: LIEF reads 0x63, vafit 0x7"},
        {"symbols", 19, "desc", "symbol 19 (_f) desc: LIEF reads 0x63, vafit 0x100"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text expected = {0};
        json_t *lief = slice(24), *list = json_object_get(lief, rows[i].list);
        json_object_set_new(json_array_get(list, rows[i].item), rows[i].member, json_integer(0x63));
        text_addf(&expected, "arm64 slice: %s\n", rows[i].found);
        assert_found(lief, expected.data);
        text_free(&expected);
    }
}

/* Of a list only the first item that differs is told. */
static void test_first_of_a_list(void **state) {
    (void)state;
    json_t *lief = slice(24), *symbols = json_object_get(lief, "symbols");
    json_object_set_new(json_array_get(symbols, 3), "desc", json_integer(0x63));
    json_object_set_new(json_array_get(symbols, 5), "desc", json_integer(0x63));
    assert_found(lief, "arm64 slice: symbol 3 (_f) desc: LIEF reads 0x63, vafit 0x100\n");
}

/* LIEF of some versions gives it as 0. */
static void test_size_of_what_is_not_in_the_file(void **state) {
    (void)state;
    json_t *lief = slice(24);
    json_t *section = json_array_get(json_object_get(lief, "sections"), 1);
    assert_null(json_object_get(section, "size"));
    json_object_set_new(section, "size", json_integer(0));
    assert_found(lief, "");
}

/* A symbol past those that are listed shows in the fingerprint. */
static void test_last_symbol(void **state) {
    (void)state;
    struct errors errors = {0};
    json_t *vafit = slice(24), *lief = slice(UINT64_MAX);
    compare_summaries(vafit, lief, "", &errors);
    assert_int_equal(errors.count, 1);
    assert_string_equal(errors.items[0].field, "symbol table fingerprint");
    errors_free(&errors);
    json_decref(vafit);
    json_decref(lief);
}

static void test_companion_is_found(void **state) {
    (void)state;
    struct arena arena = {0};
    unsetenv("VAFIT_TEST");
    setenv("PATH", ":/nonexistent:/bin", 1);
    assert_string_equal(subprocess_find(&arena, "sh", "VAFIT_TEST"), "/bin/sh");
    assert_null(subprocess_find(&arena, "no such program", "VAFIT_TEST"));
    setenv("VAFIT_TEST", "/bin/cat", 1);
    assert_string_equal(subprocess_find(&arena, "sh", "VAFIT_TEST"), "/bin/cat");
    setenv("VAFIT_TEST", "/etc/passwd", 1);
    assert_null(subprocess_find(&arena, "sh", "VAFIT_TEST"));
    setenv("VAFIT_TEST", "", 1);
    assert_string_equal(subprocess_find(&arena, "sh", "VAFIT_TEST"), "/bin/sh");
    arena_free(&arena);
}

static void test_companion_runs(void **state) {
    (void)state;
    static const struct subprocess_limits limits = {1, UINT64_C(1) << 30, 16};
    static const struct {
        const char *program;
        const char *argument;
        const char *result; /* its output or its error */
    } rows[] = {
        {"/bin/echo", "hello", "hello\n"},
        {"/bin/echo", "0123456789abcdef", "printed more than 16 bytes"},
        {"/bin/cat", "-", ""},
        {"/bin/cat", "/nonexistent", "ended with exit status 1"},
        {"/nonexistent", "", "ended with exit status 127"},
        {"/bin/sleep", "60", "took longer than 1 seconds"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text output = {0};
        struct error error;
        text_add(&output, "");
        bool good = subprocess_output(rows[i].program, rows[i].argument, &limits, &output, &error);
        assert_string_equal(good ? output.data : error.what, rows[i].result);
        assert_true(good || error.kind == ERROR_IO);
        text_free(&output);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_not_a_slice),
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_first_of_a_list),
        cmocka_unit_test(test_size_of_what_is_not_in_the_file),
        cmocka_unit_test(test_last_symbol),
        cmocka_unit_test(test_companion_is_found),
        cmocka_unit_test(test_companion_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
