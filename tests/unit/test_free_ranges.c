#include "base/text.h"
#include "space/free_ranges.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Free addresses are written as "10-20 40-50": half-open spans, as in the header. */
static struct free_ranges free_ranges_of(const char *text) {
    struct free_ranges ranges = {0};
    struct span span;
    int size;
    for (; sscanf(text, "%" SCNu64 "-%" SCNu64 "%n", &span.start, &span.end, &size) == 2;
         text += size)
        free_ranges_give_back(&ranges, span);
    return ranges;
}

static void expect_holes(const char *label, const struct free_ranges *ranges,
                         const char *expected) {
    struct text text = {0};
    text_add(&text, "");
    for (size_t i = 0; i < ranges->count; i++)
        text_addf(&text, "%s%" PRIu64 "-%" PRIu64, i == 0 ? "" : " ", ranges->items[i].start,
                  ranges->items[i].end);
    if (strcmp(text.data, expected) != 0)
        fail_msg("%s: left \"%s\", not \"%s\"", label, text.data, expected);
    text_free(&text);
}

/* One change of a list of holes. */
struct change {
    const char *label;
    const char *before;
    struct span span;
    const char *after;
};

static const struct change takings[] = {
    {"inside a hole", "10-20", {12, 15}, "10-12 15-20"},
    {"from a hole's start", "10-20", {10, 15}, "15-20"},
    {"up to a hole's end", "10-20", {15, 20}, "10-15"},
    {"a whole hole", "10-20 30-40", {10, 20}, "30-40"},
    {"the only hole", "10-20", {10, 20}, ""},
    {"more than a hole", "10-20 30-40", {5, 25}, "30-40"},
    {"parts of two holes", "10-20 30-40", {15, 35}, "10-15 35-40"},
    {"across three holes", "10-20 30-40 50-60", {15, 55}, "10-15 55-60"},
    {"from one hole's start to another's end", "10-20 30-40 50-60", {10, 40}, "50-60"},
    {"everything", "10-20 30-40", {0, 100}, ""},
    {"what is taken, between holes", "10-20 30-40", {22, 28}, "10-20 30-40"},
    {"what is taken, from hole to hole", "10-20 30-40", {20, 30}, "10-20 30-40"},
    {"what is taken, below all", "10-20", {0, 10}, "10-20"},
    {"what is taken, past all", "10-20", {20, 90}, "10-20"},
    {"nothing", "10-20", {15, 15}, "10-20"},
    {"of nothing", "", {10, 20}, ""},
};

static void taking_leaves_what_lies_around_the_span(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof takings / sizeof takings[0]; i++) {
        struct free_ranges ranges = free_ranges_of(takings[i].before);
        free_ranges_take(&ranges, takings[i].span);
        expect_holes(takings[i].label, &ranges, takings[i].after);
        free_ranges_free(&ranges);
    }
}

static const struct change returns[] = {
    {"into nothing", "", {10, 20}, "10-20"},
    {"touching no hole", "10-20 50-60", {30, 40}, "10-20 30-40 50-60"},
    {"below all holes", "10-20", {0, 5}, "0-5 10-20"},
    {"past all holes", "10-20", {30, 40}, "10-20 30-40"},
    {"onto the hole below", "10-20 50-60", {20, 30}, "10-30 50-60"},
    {"onto the hole above", "10-20 50-60", {40, 50}, "10-20 40-60"},
    {"between two holes", "10-20 30-40 50-60", {20, 30}, "10-40 50-60"},
    {"nothing", "10-20", {30, 30}, "10-20"},
};

static void giving_back_joins_the_holes_it_touches(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof returns / sizeof returns[0]; i++) {
        struct free_ranges ranges = free_ranges_of(returns[i].before);
        free_ranges_give_back(&ranges, returns[i].span);
        expect_holes(returns[i].label, &ranges, returns[i].after);
        free_ranges_free(&ranges);
    }
}

static const struct fit {
    const char *label;
    const char *before;
    uint64_t size;
    bool fits;
    uint64_t address;
    const char *after;
} fits[] = {
    {"the lowest of several", "10-20 30-60", 5, true, 10, "15-20 30-60"},
    {"an exact fit erases the hole", "10-20 30-60", 10, true, 10, "30-60"},
    {"past a hole that is too small", "10-20 30-60", 11, true, 30, "10-20 41-60"},
    {"an exact fit that is not the first", "10-20 30-60 70-90", 30, true, 30, "10-20 70-90"},
    {"the first that is large enough, not the tightest", "10-40 50-60", 10, true, 10,
     "20-40 50-60"},
    {"too large for any hole", "10-20 30-60", 31, false, 0, "10-20 30-60"},
    {"no hole at all", "", 1, false, 0, ""},
};

static void first_fit_takes_the_lowest_address_that_is_large_enough(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof fits / sizeof fits[0]; i++) {
        struct free_ranges ranges = free_ranges_of(fits[i].before);
        uint64_t address = 0;
        if (free_ranges_first_fit(&ranges, fits[i].size, &address) != fits[i].fits ||
            address != fits[i].address)
            fail_msg("%s: at %" PRIu64, fits[i].label, address);
        expect_holes(fits[i].label, &ranges, fits[i].after);
        free_ranges_free(&ranges);
    }
}

static const struct cover {
    const char *label;
    struct span span;
    bool free;
} covers[] = {
    {"inside a hole", {12, 18}, true},          {"a whole hole", {10, 20}, true},
    {"one past a hole's end", {15, 21}, false}, {"one before a hole's start", {9, 15}, false},
    {"from hole to hole", {15, 35}, false},     {"between holes", {22, 28}, false},
    {"past all holes", {40, 50}, false},        {"the last hole", {30, 40}, true},
};

static void a_span_is_covered_when_one_hole_holds_all_of_it(void **state) {
    (void)state;
    struct free_ranges ranges = free_ranges_of("10-20 30-40");
    for (size_t i = 0; i < sizeof covers / sizeof covers[0]; i++)
        if (free_ranges_cover(&ranges, covers[i].span) != covers[i].free)
            fail_msg("%s", covers[i].label);
    free_ranges_free(&ranges);
}

static void a_reset_forgets_what_was_taken(void **state) {
    (void)state;
    struct free_ranges ranges = free_ranges_of("10-20 30-40");
    free_ranges_reset(&ranges, (struct span){5, 50});
    expect_holes("everything free", &ranges, "5-50");
    free_ranges_reset(&ranges, (struct span){5, 5});
    expect_holes("nothing free", &ranges, "");
    free_ranges_free(&ranges);
}

/* The same address space, one flag an address. */
enum { SPACE = 200, STEPS = 20000 };

struct model {
    bool free[SPACE];
    uint32_t random;
};

static uint32_t random_below(struct model *model, uint32_t bound) {
    model->random = model->random * 1664525 + 1013904223;
    return (model->random >> 8) % bound;
}

static struct span random_span(struct model *model) {
    uint64_t start = random_below(model, SPACE);
    uint64_t end = start + random_below(model, 24);
    return (struct span){start, end < SPACE ? end : SPACE};
}

static void set_free(struct model *model, struct span span, bool free) {
    for (uint64_t at = span.start; at < span.end; at++)
        model->free[at] = free;
}

static uint64_t free_from(const struct model *model, uint64_t start, bool free) {
    uint64_t end = start;
    while (end < SPACE && model->free[end] == free)
        end++;
    return end - start;
}

static void take_one(struct model *model, struct free_ranges *ranges) {
    struct span span = random_span(model);
    set_free(model, span, false);
    free_ranges_take(ranges, span);
}

/* Gives back no more of a random span than what is taken from its start on. */
static void give_one_back(struct model *model, struct free_ranges *ranges) {
    struct span span = random_span(model);
    uint64_t taken = free_from(model, span.start, false);
    if (span.end > span.start + taken)
        span.end = span.start + taken;
    set_free(model, span, true);
    free_ranges_give_back(ranges, span);
}

/* Where `size` addresses first fit; SPACE for nowhere. */
static uint64_t first_free(const struct model *model, uint64_t size) {
    uint64_t at = 0;
    while (at < SPACE && free_from(model, at, true) < size)
        at++;
    return at;
}

static void fit_one(struct model *model, struct free_ranges *ranges) {
    uint64_t size = 1 + random_below(model, 24), address, expected = first_free(model, size);
    if (free_ranges_first_fit(ranges, size, &address) != (expected < SPACE))
        fail_msg("%" PRIu64 " addresses fit where the model has no room, or the reverse", size);
    if (expected == SPACE)
        return;
    assert_int_equal(address, expected);
    set_free(model, (struct span){address, address + size}, false);
}

/* As dyld does it: the file is mapped, the image reserved, the file unmapped. */
static void fit_one_beside(struct model *model, struct free_ranges *ranges) {
    uint64_t beside = random_below(model, 24), size = 1 + random_below(model, 24), address;
    struct model with = *model;
    uint64_t other = first_free(&with, beside), expected;
    if (other < SPACE)
        set_free(&with, (struct span){other, other + beside}, false);
    expected = first_free(&with, size);
    assert_int_equal(free_ranges_first_fit_beside(ranges, beside, size, &address),
                     expected < SPACE);
    if (expected == SPACE)
        return;
    assert_int_equal(address, expected);
    set_free(model, (struct span){address, address + size}, false);
}

static void cover_one(struct model *model, struct free_ranges *ranges) {
    struct span span = random_span(model);
    if (span.start < span.end)
        assert_int_equal(free_ranges_cover(ranges, span),
                         free_from(model, span.start, true) >= span.end - span.start);
}

static void expect_equal(const struct model *model, const struct free_ranges *ranges) {
    struct model other = {0};
    for (size_t i = 0; i < ranges->count; i++) {
        assert_true(ranges->items[i].start < ranges->items[i].end);
        assert_true(i == 0 || ranges->items[i - 1].end < ranges->items[i].start);
        set_free(&other, ranges->items[i], true);
    }
    assert_memory_equal(other.free, model->free, sizeof other.free);
}

static void free_ranges_agree_with_a_map_of_single_addresses(void **state) {
    (void)state;
    static void (*const steps[])(struct model *, struct free_ranges *) = {
        take_one, give_one_back, fit_one, fit_one_beside, cover_one, give_one_back};
    struct model model = {.random = 26};
    struct free_ranges ranges = {0};
    free_ranges_reset(&ranges, (struct span){0, SPACE});
    set_free(&model, (struct span){0, SPACE}, true);
    for (int i = 0; i < STEPS; i++) {
        /* Twice the chance for give_one_back: what it returns is cut short by what is free. */
        steps[random_below(&model, sizeof steps / sizeof steps[0])](&model, &ranges);
        expect_equal(&model, &ranges);
    }
    free_ranges_free(&ranges);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(taking_leaves_what_lies_around_the_span),
        cmocka_unit_test(giving_back_joins_the_holes_it_touches),
        cmocka_unit_test(first_fit_takes_the_lowest_address_that_is_large_enough),
        cmocka_unit_test(a_span_is_covered_when_one_hole_holds_all_of_it),
        cmocka_unit_test(a_reset_forgets_what_was_taken),
        cmocka_unit_test(free_ranges_agree_with_a_map_of_single_addresses),
    };
    return cmocka_run_group_tests_name("holes", tests, NULL, NULL);
}
