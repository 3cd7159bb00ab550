#include "macho/format.h"
#include "macho/universal.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum {
    ARM64 = 0x0100000c,
    X86_64 = 0x01000007,
    MOST_SLICES = UNIVERSAL_MAX_SLICES + 1,
    /* magic and count, then at most eight numbers a slice */
    MOST_WORDS = 2 + 8 * MOST_SLICES
};

struct entry {
    uint32_t cpu_type;
    uint32_t cpu_subtype;
    uint64_t offset;
    uint64_t size;
    uint32_t align; /* a power of two */
};

/* A universal header. */
struct head {
    uint8_t bytes[4 * MOST_WORDS];
    size_t size;
};

static void put(struct head *head, uint32_t word) {
    for (int shift = 24; shift >= 0; shift -= 8)
        head->bytes[head->size++] = (uint8_t)(word >> shift);
}

static void put_wide(struct head *head, bool wide, uint64_t number) {
    if (wide)
        put(head, (uint32_t)(number >> 32));
    put(head, (uint32_t)number);
}

static struct head head_of(bool wide, const struct entry *entries, uint32_t count) {
    struct head head = {.size = 0};
    put(&head, wide ? FAT_MAGIC_64 : FAT_MAGIC);
    put(&head, count);
    for (uint32_t i = 0; i < count; i++) {
        put(&head, entries[i].cpu_type);
        put(&head, entries[i].cpu_subtype);
        put_wide(&head, wide, entries[i].offset);
        put_wide(&head, wide, entries[i].size);
        put(&head, entries[i].align);
        if (wide)
            put(&head, 0);
    }
    return head;
}

static bool parse(const struct head *head, uint64_t file_size, struct universal *universal,
                  struct error *error) {
    *error = (struct error){0};
    return universal_parse((struct bytes){head->bytes, head->size}, file_size, universal, error);
}

static void expect_slice(const struct slice *slice, const struct entry *entry, const char *name) {
    assert_int_equal(slice->cpu_type, entry->cpu_type);
    assert_int_equal(slice->cpu_subtype, entry->cpu_subtype);
    assert_int_equal(slice->offset, entry->offset);
    assert_int_equal(slice->size, entry->size);
    assert_int_equal(slice->align, entry->align);
    if (name == NULL)
        assert_null(slice->architecture);
    else
        assert_string_equal(slice->architecture->name, name);
}

static void a_universal_file_has_the_slices_of_its_header(void **state) {
    (void)state;
    static const struct entry entries[] = {{X86_64, 3, 0x4000, 0x3001, 12},
                                           {ARM64, 0x80000002, 0x8000, 0x9000, 14},
                                           {0x0200000c, 1, 0x14000, 0x10, 14}};
    static const char *const names[] = {"x86_64", "arm64e", NULL};
    for (int wide = 0; wide < 2; wide++) {
        struct head head = head_of(wide, entries, 3);
        struct universal universal;
        struct error error;
        assert_true(parse(&head, 0x14010, &universal, &error));
        assert_true(!universal.thin && universal.wide == (wide == 1));
        assert_int_equal(universal.slice_count, 3);
        assert_int_equal(universal_header_size(&universal), head.size);
        for (size_t i = 0; i < 3; i++)
            expect_slice(&universal.slices[i], &entries[i], names[i]);
    }
}

static void the_wide_header_reaches_past_4_gib(void **state) {
    (void)state;
    static const struct entry entries[] = {{ARM64, 0, 0x4000, 0x100000000, 14},
                                           {X86_64, 3, 0x100004000, 0x1000, 12}};
    struct head head = head_of(true, entries, 2);
    struct universal universal;
    struct error error;
    assert_true(parse(&head, 0x100005000, &universal, &error));
    assert_int_equal(universal.slices[0].size, 0x100000000);
    assert_int_equal(universal.slices[1].offset, 0x100004000);
}

static void a_slice_is_found_by_the_name_of_its_architecture(void **state) {
    (void)state;
    static const struct entry entries[] = {{0x0200000c, 1, 0x1000, 0x10, 0},
                                           {X86_64, 3, 0x4000, 0x3001, 12},
                                           {ARM64, 0, 0x8000, 0x9000, 14}};
    struct head head = head_of(false, entries, 3);
    struct universal universal;
    struct error error;
    assert_true(parse(&head, 0x20000, &universal, &error));
    assert_ptr_equal(universal_find(&universal, "x86_64"), &universal.slices[1]);
    assert_ptr_equal(universal_find(&universal, "arm64"), &universal.slices[2]);
    assert_null(universal_find(&universal, "arm64e"));
    assert_null(universal_find(&universal, "x86_64h"));
}

static void a_thin_file_is_one_slice(void **state) {
    (void)state;
    static const uint8_t bytes[] = {0xcf, 0xfa, 0xed, 0xfe, 0x0c, 0, 0, 1, 0x02, 0, 0, 0x80};
    struct universal universal;
    struct error error;
    assert_true(universal_parse((struct bytes){bytes, sizeof bytes}, 0x12345, &universal, &error));
    assert_true(universal.thin);
    assert_int_equal(universal_header_size(&universal), 0);
    assert_int_equal(universal.slice_count, 1);
    assert_int_equal(universal.slices[0].align, 0);
    assert_int_equal(universal.slices[0].cpu_type, ARM64);
    assert_int_equal(universal.slices[0].cpu_subtype, 0x80000002);
    assert_string_equal(universal.slices[0].architecture->name, "arm64e");
    assert_int_equal(universal.slices[0].offset, 0);
    assert_int_equal(universal.slices[0].size, 0x12345);
}

/* Two slices of a file of 0x20000 bytes, about the edges of dyld's rules. */
static const struct edge {
    const char *label;
    struct entry entries[2];
    const char *field; /* of the error; NULL: good */
} edges[] = {
    {"up to the end", {{X86_64, 3, 0x1000, 0x3000, 12}, {ARM64, 0, 0x4000, 0x1c000, 14}}, NULL},
    {"a byte past the end",
     {{X86_64, 3, 0x1000, 0x3000, 12}, {ARM64, 0, 0x4000, 0x1c001, 14}},
     "universal header slice 1 size"},
    {"after the end",
     {{X86_64, 3, 0x1000, 0x3000, 12}, {ARM64, 0, 0x24000, 0, 14}},
     "universal header slice 1 offset"},
    {"a byte shared",
     {{X86_64, 3, 0x1000, 0x3001, 12}, {ARM64, 0, 0x4000, 0x1000, 14}},
     "universal header slice 1 offset"},
    {"in another order", {{ARM64, 0, 0x4000, 0x1c000, 14}, {X86_64, 3, 0x1000, 0x3000, 12}}, NULL},
    {"in the header",
     {{X86_64, 3, 0, 0x3000, 12}, {ARM64, 0, 0x4000, 0x1000, 14}},
     "universal header slice 0 offset"},
    /* The header ends at 8 + 2 * 20. */
    {"right after the header", {{0, 0, 48, 0x10, 0}, {ARM64, 0, 0x4000, 0x1000, 14}}, NULL},
    {"in the header's last byte",
     {{0, 0, 47, 0x10, 0}, {ARM64, 0, 0x4000, 0x1000, 14}},
     "universal header slice 0 offset"},
    {"off its own alignment",
     {{X86_64, 3, 0x1000, 0x1000, 13}, {ARM64, 0, 0x4000, 0x1000, 14}},
     "universal header slice 0 offset"},
    {"off its page",
     {{X86_64, 3, 0x1000, 0x1000, 12}, {ARM64, 0, 0x6000, 0x1000, 12}},
     "universal header slice 1 offset"},
    {"the largest alignment", {{X86_64, 3, 0x8000, 0x10, 15}, {ARM64, 0, 0x10000, 1, 15}}, NULL},
    {"a larger one",
     {{X86_64, 3, 0x8000, 0x10, 12}, {ARM64, 0, 0x10000, 1, 16}},
     "universal header slice 1 align"},
    {"arm64 and arm64e", {{ARM64, 0, 0x4000, 0x10, 14}, {ARM64, 2, 0x8000, 0x10, 14}}, NULL},
    {"x86_64 and x86_64h", {{X86_64, 3, 0x4000, 0x10, 14}, {X86_64, 8, 0x8000, 0x10, 14}}, NULL},
    {"arm64 twice",
     {{ARM64, 0, 0x4000, 0x10, 14}, {ARM64, 0, 0x8000, 0x10, 14}},
     "universal header slice 1 cputype"},
};

static void slices_are_taken_up_to_the_limits_of_dyld(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        struct head head = head_of(false, edges[i].entries, 2);
        struct universal universal;
        struct error error;
        if (parse(&head, 0x20000, &universal, &error) != (edges[i].field == NULL))
            fail_msg("%s: %s", edges[i].label, error.what);
        if (strcmp(error.field, edges[i].field == NULL ? "" : edges[i].field) != 0)
            fail_msg("%s: %s", edges[i].label, error.field);
    }
}

static void an_overlap_says_where_the_other_slice_ends(void **state) {
    (void)state;
    static const struct entry entries[] = {{X86_64, 3, 0x1000, 0x3001, 12},
                                           {ARM64, 0, 0x4000, 0x1000, 14}};
    struct head head = head_of(false, entries, 2);
    struct universal universal;
    struct error error;
    assert_false(parse(&head, 0x20000, &universal, &error));
    assert_string_equal(error.what, "0x4000 overlaps slice 0, which ends at 0x4001");
}

static void a_slice_can_be_moved_in_its_header(void **state) {
    (void)state;
    static const struct entry before[] = {{X86_64, 3, 0x4000, 0x3001, 12},
                                          {ARM64, 0, 0x8000, 0x9000, 14}};
    struct entry after[] = {before[0], before[1]};
    after[0].size = 0x123;
    after[1].offset = 0x89abc000;
    after[1].size = 0xf0000001;
    for (int wide = 0; wide < 2; wide++) {
        struct head head = head_of(wide, before, 2), expected = head_of(wide, after, 2);
        universal_store(head.bytes, 0, after[0].offset, after[0].size);
        universal_store(head.bytes, 1, after[1].offset, after[1].size);
        assert_memory_equal(head.bytes, expected.bytes, expected.size);
    }
}

static void a_wide_header_takes_64_bits(void **state) {
    (void)state;
    static const struct entry before = {ARM64, 0, 0x4000, 0x10, 14};
    static const struct entry after = {ARM64, 0, 0x123456789000, 0xabcdef012345, 14};
    struct head head = head_of(true, &before, 1), expected = head_of(true, &after, 1);
    universal_store(head.bytes, 0, after.offset, after.size);
    assert_memory_equal(head.bytes, expected.bytes, expected.size);
}

static void sixteen_slices_are_the_most(void **state) {
    (void)state;
    struct entry entries[MOST_SLICES] = {{.cpu_type = 0}};
    struct universal universal;
    struct error error;
    for (uint32_t i = 0; i < MOST_SLICES; i++)
        entries[i] = (struct entry){0x7000 + i, 0, 0x1000 * (i + 1), 0x1000, 12};
    struct head head = head_of(true, entries, UNIVERSAL_MAX_SLICES);
    assert_true(head.size <= UNIVERSAL_HEAD);
    assert_true(parse(&head, 0x11000, &universal, &error));
    assert_int_equal(universal.slice_count, 16);
    head = head_of(true, entries, MOST_SLICES);
    assert_false(parse(&head, 0x12000, &universal, &error));
    head = head_of(true, entries, 0);
    assert_false(parse(&head, 0x12000, &universal, &error));
}

static void only_64_bit_little_endian_files_are_taken(void **state) {
    (void)state;
    static const struct {
        uint8_t magic[4];
        bool good;
    } magics[] = {
        {{0xcf, 0xfa, 0xed, 0xfe}, true},
        {{0xce, 0xfa, 0xed, 0xfe}, false},
        {{0xfe, 0xed, 0xfa, 0xcf}, false},
        {{0xfe, 0xed, 0xfa, 0xce}, false},
        {{0xbe, 0xba, 0xfe, 0xca}, false},
        {{0x7f, 'E', 'L', 'F'}, false},
        {{0, 0, 0, 0}, false},
    };
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++) {
        uint8_t bytes[64] = {0};
        struct universal universal;
        struct error error = {0};
        memcpy(bytes, magics[i].magic, 4);
        if (universal_parse((struct bytes){bytes, 64}, 64, &universal, &error) != magics[i].good)
            fail_msg("magic %zu: %s", i, error.what);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_universal_file_has_the_slices_of_its_header),
        cmocka_unit_test(the_wide_header_reaches_past_4_gib),
        cmocka_unit_test(a_slice_is_found_by_the_name_of_its_architecture),
        cmocka_unit_test(a_thin_file_is_one_slice),
        cmocka_unit_test(slices_are_taken_up_to_the_limits_of_dyld),
        cmocka_unit_test(an_overlap_says_where_the_other_slice_ends),
        cmocka_unit_test(a_slice_can_be_moved_in_its_header),
        cmocka_unit_test(a_wide_header_takes_64_bits),
        cmocka_unit_test(sixteen_slices_are_the_most),
        cmocka_unit_test(only_64_bit_little_endian_files_are_taken),
    };
    return cmocka_run_group_tests_name("universal", tests, NULL, NULL);
}
