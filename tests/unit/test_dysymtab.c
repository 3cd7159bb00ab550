#include "macho/dysymtab.h"

#include "heads.h"

#include "macho/load_command.h"
#include "macho/symtab.h"

#include <stdlib.h>

enum { SYMBOLS = 6 };

/* A stab, a local, two exported ones (the second absolute), two undefined ones. */
static const uint8_t types[SYMBOLS] = {0x24, 0x0e, 0x0f, 0x03, 0x01, 0x01};

static struct bytes table_of(uint8_t table[SYMBOLS * NLIST_SIZE]) {
    memset(table, 0, SYMBOLS * NLIST_SIZE);
    for (size_t i = 0; i < SYMBOLS; i++)
        table[i * NLIST_SIZE + 4] = types[i];
    return (struct bytes){table, SYMBOLS * NLIST_SIZE};
}

/* The indirect table names symbols 1 and 4, none twice, and one that there is not. */
static const uint32_t indirect[] = {1, 4, INDIRECT_SYMBOL_LOCAL | 2, INDIRECT_SYMBOL_ABS | 5,
                                    SYMBOLS};
/* 1 << 27 is r_extern: symbol 5, section 3, a symbol that there is not. */
static const uint32_t relocations[] = {0x10, 1 << 27 | 5, 0x20, 3, 0x28, 1 << 27 | SYMBOLS};

static const struct row {
    const char *label;
    uint32_t commands[2]; /* 0 for none */
    bool relocated;
    const char *needed; /* a character a symbol; NULL for no symbol at all */
} rows[] = {
    {"chained fixups and a trie", {LC_DYLD_CHAINED_FIXUPS, LC_DYLD_EXPORTS_TRIE}, false, NULL},
    {"opcodes, which have a trie", {LC_DYLD_INFO_ONLY}, false, NULL},
    {"opcodes that dyld need not know", {LC_DYLD_INFO}, false, NULL},
    {"opcodes and relocations", {LC_DYLD_INFO}, true, "000001"},
    {"chained fixups alone", {LC_DYLD_CHAINED_FIXUPS}, false, "001000"},
    {"a trie alone", {LC_DYLD_EXPORTS_TRIE}, false, "010010"},
    {"a trie and relocations", {LC_DYLD_EXPORTS_TRIE}, true, "010011"},
    {"neither", {0}, true, "011011"},
};

static void what_dyld_reads_is_needed(void **state) {
    uint8_t bytes[SYMBOLS * NLIST_SIZE];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct head head = head_of(X86_64, 3, 6);
        for (size_t j = 0; j < 2 && rows[i].commands[j] != 0; j++) {
            uint32_t command[12] = {rows[i].commands[j]};
            bool info = (command[0] & ~LC_REQ_DYLD) == LC_DYLD_INFO;
            command[1] = info ? 48 : 16;
            add(&head, command, command[1]);
        }
        struct symbol_users users = {
            .head = {head.bytes, head.size},
            .table = table_of(bytes),
            .indirect = {(const uint8_t *)indirect, sizeof indirect},
        };
        if (rows[i].relocated)
            users.relocations = (struct bytes){(const uint8_t *)relocations, sizeof relocations};
        uint8_t *needed = dysymtab_needed(&users);
        if ((needed == NULL) != (rows[i].needed == NULL))
            fail_msg("%s: %s", rows[i].label, needed == NULL ? "none" : "some");
        for (size_t j = 0; needed != NULL && j < SYMBOLS; j++)
            if (needed[j] != rows[i].needed[j] - '0')
                fail_msg("%s: symbol %zu: %d", rows[i].label, j, needed[j]);
        free(needed);
    }
}

static void groups_are_read_as_they_are(void **state) {
    struct head with = head_of(X86_64, 3, 6), without = head_of(X86_64, 3, 6);
    struct symbol_group groups[DYSYMTAB_GROUPS];
    uint32_t command[20] = {LC_DYSYMTAB, 80, 9, 8, UINT32_MAX, 6, 5, UINT32_MAX};
    (void)state;
    add(&with, command, sizeof command);
    assert_true(dysymtab_groups((struct bytes){with.bytes, with.size}, groups));
    assert_int_equal(groups[0].start, 9);
    assert_int_equal(groups[0].count, 8);
    assert_int_equal(groups[1].start, UINT32_MAX);
    assert_int_equal(groups[1].count, 6);
    assert_int_equal(groups[2].start, 5);
    assert_int_equal(groups[2].count, UINT32_MAX);
    assert_false(dysymtab_groups((struct bytes){without.bytes, without.size}, groups));
    assert_int_equal(groups[2].count, 0);
}

static void a_relocation_keeps_all_but_its_symbol(void **state) {
    uint8_t relocation[EXTERNAL_RELOCATION_SIZE] = {1, 2, 3, 4, 0xaa, 0xbb, 0xcc, 0x0e | 0x08};
    struct bytes bytes = {relocation, sizeof relocation};
    uint32_t symbol;
    (void)state;
    assert_true(relocation_symbol(bytes, 0, 0xccbbab, &symbol));
    assert_int_equal(symbol, 0xccbbaa);
    assert_false(relocation_symbol(bytes, 0, 0xccbbaa, &symbol));
    relocation_store_symbol(relocation, 0x010203);
    assert_memory_equal(relocation, "\1\2\3\4\3\2\1\x0e", sizeof relocation);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_dyld_reads_is_needed),
        cmocka_unit_test(groups_are_read_as_they_are),
        cmocka_unit_test(a_relocation_keeps_all_but_its_symbol),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
