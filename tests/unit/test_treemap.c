#include "map/treemap.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MOST = 60 };

static int larger_first(const void *left, const void *right) {
    const double *a = left, *b = right;
    return *a > *b ? -1 : *a < *b;
}

static double least(double a, double b) {
    return a < b ? a : b;
}

static double overlap(const struct box *a, const struct box *b) {
    double width = least(a->x + a->width, b->x + b->width) + least(-a->x, -b->x);
    double height = least(a->y + a->height, b->y + b->height) + least(-a->y, -b->y);
    return width > 0 && height > 0 ? width * height : 0;
}

static void expect_tiled(const double *sizes, size_t count, struct box area,
                         const struct box *boxes) {
    double sum = 0, scale;
    for (size_t i = 0; i < count; i++)
        sum += sizes[i];
    scale = area.width * area.height / sum;
    for (size_t i = 0; i < count; i++) {
        const struct box *box = &boxes[i];
        if (fabs(box->width * box->height - sizes[i] * scale) > 0.01)
            fail_msg("box %zu has the area %f, not %f", i, box->width * box->height,
                     sizes[i] * scale);
        if (box->x < area.x - 0.001 || box->y < area.y - 0.001 ||
            box->x + box->width > area.x + area.width + 0.001 ||
            box->y + box->height > area.y + area.height + 0.001)
            fail_msg("box %zu is not in the area", i);
        for (size_t j = 0; j < i; j++)
            if (overlap(box, &boxes[j]) > 0.01)
                fail_msg("boxes %zu and %zu overlap", i, j);
    }
}

/* The example of the paper: 6, 6, 4, 3, 2, 2, 1 in 6 by 4. The first two stand on each other at the
 * left, 3 by 2 each. */
static void places_the_example(void **state) {
    static const double sizes[] = {6, 6, 4, 3, 2, 2, 1};
    const struct box area = {0, 0, 6, 4};
    struct box boxes[7];
    (void)state;
    treemap_place(sizes, 7, area, boxes);
    expect_tiled(sizes, 7, area, boxes);
    assert_true(fabs(boxes[0].width - 3) < 0.001 && fabs(boxes[0].height - 2) < 0.001);
    assert_true(fabs(boxes[1].y - 2) < 0.001 && fabs(boxes[1].x) < 0.001);
    assert_true(fabs(boxes[2].x - 3) < 0.001 && fabs(boxes[2].y) < 0.001);
}

static void fills_any_area(void **state) {
    uint32_t seed = 7;
    (void)state;
    for (int round = 0; round < 300; round++) {
        double sizes[MOST];
        struct box boxes[MOST];
        size_t count = 1 + (size_t)round % MOST;
        const struct box area = {round, 2.0 * round, 100 + round, 400.5 - round};
        for (size_t i = 0; i < count; i++) {
            seed = seed * 1664525 + 1013904223;
            sizes[i] = (double)(seed >> (round % 30)) + 1;
        }
        qsort(sizes, count, sizeof *sizes, larger_first);
        treemap_place(sizes, count, area, boxes);
        expect_tiled(sizes, count, area, boxes);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_the_example),
        cmocka_unit_test(fills_any_area),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
