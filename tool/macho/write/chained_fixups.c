#include "macho/write/chained_fixups.h"

#include <inttypes.h>
#include <string.h>

enum {
    STRIDE = 4,
    HEADER_SIZE = 28,
    STARTS_AT = 32,
    STARTS_SIZE = 22, /* of a segment's starts without the array of pages */
    MOST_PAGES = 0xffff,
    MOST_IMPORTS = 1 << 24,
    MOST_ORDINAL = 0xff - 15, /* of 8 bits, of which the highest 15 numbers are negative ones */
    MOST_NAMES = 1 << 23      /* bytes of names that 23 bits reach */
};

#define TARGET_END (UINT64_C(1) << 36)

/* --- imports --- */

struct import_number {
    uint32_t number;
};

uint32_t new_chains_import(struct new_chains *chains, const struct import *import) {
    char *key = arena_format(chains->arena, "%" PRId32 " %d %" PRId64 " %s", import->ordinal,
                             import->weak, import->addend, import->symbol);
    struct import_number *known = map_get(&chains->numbers, key);
    if (known != NULL)
        return known->number;
    known = arena_take(chains->arena, sizeof *known);
    known->number = (uint32_t)chains->imports.count;
    map_put(&chains->numbers, chains->arena, key, known);
    struct import *new = vector_push(chains->arena, &chains->imports);
    *new = *import;
    new->symbol = arena_string(chains->arena, import->symbol);
    return known->number;
}

/* --- chains --- */

static bool pointer_error(struct error *error, const struct chained_pointer *pointer,
                          const char *what) {
    return error_malformed(error, "chained fixups",
                           "the pointer at 0x%" PRIx64 " of its segment %s", pointer->offset, what);
}

static bool pointer_valid(const struct new_chains *chains, const struct chained_pointer *pointer,
                          size_t size, struct error *error) {
    if (pointer->offset % STRIDE != 0)
        return pointer_error(error, pointer, "is at no multiple of 4");
    if (!range_within(pointer->offset, FIXUP_SIZE, size))
        return pointer_error(error, pointer, "lies past what the file holds of it");
    if (pointer->offset % chains->page_size + FIXUP_SIZE > chains->page_size)
        return pointer_error(error, pointer, "lies over two pages");
    return pointer->binds || pointer->target < TARGET_END ||
           pointer_error(error, pointer, "points past 64 GiB");
}

static uint64_t pointer_bits(const struct chained_pointer *pointer, uint64_t next) {
    uint64_t bits = next / STRIDE << 51;
    if (pointer->binds)
        return bits | UINT64_C(1) << 63 | (uint64_t)pointer->addend << 24 | pointer->import;
    return bits | (uint64_t)pointer->high << 36 | pointer->target;
}

static bool make_starts(struct new_chains *chains, struct chained_starts *starts, uint64_t last,
                        struct error *error) {
    uint64_t pages = last / chains->page_size + 1;
    if (pages > MOST_PAGES)
        return error_malformed(error, "chained fixups",
                               "a segment has fixups in %" PRIu64 " pages, more than %d", pages,
                               MOST_PAGES);
    starts->page_count = (uint32_t)pages;
    starts->pages = arena_take(chains->arena, pages * sizeof *starts->pages);
    for (uint64_t i = 0; i < pages; i++)
        starts->pages[i] = DYLD_CHAINED_PTR_START_NONE;
    return true;
}

bool new_chains_segment(struct new_chains *chains, uint32_t segment,
                        const struct chained_pointer *pointers, size_t count,
                        struct chained_contents contents, struct error *error) {
    struct chained_starts *starts = &chains->segments[segment];
    uint64_t page_size = chains->page_size;
    if (count == 0)
        return true;
    if (!make_starts(chains, starts, pointers[count - 1].offset, error))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct chained_pointer *pointer = &pointers[i], *next = pointer + 1;
        uint64_t page = pointer->offset / page_size;
        if (!pointer_valid(chains, pointer, contents.size, error))
            return false;
        if (i + 1 < count && next->offset < pointer->offset + FIXUP_SIZE)
            return pointer_error(error, next, "lies over the one before it");
        if (starts->pages[page] == DYLD_CHAINED_PTR_START_NONE)
            starts->pages[page] = (uint16_t)(pointer->offset % page_size);
        bool follows = i + 1 < count && next->offset / page_size == page;
        bytes_store_little(contents.data + pointer->offset, FIXUP_SIZE,
                           pointer_bits(pointer, follows ? next->offset - pointer->offset : 0));
    }
    return true;
}

/* --- the part --- */

static void write_starts(const struct new_chains *chains, struct buffer *part) {
    size_t image = part->size;
    buffer_little(part, 4, chains->segment_count);
    buffer_take(part, (size_t)chains->segment_count * 4);
    for (uint32_t i = 0; i < chains->segment_count; i++) {
        const struct chained_starts *starts = &chains->segments[i];
        if (starts->page_count == 0)
            continue;
        buffer_align(part, 8);
        bytes_store_little(part->data + image + 4 + (size_t)i * 4, 4, part->size - image);
        buffer_little(part, 4, STARTS_SIZE + (uint64_t)starts->page_count * 2);
        buffer_little(part, 2, chains->page_size);
        buffer_little(part, 2, chains->pointer_format);
        buffer_little(part, 8, starts->segment_offset);
        buffer_little(part, 4, 0);
        buffer_little(part, 2, starts->page_count);
        for (uint32_t j = 0; j < starts->page_count; j++)
            buffer_little(part, 2, starts->pages[j]);
    }
}

/* The smallest format that holds all imports. */
static uint32_t import_format(const struct new_chains *chains) {
    uint32_t format = DYLD_CHAINED_IMPORT;
    uint64_t names = 1;
    for (size_t i = 0; i < chains->imports.count; i++) {
        const struct import *import = &chains->imports.items[i];
        names += strlen(import->symbol) + 1;
        if (import->ordinal > MOST_ORDINAL || names > MOST_NAMES || import->addend > INT32_MAX ||
            import->addend < INT32_MIN)
            return DYLD_CHAINED_IMPORT_ADDEND64;
        if (import->addend != 0)
            format = DYLD_CHAINED_IMPORT_ADDEND;
    }
    return format;
}

static void write_import(struct buffer *part, const struct import *import, uint32_t format,
                         uint64_t name) {
    if (format == DYLD_CHAINED_IMPORT_ADDEND64) {
        buffer_little(part, 8,
                      (uint16_t)import->ordinal | (uint64_t)import->weak << 16 | name << 32);
        buffer_little(part, 8, (uint64_t)import->addend);
        return;
    }
    buffer_little(part, 4, (uint8_t)import->ordinal | (uint64_t)import->weak << 8 | name << 9);
    if (format == DYLD_CHAINED_IMPORT_ADDEND)
        buffer_little(part, 4, (uint64_t)import->addend);
}

static void write_imports(const struct new_chains *chains, uint32_t format, struct buffer *part) {
    uint64_t name = 1;
    for (size_t i = 0; i < chains->imports.count; i++) {
        write_import(part, &chains->imports.items[i], format, name);
        name += strlen(chains->imports.items[i].symbol) + 1;
    }
    bytes_store_little(part->data + 12, 4, part->size);
    buffer_little(part, 1, 0);
    for (size_t i = 0; i < chains->imports.count; i++)
        buffer_add(part, chains->imports.items[i].symbol,
                   strlen(chains->imports.items[i].symbol) + 1);
}

bool new_chains_write(const struct new_chains *chains, struct buffer *part, struct error *error) {
    uint32_t format = import_format(chains);
    if (chains->imports.count >= MOST_IMPORTS)
        return error_malformed(error, "chained fixups", "%zu imports are more than 24 bits count",
                               chains->imports.count);
    buffer_take(part, STARTS_AT);
    write_starts(chains, part);
    buffer_align(part, 8);
    bytes_store_little(part->data + 4, 4, STARTS_AT);
    bytes_store_little(part->data + 8, 4, part->size);
    bytes_store_little(part->data + 16, 4, chains->imports.count);
    bytes_store_little(part->data + 20, 4, format);
    write_imports(chains, format, part);
    return part->size <= UINT32_MAX ||
           error_malformed(error, "chained fixups", "%zu bytes are more than 32 bits count",
                           part->size);
}

void new_chains_free(struct new_chains *chains) {
    map_free(&chains->numbers);
}

void chained_import_renumber(const struct chained_fixups *fixups, uint32_t i, int32_t ordinal,
                             uint8_t *part) {
    static const struct {
        size_t size, ordinal;
    } formats[] = {[DYLD_CHAINED_IMPORT] = {4, 1},
                   [DYLD_CHAINED_IMPORT_ADDEND] = {8, 1},
                   [DYLD_CHAINED_IMPORT_ADDEND64] = {16, 2}};
    bytes_store_little(part + fixups->imports_offset + i * formats[fixups->import_format].size,
                       formats[fixups->import_format].ordinal, (uint64_t)ordinal);
}
