#include "base/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void an_empty_map_has_nothing(void **state) {
    (void)state;
    struct map map = {0};
    assert_null(map_get(&map, ""));
    assert_null(map_get(&map, "key"));
    map_free(&map);
}

static void a_key_leads_to_the_value_last_put(void **state) {
    (void)state;
    struct arena arena = {0};
    struct map map = {0};
    int values[3];
    map_put(&map, &arena, "a", &values[0]);
    map_put(&map, &arena, "", &values[1]);
    assert_ptr_equal(map_get(&map, "a"), &values[0]);
    assert_ptr_equal(map_get(&map, ""), &values[1]);
    assert_null(map_get(&map, "A"));
    assert_null(map_get(&map, "aa"));
    map_put(&map, &arena, "a", &values[2]);
    assert_ptr_equal(map_get(&map, "a"), &values[2]);
    map_free(&map);
    arena_free(&arena);
}

static void a_key_is_copied(void **state) {
    (void)state;
    struct arena arena = {0};
    struct map map = {0};
    char key[] = "key";
    map_put(&map, &arena, key, key);
    key[0] = 'x';
    assert_ptr_equal(map_get(&map, "key"), key);
    assert_null(map_get(&map, "xey"));
    map_free(&map);
    arena_free(&arena);
}

static void thousands_of_keys_are_told_apart(void **state) {
    (void)state;
    enum { KEYS = 5000 };
    static int values[KEYS];
    struct arena arena = {0};
    struct map map = {0};
    char key[16];
    for (int i = 0; i < KEYS; i++) {
        snprintf(key, sizeof key, "lib%d.dylib", i);
        map_put(&map, &arena, key, &values[i]);
    }
    for (int i = 0; i < KEYS; i++) {
        snprintf(key, sizeof key, "lib%d.dylib", i);
        assert_ptr_equal(map_get(&map, key), &values[i]);
    }
    map_free(&map);
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_map_has_nothing),
        cmocka_unit_test(a_key_leads_to_the_value_last_put),
        cmocka_unit_test(a_key_is_copied),
        cmocka_unit_test(thousands_of_keys_are_told_apart),
    };
    return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
