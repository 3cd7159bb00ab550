#include "image.h"

#include "buffer.h"
#include "commands.h"
#include "fixups.h"
#include "layout.h"
#include "names.h"
#include "output.h"
#include "signature.h"
#include "trie.h"

#include "base/bytes.h"

#include <stdio.h>
#include <string.h>

enum {
    MOST_ORDINAL = 240, /* higher ones stand for special libraries in an import */
    DATA_REBASES = 6,
    DATA_BINDS = 2,
    JUMP_TABLES = 4,
    JUMP_TABLE_SIZE = 16,
    JUMP_TABLE_KIND = 4, /* DICE_KIND_JUMP_TABLE32 */
    PART_PAD = 8,
};

/* An image being written. */
struct work {
    const struct image *image;
    struct arena arena;
    struct layout layout;
    struct symbols symbols;
    struct fixups fixups;
    struct buffer header;
    struct buffer parts[PART_COUNT]; /* those of __LINKEDIT that are held whole */
};

static void add_segment(struct segment *segment, const char *name, uint64_t address,
                        uint64_t size) {
    snprintf(segment->name, sizeof segment->name, "%s", name);
    segment->address = address;
    segment->size = size;
}

void image_set_segments(struct image *image, struct arena *arena, struct segment_sizes sizes) {
    static const char *const names[] = {"__TEXT", "__DATA_CONST", "__DATA", "__LINKEDIT"};
    const uint64_t bytes[] = {sizes.text, sizes.data_const, sizes.data, sizes.linkedit};
    struct segment *segments = arena_take(arena, 5 * sizeof *segments);
    size_t count = 0;
    uint64_t address = 0;
    if (image->type == IMAGE_EXECUTE) {
        add_segment(&segments[count++], "__PAGEZERO", 0, EXECUTABLE_BASE);
        address = EXECUTABLE_BASE;
    }
    for (size_t i = 0; i < 4; i++) {
        uint64_t size = round_up(bytes[i], image->architecture->page_size);
        add_segment(&segments[count++], names[i], address, size);
        address += size;
    }
    image->segments = segments;
    image->segment_count = count;
    image->fits_linkedit = sizes.linkedit == 0;
}

uint64_t image_header_bound(const struct image *image) {
    uint64_t bound = 2048 + (image->install_name == NULL ? 0 : strlen(image->install_name));
    for (size_t i = 0; i < image->load_count; i++)
        bound += 40 + strlen(image->loads[i].name);
    for (size_t i = 0; i < image->rpath_count; i++)
        bound += 24 + strlen(image->rpaths[i]);
    return bound;
}

/* --- Symbols --- */

static bool is_supplied(const struct supplier *suppliers, size_t count, const char *component) {
    for (size_t i = 0; i < count; i++)
        if (suppliers[i].component == NULL
                ? component == NULL
                : component != NULL && strcmp(suppliers[i].component, component) == 0)
            return true;
    return false;
}

static struct supplier supplier_of(const struct load *load, uint8_t ordinal, struct arena *arena) {
    struct supplier supplier = {.ordinal = ordinal, .exports = load->exports};
    supplier.is_weak =
        load->kind == LOAD_WEAK || (load->kind == LOAD_USE && (load->flags & USE_WEAK) != 0);
    if (strcmp(load->name, LIBSYSTEM) == 0)
        supplier.exports = name_system_count();
    else
        supplier.component = component_name(arena, load->name);
    return supplier;
}

/* The libraries loaded, as far as undefined symbols can refer to them; each name once, and not the
 * image itself, so that no two symbols are called the same. */
static void find_suppliers(struct work *work) {
    const struct image *image = work->image;
    struct supplier *suppliers = arena_take(&work->arena, image->load_count * sizeof *suppliers);
    size_t count = 0;
    unsigned ordinal = 0;
    for (size_t i = 0; i < image->load_count && ordinal < MOST_ORDINAL; i++) {
        if (image->loads[i].kind == LOAD_LAZY)
            continue;
        struct supplier supplier = supplier_of(&image->loads[i], (uint8_t)++ordinal, &work->arena);
        bool is_self =
            supplier.component != NULL && strcmp(supplier.component, image->component) == 0;
        if (!is_self && !is_supplied(suppliers, count, supplier.component))
            suppliers[count++] = supplier;
    }
    work->symbols.suppliers = suppliers;
    work->symbols.supplier_count = count;
}

static bool place_symbols(struct work *work, struct error *error) {
    struct layout *layout = &work->layout;
    struct symbols *symbols = &work->symbols;
    struct buffer header = {0};
    symbols->component = work->image->component;
    symbols->has_main = work->image->type == IMAGE_EXECUTE;
    symbols->request = work->image->symbols;
    find_suppliers(work);
    symbols_expect(symbols, layout_import_limit(layout));
    layout_sections(layout, symbols->import_count);
    commands_write(layout, &header); /* for its size */
    bool placed = layout_text(layout, header.size, error);
    if (placed)
        symbols_place(symbols, &work->arena, layout_functions(layout), layout_variables(layout));
    buffer_free(&header);
    return placed;
}

/* --- The parts of __LINKEDIT --- */

static uint64_t base_of(const struct layout *layout) {
    return layout->segments[layout->text].memory.address;
}

static void add_chain(struct work *work, int segment, size_t rebases, size_t binds) {
    if (segment == NO_SEGMENT || rebases + binds == 0)
        return;
    work->fixups.chains[work->fixups.chain_count++] =
        (struct chain){.segment = (size_t)segment,
                       .address = work->layout.segments[segment].memory.address,
                       .rebases = rebases,
                       .binds = binds};
}

static void prepare_fixups(struct work *work) {
    const struct layout *layout = &work->layout;
    size_t imports = work->symbols.import_count;
    work->fixups = (struct fixups){.base = base_of(layout),
                                   .segment_count = work->image->segment_count,
                                   .page_size = work->image->architecture->page_size,
                                   .symbols = &work->symbols};
    add_chain(work, layout->data_const, 0, imports);
    if (layout->data != NO_SEGMENT &&
        layout->segments[layout->data].memory.size >= 8 * (DATA_REBASES + DATA_BINDS))
        add_chain(work, layout->data, DATA_REBASES, imports < DATA_BINDS ? imports : DATA_BINDS);
    fixups_write(&work->fixups, &work->parts[PART_FIXUPS]);
}

/* A few jump tables in the middle of the text. */
static void prepare_data_in_code(struct work *work) {
    const struct section *text = &work->layout.sections[0];
    struct buffer *buffer = &work->parts[PART_DATA_IN_CODE];
    uint64_t offset = text->address - base_of(&work->layout) + text->size / 2 / 16 * 16;
    for (uint32_t i = 0; i < JUMP_TABLES && text->size >= 1024; i++) {
        buffer_u32(buffer, (uint32_t)offset + i * 2 * JUMP_TABLE_SIZE);
        buffer_u16(buffer, JUMP_TABLE_SIZE);
        buffer_u16(buffer, JUMP_TABLE_KIND);
    }
}

/* The indirect symbol table, one entry for each pointer in __got. */
static void prepare_indirect(struct work *work) {
    const struct layout *layout = &work->layout;
    if (layout->data_const == NO_SEGMENT)
        return;
    for (size_t i = 0; i < layout->imports; i++)
        buffer_u32(&work->parts[PART_INDIRECT], (uint32_t)(layout->locals + layout->exports + i));
}

/* The indirect symbol table is left to the end, when the symbols before the imports are counted. */
static void part_sizes(const struct work *work, uint64_t sizes[PART_COUNT]) {
    for (int i = 0; i < PART_COUNT; i++)
        sizes[i] = work->parts[i].size;
    if (work->layout.data_const != NO_SEGMENT)
        sizes[PART_INDIRECT] = 4 * work->symbols.import_count;
}

static bool place_linkedit(struct work *work, struct error *error) {
    struct layout *layout = &work->layout;
    struct symbols *symbols = &work->symbols;
    uint64_t sizes[PART_COUNT];
    prepare_fixups(work);
    trie_write(symbols->exports, symbols->export_count, base_of(layout),
               &work->parts[PART_EXPORTS]);
    prepare_data_in_code(work);
    part_sizes(work, sizes);
    symbols_fit(symbols, layout_room(layout, sizes));
    symbols_function_starts(symbols, base_of(layout), &work->parts[PART_FUNCTION_STARTS]);
    for (int i = 0; i < PART_COUNT; i++)
        buffer_align(&work->parts[i], PART_PAD);
    struct symbols_size size = symbols_measure(symbols);
    layout->locals = size.locals;
    layout->exports = symbols->export_count;
    prepare_indirect(work);
    part_sizes(work, sizes);
    sizes[PART_ENTRIES] = size.entries * (uint64_t)NLIST_SIZE;
    sizes[PART_STRINGS] = size.strings;
    return layout_linkedit(layout, sizes, error);
}

static struct signature signature_of(const struct work *work) {
    const struct layout *layout = &work->layout;
    return (struct signature){
        .identifier = layout_leaf(layout),
        .code_limit = layout->parts[PART_SIGNATURE].offset,
        .text_size = layout->segments[layout->text].file.size,
        .is_executable = work->image->type == IMAGE_EXECUTE,
    };
}

static void prepare_signature(struct work *work) {
    struct signature signature = signature_of(work);
    if (work->image->architecture->is_signed)
        signature_write(&signature, &work->parts[PART_SIGNATURE]);
}

static bool write_hashes(const struct work *work, const struct output *output,
                         struct error *error) {
    struct signature signature = signature_of(work);
    if (!work->image->has_hashes || !work->image->architecture->is_signed)
        return true;
    return signature_write_hashes(&signature, output, error);
}

/* --- Writing --- */

static bool write_chains(const struct work *work, const struct output *output,
                         struct error *error) {
    bool written = true;
    for (size_t i = 0; i < work->fixups.chain_count && written; i++) {
        const struct chain *chain = &work->fixups.chains[i];
        struct buffer buffer = {0};
        fixups_write_chain(&work->fixups, chain, &buffer);
        written = output_write(output, work->layout.segments[chain->segment].file.offset,
                               buffer.data, buffer.size, error);
        buffer_free(&buffer);
    }
    return written;
}

static bool write_symbols(const struct work *work, const struct output *output,
                          struct error *error) {
    const struct range *parts = work->layout.parts;
    struct stream entries = stream_begin(output, parts[PART_ENTRIES].offset, error);
    struct stream strings = stream_begin(output, parts[PART_STRINGS].offset, error);
    symbols_write(&work->symbols, &entries, &strings);
    bool entries_written = stream_end(&entries);
    return stream_end(&strings) && entries_written;
}

static bool write_content(const struct work *work, const struct output *output,
                          struct error *error) {
    const struct layout *layout = &work->layout;
    const struct architecture *architecture = work->image->architecture;
    uint64_t code = layout->sections[0].address - base_of(layout);
    bool written = output_write(output, 0, work->header.data, work->header.size, error) &&
                   output_write(output, code, architecture->code, architecture->code_size, error);
    for (int i = 0; i < PART_COUNT && written; i++)
        written = output_write(output, layout->parts[i].offset, work->parts[i].data,
                               work->parts[i].size, error);
    return written && write_chains(work, output, error) && write_symbols(work, output, error);
}

static bool write_file(struct work *work, struct error *error) {
    struct output output;
    prepare_signature(work);
    commands_write(&work->layout, &work->header);
    if (!output_create(work->image->path, layout_file_size(&work->layout), &output, error))
        return false;
    bool written = write_content(work, &output, error) && write_hashes(work, &output, error);
    return output_close(&output, written, error);
}

static void free_work(struct work *work) {
    buffer_free(&work->header);
    for (int i = 0; i < PART_COUNT; i++)
        buffer_free(&work->parts[i]);
    arena_free(&work->arena);
}

bool image_write(const struct image *image, struct error *error) {
    struct work work = {.image = image};
    bool written = layout_segments(&work.layout, image, &work.arena, error) &&
                   place_symbols(&work, error) && place_linkedit(&work, error) &&
                   write_file(&work, error);
    free_work(&work);
    return written || error_in_file(error, image->path);
}
