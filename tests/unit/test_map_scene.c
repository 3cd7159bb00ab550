#include "map/scene.h"

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

static uint64_t seed;

static uint64_t random_below(uint64_t most) {
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (seed >> 16) % most;
}

static void add_image(struct address_map *map, const char *name, uint64_t start, uint64_t size) {
    struct map_image image = {.name = name, .span = {start, start + size}};
    image.linkedit = (struct span){start + size / 4, start + size};
    image.is_executable = map->images.count == 0;
    *vector_push(&arena, &map->images) = image;
}

/* Images one behind the other, as many as there are; all of them between 4 and 6 and behind 12 GiB.
 */
static struct address_map map_of(size_t count, uint64_t most) {
    struct address_map map = {
        .name = "program", .about = "about", .has_limit = true, .limit = 16 * GIB};
    const struct layout *layout = profile_named("macos-26")->arm64;
    uint64_t at = 12 * GIB;
    address_map_add_range(&arena, &map, MAP_PAGE_ZERO, (struct span){0, 4 * GIB});
    address_map_add_range(&arena, &map, MAP_STACK,
                          (struct span){5 * GIB + GIB / 2, 5 * GIB + GIB / 2 + 64 * MIB});
    address_map_add_layout(&arena, &map, layout);
    add_image(&map, "program", 4 * GIB, GIB);
    for (size_t i = 1; i < count; i++) {
        uint64_t size = 16 * KIB * (1 + random_below(most / (16 * KIB)));
        add_image(&map, arena_format(&arena, "lib%0*zu.dylib", (int)random_below(40), i), at, size);
        at += size + 16 * KIB * random_below(4);
    }
    address_map_finish(&arena, &map);
    for (size_t i = 0; i < map.images.count; i++)
        place_runs_add(&arena, &map.window, map.images.items[i].span, &map.blocked);
    place_runs_join(&map.blocked);
    *vector_push(&arena, &map.notes) = (struct map_note){SEVERITY_ERROR, "what was found"};
    return map;
}

static struct map_scene scene_of(const struct address_map *maps, size_t count) {
    struct map_list list = {maps, count};
    struct map_scene scene;
    scene_make(&arena, &list, false, &scene);
    return scene;
}

/* Where the row that has the address would put it. */
static double on_row(const struct map_scene *scene, uint64_t address) {
    double width = scene->panels[0].width - MAP_GUTTER;
    return scene->panels[0].x + MAP_GUTTER +
           width * (double)(address % scene->row_bytes) / (double)scene->row_bytes;
}

static void draws_every_byte_of_every_image(void **state) {
    seed = 1;
    const struct address_map map = map_of(517, 18 * MIB);
    const struct map_scene scene = scene_of(&map, 1);
    double *widths = arena_take(&arena, map.images.count * sizeof *widths);
    double gib = (scene.panels[0].width - MAP_GUTTER) / (double)scene.row_bytes * (double)GIB;
    (void)state;
    assert_int_equal(scene.row_bytes, GIB);
    for (size_t i = 0; i < scene.pieces.count; i++) {
        const struct map_piece *piece = &scene.pieces.items[i];
        const struct map_image *image = &map.images.items[piece->image];
        if (i == 0 || piece[-1].image != piece->image)
            assert_true(fabs(piece->x - on_row(&scene, image->span.start)) < 0.001);
        widths[piece->image] += piece->width;
        bool is_row = false;
        for (size_t j = 0; j < scene.row_count; j++)
            is_row |= fabs(scene.rows[j].y - piece->y) < 0.001;
        assert_true(is_row);
    }
    for (size_t i = 0; i < map.images.count; i++) {
        struct span span = map.images.items[i].span;
        double wanted = gib * (double)(span.end - span.start) / (double)GIB;
        if (wanted > 10 && fabs(widths[i] - wanted) > 2 * MAP_LEAST)
            fail_msg("image %zu is %f wide, not %f", i, widths[i], wanted);
        assert_true(widths[i] > 0);
    }
}

/* What is past 16 GiB looks so, and nothing else does; of an image that crosses it, that part. */
static void marks_what_is_past_the_limit(void **state) {
    struct address_map map = {
        .name = "program", .about = "", .has_limit = true, .limit = 16 * GIB, .headroom = 32 * MIB};
    add_image(&map, "below", 15 * GIB, 512 * MIB);
    add_image(&map, "across", 16 * GIB - 64 * MIB, 128 * MIB);
    add_image(&map, "above", 16 * GIB + 128 * MIB, 64 * MIB);
    address_map_finish(&arena, &map);
    const struct map_scene scene = scene_of(&map, 1);
    double widths[3] = {0},
           mib = (scene.panels[0].width - MAP_GUTTER) * (double)MIB / (double)scene.row_bytes;
    (void)state;
    for (size_t i = 0; i < scene.pieces.count; i++)
        if (scene.pieces.items[i].look == LOOK_BEYOND)
            widths[scene.pieces.items[i].image] += scene.pieces.items[i].width;
    assert_true(widths[0] == 0);
    assert_true(fabs(widths[1] - 64 * mib) < 0.01);
    assert_true(fabs(widths[2] - 64 * mib) < 0.01);
    assert_int_equal(map.beyond, 2);
    double headroom = 0;
    for (size_t i = 0; i < scene.behind.count; i++)
        if (scene.behind.items[i].look == LOOK_HEADROOM &&
            scene.behind.items[i].height == MAP_ROW_BAR)
            headroom += scene.behind.items[i].width;
    assert_true(fabs(headroom - 32 * mib) < 0.01);
}

/* The lane of all places is as wide as the picture: a blocked one has its share. */
static void draws_blocked_places(void **state) {
    seed = 2;
    const struct address_map map = map_of(517, 18 * MIB);
    const struct map_scene scene = scene_of(&map, 1);
    uint64_t places = (map.top - map.limit + 32 * MIB - 1) / (32 * MIB);
    double wanted = scene.panels[0].width * (double)places / 736, widest = 0;
    (void)state;
    assert_true(places > 0 && places == place_runs_places(&map.blocked));
    for (size_t i = 0; i < scene.behind.count; i++) {
        const struct map_shape *shape = &scene.behind.items[i];
        if (shape->look == LOOK_PLACE_BLOCKED && fabs(shape->x - MAP_MARGIN) < 0.001 &&
            shape->height > 12)
            widest = shape->width;
    }
    assert_true(fabs(widest - wanted) < 0.001);
}

struct extent_of_text {
    double left, right, top, bottom;
};

static struct extent_of_text extent(const struct map_shape *shape) {
    double width = scene_text_width(shape->look, shape->text), x = shape->x;
    if (shape->anchor == ANCHOR_MIDDLE)
        x -= width / 2;
    else if (shape->anchor == ANCHOR_END)
        x -= width;
    return (struct extent_of_text){x, x + width, shape->y - 10, shape->y + 2};
}

static void expect_apart(const struct map_scene *scene, const char *label) {
    const struct map_shapes *shapes = &scene->shapes;
    for (size_t i = 0; i < shapes->count; i++) {
        if (shapes->items[i].kind != SHAPE_TEXT)
            continue;
        struct extent_of_text a = extent(&shapes->items[i]);
        if (a.left < -1 || a.right > scene->width + 1 || a.bottom > scene->height)
            fail_msg("%s: \"%s\" is not on the picture", label, shapes->items[i].text);
        for (size_t j = 0; j < i; j++) {
            if (shapes->items[j].kind != SHAPE_TEXT)
                continue;
            struct extent_of_text b = extent(&shapes->items[j]);
            if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
                fail_msg("%s: \"%s\" and \"%s\" overlap", label, shapes->items[i].text,
                         shapes->items[j].text);
        }
    }
}

static void no_text_overlaps(void **state) {
    static const uint64_t sizes[] = {64 * KIB, 2 * MIB, 18 * MIB, 200 * MIB, 3 * GIB};
    (void)state;
    for (seed = 1; seed < 60; seed++) {
        uint64_t first = seed;
        struct address_map maps[2];
        size_t count = (size_t)random_below(200), size = (size_t)random_below(5);
        maps[0] = map_of(2 + count, sizes[size]);
        maps[1] = map_of(2 + (size_t)random_below(30), sizes[random_below(5)]);
        maps[1].is_observed = random_below(2) == 1;
        for (size_t j = 1; j <= 2; j++) {
            const struct map_scene scene = scene_of(maps, j);
            expect_apart(&scene, arena_format(&arena, "seed %u, %zu maps", (unsigned)first, j));
        }
        seed = first;
    }
}

/* Nothing at all, one image of everything, images over each other, and at the end of addresses. */
static void takes_any_map(void **state) {
    static const struct span spans[][3] = {
        {{0, 0}},
        {{0, UINT64_MAX}},
        {{5, 5}, {5, 5}, {UINT64_MAX, UINT64_MAX}},
        {{UINT64_MAX - 1, UINT64_MAX}, {0, 1}, {1, UINT64_MAX - 1}},
        {{GIB, 3 * GIB}, {2 * GIB, 4 * GIB}, {GIB, 10 * GIB}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++)
        for (size_t count = 0; count <= 3; count++) {
            struct address_map map = {.name = "", .about = "", .is_observed = true};
            for (size_t j = 0; j < count; j++)
                *vector_push(&arena, &map.images) =
                    (struct map_image){.name = "x", .span = spans[i][j]};
            address_map_finish(&arena, &map);
            const struct map_scene scene = scene_of(&map, 1);
            assert_true(scene.row_count <= MOST_ROWS && isfinite(scene.height));
            for (size_t j = 0; j < scene.pieces.count; j++)
                assert_true(isfinite(scene.pieces.items[j].x + scene.pieces.items[j].width));
        }
}

static void names_are_printable_and_short(void **state) {
    char name[3000];
    (void)state;
    assert_string_equal(map_name(&arena, "/Users/jo/out/libfoo.dylib"), "libfoo.dylib");
    assert_string_equal(map_name(&arena, "a\nb\033"), "a\\x0ab\\x1b");
    assert_string_equal(map_name(&arena, "\xff"), "\xef\xbf\xbd");
    assert_string_equal(map_name(&arena, "folder/"), "(no name)");
    assert_string_equal(map_shortened(&arena, "libvery_long.dylib", 9), "libv\xe2\x80\xa6ylib");
    assert_string_equal(map_shortened(&arena, "\xc3\xa4\xc3\xb6\xc3\xbc", 3),
                        "\xc3\xa4\xc3\xb6\xc3\xbc");
    assert_string_equal(map_shortened(&arena, "\xc3\xa4\xc3\xb6\xc3\xbcx", 3),
                        "\xc3\xa4\xe2\x80\xa6x");
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_true(strlen(map_name(&arena, name)) < 200);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(draws_every_byte_of_every_image, release),
        cmocka_unit_test_teardown(marks_what_is_past_the_limit, release),
        cmocka_unit_test_teardown(draws_blocked_places, release),
        cmocka_unit_test_teardown(no_text_overlaps, release),
        cmocka_unit_test_teardown(takes_any_map, release),
        cmocka_unit_test_teardown(names_are_printable_and_short, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
