#include "program/dominators.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static int release(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

/* Image i has 2^i bytes of address space, so that a sum of bytes is the set of its images. */
static struct loaded_image *image_at(struct program *program, size_t index, size_t inserted) {
    while (program->images.count <= index) {
        size_t i = program->images.count;
        struct image *image = arena_take(&arena, sizeof *image);
        image->vm_space = UINT64_C(1) << i;
        *vector_push(&arena, &program->images) =
            (struct loaded_image){.image = image, .loaded_by = i <= inserted ? i : 0};
    }
    return &program->images.items[index];
}

/* A program whose loads are written as "0>1 0>2 1>3", and of which the first `inserted` images
 * after the executable were inserted. */
static struct program program_of(const char *loads, size_t inserted) {
    struct program program = {.has_executable = true};
    size_t loader, target;
    int size;
    for (; sscanf(loads, "%zu>%zu%n", &loader, &target, &size) == 2; loads += size) {
        image_at(&program, loader > target ? loader : target, inserted);
        struct load_edges *edges = &image_at(&program, loader, inserted)->loads;
        *vector_push(&arena, edges) = (struct load_edge){.target = target};
    }
    return program;
}

static void expect_list(const char *label, const struct image_list *list, const char *expected) {
    const char *actual = "";
    for (size_t i = 0; i < list->count; i++)
        actual = arena_format(&arena, "%s%s%zu", actual, i == 0 ? "" : " ", list->items[i]);
    if (strcmp(actual, expected) != 0)
        fail_msg("%s: \"%s\", not \"%s\"", label, actual, expected);
}

struct row {
    const char *label;
    const char *loads;
    size_t inserted;
    size_t image;
    const char *expected;
};

static const struct row chains[] = {
    {"the executable itself", "0>1", 0, 0, "0"},
    {"loaded by the executable", "0>1 0>2", 0, 2, "0 2"},
    {"in a line", "0>1 1>2 2>3", 0, 3, "0 1 2 3"},
    {"a shorter way than that of loading", "0>1 1>2 2>3 0>4 4>3", 0, 3, "0 4 3"},
    {"the first of two", "0>1 0>2 1>3 2>3", 0, 3, "0 1 3"},
    {"through a cycle", "0>1 1>2 2>1 2>3 3>0", 0, 3, "0 1 2 3"},
    {"an image that loads itself", "0>1 1>1 1>2", 0, 2, "0 1 2"},
    {"an inserted image", "0>2", 1, 1, "1"},
    {"an inserted image that others load", "0>2 2>1", 1, 1, "1"},
    {"loaded by an inserted image", "0>2 1>3", 1, 3, "1 3"},
    {"loaded by the executable and an inserted image", "0>2 1>2", 1, 2, "0 2"},
    {"nearer to an inserted image", "0>2 2>3 1>3", 1, 3, "1 3"},
};

static void a_chain_is_the_shortest_from_the_executable(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof chains / sizeof chains[0]; i++) {
        struct program program = program_of(chains[i].loads, chains[i].inserted);
        struct image_list chain = dominators_shortest_chain(&arena, &program, chains[i].image);
        expect_list(chains[i].label, &chain, chains[i].expected);
    }
}

/* The executable loads 1 and 2; below 1, dyld loads 3, 4 and 5, and only then 6 below 2. So 4 comes
 * before 6 in loading order, though 2 names it after 6. */
static void of_equally_short_chains_the_first_in_loading_order_is_taken(void **state) {
    (void)state;
    struct program program = program_of("0>1 0>2 1>3 3>4 4>5 2>6 2>4 6>5", 0);
    struct image_list chain = dominators_shortest_chain(&arena, &program, 5);
    expect_list("through 4 or 6", &chain, "0 2 4 5");
}

static const struct row dominated[] = {
    {"a leaf", "0>1 0>2", 0, 2, "2"},
    {"what only it loads", "0>1 1>2 1>3 0>4", 0, 1, "1 2 3"},
    {"not what others load too", "0>1 0>2 1>3 2>3 1>4", 0, 1, "1 4"},
    {"what others load through it", "0>1 1>2 1>3 2>4 3>4", 0, 1, "1 2 3 4"},
    {"nothing above it", "0>1 1>2 2>3", 0, 2, "2 3"},
    {"a cycle below it", "0>1 1>2 2>3 3>2 3>1", 0, 1, "1 2 3"},
    {"not what is loaded by what stays", "0>1 0>2 1>3 2>4 4>3", 0, 1, "1"},
    {"an inserted image", "0>2 1>3 0>4 1>4", 1, 1, "1 3"},
    {"not what an inserted image loads", "0>2 2>3 1>3", 1, 2, "2"},
};

static void an_image_takes_along_what_only_it_leads_to(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof dominated / sizeof dominated[0]; i++) {
        const struct row *row = &dominated[i];
        struct program program = program_of(row->loads, row->inserted);
        uint64_t bytes, expected = 0;
        struct image_list list = dominators_only_through(&arena, &program, row->image, &bytes);
        expect_list(row->label, &list, row->expected);
        for (size_t j = 0; j < list.count; j++)
            expected |= UINT64_C(1) << list.items[j];
        if (bytes != expected)
            fail_msg("%s: 0x%" PRIx64 " bytes", row->label, bytes);
    }
}

static void every_direct_loader_is_named_with_its_command(void **state) {
    (void)state;
    struct program program = program_of("0>1 0>2 1>2 2>3 1>2 3>3", 0);
    struct dylib_use uses[2];
    program.images.items[1].loads.items[0].use = &uses[0];
    program.images.items[1].loads.items[1].use = &uses[1];
    struct loaders loaders = dominators_loaders(&arena, &program, 2);
    assert_int_equal(loaders.count, 3);
    assert_int_equal(loaders.items[0].image, 0);
    assert_null(loaders.items[0].use);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(loaders.items[1 + i].image, 1);
        assert_ptr_equal(loaders.items[1 + i].use, &uses[i]);
    }
    assert_int_equal(dominators_loaders(&arena, &program, 0).count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chain_is_the_shortest_from_the_executable),
        cmocka_unit_test(of_equally_short_chains_the_first_in_loading_order_is_taken),
        cmocka_unit_test(every_direct_loader_is_named_with_its_command),
        cmocka_unit_test(an_image_takes_along_what_only_it_leads_to),
    };
    return cmocka_run_group_tests_name("reach", tests, NULL, release);
}
