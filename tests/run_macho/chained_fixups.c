#include "chained_fixups.h"

#include "fail.h"
#include "symbols.h"

#include <inttypes.h>

enum pointer_format {
    POINTER_64 = 2,       /* a target is an unslid address */
    POINTER_64_OFFSET = 6 /* a target counts from the image's start */
};

enum import_format {
    IMPORT = 1,         /* 32 bits */
    IMPORT_ADDEND = 2,  /* and a 32-bit addend */
    IMPORT_ADDEND64 = 3 /* 64 bits and a 64-bit addend */
};

enum {
    PAGE_EMPTY = 0xffff,
    PAGE_HAS_MANY = 0x8000,
    STRIDE = 4 /* bytes a unit of a pointer's "next" */
};

struct fixer {
    const struct module *module;
    struct cursor cursor; /* over the whole part */
    uint32_t starts_offset;
    uint32_t imports_offset;
    uint32_t symbols_offset;
    uint32_t imports_count;
    uint32_t imports_format;
    uint64_t *targets; /* of the imports, with their addends; 0 for a weak one that is missing */
};

/* One segment's starts. */
struct starts {
    size_t segment;
    uint16_t page_size;
    uint16_t pointer_format;
    uint16_t page_count;
};

static void read_header(struct fixer *fixer) {
    struct cursor *cursor = &fixer->cursor;
    uint32_t version = cursor_u32(cursor);
    fixer->starts_offset = cursor_u32(cursor);
    fixer->imports_offset = cursor_u32(cursor);
    fixer->symbols_offset = cursor_u32(cursor);
    fixer->imports_count = cursor_u32(cursor);
    fixer->imports_format = cursor_u32(cursor);
    uint32_t symbols_format = cursor_u32(cursor);
    if (version != 0 || symbols_format != 0)
        fail(cursor->image, cursor->part,
             "version %" PRIu32 ", symbols format %" PRIu32 " are unknown", version,
             symbols_format);
    if (fixer->imports_format < IMPORT || fixer->imports_format > IMPORT_ADDEND64)
        fail(cursor->image, cursor->part, "imports format %" PRIu32 " is unknown",
             fixer->imports_format);
}

/* Reads the import at the cursor. Ordinals from 0xf1 (0xfff1 in 16 bits) on are negative ones. */
static void read_import(struct fixer *fixer, struct wish *wish, uint64_t *name, int64_t *addend) {
    struct cursor *cursor = &fixer->cursor;
    bool wide = fixer->imports_format == IMPORT_ADDEND64;
    uint64_t bits = wide ? cursor_u64(cursor) : cursor_u32(cursor);
    uint16_t ordinal = (uint16_t)(wide ? bits & 0xffff : bits & 0xff);
    *wish = (struct wish){.module = fixer->module,
                          .ordinal = wide ? (int16_t)ordinal : ordinal,
                          .may_miss = (bits >> (wide ? 16 : 8) & 1) != 0};
    if (!wide && ordinal > 0xf0)
        wish->ordinal = (int8_t)ordinal;
    else if (wide && ordinal <= 0xfff0)
        wish->ordinal = ordinal;
    *name = wide ? bits >> 32 : bits >> 9;
    *addend = 0;
    if (fixer->imports_format == IMPORT_ADDEND)
        *addend = (int32_t)cursor_u32(cursor);
    else if (wide)
        *addend = (int64_t)cursor_u64(cursor);
}

static void bind_imports(struct process *process, struct fixer *fixer) {
    struct cursor *cursor = &fixer->cursor;
    fixer->targets = arena_take(&process->arena, fixer->imports_count * sizeof *fixer->targets);
    cursor_move(cursor, fixer->imports_offset);
    for (uint32_t i = 0; i < fixer->imports_count; i++) {
        struct wish wish;
        uint64_t name;
        int64_t addend;
        read_import(fixer, &wish, &name, &addend);
        struct cursor names = *cursor;
        cursor_move(&names, fixer->symbols_offset + name);
        wish.name = cursor_string(&names);
        uint64_t address = symbols_bind(process, &wish);
        fixer->targets[i] = address == 0 ? 0 : address + (uint64_t)addend;
    }
}

static uint64_t bound(const struct fixer *fixer, uint64_t pointer) {
    uint64_t ordinal = pointer & 0xffffff;
    uint64_t addend = pointer >> 24 & 0xff;
    if (ordinal >= fixer->imports_count)
        fail(fixer->module->path, "chained fixups", "there is no import %" PRIu64, ordinal);
    uint64_t address = fixer->targets[ordinal];
    return address == 0 ? 0 : address + addend;
}

static uint64_t rebased(const struct fixer *fixer, const struct starts *starts, uint64_t pointer) {
    uint64_t target = pointer & UINT64_C(0xfffffffff);
    uint64_t top = pointer >> 36 & 0xff;
    if (starts->pointer_format == POINTER_64_OFFSET)
        target += fixer->module->image.lowest_address;
    return module_slid(fixer->module, target | top << 56);
}

static void fix_chain(const struct fixer *fixer, const struct starts *starts, uint64_t offset) {
    uint64_t next;
    do {
        uint8_t *slot = module_slot(fixer->module, starts->segment, offset);
        uint64_t pointer = slot_load(slot);
        next = (pointer >> 51 & 0xfff) * STRIDE;
        slot_store(slot,
                   pointer >> 63 != 0 ? bound(fixer, pointer) : rebased(fixer, starts, pointer));
        offset += next;
    } while (next != 0);
}

static void fix_pages(struct fixer *fixer, const struct starts *starts) {
    for (uint64_t i = 0; i < starts->page_count; i++) {
        uint16_t start = cursor_u16(&fixer->cursor);
        if (start == PAGE_EMPTY)
            continue;
        if ((start & PAGE_HAS_MANY) != 0 || start >= starts->page_size)
            fail(fixer->module->path, "chained fixups", "a page starts at 0x%x", start);
        fix_chain(fixer, starts, i * starts->page_size + start);
    }
}

static void fix_segment(struct fixer *fixer, size_t index, uint64_t at) {
    struct cursor *cursor = &fixer->cursor;
    const struct segment *segment = &fixer->module->image.segments.items[index];
    cursor_move(cursor, at + 4);
    struct starts starts = {.segment = index};
    starts.page_size = cursor_u16(cursor);
    starts.pointer_format = cursor_u16(cursor);
    uint64_t offset = cursor_u64(cursor);
    cursor_move(cursor, cursor->at + 4);
    starts.page_count = cursor_u16(cursor);
    if (starts.pointer_format != POINTER_64 && starts.pointer_format != POINTER_64_OFFSET)
        fail(cursor->image, segment->name, "pointer format %d is unknown", starts.pointer_format);
    if (offset != segment->address - fixer->module->image.lowest_address)
        fail(cursor->image, segment->name, "its chained fixups say that it is at 0x%" PRIx64,
             offset);
    fix_pages(fixer, &starts);
}

static void fix_segments(struct fixer *fixer) {
    struct cursor *cursor = &fixer->cursor;
    cursor_move(cursor, fixer->starts_offset);
    uint32_t count = cursor_u32(cursor);
    if (count > fixer->module->image.segments.count)
        fail(cursor->image, cursor->part, "are of %" PRIu32 " segments, but there are %zu", count,
             fixer->module->image.segments.count);
    for (uint32_t i = 0; i < count; i++) {
        cursor_move(cursor, fixer->starts_offset + 4 + UINT64_C(4) * i);
        uint32_t offset = cursor_u32(cursor);
        if (offset != 0)
            fix_segment(fixer, i, (uint64_t)fixer->starts_offset + offset);
    }
}

void chained_fixups_apply(struct process *process, const struct module *module) {
    struct fixer fixer = {.module = module, .cursor = module_linkedit(module, "chained fixups")};
    if (cursor_at_end(&fixer.cursor))
        return;
    read_header(&fixer);
    bind_imports(process, &fixer);
    fix_segments(&fixer);
}
