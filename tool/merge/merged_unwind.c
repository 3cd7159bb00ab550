#include "merge/merged_unwind.h"

#include "base/memory.h"
#include "macho/eh_frame.h"
#include "macho/write/eh_frame.h"
#include "macho/write/unwind_info.h"
#include "merge/layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct unwind_entries {
    struct unwind_entry *items;
    size_t count;
    size_t capacity;
};

struct unwind_merger {
    struct merge *merge;
    struct arena arena;
    struct unwind_entries entries; /* of all parts, in the merged image */
    uint32_t end;
    uint32_t gap;             /* the encoding from there on to the next part */
    uint64_t eh_frame_size;   /* of the blocks so far */
    struct map personalities; /* what a slot holds -> personality_slot */
    struct error *error;
};

/* Where the first part with that personality has it. */
struct personality_slot {
    uint64_t address; /* in the merged image */
};

/* --- personalities --- */

/* What a slot leads to, the same for all slots that lead there. */
static char *slot_key(struct unwind_merger *merger, const struct part *part,
                      const struct fixup *fixup) {
    struct merged_import merged;
    struct error ignored;
    if (fixup == NULL)
        return NULL;
    if (fixup->kind == FIXUP_REBASE)
        return arena_format(&merger->arena, "%p %llx", (const void *)part,
                            (unsigned long long)fixup->target);
    if (!merge_import(merger->merge, part, &fixup->import, &merged, &ignored))
        return NULL;
    return arena_format(&merger->arena, "%s of %d", merged.import.symbol,
                        merged.is_inside ? -9 : merged.import.ordinal);
}

static bool move_personality(struct unwind_merger *merger, const struct part *part,
                             const struct part_fixups *fixups, struct unwind_entry *entry) {
    uint64_t slot = image_base(part->image) + entry->personality;
    char *key = slot_key(merger, part, part_fixup_at(fixups, slot));
    if (key == NULL) {
        error_malformed(merger->error, "unwind info personalities",
                        "no pointer to a function is at 0x%llx", (unsigned long long)slot);
        return error_in_file(merger->error, part->node->file->path);
    }
    struct personality_slot *known = map_get(&merger->personalities, key);
    if (known == NULL) {
        known = arena_take(&merger->arena, sizeof *known);
        known->address = merge_address(part, slot);
        map_put(&merger->personalities, &merger->arena, key, known);
    }
    entry->personality = (uint32_t)known->address;
    return true;
}

/* --- entries --- */

static void add_entry(struct unwind_merger *merger, const struct unwind_entry *entry) {
    merger->entries.items = memory_grow(merger->entries.items, merger->entries.count,
                                        &merger->entries.capacity, sizeof *entry);
    merger->entries.items[merger->entries.count++] = *entry;
}

static bool move_entry(struct unwind_merger *merger, const struct part *part,
                       const struct part_fixups *fixups, struct unwind_entry *entry) {
    uint64_t base = merge_address(part, image_base(part->image));
    if (entry->personality != 0 && !move_personality(merger, part, fixups, entry))
        return false;
    if (unwind_is_dwarf(part->image->architecture->cpu_type, entry->encoding) &&
        !eh_frame_move_encoding(entry->encoding, merger->eh_frame_size, &entry->encoding,
                                merger->error))
        return error_in_file(merger->error, part->node->file->path);
    entry->function += (uint32_t)base;
    if (entry->lsda != 0)
        entry->lsda += (uint32_t)base;
    add_entry(merger, entry);
    return true;
}

/* Between two parts, and in one that has call frame information alone, functions are looked for in
 * the part's block: an encoding of 0 would hide them. */
static bool anywhere_in_block(struct unwind_merger *merger, const struct part *part,
                              size_t block_size, uint32_t *encoding) {
    bool is_arm64 = part->image->architecture->cpu_type == CPU_TYPE_ARM64;
    *encoding = 0;
    return block_size == 0 ||
           eh_frame_move_encoding(is_arm64 ? UNWIND_ARM64_MODE_DWARF : UNWIND_X86_64_MODE_DWARF,
                                  merger->eh_frame_size, encoding, merger->error) ||
           error_in_file(merger->error, part->node->file->path);
}

static void end_former(struct unwind_merger *merger) {
    if (merger->entries.count != 0)
        add_entry(merger, &(struct unwind_entry){.function = merger->end, .encoding = merger->gap});
}

static bool read_entries(struct unwind_merger *merger, const struct part *part,
                         const struct part_fixups *fixups, struct bytes section) {
    struct unwind_cursor cursor;
    struct unwind_entry entry;
    if (!unwind_info_start(section, &cursor, merger->error))
        return error_in_file(merger->error, part->node->file->path);
    while (unwind_info_next(&cursor, &entry, merger->error))
        if (!move_entry(merger, part, fixups, &entry))
            return false;
    merger->end = cursor.end + (uint32_t)merge_address(part, image_base(part->image));
    return merger->error->kind == ERROR_NONE ||
           error_in_file(merger->error, part->node->file->path);
}

/* `block_size` is that of the part's call frame information. */
static bool add_entries(struct unwind_merger *merger, const struct part *part,
                        const struct part_fixups *fixups, size_t block_size) {
    uint64_t address;
    struct bytes section = part_text_section(part, "__unwind_info", &address);
    if (section.size == 0 && block_size == 0)
        return true;
    end_former(merger);
    *merger->error = (struct error){0};
    if (!anywhere_in_block(merger, part, block_size, &merger->gap) ||
        (section.size != 0 && !read_entries(merger, part, fixups, section)))
        return false;
    if (section.size == 0) {
        uint32_t start = (uint32_t)merge_address(part, part->image->lowest_address);
        add_entry(merger, &(struct unwind_entry){.function = start, .encoding = merger->gap});
        merger->end = start + (uint32_t)part->extent;
    }
    return true;
}

static bool add_part(struct unwind_merger *merger, const struct part *part) {
    struct part_fixups fixups;
    uint64_t address;
    size_t size = 0;
    if (!eh_frame_moved_size(part_text_section(part, "__eh_frame", &address), &size, merger->error))
        return error_in_file(merger->error, part->node->file->path);
    if (!part_read_fixups(part, &fixups, merger->error))
        return false;
    bool done = add_entries(merger, part, &fixups, size);
    free(fixups.items);
    merger->eh_frame_size += size;
    return done;
}

static bool write_entries(struct unwind_merger *merger, struct unwind_section *section) {
    struct unwind_functions functions = {merger->entries.items, merger->entries.count, merger->end};
    *section = (struct unwind_section){0};
    return functions.count == 0 || unwind_info_write(&functions, section, merger->error);
}

static bool gather(struct unwind_merger *merger, struct unwind_section *section) {
    for (size_t i = 0; i < merger->merge->part_count; i++)
        if (!add_part(merger, &merger->merge->parts[i]))
            return false;
    return write_entries(merger, section);
}

static void free_merger(struct unwind_merger *merger) {
    free(merger->entries.items);
    map_free(&merger->personalities);
    arena_free(&merger->arena);
}

/* Places as far as they count here: all parts move by the same once the leading __TEXT is known. */
static void place_for_now(struct merge *merge) {
    uint64_t at = 0;
    for (size_t i = 0; i < merge->part_count; i++) {
        struct part *part = &merge->parts[i];
        part->shift = at - part->image->lowest_address;
        at += round_up(part->extent, merge_page_size(merge));
    }
}

bool merged_unwind_plan(struct merge *merge, struct error *error) {
    struct unwind_merger merger = {.merge = merge, .error = error};
    struct unwind_section section;
    place_for_now(merge);
    bool done = gather(&merger, &section);
    if (done) {
        buffer_take(&merge->made.unwind_info, section.size);
        free(section.bytes);
        if (merger.eh_frame_size != 0)
            buffer_take(&merge->made.eh_frame, (size_t)merger.eh_frame_size + EH_FRAME_END_SIZE);
    }
    free_merger(&merger);
    return done;
}

/* --- the sections --- */

static bool write_eh_frame(struct merge *merge, struct error *error) {
    uint64_t start = layout_leading(merge).eh_frame;
    size_t at = 0, size;
    for (size_t i = 0; i < merge->part_count; i++) {
        const struct part *part = &merge->parts[i];
        struct eh_frame_block block = {.new_address = start + at, .target_shift = part->shift};
        block.section = part_text_section(part, "__eh_frame", &block.address);
        if (!eh_frame_moved_size(block.section, &size, error) ||
            (size != 0 && !eh_frame_move(&block, merge->made.eh_frame.data + at, error)))
            return error_in_file(error, part->node->file->path);
        at += size;
    }
    return true;
}

bool merged_unwind_write(struct merge *merge, struct error *error) {
    struct unwind_merger merger = {.merge = merge, .error = error};
    struct unwind_section section = {0};
    bool done = gather(&merger, &section);
    if (done && section.size != merge->made.unwind_info.size)
        done = error_malformed(error, "unwind info section", "has another size than was planned");
    if (done && section.size != 0)
        memcpy(merge->made.unwind_info.data, section.bytes, section.size);
    free(section.bytes);
    free_merger(&merger);
    return done && write_eh_frame(merge, error);
}
