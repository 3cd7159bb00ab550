#include "base/size.h"
#include "base/text.h"
#include "space/placements.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_IMAGES = 6 };

/* Small enough to reckon with by hand. An executable of 0x100 bytes leaves 0x1b0 bytes free from
 * 0x210, after dyld, to the stack at 0x3c0, and 0x800 bytes from 0x800 on. */
static const struct layout small = {
    .page_size = 0x10,
    .image_base = 0x100,
    .address_end = 0x1000,
    .slide_step = 0x10,
    .loader_size = 0x10,
    .stack_end = 0x400,
    .stack_size = 0x40,
    .shared_region = {0x400, 0x800},
};

static const struct layout with_reserved = {
    .page_size = 0x10,
    .image_base = 0x100,
    .address_end = 0x1000,
    .slide_step = 0x10,
    .loader_size = 0x10,
    .stack_end = 0x400,
    .stack_size = 0x40,
    .shared_region = {0x400, 0x800},
    .reserved = {{0x820, 0x900}, {0x940, 0xf00}},
    .reserved_count = 2,
};

static struct extents extents_of(const struct extent *images, bool has_executable) {
    struct extents extents = {.items = images, .has_executable = has_executable};
    while (extents.count < MOST_IMAGES && images[extents.count].vm_size != 0)
        extents.count++;
    return extents;
}

/* One program; an extent without a file size stands for a file too small to be in the way. */
static const struct program {
    const char *label;
    const struct layout *layout;
    uint64_t slide;
    struct extent images[MOST_IMAGES]; /* the executable first */
    const char *placed;                /* the images' addresses, then the top */
} programs[] = {
    {"an executable at its own address", &small, 0, {{0x100, 0x100, 0}}, "100 top 200"},
    {"an executable and its slide", &small, 0x20, {{0x100, 0x100, 0}}, "120 top 220"},
    {"a dylib after dyld", &small, 0, {{0x100, 0x100, 0}, {0, 0x20, 0}}, "100 210 top 230"},
    {"dyld slides with the executable",
     &small,
     0x20,
     {{0x100, 0x100, 0}, {0, 0x20, 0}},
     "120 230 top 250"},
    {"all that is free below the stack",
     &small,
     0,
     {{0x100, 0x100, 0}, {0, 0x1b0, 0}},
     "100 210 top 3c0"},
    {"too much for below the stack: after the shared region",
     &small,
     0,
     {{0x100, 0x100, 0}, {0, 0x1c0, 0}},
     "100 800 top 9c0"},
    {"a later small one still goes below the region",
     &small,
     0,
     {{0x100, 0x100, 0}, {0, 0x1c0, 0}, {0, 0x1b0, 0}, {0, 0x10, 0}},
     "100 800 210 9c0 top 9d0"},
    /* The stack slides down, to 0x3a0..0x3e0, and leaves 0x20 bytes above. */
    {"the stack slides the other way",
     &small,
     0x20,
     {{0x100, 0x100, 0}, {0, 0x170, 0}, {0, 0x20, 0}, {0, 0x10, 0}},
     "120 230 3e0 800 top 810"},
    /* dyld ends at 0x3e0: there is no room for the stack until 0x800, and a hole of 0x20. */
    {"a stack whose place is taken goes where it fits first",
     &small,
     0,
     {{0x100, 0x2d0, 0}, {0, 0x40, 0}, {0, 0x20, 0}},
     "100 840 3e0 top 880"},
    {"reserved ranges are passed over",
     &with_reserved,
     0,
     {{0x100, 0x100, 0}, {0, 0x1b0, 0}, {0, 0x40, 0}, {0, 0x50, 0}, {0, 0x20, 0}},
     "100 210 900 f00 800 top f50"},
    /* The first file lies at 0x210..0x240, the second at 0x210..0x220; the third does not fit
     * below 0x280, but its image fits into the 0x10 bytes left at 0x210. */
    {"a file pushes its image up and leaves a hole that a later one fills",
     &small,
     0,
     {{0x100, 0x100, 0x100}, {0, 0x40, 0x30}, {0, 0x20, 0x10}, {0, 0x10, 0x20}},
     "100 240 220 210 top 280"},
    {"files and images take whole pages",
     &small,
     0,
     {{0x100, 0x100, 0}, {0, 0x11, 0x1}, {0, 0x10, 0}, {0, 0x10, 0}},
     "100 220 210 240 top 250"},
    {"the last page of the address space can be used",
     &small,
     0,
     {{0x100, 0x100, 0}, {0, 0x800, 0}},
     "100 800 top 1000"},
    {"an image without room does not stop the others",
     &small,
     0,
     {{0x100, 0x100, 0}, {0, 0x801, 0}, {0, 0x20, 0}},
     "100 none 210 top 230"},
};

static void expect_placed(const char *label, const struct placement *placement, size_t count,
                          const char *expected) {
    struct text text = {0};
    for (size_t i = 0; i < count; i++)
        if (placement->addresses[i] == UINT64_MAX)
            text_add(&text, "none ");
        else
            text_addf(&text, "%" PRIx64 " ", placement->addresses[i]);
    text_addf(&text, "top %" PRIx64, placement->top);
    if (strcmp(text.data, expected) != 0)
        fail_msg("%s: \"%s\", not \"%s\"", label, text.data, expected);
    text_free(&text);
}

static void images_land_where_the_model_says(void **state) {
    (void)state;
    struct free_ranges ranges = {0};
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) {
        const struct program *row = &programs[i];
        struct extents extents = extents_of(row->images, true);
        struct placement placement;
        placement_at(row->layout, &extents, row->slide, &ranges, &placement);
        expect_placed(row->label, &placement, extents.count, row->placed);
        assert_int_equal(placement.slide, row->slide);
        free(placement.addresses);
    }
    free_ranges_free(&ranges);
}

static void without_an_executable_every_image_is_placed_freely(void **state) {
    (void)state;
    const struct extent images[MOST_IMAGES] = {{0x5000, 0x20, 0}, {0x100, 0x10, 0}};
    /* dyld's copy takes the first 0x10 bytes. */
    static const char *const expected[] = {"110 130 top 140", "130 150 top 160"};
    struct extents extents = extents_of(images, false);
    struct free_ranges ranges = {0};
    for (uint64_t i = 0; i < 2; i++) {
        struct placement placement;
        placement_at(&small, &extents, 0x20 * i, &ranges, &placement);
        expect_placed("dylibs alone", &placement, extents.count, expected[i]);
        free(placement.addresses);
    }
    free_ranges_free(&ranges);
}

static void an_image_larger_than_any_hole_is_unplaced(void **state) {
    (void)state;
    const struct extent images[MOST_IMAGES] = {{0x100, 0x100, 0}, {0, 0x801, 0}, {0, 0x900, 0}};
    struct extents extents = extents_of(images, true);
    struct free_ranges ranges = {0};
    struct placement placement;
    placement_at(&small, &extents, 0, &ranges, &placement);
    expect_placed("two too large", &placement, extents.count, "100 none none top 200");
    assert_int_equal(placement.unplaced, 2);
    free(placement.addresses);
    free_ranges_free(&ranges);
}

/* With an executable of 0x60 bytes and slide s, 32 - 2 s bytes are free between it and the stack
 * and s bytes between the stack and the shared region at 0x200, which ends at 0x300. */
static struct layout tight_layout(uint64_t slide_most, uint64_t slide_step, uint64_t address_end) {
    return (struct layout){
        .page_size = 4,
        .image_base = 0x100,
        .address_end = address_end,
        .slide_most = slide_most,
        .slide_step = slide_step,
        .stack_end = 0x200,
        .stack_size = 0x80,
        .shared_region = {0x200, 0x300},
    };
}

static const struct worst {
    const char *label;
    uint64_t slide_most;
    uint64_t slide_step;
    uint64_t address_end;
    uint64_t dylib;
    uint64_t slide; /* the worst */
    uint64_t top;   /* and its top */
    uint64_t top_unslid;
    size_t unplaced;
} worsts[] = {
    {"no slide at all", 0, 4, 0x1000, 24, 0, 0x178, 0x178, 0},
    /* Free below and above the stack at 0, 4, 8: 32, 24, 16 and 0, 4, 8. */
    {"the smallest of equal ones", 16, 4, 0x1000, 24, 8, 0x318, 0x178, 0},
    /* At 12 there are 8 and 12 bytes; at 16, 0 and 16. */
    {"one in the middle", 16, 4, 0x1000, 16, 12, 0x310, 0x170, 0},
    {"the greatest, though no multiple of the step", 12, 8, 0x1000, 16, 12, 0x310, 0x170, 0},
    {"a step past the greatest", 12, 100, 0x1000, 16, 12, 0x310, 0x170, 0},
    {"the same top at every slide", 16, 4, 0x1000, 40, 0, 0x328, 0x328, 0},
    /* From 8 on no hole has 24 bytes; the top is then the executable's end, 0x160 + slide. */
    {"an unplaced image is worse than any top", 16, 4, 0x310, 24, 16, 0x170, 0x178, 1},
};

static void the_worst_slide_has_the_greatest_top(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof worsts / sizeof worsts[0]; i++) {
        const struct worst *row = &worsts[i];
        struct layout layout = tight_layout(row->slide_most, row->slide_step, row->address_end);
        const struct extent images[MOST_IMAGES] = {{0x100, 0x60, 0}, {0, row->dylib, 0}};
        struct extents extents = extents_of(images, true);
        struct placements placements;
        placements_over_slides(&layout, &extents, &placements);
        const struct placement *worst = &placements.worst;
        if (worst->slide != row->slide || worst->top != row->top ||
            worst->unplaced != row->unplaced)
            fail_msg("%s: slide %" PRIu64 ", top 0x%" PRIx64 ", %zu unplaced", row->label,
                     worst->slide, worst->top, worst->unplaced);
        if (placements.unslid.slide != 0 || placements.unslid.top != row->top_unslid)
            fail_msg("%s: unslid top 0x%" PRIx64, row->label, placements.unslid.top);
        placements_free(&placements);
    }
}

static uint64_t random_below(uint64_t *state, uint64_t bound) {
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (*state >> 33) % bound;
}

static void expect_as_alone(const struct layout *layout, const struct extents *known) {
    struct extents extents = *known;
    struct placements alone, moved;
    extents.known = NULL;
    placements_over_slides(layout, &extents, &alone);
    placements_over_slides(layout, known, &moved);
    const struct placement *pairs[][2] = {{&alone.unslid, &moved.unslid},
                                          {&alone.worst, &moved.worst}};
    for (size_t i = 0; i < 2; i++) {
        const struct placement *a = pairs[i][0], *b = pairs[i][1];
        assert_int_equal(a->slide, b->slide);
        assert_int_equal(a->top, b->top);
        assert_int_equal(a->unplaced, b->unplaced);
        assert_memory_equal(&a->loader, &b->loader, sizeof a->loader);
        assert_memory_equal(&a->stack, &b->stack, sizeof a->stack);
        assert_memory_equal(a->addresses, b->addresses, extents.count * sizeof *a->addresses);
    }
    placements_free(&alone);
    placements_free(&moved);
}

/* Systems one after the other, with images that fill the space below the shared region or not, and
 * executables that end in it or lie behind it. */
static void placements_of_another_system_are_those_it_has_alone(void **state) {
    (void)state;
    enum { ROUNDS = 40, IMAGES = 60 };
    static const char *const names[] = {"macos-26", "macos-27", "macos-15", "macos-26"};
    static const uint64_t sizes[] = {30 * MIB, 100 * MIB, 200 * MIB, 4 * GIB};
    uint64_t random = 26;
    for (int round = 0; round < ROUNDS; round++) {
        struct extent images[IMAGES];
        struct known_placements known = {0};
        uint64_t most = sizes[round % 4];
        for (size_t i = 0; i < IMAGES; i++) {
            images[i] =
                (struct extent){0, random_below(&random, most), random_below(&random, most)};
            images[i].vm_size += random_below(&random, 9) == 0 ? 0 : 1;
        }
        images[0].address = (most == 100 * MIB ? 20 : 4) * GIB;
        struct extents extents = {
            .items = images, .count = IMAGES, .has_executable = round % 5 != 0, .known = &known};
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            struct layout tight = *profile_named(names[i])->arm64;
            expect_as_alone(profile_named(names[i])->arm64, &extents);
            tight.address_end = 14 * GIB;
            tight.reserved_count = 0;
            expect_as_alone(&tight, &extents);
            known_placements_free(&known);
        }
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
            expect_as_alone(profile_named(names[i])->arm64, &extents);
        known_placements_free(&known);
    }
}

/* A placement made by hand of up to two images; one without a size is left out. */
struct output_paths {
    uint64_t addresses[2];
    struct extent images[2];
};

static struct placement placement_of(struct output_paths *placed, struct extents *extents) {
    struct placement placement = {.addresses = placed->addresses};
    *extents = (struct extents){.items = placed->images};
    while (extents->count < 2 && placed->images[extents->count].vm_size != 0) {
        size_t i = extents->count++;
        uint64_t end = placed->addresses[i] + placed->images[i].vm_size;
        if (placed->addresses[i] != UINT64_MAX && end > placement.top)
            placement.top = end;
    }
    return placement;
}

static const struct malloc_window small_window = {
    .start = 0x800, .size = 0x100, .stride = 0x20, .slots = 10};
static const struct malloc_window window_of_26 = {
    .start = 16 * GIB, .size = 24 * GIB, .stride = 32 * MIB, .slots = 736};
static const struct malloc_window no_window = {0};

/* Slot k is hit by [y, e) when start + k stride < e and start + k stride + size > y: for what
 * reaches the start, by ceil((e - start) / stride) of them. */
static const struct slots {
    const char *label;
    const struct malloc_window *window;
    struct output_paths placed;
    uint64_t hit;
} slot_rows[] = {
    {"below the window", &small_window, {{0x100}, {{0, 0x300, 0}}}, 0},
    {"up to the window", &small_window, {{0x100}, {{0, 0x700, 0}}}, 0},
    {"one byte into it", &small_window, {{0x100}, {{0, 0x701, 0}}}, 1},
    {"one stride into it", &small_window, {{0x100}, {{0, 0x720, 0}}}, 1},
    {"a byte past one stride", &small_window, {{0x100}, {{0, 0x721, 0}}}, 2},
    {"past the last slot's start", &small_window, {{0x100}, {{0, 0x900, 0}}}, 10},
    /* The slots start at 0x800, 0x820 ... 0x920. */
    {"alone at the end of slot 0", &small_window, {{0x8e0}, {{0, 0x20, 0}}}, 8},
    {"alone just past slot 0", &small_window, {{0x900}, {{0, 0x10, 0}}}, 8},
    {"alone just past slot 8", &small_window, {{0xa00}, {{0, 0x10, 0}}}, 1},
    {"past all slots", &small_window, {{0xa20}, {{0, 0x10, 0}}}, 0},
    {"two images hit a slot once", &small_window, {{0x800, 0x808}, {{0, 8, 0}, {0, 8, 0}}}, 1},
    {"an image that ends where a slot starts, and one above",
     &small_window,
     {{0x100, 0xa00}, {{0, 0x720, 0}, {0, 0x10, 0}}},
     2},
    {"an unplaced image hits nothing", &small_window, {{UINT64_MAX}, {{0, 0x10, 0}}}, 0},
    {"no window", &no_window, {{0x100}, {{0, 0x900, 0}}}, 0},
    /* 0.46 GiB are 471.04 MiB, 14.72 strides. */
    {"the reported top", &window_of_26, {{12 * GIB}, {{0, 446 * GIB / 100, 0}}}, 15},
    {"a stray image at 40 GiB less one page",
     &window_of_26,
     {{40 * GIB - 16 * KIB}, {{0, 16 * KIB, 0}}},
     736},
    /* Slots that end past 50 GiB start past 26: from k = 321 on, since 10 GiB are 320 strides. */
    {"a stray image at 50 GiB", &window_of_26, {{50 * GIB}, {{0, 16 * KIB, 0}}}, 415},
    {"a stray image at 62 GiB", &window_of_26, {{62 * GIB}, {{0, 16 * KIB, 0}}}, 31},
    {"a stray image at 63 GiB", &window_of_26, {{63 * GIB}, {{0, 16 * KIB, 0}}}, 0},
};

static void a_slot_is_hit_when_an_image_touches_its_window(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof slot_rows / sizeof slot_rows[0]; i++) {
        struct output_paths placed = slot_rows[i].placed;
        struct extents extents;
        struct placement placement = placement_of(&placed, &extents);
        uint64_t hit = placement_slots_hit(&placement, &extents, slot_rows[i].window);
        if (hit != slot_rows[i].hit)
            fail_msg("%s: %" PRIu64 " slots, not %" PRIu64, slot_rows[i].label, hit,
                     slot_rows[i].hit);
    }
}

static const struct beyond {
    const char *label;
    struct output_paths placed;
    size_t beyond; /* of 0x800 */
} beyonds[] = {
    {"none", {{0x100, 0x200}, {{0, 0x100, 0}, {0, 0x100, 0}}}, 0},
    {"one that ends at the limit", {{0x700}, {{0, 0x100, 0}}}, 0},
    {"one that ends a byte past it", {{0x700}, {{0, 0x101, 0}}}, 1},
    {"one that begins past it", {{0x100, 0x900}, {{0, 0x100, 0}, {0, 0x100, 0}}}, 1},
    {"one without room", {{UINT64_MAX, 0x900}, {{0, 0x100, 0}, {0, 0x100, 0}}}, 2},
};

static void images_past_the_limit_are_counted(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof beyonds / sizeof beyonds[0]; i++) {
        struct output_paths placed = beyonds[i].placed;
        struct extents extents;
        struct placement placement = placement_of(&placed, &extents);
        size_t beyond = placement_beyond(&placement, &extents, 0x800);
        if (beyond != beyonds[i].beyond)
            fail_msg("%s: %zu beyond", beyonds[i].label, beyond);
    }
}

/* The published program: an executable that ends at 5.54 GiB and dylibs that reach 16.46. Each of
 * these four takes 73073 pages, together 4.46 GiB, and none fits below the shared region. */
static void the_published_program_blocks_15_of_736_slots(void **state) {
    (void)state;
    const struct layout *layout = profile_named("macos-26")->arm64;
    const uint64_t dylib = 73073 * 16 * KIB;
    const struct extent images[MOST_IMAGES] = {
        {4 * GIB, 154 * GIB / 100, GIB},
        {0, dylib, MIB},
        {0, dylib, MIB},
        {0, dylib, MIB},
        {0, dylib, MIB},
    };
    struct extents extents = extents_of(images, true);
    struct placements placements;
    placements_over_slides(layout, &extents, &placements);
    assert_int_equal(placements.unslid.addresses[0], 4 * GIB);
    assert_int_equal(placements.unslid.addresses[1], 12 * GIB);
    assert_int_equal(placements.unslid.top, 12 * GIB + 4 * dylib);
    assert_string_equal(size_text_gib(placements.worst.top).text, "16.46 GiB");
    assert_int_equal(placement_slots_hit(&placements.worst, &extents, &layout->window), 15);
    assert_int_equal(placement_beyond(&placements.worst, &extents, layout->window.start), 1);
    placements_free(&placements);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(images_land_where_the_model_says),
        cmocka_unit_test(without_an_executable_every_image_is_placed_freely),
        cmocka_unit_test(an_image_larger_than_any_hole_is_unplaced),
        cmocka_unit_test(the_worst_slide_has_the_greatest_top),
        cmocka_unit_test(placements_of_another_system_are_those_it_has_alone),
        cmocka_unit_test(a_slot_is_hit_when_an_image_touches_its_window),
        cmocka_unit_test(images_past_the_limit_are_counted),
        cmocka_unit_test(the_published_program_blocks_15_of_736_slots),
    };
    return cmocka_run_group_tests_name("placement", tests, NULL, NULL);
}
