#include "merge/merged_fixups.h"

#include "base/memory.h"
#include "macho/fixup_walk.h"
#include "merge/initialisers.h"
#include "merge/thread_locals.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ADDEND = 255, HIGH_SHIFT = 56 };
#define HIGH_BYTE (UINT64_C(0xff) << HIGH_SHIFT)

/* A segment on its way. */
struct segment_fixups {
    struct merge *merge;
    size_t part;
    uint32_t number; /* of the segment in the merged image */
    const struct segment *old;
    struct chained_pointer *pointers; /* owned */
    size_t count;
};

/* What an import leads to, as a pointer in the chain. */
static bool bind_pointer(struct segment_fixups *work, const struct import *import,
                         struct chained_pointer *pointer, struct error *error) {
    struct merge *merge = work->merge;
    struct merged_import merged;
    if (!merge_import(merge, &merge->parts[work->part], import, &merged, error))
        return false;
    if (merged.is_inside) {
        pointer->target = merged.address;
        return true;
    }
    pointer->binds = true;
    if (merged.import.addend >= 0 && merged.import.addend <= MOST_ADDEND) {
        pointer->addend = (uint8_t)merged.import.addend;
        merged.import.addend = 0;
    }
    pointer->import = new_chains_import(&merge->chains, &merged.import);
    return true;
}

static bool move_fixup(struct segment_fixups *work, const struct fixup *fixup,
                       struct error *error) {
    struct chained_pointer *pointer = &work->pointers[work->count++];
    struct part *part = &work->merge->parts[work->part];
    *pointer = (struct chained_pointer){.offset = fixup->address - work->old->address};
    if (fixup->kind == FIXUP_REBASE) {
        /* Opcodes leave a pointer whole: RTTI of arm64 has a flag in its topmost byte. */
        pointer->target = merge_address(part, fixup->target & ~HIGH_BYTE);
        pointer->high = (uint8_t)(fixup->high_byte | fixup->target >> HIGH_SHIFT);
    } else if (!bind_pointer(work, &fixup->import, pointer, error)) {
        return false;
    }
    if (!pointer->binds)
        initialisers_note(work->merge, work->part, fixup->address, pointer->target);
    thread_locals_note(work->merge, part, fixup->address, pointer);
    return true;
}

static bool place_pointers(struct merge *merge, uint32_t segment,
                           const struct chained_pointer *pointers, size_t count,
                           struct chained_contents contents, struct error *error) {
    return merge->has_opcodes
               ? new_opcodes_segment(&merge->opcodes, segment, pointers, count, contents, error)
               : new_chains_segment(&merge->chains, segment, pointers, count, contents, error);
}

static bool make_segment(struct segment_fixups *work, const struct part_fixups *fixups,
                         uint8_t *contents, struct error *error) {
    const struct part *part = &work->merge->parts[work->part];
    size_t size = (size_t)work->old->file_size;
    work->pointers = memory_zeros(fixups->count, sizeof *work->pointers);
    for (size_t i = 0; i < fixups->count; i++)
        if (fixups->items[i].address - work->old->address < work->old->vm_size &&
            !move_fixup(work, &fixups->items[i], error))
            return false;
    if (!place_pointers(work->merge, work->number, work->pointers, work->count,
                        (struct chained_contents){contents, size}, error))
        return error_in_file(error, part->node->file->path);
    return thread_locals_rewrite(part, (size_t)(work->old - part->image->segments.items), contents,
                                 error);
}

static bool do_segment(struct merge *merge, uint32_t number, const struct part_fixups *fixups,
                       uint8_t *contents, struct error *error) {
    const struct merged_segment *segment = &merge->segments[number];
    struct segment_fixups work = {
        .merge = merge,
        .part = segment->part,
        .number = number,
        .old = &merge->parts[segment->part].image->segments.items[segment->old],
    };
    merge->chains.segments[number].segment_offset = segment->address;
    bool made = make_segment(&work, fixups, contents, error);
    free(work.pointers);
    return made;
}

static bool write_segment(struct merge *merge, uint32_t number, const struct part_fixups *fixups,
                          segment_sink *sink, void *context, struct error *error) {
    const struct merged_segment *segment = &merge->segments[number];
    const struct part *part = &merge->parts[segment->part];
    const struct segment *old = &part->image->segments.items[segment->old];
    size_t size = (size_t)old->file_size;
    if (size == 0)
        return true;
    const uint8_t *data = part->slice.data + old->file_offset;
    if ((old->protection & VM_PROT_WRITE) == 0)
        return sink(context, segment, (struct bytes){data, size}, true, error);
    uint8_t *contents = memory_zeros(size, 1);
    memcpy(contents, data, size);
    bool done = do_segment(merge, number, fixups, contents, error) &&
                sink(context, segment, (struct bytes){contents, size}, false, error);
    free(contents);
    return done;
}

/* dyld sets no pointer where nothing may be written. */
static bool fixups_valid(const struct part *part, const struct part_fixups *fixups,
                         struct error *error) {
    for (size_t i = 0; i < fixups->count; i++) {
        uint64_t address = fixups->items[i].address;
        const struct segment *in = NULL;
        for (size_t j = 0; j < part->image->segments.count; j++)
            if (address - part->image->segments.items[j].address <
                part->image->segments.items[j].vm_size)
                in = &part->image->segments.items[j];
        if (in != NULL && segment_moves(in) && (in->protection & VM_PROT_WRITE) != 0)
            continue;
        error_malformed(error, "fixups", "that at 0x%" PRIx64 " lies where nothing may be written",
                        address);
        return error_in_file(error, part->node->file->path);
    }
    return true;
}

/* Strong definitions that take the place of weak ones in other images. */
static void add_strong_names(struct merge *merge, const struct part *part) {
    struct fixup_walk walk;
    struct fixup fixup;
    struct error ignored;
    if (!part_walk_opcodes(part, "weak bind opcodes", &walk))
        return;
    while (fixup_walk_next(&walk, &fixup, &ignored))
        if (fixup.kind == FIXUP_STRONG)
            new_opcodes_strong(&merge->opcodes, fixup.import.symbol);
}

bool merged_fixups_part(struct merge *merge, size_t number, segment_sink *sink, void *context,
                        struct error *error) {
    const struct part *part = &merge->parts[number];
    struct part_fixups fixups;
    if (merge->has_opcodes ? !part_read_layers(part, &fixups, error)
                           : !part_read_fixups(part, &fixups, error))
        return false;
    if (merge->has_opcodes)
        add_strong_names(merge, part);
    bool done = fixups_valid(part, &fixups, error);
    for (size_t i = 0; done && i < merge->segment_count; i++)
        if (merge->segments[i].part == number)
            done = write_segment(merge, (uint32_t)i, &fixups, sink, context, error);
    free(fixups.items);
    return done;
}

bool merged_fixups_template(struct merge *merge, segment_sink *sink, void *context,
                            struct error *error) {
    const struct merged_template *initial = &merge->template;
    const struct merged_segment *segment = &merge->segments[MERGED_TEXT_SEGMENT + 1];
    const struct chained_contents contents = {initial->bytes, (size_t)initial->size};
    if (initial->size == 0)
        return true;
    merge->chains.segments[MERGED_TEXT_SEGMENT + 1].segment_offset = segment->address;
    return place_pointers(merge, MERGED_TEXT_SEGMENT + 1, initial->pointers, initial->pointer_count,
                          contents, error) &&
           sink(context, segment, (struct bytes){contents.data, contents.size}, false, error);
}
