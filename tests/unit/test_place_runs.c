#include "space/place_runs.h"

#include "base/size.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Four places of 10 bytes: 100 to 110, 102 to 112, 104 to 114, 106 to 116. */
static const struct malloc_window window = {.start = 100, .size = 10, .stride = 2, .slots = 4};

static void blocks_what_it_touches(void **state) {
    static const struct {
        const char *label;
        struct span span;
        uint64_t first, end; /* equal: none */
    } cases[] = {
        {"below", {0, 100}, 0, 0},
        {"one byte of the first place", {0, 101}, 0, 1},
        {"up to the second's start", {0, 102}, 0, 1},
        {"one byte of the second", {90, 103}, 0, 2},
        {"all", {0, 1000}, 0, 4},
        {"the last byte of the first", {109, 110}, 0, 4},
        {"just behind the first", {110, 111}, 1, 4},
        {"the last byte of the last", {115, 120}, 3, 4},
        {"behind all", {116, 120}, 0, 0},
        {"nothing", {104, 104}, 0, 0},
        {"to the end of all", {113, UINT64_MAX}, 2, 4},
    };
    struct arena arena = {0};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct place_runs runs = {0};
        place_runs_add(&arena, &window, cases[i].span, &runs);
        if (runs.count != (cases[i].first != cases[i].end) ||
            (runs.count == 1 &&
             (runs.items[0].first != cases[i].first || runs.items[0].end != cases[i].end)))
            fail_msg("%s: %zu runs", cases[i].label, runs.count);
    }
    struct place_runs none = {0};
    const struct malloc_window absent = {0};
    place_runs_add(&arena, &absent, (struct span){0, 1000}, &none);
    assert_int_equal(none.count, 0);
    arena_free(&arena);
}

static void joins(void **state) {
    struct place_run items[] = {{7, 9}, {0, 2}, {1, 3}, {3, 5}, {8, 9}, {1, 2}};
    struct place_runs runs = {items, 6, 6};
    (void)state;
    place_runs_join(&runs);
    assert_int_equal(runs.count, 2);
    assert_int_equal(items[0].first, 0);
    assert_int_equal(items[0].end, 5);
    assert_int_equal(items[1].first, 7);
    assert_int_equal(items[1].end, 9);
    assert_int_equal(place_runs_places(&runs), 7);
    struct place_runs none = {0};
    place_runs_join(&none);
    assert_int_equal(place_runs_places(&none), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_what_it_touches),
        cmocka_unit_test(joins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
