#include "map/axis.h"

#include "base/size.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static int release(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

static void add_image(struct address_map *map, uint64_t start, uint64_t end) {
    *vector_push(&arena, &map->images) = (struct map_image){.name = "image", .span = {start, end}};
}

/* An executable of 1 GiB at 4 GiB and dylibs from 12 GiB on, as macOS 26 places them. */
static struct address_map map_of_26(uint64_t dylibs) {
    struct address_map map = {.name = "program", .has_limit = true, .limit = 16 * GIB};
    address_map_add_range(&arena, &map, MAP_PAGE_ZERO, (struct span){0, 4 * GIB});
    address_map_add_layout(&arena, &map, profile_named("macos-26")->arm64);
    add_image(&map, 4 * GIB, 5 * GIB);
    add_image(&map, 12 * GIB, 12 * GIB + dylibs);
    address_map_finish(&arena, &map);
    return map;
}

static double between(const struct axis *axis, uint64_t from, uint64_t to) {
    return axis_position(axis, to) - axis_position(axis, from);
}

/* __PAGEZERO, the shared region and what is behind 17 GiB are broken; all else has one scale. */
static void is_to_scale_but_for_breaks(void **state) {
    const struct address_map map = map_of_26(4 * GIB + GIB / 2);
    const struct map_list maps = {&map, 1};
    struct axis axis;
    (void)state;
    axis_make(&arena, &maps, 960, &axis);
    double gib = axis_scale(&axis);
    assert_true(fabs(between(&axis, 4 * GIB, 5 * GIB) - gib) < 0.001);
    assert_true(fabs(between(&axis, 5 * GIB, 6 * GIB) - gib) < 0.001);
    assert_true(fabs(between(&axis, 12 * GIB, 17 * GIB) - 5 * gib) < 0.001);
    assert_true(between(&axis, 0, 4 * GIB) < 3 * gib);
    assert_true(between(&axis, 6 * GIB, 12 * GIB) < 3 * gib);
    /* The window's last place begins at 39 GiB - 32 MiB and has 24 GiB. */
    assert_int_equal(axis_end(&axis), 63 * GIB - 32 * MIB);
    assert_true(fabs(axis_position(&axis, axis_end(&axis)) - 960) < 0.001);
    assert_true(fabs(axis_position(&axis, 1000 * GIB) - 960) < 0.001);
    assert_int_equal(axis.bands.count, 5);
}

/* A small program is far from the limit, which the picture shows all the same. */
static void shows_the_way_to_the_limit(void **state) {
    const struct address_map map = map_of_26(MIB);
    const struct map_list maps = {&map, 1};
    struct axis axis;
    (void)state;
    axis_make(&arena, &maps, 960, &axis);
    assert_true(fabs(between(&axis, 12 * GIB, 16 * GIB) - 4 * axis_scale(&axis)) < 0.001);
}

/* Two maps have one axis, with all that either has. */
static void is_shared(void **state) {
    const struct address_map both[] = {map_of_26(GIB), map_of_26(6 * GIB)};
    const struct map_list maps = {both, 2};
    struct axis axis;
    (void)state;
    axis_make(&arena, &maps, 640, &axis);
    assert_true(fabs(between(&axis, 12 * GIB, 18 * GIB) - 6 * axis_scale(&axis)) < 0.001);
}

/* Wherever images are said to be, positions rise with addresses and stay on the line. */
static void holds_for_any_images(void **state) {
    uint64_t seed = 1;
    (void)state;
    for (int round = 0; round < 200; round++) {
        struct address_map map = {.name = "program"};
        struct axis axis;
        const struct map_list maps = {&map, 1};
        for (int i = 0; i < round % 40; i++) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
            uint64_t start = seed >> (round % 50), size = (seed >> 7) % ((start >> 3) + 1);
            add_image(&map, start, start > UINT64_MAX - size ? UINT64_MAX : start + size);
        }
        address_map_finish(&arena, &map);
        axis_make(&arena, &maps, 640, &axis);
        double last = -1;
        for (size_t i = 0; i < map.images.count; i++) {
            double x = axis_position(&axis, map.images.items[i].span.start);
            if (!(x >= last && x >= 0 && x <= 640.001))
                fail_msg("round %d: image %zu at %f after %f", round, i, x, last);
            last = x;
        }
        assert_true(axis_scale(&axis) > 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(is_to_scale_but_for_breaks, release),
        cmocka_unit_test_teardown(shows_the_way_to_the_limit, release),
        cmocka_unit_test_teardown(is_shared, release),
        cmocka_unit_test_teardown(holds_for_any_images, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
