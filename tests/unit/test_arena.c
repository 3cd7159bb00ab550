#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void memory_is_zeroed_and_aligned_whatever_its_size(void **state) {
    (void)state;
    static const unsigned char zeros[3 << 20];
    static const size_t sizes[] = {1,       7,       16, 17, 4000, 65536, 65537, (2 << 20) - 48,
                                   2 << 20, 3 << 20, 3};
    struct arena arena = {0};
    for (int round = 0; round < 3; round++)
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            unsigned char *memory = arena_take(&arena, sizes[i]);
            assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
            assert_memory_equal(memory, zeros, sizes[i]);
            memset(memory, 0xff, sizes[i]);
        }
    arena_free(&arena);
}

static void pieces_do_not_overlap(void **state) {
    (void)state;
    enum { PIECES = 200, SIZE = 1001 };
    struct arena arena = {0};
    unsigned char *pieces[PIECES], expected[SIZE];
    for (int i = 0; i < PIECES; i++) {
        pieces[i] = arena_take(&arena, SIZE);
        memset(pieces[i], i, SIZE);
    }
    for (int i = 0; i < PIECES; i++) {
        memset(expected, i, SIZE);
        assert_memory_equal(pieces[i], expected, SIZE);
    }
    arena_free(&arena);
}

static void a_copy_ends_in_a_nul(void **state) {
    (void)state;
    struct arena arena = {0};
    char text[] = "a\0bcd";
    char *copy = arena_copy(&arena, text, 4);
    char *string = arena_string(&arena, "word");
    text[0] = 'x';
    assert_memory_equal(copy, "a\0bc", 5);
    assert_string_equal(string, "word");
    assert_string_equal(arena_copy(&arena, text, 0), "");
    arena_free(&arena);
}

static void formatted_text_has_the_length_it_needs(void **state) {
    (void)state;
    struct arena arena = {0};
    assert_string_equal(arena_format(&arena, "%s-%d", "a", 5), "a-5");
    assert_string_equal(arena_format(&arena, "%s", ""), "");
    assert_int_equal(strlen(arena_format(&arena, "%70000d", 1)), 70000);
    arena_free(&arena);
}

static void a_vector_keeps_its_elements_while_it_grows(void **state) {
    (void)state;
    struct arena arena = {0};
    struct {
        size_t *items;
        size_t count;
        size_t capacity;
    } vector = {0};
    for (size_t i = 0; i < 1000; i++) {
        *vector_push(&arena, &vector) = i;
        assert_int_equal(vector.count, i + 1);
        assert_true(vector.capacity >= vector.count);
    }
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(vector.items[i], i);
    arena_free(&arena);
}

static void an_arena_can_be_used_again_after_its_release(void **state) {
    (void)state;
    struct arena arena = {0};
    arena_free(&arena);
    arena_string(&arena, "before");
    arena_free(&arena);
    assert_null(arena.blocks);
    assert_string_equal(arena_string(&arena, "after"), "after");
    arena_free(&arena);
}

static void what_is_joined_lives_as_long_as_the_other(void **state) {
    (void)state;
    struct arena arena = {0}, other = {0}, empty = {0};
    arena_join(&arena, &empty);
    assert_null(arena.blocks);
    const char *early = arena_string(&other, "early");
    for (int i = 0; i < 1000; i++)
        arena_take(&other, 1000);
    arena_join(&arena, &other);
    assert_null(other.blocks);
    assert_string_equal(arena_string(&arena, "between"), "between");
    const char *late = arena_string(&other, "late");
    arena_join(&arena, &other);
    arena_join(&arena, &empty);
    assert_string_equal(early, "early");
    assert_string_equal(late, "late");
    assert_string_equal(arena_string(&arena, "after"), "after");
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned_whatever_its_size),
        cmocka_unit_test(pieces_do_not_overlap),
        cmocka_unit_test(a_copy_ends_in_a_nul),
        cmocka_unit_test(formatted_text_has_the_length_it_needs),
        cmocka_unit_test(a_vector_keeps_its_elements_while_it_grows),
        cmocka_unit_test(an_arena_can_be_used_again_after_its_release),
        cmocka_unit_test(what_is_joined_lives_as_long_as_the_other),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
