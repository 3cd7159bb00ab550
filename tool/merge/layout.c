#include "merge/layout.h"

#include <stdio.h>
#include <string.h>

enum {
    MOST_SECTIONS = 255,
    LEADING_SECTIONS = 3,  /* initialisers, unwind information, eh_frame */
    TEMPLATE_SECTIONS = 2, /* contents and zeros */
    NEW_SEGMENTS = 3,      /* __TEXT, __DATA, __LINKEDIT */
    KEPT_OF_NAME = 12,
    SECTION_ALIGNMENT = 4,
};

/* --- which sections get headers --- */

static bool is_zero_filled(uint8_t type) {
    return type == S_ZEROFILL || type == S_GB_ZEROFILL || type == S_THREAD_LOCAL_ZEROFILL;
}

/* dyld goes by the types of sections: those of initialisers, of initial contents and of literals
 * are in the merged image's own sections, or nobody's. */
static uint32_t new_flags(const struct part_section *section) {
    uint32_t attributes = section->flags & SECTION_ATTRIBUTES;
    uint8_t type = section_type_of(section);
    if (part_section_is_typed(section) || type == S_CSTRING_LITERALS)
        return section->flags;
    return is_zero_filled(type) ? attributes | S_ZEROFILL : attributes;
}

static void take_section(struct merged_segment *segment, struct part_section *section) {
    struct merged_section *new = &segment->sections[segment->section_count++];
    memcpy(new->name, section->name, sizeof new->name);
    new->address = section->address;
    new->size = section->size;
    new->align = section->align;
    new->flags = new_flags(section);
}

/* Whether a section can go on with the one before it under one header. */
static bool continues(const struct merged_segment *segment, const struct part_section *section) {
    const struct merged_section *last = &segment->sections[segment->section_count - 1];
    uint8_t before = last->flags & 0xff;
    bool typed = part_section_is_typed(section) || before == S_THREAD_LOCAL_VARIABLES ||
                 before == S_MOD_TERM_FUNC_POINTERS || before == S_MOD_INIT_FUNC_POINTERS;
    return segment->section_count != 0 && !typed && section->address >= last->address &&
           ((new_flags(section) & 0xff) == S_ZEROFILL) == ((last->flags & 0xff) == S_ZEROFILL);
}

static void extend_section(struct merged_segment *segment, const struct part_section *section) {
    struct merged_section *last = &segment->sections[segment->section_count - 1];
    uint32_t code = S_ATTR_PURE_INSTRUCTIONS | S_ATTR_SOME_INSTRUCTIONS;
    last->size = section->address + section->size - last->address;
    last->flags = (last->flags & 0xff) == S_ZEROFILL
                      ? S_ZEROFILL
                      : (last->flags & code) | (section->flags & code);
}

static void add_section(struct merge *merge, struct merged_segment *segment,
                        struct part_section *section, bool is_named) {
    bool needed = merge->has_all_sections || is_named || part_section_is_typed(section);
    if (!merge->has_all_sections && needed && segment->section_count != 0 &&
        continues(segment, section))
        extend_section(segment, section);
    else if (needed)
        take_section(segment, section);
}

static void add_sections(struct merge *merge, struct merged_segment *segment, size_t *numbered) {
    struct part *part = &merge->parts[segment->part];
    bool *named = arena_take(merge->arena, part->section_count + 1);
    segment->sections =
        arena_take(merge->arena, (part->section_count + 1) * sizeof *segment->sections);
    segment->section_count = 0;
    part_mark_named(part, named);
    for (size_t i = 0; i < part->section_count; i++) {
        if (part->sections[i].segment != segment->old)
            continue;
        uint32_t before = segment->section_count;
        add_section(merge, segment, &part->sections[i], named[i]);
        bool has_header = merge->has_all_sections || named[i] || segment->section_count != before;
        part->sections[i].number = has_header ? (uint8_t)(*numbered + segment->section_count) : 0;
    }
    *numbered += segment->section_count;
}

/* --- segments --- */

static void name_segment(struct merged_segment *segment, const char *old, size_t part) {
    snprintf(segment->name, sizeof segment->name, "%.*s_%03X", KEPT_OF_NAME, old,
             (unsigned)(part + 1) & 0xfff);
}

static void read_protection(const struct part *part, const struct segment *old,
                            struct merged_segment *segment) {
    struct load_command_walk walk = image_commands(part->head);
    struct load_command command;
    struct error ignored;
    while (load_command_next(&walk, &command, &ignored))
        if (command.index == old->command) {
            segment->most_protection = bytes_u32(command.bytes, 56);
            segment->protection = bytes_u32(command.bytes, 60);
            segment->flags = bytes_u32(command.bytes, 68);
        }
}

static void add_part_segments(struct merge *merge, size_t number) {
    const struct part *part = &merge->parts[number];
    for (size_t i = 0; i < part->image->segments.count; i++) {
        const struct segment *old = &part->image->segments.items[i];
        if (!segment_moves(old))
            continue;
        struct merged_segment *segment = &merge->segments[merge->segment_count++];
        *segment = (struct merged_segment){
            .part = number, .old = i, .vm_size = old->vm_size, .file_size = old->file_size};
        name_segment(segment, old->name, number);
        read_protection(part, old, segment);
    }
}

static struct merged_segment *add_new_segment(struct merge *merge, const char *name,
                                              uint32_t protection, uint32_t sections) {
    struct merged_segment *segment = &merge->segments[merge->segment_count++];
    *segment = (struct merged_segment){
        .part = NO_PART, .most_protection = protection, .protection = protection};
    snprintf(segment->name, sizeof segment->name, "%s", name);
    segment->sections = arena_take(merge->arena, (sections + 1) * sizeof *segment->sections);
    return segment;
}

static bool has_template(const struct merge *merge) {
    return merge->template.size + merge->template.zero_size != 0;
}

static size_t count_segments(const struct merge *merge) {
    size_t count = NEW_SEGMENTS;
    for (size_t i = 0; i < merge->part_count; i++)
        count += merge->parts[i].image->segments.count;
    return count;
}

static void number_sections(struct merge *merge) {
    size_t numbered = 0;
    for (size_t i = 0; i < merge->segment_count; i++) {
        struct merged_segment *segment = &merge->segments[i];
        if (segment->part != NO_PART)
            add_sections(merge, segment, &numbered);
        else
            numbered += segment->section_count;
    }
}

static void add_new_section(struct merged_segment *segment, const char *name, uint32_t align,
                            uint32_t flags) {
    struct merged_section *section = &segment->sections[segment->section_count++];
    *section = (struct merged_section){.align = align, .flags = flags};
    snprintf(section->name, sizeof section->name, "%s", name);
}

static void add_leading(struct merge *merge) {
    struct merged_segment *text =
        add_new_segment(merge, "__TEXT", VM_PROT_READ | VM_PROT_EXECUTE, LEADING_SECTIONS);
    if (merge->made.initialisers.size != 0)
        add_new_section(text, "__init_offsets", 2, S_INIT_FUNC_OFFSETS);
    if (merge->made.unwind_info.size != 0)
        add_new_section(text, "__unwind_info", 2, 0);
    if (merge->made.eh_frame.size != 0)
        add_new_section(text, "__eh_frame", 3, 0);
    if (text->section_count == 0 && merge->has_opcodes) /* LLVM counts segments by their sections */
        add_new_section(text, "__text", 2, 0);
    if (!has_template(merge))
        return;
    struct merged_segment *data =
        add_new_segment(merge, "__DATA", VM_PROT_READ | VM_PROT_WRITE, TEMPLATE_SECTIONS);
    if (merge->template.size != 0)
        add_new_section(data, "__thread_data", SECTION_ALIGNMENT, S_THREAD_LOCAL_REGULAR);
    if (merge->template.zero_size != 0)
        add_new_section(data, "__thread_bss", SECTION_ALIGNMENT, S_THREAD_LOCAL_ZEROFILL);
}

void layout_sections(struct merge *merge) {
    size_t sections = LEADING_SECTIONS + TEMPLATE_SECTIONS;
    merge->segments = arena_take(merge->arena, count_segments(merge) * sizeof *merge->segments);
    for (size_t i = 0; i < merge->part_count; i++)
        sections += merge->parts[i].section_count;
    merge->has_all_sections = sections <= MOST_SECTIONS;
    add_leading(merge);
    for (size_t i = 0; i < merge->part_count; i++)
        add_part_segments(merge, i);
    add_new_segment(merge, "__LINKEDIT", VM_PROT_READ, 0);
    number_sections(merge);
}

/* --- places --- */

struct leading_places layout_leading(const struct merge *merge) {
    const struct merged_contents *made = &merge->made;
    struct leading_places places;
    places.initialisers = round_up(MACH_HEADER_SIZE + merge->commands_size, 8);
    places.unwind_info = round_up(places.initialisers + made->initialisers.size, 8);
    places.eh_frame = round_up(places.unwind_info + made->unwind_info.size, 8);
    places.end = places.eh_frame + made->eh_frame.size;
    return places;
}

static void place_leading(struct merge *merge, uint64_t *at, uint64_t *in_file) {
    struct leading_places places = layout_leading(merge);
    struct merged_segment *text = &merge->segments[MERGED_TEXT_SEGMENT];
    const struct {
        uint64_t address, size;
    } contents[] = {{places.initialisers, merge->made.initialisers.size},
                    {places.unwind_info, merge->made.unwind_info.size},
                    {places.eh_frame, merge->made.eh_frame.size}};
    struct merged_section *section = text->sections;
    section->address = section->file_offset = places.end;
    for (size_t i = 0; i < LEADING_SECTIONS; i++)
        if (contents[i].size != 0) {
            section->address = section->file_offset = contents[i].address;
            section++->size = contents[i].size;
        }
    merge->text_size = round_up(places.end, merge_page_size(merge));
    text->vm_size = text->file_size = *at = *in_file = merge->text_size;
}

static void place_template(struct merge *merge, uint64_t *at, uint64_t *in_file) {
    const struct merged_template *template = &merge->template;
    struct merged_segment *data = &merge->segments[MERGED_TEXT_SEGMENT + 1];
    uint64_t page = merge_page_size(merge);
    if (!has_template(merge))
        return;
    data->address = *at;
    data->file_offset = *in_file;
    data->vm_size = round_up(template->size + template->zero_size, page);
    data->file_size = round_up(template->size, page);
    struct merged_section *section = data->sections;
    if (template->size != 0) {
        *section = (struct merged_section){.address = *at,
                                           .size = template->size,
                                           .file_offset = *in_file,
                                           .align = section->align,
                                           .flags = section->flags};
        snprintf(section->name, sizeof section->name, "__thread_data");
        section++;
    }
    if (template->zero_size != 0) {
        section->address = *at + template->size;
        section->size = template->zero_size;
    }
    *at += data->vm_size;
    *in_file += data->file_size;
}

static void place_sections(struct merged_segment *segment, const struct segment *old,
                           uint64_t shift) {
    for (uint32_t i = 0; i < segment->section_count; i++) {
        struct merged_section *section = &segment->sections[i];
        if (!is_zero_filled(section->flags & 0xff))
            section->file_offset = segment->file_offset + (section->address - old->address);
        section->address += shift;
    }
}

static void place_segment(struct merge *merge, struct merged_segment *segment, uint64_t *in_file) {
    const struct part *part = &merge->parts[segment->part];
    const struct segment *old = &part->image->segments.items[segment->old];
    segment->address = merge_address(part, old->address);
    segment->file_offset = segment->file_size == 0 ? 0 : *in_file;
    *in_file += round_up(segment->file_size, merge_page_size(merge));
    place_sections(segment, old, part->shift);
}

void layout_place(struct merge *merge) {
    uint64_t at, in_file, page = merge_page_size(merge);
    place_leading(merge, &at, &in_file);
    place_template(merge, &at, &in_file);
    for (size_t i = 0; i < merge->part_count; i++) {
        struct part *part = &merge->parts[i];
        part->shift = at - part->image->lowest_address;
        at += round_up(part->extent, page);
    }
    for (size_t i = 0; i < merge->segment_count; i++)
        if (merge->segments[i].part != NO_PART)
            place_segment(merge, &merge->segments[i], &in_file);
    struct merged_segment *linkedit = &merge->segments[merge->segment_count - 1];
    linkedit->address = at;
    linkedit->file_offset = merge->linkedit_offset = in_file;
}

void layout_linkedit(struct merge *merge, uint64_t size) {
    struct merged_segment *linkedit = &merge->segments[merge->segment_count - 1];
    linkedit->file_size = size;
    linkedit->vm_size = round_up(size, merge_page_size(merge));
    merge->file_size = merge->linkedit_offset + size;
}
