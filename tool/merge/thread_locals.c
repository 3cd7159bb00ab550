#include "merge/thread_locals.h"

#include "base/memory.h"

#include <inttypes.h>
#include <string.h>

/* What malloc gives a thread's copy; a descriptor is three words, the offset the last. */
enum { COPY_ALIGNMENT = 16, DESCRIPTOR_SIZE = 24, DESCRIPTOR_OFFSET = 16 };

static bool is_content(const struct part_section *section) {
    return section_type_of(section) == S_THREAD_LOCAL_REGULAR ||
           section_type_of(section) == S_THREAD_LOCAL_ZEROFILL;
}

/* Gives all sections of a type their places from `at` on; where they end. */
static uint64_t place_all(struct merge *merge, uint8_t type, uint64_t at) {
    for (size_t i = 0; i < merge->part_count; i++)
        for (size_t j = 0; j < merge->parts[i].section_count; j++) {
            struct part_section *section = &merge->parts[i].sections[j];
            if (section_type_of(section) != type)
                continue;
            uint64_t align = UINT64_C(1) << section->align;
            at = round_up(at, align > COPY_ALIGNMENT ? align : COPY_ALIGNMENT);
            section->template_offset = at;
            at += section->size;
        }
    return at;
}

static void copy_contents(struct merge *merge) {
    merge->template.bytes = arena_take(merge->arena, (size_t)merge->template.size + 1);
    for (size_t i = 0; i < merge->part_count; i++)
        for (size_t j = 0; j < merge->parts[i].section_count; j++) {
            const struct part_section *section = &merge->parts[i].sections[j];
            struct bytes bytes = part_section_bytes(&merge->parts[i], section);
            if (section_type_of(section) == S_THREAD_LOCAL_REGULAR && bytes.size != 0)
                memcpy(merge->template.bytes + section->template_offset, bytes.data, bytes.size);
        }
}

bool thread_locals_gather(struct merge *merge, struct error *error) {
    struct merged_template *template = &merge->template;
    template->size = round_up(place_all(merge, S_THREAD_LOCAL_REGULAR, 0), COPY_ALIGNMENT);
    template->zero_size =
        place_all(merge, S_THREAD_LOCAL_ZEROFILL, template->size) - template->size;
    if (template->size + template->zero_size > UINT32_MAX)
        return error_malformed(error, "thread-local variables",
                               "their initial contents are larger than 4 GiB");
    copy_contents(merge);
    return true;
}

/* Where the part's own template begins: at the first section of contents. */
static bool template_start(const struct part *part, uint64_t *start) {
    for (size_t i = 0; i < part->section_count; i++)
        if (is_content(&part->sections[i])) {
            *start = part->sections[i].address;
            return true;
        }
    return false;
}

static const struct part_section *content_at(const struct part *part, uint64_t address) {
    for (size_t i = 0; i < part->section_count; i++)
        if (is_content(&part->sections[i]) &&
            address - part->sections[i].address < part->sections[i].size)
            return &part->sections[i];
    return NULL;
}

static bool rewrite_descriptor(const struct part *part, uint64_t address, uint8_t *descriptor,
                               struct error *error) {
    struct bytes bytes = {descriptor, DESCRIPTOR_SIZE};
    uint64_t start = 0, offset = bytes_u64(bytes, DESCRIPTOR_OFFSET);
    const struct part_section *content =
        template_start(part, &start) ? content_at(part, start + offset) : NULL;
    if (content == NULL) {
        error_malformed(error, "thread-local variables",
                        "that at 0x%" PRIx64 " has the offset 0x%" PRIx64
                        ", where no initial contents are",
                        address, offset);
        return error_in_file(error, part->node->file->path);
    }
    bytes_store_little(descriptor + DESCRIPTOR_OFFSET, 8,
                       content->template_offset + (start + offset - content->address));
    return true;
}

bool thread_locals_rewrite(const struct part *part, size_t segment, uint8_t *contents,
                           struct error *error) {
    uint64_t start = part->image->segments.items[segment].address;
    for (size_t i = 0; i < part->section_count; i++) {
        const struct part_section *section = &part->sections[i];
        if (section->segment != segment || section_type_of(section) != S_THREAD_LOCAL_VARIABLES)
            continue;
        for (uint64_t at = 0; range_within(at, DESCRIPTOR_SIZE, section->size);
             at += DESCRIPTOR_SIZE)
            if (!rewrite_descriptor(part, section->address + at,
                                    contents + (section->address - start) + at, error))
                return false;
    }
    return true;
}

void thread_locals_note(struct merge *merge, const struct part *part, uint64_t address,
                        const struct chained_pointer *pointer) {
    struct merged_template *template = &merge->template;
    const struct part_section *content = content_at(part, address);
    if (content == NULL || section_type_of(content) != S_THREAD_LOCAL_REGULAR)
        return;
    template->pointers = memory_grow(template->pointers, template->pointer_count,
                                     &template->pointer_capacity, sizeof *template->pointers);
    struct chained_pointer *copy = &template->pointers[template->pointer_count++];
    *copy = *pointer;
    copy->offset = content->template_offset + (address - content->address);
}
