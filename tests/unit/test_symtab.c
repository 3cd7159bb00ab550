#include "macho/symtab.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct use {
    const char *label;
    uint8_t type;
    enum symbol_use use;
} uses[] = {
    {"N_UNDF | N_EXT", 0x01, SYMBOL_GLOBAL},
    {"N_ABS", 0x02, SYMBOL_LOCAL},
    {"N_ABS | N_EXT", 0x03, SYMBOL_GLOBAL},
    {"N_SECT", 0x0e, SYMBOL_LOCAL},
    {"N_SECT | N_EXT", 0x0f, SYMBOL_GLOBAL},
    {"N_SECT | N_PEXT", 0x1e, SYMBOL_LOCAL},
    {"N_INDR | N_EXT", 0x0b, SYMBOL_GLOBAL},
    {"the lowest bit of N_STAB", 0x20, SYMBOL_STAB},
    {"the middle bit of N_STAB", 0x40, SYMBOL_STAB},
    {"the highest bit of N_STAB", 0x80, SYMBOL_STAB},
    {"N_GSYM", 0x20, SYMBOL_STAB},
    {"N_FUN", 0x24, SYMBOL_STAB},
    {"N_STSYM", 0x26, SYMBOL_STAB},
    {"N_BNSYM", 0x2e, SYMBOL_STAB},
    {"N_SO", 0x64, SYMBOL_STAB},
    {"N_OSO", 0x66, SYMBOL_STAB},
    {"N_ENSYM", 0x4e, SYMBOL_STAB},
    {"a stab with the bit of N_EXT", 0x65, SYMBOL_STAB},
};

static void the_type_of_a_symbol_tells_its_use(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof uses / sizeof uses[0]; i++) {
        const struct nlist symbol = {.type = uses[i].type};
        if (nlist_use(&symbol) != uses[i].use)
            fail_msg("%s: %d", uses[i].label, nlist_use(&symbol));
    }
}

static void an_entry_is_read_from_its_place_in_the_table(void **state) {
    (void)state;
    static const uint8_t table[2 * NLIST_SIZE] = {[16] = 0x78, 0x56, 0x34, 0x12, 0x0f, 0x03,
                                                  0x80,        0x02, 0x00, 0xc0, 0x52, 0x3d,
                                                  0x01,        0x00, 0x00, 0x00};
    struct nlist first = nlist_at((struct bytes){table, sizeof table}, 0);
    struct nlist second = nlist_at((struct bytes){table, sizeof table}, 1);
    assert_int_equal(first.string_index, 0);
    assert_int_equal(first.value, 0);
    assert_int_equal(second.string_index, 0x12345678);
    assert_int_equal(second.type, 0x0f);
    assert_int_equal(second.section, 3);
    assert_int_equal(second.description, 0x0280);
    assert_int_equal(second.value, 0x13d52c000);
}

enum { MOST_BYTES = 64 };

/* A pool and, below each byte, the use of the symbols whose name begins there: S stab, L local, G
 * global, a blank for none. In the pool a dot stands for NUL. */
static const struct pool {
    const char *label;
    const char *bytes;
    const char *starts;
    uint64_t expected[SYMBOL_USES]; /* none, stab, local, global */
} pools[] = {
    {"empty", "", "", {0}},
    {"nothing used", ".abc.de.", "        ", {8, 0, 0, 0}},
    {"each its own", "ab.cde.f.", "S  L   G ", {0, 3, 4, 2}},
    {"the empty name at the start", ".ab.", "GS  ", {0, 3, 0, 1}},
    {"an unused byte at the start", ".ab.", " S  ", {1, 3, 0, 0}},
    {"unused between", "ab.xxx.cd.", "L      L  ", {4, 0, 6, 0}},
    {"a tail of a longer name", "abcde.", "S  G  ", {0, 3, 0, 3}},
    {"a lesser tail leaves the longer name whole", "abcde.", "G  S  ", {0, 0, 0, 6}},
    {"a tail alone leaves the head unused", "abcde.", "   L  ", {3, 0, 3, 0}},
    {"tails of tails", "abcdef.", "S L G  ", {0, 2, 2, 3}},
    {"a greater tail between lesser ones", "abcdef.", "S G L  ", {0, 2, 0, 5}},
    {"the NUL alone as a name", "ab.", "S G", {0, 2, 0, 1}},
    {"names end with their NUL", "a.b.c.", "G S   ", {2, 2, 0, 2}},
    {"without a NUL at the end", "ab.cde", "S  L  ", {0, 3, 3, 0}},
    {"padding at the end", "ab.....", "G      ", {4, 0, 0, 3}},
    {"the bytes of ordinary pools",
     " ._main._filter.l_x./src/a_o.",
     "  G     L       S   S        ",
     {2, 13, 8, 6}},
};

static size_t read_pool(const struct pool *pool, uint8_t *bytes, uint8_t *starts) {
    size_t size = strlen(pool->bytes);
    assert_true(size <= MOST_BYTES && strlen(pool->starts) == size);
    for (size_t i = 0; i < size; i++) {
        bytes[i] = pool->bytes[i] == '.' ? 0 : (uint8_t)pool->bytes[i];
        starts[i] = pool->starts[i] == 'S'   ? SYMBOL_STAB
                    : pool->starts[i] == 'L' ? SYMBOL_LOCAL
                    : pool->starts[i] == 'G' ? SYMBOL_GLOBAL
                                             : SYMBOL_NONE;
    }
    return size;
}

static void feed(struct string_owners *owners, const uint8_t *bytes, const uint8_t *starts,
                 size_t from, size_t to) {
    string_owners_feed(owners, (struct bytes){bytes + from, to - from}, starts + from);
}

static void expect_owners(const struct pool *pool, const struct string_owners *owners,
                          const char *how) {
    if (memcmp(owners->bytes, pool->expected, sizeof pool->expected) != 0)
        fail_msg("%s, %s: %" PRIu64 " none, %" PRIu64 " stab, %" PRIu64 " local, %" PRIu64
                 " global",
                 pool->label, how, owners->bytes[0], owners->bytes[1], owners->bytes[2],
                 owners->bytes[3]);
}

static void a_byte_belongs_to_the_greatest_use_of_its_strings(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof pools / sizeof pools[0]; i++) {
        uint8_t bytes[MOST_BYTES], starts[MOST_BYTES];
        size_t size = read_pool(&pools[i], bytes, starts);
        struct string_owners owners = {0};
        feed(&owners, bytes, starts, 0, size);
        expect_owners(&pools[i], &owners, "whole");
    }
}

static void a_pool_cut_anywhere_gives_the_same(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof pools / sizeof pools[0]; i++) {
        uint8_t bytes[MOST_BYTES], starts[MOST_BYTES];
        size_t size = read_pool(&pools[i], bytes, starts);
        for (size_t first = 0; first <= size; first++)
            for (size_t second = first; second <= size; second++) {
                struct string_owners owners = {0};
                feed(&owners, bytes, starts, 0, first);
                feed(&owners, bytes, starts, first, second);
                feed(&owners, bytes, starts, second, size);
                expect_owners(&pools[i], &owners, "cut twice");
            }
    }
}

static void a_pool_fed_byte_by_byte_gives_the_same(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof pools / sizeof pools[0]; i++) {
        uint8_t bytes[MOST_BYTES], starts[MOST_BYTES];
        size_t size = read_pool(&pools[i], bytes, starts);
        struct string_owners owners = {0};
        for (size_t at = 0; at < size; at++)
            feed(&owners, bytes, starts, at, at + 1);
        expect_owners(&pools[i], &owners, "byte by byte");
    }
}

/* What the header says, word for word: each byte asks every string that holds it. */
static void own_by_definition(const uint8_t *bytes, const uint8_t *starts, size_t size,
                              uint64_t expected[SYMBOL_USES]) {
    for (size_t at = 0; at < size; at++) {
        uint8_t owner = SYMBOL_NONE;
        for (size_t start = at + 1; start-- > 0;) {
            if (start < at && bytes[start] == 0)
                break;
            owner = starts[start] > owner ? starts[start] : owner;
        }
        expected[owner]++;
    }
}

static void random_pools_agree_with_the_definition(void **state) {
    (void)state;
    uint32_t random = 27;
    for (int round = 0; round < 5000; round++) {
        uint8_t bytes[MOST_BYTES], starts[MOST_BYTES];
        uint64_t expected[SYMBOL_USES] = {0};
        struct string_owners owners = {0};
        for (size_t i = 0; i < MOST_BYTES; i++) {
            random = random * 1664525 + 1013904223;
            bytes[i] = random >> 16 & 3 ? 'a' : 0;
            starts[i] = random >> 20 & 3 ? SYMBOL_NONE : (uint8_t)(random >> 24 & 3);
        }
        own_by_definition(bytes, starts, MOST_BYTES, expected);
        feed(&owners, bytes, starts, 0, random >> 26);
        feed(&owners, bytes, starts, random >> 26, MOST_BYTES);
        assert_memory_equal(owners.bytes, expected, sizeof expected);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_type_of_a_symbol_tells_its_use),
        cmocka_unit_test(an_entry_is_read_from_its_place_in_the_table),
        cmocka_unit_test(a_byte_belongs_to_the_greatest_use_of_its_strings),
        cmocka_unit_test(a_pool_cut_anywhere_gives_the_same),
        cmocka_unit_test(a_pool_fed_byte_by_byte_gives_the_same),
        cmocka_unit_test(random_pools_agree_with_the_definition),
    };
    return cmocka_run_group_tests_name("symtab", tests, NULL, NULL);
}
