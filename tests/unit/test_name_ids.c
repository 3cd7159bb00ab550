#include "base/name_ids.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void ids_count_names_in_the_order_they_come(void **state) {
    (void)state;
    struct name_ids ids = {0};
    assert_int_equal(name_ids_find(&ids, "a"), 0);
    assert_int_equal(name_ids_add(&ids, "a"), 1);
    assert_int_equal(name_ids_add(&ids, ""), 2);
    assert_int_equal(name_ids_add(&ids, "a"), 1);
    assert_int_equal(name_ids_find(&ids, ""), 2);
    assert_int_equal(name_ids_find(&ids, "b"), 0);
    assert_int_equal(name_ids_add(&ids, "b"), 3);
    name_ids_free(&ids);
}

static void names_are_copied(void **state) {
    (void)state;
    struct name_ids ids = {0};
    char name[] = "libx.dylib";
    uint32_t id = name_ids_add(&ids, name);
    name[3] = 'y';
    assert_string_equal(name_ids_name(&ids, id), "libx.dylib");
    assert_int_equal(name_ids_find(&ids, name), 0);
    name_ids_free(&ids);
}

/* More than the first table has room for, twice over. */
static void many_names_keep_their_ids(void **state) {
    (void)state;
    enum { MANY = 5000 };
    struct name_ids ids = {0};
    char name[32];
    for (uint32_t i = 1; i <= MANY; i++) {
        snprintf(name, sizeof name, "@rpath/lib%u.dylib", (unsigned)i);
        assert_int_equal(name_ids_add(&ids, name), i);
    }
    for (uint32_t i = 1; i <= MANY; i++) {
        snprintf(name, sizeof name, "@rpath/lib%u.dylib", (unsigned)i);
        assert_int_equal(name_ids_find(&ids, name), i);
        assert_string_equal(name_ids_name(&ids, i), name);
    }
    name_ids_free(&ids);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_count_names_in_the_order_they_come),
        cmocka_unit_test(names_are_copied),
        cmocka_unit_test(many_names_keep_their_ids),
    };
    return cmocka_run_group_tests_name("name_ids", tests, NULL, NULL);
}
