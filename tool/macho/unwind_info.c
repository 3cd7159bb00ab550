#include "macho/unwind_info.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum { HEADER_SIZE = 28, INDEX_ENTRY_SIZE = 12, LSDA_ENTRY_SIZE = 8, ENCODING_SIZE = 4 };
enum { COMPRESSED_FUNCTION_MASK = 0xffffff, COMPRESSED_ENCODING_SHIFT = 24 };

/* The field "unwind info PART NUMBER". */
static bool wrong(struct error *error, const char *part, uint32_t number, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static bool wrong(struct error *error, const char *part, uint32_t number, const char *format, ...) {
    char field[sizeof error->field], what[sizeof error->what];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    snprintf(field, sizeof field, "unwind info %s %" PRIu32, part, number);
    return error_malformed(error, field, "%s", what);
}

/* --- the tables --- */

/* The header has the offset of each, and 4 bytes after it the count. */
static bool table(struct unwind_cursor *cursor, size_t at, uint32_t element, const char *field,
                  struct bytes *part, struct error *error) {
    uint32_t offset = bytes_u32(cursor->section, at), count = bytes_u32(cursor->section, at + 4);
    if (bytes_part(cursor->section, offset, (uint64_t)count * element, part))
        return true;
    return error_malformed(
        error, field, "%" PRIu32 " of them at 0x%" PRIx32 " do not fit in a section of %zu bytes",
        count, offset, cursor->section.size);
}

bool unwind_info_start(struct bytes section, struct unwind_cursor *cursor, struct error *error) {
    *cursor = (struct unwind_cursor){.section = section};
    error->kind = ERROR_NONE;
    if (section.size < HEADER_SIZE)
        return error_malformed(error, "unwind info header", "%zu bytes are no header of %d",
                               section.size, HEADER_SIZE);
    if (bytes_u32(section, 0) != UNWIND_SECTION_VERSION)
        return error_malformed(error, "unwind info version", "%" PRIu32 " is unknown",
                               bytes_u32(section, 0));
    if (!table(cursor, 4, ENCODING_SIZE, "unwind info common encodings", &cursor->common, error) ||
        !table(cursor, 12, 4, "unwind info personalities", &cursor->personalities, error) ||
        !table(cursor, 20, INDEX_ENTRY_SIZE, "unwind info index", &cursor->index, error))
        return false;
    if (cursor->index.size == 0)
        return error_malformed(error, "unwind info index", "it has no entry that ends it");
    cursor->page_count = (uint32_t)(cursor->index.size / INDEX_ENTRY_SIZE - 1);
    cursor->end = bytes_u32(cursor->index, (size_t)cursor->page_count * INDEX_ENTRY_SIZE);
    return true;
}

/* --- pages --- */

/* [start, end) of the page's LSDAs; those of all pages follow each other, so that each is looked at
 * once. */
static bool open_lsdas(struct unwind_cursor *cursor, uint32_t number, struct error *error) {
    size_t at = (size_t)number * INDEX_ENTRY_SIZE + 8;
    uint32_t start = bytes_u32(cursor->index, at);
    uint32_t end = bytes_u32(cursor->index, at + INDEX_ENTRY_SIZE), size = end - start;
    struct bytes *lsdas = &cursor->page.lsdas;
    if (end < start || size % LSDA_ENTRY_SIZE != 0 ||
        !bytes_part(cursor->section, start, size, lsdas))
        return wrong(error, "index", number,
                     "LSDAs from 0x%" PRIx32 " to 0x%" PRIx32
                     " are no whole entries of the section",
                     start, end);
    for (size_t i = LSDA_ENTRY_SIZE; i < lsdas->size; i += LSDA_ENTRY_SIZE)
        if (bytes_u32(*lsdas, i) <= bytes_u32(*lsdas, i - LSDA_ENTRY_SIZE))
            return wrong(error, "index", number,
                         "the LSDA of the function 0x%" PRIx32
                         " does not come after that of 0x%" PRIx32,
                         bytes_u32(*lsdas, i), bytes_u32(*lsdas, i - LSDA_ENTRY_SIZE));
    return true;
}

/* The parts of a page at `offset` by its header: two 16-bit numbers for each, an offset in the page
 * and a count. */
static bool page_part(struct unwind_cursor *cursor, uint32_t offset, uint32_t header,
                      uint32_t element, struct bytes *part) {
    uint64_t at = (uint64_t)offset + bytes_u16(cursor->section, (size_t)offset + header);
    uint32_t count = bytes_u16(cursor->section, (size_t)offset + header + 2);
    return bytes_part(cursor->section, at, (uint64_t)count * element, part);
}

/* No entry is read twice: then pages that lie over each other cannot take more time than others. */
static bool count_entries(struct unwind_cursor *cursor, uint32_t number, struct error *error) {
    struct unwind_page_place *page = &cursor->page;
    uint32_t element = page->compressed ? 4 : 8;
    if (page->entries.size == 0)
        return wrong(error, "page", number, "it has no entries");
    cursor->entry_count += page->entries.size / element;
    return cursor->entry_count <= cursor->section.size / 4 ||
           wrong(error, "page", number, "it lies over other pages");
}

static bool open_entries(struct unwind_cursor *cursor, uint32_t number, struct error *error) {
    struct unwind_page_place *page = &cursor->page;
    uint32_t offset = bytes_u32(cursor->index, (size_t)number * INDEX_ENTRY_SIZE + 4);
    struct bytes header;
    if (!bytes_part(cursor->section, offset, 8, &header))
        return wrong(error, "page", number, "0x%" PRIx32 " is past the section", offset);
    uint32_t kind = bytes_u32(header, 0);
    if (kind != UNWIND_SECOND_LEVEL_REGULAR && kind != UNWIND_SECOND_LEVEL_COMPRESSED)
        return wrong(error, "page", number, "the kind %" PRIu32 " is unknown", kind);
    page->compressed = kind == UNWIND_SECOND_LEVEL_COMPRESSED;
    if (!page_part(cursor, offset, 4, page->compressed ? 4 : 8, &page->entries))
        return wrong(error, "page", number, "its entries do not fit in the section");
    if (page->compressed && (!bytes_part(cursor->section, offset, 12, &header) ||
                             !page_part(cursor, offset, 8, ENCODING_SIZE, &page->encodings)))
        return wrong(error, "page", number, "its encodings do not fit in the section");
    return count_entries(cursor, number, error);
}

static bool open_page(struct unwind_cursor *cursor, uint32_t number, struct error *error) {
    size_t at = (size_t)number * INDEX_ENTRY_SIZE;
    cursor->page = (struct unwind_page_place){
        .function = bytes_u32(cursor->index, at),
        .limit = bytes_u32(cursor->index, at + INDEX_ENTRY_SIZE),
    };
    if (cursor->page.function > cursor->page.limit)
        return wrong(error, "index", number, "0x%" PRIx32 " comes after the next one's 0x%" PRIx32,
                     cursor->page.function, cursor->page.limit);
    return open_entries(cursor, number, error) && open_lsdas(cursor, number, error);
}

/* --- entries --- */

/* The page's next. */
static bool compressed_entry(struct unwind_cursor *cursor, struct unwind_entry *entry,
                             struct error *error) {
    const struct unwind_page_place *page = &cursor->page;
    uint32_t word = bytes_u32(page->entries, page->at);
    size_t number = word >> COMPRESSED_ENCODING_SHIFT;
    size_t common = cursor->common.size / ENCODING_SIZE;
    if (__builtin_add_overflow(page->function, word & COMPRESSED_FUNCTION_MASK, &entry->function))
        return wrong(error, "page", cursor->next_page - 1, "a function is past 32 bits");
    if (number < common)
        entry->encoding = bytes_u32(cursor->common, number * ENCODING_SIZE);
    else if (number - common < page->encodings.size / ENCODING_SIZE)
        entry->encoding = bytes_u32(page->encodings, (number - common) * ENCODING_SIZE);
    else
        return wrong(error, "page", cursor->next_page - 1,
                     "the function 0x%" PRIx32 " has the encoding %zu, and there are %zu",
                     entry->function, number, common + page->encodings.size / ENCODING_SIZE);
    return true;
}

static bool read_entry(struct unwind_cursor *cursor, struct unwind_entry *entry,
                       struct error *error) {
    struct unwind_page_place *page = &cursor->page;
    *entry = (struct unwind_entry){0};
    if (page->compressed) {
        bool good = compressed_entry(cursor, entry, error);
        page->at += 4;
        return good;
    }
    entry->function = bytes_u32(page->entries, page->at);
    entry->encoding = bytes_u32(page->entries, page->at + 4);
    page->at += 8;
    return true;
}

/* Functions rise, and those of a page are from the index's on up to the next page's: those are the
 * ones that a search finds. `first` is the page's first, which is where the index says. */
static bool check_function(struct unwind_cursor *cursor, uint32_t function, bool first,
                           struct error *error) {
    const struct unwind_page_place *page = &cursor->page;
    uint32_t number = cursor->next_page - 1;
    if (first && function != page->function)
        return wrong(error, "page", number,
                     "it begins with the function 0x%" PRIx32 ", the index says 0x%" PRIx32,
                     function, page->function);
    if (!first && function < cursor->last)
        return wrong(error, "page", number, "the function 0x%" PRIx32 " comes after 0x%" PRIx32,
                     function, cursor->last);
    if (function > page->limit)
        return wrong(error, "page", number,
                     "the function 0x%" PRIx32 " is past the page's end at 0x%" PRIx32, function,
                     page->limit);
    cursor->last = function;
    return true;
}

static bool find_personality(struct unwind_cursor *cursor, struct unwind_entry *entry,
                             struct error *error) {
    uint32_t personality = unwind_personality(entry->encoding);
    if (personality == 0)
        return true;
    if (personality > cursor->personalities.size / 4)
        return wrong(error, "page", cursor->next_page - 1,
                     "the function 0x%" PRIx32 " has the personality %" PRIu32
                     ", and there are %zu",
                     entry->function, personality, cursor->personalities.size / 4);
    entry->personality = bytes_u32(cursor->personalities, (size_t)(personality - 1) * 4);
    return entry->personality != 0 ||
           wrong(error, "personality", personality, "0 is no pointer to it");
}

static bool find_lsda(struct unwind_cursor *cursor, struct unwind_entry *entry,
                      struct error *error) {
    struct unwind_page_place *page = &cursor->page;
    if ((entry->encoding & UNWIND_HAS_LSDA) == 0)
        return true;
    while (page->lsda_at < page->lsdas.size &&
           bytes_u32(page->lsdas, page->lsda_at) < entry->function)
        page->lsda_at += LSDA_ENTRY_SIZE;
    if (page->lsda_at < page->lsdas.size &&
        bytes_u32(page->lsdas, page->lsda_at) == entry->function)
        entry->lsda = bytes_u32(page->lsdas, page->lsda_at + 4);
    return entry->lsda != 0 ||
           wrong(error, "page", cursor->next_page - 1,
                 "the function 0x%" PRIx32 " has an LSDA, and the page's LSDAs do not have it",
                 entry->function);
}

bool unwind_info_next(struct unwind_cursor *cursor, struct unwind_entry *entry,
                      struct error *error) {
    error->kind = ERROR_NONE;
    bool first = cursor->page.at == cursor->page.entries.size;
    if (first) {
        if (cursor->next_page == cursor->page_count)
            return false;
        if (!open_page(cursor, cursor->next_page++, error))
            return false;
    }
    return read_entry(cursor, entry, error) &&
           check_function(cursor, entry->function, first, error) &&
           find_personality(cursor, entry, error) && find_lsda(cursor, entry, error);
}

bool unwind_is_dwarf(uint32_t cpu_type, uint32_t encoding) {
    uint32_t dwarf =
        cpu_type == CPU_TYPE_ARM64 ? UNWIND_ARM64_MODE_DWARF : UNWIND_X86_64_MODE_DWARF;
    return (encoding & UNWIND_MODE_MASK) == dwarf;
}
