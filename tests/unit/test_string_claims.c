#include "macho/string_claims.h"

#include "macho/symtab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_NAMES = 600, MOST_POOL = 6000 };

/* A symbol table whose entries have these names, or N_INDR with the second one. */
struct table {
    uint8_t bytes[MOST_NAMES * NLIST_SIZE];
    size_t count;
};

static void add_symbol(struct table *table, uint32_t name, uint8_t type, uint64_t value) {
    uint8_t *entry = table->bytes + table->count++ * NLIST_SIZE;
    memset(entry, 0, NLIST_SIZE);
    bytes_store_little(entry, 4, name);
    entry[4] = type;
    bytes_store_little(entry + 8, 8, value);
}

/* The stretches as "start-end start-end". */
static void find(struct bytes pool, const struct table *table, char *found, size_t size) {
    struct string_claims claims;
    size_t start, end, at = 0;
    found[0] = '\0';
    string_claims_begin(pool, (struct bytes){table->bytes, table->count * NLIST_SIZE}, &claims);
    while (string_claims_next(&claims, &start, &end))
        at += (size_t)snprintf(found + at, size - at, "%s%zu-%zu", at == 0 ? "" : " ", start, end);
    string_claims_end(&claims);
}

/* Pools written as C strings of `size` bytes, names by their indexes. */
static const struct {
    const char *label;
    const char *pool;
    size_t size;
    uint32_t names[4]; /* 0 after the last */
    const char *found;
} rows[] = {
    {"no pool", "", 0, {0}, ""},
    {"names alone", "\0_a\0_bb\0", 8, {1, 4}, ""},
    {"the null name of Apple's linkers", " \0_a\0", 5, {2}, ""},
    {"another name at 0", "xy\0_a\0", 6, {3}, "0-3"},
    {"a name that looks like one, at 0", "_y\0_a\0", 6, {3}, ""},
    {"between names", "\0_a\0ARCHIVE\0_b\0", 15, {1, 12}, "4-12"},
    {"left names", "\0_a\0_gone\0-[A b]\0+[A c]\0l_x\0L_y\0ltmp1\0_b\0", 41, {1, 38}, ""},
    {"one of them is none", "\0_a\0_gone\0gone\0_b\0", 18, {1, 15}, "4-15"},
    {"a left name that is not printable", "\0_a\0_go\x01ne\0_b\0", 14, {1, 11}, "4-11"},
    {"before the tail that a name is", "\0PACKED_b\0", 10, {7}, "1-7"},
    {"before the tail of a left name", "\0_ab_b\0", 7, {4}, ""},
    {"after the last name", "\0_a\0PK", 6, {1}, "4-6"},
    {"zeros after it", "\0_a\0\0\0\0", 7, {1}, ""},
    {"no end of the last name", "\0_a\0_b", 6, {1, 4}, ""},
    {"a name inside another", "\0_abc\0X\0", 8, {1, 3}, "6-8"},
    {"no names at all", "\0\xff\0", 3, {0}, "1-3"},
    {"a name past the pool", "\0_a\0X\0", 6, {1, 99}, "4-6"},
};

static void stretches_are_found(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct table table = {.count = 0};
        char found[200];
        for (size_t j = 0; j < 4 && rows[i].names[j] != 0; j++)
            add_symbol(&table, rows[i].names[j], 0x0f, 0);
        find((struct bytes){(const uint8_t *)rows[i].pool, rows[i].size}, &table, found,
             sizeof found);
        if (strcmp(found, rows[i].found) != 0)
            fail_msg("%s: \"%s\", not \"%s\"", rows[i].label, found, rows[i].found);
    }
}

static void the_second_name_of_n_indr_is_claimed(void **state) {
    (void)state;
    static const char pool[] = "\0_a\0other\0";
    const struct bytes bytes = {(const uint8_t *)pool, sizeof pool - 1};
    struct table indirect = {.count = 0}, plain = {.count = 0}, stab = {.count = 0};
    char found[200];
    add_symbol(&indirect, 1, 0x0b, 4);
    find(bytes, &indirect, found, sizeof found);
    assert_string_equal(found, "");
    add_symbol(&plain, 1, 0x0f, 4);
    find(bytes, &plain, found, sizeof found);
    assert_string_equal(found, "4-10");
    add_symbol(&stab, 1, 0x2a, 4);
    find(bytes, &stab, found, sizeof found);
    assert_string_equal(found, "4-10");
}

/* Pools of all alignments against a reading byte by byte. */
static uint32_t next_random(uint32_t *random) {
    return *random = *random * 1664525 + 1013904223;
}

/* Whether some name holds byte i; in these pools only what no name holds has a '#'. */
static size_t make_pool(uint32_t *random, uint8_t *pool, struct table *table, char *wanted) {
    size_t size = 1, written = 0, start = 0;
    bool open = false;
    pool[0] = '\0';
    wanted[0] = '\0';
    while (size < MOST_POOL - 400 && table->count < MOST_NAMES) {
        bool unclaimed = next_random(random) >> 8 & 1;
        size_t length = 1 + (next_random(random) >> 8) % (next_random(random) >> 30 ? 20 : 300);
        if (!unclaimed && open)
            written += (size_t)snprintf(wanted + written, 44, "%s%zu-%zu", written == 0 ? "" : " ",
                                        start, size);
        if (unclaimed && !open)
            start = size;
        open = unclaimed;
        if (!unclaimed)
            add_symbol(table, (uint32_t)size, 0x0e, 0);
        memset(pool + size, unclaimed ? '#' : '_', length);
        size += length;
        pool[size++] = '\0';
    }
    if (open)
        snprintf(wanted + written, 44, "%s%zu-%zu", written == 0 ? "" : " ", start, size);
    return size;
}

static void all_alignments_are_alike(void **state) {
    (void)state;
    static uint8_t pool[MOST_POOL];
    static char wanted[40000], found[40000];
    uint32_t random = 7;
    for (int i = 0; i < 400; i++) {
        struct table table = {.count = 0};
        size_t size = make_pool(&random, pool, &table, wanted);
        find((struct bytes){pool, size}, &table, found, sizeof found);
        assert_string_equal(found, wanted);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stretches_are_found),
        cmocka_unit_test(the_second_name_of_n_indr_is_claimed),
        cmocka_unit_test(all_alignments_are_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
