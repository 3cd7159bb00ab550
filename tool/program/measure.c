#include "program/measure.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct strings {
    const char **items;
    size_t count;
    size_t capacity;
};

/* `name` as it can stand in a message. */
static const char *printable(struct arena *arena, const char *name) {
    struct text text = {0};
    text_add(&text, "");
    text_add_printable(&text, name);
    const char *copy = strcmp(text.data, name) == 0 ? name : arena_string(arena, text.data);
    text_free(&text);
    return copy;
}

/* What a segment has of each content, bytes. */
static void contents_of(const struct segment *segment, uint64_t sizes[BULK_COUNT]) {
    uint64_t mapped = segment->file_size < segment->vm_size ? segment->file_size : segment->vm_size;
    uint64_t code = segment->code_size < mapped ? segment->code_size : mapped;
    memset(sizes, 0, BULK_COUNT * sizeof *sizes);
    if (strcmp(segment->name, "__PAGEZERO") == 0)
        return;
    if (strcmp(segment->name, "__LINKEDIT") == 0) {
        sizes[BULK_LINKEDIT] = segment->vm_size;
        return;
    }
    sizes[BULK_ZERO_FILL] = segment->vm_size - mapped;
    sizes[BULK_CODE] = code;
    sizes[BULK_DATA] = mapped - code;
}

static struct heaviest heaviest_of(struct arena *arena, const void *images, size_t image) {
    const struct loaded_images *loaded = images;
    const struct segments *segments = &loaded->items[image].image->segments;
    uint64_t sums[BULK_COUNT] = {0}, most[BULK_COUNT] = {0}, sizes[BULK_COUNT];
    size_t where[BULK_COUNT] = {0};
    for (size_t i = 0; i < segments->count; i++) {
        contents_of(&segments->items[i], sizes);
        for (size_t j = 0; j < BULK_COUNT; j++) {
            sums[j] += sizes[j];
            if (sizes[j] > most[j]) {
                most[j] = sizes[j];
                where[j] = i;
            }
        }
    }
    size_t content = 0;
    for (size_t j = 0; j < BULK_COUNT; j++)
        if (sums[j] > sums[content])
            content = j;
    return (struct heaviest){
        (enum bulk)content, sums[content],
        sums[content] == 0 ? "" : printable(arena, segments->items[where[content]].name)};
}

static const char *name_of(struct arena *arena, const void *images, size_t image) {
    const struct loaded_images *loaded = images;
    return printable(arena, loaded->items[image].file->path);
}

static void measure_extents(struct arena *arena, const struct program *program,
                            struct measure *measure) {
    size_t count = program->images.count;
    struct extent *extents = arena_take(arena, count * sizeof *extents);
    for (size_t i = 0; i < count; i++) {
        const struct loaded_image *loaded = &program->images.items[i];
        extents[i] = (struct extent){loaded->image->lowest_address, loaded->image->vm_space,
                                     loaded->file->size};
        if (i == 0 && program->has_executable)
            measure->executable = extents[i].vm_size;
        else
            measure->dylibs += extents[i].vm_size;
    }
    measure->words = (struct image_words){&program->images, name_of, heaviest_of};
    measure->extents = (struct extents){
        .items = extents, .count = count, .has_executable = program->has_executable};
    if (!program->has_executable)
        return;
    measure->executable_end = extents[0].address + extents[0].vm_size;
}

static void measure_alignment(struct arena *arena, const struct program *program,
                              struct measure *measure) {
    struct strings misaligned = {0};
    for (size_t i = 0; i < program->images.count; i++) {
        const struct loaded_image *loaded = &program->images.items[i];
        for (size_t j = 0; j < loaded->image->parts.count; j++) {
            const struct linkedit_part *part = &loaded->image->parts.items[j];
            if (!linkedit_part_aligned(part))
                *vector_push(arena, &misaligned) = arena_format(
                    arena, "%s (%s at 0x%" PRIx64 ")", printable(arena, loaded->file->path),
                    part->name, part->file_offset);
        }
    }
    measure->misaligned = misaligned.items;
    measure->misaligned_count = misaligned.count;
}

static const char *describe_missing(struct arena *arena, const struct program *program,
                                    const struct missing *missing) {
    struct text text = {0};
    text_add_printable(&text, program->images.items[missing->loaded_by].file->path);
    text_add(&text, " asks for ");
    text_add_printable(&text, missing->name);
    text_add(&text, ", which was not found; tried");
    for (size_t i = 0; i < missing->tried.count; i++) {
        text_add(&text, i == 0 ? " " : ", ");
        text_add_printable(&text, missing->tried.items[i]);
    }
    if (missing->tried.count == 0)
        text_add(&text, " nothing, since no image on the way has an LC_RPATH");
    const char *description = arena_string(arena, text.data);
    text_free(&text);
    return description;
}

static void measure_missing(struct arena *arena, const struct program *program,
                            struct measure *measure) {
    struct strings unresolved = {0};
    for (size_t i = 0; i < program->missing.count; i++) {
        const struct missing *missing = &program->missing.items[i];
        if (!missing->weak && !missing->allowed)
            *vector_push(arena, &unresolved) = describe_missing(arena, program, missing);
    }
    measure->unresolved = unresolved.items;
    measure->unresolved_count = unresolved.count;
}

void program_measure_for(const struct program *program, const struct profile *profile,
                         struct measure *measure) {
    measure->layout = profile_layout(profile, measure->family);
    measure->page_zero = program->has_executable ? program->images.items[0].image->page_zero
                                                 : measure->layout->image_base;
}

void program_measure(struct arena *arena, const struct program *program,
                     const struct profile *profile, struct measure *measure) {
    *measure = (struct measure){.family = program->architecture->family};
    program_measure_for(program, profile, measure);
    measure_extents(arena, program, measure);
    measure_alignment(arena, program, measure);
    measure_missing(arena, program, measure);
}

struct weight {
    uint64_t vm_size;
    size_t image;
};

static int heavier_first(const void *left, const void *right) {
    const struct weight *a = left, *b = right;
    if (a->vm_size != b->vm_size)
        return a->vm_size > b->vm_size ? -1 : 1;
    return a->image < b->image ? -1 : 1;
}

/* Sorts the `count` heaviest to the front. Of many images few are asked for. */
static void put_first(struct weight *weights, size_t all, size_t count) {
    enum { FEW = 32 };
    if (count > FEW || count == 0) {
        qsort(weights, all, sizeof *weights, heavier_first);
        return;
    }
    qsort(weights, count, sizeof *weights, heavier_first);
    for (size_t i = count; i < all; i++) {
        struct weight weight = weights[i];
        size_t at = count;
        for (; at > 0 && heavier_first(&weight, &weights[at - 1]) < 0; at--)
            if (at < count)
                weights[at] = weights[at - 1];
        if (at < count)
            weights[at] = weight;
    }
}

const size_t *program_heaviest(struct arena *arena, const struct program *program, size_t *count) {
    size_t all = program->images.count;
    struct weight *weights = arena_take(arena, all * sizeof *weights);
    for (size_t i = 0; i < all; i++)
        weights[i] = (struct weight){program->images.items[i].image->vm_space, i};
    *count = *count < all ? *count : all;
    put_first(weights, all, *count);
    size_t *heaviest = arena_take(arena, *count * sizeof *heaviest);
    for (size_t i = 0; i < *count; i++)
        heaviest[i] = weights[i].image;
    return heaviest;
}
