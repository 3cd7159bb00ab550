#include "merge/reach.h"

enum { WORD = 64 };

static uint64_t *row_of(const struct reach *reach, size_t item) {
    return reach->bits + item * reach->words;
}

static bool has_bit(const uint64_t *row, size_t item) {
    return (row[item / WORD] >> item % WORD & 1) != 0;
}

static void set_bit(uint64_t *row, size_t item) {
    row[item / WORD] |= UINT64_C(1) << item % WORD;
}

static void add_row(const struct reach *reach, uint64_t *row, size_t from) {
    for (size_t i = 0; i < reach->words; i++)
        row[i] |= row_of(reach, from)[i];
}

void reach_make(struct arena *arena, size_t count, struct reach *reach) {
    reach->count = count;
    reach->words = count / WORD + 1;
    reach->bits = arena_take(arena, (count + 1) * reach->words * sizeof *reach->bits);
    reach->stands_for = arena_take(arena, (count + 1) * sizeof *reach->stands_for);
    for (size_t i = 0; i < count; i++)
        reach->stands_for[i] = i;
}

bool reach_has(const struct reach *reach, size_t from, size_t to) {
    return has_bit(row_of(reach, reach->stands_for[from]), reach->stands_for[to]);
}

void reach_add(struct reach *reach, size_t from, size_t to) {
    uint64_t *row = row_of(reach, reach->stands_for[from]);
    set_bit(row, reach->stands_for[to]);
    add_row(reach, row, reach->stands_for[to]);
}

void reach_join(struct reach *reach, size_t item, size_t into) {
    uint64_t *joined = row_of(reach, into);
    add_row(reach, joined, item);
    joined[into / WORD] &= ~(UINT64_C(1) << into % WORD);
    reach->stands_for[item] = into;
    for (size_t i = 0; i < reach->count; i++) {
        uint64_t *row = row_of(reach, i);
        if (i == into || !(has_bit(row, into) || has_bit(row, item)))
            continue;
        set_bit(row, into);
        add_row(reach, row, into);
    }
}
