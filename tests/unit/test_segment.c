#include "macho/segment.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_SEGMENTS = 6, MOST_SECTIONS = 2 };

/* segment_command_64 and section_64 of <mach-o/loader.h>: little-endian, as are the machines that
 * this runs on, and without padding. */
struct section {
    char names[32];
    uint64_t address;
    uint64_t size;
    uint32_t rest[8];
};

struct command {
    uint32_t number;
    uint32_t size;
    char name[16];
    uint64_t address;
    uint64_t vm_size;
    uint64_t file_offset;
    uint64_t file_size;
    uint32_t max_protection;
    uint32_t protection;
    uint32_t section_count;
    uint32_t flags;
    struct section sections[MOST_SECTIONS];
};

enum { HEADER_SIZE = offsetof(struct command, sections) };

static bool parse(struct command *command, uint64_t slice_size, struct segment *segment,
                  struct error *error) {
    command->number = LC_SEGMENT_64;
    command->size = HEADER_SIZE + command->section_count * (uint32_t)sizeof(struct section);
    struct load_command load_command = {
        .index = 2, .number = LC_SEGMENT_64, .bytes = {(const uint8_t *)command, command->size}};
    *error = (struct error){0};
    return segment_parse(&load_command, slice_size, segment, error);
}

static bool end_inside(const struct command *command, const struct segment *segment,
                       struct error *error) {
    struct load_command load_command = {
        .index = 2, .number = LC_SEGMENT_64, .bytes = {(const uint8_t *)command, command->size}};
    return segment_sections_end_inside(&load_command, segment, error);
}

static void a_segment_has_the_values_of_its_command(void **state) {
    (void)state;
    struct command command = {.name = "__DATA_CONST",
                              .address = 0x13d52c000,
                              .vm_size = 0x610000,
                              .file_offset = 0x4000,
                              .file_size = 0x60c000,
                              .max_protection = 7,
                              .protection = 3,
                              .section_count = 1,
                              .sections = {{.address = 0x13d52c000, .size = 0x10}}};
    struct segment segment;
    struct error error;
    assert_int_equal(sizeof(struct section), 80);
    assert_int_equal(HEADER_SIZE, 72);
    assert_true(parse(&command, 0x1000000, &segment, &error));
    assert_string_equal(segment.name, "__DATA_CONST");
    assert_int_equal(segment.command, 2);
    assert_int_equal(segment.address, 0x13d52c000);
    assert_int_equal(segment.vm_size, 0x610000);
    assert_int_equal(segment.file_offset, 0x4000);
    assert_int_equal(segment.file_size, 0x60c000);
    assert_int_equal(segment.protection, 3);
    assert_int_equal(segment.section_count, 1);
}

/* S_ATTR_PURE_INSTRUCTIONS, S_ATTR_SOME_INSTRUCTIONS, and an attribute that says nothing of them.
 */
static const struct code_row {
    const char *label;
    uint64_t sizes[MOST_SECTIONS];
    uint32_t flags[MOST_SECTIONS];
    uint64_t expected;
} code_rows[] = {
    {"no code", {0x10, 0x20}, {0, 0x10000000}, 0},
    {"code and data", {0x10, 0x20}, {0x80000000, 2}, 0x10},
    {"two kinds of code", {0x10, 0x20}, {0x80000400, 0x400}, 0x30},
    {"never more than the segment", {0x4000, 0x4000}, {0x80000400, 0x400}, 0x6000},
    {"not past 64 bits", {INT64_MAX, INT64_MAX}, {0x400, 0x400}, 0x6000},
};

static void code_is_what_sections_with_instructions_have(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof code_rows / sizeof code_rows[0]; i++) {
        struct command command = {
            .name = "__TEXT", .vm_size = 0x6000, .file_size = 0x6000, .section_count = 2};
        for (size_t j = 0; j < MOST_SECTIONS; j++) {
            command.sections[j].size = code_rows[i].sizes[j];
            command.sections[j].rest[4] = code_rows[i].flags[j];
        }
        struct segment segment;
        struct error error;
        if (!parse(&command, 0x10000, &segment, &error) ||
            segment.code_size != code_rows[i].expected)
            fail_msg("%s: 0x%" PRIx64, code_rows[i].label, segment.code_size);
    }
}

static void a_name_may_fill_all_sixteen_characters(void **state) {
    (void)state;
    struct command command = {.protection = 1};
    struct segment segment;
    struct error error;
    memcpy(command.name, "__SIXTEEN_LETTER", sizeof command.name);
    assert_true(parse(&command, 0, &segment, &error));
    assert_string_equal(segment.name, "__SIXTEEN_LETTER");
}

/* A segment of a slice of 0x10000 bytes, about the edges of dyld's rules. */
static const struct edge {
    const char *label;
    struct command command;
    bool good;
} edges[] = {
    {"empty", {.name = "a"}, true},
    {"without contents", {.vm_size = 0x4000}, true},
    {"contents up to the slice's end",
     {.vm_size = 0x8000, .file_offset = 0x8000, .file_size = 0x8000},
     true},
    {"contents a byte past it",
     {.vm_size = 0x8001, .file_offset = 0x8000, .file_size = 0x8001},
     false},
    {"empty at the slice's end", {.vm_size = 0x4000, .file_offset = 0x10000}, true},
    {"empty past it", {.vm_size = 0x4000, .file_offset = 0x10001}, false},
    {"contents that wrap", {.vm_size = 0x4000, .file_offset = UINT64_MAX, .file_size = 2}, false},
    {"as much in the file as in memory", {.vm_size = 0x4000, .file_size = 0x4000}, true},
    {"more in the file than in memory", {.vm_size = 0x3fff, .file_size = 0x4000}, false},
    {"contents that are not mapped", {.file_size = 0x4000}, true},
    {"contents that are not mapped but readable", {.file_size = 0x4000, .protection = 1}, false},
    {"all protections", {.vm_size = 1, .protection = 7}, true},
    {"a protection of its own", {.vm_size = 1, .protection = 8}, false},
    {"up to 47 bits", {.address = 0x7fffffffc000, .vm_size = 0x4000}, true},
    {"a byte past 47 bits", {.address = 0x7fffffffc000, .vm_size = 0x4001}, false},
    {"addresses that wrap", {.address = UINT64_MAX, .vm_size = 2}, false},
};

static void a_segment_is_taken_up_to_the_limits_of_dyld(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        struct command command = edges[i].command;
        struct segment segment;
        struct error error;
        if (parse(&command, 0x10000, &segment, &error) != edges[i].good)
            fail_msg("%s: %s", edges[i].label, edges[i].good ? error.what : "is taken");
    }
}

/* Two sections of a segment at 0x4000 to 0x8000. */
static const struct sections {
    const char *label;
    uint64_t addresses[2];
    uint64_t sizes[2];
    bool good;
} section_rows[] = {
    {"all of the segment", {0x4000, 0x8000}, {0x4000, 0}, true},
    {"a byte each", {0x4000, 0x7fff}, {1, 1}, true},
    {"in any order, also twice the same", {0x5000, 0x5000}, {0x100, 0x100}, true},
    {"a byte below", {0x3fff, 0x4000}, {1, 0}, false},
    {"a byte past", {0x4000, 0x7fff}, {1, 2}, false},
    {"empty, a byte past", {0x4000, 0x8001}, {1, 0}, false},
    {"a size that wraps", {0x4000, 0x4001}, {1, UINT64_MAX}, false},
};

static void sections_lie_inside_their_segment(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof section_rows / sizeof section_rows[0]; i++) {
        const struct sections *row = &section_rows[i];
        struct command command = {
            .name = "__DATA",
            .address = 0x4000,
            .vm_size = 0x4000,
            .section_count = 2,
            .sections = {{.address = row->addresses[0], .size = row->sizes[0]},
                         {.address = row->addresses[1], .size = row->sizes[1]}}};
        struct segment segment;
        struct error error;
        bool good = parse(&command, 0, &segment, &error) && end_inside(&command, &segment, &error);
        if (good != row->good)
            fail_msg("%s: %s", row->label, row->good ? error.what : "is taken");
    }
}

/* As dyld before SDK 11.0: only where a section begins, and a size that is no negative number. */
static void sections_may_end_behind_their_segment(void **state) {
    static const struct {
        uint64_t address, size;
        bool good;
    } rows[] = {{0x4000, 0x4001, true},
                {0x8001, 0, true},
                {0x4000, INT64_MAX, true},
                {0x4000, UINT64_C(1) << 63, false},
                {0x3fff, 1, false}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct command command = {.address = 0x4000,
                                  .vm_size = 0x4000,
                                  .section_count = 1,
                                  .sections = {{.address = rows[i].address, .size = rows[i].size}}};
        struct segment segment;
        struct error error;
        if (parse(&command, 0, &segment, &error) != rows[i].good)
            fail_msg("row %zu", i);
    }
}

/* dyld's early return for such a segment: Go's __DWARF has addresses after those of the segment.
 */
static void sections_of_a_segment_that_is_not_mapped_may_be_anywhere(void **state) {
    static const struct {
        uint64_t vm_size, file_size;
        uint32_t protection;
        bool good;
    } rows[] = {{0, 0x1000, 0, true},
                {0, 0x1000, 1, false},
                {0x10, 0x1000, 0, false},
                {0, 0, 0, false},
                {0x1000, 0x1000, 0, false}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct command command = {
            .name = "__DWARF",
            .address = 0x4000,
            .vm_size = rows[i].vm_size,
            .file_size = rows[i].file_size,
            .protection = rows[i].protection,
            .section_count = 2,
            .sections = {{.address = 0x4000, .size = 0x117}, {.address = 0x5117, .size = 0x800}}};
        struct segment segment;
        struct error error;
        bool good =
            parse(&command, 0x10000, &segment, &error) && end_inside(&command, &segment, &error);
        if (good != rows[i].good)
            fail_msg("row %zu: %s", i, rows[i].good ? error.what : "is taken");
    }
}

static struct segments segments_of(const struct segment *items, struct segment *copies) {
    struct segments segments = {.items = copies};
    memcpy(copies, items, MOST_SEGMENTS * sizeof *items);
    while (segments.count < MOST_SEGMENTS && items[segments.count].name[0] != '\0')
        segments.count++;
    return segments;
}

static const struct disjoint {
    const char *label;
    struct segment segments[MOST_SEGMENTS];
    const char *field; /* NULL: good */
} disjoints[] = {
    {"none", {{.name = ""}}, NULL},
    {"side by side",
     {{"a", 0, 0x0, 0x10, 0x0, 0x8, 0, 0, 0}, {"b", 1, 0x10, 0x10, 0x8, 0x8, 0, 0, 0}},
     NULL},
    {"side by side in another order",
     {{"a", 0, 0x10, 0x10, 0x8, 0x8, 0, 0, 0}, {"b", 1, 0x0, 0x10, 0x0, 0x8, 0, 0, 0}},
     NULL},
    {"in memory one way, in the file the other",
     {{"a", 0, 0x10, 0x10, 0x0, 0x8, 0, 0, 0}, {"b", 1, 0x0, 0x10, 0x8, 0x8, 0, 0, 0}},
     NULL},
    {"without contents at the same offset",
     {{"a", 0, 0x0, 0x10, 0x8, 0, 0, 0, 0}, {"b", 1, 0x10, 0x10, 0x4, 0x8, 0, 0, 0}},
     NULL},
    {"without addresses at the same place",
     {{"a", 0, 0x18, 0, 0x0, 0x8, 0, 0, 0}, {"b", 1, 0x10, 0x10, 0x8, 0x8, 0, 0, 0}},
     NULL},
    {"a byte of address space shared",
     {{"a", 0, 0x0, 0x11, 0x0, 0x8, 0, 0, 0}, {"b", 1, 0x10, 0x10, 0x8, 0x8, 0, 0, 0}},
     "load command 1 (LC_SEGMENT_64) vmaddr"},
    {"a byte of the file shared",
     {{"a", 0, 0x0, 0x10, 0x0, 0x9, 0, 0, 0}, {"b", 1, 0x10, 0x10, 0x8, 0x8, 0, 0, 0}},
     "load command 1 (LC_SEGMENT_64) fileoff"},
    {"one inside another",
     {{"a", 0, 0x0, 0x40, 0, 0, 0, 0, 0}, {"b", 1, 0x10, 0x10, 0, 0, 0, 0, 0}},
     "load command 1 (LC_SEGMENT_64) vmaddr"},
    {"the first against the last",
     {{"a", 0, 0x30, 0x20, 0, 0, 0, 0, 0},
      {"b", 1, 0x0, 0x10, 0, 0, 0, 0, 0},
      {"c", 2, 0x20, 0x11, 0, 0, 0, 0, 0}},
     "load command 0 (LC_SEGMENT_64) vmaddr"},
};

static void segments_share_neither_addresses_nor_contents(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof disjoints / sizeof disjoints[0]; i++) {
        const struct disjoint *row = &disjoints[i];
        struct segment copies[MOST_SEGMENTS];
        struct segments segments = segments_of(row->segments, copies);
        struct error error = {0};
        if (segments_disjoint(&segments, &error) != (row->field == NULL))
            fail_msg("%s: %s", row->label, error.what);
        assert_string_equal(error.field, row->field == NULL ? "" : row->field);
    }
}

static void an_overlap_names_both_segments(void **state) {
    (void)state;
    struct segment items[] = {{.name = "__DATA", .address = 0x4000, .vm_size = 0x4000},
                              {.name = "__TEXT", .vm_size = 0x5000}};
    const struct segments segments = {items, 2, 2};
    struct error error;
    assert_false(segments_disjoint(&segments, &error));
    assert_string_equal(error.what, "__DATA at 0x4000 overlaps __TEXT, which ends at 0x5000");
}

static const struct space {
    const char *label;
    struct segment segments[MOST_SEGMENTS];
    uint32_t page_size;
    uint64_t space;
    uint64_t lowest;
} spaces[] = {
    {"nothing", {{.name = ""}}, 0x4000, 0, 0},
    {"__PAGEZERO alone", {{.name = "__PAGEZERO", .vm_size = 0x100000000}}, 0x4000, 0, 0},
    {"one page", {{.name = "__TEXT", .vm_size = 0x4000}}, 0x4000, 0x4000, 0},
    {"rounded to 16 KiB", {{.name = "__TEXT", .vm_size = 0x5001}}, 0x4000, 0x8000, 0},
    {"rounded to 4 KiB", {{.name = "__TEXT", .vm_size = 0x5001}}, 0x1000, 0x6000, 0},
    {"an executable without its __PAGEZERO",
     {{.name = "__PAGEZERO", .vm_size = 0x100000000},
      {.name = "__TEXT", .address = 0x100000000, .vm_size = 0x8000},
      {.name = "__LINKEDIT", .address = 0x100008000, .vm_size = 0x4000}},
     0x4000,
     0xc000,
     0x100000000},
    {"a hole counts",
     {{.name = "__TEXT", .vm_size = 0x4000},
      {.name = "__DATA", .address = 0x40000, .vm_size = 0x4000}},
     0x4000,
     0x44000,
     0},
    {"the order of the commands does not",
     {{.name = "__LINKEDIT", .address = 0x20000, .vm_size = 0x4000},
      {.name = "__TEXT", .address = 0x8000, .vm_size = 0x4000},
      {.name = "__DATA", .address = 0x10000, .vm_size = 0x4000}},
     0x4000,
     0x1c000,
     0x8000},
    /* dyld's vmSpace is a length: 0x1000 to 0x6000, 0x5000 bytes. */
    {"a beginning off a page",
     {{.name = "__TEXT", .address = 0x1000, .vm_size = 0x5000}},
     0x4000,
     0x8000,
     0x1000},
    /* 0x100000000 + 1028833280 to 0x13db50000 + 1171980288. */
    {"the executable of HeliosSoftware/hfs #508",
     {{.name = "__PAGEZERO", .vm_size = 0x100000000},
      {.name = "__TEXT", .address = 0x100000000, .vm_size = 1028833280},
      {.name = "__DATA_CONST", .address = 0x13d52c000, .vm_size = 6356992},
      {.name = "__DATA", .address = 0x13db3c000, .vm_size = 81920},
      {.name = "__LINKEDIT", .address = 0x13db50000, .vm_size = 1171980288}},
     0x4000,
     0x83900000,
     0x100000000},
};

static void vm_space_runs_from_the_lowest_to_the_highest_address(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++) {
        struct segment copies[MOST_SEGMENTS];
        struct segments segments = segments_of(spaces[i].segments, copies);
        uint64_t lowest = 1;
        uint64_t space = segments_vm_space(&segments, spaces[i].page_size, &lowest);
        if (space != spaces[i].space || lowest != spaces[i].lowest)
            fail_msg("%s: 0x%" PRIx64 " from 0x%" PRIx64, spaces[i].label, space, lowest);
    }
}

static void the_first_segment_of_a_name_is_found(void **state) {
    (void)state;
    struct segment items[] = {{.name = "__TEXT", .command = 1},
                              {.name = "__DATA", .command = 2},
                              {.name = "__TEXT", .command = 3}};
    struct segments segments = {items, 3, 3};
    assert_int_equal(segments_find(&segments, "__TEXT")->command, 1);
    assert_int_equal(segments_find(&segments, "__DATA")->command, 2);
    assert_null(segments_find(&segments, "__TEX"));
    assert_null(segments_find(&segments, "__LINKEDIT"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_segment_has_the_values_of_its_command),
        cmocka_unit_test(code_is_what_sections_with_instructions_have),
        cmocka_unit_test(a_name_may_fill_all_sixteen_characters),
        cmocka_unit_test(a_segment_is_taken_up_to_the_limits_of_dyld),
        cmocka_unit_test(sections_lie_inside_their_segment),
        cmocka_unit_test(sections_may_end_behind_their_segment),
        cmocka_unit_test(sections_of_a_segment_that_is_not_mapped_may_be_anywhere),
        cmocka_unit_test(segments_share_neither_addresses_nor_contents),
        cmocka_unit_test(an_overlap_names_both_segments),
        cmocka_unit_test(vm_space_runs_from_the_lowest_to_the_highest_address),
        cmocka_unit_test(the_first_segment_of_a_name_is_found),
    };
    return cmocka_run_group_tests_name("segment", tests, NULL, NULL);
}
