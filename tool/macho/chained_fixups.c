#include "macho/chained_fixups.h"

#include "macho/format.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* --- the tables of the format --- */

/* Bits [first, first + count) of a pointer. */
struct bit_field {
    uint8_t first;
    uint8_t count;
};

struct pointer_format {
    uint16_t number;          /* DYLD_CHAINED_PTR_... */
    uint8_t stride;           /* bytes a unit of `next` */
    bool target_is_address;   /* of pointers that are not signed; others count from the header */
    bool is_arm64e;           /* bit 63 says whether it is signed, 62 whether it binds; otherwise
                                 63 says the latter */
    struct bit_field next;    /* 0 at the end of a chain */
    struct bit_field target;  /* of a rebase that is not signed */
    struct bit_field high;    /* its topmost byte */
    struct bit_field ordinal; /* of a bind */
    struct bit_field addend;  /* of a bind that is not signed */
    bool addend_may_be_negative;
};

static const struct pointer_format pointer_formats[] = {
    {DYLD_CHAINED_PTR_ARM64E, 8, true, true, {51, 11}, {0, 43}, {43, 8}, {0, 16}, {32, 19}, true},
    {DYLD_CHAINED_PTR_64, 4, true, false, {51, 12}, {0, 36}, {36, 8}, {0, 24}, {24, 8}, false},
    {DYLD_CHAINED_PTR_64_OFFSET,
     4,
     false,
     false,
     {51, 12},
     {0, 36},
     {36, 8},
     {0, 24},
     {24, 8},
     false},
    {DYLD_CHAINED_PTR_ARM64E_USERLAND,
     8,
     false,
     true,
     {51, 11},
     {0, 43},
     {43, 8},
     {0, 16},
     {32, 19},
     true},
    {DYLD_CHAINED_PTR_ARM64E_USERLAND24,
     8,
     false,
     true,
     {51, 11},
     {0, 43},
     {43, 8},
     {0, 24},
     {32, 19},
     true},
};

/* Those of a signed pointer, the same in all formats. */
static const struct bit_field signed_target = {0, 32}, diversity = {32, 16},
                              address_diversity = {48, 1}, key = {49, 2};

struct import_format {
    uint8_t size;        /* bytes an import */
    uint8_t addend_at;   /* byte of the addend; 0 for none */
    uint8_t addend_size; /* bytes */
    struct bit_field ordinal;
    struct bit_field weak;
    struct bit_field name; /* offset of the name */
};

static const struct import_format import_formats[] = {
    [DYLD_CHAINED_IMPORT - 1] = {4, 0, 0, {0, 8}, {8, 1}, {9, 23}},
    [DYLD_CHAINED_IMPORT_ADDEND - 1] = {8, 4, 4, {0, 8}, {8, 1}, {9, 23}},
    [DYLD_CHAINED_IMPORT_ADDEND64 - 1] = {16, 8, 8, {0, 16}, {16, 1}, {32, 32}},
};

enum {
    IMPORT_FORMATS = sizeof import_formats / sizeof import_formats[0],
    POINTER_FORMATS = sizeof pointer_formats / sizeof pointer_formats[0],
    HEADER_SIZE = 28,
    STARTS_SIZE = 22,     /* of a segment's starts without the array of pages */
    SPECIAL_ORDINALS = 15 /* the highest so many numbers are negative ones */
};

static uint64_t field_of(uint64_t bits, struct bit_field field) {
    return bits >> field.first & (UINT64_MAX >> (64 - field.count));
}

static int64_t signed_number(uint64_t number, unsigned bits) {
    uint64_t sign = UINT64_C(1) << (bits - 1);
    return (int64_t)((number ^ sign) - sign);
}

static bool fixups_error(struct error *error, const char *field, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool fixups_error(struct error *error, const char *field, const char *format, ...) {
    char name[sizeof error->field], what[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    snprintf(name, sizeof name, "chained fixups %.140s", field);
    return error_malformed(error, name, "%s", what);
}

/* What one call of chained_fixups_parse works on. */
struct fixups_parser {
    struct chained_fixups *fixups;
    struct error *error;
    uint32_t segment;  /* index of the one whose starts are read */
    uint32_t greatest; /* max_valid_pointer of those before it; 0 for none */
};

/* --- header --- */

static bool read_header(struct chained_fixups *fixups, struct error *error) {
    struct bytes bytes = fixups->bytes;
    if (bytes.size < HEADER_SIZE)
        return fixups_error(error, "header", "%zu bytes are fewer than the %d of a header",
                            bytes.size, HEADER_SIZE);
    uint32_t version = bytes_u32(bytes, 0), symbols_format = bytes_u32(bytes, 24);
    fixups->starts_offset = bytes_u32(bytes, 4);
    fixups->imports_offset = bytes_u32(bytes, 8);
    fixups->symbols_offset = bytes_u32(bytes, 12);
    fixups->import_count = bytes_u32(bytes, 16);
    fixups->import_format = bytes_u32(bytes, 20);
    if (version != 0)
        return fixups_error(error, "fixups_version", "%" PRIu32 " is unknown", version);
    if (fixups->import_format < 1 || fixups->import_format > IMPORT_FORMATS)
        return fixups_error(error, "imports_format", "%" PRIu32 " is unknown",
                            fixups->import_format);
    if (symbols_format != 0)
        return fixups_error(error, "symbols_format",
                            "%" PRIu32 " is unknown; only plain names are read", symbols_format);
    return true;
}

/* Starts, imports and names follow each other, and end in the part. */
static bool tables_valid(const struct chained_fixups *fixups, struct error *error) {
    size_t size = fixups->bytes.size;
    uint64_t imports =
        (uint64_t)fixups->import_count * import_formats[fixups->import_format - 1].size;
    if (!range_within(fixups->starts_offset, 4, size))
        return fixups_error(error, "starts_offset",
                            "0x%" PRIx32 " leaves no room in the part, 0x%zx bytes",
                            fixups->starts_offset, size);
    if (fixups->imports_offset > size)
        return fixups_error(error, "imports_offset",
                            "0x%" PRIx32 " lies past the end of the part, 0x%zx bytes",
                            fixups->imports_offset, size);
    if (fixups->symbols_offset > size)
        return fixups_error(error, "symbols_offset",
                            "0x%" PRIx32 " lies past the end of the part, 0x%zx bytes",
                            fixups->symbols_offset, size);
    if (fixups->imports_offset + imports > fixups->symbols_offset)
        return fixups_error(error, "imports_count",
                            "%" PRIu32 " imports at 0x%" PRIx32 " run into the names at 0x%" PRIx32,
                            fixups->import_count, fixups->imports_offset, fixups->symbols_offset);
    return true;
}

/* --- starts --- */

static const struct segment *segment_of(const struct fixups_parser *parser) {
    return &parser->fixups->image->segments.items[parser->segment];
}

static bool starts_error(const struct fixups_parser *parser, const char *field, const char *format,
                         ...) __attribute__((format(printf, 3, 4)));

static bool starts_error(const struct fixups_parser *parser, const char *field, const char *format,
                         ...) {
    char name[100], what[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    snprintf(name, sizeof name, "segment %" PRIu32 " (%s) %s", parser->segment,
             segment_of(parser)->name, field);
    return fixups_error(parser->error, name, "%s", what);
}

/* Tools that add a segment to a linked image leave the fixups as they are. */
static bool segment_count_valid(struct chained_fixups *fixups, struct error *error) {
    const struct segments *segments = &fixups->image->segments;
    fixups->segment_count = bytes_u32(fixups->bytes, fixups->starts_offset);
    if (fixups->segment_count > segments->count)
        return fixups_error(error, "seg_count", "%" PRIu32 " segments, but the image has %zu",
                            fixups->segment_count, segments->count);
    if (!range_within((uint64_t)fixups->starts_offset + 4, UINT64_C(4) * fixups->segment_count,
                      fixups->bytes.size))
        return fixups_error(error, "seg_count", "%" PRIu32 " segments run past the end of the part",
                            fixups->segment_count);
    return true;
}

/* Where the starts of a segment begin in the part; 0 for a segment without fixups. */
static uint64_t starts_offset(const struct chained_fixups *fixups, uint32_t segment) {
    uint32_t offset = bytes_u32(fixups->bytes, fixups->starts_offset + 4 + (size_t)4 * segment);
    return offset == 0 ? 0 : (uint64_t)fixups->starts_offset + offset;
}

/* Of starts that were checked. */
static struct segment_starts starts_at(const struct chained_fixups *fixups, uint64_t offset) {
    struct segment_starts starts = {.page_count = 0};
    bytes_part(fixups->bytes, offset, bytes_u32(fixups->bytes, (size_t)offset), &starts.bytes);
    starts.page_size = bytes_u16(starts.bytes, 4);
    starts.page_count = bytes_u16(starts.bytes, 20);
    return starts;
}

static uint16_t page_start(const struct segment_starts *starts, uint32_t page) {
    return bytes_u16(starts->bytes, STARTS_SIZE + (size_t)2 * page);
}

static const struct pointer_format *format_numbered(uint16_t number) {
    for (size_t i = 0; i < POINTER_FORMATS; i++)
        if (pointer_formats[i].number == number)
            return &pointer_formats[i];
    return NULL;
}

/* All segments have the same format, which is one of programs of 64 bits. */
static bool format_valid(struct fixups_parser *parser, struct bytes starts) {
    struct chained_fixups *fixups = parser->fixups;
    uint16_t number = bytes_u16(starts, 6);
    const struct pointer_format *format = format_numbered(number);
    if (format == NULL)
        return starts_error(parser, "pointer_format",
                            "%d is none of a program of 64 bits: 1, 2, 6, 9, 12", number);
    if (fixups->format != NULL && fixups->format != format)
        return starts_error(parser, "pointer_format", "%d, but %d in a segment before it", number,
                            fixups->format->number);
    fixups->format = format;
    return true;
}

static bool place_valid(const struct fixups_parser *parser, struct bytes starts) {
    uint16_t page_size = bytes_u16(starts, 4);
    uint64_t offset = bytes_u64(starts, 8);
    uint64_t after = segment_of(parser)->address - parser->fixups->base;
    if (page_size != 0x1000 && page_size != 0x4000)
        return starts_error(parser, "page_size", "0x%x bytes are neither 4 KiB nor 16 KiB",
                            page_size);
    if (offset != after)
        return starts_error(parser, "segment_offset",
                            "0x%" PRIx64 ", but the segment is 0x%" PRIx64 " after the header",
                            offset, after);
    return true;
}

/* Made for 32 bits, but dyld checks it for any image that has it. */
static bool greatest_valid(struct fixups_parser *parser, struct bytes starts) {
    uint32_t greatest = bytes_u32(starts, 16);
    if (greatest != 0 && parser->greatest != 0 && greatest != parser->greatest)
        return starts_error(parser, "max_valid_pointer",
                            "0x%" PRIx32 ", but 0x%" PRIx32 " in a segment before it", greatest,
                            parser->greatest);
    if (greatest != 0)
        parser->greatest = greatest;
    return true;
}

static bool greatest_covers_segments(const struct fixups_parser *parser) {
    const struct segments *segments = &parser->fixups->image->segments;
    uint64_t end = 0;
    for (size_t i = 0; i < segments->count; i++) {
        const struct segment *segment = &segments->items[i];
        if (strcmp(segment->name, "__LINKEDIT") != 0 && segment->address + segment->vm_size > end)
            end = segment->address + segment->vm_size;
    }
    if (parser->greatest == 0 || parser->greatest >= end)
        return true;
    return fixups_error(parser->error, "max_valid_pointer",
                        "0x%" PRIx32 " lies before the end of the segments, 0x%" PRIx64,
                        parser->greatest, end);
}

static bool page_valid(const struct fixups_parser *parser, const struct segment_starts *starts,
                       uint32_t page) {
    uint64_t size = fixup_segment_size(segment_of(parser));
    uint16_t start = page_start(starts, page);
    char field[40];
    if (start == DYLD_CHAINED_PTR_START_NONE)
        return true;
    snprintf(field, sizeof field, "page_start[%" PRIu32 "]", page);
    if ((start & DYLD_CHAINED_PTR_START_MULTI) != 0)
        return starts_error(parser, field,
                            "0x%04x begins several chains, which only 32-bit formats can", start);
    if (!range_within(start, FIXUP_SIZE, starts->page_size))
        return starts_error(parser, field,
                            "0x%04x leaves no room for a pointer in a page of 0x%" PRIx32 " bytes",
                            start, starts->page_size);
    if (!range_within((uint64_t)page * starts->page_size + start, FIXUP_SIZE, size))
        return starts_error(parser, field,
                            "0x%04x lies past what the file holds of the segment, 0x%" PRIx64
                            " bytes",
                            start, size);
    return true;
}

static bool pages_valid(const struct fixups_parser *parser, const struct segment_starts *starts) {
    if (starts->bytes.size < STARTS_SIZE + (size_t)2 * starts->page_count)
        return starts_error(parser, "page_count",
                            "%" PRIu32 " pages run past the segment's starts, %zu bytes",
                            starts->page_count, starts->bytes.size);
    for (uint32_t page = 0; page < starts->page_count; page++)
        if (!page_valid(parser, starts, page))
            return false;
    return true;
}

/* The starts of a segment lie before the imports (mach_o/ChainedFixups.cpp, validLinkedit). */
static bool starts_valid(struct fixups_parser *parser) {
    const struct chained_fixups *fixups = parser->fixups;
    uint64_t offset = starts_offset(fixups, parser->segment);
    if (offset == 0)
        return true;
    if (!range_within(offset, STARTS_SIZE, fixups->imports_offset))
        return starts_error(parser, "seg_info_offset",
                            "0x%" PRIx64 " leaves no room before the imports at 0x%" PRIx32,
                            offset - fixups->starts_offset, fixups->imports_offset);
    uint32_t size = bytes_u32(fixups->bytes, (size_t)offset);
    if (size < STARTS_SIZE || !range_within(offset, size, fixups->imports_offset))
        return starts_error(parser, "size",
                            "%" PRIu32 " bytes are too few or run into the imports at 0x%" PRIx32,
                            size, fixups->imports_offset);
    struct segment_starts starts = starts_at(fixups, offset);
    return place_valid(parser, starts.bytes) && format_valid(parser, starts.bytes) &&
           greatest_valid(parser, starts.bytes) && pages_valid(parser, &starts);
}

/* --- imports --- */

struct import chained_fixups_import(const struct chained_fixups *fixups, uint32_t i) {
    const struct import_format *format = &import_formats[fixups->import_format - 1];
    struct bytes bytes = fixups->bytes;
    size_t at = fixups->imports_offset + (size_t)i * format->size;
    uint64_t bits = bytes_little(bytes, at, format->size == 16 ? 8 : 4);
    uint64_t ordinal = field_of(bits, format->ordinal);
    uint64_t name = fixups->symbols_offset + field_of(bits, format->name);
    struct import import = {.weak = field_of(bits, format->weak) != 0};
    import.ordinal = (int32_t)ordinal;
    if (ordinal + SPECIAL_ORDINALS >= UINT64_C(1) << format->ordinal.count)
        import.ordinal = (int32_t)signed_number(ordinal, format->ordinal.count);
    if (format->addend_size != 0)
        import.addend =
            signed_number(bytes_little(bytes, at + format->addend_at, format->addend_size),
                          8 * format->addend_size);
    import.symbol = name < bytes.size ? (const char *)bytes.data + name : NULL;
    return import;
}

static bool import_valid(const struct chained_fixups *fixups, uint32_t i, const char *names_end,
                         struct error *error) {
    struct import import = chained_fixups_import(fixups, i);
    char field[40];
    if (import.symbol == NULL || import.symbol >= names_end) {
        snprintf(field, sizeof field, "import %" PRIu32 " name_offset", i);
        return fixups_error(error, field, "the name does not end inside the part");
    }
    if (ordinal_valid(import.ordinal, fixups->image))
        return true;
    snprintf(field, sizeof field, "import %" PRIu32 " lib_ordinal", i);
    return fixups_error(error, field, "%" PRId32 ", but the image loads %zu dylibs", import.ordinal,
                        fixups->image->dylibs.count);
}

static bool imports_valid(const struct chained_fixups *fixups, struct error *error) {
    const char *data = (const char *)fixups->bytes.data;
    const char *end = data + bytes_strings_end(fixups->bytes, fixups->symbols_offset);
    for (uint32_t i = 0; i < fixups->import_count; i++)
        if (!import_valid(fixups, i, end, error))
            return false;
    return true;
}

/* dyld takes an image without any fixup to be of format 1 here (PointerFormat::make). */
static bool import_count_valid(const struct chained_fixups *fixups, struct error *error) {
    unsigned bits = fixups->format == NULL ? 16 : fixups->format->ordinal.count;
    uint32_t most = (UINT32_C(1) << bits) - 1;
    if (fixups->import_count < most)
        return true;
    return fixups_error(error, "imports_count",
                        "%" PRIu32 " imports, of which a pointer can tell only %" PRIu32 " apart",
                        fixups->import_count, most - 1);
}

bool chained_fixups_parse(struct bytes bytes, const struct image *image,
                          struct chained_fixups *fixups, struct error *error) {
    struct fixups_parser parser = {.fixups = fixups, .error = error};
    *fixups = (struct chained_fixups){.bytes = bytes, .image = image, .base = image_base(image)};
    if (!read_header(fixups, error) || !tables_valid(fixups, error) ||
        !segment_count_valid(fixups, error))
        return false;
    for (; parser.segment < fixups->segment_count; parser.segment++)
        if (!starts_valid(&parser))
            return false;
    return greatest_covers_segments(&parser) && import_count_valid(fixups, error) &&
           imports_valid(fixups, error);
}

/* --- the walk --- */

static bool begin_segment(struct chained_fixups_walk *walk) {
    const struct chained_fixups *fixups = walk->fixups;
    while (walk->segment < fixups->segment_count) {
        const struct segment *segment = &fixups->image->segments.items[walk->segment];
        uint64_t offset = starts_offset(fixups, walk->segment++);
        if (offset == 0)
            continue;
        walk->starts = starts_at(fixups, offset);
        walk->contents = fixup_segment_contents(segment, walk->slice);
        walk->address = segment->address;
        walk->page = 0;
        return true;
    }
    return false;
}

/* Goes to the first pointer of the next page that has any. */
static bool begin_chain(struct chained_fixups_walk *walk) {
    for (;;) {
        while (walk->page < walk->starts.page_count) {
            uint32_t page = walk->page++;
            uint16_t start = page_start(&walk->starts, page);
            if (start == DYLD_CHAINED_PTR_START_NONE)
                continue;
            walk->at = (uint64_t)page * walk->starts.page_size + start;
            return true;
        }
        if (!begin_segment(walk))
            return false;
    }
}

static bool pointer_error(const struct chained_fixups_walk *walk, struct error *error,
                          const char *field, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static bool pointer_error(const struct chained_fixups_walk *walk, struct error *error,
                          const char *field, const char *format, ...) {
    struct text name = {0};
    char what[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    fixup_describe_place(walk->fixups->image, walk->address + walk->at, &name);
    text_addf(&name, " %s", field);
    fixups_error(error, name.data, "%s", what);
    text_free(&name);
    return false;
}

static struct pointer_signature signature_of(uint64_t bits) {
    return (struct pointer_signature){.present = true,
                                      .address_diversity = field_of(bits, address_diversity) != 0,
                                      .key = (uint8_t)field_of(bits, key),
                                      .diversity = (uint16_t)field_of(bits, diversity)};
}

static bool read_bind(const struct chained_fixups_walk *walk, uint64_t bits, struct fixup *fixup,
                      struct error *error) {
    const struct pointer_format *format = walk->fixups->format;
    uint64_t ordinal = field_of(bits, format->ordinal);
    if (ordinal >= walk->fixups->import_count)
        return pointer_error(walk, error, "ordinal",
                             "there is no import %" PRIu64 ", but %" PRIu32 " in all", ordinal,
                             walk->fixups->import_count);
    fixup->kind = FIXUP_BIND;
    fixup->import = chained_fixups_import(walk->fixups, (uint32_t)ordinal);
    if (fixup->signature.present)
        return true;
    uint64_t addend = field_of(bits, format->addend);
    if (format->addend_may_be_negative)
        addend = (uint64_t)signed_number(addend, format->addend.count);
    fixup->import.addend = (int64_t)((uint64_t)fixup->import.addend + addend);
    return true;
}

static void read_rebase(const struct chained_fixups_walk *walk, uint64_t bits,
                        struct fixup *fixup) {
    const struct pointer_format *format = walk->fixups->format;
    bool is_signed = fixup->signature.present;
    fixup->kind = FIXUP_REBASE;
    fixup->target = field_of(bits, is_signed ? signed_target : format->target);
    if (is_signed || !format->target_is_address)
        fixup->target += walk->fixups->base;
    if (!is_signed)
        fixup->high_byte = (uint8_t)field_of(bits, format->high);
}

/* How far on the next pointer of the chain is; 0 at its end. */
static bool read_next(const struct chained_fixups_walk *walk, uint64_t bits, uint64_t *next,
                      struct error *error) {
    const struct pointer_format *format = walk->fixups->format;
    uint64_t page_end = (uint64_t)walk->page * walk->starts.page_size;
    *next = field_of(bits, format->next) * format->stride;
    if (!range_within(walk->at + *next, FIXUP_SIZE, page_end))
        return pointer_error(walk, error, "next",
                             "0x%" PRIx64 " bytes on there is no room left in the page", *next);
    if (!range_within(walk->at + *next, FIXUP_SIZE, walk->contents.size))
        return pointer_error(walk, error, "next",
                             "0x%" PRIx64 " bytes on is past what the file holds of the segment",
                             *next);
    return true;
}

bool chained_fixups_next(struct chained_fixups_walk *walk, struct fixup *fixup,
                         struct error *error) {
    uint64_t next;
    error->kind = ERROR_NONE;
    if (!walk->in_chain && !begin_chain(walk))
        return false;
    if (!range_within(walk->at, FIXUP_SIZE, walk->contents.size))
        return pointer_error(walk, error, "place", "past what the file holds of the segment");
    uint64_t bits = bytes_u64(walk->contents, (size_t)walk->at);
    bool is_arm64e = walk->fixups->format->is_arm64e;
    *fixup = (struct fixup){.address = walk->address + walk->at};
    if (is_arm64e && bits >> 63 != 0)
        fixup->signature = signature_of(bits);
    bool binds = (bits >> (is_arm64e ? 62 : 63) & 1) != 0;
    if (binds && !read_bind(walk, bits, fixup, error))
        return false;
    if (!binds)
        read_rebase(walk, bits, fixup);
    if (!read_next(walk, bits, &next, error))
        return false;
    walk->in_chain = next != 0;
    walk->at += next;
    return true;
}
