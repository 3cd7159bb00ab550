#include "macho/load_command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Load commands are little-endian, as are the machines that this runs on. */
static struct bytes bytes_of(const uint32_t *words, size_t size) {
    return (struct bytes){(const uint8_t *)words, size};
}

static struct load_command command_of(const uint32_t *words) {
    return (struct load_command){
        .index = 3, .number = words[0], .bytes = bytes_of(words, words[1])};
}

static const uint32_t list[] = {
    LC_UUID, 24, 1, 2, 3, 4, 0x99, 8, LC_RPATH, 16, 12, 'x', LC_SYMTAB, 24, 5, 6, 7, 8,
};

static const struct step {
    uint32_t number;
    size_t size;
    uint32_t first; /* word of its bytes in `list` */
} steps[] = {{LC_UUID, 24, 0}, {0x99, 8, 6}, {LC_RPATH, 16, 8}, {LC_SYMTAB, 24, 12}};

static void a_walk_steps_from_command_to_command(void **state) {
    (void)state;
    struct load_command_walk walk = {.list = bytes_of(list, sizeof list), .count = 4};
    struct load_command command;
    struct error error;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        assert_true(load_command_next(&walk, &command, &error));
        assert_int_equal(command.index, i);
        assert_int_equal(command.number, steps[i].number);
        assert_int_equal(command.bytes.size, steps[i].size);
        assert_ptr_equal(command.bytes.data, &list[steps[i].first]);
    }
    assert_false(load_command_next(&walk, &command, &error));
    assert_int_equal(error.kind, ERROR_NONE);
}

static void a_walk_ends_with_its_count_not_with_the_bytes(void **state) {
    (void)state;
    struct load_command_walk walk = {.list = bytes_of(list, sizeof list), .count = 2};
    struct load_command command;
    struct error error;
    assert_true(load_command_next(&walk, &command, &error));
    assert_true(load_command_next(&walk, &command, &error));
    assert_false(load_command_next(&walk, &command, &error));
    assert_int_equal(error.kind, ERROR_NONE);
}

static void no_commands_are_a_good_list(void **state) {
    (void)state;
    struct load_command_walk walk = {.list = bytes_of(list, 0)};
    struct load_command command;
    struct error error;
    assert_false(load_command_next(&walk, &command, &error));
    assert_int_equal(error.kind, ERROR_NONE);
}

/* A command alone, of a size that its number allows or not. */
static const struct size {
    uint32_t number;
    uint32_t size;
    bool good;
} sizes[] = {
    {0x99, 7, false},
    {0x99, 8, true},
    {0x99, 64, true},
    {LC_SYMTAB, 23, false},
    {LC_SYMTAB, 24, true},
    {LC_SYMTAB, 32, false},
    {LC_DYSYMTAB, 80, true},
    {LC_DYSYMTAB, 88, false},
    {LC_UUID, 24, true},
    {LC_UUID, 16, false},
    {LC_SEGMENT_64, 71, false},
    {LC_SEGMENT_64, 72, true},
    {LC_SEGMENT_64, 152, true},
    {LC_LOAD_DYLIB, 23, false},
    {LC_LOAD_DYLIB, 24, true},
    {LC_LOAD_DYLIB, 56, true},
    {LC_RPATH, 11, false},
    {LC_RPATH, 12, true},
    {LC_DYLD_INFO, 48, true},
    {LC_DYLD_INFO_ONLY, 56, false},
    {LC_CODE_SIGNATURE, 16, true},
    {LC_CODE_SIGNATURE, 24, false},
    {LC_MAIN, 24, true},
    {LC_MAIN, 32, false},
    {LC_BUILD_VERSION, 24, true},
    {LC_BUILD_VERSION, 32, true},
};

static void a_command_has_the_size_of_its_fields(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint32_t words[64] = {sizes[i].number, sizes[i].size};
        struct load_command_walk walk = {.list = bytes_of(words, sizeof words), .count = 1};
        struct load_command command;
        struct error error;
        if (load_command_next(&walk, &command, &error) != sizes[i].good)
            fail_msg("0x%x of %u bytes: %s", sizes[i].number, sizes[i].size, error.what);
    }
}

static void a_command_may_end_with_the_list_but_not_past_it(void **state) {
    (void)state;
    for (size_t size = 0; size <= 16; size++) {
        const uint32_t words[4] = {0x99, 16};
        struct load_command_walk walk = {.list = bytes_of(words, size), .count = 1};
        struct load_command command;
        struct error error;
        assert_int_equal(load_command_next(&walk, &command, &error), size == 16);
        assert_int_equal(error.kind, size == 16 ? ERROR_NONE : ERROR_MALFORMED);
    }
}

static const struct name {
    uint32_t number;
    const char *name;
} names[] = {
    {0x2, "LC_SYMTAB"},
    {0xb, "LC_DYSYMTAB"},
    {0xc, "LC_LOAD_DYLIB"},
    {0xd, "LC_ID_DYLIB"},
    {0x19, "LC_SEGMENT_64"},
    {0x1b, "LC_UUID"},
    {0x1d, "LC_CODE_SIGNATURE"},
    {0x20, "LC_LAZY_LOAD_DYLIB"},
    {0x22, "LC_DYLD_INFO"},
    {0x26, "LC_FUNCTION_STARTS"},
    {0x29, "LC_DATA_IN_CODE"},
    {0x32, "LC_BUILD_VERSION"},
    {0x80000018, "LC_LOAD_WEAK_DYLIB"},
    {0x8000001c, "LC_RPATH"},
    {0x8000001f, "LC_REEXPORT_DYLIB"},
    {0x80000022, "LC_DYLD_INFO_ONLY"},
    {0x80000023, "LC_LOAD_UPWARD_DYLIB"},
    {0x80000028, "LC_MAIN"},
    {0x80000033, "LC_DYLD_EXPORTS_TRIE"},
    {0x80000034, "LC_DYLD_CHAINED_FIXUPS"},
};

static void a_command_has_the_name_of_loader_h(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char buffer[16];
        assert_string_equal(load_command_name(names[i].number, buffer), names[i].name);
        assert_int_equal(load_command_number_of(names[i].name), names[i].number);
        assert_true(load_command_known(names[i].number));
    }
}

static void a_command_without_a_name_shows_its_number(void **state) {
    (void)state;
    char buffer[16];
    assert_string_equal(load_command_name(0x99, buffer), "0x99");
    assert_string_equal(load_command_name(0xffffffff, buffer), "0xffffffff");
    assert_int_equal(load_command_number_of("LC_NOTHING"), 0);
    assert_int_equal(load_command_number_of("0x99"), 0);
    assert_false(load_command_known(0x99));
    assert_false(load_command_known(0x80000099));
}

static void what_a_command_places_is_known(void **state) {
    static const struct {
        uint32_t number;
        uint32_t body[2];
        bool known;
    } rows[] = {{LC_SYMTAB, {1, 2}, true},
                {LC_IDENT, {0x61626364, 0}, true},
                {LC_TARGET_TRIPLE, {12, 0}, true},
                {0xa, {0, 0}, true}, /* LC_PREPAGE */
                {0xa, {0x4000, 0}, false},
                {0x77, {0, 0}, true},
                {0x77, {0, 1}, false},
                {0x16, {0x4000, 8}, false}}; /* hints */
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const uint32_t words[] = {rows[i].number, 16, rows[i].body[0], rows[i].body[1]};
        struct load_command command = {.number = rows[i].number,
                                       .bytes = {(const uint8_t *)words, sizeof words}};
        if (load_command_places_known(&command) != rows[i].known)
            fail_msg("row %zu", i);
    }
}

static void an_error_names_the_command_and_its_field(void **state) {
    (void)state;
    static const uint32_t symtab[] = {LC_SYMTAB, 24, 0, 0, 0, 0}, unknown[] = {0x99, 8};
    struct load_command command = command_of(symtab);
    struct error error;
    assert_false(load_command_error(&error, &command, "symoff", "0x%x is %s", 16, "wrong"));
    assert_int_equal(error.kind, ERROR_MALFORMED);
    assert_string_equal(error.field, "load command 3 (LC_SYMTAB) symoff");
    assert_string_equal(error.what, "0x10 is wrong");
    command = command_of(unknown);
    load_command_error(&error, &command, "cmdsize", "wrong");
    assert_string_equal(error.field, "load command 3 (0x99) cmdsize");
}

/* The string of an LC_RPATH of 24 bytes, whose fields take 12 and whose text is these 12. */
static const struct string {
    const char *label;
    uint32_t offset;
    char text[12];
    const char *string; /* NULL: refused */
} strings[] = {
    {"after the fields", 12, "path", "path"},
    {"empty", 12, "", ""},
    {"after other bytes", 16, "xxxxpath", "path"},
    {"ends with the command",
     12,
     {'e', 'l', 'e', 'v', 'e', 'n', ' ', 'l', 'o', 'n', 'g', 0},
     "eleven long"},
    {"in the last byte", 23, "", ""},
    {"in the fields", 11, "path", NULL},
    {"past the command", 24, "path", NULL},
    {"far past the command", 0xffffffff, "path", NULL},
    {"without an end", 12, {'t', 'w', 'e', 'l', 'v', 'e', ' ', 'c', 'h', 'a', 'r', 's'}, NULL},
};

static void a_string_ends_inside_its_command(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
        uint32_t words[7] = {LC_RPATH, 24, strings[i].offset};
        const char *string = NULL;
        struct error error = {0};
        memcpy(&words[3], strings[i].text, sizeof strings[i].text);
        struct load_command command = command_of(words);
        bool good = load_command_string(&command, 8, 12, "path", &string, &error);
        if (good != (strings[i].string != NULL))
            fail_msg("%s: %s", strings[i].label, good ? string : error.what);
        if (good)
            assert_string_equal(string, strings[i].string);
        else
            assert_string_equal(error.field, "load command 3 (LC_RPATH) path");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_walk_steps_from_command_to_command),
        cmocka_unit_test(a_walk_ends_with_its_count_not_with_the_bytes),
        cmocka_unit_test(no_commands_are_a_good_list),
        cmocka_unit_test(a_command_has_the_size_of_its_fields),
        cmocka_unit_test(a_command_may_end_with_the_list_but_not_past_it),
        cmocka_unit_test(a_command_has_the_name_of_loader_h),
        cmocka_unit_test(a_command_without_a_name_shows_its_number),
        cmocka_unit_test(what_a_command_places_is_known),
        cmocka_unit_test(an_error_names_the_command_and_its_field),
        cmocka_unit_test(a_string_ends_inside_its_command),
    };
    return cmocka_run_group_tests_name("load_command", tests, NULL, NULL);
}
