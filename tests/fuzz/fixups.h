/* What the targets of fixups share: an image made of the input's first bytes, and a walk that holds
 * what it finds against what the headers promise.
 *
 * The input, little-endian: byte 0 the kind of part, byte 1 how many dylibs are loaded, bytes 2 and
 * 3 the size of the part, byte 4 how many segments there are; then for each segment, in 16 bytes,
 * its address in pages of 4 KiB, its size in memory likewise, its file offset and file size; then
 * the part; then the slice. tests/lib/fuzz_seed.py makes one of a real image. */
#ifndef VAFIT_FUZZ_FIXUPS_H
#define VAFIT_FUZZ_FIXUPS_H

#include "fuzz.h"

#include "macho/fixup_walk.h"
#include "verify/compare_fixups.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_SEGMENTS = 8, FIXED_SIZE = 5, SEGMENT_SIZE = 16 };

struct fuzzed {
    uint8_t kind;
    struct segment segments[MOST_SEGMENTS];
    struct image image;
    struct bytes part;
    struct bytes slice;
};

/* As segment_parse makes sure of. */
static inline bool are_in_slice(const struct fuzzed *fuzzed) {
    for (size_t i = 0; i < fuzzed->image.segments.count; i++)
        if (!range_within(fuzzed->segments[i].file_offset, fuzzed->segments[i].file_size,
                          fuzzed->slice.size))
            return false;
    return true;
}

static inline bool fuzzed_make(const uint8_t *data, size_t size, struct fuzzed *fuzzed) {
    struct bytes input = {data, size};
    *fuzzed = (struct fuzzed){.kind = 0};
    if (size < FIXED_SIZE || data[4] > MOST_SEGMENTS ||
        size < FIXED_SIZE + (size_t)data[4] * SEGMENT_SIZE)
        return false;
    fuzzed->kind = data[0];
    fuzzed->image.dylibs.count = data[1];
    fuzzed->image.segments = (struct segments){fuzzed->segments, data[4], MOST_SEGMENTS};
    for (size_t i = 0; i < data[4]; i++) {
        size_t at = FIXED_SIZE + i * SEGMENT_SIZE;
        struct segment *segment = &fuzzed->segments[i];
        segment->address = (uint64_t)bytes_u32(input, at) << 12;
        segment->vm_size = (uint64_t)bytes_u32(input, at + 4) << 12;
        segment->file_offset = bytes_u32(input, at + 8);
        segment->file_size = bytes_u32(input, at + 12);
        segment->protection = 3;
        snprintf(segment->name, sizeof segment->name, "%s",
                 segment->file_offset == 0 && segment->file_size != 0 ? "__TEXT" : "__OTHER");
    }
    size_t at = FIXED_SIZE + data[4] * (size_t)SEGMENT_SIZE;
    return bytes_part(input, at, bytes_u16(input, 2), &fuzzed->part) &&
           bytes_part(input, at + fuzzed->part.size, size - at - fuzzed->part.size,
                      &fuzzed->slice) &&
           are_in_slice(fuzzed);
}

/* Every fixup is inside what the file holds of a segment, and they are not more than that has room
 * for. */
static inline bool is_inside(const struct fuzzed *fuzzed, uint64_t address) {
    for (size_t i = 0; i < fuzzed->image.segments.count; i++) {
        const struct segment *segment = &fuzzed->segments[i];
        if (address >= segment->address &&
            range_within(address - segment->address, FIXUP_SIZE, fixup_segment_size(segment)))
            return true;
    }
    return false;
}

/* The same part twice is no difference. */
static inline void compare_with_itself(const struct fuzzed *fuzzed, const char *part) {
    struct compared_fixups side = {&fuzzed->image, fuzzed->part, fuzzed->slice};
    struct errors errors = {0};
    compare_fixups(part, &side, &side, &errors);
    if (errors.count != 0)
        abort();
}

static inline void walk_part(const struct fuzzed *fuzzed, const char *part) {
    struct fixup_walk walk;
    struct fixup fixup;
    struct error error;
    uint64_t count = 0, most = fuzzed->part.size;
    for (size_t i = 0; i < fuzzed->image.segments.count; i++)
        most += fixup_segment_size(&fuzzed->segments[i]) / 4;
    bool valid = fixup_part_valid(part, fuzzed->part, &fuzzed->image, &error);
    if (!fixup_walk_begin(&walk, part, fuzzed->part, &fuzzed->image, fuzzed->slice, &error))
        return;
    while (fixup_walk_next(&walk, &fixup, &error)) {
        struct text text = {0};
        fixup_describe(&fixup, &text);
        if ((fixup.kind != FIXUP_STRONG && !is_inside(fuzzed, fixup.address)) || ++count > most ||
            text.size == 0)
            abort();
        text_free(&text);
    }
    if (error.kind != ERROR_NONE)
        return;
    if (!valid)
        abort();
    compare_with_itself(fuzzed, part);
}

#endif
