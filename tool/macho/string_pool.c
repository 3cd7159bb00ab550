#include "macho/string_pool.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* A stretch of the old pool that ends with a NUL, from the first place where a name begins. Names
 * that begin further on in it are its tails. Stretches do not overlap. */
struct stretch {
    uint32_t index; /* in the old pool */
    uint32_t size;  /* characters, without the NUL */
    uint32_t
        host; /* the stretch that is written in its place: its own number, or one that ends so */
    uint32_t placed; /* where it begins in the new pool; of hosts only, NOT_PLACED at first */
};

/* A stretch on its way through the sort by its characters from the last to the first. */
struct tail {
    uint64_t key; /* the next eight characters from the end, the last one highest; then zeros */
    uint32_t stretch;
};

/* Tails [start, start + count) that share their last `depth` characters and whose keys are of that
 * depth. */
struct run {
    size_t start;
    size_t count;
    uint32_t depth;
};

#define NOT_PLACED UINT32_MAX

struct planner {
    struct bytes old;
    struct pool_name *names;
    size_t name_count;
    uint32_t *stretch_of; /* each name's stretch */
    struct stretch *stretches;
    size_t stretch_count;
    struct tail *tails; /* one a stretch */
    struct run *runs;   /* still to be sorted */
    size_t run_count;
    size_t run_capacity;
};

/* --- stretches --- */

/* One pass of a radix sort by 16 bits of the names' old_index. */
static void sort_pass(const struct pool_name *names, size_t count, unsigned shift,
                      const uint32_t *from, uint32_t *to) {
    enum { BUCKETS = 1 << 16 };
    size_t *starts = memory_zeros(BUCKETS + 1, sizeof *starts);
    for (size_t i = 0; i < count; i++)
        starts[(names[i].old_index >> shift & 0xffff) + 1]++;
    for (size_t i = 1; i <= BUCKETS; i++)
        starts[i] += starts[i - 1];
    for (size_t i = 0; i < count; i++)
        to[starts[names[from[i]].old_index >> shift & 0xffff]++] = from[i];
    free(starts);
}

/* The names' numbers by rising old_index. */
static uint32_t *by_index(const struct pool_name *names, size_t count) {
    uint32_t *order = memory_zeros(count, sizeof *order);
    uint32_t *other = memory_zeros(count, sizeof *other);
    for (size_t i = 0; i < count; i++)
        order[i] = (uint32_t)i;
    sort_pass(names, count, 0, order, other);
    sort_pass(names, count, 16, other, order);
    free(other);
    return order;
}

static uint32_t characters_at(struct bytes old, uint32_t index) {
    size_t left = old.size - index;
    const uint8_t *end = memchr(old.data + index, '\0', left);
    return (uint32_t)(end == NULL ? left : (size_t)(end - (old.data + index)));
}

static void find_stretches(struct planner *planner) {
    uint32_t *order = by_index(planner->names, planner->name_count);
    uint64_t end = 0;
    for (size_t i = 0; i < planner->name_count; i++) {
        uint32_t index = planner->names[order[i]].old_index;
        /* The null name shares with nobody, or planning the result again might choose otherwise. */
        if (index == 0)
            continue;
        if (planner->stretch_count == 0 || index > end) {
            uint32_t number = (uint32_t)planner->stretch_count++;
            planner->stretches[number] =
                (struct stretch){index, characters_at(planner->old, index), number, NOT_PLACED};
            end = (uint64_t)index + planner->stretches[number].size;
        }
        planner->stretch_of[order[i]] = (uint32_t)planner->stretch_count - 1;
    }
    free(order);
}

/* --- the sort --- */

static uint64_t key_at(const struct planner *planner, uint32_t number, uint32_t depth) {
    const struct stretch *stretch = &planner->stretches[number];
    const uint8_t *end = planner->old.data + stretch->index + stretch->size;
    uint64_t key = 0;
    for (uint32_t i = depth; i < depth + 8; i++)
        key = key << 8 | (i < stretch->size ? *(end - 1 - i) : 0);
    return key;
}

static void push_run(struct planner *planner, size_t start, size_t count, uint32_t depth) {
    if (count < 2)
        return;
    planner->runs = memory_grow(planner->runs, planner->run_count, &planner->run_capacity,
                                sizeof *planner->runs);
    planner->runs[planner->run_count++] = (struct run){start, count, depth};
}

/* Leaves tails with equal keys for later, to be told apart by what stands before. A key that ends
 * in a zero is of a name that has ended: those are equal. */
static void push_equal(struct planner *planner, size_t start, size_t count, uint32_t depth) {
    struct tail *tails = planner->tails + start;
    if (count < 2 || (tails[0].key & 0xff) == 0)
        return;
    for (size_t i = 0; i < count; i++)
        tails[i].key = key_at(planner, tails[i].stretch, depth + 8);
    push_run(planner, start, count, depth + 8);
}

static void swap(struct tail *a, struct tail *b) {
    struct tail kept = *a;
    *a = *b;
    *b = kept;
}

static void sort_few(struct planner *planner, const struct run *run) {
    struct tail *tails = planner->tails + run->start;
    for (size_t i = 1; i < run->count; i++)
        for (size_t j = i; j > 0 && tails[j].key > tails[j - 1].key; j--)
            swap(&tails[j], &tails[j - 1]);
    for (size_t start = 0, end; start < run->count; start = end) {
        end = start + 1;
        while (end < run->count && tails[end].key == tails[start].key)
            end++;
        push_equal(planner, run->start + start, end - start, run->depth);
    }
}

static uint64_t median(uint64_t a, uint64_t b, uint64_t c) {
    if (a < b)
        return b < c ? b : a < c ? c : a;
    return a < c ? a : b < c ? c : b;
}

/* Parts a run into tails of greater, equal and smaller key than a pivot. */
static void sort_many(struct planner *planner, const struct run *run) {
    struct tail *tails = planner->tails + run->start;
    uint64_t pivot = median(tails[0].key, tails[run->count / 2].key, tails[run->count - 1].key);
    size_t greater = 0, at = 0, smaller = run->count;
    while (at < smaller) {
        if (tails[at].key > pivot)
            swap(&tails[greater++], &tails[at++]);
        else if (tails[at].key < pivot)
            swap(&tails[at], &tails[--smaller]);
        else
            at++;
    }
    push_run(planner, run->start, greater, run->depth);
    push_run(planner, run->start + smaller, run->count - smaller, run->depth);
    push_equal(planner, run->start + greater, smaller - greater, run->depth);
}

/* Greater tails first, so that a name comes right behind the longest of those that end like it. */
static void sort_tails(struct planner *planner) {
    enum { FEW = 16 };
    planner->tails = memory_zeros(planner->stretch_count, sizeof *planner->tails);
    for (size_t i = 0; i < planner->stretch_count; i++)
        planner->tails[i] = (struct tail){key_at(planner, (uint32_t)i, 0), (uint32_t)i};
    push_run(planner, 0, planner->stretch_count, 0);
    while (planner->run_count != 0) {
        struct run run = planner->runs[--planner->run_count];
        if (run.count <= FEW)
            sort_few(planner, &run);
        else
            sort_many(planner, &run);
    }
    free(planner->runs);
}

/* --- hosts --- */

static bool ends_like(const struct planner *planner, const struct stretch *host,
                      const struct stretch *tail) {
    return host->size >= tail->size &&
           memcmp(planner->old.data + host->index + (host->size - tail->size),
                  planner->old.data + tail->index, tail->size) == 0;
}

/* Which of several equal stretches becomes the host does not show in the new pool. */
static void find_hosts(struct planner *planner) {
    for (size_t i = 1; i < planner->stretch_count; i++) {
        struct stretch *stretch = &planner->stretches[planner->tails[i].stretch];
        const struct stretch *before = &planner->stretches[planner->tails[i - 1].stretch];
        if (ends_like(planner, &planner->stretches[before->host], stretch))
            stretch->host = before->host;
    }
    free(planner->tails);
}

/* --- the new pool --- */

static void add_copy(struct pool_plan *plan, uint32_t index, uint32_t size) {
    plan->copies[plan->count++] = (struct pool_copy){index, size};
    plan->size += (uint64_t)size + 1;
}

/* Places hosts in the order in which names first use them. */
static void place(struct planner *planner, struct pool_plan *plan) {
    if (planner->old.size != 0)
        add_copy(plan, 0, characters_at(planner->old, 0));
    for (size_t i = 0; i < planner->name_count; i++) {
        struct pool_name *name = &planner->names[i];
        name->new_index = 0;
        if (name->old_index == 0)
            continue;
        const struct stretch *stretch = &planner->stretches[planner->stretch_of[i]];
        struct stretch *host = &planner->stretches[stretch->host];
        uint32_t size = stretch->size - (name->old_index - stretch->index);
        if (host->placed == NOT_PLACED) {
            host->placed = (uint32_t)plan->size;
            add_copy(plan, host->index, host->size);
        }
        name->new_index = host->placed + (host->size - size);
    }
}

void string_pool_plan(struct bytes old, struct pool_name *names, size_t count,
                      struct pool_plan *plan) {
    struct planner planner = {.old = old, .names = names, .name_count = count};
    planner.stretch_of = memory_zeros(count, sizeof *planner.stretch_of);
    planner.stretches = memory_zeros(count, sizeof *planner.stretches);
    find_stretches(&planner);
    sort_tails(&planner);
    find_hosts(&planner);
    *plan =
        (struct pool_plan){.copies = memory_zeros(planner.stretch_count + 1, sizeof *plan->copies)};
    place(&planner, plan);
    free(planner.stretch_of);
    free(planner.stretches);
}

void string_pool_write(struct bytes old, const struct pool_plan *plan, uint8_t *target) {
    for (uint64_t i = 0; i < plan->count; i++) {
        const struct pool_copy *copy = &plan->copies[i];
        memcpy(target, old.data + copy->old_index, copy->size);
        target[copy->size] = '\0';
        target += (size_t)copy->size + 1;
    }
}

void string_pool_free(struct pool_plan *plan) {
    free(plan->copies);
    *plan = (struct pool_plan){0};
}
