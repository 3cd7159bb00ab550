#include "macho/dyld_info.h"

#include "fixups.h"

#include <stdlib.h>

/* Opcodes are spelt as the numbers they are: 0x22 is "set segment 2 and an offset" and so on;
 * <mach-o/loader.h> has them. The image: fixups.h. Segment 1 is __DATA. */

/* Walks a program of opcodes and says what it found, "; " between, then "! FIELD: WHAT" of an
 * error. The opcodes stand at the end of memory of their own, so that reading on is seen. */
static void run(const struct fixture *fixture, const char *part, const char *opcodes, size_t size,
                struct text *text) {
    struct fixup fixup;
    struct error error;
    uint8_t *copy = malloc(size == 0 ? 1 : size);
    assert_non_null(copy);
    memcpy(copy, opcodes, size);
    struct dyld_info_walk walk = dyld_info_walk(
        opcode_program_named(part), (struct bytes){copy, size}, &fixture->image, slice_of(fixture));
    while (dyld_info_next(&walk, &fixup, &error)) {
        if (text->size > 2000)
            continue;
        text_addf(text, text->size == 0 ? "" : "; ");
        if (fixup.kind != FIXUP_STRONG)
            text_addf(text, "+0x%x ", (unsigned)(fixup.address - DATA));
        fixup_describe(&fixup, text);
    }
    if (error.kind != ERROR_NONE)
        text_addf(text, "%s! %s: %s", text->size == 0 ? "" : " ", error.field, error.what);
    free(copy);
}

struct row {
    const char *part;
    const char *opcodes;
    size_t size;
    const char *text;
};

/* Without the NUL that ends the string. */
#define OPCODES(string) string, sizeof string - 1

static void check(const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct fixture fixture;
        struct text text = {0};
        fixture_make(&fixture);
        for (size_t at = 0; at < DATA_SIZE; at += 8)
            put(fixture.slice, DATA_OFFSET + at, 8, BASE + at);
        run(&fixture, rows[i].part, rows[i].opcodes, rows[i].size, &text);
        assert_string_equal(text.data == NULL ? "" : text.data, rows[i].text);
        text_free(&text);
    }
}

static void rebases(void **state) {
    static const char part[] = "rebase opcodes";
    static const struct row rows[] = {
        {part, OPCODES(""), ""},
        {part, OPCODES("\x00"), ""},
        {part, OPCODES("\x11\x21\x08\x51\x00"), "+0x8 points to 0x100000008"},
        {part, OPCODES("\x11\x21\x00\x52"),
         "+0x0 points to 0x100000000; +0x8 points to 0x100000008"},
        {part, OPCODES("\x11\x21\x80\x01\x60\x02\x00"),
         "+0x80 points to 0x100000080; +0x88 points to 0x100000088"},
        {part, OPCODES("\x11\x21\x00\x70\x10\x51"),
         "+0x0 points to 0x100000000; +0x18 points to 0x100000018"},
        {part, OPCODES("\x11\x21\x00\x80\x02\x08\x51"),
         "+0x0 points to 0x100000000; +0x10 points to 0x100000010; +0x20 points to 0x100000020"},
        {part, OPCODES("\x11\x21\x00\x30\x08\x51\x42\x51"),
         "+0x8 points to 0x100000008; +0x20 points to 0x100000020"},
        /* A sum that wraps round is a step back. */
        {part, OPCODES("\x11\x21\x10\x51\x30\xf0\xff\xff\xff\xff\xff\xff\xff\xff\x01\x51"),
         "+0x10 points to 0x100000010; +0x8 points to 0x100000008"},
        /* No count, no fixup: nothing has to be set. */
        {part, OPCODES("\x50"), ""},
        {part, OPCODES("\x60\x00"), ""},
        /* The last pointer of the file. */
        {part, OPCODES("\x11\x21\xf8\x03\x51"), "+0x1f8 points to 0x1000001f8"},
        /* As much padding as dyld allows. */
        {part, OPCODES("\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"), ""},
    };
    (void)state;
    check(rows, sizeof rows / sizeof rows[0]);
}

static void binds(void **state) {
    static const char part[] = "bind opcodes";
    static const struct row rows[] = {
        {part, OPCODES("\x11\x40_a\0\x51\x71\x08\x90\x00"), "+0x8 binds _a of ordinal 1"},
        {part, OPCODES("\x20\x02\x41_a\0\x51\x71\x08\x90"),
         "+0x8 binds _a of ordinal 2, which may be missing"},
        {part, OPCODES("\x30\x40_a\0\x51\x71\x00\x90"), "+0x0 binds _a of ordinal 0 (this image)"},
        {part, OPCODES("\x3f\x40_a\0\x51\x71\x00\x90\x3e\x90\x3d\x90"),
         "+0x0 binds _a of ordinal -1 (the executable); +0x8 binds _a of ordinal -2 (flat lookup); "
         "+0x10 binds _a of ordinal -3 (weak lookup)"},
        {part, OPCODES("\x11\x40_a\0\x51\x71\x00\x60\x70\x90\x60\x10\x90"),
         "+0x0 binds _a - 0x10 of ordinal 1; +0x8 binds _a + 0x10 of ordinal 1"},
        {part, OPCODES("\x11\x40_a\0\x51\x71\x00\xa0\x08\x40_b\0\xb2\x90"),
         "+0x0 binds _a of ordinal 1; +0x10 binds _b of ordinal 1; +0x28 binds _b of ordinal 1"},
        {part, OPCODES("\x11\x40_a\0\x51\x71\x00\xc0\x02\x18\x80\x08\x90"),
         "+0x0 binds _a of ordinal 1; +0x20 binds _a of ordinal 1; +0x48 binds _a of ordinal 1"},
        /* The end is the end, whatever is after it. */
        {part, OPCODES("\x00\xff\xff"), ""},
        /* That a definition is strong matters to weak binds alone. */
        {part, OPCODES("\x48_a\0"), ""},
    };
    (void)state;
    check(rows, sizeof rows / sizeof rows[0]);
}

static void weak_and_lazy_binds(void **state) {
    static const char weak[] = "weak bind opcodes", lazy[] = "lazy bind opcodes";
    static const struct row rows[] = {
        {weak, OPCODES("\x40_a\0\x71\x08\x90\x60\x04\x90\x00"),
         "+0x8 binds _a to the definition that all images share; "
         "+0x10 binds _a + 0x4 to the definition that all images share"},
        {weak, OPCODES("\x48_a\0\x40_b\0\x71\x00\x90\x48_c\0"),
         "a strong definition of _a; +0x0 binds _b to the definition that all images share; "
         "a strong definition of _c"},
        {weak, OPCODES("\x40_a\0\x11\x71\x08\x90"),
         "! weak bind opcodes byte 0x4 (BIND_OPCODE_SET_DYLIB_ORDINAL_IMM): weak binds are of no "
         "dylib of their own"},
        {weak, OPCODES("\x40_a\0\x3e\x71\x08\x90"),
         "! weak bind opcodes byte 0x4 (BIND_OPCODE_SET_DYLIB_SPECIAL_IMM): weak binds are of no "
         "dylib of their own"},
        {lazy, OPCODES("\x71\x00\x11\x40_a\0\x90\x00\x71\x08\x12\x41_b\0\x90\x00\x00"),
         "+0x0 lazily binds _a of ordinal 1 by the opcodes at byte 0x0; "
         "+0x8 lazily binds _b of ordinal 2, which may be missing by the opcodes at byte 0x9"},
    };
    (void)state;
    check(rows, sizeof rows / sizeof rows[0]);
}

static const struct row refused[] = {
    {"rebase opcodes", OPCODES("\x90"), "! rebase opcodes byte 0x0: opcode 0x90 is unknown"},
    {"rebase opcodes", OPCODES("\x11\xf3"), "! rebase opcodes byte 0x1: opcode 0xf3 is unknown"},
    {"bind opcodes", OPCODES("\xe0"), "! bind opcodes byte 0x0: opcode 0xe0 is unknown"},
    {"bind opcodes", OPCODES("\xd1"),
     "! bind opcodes byte 0x0 (BIND_OPCODE_THREADED): old arm64e binds are not read"},
    {"rebase opcodes", OPCODES("\x11\x51"),
     "! rebase opcodes byte 0x1 (REBASE_OPCODE_DO_REBASE_IMM_TIMES): no segment and offset were "
     "set before it"},
    {"rebase opcodes", OPCODES("\x11\x23\x00"),
     "! rebase opcodes byte 0x1 (REBASE_OPCODE_SET_SEGMENT_AND_OFFSET_ULEB): segment 3, but the "
     "image has 3"},
    {"rebase opcodes", OPCODES("\x11\x20\x00\x51"),
     "! rebase opcodes byte 0x3 (REBASE_OPCODE_DO_REBASE_IMM_TIMES): __TEXT cannot be written"},
    {"rebase opcodes", OPCODES("\x11\x22\x00\x51"),
     "! rebase opcodes byte 0x3 (REBASE_OPCODE_DO_REBASE_IMM_TIMES): offset 0x0 lies past what "
     "the file holds of __LINKEDIT, 0x0 bytes"},
    {"rebase opcodes", OPCODES("\x11\x21\xf9\x03\x51"),
     "! rebase opcodes byte 0x4 (REBASE_OPCODE_DO_REBASE_IMM_TIMES): offset 0x1f9 lies past "
     "what the file holds of __DATA, 0x200 bytes"},
    {"rebase opcodes", OPCODES("\x11\x21\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x51"),
     "! rebase opcodes byte 0xc (REBASE_OPCODE_DO_REBASE_IMM_TIMES): offset 0xffffffffffffffff "
     "lies past what the file holds of __DATA, 0x200 bytes"},
    {"rebase opcodes", OPCODES("\x21\x00\x51"),
     "! rebase opcodes byte 0x2 (REBASE_OPCODE_DO_REBASE_IMM_TIMES): type 0 is none of "
     "pointers"},
    {"rebase opcodes", OPCODES("\x12\x21\x00\x51"),
     "! rebase opcodes byte 0x3 (REBASE_OPCODE_DO_REBASE_IMM_TIMES): type 2 is none of "
     "pointers"},
    {"rebase opcodes",
     OPCODES("\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"),
     "! rebase opcodes byte 0x0 (REBASE_OPCODE_DONE): ends the opcodes 16 bytes before their "
     "end"},
    {"rebase opcodes", OPCODES("\x21"),
     "! rebase opcodes byte 0x0 (REBASE_OPCODE_SET_SEGMENT_AND_OFFSET_ULEB): a number that does "
     "not end or does not fit in 64 bits"},
    {"rebase opcodes", OPCODES("\x30\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"),
     "! rebase opcodes byte 0x0 (REBASE_OPCODE_ADD_ADDR_ULEB): a number that does not end or "
     "does not fit in 64 bits"},
    {"rebase opcodes", OPCODES("\x80\x01\x80"),
     "! rebase opcodes byte 0x0 (REBASE_OPCODE_DO_REBASE_ULEB_TIMES_SKIPPING_ULEB): a number "
     "that does not end or does not fit in 64 bits"},
    {"bind opcodes", OPCODES("\x60\x80"),
     "! bind opcodes byte 0x0 (BIND_OPCODE_SET_ADDEND_SLEB): a number that does not end or does "
     "not fit in 64 bits"},
    {"bind opcodes", OPCODES("\x40_a"),
     "! bind opcodes byte 0x0 (BIND_OPCODE_SET_SYMBOL_TRAILING_FLAGS_IMM): the symbol's name "
     "does not end inside the opcodes"},
    {"bind opcodes", OPCODES("\x40"),
     "! bind opcodes byte 0x0 (BIND_OPCODE_SET_SYMBOL_TRAILING_FLAGS_IMM): the symbol's name "
     "does not end inside the opcodes"},
    {"bind opcodes", OPCODES("\x11\x51\x71\x00\x90"),
     "! bind opcodes byte 0x4 (BIND_OPCODE_DO_BIND): no symbol was set before it"},
    {"bind opcodes", OPCODES("\x40_a\0\x51\x71\x00\x90"),
     "! bind opcodes byte 0x7 (BIND_OPCODE_DO_BIND): no ordinal was set before it"},
    {"bind opcodes", OPCODES("\x13\x40_a\0\x51\x71\x00\x90"),
     "! bind opcodes byte 0x8 (BIND_OPCODE_DO_BIND): ordinal 3, but the image loads 2 dylibs"},
    {"bind opcodes", OPCODES("\x3c\x40_a\0\x51\x71\x00\x90"),
     "! bind opcodes byte 0x8 (BIND_OPCODE_DO_BIND): ordinal -4, but the image loads 2 dylibs"},
    {"bind opcodes",
     OPCODES("\x20\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x40_a\0\x51\x71\x00\x90"),
     "! bind opcodes byte 0x12 (BIND_OPCODE_DO_BIND): ordinal 2147483647, but the image loads 2 "
     "dylibs"},
    {"bind opcodes", OPCODES("\x11\x40_a\0\x71\x00\x90"),
     "! bind opcodes byte 0x7 (BIND_OPCODE_DO_BIND): type 0 is none of pointers"},
    /* What comes before the error is handed out. */
    {"rebase opcodes", OPCODES("\x11\x21\xf0\x03\x53"),
     "+0x1f0 points to 0x1000001f0; +0x1f8 points to 0x1000001f8 ! rebase opcodes byte 0x4 "
     "(REBASE_OPCODE_DO_REBASE_IMM_TIMES): offset 0x200 lies past what the file holds of "
     "__DATA, 0x200 bytes"},
};

static void what_dyld_refuses(void **state) {
    (void)state;
    check(refused, sizeof refused / sizeof refused[0]);
}

/* 2^60 fixups of the same pointer, or back and forth: there are 0x300 / 8 = 96 pointers in all. */
static void counts_without_end(void **state) {
    static const struct row rows[] = {
        {"rebase opcodes", OPCODES("\x11\x21\x00\x60\x80\x80\x80\x80\x80\x80\x80\x80\x10"),
         "! rebase opcodes byte 0x3 (REBASE_OPCODE_DO_REBASE_ULEB_TIMES): offset 0x200 lies past "
         "what the file holds of __DATA, 0x200 bytes"},
        {"rebase opcodes",
         OPCODES("\x11\x21\x00\x80\x80\x80\x80\x80\x80\x80\x80\x80\x10"
                 "\xf8\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
         "! rebase opcodes byte 0x3 (REBASE_OPCODE_DO_REBASE_ULEB_TIMES_SKIPPING_ULEB): more "
         "fixups than the segments hold pointers"},
        {"bind opcodes",
         OPCODES("\x11\x40_a\0\x51\x71\x00\xc0\x80\x80\x80\x80\x80\x80\x80\x80\x10"
                 "\xf8\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
         "! bind opcodes byte 0x8 (BIND_OPCODE_DO_BIND_ULEB_TIMES_SKIPPING_ULEB): more fixups than "
         "the segments hold pointers"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fixture fixture;
        struct text text = {0};
        fixture_make(&fixture);
        run(&fixture, rows[i].part, rows[i].opcodes, rows[i].size, &text);
        assert_string_equal(strchr(text.data, '!'), rows[i].text);
        text_free(&text);
    }
}

static void as_many_fixups_as_pointers(void **state) {
    struct fixture fixture;
    struct text text = {0};
    (void)state;
    fixture_make(&fixture);
    run(&fixture, "rebase opcodes", OPCODES("\x11\x21\x00\x60\x40\x21\x00\x60\x20"), &text);
    assert_null(strchr(text.data, '!'));
    text_free(&text);
    run(&fixture, "rebase opcodes", OPCODES("\x11\x21\x00\x60\x40\x21\x00\x60\x21"), &text);
    assert_string_equal(strchr(text.data, '!'),
                        "! rebase opcodes byte 0x7 (REBASE_OPCODE_DO_REBASE_ULEB_TIMES): more "
                        "fixups than the segments hold pointers");
    text_free(&text);
}

static void without_contents_targets_are_nothing(void **state) {
    struct fixture fixture;
    struct fixup fixup;
    struct error error;
    (void)state;
    fixture_make(&fixture);
    put(fixture.slice, DATA_OFFSET, 8, BASE);
    struct dyld_info_walk walk =
        dyld_info_walk(opcode_program_named("rebase opcodes"),
                       (struct bytes){(const uint8_t *)"\x11\x21\x00\x51", 4}, &fixture.image,
                       (struct bytes){NULL, 0});
    assert_true(dyld_info_next(&walk, &fixup, &error));
    assert_int_equal(fixup.address, DATA);
    assert_int_equal(fixup.target, 0);
    assert_false(dyld_info_next(&walk, &fixup, &error));
    assert_int_equal(error.kind, ERROR_NONE);
}

static void only_opcodes_have_a_program(void **state) {
    (void)state;
    assert_null(opcode_program_named("chained fixups"));
    assert_null(opcode_program_named("exports trie"));
    assert_non_null(opcode_program_named("weak bind opcodes"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rebases),
        cmocka_unit_test(binds),
        cmocka_unit_test(weak_and_lazy_binds),
        cmocka_unit_test(what_dyld_refuses),
        cmocka_unit_test(counts_without_end),
        cmocka_unit_test(as_many_fixups_as_pointers),
        cmocka_unit_test(without_contents_targets_are_nothing),
        cmocka_unit_test(only_opcodes_have_a_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
