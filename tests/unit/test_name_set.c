#include "base/name_set.h"

#include "bytes_literal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static uint64_t hash_of(const char *name) {
    return name_hash((struct bytes){(const uint8_t *)name, strlen(name)});
}

/* The values that FNV-1a's authors give. */
static void hashes(void **state) {
    (void)state;
    assert_true(hash_of("") == UINT64_C(0xcbf29ce484222325));
    assert_true(hash_of("a") == UINT64_C(0xaf63dc4c8601ec8c));
    assert_true(hash_of("foobar") == UINT64_C(0x85944171f73967e8));
}

static void names_in_order(void **state) {
    static const struct {
        const char *name;
        size_t shared;
    } rows[] = {{"", 0}, {"_a", 0}, {"_about", 2}, {"_abs", 3}, {"_b", 1}, {"_b", 2}, {"_c", 0}};
    struct name_hasher hasher = {0};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bytes name = {(const uint8_t *)rows[i].name, strlen(rows[i].name)};
        assert_true(name_hasher_next(&hasher, name, rows[i].shared) == hash_of(rows[i].name));
    }
    name_hasher_free(&hasher);
}

static void sets(void **state) {
    struct name_set set = {0}, more = {0};
    (void)state;
    assert_false(name_set_has(&set, 0));
    name_set_seal(&set);
    assert_false(name_set_has(&set, 0));
    for (uint64_t i = 0; i < 1000; i++)
        name_set_add(&set, (i * 7919) % 500 * 3);
    name_set_seal(&set);
    assert_int_equal(set.count, 500);
    for (uint64_t i = 0; i < 1600; i++)
        assert_int_equal(name_set_has(&set, i), i % 3 == 0 && i < 1500);
    name_set_add(&more, 1);
    name_set_add(&more, UINT64_MAX);
    name_set_add(&more, 3);
    name_set_add_all(&set, &more);
    name_set_seal(&set);
    assert_int_equal(set.count, 502);
    assert_true(name_set_has(&set, 1) && name_set_has(&set, UINT64_MAX) && name_set_has(&set, 0));
    name_set_free(&set);
    name_set_free(&more);
    assert_false(name_set_has(&set, 1));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes),
        cmocka_unit_test(names_in_order),
        cmocka_unit_test(sets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
