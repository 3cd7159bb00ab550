#include "layout.h"

#include "signature.h"

#include "base/bytes.h"
#include "base/path.h"

#include <inttypes.h>
#include <string.h>

enum {
    HEADER_PAD = 256,   /* left free after the load commands */
    TEXT_ALIGNMENT = 4, /* a power of two, as the next one */
    POINTER_ALIGNMENT = 3,
    DATA_POINTERS = 64, /* bytes at the start of __data that hold pointers */
    PART_ALIGNMENT = 8, /* bytes */
    NON_LAZY_POINTERS = 6,
    POINTER_SIZE = 8,
};

/* S_ATTR_PURE_INSTRUCTIONS and S_ATTR_SOME_INSTRUCTIONS */
static const uint32_t instructions = 0x80000400;

static int find(const struct image *image, const char *name) {
    for (size_t i = 0; i < image->segment_count; i++)
        if (strcmp(image->segments[i].name, name) == 0)
            return (int)i;
    return NO_SEGMENT;
}

static bool is_page_zero(const struct segment *segment) {
    return strcmp(segment->name, "__PAGEZERO") == 0;
}

static bool check_order(const struct image *image, struct error *error) {
    size_t first = 0;
    while (first < image->segment_count && is_page_zero(&image->segments[first]))
        first++;
    if (find(image, "__TEXT") != (int)first)
        return error_usage(error, "__TEXT must be the first segment after __PAGEZERO");
    if (find(image, "__LINKEDIT") != (int)image->segment_count - 1)
        return error_usage(error, "__LINKEDIT must be the last segment");
    return true;
}

bool layout_segments(struct layout *layout, const struct image *image, struct arena *arena,
                     struct error *error) {
    uint64_t offset = 0;
    if (!check_order(image, error))
        return false;
    layout->image = image;
    layout->text = find(image, "__TEXT");
    layout->data_const = find(image, "__DATA_CONST");
    layout->data = find(image, "__DATA");
    layout->linkedit = find(image, "__LINKEDIT");
    layout->segments = arena_take(arena, image->segment_count * sizeof *layout->segments);
    for (size_t i = 0; i < image->segment_count; i++) {
        struct mapping *mapping = &layout->segments[i];
        mapping->memory = image->segments[i];
        if (is_page_zero(&mapping->memory))
            continue;
        mapping->file.offset = offset;
        mapping->file.size = mapping->memory.size;
        offset = round_up(offset + mapping->memory.size, image->architecture->page_size);
        if (offset > UINT32_MAX)
            return error_usage(error,
                               "a Mach-O file must stay below 4 GiB: segment %s ends at "
                               "byte %" PRIu64,
                               mapping->memory.name, offset);
    }
    return true;
}

size_t layout_import_limit(const struct layout *layout) {
    if (layout->data_const != NO_SEGMENT)
        return (size_t)layout->segments[layout->data_const].memory.size / POINTER_SIZE;
    if (layout->data != NO_SEGMENT && layout->segments[layout->data].memory.size >= DATA_POINTERS)
        return 2;
    return 0;
}

static void add_section(struct layout *layout, const char *name, int segment, uint64_t size,
                        uint32_t flags) {
    layout->sections[layout->section_count++] = (struct section){
        .name = name,
        .segment = (size_t)segment,
        .address = layout->segments[segment].memory.address,
        .size = size,
        .alignment = POINTER_ALIGNMENT,
        .flags = flags,
    };
}

/* Both are there where they have any bytes: a segment without a section confuses other tools. */
static void add_data_const_sections(struct layout *layout, size_t imports) {
    const struct segment *segment = &layout->segments[layout->data_const].memory;
    uint64_t got = imports * POINTER_SIZE;
    if (got != 0)
        add_section(layout, "__got", layout->data_const, got, NON_LAZY_POINTERS);
    if (segment->size == got)
        return;
    add_section(layout, "__const", layout->data_const, segment->size - got, 0);
    layout->sections[layout->section_count - 1].address += got;
}

void layout_sections(struct layout *layout, size_t imports) {
    layout->imports = imports;
    add_section(layout, "__text", layout->text, 0, instructions);
    if (layout->data_const != NO_SEGMENT)
        add_data_const_sections(layout, imports);
    if (layout->data != NO_SEGMENT) {
        add_section(layout, "__data", layout->data, layout->segments[layout->data].memory.size, 0);
        layout->data_section = layout->section_count;
    }
}

bool layout_text(struct layout *layout, uint64_t header_size, struct error *error) {
    const struct segment *segment = &layout->segments[layout->text].memory;
    struct section *text = &layout->sections[0];
    uint64_t start = round_up(header_size + HEADER_PAD, 1 << TEXT_ALIGNMENT);
    if (start + 64 > segment->size)
        return error_usage(error,
                           "__TEXT has %" PRIu64 " bytes, fewer than the %" PRIu64
                           " that the load commands need",
                           segment->size, start + 64);
    text->address = segment->address + start;
    text->size = segment->size - start;
    text->alignment = TEXT_ALIGNMENT;
    return true;
}

struct place layout_functions(const struct layout *layout) {
    const struct section *text = &layout->sections[0];
    return (struct place){text->address, text->size, 1};
}

struct place layout_variables(const struct layout *layout) {
    if (layout->data_section == 0)
        return (struct place){0};
    const struct section *data = &layout->sections[layout->data_section - 1];
    if (data->size < 2 * DATA_POINTERS)
        return (struct place){0};
    return (struct place){data->address + DATA_POINTERS, data->size - DATA_POINTERS,
                          (uint8_t)layout->data_section};
}

const char *layout_leaf(const struct layout *layout) {
    return path_leaf(layout->image->path);
}

/* Of a signature over the first `limit` bytes. */
static uint64_t signature_bytes(const struct layout *layout, uint64_t limit) {
    struct signature signature = {.identifier = layout_leaf(layout), .code_limit = limit};
    return layout->image->architecture->is_signed ? signature_size(&signature) : 0;
}

/* Where in a __LINKEDIT of given size everything but the signature must end. */
static uint64_t strings_end(const struct layout *layout) {
    const struct range *file = &layout->segments[layout->linkedit].file;
    uint64_t end = file->offset + file->size;
    uint64_t size = signature_bytes(layout, end);
    if (size == 0)
        return end;
    return size > end ? 0 : (end - size) / SIGNATURE_ALIGNMENT * SIGNATURE_ALIGNMENT;
}

uint64_t layout_room(const struct layout *layout, const uint64_t sizes[PART_COUNT]) {
    uint64_t end = layout->image->fits_linkedit ? UINT32_MAX : strings_end(layout);
    uint64_t used = layout->segments[layout->linkedit].file.offset;
    for (int i = 0; i < PART_COUNT; i++)
        used += round_up(sizes[i], PART_ALIGNMENT) + PART_ALIGNMENT;
    return end > used ? end - used : 0;
}

/* Makes __LINKEDIT end with its content; the last page counts as memory in full. */
static void fit_linkedit(struct layout *layout) {
    struct mapping *linkedit = &layout->segments[layout->linkedit];
    struct range *strings = &layout->parts[PART_STRINGS];
    struct range *signature = &layout->parts[PART_SIGNATURE];
    uint64_t end = strings->offset + strings->size;
    if (layout->image->architecture->is_signed) {
        signature->offset = round_up(end, SIGNATURE_ALIGNMENT);
        signature->size = signature_bytes(layout, signature->offset);
        end = signature->offset + signature->size;
    }
    linkedit->file.size = end - linkedit->file.offset;
    linkedit->memory.size = round_up(linkedit->file.size, layout->image->architecture->page_size);
}

static bool fill_linkedit(struct layout *layout, struct error *error) {
    const struct range *file = &layout->segments[layout->linkedit].file;
    struct range *strings = &layout->parts[PART_STRINGS];
    struct range *signature = &layout->parts[PART_SIGNATURE];
    uint64_t end = strings_end(layout);
    uint64_t needed = strings->offset + strings->size;
    if (needed > end)
        return error_usage(
            error, "__LINKEDIT has %" PRIu64 " bytes, %" PRIu64 " fewer than its content needs",
            file->size, needed - end);
    strings->size = end - strings->offset;
    signature->offset = end;
    signature->size = file->offset + file->size - end;
    return true;
}

bool layout_linkedit(struct layout *layout, const uint64_t sizes[PART_COUNT], struct error *error) {
    uint64_t offset = layout->segments[layout->linkedit].file.offset;
    for (int i = 0; i < PART_SIGNATURE; i++) {
        offset = round_up(offset, PART_ALIGNMENT);
        if (i == PART_STRINGS && layout->image->misaligned_strings)
            offset += PART_ALIGNMENT / 2;
        layout->parts[i] = (struct range){offset, sizes[i]};
        offset += sizes[i];
    }
    if (!layout->image->fits_linkedit)
        return fill_linkedit(layout, error);
    fit_linkedit(layout);
    if (layout_file_size(layout) > UINT32_MAX)
        return error_usage(error, "a Mach-O file must stay below 4 GiB");
    return true;
}

uint64_t layout_file_size(const struct layout *layout) {
    const struct range *file = &layout->segments[layout->linkedit].file;
    return file->offset + file->size;
}
