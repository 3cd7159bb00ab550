#include "fixups.h"

#include <string.h>

enum {
    HEADER_SIZE = 32, /* the header's seven numbers, padded */
    POINTER_FORMAT = 2,
    IMPORT_FORMAT = 1,
    POINTER_SIZE = 8,
    STRIDE = 4, /* the unit of a pointer's distance to the next */
    SEGMENT_STARTS_SIZE = 22,
};

static size_t pointers_of(const struct chain *chain) {
    return chain->rebases + chain->binds;
}

static void write_segment_starts(const struct fixups *fixups, const struct chain *chain,
                                 struct buffer *buffer) {
    size_t bytes = pointers_of(chain) * POINTER_SIZE;
    size_t pages = (bytes + fixups->page_size - 1) / fixups->page_size;
    buffer_u32(buffer, (uint32_t)(SEGMENT_STARTS_SIZE + 2 * pages));
    buffer_u16(buffer, (uint16_t)fixups->page_size);
    buffer_u16(buffer, POINTER_FORMAT);
    buffer_u64(buffer, chain->address - fixups->base);
    buffer_u32(buffer, 0); /* max_valid_pointer, for 32 bits only */
    buffer_u16(buffer, (uint16_t)pages);
    for (size_t i = 0; i < pages; i++)
        buffer_u16(buffer, 0); /* every page starts with a pointer */
}

/* Offsets of segments count from `start`, where the table itself begins. */
static void write_starts(const struct fixups *fixups, struct buffer *buffer) {
    size_t start = buffer->size;
    buffer_u32(buffer, (uint32_t)fixups->segment_count);
    for (size_t i = 0; i < fixups->segment_count; i++)
        buffer_u32(buffer, 0); /* no fixups, unless set below */
    for (size_t i = 0; i < fixups->chain_count; i++) {
        const struct chain *chain = &fixups->chains[i];
        buffer_align(buffer, 8);
        buffer_set_u32(buffer, start + 4 + 4 * chain->segment, (uint32_t)(buffer->size - start));
        write_segment_starts(fixups, chain, buffer);
    }
    buffer_align(buffer, 4);
}

static void write_imports(const struct symbols *symbols, struct buffer *buffer) {
    uint32_t offset = 0;
    for (size_t i = 0; i < symbols->import_count; i++) {
        const struct import_symbol *import = &symbols->imports[i];
        uint32_t weak = import->supplier->is_weak;
        buffer_u32(buffer, import->supplier->ordinal | weak << 8 | offset << 9);
        offset += (uint32_t)strlen(import->name) + 1;
    }
}

void fixups_write(const struct fixups *fixups, struct buffer *buffer) {
    const struct symbols *symbols = fixups->symbols;
    size_t start = buffer->size;
    buffer_u32(buffer, 0); /* version */
    buffer_u32(buffer, HEADER_SIZE);
    buffer_u32(buffer, 0); /* offset of the imports, set below */
    buffer_u32(buffer, 0); /* offset of their names, set below */
    buffer_u32(buffer, (uint32_t)symbols->import_count);
    buffer_u32(buffer, IMPORT_FORMAT);
    buffer_u32(buffer, 0); /* names are not compressed */
    buffer_u32(buffer, 0);
    write_starts(fixups, buffer);
    buffer_set_u32(buffer, start + 8, (uint32_t)(buffer->size - start));
    write_imports(symbols, buffer);
    buffer_set_u32(buffer, start + 12, (uint32_t)(buffer->size - start));
    for (size_t i = 0; i < symbols->import_count; i++)
        buffer_string(buffer, symbols->imports[i].name);
}

static uint64_t pointer(const struct fixups *fixups, const struct chain *chain, size_t index) {
    if (index < chain->rebases)
        return symbols_function(fixups->symbols, index);
    return UINT64_C(1) << 63 | (index - chain->rebases);
}

void fixups_write_chain(const struct fixups *fixups, const struct chain *chain,
                        struct buffer *buffer) {
    size_t count = pointers_of(chain);
    size_t per_page = fixups->page_size / POINTER_SIZE;
    for (size_t i = 0; i < count; i++) {
        bool is_last = i + 1 == count || (i + 1) % per_page == 0;
        uint64_t next = is_last ? 0 : POINTER_SIZE / STRIDE;
        buffer_u64(buffer, pointer(fixups, chain, i) | next << 51);
    }
}
