#include "report/growth.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

const char *presence_name(enum presence presence) {
    static const char *const names[] = {"both", "new", "gone"};
    return names[presence];
}

int64_t growth_of(uint64_t before, uint64_t after) {
    return (int64_t)after - (int64_t)before;
}

/* --- images --- */

/* What a list is sorted by, so that two lists can be gone through together. */
struct image_key {
    const struct checked_image *image;
};

static int by_path(const void *left, const void *right) {
    const struct image_key *a = left, *b = right;
    int order = strcmp(a->image->path, b->image->path);
    if (order != 0)
        return order;
    return a->image < b->image ? -1 : a->image > b->image;
}

/* Release with free. */
static struct image_key *keys_of_images(const struct checked_images *images) {
    struct image_key *keys = memory_zeros(images->count, sizeof *keys);
    for (size_t i = 0; i < images->count; i++)
        keys[i].image = &images->items[i];
    qsort(keys, images->count, sizeof *keys, by_path);
    return keys;
}

static int by_growth(const void *left, const void *right) {
    const struct image_growth *a = left, *b = right;
    int64_t grew = growth_of(a->before, a->after), other = growth_of(b->before, b->after);
    if (grew != other)
        return grew > other ? -1 : 1;
    return strcmp(a->path, b->path);
}

/* The next of two sorted lists: NULL for the image of a list that lacks its path. */
struct image_pair {
    const struct checked_image *base, *head;
};

static void add_image(struct arena *arena, struct image_pair pair, struct program_growth *program) {
    struct image_growth image = {
        .path = pair.head == NULL ? pair.base->path : pair.head->path,
        .presence = pair.base == NULL   ? ONLY_IN_HEAD
                    : pair.head == NULL ? ONLY_IN_BASE
                                        : IN_BOTH,
        .before = pair.base == NULL ? 0 : pair.base->va,
        .after = pair.head == NULL ? 0 : pair.head->va,
    };
    if (image.presence == IN_BOTH && image.before == image.after)
        program->unchanged++;
    else
        *vector_push(arena, &program->images) = image;
}

static void compare_images(struct arena *arena, struct program_growth *program) {
    const struct checked_images *before = &program->base->images, *after = &program->head->images;
    struct image_key *base = keys_of_images(before), *head = keys_of_images(after);
    for (size_t i = 0, j = 0; i < before->count || j < after->count;) {
        int order = i == before->count  ? 1
                    : j == after->count ? -1
                                        : strcmp(base[i].image->path, head[j].image->path);
        struct image_pair pair = {order <= 0 ? base[i++].image : NULL,
                                  order >= 0 ? head[j++].image : NULL};
        add_image(arena, pair, program);
    }
    free(base);
    free(head);
    if (program->images.count > 1)
        qsort(program->images.items, program->images.count, sizeof *program->images.items,
              by_growth);
}

static uint64_t distance(const struct image_growth *image) {
    return image->after > image->before ? image->after - image->before
                                        : image->before - image->after;
}

void image_growths_most(const struct image_growths *images, size_t most, size_t *first,
                        size_t *last) {
    *first = *last = 0;
    while (*first + *last < most && *first + *last < images->count) {
        const struct image_growth *grew = &images->items[*first];
        const struct image_growth *shrank = &images->items[images->count - 1 - *last];
        if (distance(grew) >= distance(shrank))
            ++*first;
        else
            ++*last;
    }
}

/* --- programs --- */

/* A program of a report, and its place there. */
struct program_key {
    const struct checked_program *program;
    size_t partner; /* in the other report, once found; SIZE_MAX for none */
};

static int compare_names(const struct checked_program *a, const struct checked_program *b) {
    int order = strcmp(a->executable, b->executable);
    if (order == 0)
        order = strcmp(a->arch, b->arch);
    return order != 0 ? order : strcmp(a->profile, b->profile);
}

static int by_names(const void *left, const void *right) {
    const struct program_key *a = left, *b = right;
    int order = compare_names(a->program, b->program);
    if (order != 0)
        return order;
    return a->program < b->program ? -1 : a->program > b->program;
}

static int by_place(const void *left, const void *right) {
    const struct program_key *a = left, *b = right;
    return a->program < b->program ? -1 : a->program > b->program;
}

/* Sorted by names; release with free. */
static struct program_key *keys_of_programs(const struct checked_programs *programs) {
    struct program_key *keys = memory_zeros(programs->count, sizeof *keys);
    for (size_t i = 0; i < programs->count; i++)
        keys[i] = (struct program_key){&programs->items[i], SIZE_MAX};
    qsort(keys, programs->count, sizeof *keys, by_names);
    return keys;
}

static void match(const struct checked_programs *base, const struct checked_programs *head,
                  struct program_key *before, struct program_key *after) {
    for (size_t i = 0, j = 0; i < base->count && j < head->count;) {
        int order = compare_names(before[i].program, after[j].program);
        if (order == 0) {
            before[i].partner = (size_t)(after[j].program - head->items);
            after[j].partner = (size_t)(before[i].program - base->items);
        }
        i += order <= 0;
        j += order >= 0;
    }
    qsort(before, base->count, sizeof *before, by_place);
    qsort(after, head->count, sizeof *after, by_place);
}

static struct program_growth *add_program(struct arena *arena, struct growth *growth,
                                          enum presence presence) {
    struct program_growth *program = vector_push(arena, growth);
    *program = (struct program_growth){.presence = presence};
    return program;
}

void growth_find(struct arena *arena, const struct checked_programs *base,
                 const struct checked_programs *head, struct growth *growth) {
    struct program_key *before = keys_of_programs(base), *after = keys_of_programs(head);
    match(base, head, before, after);
    for (size_t i = 0; i < head->count; i++) {
        bool is_new = after[i].partner == SIZE_MAX;
        struct program_growth *program =
            add_program(arena, growth, is_new ? ONLY_IN_HEAD : IN_BOTH);
        program->head = &head->items[i];
        if (is_new)
            continue;
        program->base = &base->items[after[i].partner];
        compare_images(arena, program);
    }
    for (size_t i = 0; i < base->count; i++)
        if (before[i].partner == SIZE_MAX)
            add_program(arena, growth, ONLY_IN_BASE)->base = &base->items[i];
    free(before);
    free(after);
}

const struct checked_program *program_growth_named(const struct program_growth *program) {
    return program->head != NULL ? program->head : program->base;
}

bool program_growth_exceeds(const struct program_growth *program, uint64_t most) {
    return program->presence == IN_BOTH && program->head->sum > program->base->sum &&
           program->head->sum - program->base->sum > most;
}
