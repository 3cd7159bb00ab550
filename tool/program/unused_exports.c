#include "program/unused_exports.h"

#include "base/mapping.h"
#include "macho/write/exports_trie.h"

#include <stdlib.h>

enum { PART_ALIGNMENT = 8 };

/* A world_filter that counts what it does not keep. */
struct counting_filter {
    struct world_filter filter;
    uint64_t count;
};

static bool keeps(void *context, const struct export *export) {
    struct counting_filter *counting = context;
    bool kept = world_filter_keeps(&counting->filter, export);
    counting->count += !kept;
    return kept;
}

/* Of the part with the trie in it: the old one stays where a new one is no smaller. */
static bool written_size(struct bytes old, exports_keep *keep, void *context, uint64_t *size,
                         struct error *error) {
    struct rebuilt_trie rebuilt;
    if (!exports_trie_write(old, keep, context, &rebuilt, error))
        return false;
    uint64_t made = round_up(rebuilt.size, PART_ALIGNMENT);
    *size = rebuilt.bytes != NULL && made < old.size ? made : round_up(old.size, PART_ALIGNMENT);
    free(rebuilt.bytes);
    return true;
}

static bool count_in_trie(struct bytes trie, const struct closed_world *world,
                          struct unused_exports *unused, struct error *error) {
    struct counting_filter counting = {.filter.world = world};
    uint64_t all, kept;
    bool written = written_size(trie, NULL, NULL, &all, error) &&
                   written_size(trie, keeps, &counting, &kept, error);
    world_filter_free(&counting.filter);
    if (!written)
        return false;
    unused->count += counting.count;
    unused->bytes += all - kept;
    return true;
}

bool unused_exports_read(const struct image_file *file, const struct image_slice *slice,
                         const struct closed_world *world, struct unused_exports *unused,
                         struct error *error) {
    const struct linkedit_parts *parts = &slice->image->parts;
    *unused = (struct unused_exports){0};
    for (size_t i = 0; i < parts->count; i++) {
        const struct linkedit_part *part = &parts->items[i];
        struct mapping mapping;
        if (part->use != LINKEDIT_EXPORTS)
            continue;
        if (!mapping_make(&file->file, slice->offset + part->file_offset, part->size, &mapping,
                          error))
            return false;
        bool counted = count_in_trie(mapping.bytes, world, unused, error);
        mapping_free(&mapping);
        if (!counted)
            return false;
    }
    unused->known = true;
    return true;
}
