#include "merge/compare_unwind.h"

#include "base/memory.h"
#include "macho/eh_frame.h"
#include "macho/unwind_info.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct unwind_list {
    struct unwind_entry *items; /* by rising functions */
    size_t count;
    size_t capacity;
};

/* A record of call frame information about a function. */
struct frame_record {
    uint64_t function; /* unslid */
    size_t offset;     /* bytes into __eh_frame */
    uint64_t lsda;     /* unslid; 0 for none */
    uint64_t range;    /* bytes */
};

struct frame_list {
    struct frame_record *items;
    size_t count;
    size_t capacity;
};

/* One image, a part or the merged one. */
struct unwind_side {
    const struct part *image;
    struct unwind_list entries;
    uint32_t end; /* image offset: where the last function ends */
    struct frame_list frames;
};

struct unwind_comparison {
    const struct merge *merge;
    const struct part_fixups *fixups; /* of the merged image */
    struct unwind_side merged;
    struct differences *differences;
};

static bool read_entries(struct unwind_side *side, struct error *error) {
    uint64_t address;
    struct unwind_cursor cursor;
    struct unwind_entry entry;
    struct bytes section = part_text_section(side->image, "__unwind_info", &address);
    *error = (struct error){0};
    if (section.size == 0)
        return true;
    if (!unwind_info_start(section, &cursor, error))
        return false;
    while (unwind_info_next(&cursor, &entry, error)) {
        struct unwind_list *list = &side->entries;
        list->items = memory_grow(list->items, list->count, &list->capacity, sizeof entry);
        list->items[list->count++] = entry;
    }
    side->end = cursor.end;
    return error->kind == ERROR_NONE;
}

static void add_frame(struct frame_list *list, const struct eh_record *record) {
    struct frame_record frame = {.offset = record->offset, .range = record->range};
    if (record->is_cie)
        return;
    for (size_t i = 0; i < record->pointer_count; i++) {
        if (record->pointers[i].kind == EH_FUNCTION)
            frame.function = record->pointers[i].target;
        if (record->pointers[i].kind == EH_LSDA)
            frame.lsda = record->pointers[i].target;
    }
    list->items = memory_grow(list->items, list->count, &list->capacity, sizeof frame);
    list->items[list->count++] = frame;
}

static bool read_frames(struct unwind_side *side, struct error *error) {
    uint64_t address = 0;
    struct eh_cursor cursor;
    struct eh_record record;
    struct bytes section = part_text_section(side->image, "__eh_frame", &address);
    *error = (struct error){0};
    eh_frame_start(section, address, &cursor);
    while (eh_frame_next(&cursor, &record, error))
        add_frame(&side->frames, &record);
    eh_frame_end(&cursor);
    return error->kind == ERROR_NONE;
}

static void side_free(struct unwind_side *side) {
    free(side->entries.items);
    free(side->frames.items);
}

/* The entry that holds for a function of the merged image. */
static const struct unwind_entry *entry_for(const struct unwind_list *list, uint64_t function) {
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->items[middle].function <= function)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? NULL : &list->items[low - 1];
}

/* Whether two slots of the merged image lead to one function. */
static bool same_slot(const struct unwind_comparison *comparison, uint64_t left, uint64_t right) {
    const struct fixup *a = part_fixup_at(comparison->fixups, left);
    const struct fixup *b = part_fixup_at(comparison->fixups, right);
    if (a == NULL || b == NULL || a->kind != b->kind)
        return left == right;
    return a->kind == FIXUP_REBASE ? a->target == b->target : import_same(&a->import, &b->import);
}

static bool encoding_same(const struct unwind_comparison *comparison, uint32_t old, uint32_t new) {
    uint32_t cpu = comparison->merged.image->image->architecture->cpu_type;
    uint32_t varies = UNWIND_PERSONALITY_MASK;
    if (unwind_is_dwarf(cpu, old))
        varies |= UNWIND_DWARF_SECTION_OFFSET;
    return (old & ~varies) == (new & ~varies);
}

/* Where what an entry says ends. */
static uint32_t end_of(const struct unwind_side *side, const struct unwind_entry *entry) {
    const struct unwind_entry *last = side->entries.items + side->entries.count - 1;
    return entry == last ? side->end : entry[1].function;
}

static void compare_entry(const struct unwind_comparison *comparison,
                          const struct unwind_side *side, const struct unwind_entry *old) {
    const struct part *part = side->image;
    uint64_t base = merge_address(part, image_base(part->image));
    const struct unwind_entry *new = entry_for(&comparison->merged.entries, base + old->function);
    bool same = new != NULL &&encoding_same(comparison, old->encoding, new->encoding);
    if (same && old->encoding != 0)
        same = new->function == base + old->function &&end_of(&comparison->merged, new) ==
                   base + end_of(side, old) &&
               (old->lsda == 0 ? new->lsda == 0 : new->lsda == base + old->lsda) &&
               (old->personality == 0) == (new->personality == 0) &&
               (old->personality == 0 ||
                same_slot(comparison, base + old->personality, new->personality));
    if (!same)
        differences_add(comparison->differences,
                        "%s: the function at 0x%" PRIx64 " is unwound otherwise than it was",
                        part->node->file->path, image_base(part->image) + old->function);
}

static const struct frame_record *frame_of(const struct frame_list *list, uint64_t function) {
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].function == function)
            return &list->items[i];
    return NULL;
}

/* The encoding says where in __eh_frame to begin to look; one of 0 says that there is nothing. */
static bool is_found(const struct unwind_comparison *comparison, const struct frame_record *frame,
                     const struct unwind_entry *old) {
    const struct unwind_entry *entry = entry_for(&comparison->merged.entries, frame->function);
    uint32_t cpu = comparison->merged.image->image->architecture->cpu_type;
    if (entry == NULL)
        return true;
    if (entry->encoding == 0)
        return old != NULL && old->encoding == 0;
    return !unwind_is_dwarf(cpu, entry->encoding) ||
           unwind_fde_offset(entry->encoding) <= frame->offset;
}

static void compare_frame(const struct unwind_comparison *comparison,
                          const struct unwind_side *side, const struct frame_record *old,
                          size_t *next) {
    const struct part *part = side->image;
    uint64_t offset = old->function - image_base(part->image);
    const struct frame_list *list = &comparison->merged.frames;
    uint64_t function = merge_address(part, old->function);
    const struct frame_record *new = *next < list->count ? &list->items[(*next)++] : NULL;
    if (new == NULL || new->function != function)
        new = frame_of(list, function);
    if (new == NULL || new->range != old->range ||
        new->lsda != (old->lsda == 0 ? 0 : merge_address(part, old->lsda)) ||
        !is_found(comparison, new, entry_for(&side->entries, offset)))
        differences_add(comparison->differences,
                        "%s: the call frame information of the function at 0x%" PRIx64
                        " is not what it was",
                        part->node->file->path, old->function);
}

/* After its last function a part has no information, or looks in its call frame information. */
static void compare_end(const struct unwind_comparison *comparison,
                        const struct unwind_side *side) {
    const struct part *part = side->image;
    uint64_t end = merge_address(part, image_base(part->image)) + side->end;
    const struct unwind_entry *next = entry_for(&comparison->merged.entries, end);
    uint32_t cpu = part->image->architecture->cpu_type;
    bool is_gap = next != NULL && next->function == end && end != comparison->merged.end;
    if (is_gap && next->encoding != 0 &&
        (!unwind_is_dwarf(cpu, next->encoding) || next->personality != 0 || next->lsda != 0))
        differences_add(comparison->differences, "%s: what follows its last function is unwound",
                        part->node->file->path);
}

/* One whose next entry has the same function is never looked at. */
static bool holds_for_any(const struct unwind_list *list, size_t i) {
    return i + 1 == list->count || list->items[i + 1].function != list->items[i].function;
}

static bool compare_part(struct unwind_comparison *comparison, const struct part *part,
                         size_t *next, struct error *error) {
    struct unwind_side old = {.image = part};
    bool read = read_entries(&old, error) && read_frames(&old, error);
    for (size_t i = 0; read && i < old.entries.count; i++)
        if (holds_for_any(&old.entries, i))
            compare_entry(comparison, &old, &old.entries.items[i]);
    if (read && old.entries.count != 0)
        compare_end(comparison, &old);
    for (size_t i = 0; read && i < old.frames.count; i++)
        compare_frame(comparison, &old, &old.frames.items[i], next);
    side_free(&old);
    return read;
}

void compare_unwind(const struct merge *merge, const struct part *merged,
                    const struct part_fixups *fixups, struct differences *differences) {
    struct unwind_comparison comparison = {
        .merge = merge, .fixups = fixups, .merged.image = merged, .differences = differences};
    struct error error = {0};
    size_t next = 0;
    bool read = read_entries(&comparison.merged, &error) && read_frames(&comparison.merged, &error);
    for (size_t i = 0; read && i < merge->part_count; i++)
        read = compare_part(&comparison, &merge->parts[i], &next, &error);
    if (!read)
        differences_add(differences, "%s: %s", error.field, error.what);
    side_free(&comparison.merged);
}
