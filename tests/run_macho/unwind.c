#include "unwind.h"

#include "compact_frame.h"
#include "eh_frame.h"
#include "fail.h"

#include <inttypes.h>

enum {
    PAGE_REGULAR = 2,
    PAGE_COMPRESSED = 3,
    INDEX_SIZE = 12, /* bytes an entry of the first level */
    LSDA_SIZE = 8
};

/* The header of __unwind_info: four tables, by their offsets in it. */
struct header {
    uint32_t encodings; /* that many pages share */
    uint32_t encoding_count;
    uint32_t personalities;
    uint32_t personality_count;
    uint32_t index; /* the first level: one entry a page, and one after the last */
    uint32_t index_count;
};

/* An entry of the first level. Offsets of functions and LSDAs count from the image's start. */
struct index {
    uint32_t function; /* the first that the page may speak of */
    uint32_t page;     /* offset in __unwind_info; 0 for none */
    uint32_t lsdas;    /* where the page's LSDAs begin in the table of those */
};

struct reader {
    const struct module *module;
    struct cursor cursor; /* over the whole section */
    struct header header;
    struct cfi cfi;
    struct index page; /* that is being read, */
    struct index next; /* and the one after it */
    bool pending;      /* a function whose end is not known yet: */
    uint32_t function;
    uint32_t encoding;
    struct index function_page;
    struct index function_next;
};

static uint64_t address_of(const struct reader *reader, uint32_t offset) {
    return module_slid(reader->module, reader->module->image.lowest_address + offset);
}

/* The number at byte `at` of the section. */
static uint32_t u32_at(const struct reader *reader, uint64_t at) {
    struct cursor cursor = reader->cursor;
    cursor_move(&cursor, at);
    return cursor_u32(&cursor);
}

static _Noreturn void out_of_order(const struct reader *reader, uint32_t function) {
    fail(reader->module->path, reader->cursor.part,
         "the entry of function 0x%" PRIx32 " is out of order", function);
}

static uint64_t personality_of(const struct reader *reader, uint32_t encoding) {
    uint32_t number = compact_personality(encoding);
    if (number == 0)
        return 0;
    if (number > reader->header.personality_count)
        fail(reader->module->path, reader->cursor.part, "there is no personality %" PRIu32, number);
    uint32_t offset = u32_at(reader, reader->header.personalities + UINT64_C(4) * (number - 1));
    return slot_load((const uint8_t *)(uintptr_t)address_of(reader, offset));
}

/* The LSDA of the pending function, among those of its page. */
static uint64_t lsda_of(const struct reader *reader) {
    if ((reader->encoding & COMPACT_HAS_LSDA) == 0)
        return 0;
    for (uint64_t at = reader->function_page.lsdas; at < reader->function_next.lsdas;
         at += LSDA_SIZE)
        if (u32_at(reader, at) == reader->function)
            return address_of(reader, u32_at(reader, at + 4));
    fail(reader->module->path, reader->cursor.part,
         "function 0x%" PRIx32 " has no LSDA, which its encoding wants", reader->function);
}

static void write_function(struct reader *reader, uint32_t end) {
    uint32_t eh_frame_offset;
    uint64_t start = address_of(reader, reader->function);
    if (reader->encoding == 0)
        return;
    if (compact_is_dwarf(reader->encoding, &eh_frame_offset)) {
        eh_frame_copy(&reader->cfi, reader->module,
                      (struct eh_range){eh_frame_offset, start, address_of(reader, end)});
        return;
    }
    struct cfi_function function = {.common = compact_common(),
                                    .start = start,
                                    .end = address_of(reader, end),
                                    .lsda = lsda_of(reader)};
    function.common.personality = personality_of(reader, reader->encoding);
    cfi_begin_function(&reader->cfi, &function);
    if (!compact_frame_write(&reader->cfi, reader->encoding, start))
        fail(reader->module->path, reader->cursor.part, "encoding 0x%08" PRIx32 " is unknown",
             reader->encoding);
    cfi_end_function(&reader->cfi);
}

/* Writes the pending function, which ends where the next one begins. */
static void end_function(struct reader *reader, uint32_t end) {
    if (!reader->pending)
        return;
    if (end <= reader->function)
        out_of_order(reader, end);
    write_function(reader, end);
    reader->pending = false;
}

static void begin_function(struct reader *reader, uint32_t function, uint32_t encoding) {
    end_function(reader, function);
    if (function < reader->page.function || function >= reader->next.function)
        out_of_order(reader, function);
    reader->pending = true;
    reader->function = function;
    reader->encoding = encoding;
    reader->function_page = reader->page;
    reader->function_next = reader->next;
}

static void read_regular(struct reader *reader, uint64_t entries, uint16_t count) {
    for (uint64_t i = 0; i < count; i++) {
        uint32_t function = u32_at(reader, entries + 8 * i);
        begin_function(reader, function, u32_at(reader, entries + 8 * i + 4));
    }
}

/* The encoding of a compressed entry: in the table all pages share, or after that in the page's
 * own, of which `own` is the place. */
static uint32_t encoding_at(const struct reader *reader, uint32_t i, uint64_t own,
                            uint16_t own_count) {
    uint32_t shared = reader->header.encoding_count;
    if (i < shared)
        return u32_at(reader, reader->header.encodings + UINT64_C(4) * i);
    if (i - shared >= own_count)
        fail(reader->module->path, reader->cursor.part, "there is no encoding %" PRIu32, i);
    return u32_at(reader, own + UINT64_C(4) * (i - shared));
}

static void read_compressed(struct reader *reader, struct cursor *page, uint64_t entries,
                            uint16_t count) {
    uint64_t own = reader->page.page + (uint64_t)cursor_u16(page);
    uint16_t own_count = cursor_u16(page);
    for (uint64_t i = 0; i < count; i++) {
        uint32_t entry = u32_at(reader, entries + 4 * i);
        uint32_t encoding = encoding_at(reader, entry >> 24, own, own_count);
        begin_function(reader, reader->page.function + (entry & 0xffffff), encoding);
    }
}

static void read_page(struct reader *reader) {
    struct cursor page = reader->cursor;
    cursor_move(&page, reader->page.page);
    uint32_t kind = cursor_u32(&page);
    uint64_t entries = reader->page.page + (uint64_t)cursor_u16(&page);
    uint16_t count = cursor_u16(&page);
    if (kind == PAGE_REGULAR)
        read_regular(reader, entries, count);
    else if (kind == PAGE_COMPRESSED)
        read_compressed(reader, &page, entries, count);
    else
        fail(page.image, page.part, "a page of kind %" PRIu32 " is unknown", kind);
}

static struct index index_at(const struct reader *reader, uint32_t i) {
    uint64_t at = reader->header.index + (uint64_t)INDEX_SIZE * i;
    return (struct index){u32_at(reader, at), u32_at(reader, at + 4), u32_at(reader, at + 8)};
}

static void read_header(struct reader *reader) {
    struct cursor cursor = reader->cursor;
    struct header *header = &reader->header;
    uint32_t version = cursor_u32(&cursor);
    if (version != 1)
        fail(cursor.image, cursor.part, "version %" PRIu32 " is unknown", version);
    header->encodings = cursor_u32(&cursor);
    header->encoding_count = cursor_u32(&cursor);
    header->personalities = cursor_u32(&cursor);
    header->personality_count = cursor_u32(&cursor);
    header->index = cursor_u32(&cursor);
    header->index_count = cursor_u32(&cursor);
}

void unwind_register(struct arena *arena, const struct module *module) {
    struct reader reader = {.module = module,
                            .cursor = module_section(module, "__TEXT", "__unwind_info"),
                            .cfi = {.arena = arena}};
    if (cursor_at_end(&reader.cursor))
        return;
    read_header(&reader);
    for (uint32_t i = 0; i + 1 < reader.header.index_count; i++) {
        reader.page = index_at(&reader, i);
        reader.next = index_at(&reader, i + 1);
        if (reader.next.function < reader.page.function)
            out_of_order(&reader, reader.next.function);
        if (reader.page.page != 0)
            read_page(&reader);
    }
    end_function(&reader, reader.next.function);
    cfi_register(&reader.cfi);
}
