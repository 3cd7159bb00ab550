#include "macho/dylib_use.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* What stands where a dylib_command has its timestamp. */
#define MARKER 0x1a741800

/* A command of 48 bytes: number, size, where the name begins, timestamp or marker, two versions,
 * flags of the newer form. The name stands at byte 24 or 28; either way it is "@rpath/libx". */
struct words {
    uint32_t number;
    uint32_t size;
    uint32_t name_offset;
    uint32_t marker;
    uint32_t versions[2];
    uint32_t flags;
    char name[20];
};

static struct words words_of(uint32_t number, uint32_t marker, uint32_t flags) {
    struct words words = {.number = number,
                          .size = sizeof words,
                          .name_offset = 28,
                          .marker = marker,
                          .flags = flags};
    strcpy(words.name, "@rpath/libx");
    return words;
}

static struct load_command command_of(const struct words *words) {
    return (struct load_command){
        .index = 5, .number = words->number, .bytes = {(const uint8_t *)words, words->size}};
}

static void expect_use(const char *label, const struct dylib_use *use, const char *expected) {
    char actual[80] = "";
    strcat(actual, use->weak ? " weak" : "");
    strcat(actual, use->reexport ? " reexport" : "");
    strcat(actual, use->upward ? " upward" : "");
    strcat(actual, use->delayed ? " delayed" : "");
    if (strcmp(actual, expected) != 0)
        fail_msg("%s:%s, not%s", label, actual, expected);
}

static const struct row {
    const char *label;
    uint32_t number;
    uint32_t marker;
    uint32_t flags; /* 1 weak, 2 re-export, 4 upward, 8 delayed */
    const char *expected;
} rows[] = {
    {"plain", LC_LOAD_DYLIB, 2, 0, ""},
    {"weak", LC_LOAD_WEAK_DYLIB, 2, 0, " weak"},
    {"re-exported", LC_REEXPORT_DYLIB, 2, 0, " reexport"},
    {"upward", LC_LOAD_UPWARD_DYLIB, 2, 0, " upward"},
    {"lazy", LC_LAZY_LOAD_DYLIB, 2, 0, ""},
    {"a timestamp of 0", LC_LOAD_DYLIB, 0, 0xf, ""},
    {"flags without the marker", LC_LOAD_DYLIB, 2, 0xf, ""},
    {"almost the marker", LC_LOAD_DYLIB, MARKER + 1, 0xf, ""},
    {"newer form, no flag", LC_LOAD_DYLIB, MARKER, 0, ""},
    {"newer form, weak", LC_LOAD_DYLIB, MARKER, 1, " weak"},
    {"newer form, re-exported", LC_LOAD_DYLIB, MARKER, 2, " reexport"},
    {"newer form, upward", LC_LOAD_DYLIB, MARKER, 4, " upward"},
    {"newer form, delayed", LC_LOAD_DYLIB, MARKER, 8, " delayed"},
    {"newer form, weak and delayed", LC_LOAD_DYLIB, MARKER, 9, " weak delayed"},
    {"newer form, all but re-exported", LC_LOAD_DYLIB, MARKER, 0xd, " weak upward delayed"},
    {"re-exported is neither weak nor delayed", LC_LOAD_DYLIB, MARKER, 0xf, " reexport upward"},
    {"the flags say it, not the number", LC_LOAD_WEAK_DYLIB, MARKER, 4, " upward"},
    {"unknown flags", LC_LOAD_DYLIB, MARKER, 0xf0, ""},
};

static void a_use_says_how_its_dylib_is_loaded(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct words words = words_of(rows[i].number, rows[i].marker, rows[i].flags);
        struct load_command command = command_of(&words);
        struct dylib_use use;
        struct error error;
        assert_true(dylib_use_parse(&command, &use, &error));
        expect_use(rows[i].label, &use, rows[i].expected);
        assert_string_equal(use.name, "@rpath/libx");
        assert_int_equal(use.command_number, rows[i].number);
        assert_int_equal(use.command, 5);
    }
}

static void a_name_that_begins_elsewhere_is_not_of_the_newer_form(void **state) {
    (void)state;
    struct words words = words_of(LC_LOAD_WEAK_DYLIB, MARKER, 0);
    struct dylib_use use;
    struct error error;
    words.name_offset = 35;
    struct load_command command = command_of(&words);
    assert_true(dylib_use_parse(&command, &use, &error));
    assert_string_equal(use.name, "libx");
    expect_use("name at 35", &use, " weak");
    /* The name of the older form takes the place of the flags. */
    words.name_offset = 24;
    memcpy(&words.flags, "liby", 4);
    assert_true(dylib_use_parse(&command, &use, &error));
    assert_string_equal(use.name, "liby@rpath/libx");
    expect_use("name at 24", &use, " weak");
}

static const struct kind {
    uint32_t number;
    bool is_use;
} kinds[] = {
    {0xc, true},  {0x80000018, true},  {0x8000001f, true}, {0x80000023, true},
    {0x20, true}, {0x18, false},       {0x1f, false},      {0xd, false},
    {0xe, false}, {0x8000001c, false}, {0x19, false},      {0, false},
};

static void five_commands_load_dylibs(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (dylib_use_is(kinds[i].number) != kinds[i].is_use)
            fail_msg("0x%x", kinds[i].number);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_use_says_how_its_dylib_is_loaded),
        cmocka_unit_test(a_name_that_begins_elsewhere_is_not_of_the_newer_form),
        cmocka_unit_test(five_commands_load_dylibs),
    };
    return cmocka_run_group_tests_name("dylib_use", tests, NULL, NULL);
}
