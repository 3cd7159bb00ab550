#include "macho/linkedit.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static int release(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

/* Load commands are little-endian, as are the machines that this runs on. */
static struct load_command command_of(const uint32_t *words) {
    return (struct load_command){
        .index = 7, .number = words[0], .bytes = {(const uint8_t *)words, words[1]}};
}

/* A command and its parts: "name use alignment offset size", one a line. */
static const struct row {
    const char *label;
    uint32_t words[20];
    const char *parts;
} rows[] = {
    {"no part", {LC_UUID, 24, 1, 2, 3, 4}, ""},
    {"chained fixups", {LC_DYLD_CHAINED_FIXUPS, 16, 0x8000, 0x58}, "chained fixups 0 8 8000 58\n"},
    {"exports trie", {LC_DYLD_EXPORTS_TRIE, 16, 0x8058, 0x30}, "exports trie 1 8 8058 30\n"},
    {"an empty part", {LC_DYLD_EXPORTS_TRIE, 16, 0x8058, 0}, ""},
    {"function starts", {LC_FUNCTION_STARTS, 16, 0x10, 8}, "function starts 5 8 10 8\n"},
    {"data in code", {LC_DATA_IN_CODE, 16, 0x10, 8}, "data in code 5 8 10 8\n"},
    {"split info", {LC_SEGMENT_SPLIT_INFO, 16, 0x10, 8}, "segment split info 5 8 10 8\n"},
    {"the signature", {LC_CODE_SIGNATURE, 16, 0x10, 0x120}, "code signature 4 16 10 120\n"},
    /* 3 entries of 16 bytes. */
    {"the symbol table",
     {LC_SYMTAB, 24, 0x100, 3, 0x130, 0x20},
     "symbol table 2 8 100 30\nstring pool 3 8 130 20\n"},
    {"no symbols", {LC_SYMTAB, 24, 0x100, 0, 0x130, 8}, "string pool 3 8 130 8\n"},
    /* 2^32 - 1 entries. */
    {"more symbols than 32 bits of bytes",
     {LC_SYMTAB, 24, 0x100, 0xffffffff, 0, 0},
     "symbol table 2 8 100 ffffffff0\n"},
    {"all of dyld's opcodes",
     {LC_DYLD_INFO_ONLY, 48, 0x10, 1, 0x20, 2, 0x30, 3, 0x40, 4, 0x50, 5},
     "rebase opcodes 0 8 10 1\nbind opcodes 0 8 20 2\nweak bind opcodes 0 8 30 3\n"
     "lazy bind opcodes 0 8 40 4\nexports trie 1 8 50 5\n"},
    {"the older number",
     {LC_DYLD_INFO, 48, 0x10, 1, 0, 0, 0, 0, 0, 0, 0x50, 5},
     "rebase opcodes 0 8 10 1\nexports trie 1 8 50 5\n"},
    /* 5 indices of 4 bytes. */
    {"the indirect table",
     {LC_DYSYMTAB, 80, 0, 1, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0x200, 5},
     "indirect symbol table 5 4 200 14\n"},
    /* 1 of 8, 1 of 56, 2 of 4, 3 of 4, 4 of 8 and 5 of 8 bytes. */
    {"all of LC_DYSYMTAB",
     {LC_DYSYMTAB, 80, 9, 9, 9, 9, 9, 9, 0x10, 1, 0x20, 1, 0x60, 2, 0x70, 3, 0x80, 4, 0xa0, 5},
     "table of contents 5 8 10 8\nmodule table 5 8 20 38\nexternal references 5 4 60 8\n"
     "indirect symbol table 5 4 70 c\nexternal relocations 0 4 80 20\n"
     "local relocations 0 4 a0 28\n"},
};

static const char *listed(const struct linkedit_parts *parts) {
    const char *text = "";
    for (size_t i = 0; i < parts->count; i++) {
        const struct linkedit_part *part = &parts->items[i];
        text = arena_format(&arena, "%s%s %d %u %" PRIx64 " %" PRIx64 "\n", text, part->name,
                            part->use, part->alignment, part->file_offset, part->size);
    }
    return text;
}

static void a_command_places_its_parts(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct linkedit_parts parts = {0};
        struct load_command command = command_of(rows[i].words);
        linkedit_add_parts(&arena, &command, &parts);
        if (strcmp(listed(&parts), rows[i].parts) != 0)
            fail_msg("%s: %s", rows[i].label, listed(&parts));
        for (size_t j = 0; j < parts.count; j++) {
            assert_int_equal(parts.items[j].command, 7);
            assert_int_equal(parts.items[j].command_number, rows[i].words[0]);
        }
    }
}

static void a_command_can_place_parts_that_are_empty(void **state) {
    (void)state;
    static const uint32_t symtab[] = {LC_SYMTAB, 24, 0x100, 0, 0x130, 8};
    static const uint32_t dysymtab[20] = {LC_DYSYMTAB, 80};
    static const uint32_t uuid[] = {LC_UUID, 24, 1, 2, 3, 4};
    struct linkedit_part parts[LINKEDIT_MOST_OF_COMMAND];
    struct load_command command = command_of(symtab);
    assert_int_equal(linkedit_command_parts(&command, parts), 2);
    assert_string_equal(parts[0].name, "symbol table");
    assert_int_equal(parts[0].file_offset, 0x100);
    assert_int_equal(parts[0].size, 0);
    assert_int_equal(parts[1].size, 8);
    command = command_of(dysymtab);
    assert_int_equal(linkedit_command_parts(&command, parts), 6);
    command = command_of(uuid);
    assert_int_equal(linkedit_command_parts(&command, parts), 0);
}

/* A command whose part `part` is moved to `offset` and given `size` bytes. */
static const struct storing {
    const char *label;
    uint32_t before[20];
    size_t part;
    uint64_t offset;
    uint64_t size;
    uint32_t after[20];
} storings[] = {
    {"exports trie",
     {LC_DYLD_EXPORTS_TRIE, 16, 1, 2},
     0,
     0xfffffff8,
     0x89abcdef,
     {LC_DYLD_EXPORTS_TRIE, 16, 0xfffffff8, 0x89abcdef}},
    /* 0x50 bytes are 5 symbols. */
    {"symbol table", {LC_SYMTAB, 24, 1, 2, 3, 4}, 0, 0x100, 0x50, {LC_SYMTAB, 24, 0x100, 5, 3, 4}},
    {"string pool",
     {LC_SYMTAB, 24, 1, 2, 3, 4},
     1,
     0x150,
     0x51,
     {LC_SYMTAB, 24, 1, 2, 0x150, 0x51}},
    {"the most symbols",
     {LC_SYMTAB, 24, 1, 2, 3, 4},
     0,
     0x100,
     0xffffffff0,
     {LC_SYMTAB, 24, 0x100, 0xffffffff, 3, 4}},
    {"an empty part", {LC_SYMTAB, 24, 1, 0, 3, 4}, 0, 0, 0, {LC_SYMTAB, 24, 0, 0, 3, 4}},
    {"weak bind opcodes",
     {LC_DYLD_INFO_ONLY, 48, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
     2,
     0x100,
     0x18,
     {LC_DYLD_INFO_ONLY, 48, 1, 2, 3, 4, 0x100, 0x18, 7, 8, 9, 10}},
    {"indirect symbol table",
     {LC_DYSYMTAB, 80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2},
     3,
     0x200,
     0x14,
     {LC_DYSYMTAB, 80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x200, 5}},
};

static void a_part_can_be_moved_in_its_command(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof storings / sizeof storings[0]; i++) {
        const struct storing *row = &storings[i];
        struct linkedit_part parts[LINKEDIT_MOST_OF_COMMAND];
        uint32_t words[20];
        memcpy(words, row->before, sizeof words);
        struct load_command command = command_of(words);
        linkedit_command_parts(&command, parts);
        linkedit_part_store(&parts[row->part], row->offset, row->size, (uint8_t *)words);
        if (memcmp(words, row->after, sizeof words) != 0)
            fail_msg("%s", row->label);
    }
}

static void a_part_says_where_its_offset_stands(void **state) {
    (void)state;
    static const uint32_t symtab[] = {LC_SYMTAB, 24, 0x100, 3, 0x130, 0x20};
    static const uint32_t trie[] = {LC_DYLD_EXPORTS_TRIE, 16, 0x8058, 0x30};
    struct linkedit_parts parts = {0};
    struct load_command first = command_of(symtab), second = command_of(trie);
    linkedit_add_parts(&arena, &first, &parts);
    linkedit_add_parts(&arena, &second, &parts);
    assert_int_equal(parts.count, 3);
    assert_string_equal(parts.items[0].field, "symoff");
    assert_string_equal(parts.items[1].field, "stroff");
    assert_string_equal(parts.items[2].field, "dataoff");
}

static void a_part_is_known_by_its_name(void **state) {
    (void)state;
    static const struct {
        const char *name;
        enum linkedit_use use;
        uint32_t alignment;
    } names[] = {
        {"chained fixups", LINKEDIT_FIXUPS, 8},     {"exports trie", LINKEDIT_EXPORTS, 8},
        {"lazy bind opcodes", LINKEDIT_FIXUPS, 8},  {"symbol table", LINKEDIT_SYMBOLS, 8},
        {"string pool", LINKEDIT_STRINGS, 8},       {"indirect symbol table", LINKEDIT_OTHER, 4},
        {"code signature", LINKEDIT_SIGNATURE, 16},
    };
    struct linkedit_part part;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_true(linkedit_part_named(names[i].name, &part));
        assert_string_equal(part.name, names[i].name);
        assert_int_equal(part.use, names[i].use);
        assert_int_equal(part.alignment, names[i].alignment);
    }
    assert_false(linkedit_part_named("exports", &part));
}

enum { MOST_PARTS = 4 };

/* Parts of a __LINKEDIT at 0x100 to 0x200; one without a size is left out. */
static const struct placing {
    const char *label;
    struct {
        uint64_t offset;
        uint64_t size;
    } parts[MOST_PARTS];
    bool good;
    uint64_t sorted[MOST_PARTS];
} placings[] = {
    {"none", {{0, 0}}, true, {0}},
    {"all of it", {{0x100, 0x100}}, true, {0x100}},
    {"side by side", {{0x100, 0x80}, {0x180, 0x80}}, true, {0x100, 0x180}},
    {"with gaps, in another order",
     {{0x1f0, 0x10}, {0x110, 8}, {0x180, 8}, {0x120, 8}},
     true,
     {0x110, 0x120, 0x180, 0x1f0}},
    {"a byte below", {{0xff, 0x10}}, false, {0}},
    {"a byte past", {{0x100, 0x101}}, false, {0}},
    {"far past", {{0x100, UINT64_MAX}}, false, {0}},
    {"after the end", {{0x200, 1}}, false, {0}},
    {"a byte shared", {{0x100, 0x81}, {0x180, 0x80}}, false, {0}},
    {"a byte shared, in another order", {{0x180, 0x80}, {0x100, 0x81}}, false, {0}},
    {"at the same place", {{0x100, 8}, {0x100, 8}}, false, {0}},
    {"one inside another", {{0x100, 0x80}, {0x110, 8}}, false, {0}},
};

static struct linkedit_parts parts_of(const struct placing *row) {
    struct linkedit_parts parts = {0};
    for (size_t i = 0; i < MOST_PARTS && row->parts[i].size != 0; i++)
        *vector_push(&arena, &parts) = (struct linkedit_part){.name = "part",
                                                              .field = "dataoff",
                                                              .command = i,
                                                              .alignment = 8,
                                                              .file_offset = row->parts[i].offset,
                                                              .size = row->parts[i].size};
    return parts;
}

static void parts_lie_inside_beside_each_other_and_are_sorted(void **state) {
    (void)state;
    const struct segment linkedit = {.vm_size = 0x4000, .file_offset = 0x100, .file_size = 0x100};
    for (size_t i = 0; i < sizeof placings / sizeof placings[0]; i++) {
        struct linkedit_parts parts = parts_of(&placings[i]);
        struct error error = {0};
        if (linkedit_parts_valid(&parts, &linkedit, &error) != placings[i].good)
            fail_msg("%s: %s", placings[i].label, error.what);
        for (size_t j = 0; placings[i].good && j < parts.count; j++)
            assert_int_equal(parts.items[j].file_offset, placings[i].sorted[j]);
    }
}

static void an_error_says_where_the_part_lies_and_where_it_may(void **state) {
    (void)state;
    const struct segment linkedit = {.vm_size = 0x4000, .file_offset = 0x100, .file_size = 0x100};
    static const struct placing outside = {.parts = {{0x100, 0x101}}};
    static const struct placing over = {.parts = {{0x100, 0x81}, {0x180, 0x80}}};
    struct linkedit_parts parts = parts_of(&outside);
    struct error error;
    assert_false(linkedit_parts_valid(&parts, &linkedit, &error));
    assert_string_equal(error.what,
                        "the part, 0x101 bytes at 0x100, lies outside __LINKEDIT, 0x100 to 0x200");
    parts = parts_of(&over);
    assert_false(linkedit_parts_valid(&parts, &linkedit, &error));
    assert_string_equal(
        error.what, "the part, 0x80 bytes at 0x180, overlaps the part before it, 0x100 to 0x181");
}

static void a_part_that_is_not_mapped_is_refused(void **state) {
    (void)state;
    const struct segment unmapped = {.file_offset = 0x100, .file_size = 0x100};
    struct linkedit_parts parts = parts_of(&placings[1]);
    struct error error;
    assert_false(linkedit_parts_valid(&parts, &unmapped, &error));
}

static void without_a_linkedit_there_are_no_parts(void **state) {
    (void)state;
    struct linkedit_parts none = {0}, one = parts_of(&placings[1]);
    struct error error;
    assert_true(linkedit_parts_valid(&none, NULL, &error));
    assert_false(linkedit_parts_valid(&one, NULL, &error));
    assert_int_equal(error.kind, ERROR_MALFORMED);
}

static const struct alignment {
    uint32_t alignment;
    uint64_t offset;
    bool aligned;
} alignments[] = {
    {8, 0, true},       {8, 0x8000, true},  {8, 0x8008, true},
    {8, 0x8004, false}, {8, 0x8001, false}, {4, 0x8004, true},
    {4, 0x8002, false}, {16, 0x8010, true}, {16, 0x8008, false},
};

static void a_part_begins_at_a_multiple_of_its_alignment(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof alignments / sizeof alignments[0]; i++) {
        const struct linkedit_part part = {.alignment = alignments[i].alignment,
                                           .file_offset = alignments[i].offset};
        if (linkedit_part_aligned(&part) != alignments[i].aligned)
            fail_msg("0x%" PRIx64 " of %u", alignments[i].offset, alignments[i].alignment);
    }
}

static void parts_are_summed_and_found_by_their_use(void **state) {
    (void)state;
    struct linkedit_part items[] = {{.use = LINKEDIT_FIXUPS, .size = 0x10},
                                    {.use = LINKEDIT_SYMBOLS, .size = 0xffffffff0},
                                    {.use = LINKEDIT_FIXUPS, .size = 0x20}};
    struct linkedit_parts parts = {items, 3, 3};
    assert_int_equal(linkedit_use_size(&parts, LINKEDIT_FIXUPS), 0x30);
    assert_int_equal(linkedit_use_size(&parts, LINKEDIT_SYMBOLS), 0xffffffff0);
    assert_int_equal(linkedit_use_size(&parts, LINKEDIT_SIGNATURE), 0);
    assert_ptr_equal(linkedit_find(&parts, LINKEDIT_FIXUPS), &items[0]);
    assert_ptr_equal(linkedit_find(&parts, LINKEDIT_SYMBOLS), &items[1]);
    assert_null(linkedit_find(&parts, LINKEDIT_SIGNATURE));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_places_its_parts),
        cmocka_unit_test(a_command_can_place_parts_that_are_empty),
        cmocka_unit_test(a_part_can_be_moved_in_its_command),
        cmocka_unit_test(a_part_says_where_its_offset_stands),
        cmocka_unit_test(a_part_is_known_by_its_name),
        cmocka_unit_test(parts_lie_inside_beside_each_other_and_are_sorted),
        cmocka_unit_test(an_error_says_where_the_part_lies_and_where_it_may),
        cmocka_unit_test(a_part_that_is_not_mapped_is_refused),
        cmocka_unit_test(without_a_linkedit_there_are_no_parts),
        cmocka_unit_test(a_part_begins_at_a_multiple_of_its_alignment),
        cmocka_unit_test(parts_are_summed_and_found_by_their_use),
    };
    return cmocka_run_group_tests_name("linkedit", tests, NULL, release);
}
