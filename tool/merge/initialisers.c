#include "merge/initialisers.h"

#include <inttypes.h>

static uint64_t entry_size(uint8_t type) {
    return type == S_MOD_INIT_FUNC_POINTERS ? FIXUP_SIZE
           : type == S_INIT_FUNC_OFFSETS    ? INITIALISER_SIZE
                                            : 0;
}

/* An initialiser of a part, and where it stands in the list. */
typedef bool initialiser_visitor(void *context, const struct part_section *section, uint64_t at,
                                 size_t place);

/* Visits those of a part as dyld does: pointers first. *place counts on. */
static bool visit_kind(const struct part *part, uint8_t type, size_t *place,
                       initialiser_visitor *visit, void *context) {
    for (size_t i = 0; i < part->section_count; i++) {
        const struct part_section *section = &part->sections[i];
        if (section_type_of(section) != type)
            continue;
        for (uint64_t at = 0; range_within(at, entry_size(type), section->size);
             at += entry_size(type))
            if (!visit(context, section, at, (*place)++))
                return false;
    }
    return true;
}

static bool visit_part(const struct part *part, size_t *place, initialiser_visitor *visit,
                       void *context) {
    return visit_kind(part, S_MOD_INIT_FUNC_POINTERS, place, visit, context) &&
           visit_kind(part, S_INIT_FUNC_OFFSETS, place, visit, context);
}

static bool count_one(void *context, const struct part_section *section, uint64_t at,
                      size_t place) {
    (void)section, (void)at, (void)place;
    buffer_take(context, INITIALISER_SIZE);
    return true;
}

static bool sizes_valid(const struct part *part, struct error *error) {
    for (size_t i = 0; i < part->section_count; i++) {
        uint64_t size = entry_size(section_type_of(&part->sections[i]));
        if (size == 0 || part->sections[i].size % size == 0)
            continue;
        error_malformed(error, part->sections[i].name,
                        "its size 0x%" PRIx64 " is no multiple of %" PRIu64, part->sections[i].size,
                        size);
        return error_in_file(error, part->node->file->path);
    }
    return true;
}

bool initialisers_count(struct merge *merge, struct error *error) {
    size_t place = 0;
    for (size_t i = 0; i < merge->part_count; i++) {
        if (!sizes_valid(&merge->parts[i], error))
            return false;
        if (!merge->has_opcodes)
            visit_part(&merge->parts[i], &place, count_one, &merge->made.initialisers);
    }
    return true;
}

/* One part, and what is wanted of it. */
struct initialiser_search {
    struct merge *merge;
    const struct part *part;
    uint64_t address; /* of a pointer; only of this, */
    uint64_t target;  /* which leads there */
};

static void store(struct merge *merge, size_t place, uint64_t target) {
    bytes_store_little(merge->made.initialisers.data + place * INITIALISER_SIZE, INITIALISER_SIZE,
                       target);
}

static bool move_one(void *context, const struct part_section *section, uint64_t at, size_t place) {
    const struct initialiser_search *search = context;
    struct bytes offsets = part_section_bytes(search->part, section);
    if (section_type_of(section) == S_INIT_FUNC_OFFSETS && offsets.size != 0)
        store(search->merge, place,
              merge_address(search->part,
                            image_base(search->part->image) + bytes_u32(offsets, (size_t)at)));
    return true;
}

void initialisers_move(struct merge *merge) {
    struct initialiser_search search = {.merge = merge};
    size_t place = 0;
    for (size_t i = 0; i < merge->part_count; i++) {
        search.part = &merge->parts[i];
        visit_part(search.part, &place, move_one, &search);
    }
}

static bool note_one(void *context, const struct part_section *section, uint64_t at, size_t place) {
    const struct initialiser_search *search = context;
    bool found = section_type_of(section) == S_MOD_INIT_FUNC_POINTERS &&
                 section->address + at == search->address;
    if (found)
        store(search->merge, place, search->target);
    return !found;
}

static size_t first_place(const struct merge *merge, size_t part) {
    size_t count = 0;
    for (size_t i = 0; i < part; i++)
        for (size_t j = 0; j < merge->parts[i].section_count; j++) {
            const struct part_section *section = &merge->parts[i].sections[j];
            uint64_t size = entry_size(section_type_of(section));
            count += size == 0 ? 0 : (size_t)(section->size / size);
        }
    return count;
}

void initialisers_note(struct merge *merge, size_t part, uint64_t address, uint64_t target) {
    const struct part_section *section = part_section_at(&merge->parts[part], address);
    struct initialiser_search search = {merge, &merge->parts[part], address, target};
    if (section == NULL || section_type_of(section) != S_MOD_INIT_FUNC_POINTERS ||
        merge->has_opcodes)
        return;
    size_t place = first_place(merge, part);
    visit_part(search.part, &place, note_one, &search);
}

static bool is_filled(void *context, const struct part_section *section, uint64_t at,
                      size_t place) {
    struct initialiser_search *search = context;
    search->address = section->address + at;
    return bytes_u32(buffer_bytes(&search->merge->made.initialisers), place * INITIALISER_SIZE) !=
           0;
}

bool initialisers_complete(const struct merge *merge, struct error *error) {
    struct initialiser_search search = {.merge = (struct merge *)(uintptr_t)merge};
    size_t place = 0;
    for (size_t i = 0; !merge->has_opcodes && i < merge->part_count; i++)
        if (!visit_part(&merge->parts[i], &place, is_filled, &search)) {
            error_malformed(error, "initialisers",
                            "that at 0x%" PRIx64 " leads nowhere in the part", search.address);
            return error_in_file(error, merge->parts[i].node->file->path);
        }
    return true;
}
