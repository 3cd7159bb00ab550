#include "macho/write/string_pool.h"

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
    {"a tail is used first", " .in._f._main.", {2, 5, 8}, 3, " ._f._main."},
    {"a tail of two names", " .in._begin._main.", {2, 12, 5}, 3, " ._main._begin."},
    {"a tail of eight characters", " .eight_ch._eight_ch.", {2, 11}, 2, " ._eight_ch."},
    {"a tail of nine characters", " .nine_char._nine_char.", {2, 12}, 2, " ._nine_char."},
    {"an index inside a name", " ._main.", {4}, 1, " .ain."},
    {"a name without characters", " ._main.", {1, 2, 7}, 3, " ._main."},
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
        memset(old, 'x', sizeof old); /* after its end too */
        struct bytes view = {old, read_pool(rows[i].old, old)};
        size_t size = read_pool(rows[i].expected, expected);
        rebuild(view, rows[i].indexes, rows[i].count, &rebuilt);
        if (rebuilt.size != size || memcmp(rebuilt.pool, expected, size) != 0)
            fail_msg("%s: %.*s", rows[i].label, (int)rebuilt.size, (const char *)rebuilt.pool);
    }
}

static void a_tail_lies_in_the_name_that_is_used_first(void **state) {
    (void)state;
    const uint32_t indexes[] = {2, 12, 5};
    struct rebuilt rebuilt;
    uint8_t old[64];
    struct bytes view = {old, read_pool(" .in._begin._main.", old)};
    rebuild(view, indexes, 3, &rebuilt);
    assert_int_equal(rebuilt.names[0].new_index, 5); /* " ._ma" stands before it */
}

static uint32_t next(uint32_t *random) {
    *random = *random * 1664525 + 1013904223;
    return *random >> 8;
}

/* A pool of characters of which one is the greatest byte, so that many names are equal or end
 * others, with a random start for each name. `ends` + 1, a power of two, is how long they are on
 * average. */
static size_t random_characters(uint32_t *random, uint32_t ends, uint8_t *pool, uint32_t *indexes,
                                size_t count) {
    size_t size = 2;
    while (size < 600)
        pool[size++] = next(random) >> 8 & ends ? (next(random) >> 16 & 7 ? 'a' : 0xff) : 0;
    pool[size - 1] = 0;
    for (size_t i = 0; i < count; i++)
        indexes[i] = next(random) % 600;
    return size;
}

/* A pool in which each name stands for itself: tails, long and short, of few words. */
static size_t random_tails(uint32_t *random, uint8_t *pool, uint32_t *indexes, size_t count) {
    static const char *const words[] = {
        "__ZN4base8internal9BindStateIFvRKNS_8FilePathEEJEE7DestroyEPKNS0_13BindStateBaseE",
        "__ZN4base8internal9BindStateIFvRKNS_8FilePathEEJEE6CreateEPKNS0_13BindStateBaseE",
        "_main_________________main", "__main"};
    size_t size = 2;
    for (size_t i = 0; i < count; i++) {
        const char *word = words[next(random) % 4];
        size_t length = 1 + next(random) % strlen(word);
        indexes[i] = (uint32_t)size;
        memcpy(pool + size, word + strlen(word) - length, length + 1);
        size += length + 1;
    }
    return size;
}

enum { KINDS = 3, MOST_TAILS = 20 };

/* An old pool and where names begin in it. */
struct sample {
    uint8_t old[MOST_BYTES];
    size_t size;
    uint32_t indexes[MOST_NAMES];
    size_t count;
};

static void take_sample(uint32_t *random, int round, struct sample *sample) {
    int kind = round % KINDS;
    sample->old[0] = ' ';
    sample->old[1] = 0;
    sample->count = next(random) % (kind == 2 ? MOST_TAILS : MOST_NAMES);
    sample->size = kind == 2 ? random_tails(random, sample->old, sample->indexes, sample->count)
                             : random_characters(random, kind == 0 ? 3 : 63, sample->old,
                                                 sample->indexes, sample->count);
}

static void rebuild_sample(const struct sample *sample, struct rebuilt *rebuilt) {
    rebuild((struct bytes){sample->old, sample->size}, sample->indexes, sample->count, rebuilt);
}

static const char *name_at(const uint8_t *pool, uint32_t index) {
    return (const char *)pool + index;
}

static bool ends_in(const char *name, const char *tail) {
    size_t size = strlen(name), tail_size = strlen(tail);
    return tail_size <= size && strcmp(name + size - tail_size, tail) == 0;
}

/* Whether name i is the first that says this, and none of the others ends in it. */
static bool is_written(const struct sample *sample, size_t i) {
    const char *name = name_at(sample->old, sample->indexes[i]);
    if (sample->indexes[i] == 0 || *name == '\0')
        return false;
    for (size_t j = 0; j < sample->count; j++) {
        const char *other = name_at(sample->old, sample->indexes[j]);
        if (sample->indexes[j] != 0 && ends_in(other, name) &&
            (strlen(other) > strlen(name) || j < i))
            return false;
    }
    return true;
}

/* The new pool is the null name and what each name on its own says has to be written. */
static void expect_pool(const struct sample *sample, const struct rebuilt *rebuilt) {
    uint8_t expected[MOST_BYTES] = " ";
    size_t size = 2;
    for (size_t i = 0; i < sample->count; i++) {
        if (!is_written(sample, i))
            continue;
        const char *name = name_at(sample->old, sample->indexes[i]);
        memcpy(expected + size, name, strlen(name) + 1);
        size += strlen(name) + 1;
    }
    assert_int_equal(rebuilt->size, size);
    assert_memory_equal(rebuilt->pool, expected, size);
}

static void every_name_is_there_and_none_ends_another(void **state) {
    (void)state;
    uint32_t random = 28;
    for (int round = 0; round < 3000; round++) {
        struct sample sample;
        struct rebuilt rebuilt;
        take_sample(&random, round, &sample);
        rebuild_sample(&sample, &rebuilt);
        for (size_t i = 0; i < sample.count; i++) {
            assert_true(rebuilt.names[i].new_index < rebuilt.size);
            assert_string_equal(name_at(rebuilt.pool, rebuilt.names[i].new_index),
                                name_at(sample.old, sample.indexes[i]));
        }
        expect_pool(&sample, &rebuilt);
    }
}

static void planning_again_changes_nothing(void **state) {
    (void)state;
    uint32_t random = 29;
    for (int round = 0; round < 1500; round++) {
        struct sample sample;
        struct rebuilt once, twice;
        take_sample(&random, round, &sample);
        rebuild_sample(&sample, &once);
        for (size_t i = 0; i < sample.count; i++)
            sample.indexes[i] = once.names[i].new_index;
        rebuild((struct bytes){once.pool, once.size}, sample.indexes, sample.count, &twice);
        assert_int_equal(twice.size, once.size);
        assert_memory_equal(twice.pool, once.pool, once.size);
        for (size_t i = 0; i < sample.count; i++)
            assert_int_equal(twice.names[i].new_index, sample.indexes[i]);
    }
}

/* The hashes have another key each time. */
static void the_key_of_the_hashes_does_not_show(void **state) {
    (void)state;
    uint32_t random = 30;
    for (int round = 0; round < 300; round++) {
        struct sample sample;
        struct rebuilt once, twice;
        take_sample(&random, round, &sample);
        rebuild_sample(&sample, &once);
        rebuild_sample(&sample, &twice);
        assert_memory_equal(twice.names, once.names, sample.count * sizeof *once.names);
    }
}

struct gathered {
    uint8_t *data;
    size_t size;
    size_t left; /* windows that are taken */
};

static bool gather(void *context, struct bytes window, struct error *error) {
    struct gathered *gathered = context;
    assert_true(window.size != 0 && window.size <= 1 << 20);
    if (gathered->left-- == 0)
        return error_io(error, "", "is full");
    memcpy(gathered->data + gathered->size, window.data, window.size);
    gathered->size += window.size;
    return true;
}

/* Names shorter and longer than a window, and one that ends with it. */
static void windows_make_up_the_pool(void **state) {
    (void)state;
    enum { COUNT = 5, OLD_SIZE = 6 << 20 };
    const uint32_t sizes[COUNT] = {1, 70000, (1 << 20) - 1 - 2 - 70001, 3 << 20, 9};
    uint8_t *old = malloc(OLD_SIZE), *whole = malloc(OLD_SIZE), *parts = malloc(OLD_SIZE);
    struct pool_name names[COUNT];
    struct pool_plan plan;
    struct error error;
    uint32_t at = 1;
    assert_non_null(old);
    assert_non_null(whole);
    assert_non_null(parts);
    old[0] = 0;
    for (uint32_t i = 0; i < COUNT; at += sizes[i++] + 1) {
        names[i].old_index = at;
        memset(old + at, 'a' + (int)i, sizes[i]);
        old[at + sizes[i]] = 0;
    }
    string_pool_plan((struct bytes){old, at}, names, COUNT, &plan);
    string_pool_write((struct bytes){old, at}, &plan, whole);
    struct gathered gathered = {.data = parts, .left = SIZE_MAX};
    assert_true(string_pool_stream((struct bytes){old, at}, &plan, gather, &gathered, &error));
    assert_int_equal(gathered.size, plan.size);
    assert_memory_equal(parts, whole, plan.size);
    gathered = (struct gathered){.data = parts, .left = 2};
    assert_false(string_pool_stream((struct bytes){old, at}, &plan, gather, &gathered, &error));
    assert_int_equal(gathered.size, 2 << 20);
    string_pool_free(&plan);
    free(old), free(whole), free(parts);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pool_holds_each_name_once),
        cmocka_unit_test(a_tail_lies_in_the_name_that_is_used_first),
        cmocka_unit_test(every_name_is_there_and_none_ends_another),
        cmocka_unit_test(planning_again_changes_nothing),
        cmocka_unit_test(the_key_of_the_hashes_does_not_show),
        cmocka_unit_test(windows_make_up_the_pool),
    };
    return cmocka_run_group_tests_name("string_pool", tests, NULL, NULL);
}
