#include "macho/write/dyld_info.h"

#include "base/memory.h"
#include "macho/format.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_IMMEDIATE = 15, HIGH_SHIFT = 56, GROUP_BITS = 7, SIGN_BIT = 0x40 };

/* --- what there is --- */

static void add(struct opcode_pointers *list, struct opcode_pointer pointer) {
    list->items = memory_grow(list->items, list->count, &list->capacity, sizeof *list->items);
    list->items[list->count++] = pointer;
}

static void add_pointer(struct new_opcodes *opcodes, uint32_t segment,
                        const struct chained_pointer *pointer, uint8_t *contents) {
    struct opcode_pointer new = {.offset = pointer->offset, .segment = segment};
    if (!pointer->binds) {
        uint64_t target = pointer->target | (uint64_t)pointer->high << HIGH_SHIFT;
        bytes_store_little(contents + pointer->offset, FIXUP_SIZE, target);
        add(&opcodes->rebases, new);
        return;
    }
    const struct import *import = &opcodes->imports->items[pointer->import];
    new.import = pointer->import;
    new.addend = import->addend + pointer->addend;
    add(import->ordinal == ORDINAL_WEAK ? &opcodes->weak_binds : &opcodes->binds, new);
}

bool new_opcodes_segment(struct new_opcodes *opcodes, uint32_t segment,
                         const struct chained_pointer *pointers, size_t count,
                         struct chained_contents contents, struct error *error) {
    if (count != 0 && segment >= OPCODE_SEGMENTS)
        return error_malformed(error, "opcodes", "segment %" PRIu32 " is more than they can name",
                               segment);
    for (size_t i = 0; i < count; i++) {
        uint64_t distance = i == 0 ? FIXUP_SIZE : pointers[i].offset - pointers[i - 1].offset;
        if (distance != 0 && distance < FIXUP_SIZE)
            return error_malformed(error, "opcodes",
                                   "the pointer at 0x%" PRIx64
                                   " of its segment lies over the one before it",
                                   pointers[i].offset);
        if (!range_within(pointers[i].offset, FIXUP_SIZE, contents.size))
            return error_malformed(error, "opcodes",
                                   "the pointer at 0x%" PRIx64
                                   " of its segment lies past what the file holds of it",
                                   pointers[i].offset);
        add_pointer(opcodes, segment, &pointers[i], contents.data);
    }
    return true;
}

void new_opcodes_strong(struct new_opcodes *opcodes, const char *name) {
    struct strong_names *list = &opcodes->strong;
    list->items = memory_grow(list->items, list->count, &list->capacity, sizeof *list->items);
    list->items[list->count++] = name;
}

/* --- opcodes --- */

/* Opcodes on their way, and where dyld then stands. */
struct opcode_writer {
    struct buffer *part;
    uint32_t segment;
    uint64_t offset;
    int32_t ordinal;
    int64_t addend;
    bool has_segment, has_type, has_ordinal;
};

static void opcode(struct opcode_writer *writer, unsigned opcode, unsigned immediate) {
    buffer_little(writer->part, 1, opcode | (immediate & MOST_IMMEDIATE));
}

static void signed_number(struct buffer *part, int64_t value) {
    bool ends = false;
    while (!ends) {
        uint8_t group = (uint8_t)((uint64_t)value & ((1 << GROUP_BITS) - 1));
        bool negative = (group & SIGN_BIT) != 0;
        value = value < 0 ? ~(~value >> GROUP_BITS) : value >> GROUP_BITS;
        ends = value == (negative ? -1 : 0);
        buffer_little(part, 1, group | (ends ? 0u : 1u << GROUP_BITS));
    }
}

/* Opcodes that name a place are another for rebases than for binds. */
struct place_opcodes {
    unsigned set, skip;
};
static const struct place_opcodes rebase_places = {REBASE_OPCODE_SET_SEGMENT_AND_OFFSET_ULEB,
                                                   REBASE_OPCODE_ADD_ADDR_ULEB};
static const struct place_opcodes bind_places = {BIND_OPCODE_SET_SEGMENT_AND_OFFSET_ULEB,
                                                 BIND_OPCODE_ADD_ADDR_ULEB};

static void go_to(struct opcode_writer *writer, const struct place_opcodes *places,
                  const struct opcode_pointer *pointer) {
    bool near = writer->has_segment && writer->segment == pointer->segment &&
                pointer->offset >= writer->offset;
    if (!near) {
        opcode(writer, places->set, pointer->segment);
        buffer_leb(writer->part, pointer->offset);
    } else if (pointer->offset != writer->offset) {
        opcode(writer, places->skip, 0);
        buffer_leb(writer->part, pointer->offset - writer->offset);
    }
    writer->has_segment = true;
    writer->segment = pointer->segment;
    writer->offset = pointer->offset;
}

/* --- rebases --- */

static void rebase_run(struct opcode_writer *writer, uint64_t count) {
    opcode(writer,
           count <= MOST_IMMEDIATE ? REBASE_OPCODE_DO_REBASE_IMM_TIMES
                                   : REBASE_OPCODE_DO_REBASE_ULEB_TIMES,
           count <= MOST_IMMEDIATE ? (unsigned)count : 0);
    if (count > MOST_IMMEDIATE)
        buffer_leb(writer->part, count);
    writer->offset += count * FIXUP_SIZE;
}

static void write_rebases(const struct opcode_pointers *rebases, struct buffer *part) {
    struct opcode_writer writer = {.part = part};
    if (rebases->count == 0)
        return;
    opcode(&writer, REBASE_OPCODE_SET_TYPE_IMM, REBASE_TYPE_POINTER);
    for (size_t i = 0, run; i < rebases->count; i += run) {
        const struct opcode_pointer *first = &rebases->items[i];
        for (run = 1; i + run < rebases->count && first[run].segment == first->segment &&
                      first[run].offset == first->offset + run * FIXUP_SIZE;)
            run++;
        go_to(&writer, &rebase_places, first);
        rebase_run(&writer, run);
    }
    opcode(&writer, REBASE_OPCODE_DONE, 0);
}

/* --- binds --- */

static void name_symbol(struct opcode_writer *writer, const char *symbol, unsigned flags) {
    opcode(writer, BIND_OPCODE_SET_SYMBOL_TRAILING_FLAGS_IMM, flags);
    buffer_add(writer->part, symbol, strlen(symbol) + 1);
}

static void set_ordinal(struct opcode_writer *writer, int32_t ordinal) {
    if (writer->has_ordinal && writer->ordinal == ordinal)
        return;
    writer->has_ordinal = true;
    writer->ordinal = ordinal;
    if (ordinal <= 0) {
        opcode(writer, BIND_OPCODE_SET_DYLIB_SPECIAL_IMM, (unsigned)ordinal);
    } else if (ordinal <= MOST_IMMEDIATE) {
        opcode(writer, BIND_OPCODE_SET_DYLIB_ORDINAL_IMM, (unsigned)ordinal);
    } else {
        opcode(writer, BIND_OPCODE_SET_DYLIB_ORDINAL_ULEB, 0);
        buffer_leb(writer->part, (uint64_t)ordinal);
    }
}

static void bind(struct opcode_writer *writer, const struct opcode_pointer *pointer) {
    if (!writer->has_type)
        opcode(writer, BIND_OPCODE_SET_TYPE_IMM, BIND_TYPE_POINTER);
    writer->has_type = true;
    if (writer->addend != pointer->addend) {
        opcode(writer, BIND_OPCODE_SET_ADDEND_SLEB, 0);
        signed_number(writer->part, pointer->addend);
        writer->addend = pointer->addend;
    }
    go_to(writer, &bind_places, pointer);
    opcode(writer, BIND_OPCODE_DO_BIND, 0);
    writer->offset += FIXUP_SIZE;
}

static unsigned flags_of(const struct import *import) {
    return import->weak ? BIND_SYMBOL_FLAGS_WEAK_IMPORT : 0;
}

static int compare(uint64_t left, uint64_t right) {
    return left < right ? -1 : left > right;
}

static int by_place(const struct opcode_pointer *a, const struct opcode_pointer *b) {
    int order = compare(a->segment, b->segment);
    return order != 0 ? order : compare(a->offset, b->offset);
}

static int by_import(const void *left, const void *right) {
    const struct opcode_pointer *a = left, *b = right;
    int order = compare(a->import, b->import);
    return order != 0 ? order : by_place(a, b);
}

static void write_binds(struct opcode_pointers *binds, const struct new_imports *imports,
                        struct buffer *part) {
    struct opcode_writer writer = {.part = part};
    if (binds->count == 0)
        return;
    qsort(binds->items, binds->count, sizeof *binds->items, by_import);
    for (size_t i = 0; i < binds->count; i++) {
        const struct opcode_pointer *pointer = &binds->items[i];
        const struct import *import = &imports->items[pointer->import];
        if (i == 0 || pointer->import != pointer[-1].import) {
            set_ordinal(&writer, import->ordinal);
            name_symbol(&writer, import->symbol, flags_of(import));
        }
        bind(&writer, pointer);
    }
    opcode(&writer, BIND_OPCODE_DONE, 0);
}

/* --- weak binds --- */

/* A weak bind with its symbol; or, without a pointer, a strong definition. */
struct weak_bind {
    const char *symbol;
    unsigned flags;
    const struct opcode_pointer *pointer;
};

/* A strong definition comes first of its name. */
static int by_symbol(const void *left, const void *right) {
    const struct weak_bind *a = left, *b = right;
    int order = strcmp(a->symbol, b->symbol);
    if (order != 0)
        return order;
    if (a->pointer == NULL || b->pointer == NULL)
        return (a->pointer != NULL) - (b->pointer != NULL);
    return a->flags != b->flags ? compare(a->flags, b->flags) : by_place(a->pointer, b->pointer);
}

static void write_sorted(const struct weak_bind *binds, size_t count, struct buffer *part) {
    struct opcode_writer writer = {.part = part};
    for (size_t i = 0; i < count; i++) {
        bool is_new = i == 0 || strcmp(binds[i].symbol, binds[i - 1].symbol) != 0 ||
                      ((binds[i].flags ^ binds[i - 1].flags) & BIND_SYMBOL_FLAGS_WEAK_IMPORT) != 0;
        if (is_new)
            name_symbol(&writer, binds[i].symbol, binds[i].flags);
        if (binds[i].pointer != NULL)
            bind(&writer, binds[i].pointer);
    }
    opcode(&writer, BIND_OPCODE_DONE, 0);
}

static void write_weak_binds(const struct new_opcodes *opcodes, struct buffer *part) {
    size_t count = opcodes->weak_binds.count + opcodes->strong.count, at = 0;
    struct weak_bind *binds = memory_zeros(count, sizeof *binds);
    for (size_t i = 0; i < opcodes->strong.count; i++)
        binds[at++] = (struct weak_bind){opcodes->strong.items[i],
                                         BIND_SYMBOL_FLAGS_NON_WEAK_DEFINITION, NULL};
    for (size_t i = 0; i < opcodes->weak_binds.count; i++) {
        const struct opcode_pointer *pointer = &opcodes->weak_binds.items[i];
        const struct import *import = &opcodes->imports->items[pointer->import];
        binds[at++] = (struct weak_bind){import->symbol, flags_of(import), pointer};
    }
    if (count != 0) {
        qsort(binds, count, sizeof *binds, by_symbol);
        write_sorted(binds, count, part);
    }
    free(binds);
}

/* --- all of it --- */

void new_opcodes_write(struct new_opcodes *opcodes, struct opcode_parts *parts) {
    write_rebases(&opcodes->rebases, &parts->rebase);
    write_binds(&opcodes->binds, opcodes->imports, &parts->bind);
    write_weak_binds(opcodes, &parts->weak_bind);
}

void new_opcodes_free(struct new_opcodes *opcodes) {
    free(opcodes->rebases.items);
    free(opcodes->binds.items);
    free(opcodes->weak_binds.items);
    free(opcodes->strong.items);
    *opcodes = (struct new_opcodes){0};
}
