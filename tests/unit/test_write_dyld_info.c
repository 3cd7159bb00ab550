#include "macho/write/dyld_info.h"

#include "fixups.h"
#include "macho/dyld_info.h"

#include <stdlib.h>

/* Opcodes are spelt as the numbers they are: <mach-o/loader.h> has them. The image: fixups.h, with
 * __DATA as segment 1. */

static struct import imports[] = {
    {.symbol = "_one", .ordinal = 1},
    {.symbol = "_far", .ordinal = 17, .weak = true, .addend = -129},
    {.symbol = "_self", .ordinal = ORDINAL_SELF},
    {.symbol = "_flat", .ordinal = ORDINAL_FLAT, .addend = 64},
    {.symbol = "_w", .ordinal = ORDINAL_WEAK},
    {.symbol = "_a", .ordinal = ORDINAL_WEAK, .weak = true},
};
static const struct new_imports all_imports = {imports, 6, 6};

struct written {
    struct new_opcodes opcodes;
    struct opcode_parts parts;
    uint8_t contents[DATA_SIZE];
    struct error error;
};

static int begin(void **state) {
    struct written *written = calloc(1, sizeof *written);
    written->opcodes.imports = &all_imports;
    *state = written;
    return 0;
}

static int end(void **state) {
    struct written *written = *state;
    new_opcodes_free(&written->opcodes);
    buffer_free(&written->parts.rebase);
    buffer_free(&written->parts.bind);
    buffer_free(&written->parts.weak_bind);
    free(written);
    return 0;
}

static bool add(struct written *written, const struct chained_pointer *pointers, size_t count) {
    return new_opcodes_segment(&written->opcodes, 1, pointers, count,
                               (struct chained_contents){written->contents, DATA_SIZE},
                               &written->error);
}

static void assert_bytes(const struct buffer *part, const char *bytes, size_t size) {
    assert_int_equal(part->size, size);
    if (size != 0)
        assert_memory_equal(part->data, bytes, size);
}
#define ASSERT_BYTES(part, string) assert_bytes(part, string, sizeof string - 1)

static void nothing(void **state) {
    struct written *written = *state;
    new_opcodes_write(&written->opcodes, &written->parts);
    ASSERT_BYTES(&written->parts.rebase, "");
    ASSERT_BYTES(&written->parts.bind, "");
    ASSERT_BYTES(&written->parts.weak_bind, "");
}

/* Runs of pointers, a gap, and a run that the immediate does not hold; the topmost byte stays. */
static void rebases(void **state) {
    struct written *written = *state;
    struct chained_pointer pointers[19] = {{.offset = 8, .target = 0x1000, .high = 0x80},
                                           {.offset = 16, .target = 0x2000},
                                           {.offset = 36, .target = 0x3000}};
    for (size_t i = 3; i < 19; i++)
        pointers[i] = (struct chained_pointer){.offset = 64 + 8 * (i - 3), .target = i};
    assert_true(add(written, pointers, 19));
    new_opcodes_write(&written->opcodes, &written->parts);
    ASSERT_BYTES(&written->parts.rebase, "\x11\x21\x08\x52\x30\x0c\x51\x30\x14\x60\x10\x00");
    struct bytes contents = {written->contents, DATA_SIZE};
    assert_true(bytes_u64(contents, 8) == UINT64_C(0x8000000000001000));
    assert_true(bytes_u64(contents, 36) == 0x3000);
    assert_true(bytes_u64(contents, 0) == 0);
}

/* By import; what changes is said again, and nothing else. */
static void binds(void **state) {
    struct written *written = *state;
    const struct chained_pointer pointers[] = {
        {.offset = 0, .binds = true, .import = 1},
        {.offset = 8, .binds = true, .import = 0},
        {.offset = 16, .binds = true, .import = 0},
        {.offset = 32, .binds = true, .import = 0, .addend = 3},
        {.offset = 40, .binds = true, .import = 2},
        {.offset = 48, .binds = true, .import = 3}};
    assert_true(add(written, pointers, 6));
    new_opcodes_write(&written->opcodes, &written->parts);
    ASSERT_BYTES(&written->parts.bind, "\x11\x40_one\0\x51\x71\x08\x90\x90\x60\x03\x80\x08\x90"
                                       "\x20\x11\x41_far\0\x60\xff\x7e\x71\x00\x90"
                                       "\x30\x40_self\0\x60\x00\x80\x20\x90"
                                       "\x3e\x40_flat\0\x60\xc0\x00\x90\x00");
}

/* By name, a strong definition first; over a rebase. */
static void weak_binds(void **state) {
    struct written *written = *state;
    const struct chained_pointer pointers[] = {{.offset = 0, .binds = true, .import = 4},
                                               {.offset = 0, .target = 0x1234},
                                               {.offset = 8, .binds = true, .import = 5}};
    assert_true(add(written, pointers, 3));
    new_opcodes_strong(&written->opcodes, "_w");
    new_opcodes_strong(&written->opcodes, "_v");
    new_opcodes_strong(&written->opcodes, "_v");
    new_opcodes_write(&written->opcodes, &written->parts);
    ASSERT_BYTES(&written->parts.rebase, "\x11\x21\x00\x51\x00");
    ASSERT_BYTES(&written->parts.weak_bind,
                 "\x41_a\0\x51\x71\x08\x90\x48_v\0\x48_w\0\x71\x00\x90\x00");
}

/* The reader finds what was written. */
static void read_again(void **state) {
    struct written *written = *state;
    struct fixture fixture;
    struct fixup fixup;
    struct error error;
    const struct chained_pointer pointers[] = {{.offset = 8, .binds = true, .import = 0},
                                               {.offset = 24, .binds = true, .import = 3}};
    fixture_make(&fixture);
    assert_true(add(written, pointers, 2));
    new_opcodes_write(&written->opcodes, &written->parts);
    struct dyld_info_walk walk =
        dyld_info_walk(opcode_program_named("bind opcodes"), buffer_bytes(&written->parts.bind),
                       &fixture.image, slice_of(&fixture));
    assert_true(dyld_info_next(&walk, &fixup, &error));
    assert_fixup(&fixture, &fixup, "0x100004008 (__DATA): binds _one of ordinal 1");
    assert_true(dyld_info_next(&walk, &fixup, &error));
    assert_true(fixup.import.addend == 64 && fixup.import.ordinal == ORDINAL_FLAT);
    assert_false(dyld_info_next(&walk, &fixup, &error));
    assert_int_equal(error.kind, ERROR_NONE);
}

static void refused(void **state) {
    struct written *written = *state;
    const struct chained_pointer past = {.offset = DATA_SIZE - 7};
    const struct chained_pointer over[] = {{.offset = 8}, {.offset = 12}};
    assert_false(add(written, &past, 1));
    assert_says(&written->error, "opcodes: the pointer at 0x1f9 of its segment lies past what the "
                                 "file holds of it");
    assert_false(add(written, over, 2));
    assert_says(&written->error,
                "opcodes: the pointer at 0xc of its segment lies over the one before it");
    assert_false(new_opcodes_segment(&written->opcodes, 16, over, 1,
                                     (struct chained_contents){written->contents, DATA_SIZE},
                                     &written->error));
    assert_says(&written->error, "opcodes: segment 16 is more than they can name");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing, begin, end),
        cmocka_unit_test_setup_teardown(rebases, begin, end),
        cmocka_unit_test_setup_teardown(binds, begin, end),
        cmocka_unit_test_setup_teardown(weak_binds, begin, end),
        cmocka_unit_test_setup_teardown(read_again, begin, end),
        cmocka_unit_test_setup_teardown(refused, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
