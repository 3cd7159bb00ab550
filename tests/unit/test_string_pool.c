#include "macho/string_pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_NAMES = 200, MOST_BYTES = 2000 };

/* A pool with names into it, and what planning and writing makes of them. */
struct rebuilt {
    struct pool_name names[MOST_NAMES];
    uint8_t pool[MOST_BYTES];
    size_t size;
};

static void rebuild(struct bytes old, const uint32_t *indexes, size_t count,
                    struct rebuilt *rebuilt) {
    struct pool_plan plan;
    assert_true(count <= MOST_NAMES);
    for (size_t i = 0; i < count; i++)
        rebuilt->names[i] = (struct pool_name){.old_index = indexes[i]};
    string_pool_plan(old, rebuilt->names, count, &plan);
    assert_true(plan.size <= MOST_BYTES);
    rebuilt->size = (size_t)plan.size;
    memset(rebuilt->pool, 0xaa, sizeof rebuilt->pool);
    string_pool_write(old, &plan, rebuilt->pool);
    string_pool_free(&plan);
    /* Nothing is written past the size. */
    assert_true(rebuilt->size == MOST_BYTES || rebuilt->pool[rebuilt->size] == 0xaa);
}

/* In both pools a dot stands for NUL. */
static const struct row {
    const char *label;
    const char *old;
    uint32_t indexes[8];
    size_t count;
    const char *expected;
} rows[] = {
    {"nothing used", " ._main._f.", {0}, 0, " ."},
    {"all used", " ._main._f.", {2, 8}, 2, " ._main._f."},
    {"in the order of use", " ._main._f.", {8, 2}, 2, " ._f._main."},
    {"one not used", " ._a._b._c.", {2, 8}, 2, " ._a._c."},
    {"the same index twice", " ._a._b.", {5, 5, 5}, 3, " ._b."},
    {"equal names", " ._a._b._a.", {2, 8, 5}, 3, " ._a._b."},
    {"the tail of a name", " ._main.main.", {2, 8}, 2, " ._main."},
    {"the tail before the name", " .main._main.", {2, 7}, 2, " ._main."},
    {"a tail of a tail", " .n.in._main.", {2, 4, 7}, 3, " ._main."},
    {"a head is no tail", " ._main._mainly.", {2, 8}, 2, " ._main._mainly."},
    {"an index inside a name", " ._main.", {4}, 1, " .ain."},
    {"a name without an end", " ._main", {2}, 1, " ._main."},
    {"a pool that begins with NUL", "._a._b.", {4, 1}, 2, "._b._a."},
};

static size_t read_pool(const char *text, uint8_t *pool) {
    size_t size = strlen(text);
    for (size_t i = 0; i < size; i++)
        pool[i] = text[i] == '.' ? 0 : (uint8_t)text[i];
    return size;
}

static void a_pool_holds_each_name_once(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t old[64], expected[64];
        struct rebuilt rebuilt;
        memset(old, 'x', sizeof old); /* behind its end too */
        struct bytes view = {old, read_pool(rows[i].old, old)};
        size_t size = read_pool(rows[i].expected, expected);
        rebuild(view, rows[i].indexes, rows[i].count, &rebuilt);
        if (rebuilt.size != size || memcmp(rebuilt.pool, expected, size) != 0)
            fail_msg("%s: %.*s", rows[i].label, (int)rebuilt.size, (const char *)rebuilt.pool);
    }
}

/* A pool of names of two characters, one of them the greatest byte, so that many are equal or end
 * others, with a random start for each name. `ends` + 1, a power of two, is how long they are on
 * average. */
static size_t random_pool(uint32_t *random, uint32_t ends, uint8_t *pool, uint32_t *indexes,
                          size_t *count) {
    size_t size = 2;
    pool[0] = ' ';
    pool[1] = 0;
    while (size < 600) {
        *random = *random * 1664525 + 1013904223;
        pool[size++] = *random >> 16 & ends ? (*random >> 24 & 7 ? 'a' : 0xff) : 0;
    }
    pool[size - 1] = 0;
    *random = *random * 1664525 + 1013904223;
    *count = (*random >> 16) % MOST_NAMES;
    for (size_t i = 0; i < *count; i++) {
        *random = *random * 1664525 + 1013904223;
        indexes[i] = (*random >> 8) % 600;
    }
    return size;
}

static const char *name_at(const uint8_t *pool, uint32_t index) {
    return (const char *)pool + index;
}

static bool ends_in(const char *name, const char *tail) {
    size_t size = strlen(name), tail_size = strlen(tail);
    return tail_size <= size && strcmp(name + size - tail_size, tail) == 0;
}

/* Every name of the new pool begins somewhere in `names`, and none ends another. */
static void expect_no_waste(const struct rebuilt *rebuilt) {
    for (size_t a = 2; a < rebuilt->size; a += strlen(name_at(rebuilt->pool, (uint32_t)a)) + 1)
        for (size_t b = 2; b < rebuilt->size; b += strlen(name_at(rebuilt->pool, (uint32_t)b)) + 1)
            if (a != b)
                assert_false(ends_in(name_at(rebuilt->pool, (uint32_t)a),
                                     name_at(rebuilt->pool, (uint32_t)b)));
}

static void every_name_is_what_it_was_and_none_ends_another(void **state) {
    (void)state;
    uint32_t random = 28;
    for (int round = 0; round < 500; round++) {
        uint8_t old[600];
        uint32_t indexes[MOST_NAMES];
        size_t count, size = random_pool(&random, round % 2 ? 3 : 63, old, indexes, &count);
        struct rebuilt rebuilt;
        rebuild((struct bytes){old, size}, indexes, count, &rebuilt);
        for (size_t i = 0; i < count; i++) {
            assert_true(rebuilt.names[i].new_index < rebuilt.size);
            assert_string_equal(name_at(rebuilt.pool, rebuilt.names[i].new_index),
                                name_at(old, indexes[i]));
        }
        expect_no_waste(&rebuilt);
    }
}

static void planning_again_changes_nothing(void **state) {
    (void)state;
    uint32_t random = 29;
    for (int round = 0; round < 500; round++) {
        uint8_t old[600];
        uint32_t indexes[MOST_NAMES];
        size_t count, size = random_pool(&random, round % 2 ? 3 : 63, old, indexes, &count);
        struct rebuilt once, twice;
        rebuild((struct bytes){old, size}, indexes, count, &once);
        for (size_t i = 0; i < count; i++)
            indexes[i] = once.names[i].new_index;
        rebuild((struct bytes){once.pool, once.size}, indexes, count, &twice);
        assert_int_equal(twice.size, once.size);
        assert_memory_equal(twice.pool, once.pool, once.size);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(twice.names[i].new_index, indexes[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pool_holds_each_name_once),
        cmocka_unit_test(every_name_is_what_it_was_and_none_ends_another),
        cmocka_unit_test(planning_again_changes_nothing),
    };
    return cmocka_run_group_tests_name("string_pool", tests, NULL, NULL);
}
