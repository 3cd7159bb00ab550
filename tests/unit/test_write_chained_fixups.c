#include "macho/write/chained_fixups.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PAGE = 0x4000, SLICE = 3 * PAGE };

/* __TEXT of a page and __DATA of two. */
static struct segment segments[] = {
    {.name = "__TEXT", .address = 0, .vm_size = PAGE, .file_size = PAGE, .protection = 5},
    {.name = "__DATA",
     .address = PAGE,
     .vm_size = 2 * PAGE,
     .file_offset = PAGE,
     .file_size = 2 * PAGE,
     .protection = 3},
};

struct written {
    struct arena arena;
    struct new_chains chains;
    struct image image;
    uint8_t slice[SLICE];
    struct buffer part;
    struct error error;
};

static int begin(void **state) {
    struct written *written = calloc(1, sizeof *written);
    written->image.architecture = architecture_named("arm64");
    written->image.segments.items = segments;
    written->image.segments.count = 2;
    written->image.dylibs.count = 9;
    written->chains = (struct new_chains){
        .arena = &written->arena,
        .pointer_format = DYLD_CHAINED_PTR_64_OFFSET,
        .page_size = PAGE,
        .segments = arena_take(&written->arena, 2 * sizeof(struct chained_starts)),
        .segment_count = 2,
    };
    written->chains.segments[1].segment_offset = PAGE;
    *state = written;
    return 0;
}

static int end(void **state) {
    struct written *written = *state;
    new_chains_free(&written->chains);
    buffer_free(&written->part);
    arena_free(&written->arena);
    free(written);
    return 0;
}

static bool write_pointers(struct written *written, const struct chained_pointer *pointers,
                           size_t count) {
    struct chained_contents contents = {written->slice + PAGE, 2 * PAGE};
    return new_chains_segment(&written->chains, 1, pointers, count, contents, &written->error) &&
           new_chains_write(&written->chains, &written->part, &written->error);
}

/* What the reader finds, one after the other. */
static void expect_fixups(struct written *written, const struct fixup *expected, size_t count) {
    struct chained_fixups fixups;
    struct fixup found;
    assert_true(chained_fixups_parse(buffer_bytes(&written->part), &written->image, &fixups,
                                     &written->error));
    struct chained_fixups_walk walk = {.fixups = &fixups, .slice = {written->slice, SLICE}};
    for (size_t i = 0; i < count; i++) {
        assert_true(chained_fixups_next(&walk, &found, &written->error));
        assert_true(fixup_same(&expected[i], &found));
    }
    assert_false(chained_fixups_next(&walk, &found, &written->error));
    assert_int_equal(written->error.kind, ERROR_NONE);
}

static void pointers_are_read_again(void **state) {
    struct written *written = *state;
    const struct import one = {.symbol = "_one", .ordinal = 2};
    const struct import two = {.symbol = "_two", .ordinal = ORDINAL_WEAK, .weak = true};
    const struct chained_pointer pointers[] = {
        {.offset = 0x10, .target = 0x123, .high = 0x80},
        {.offset = 0x3ff8, .binds = true, .import = new_chains_import(&written->chains, &one)},
        {.offset = 0x4000,
         .binds = true,
         .import = new_chains_import(&written->chains, &two),
         .addend = 255},
    };
    const struct fixup expected[] = {
        {.kind = FIXUP_REBASE, .address = PAGE + 0x10, .target = 0x123, .high_byte = 0x80},
        {.kind = FIXUP_BIND, .address = PAGE + 0x3ff8, .import = one},
        {.kind = FIXUP_BIND,
         .address = PAGE + 0x4000,
         .import = {.symbol = "_two", .ordinal = ORDINAL_WEAK, .weak = true, .addend = 255}},
    };
    assert_true(write_pointers(written, pointers, 3));
    expect_fixups(written, expected, 3);
}

static void imports_are_kept_once(void **state) {
    struct written *written = *state;
    const struct import one = {.symbol = "_one", .ordinal = 2};
    const struct import others[] = {{.symbol = "_one", .ordinal = 3},
                                    {.symbol = "_one", .ordinal = 2, .weak = true},
                                    {.symbol = "_one", .ordinal = 2, .addend = 1000},
                                    {.symbol = "_two", .ordinal = 2}};
    assert_int_equal(new_chains_import(&written->chains, &one), 0);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(new_chains_import(&written->chains, &others[i]), i + 1);
    assert_int_equal(new_chains_import(&written->chains, &one), 0);
}

/* The smallest format that holds all: by the first number that needs more. */
static void formats_grow_with_imports(void **state) {
    struct written *written = *state;
    static const struct {
        struct import import;
        uint32_t format;
    } rows[] = {{{.symbol = "_a", .ordinal = 240}, DYLD_CHAINED_IMPORT},
                {{.symbol = "_b", .ordinal = 1, .addend = -5}, DYLD_CHAINED_IMPORT_ADDEND},
                {{.symbol = "_c", .ordinal = 241}, DYLD_CHAINED_IMPORT_ADDEND64}};
    for (size_t i = 0; i < 3; i++) {
        new_chains_import(&written->chains, &rows[i].import);
        buffer_free(&written->part);
        assert_true(new_chains_write(&written->chains, &written->part, &written->error));
        assert_int_equal(bytes_u32(buffer_bytes(&written->part), 20), rows[i].format);
    }
}

static void what_no_chain_holds_is_refused(void **state) {
    struct written *written = *state;
    static const struct {
        struct chained_pointer pointers[2];
        const char *what;
    } rows[] = {
        {{{.offset = 2}, {.offset = 16}},
         "the pointer at 0x2 of its segment is at no multiple of 4"},
        {{{.offset = 8}, {.offset = 12}},
         "the pointer at 0xc of its segment lies over the one before it"},
        {{{.offset = 8}, {.offset = 0x3ffc}},
         "the pointer at 0x3ffc of its segment lies over two pages"},
        {{{.offset = 8}, {.offset = 0x7ffc}},
         "the pointer at 0x7ffc of its segment lies past what the file holds of it"},
        {{{.offset = 8}, {.offset = 16, .target = UINT64_C(1) << 36}},
         "the pointer at 0x10 of its segment points past 64 GiB"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_false(write_pointers(written, rows[i].pointers, 2));
        assert_string_equal(written->error.field, "chained fixups");
        assert_string_equal(written->error.what, rows[i].what);
    }
}

static void an_import_gets_another_ordinal(void **state) {
    struct written *written = *state;
    const struct import imports[] = {
        {.symbol = "_one", .ordinal = 7},
        {.symbol = "_two", .ordinal = 9, .weak = true, .addend = 70000}};
    struct chained_fixups fixups;
    for (size_t i = 0; i < 2; i++)
        new_chains_import(&written->chains, &imports[i]);
    assert_true(new_chains_write(&written->chains, &written->part, &written->error));
    assert_true(chained_fixups_parse(buffer_bytes(&written->part), &written->image, &fixups,
                                     &written->error));
    chained_import_renumber(&fixups, 1, 3, written->part.data);
    struct import first = chained_fixups_import(&fixups, 0);
    struct import second = chained_fixups_import(&fixups, 1);
    assert_true(import_same(&first, &imports[0]));
    assert_int_equal(second.ordinal, 3);
    second.ordinal = 9;
    assert_true(import_same(&second, &imports[1]));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(pointers_are_read_again),        TEST(imports_are_kept_once),
        TEST(formats_grow_with_imports),      TEST(what_no_chain_holds_is_refused),
        TEST(an_import_gets_another_ordinal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
