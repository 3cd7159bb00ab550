#include "eh_frame.h"

#include "fail.h"

#include <inttypes.h>

/* How a pointer is written (DW_EH_PE_...). */
enum encoding {
    ENCODED_PLAIN = 0x00,
    ENCODED_U4 = 0x03,
    ENCODED_U8 = 0x04,
    ENCODED_S4 = 0x0b,
    ENCODED_S8 = 0x0c,
    ENCODED_FORMAT = 0x0f,
    ENCODED_RELATIVE = 0x10, /* to the pointer itself */
    ENCODED_BASE = 0x70,
    ENCODED_INDIRECT = 0x80,
    ENCODED_OMITTED = 0xff
};

/* What an entry's CIE says of how to read it. */
struct rules {
    struct cfi_common common;
    bool has_data; /* "z": the augmentation data has a length */
    uint8_t lsda_encoding;
    uint8_t pointer_encoding;
};

static uint64_t read_number(struct cursor *cursor, uint8_t encoding) {
    switch (encoding & ENCODED_FORMAT) {
    case ENCODED_U4:
        return cursor_u32(cursor);
    case ENCODED_S4:
        return (uint64_t)(int32_t)cursor_u32(cursor);
    case ENCODED_PLAIN:
    case ENCODED_U8:
    case ENCODED_S8:
        return cursor_u64(cursor);
    default:
        fail(cursor->image, cursor->part, "a pointer of encoding 0x%02x is unknown", encoding);
    }
}

static uint64_t read_pointer(struct cursor *cursor, uint8_t encoding) {
    uint64_t own = (uint64_t)(uintptr_t)cursor->bytes.data + cursor->at;
    uint8_t base = encoding & ENCODED_BASE;
    if (encoding == ENCODED_OMITTED)
        return 0;
    uint64_t value = read_number(cursor, encoding);
    if (value == 0)
        return 0;
    if (base != 0 && base != ENCODED_RELATIVE)
        fail(cursor->image, cursor->part, "a pointer of encoding 0x%02x is unknown", encoding);
    if (base == ENCODED_RELATIVE)
        value += own;
    if ((encoding & ENCODED_INDIRECT) != 0)
        value = slot_load((const uint8_t *)(uintptr_t)value);
    return value;
}

static void read_augmentation(struct cursor *cursor, const char *letters, struct rules *rules) {
    for (; *letters != '\0'; letters++) {
        if (*letters == 'P')
            rules->common.personality = read_pointer(cursor, cursor_u8(cursor));
        else if (*letters == 'L')
            rules->lsda_encoding = cursor_u8(cursor);
        else if (*letters == 'R')
            rules->pointer_encoding = cursor_u8(cursor);
        else
            fail(cursor->image, cursor->part, "augmentation \"%s\" is unknown", letters);
    }
}

/* A cursor on the body of the entry at `offset`, which ends where that does. */
static struct cursor entry_at(struct cursor section, uint64_t offset) {
    cursor_move(&section, offset);
    uint64_t end = cursor_u32(&section);
    end += section.at;
    if (end > section.bytes.size)
        fail(section.image, section.part, "the entry at 0x%" PRIx64 " has no end", offset);
    section.bytes.size = (size_t)end;
    return section;
}

static struct bytes rest_of(const struct cursor *cursor) {
    return (struct bytes){cursor->bytes.data + cursor->at, cursor->bytes.size - cursor->at};
}

static struct rules read_rules(struct cursor cursor) {
    struct rules rules = {.lsda_encoding = ENCODED_OMITTED};
    uint32_t id = cursor_u32(&cursor);
    uint8_t version = cursor_u8(&cursor);
    const char *letters = cursor_string(&cursor);
    if (id != 0 || version != 1)
        fail(cursor.image, cursor.part, "an entry's CIE is none, or of version %d", version);
    rules.common.code_unit = cursor_uleb(&cursor);
    rules.common.data_unit = cursor_sleb(&cursor);
    rules.common.return_register = cursor_u8(&cursor);
    rules.has_data = letters[0] == 'z';
    if (rules.has_data) {
        uint64_t size = cursor_uleb(&cursor);
        uint64_t end = cursor.at + size;
        read_augmentation(&cursor, letters + 1, &rules);
        cursor_move(&cursor, end);
    }
    rules.common.instructions = rest_of(&cursor);
    return rules;
}

/* What an entry, whose body `cursor` is at, is of: 0 for a CIE. */
static uint64_t function_of(struct cursor section, struct cursor cursor) {
    uint64_t at = cursor.at;
    uint32_t back = cursor_u32(&cursor);
    if (back == 0)
        return 0;
    if (back > at)
        fail(section.image, section.part, "the entry at 0x%" PRIx64 " has no CIE", at);
    struct rules rules = read_rules(entry_at(section, at - back));
    return read_pointer(&cursor, rules.pointer_encoding);
}

static void copy_entry(struct cfi *cfi, struct cursor section, struct cursor cursor) {
    uint64_t at = cursor.at;
    struct rules rules = read_rules(entry_at(section, at - cursor_u32(&cursor)));
    struct cfi_function function = {.common = rules.common};
    function.start = read_pointer(&cursor, rules.pointer_encoding);
    function.end = function.start + read_number(&cursor, rules.pointer_encoding);
    if (rules.has_data) {
        uint64_t end = cursor_uleb(&cursor);
        end += cursor.at;
        function.lsda = read_pointer(&cursor, rules.lsda_encoding);
        cursor_move(&cursor, end);
    }
    cfi_begin_function(cfi, &function);
    cfi_instructions(cfi, rest_of(&cursor));
    cfi_end_function(cfi);
}

void eh_frame_copy(struct cfi *cfi, const struct module *module, struct eh_range range) {
    struct cursor section = module_section(module, "__TEXT", "__eh_frame");
    uint64_t offset = range.offset;
    while (offset + 4 <= section.bytes.size) {
        struct cursor cursor = entry_at(section, offset);
        if (cursor.at == cursor.bytes.size)
            return;
        uint64_t function = function_of(section, cursor);
        if (function >= range.start && function < range.end)
            copy_entry(cfi, section, cursor);
        if (function == range.start)
            return;
        offset = cursor.bytes.size;
    }
}
