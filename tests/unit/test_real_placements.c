/* The model's rule for the next image against two real programs of 342 dylibs (tests/data), whose
 * crash reports say where each was.
 *
 * Every image is looked at with those before it at their real places. What a report does not tell
 * is bounded, and nothing is fitted to an image: its address space reaches to the next thing above
 * it in that of the two layouts where this is nearer; its file is as large as any size between its
 * __TEXT and that, in pages. An image is explained when the rule puts it at its real place for one
 * of these. In each layout two other things are in the way: 0x5c000 to 0x60000 bytes where the
 * kernel had put dyld, and one 128 KiB block of dyld's allocator from about image 125 on.
 *
 * Rules that are nearly the same explain far fewer, so that the numbers say something. */
#include "base/error.h"
#include "space/free_ranges.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define PAGE UINT64_C(0x4000)
enum { IMAGES = 342, BLOCK_FROM = 125, LAYOUTS = 2 };

/* Offsets from the executable's base. */
struct real_layout {
    uint64_t executable_size;
    struct span loader; /* what is left of where dyld was */
    struct span block;
    uint64_t base;
    uint64_t places[IMAGES];
    uint64_t texts[IMAGES];
};

static struct real_layout layouts[LAYOUTS] = {
    {.executable_size = 0x244000, .loader = {0x6d8000, 0x738000}, .block = {0xa714000, 0xa734000}},
    {.executable_size = 0x134000, .loader = {0x2ec000, 0x34c000}, .block = {0xa5f8000, 0xa618000}},
};
static uint64_t spaces[IMAGES];

/* --- the data --- */

static void read_layout(const json_t *record, struct real_layout *layout) {
    const json_t *images = json_object_get(record, "images");
    layout->base =
        (uint64_t)json_integer_value(json_object_get(json_object_get(record, "exe"), "base"));
    assert_true(json_array_size(images) >= IMAGES);
    for (size_t i = 0; i < IMAGES; i++) {
        const json_t *image = json_array_get(images, i);
        layout->places[i] =
            (uint64_t)json_integer_value(json_object_get(image, "base")) - layout->base;
        layout->texts[i] = (uint64_t)json_integer_value(json_object_get(image, "text"));
    }
}

/* The room that an image has in a layout before the next thing above it. */
static uint64_t room(const struct real_layout *layout, size_t image) {
    uint64_t start = layout->places[image], end = start + (UINT64_C(1) << 30);
    const uint64_t others[] = {layout->loader.start, layout->block.start};
    for (size_t i = 0; i < IMAGES; i++)
        if (layout->places[i] > start && layout->places[i] < end)
            end = layout->places[i];
    for (size_t i = 0; i < 2; i++)
        if (others[i] > start && others[i] < end)
            end = others[i];
    return end - start;
}

static int read_data(void **state) {
    (void)state;
    FILE *file = fopen(VAFIT_TEST_DATA "/placements.jsonl", "r");
    assert_non_null(file);
    for (size_t i = 0; i < LAYOUTS; i++) {
        json_error_t error;
        json_t *record = json_loadf(file, JSON_DISABLE_EOF_CHECK, &error);
        assert_non_null(record);
        read_layout(record, &layouts[i]);
        json_decref(record);
    }
    fclose(file);
    for (size_t i = 0; i < IMAGES; i++) {
        uint64_t first = room(&layouts[0], i), second = room(&layouts[1], i);
        spaces[i] = first < second ? first : second;
    }
    return 0;
}

/* --- rules --- */

/* Where `size` bytes would go; UINT64_MAX when there is no room. */
typedef uint64_t fit(const struct free_ranges *ranges, uint64_t size, uint64_t last);

static uint64_t first_fit(const struct free_ranges *ranges, uint64_t size, uint64_t last) {
    struct free_ranges *own = (struct free_ranges *)ranges;
    uint64_t address;
    (void)last;
    if (!free_ranges_first_fit(own, size, &address))
        return UINT64_MAX;
    free_ranges_give_back(own, (struct span){address, address + size});
    return address;
}

static uint64_t best_fit(const struct free_ranges *ranges, uint64_t size, uint64_t last) {
    uint64_t best = UINT64_MAX, least = UINT64_MAX;
    (void)last;
    for (size_t i = 0; i < ranges->count; i++) {
        uint64_t hole = ranges->items[i].end - ranges->items[i].start;
        if (hole >= size && hole < least) {
            best = ranges->items[i].start;
            least = hole;
        }
    }
    return best;
}

static uint64_t next_fit(const struct free_ranges *ranges, uint64_t size, uint64_t last) {
    for (size_t i = 0; i < ranges->count; i++) {
        uint64_t start = ranges->items[i].start < last ? last : ranges->items[i].start;
        if (start < ranges->items[i].end && ranges->items[i].end - start >= size)
            return start;
    }
    return first_fit(ranges, size, last);
}

/* How many transient maps of the file there are while a place for the image is looked for. */
static uint64_t place_with(struct free_ranges *ranges, fit *rule, uint64_t file, unsigned maps,
                           uint64_t space, uint64_t last) {
    struct span taken[2];
    for (unsigned i = 0; i < maps; i++) {
        taken[i].start = rule(ranges, file, last);
        taken[i].end = taken[i].start + file;
        free_ranges_take(ranges, taken[i]);
        last = taken[i].end;
    }
    uint64_t place = rule(ranges, space, last);
    for (unsigned i = 0; i < maps; i++)
        free_ranges_give_back(ranges, taken[i]);
    return place;
}

static bool explained(struct free_ranges *ranges, fit *rule, unsigned maps,
                      const struct real_layout *layout, size_t image, uint64_t last) {
    uint64_t most = maps == 0 ? layout->texts[image] : spaces[image];
    for (uint64_t file = layout->texts[image]; file <= most; file += PAGE)
        if (place_with(ranges, rule, file, maps, spaces[image], last) == layout->places[image])
            return true;
    return false;
}

static unsigned count_explained(const struct real_layout *layout, fit *rule, unsigned maps) {
    struct free_ranges ranges = {0};
    unsigned count = 0;
    uint64_t last = layout->executable_size;
    free_ranges_reset(&ranges, (struct span){layout->executable_size, UINT64_C(1) << 31});
    free_ranges_take(&ranges, layout->loader);
    for (size_t i = 0; i < IMAGES; i++) {
        if (i == BLOCK_FROM)
            free_ranges_take(&ranges, layout->block);
        count += explained(&ranges, rule, maps, layout, i, last);
        last = layout->places[i] + spaces[i];
        free_ranges_take(&ranges, (struct span){layout->places[i], last});
    }
    free_ranges_free(&ranges);
    return count;
}

/* --- tests --- */

static void test_the_models_rule(void **state) {
    (void)state;
    for (size_t i = 0; i < LAYOUTS; i++) {
        unsigned count = count_explained(&layouts[i], first_fit, 1);
        print_message("layout %zu: %u of %d explained\n", i, count, IMAGES);
        assert_in_range(count, i == 0 ? 338 : 340, IMAGES);
    }
}

static void expect_fewer(const char *name, fit *rule, unsigned maps, unsigned most) {
    for (size_t i = 0; i < LAYOUTS; i++) {
        unsigned count = count_explained(&layouts[i], rule, maps);
        print_message("%s, layout %zu: %u of %d explained\n", name, i, count, IMAGES);
        assert_in_range(count, 0, most);
    }
}

static void test_no_transient_map(void **state) {
    (void)state;
    expect_fewer("no transient map", first_fit, 0, 60);
}

static void test_two_transient_maps(void **state) {
    (void)state;
    expect_fewer("two transient maps", first_fit, 2, 290);
}

static void test_best_fit(void **state) {
    (void)state;
    expect_fewer("best fit", best_fit, 1, 300);
}

static void test_next_fit(void **state) {
    (void)state;
    expect_fewer("next fit", next_fit, 1, 220);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_models_rule),    cmocka_unit_test(test_no_transient_map),
        cmocka_unit_test(test_two_transient_maps), cmocka_unit_test(test_best_fit),
        cmocka_unit_test(test_next_fit),
    };
    return cmocka_run_group_tests(tests, read_data, NULL);
}
