#include "program/image_names.h"

#include "base/memory.h"
#include "macho/exports_trie.h"
#include "macho/fixup_walk.h"
#include "macho/format.h"
#include "macho/lazy_load_info.h"
#include "macho/symtab.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_TIMES = 64, /* names may be so many times the size of __LINKEDIT */
    WINDOW = 64 << 10,
};

/* What reading one image needs. */
struct name_search {
    const struct image *image;
    struct bytes linkedit;
    uint64_t linkedit_offset; /* bytes from the start of the slice */
    struct image_names *names;
    uint64_t left;    /* bytes of names that may still come */
    const char *last; /* the symbol that was added last: binds repeat theirs */
    struct error *error;
};

static struct bytes part_bytes(const struct name_search *search, const struct linkedit_part *part) {
    struct bytes bytes = {NULL, 0};
    if (part != NULL)
        bytes_part(search->linkedit, part->file_offset - search->linkedit_offset, part->size,
                   &bytes);
    return bytes;
}

/* --- imports --- */

static bool want(struct name_search *search, const char *symbol) {
    if (symbol == search->last)
        return true;
    size_t size = strlen(symbol);
    if (size >= search->left)
        return error_malformed(search->error, "imports",
                               "their names are more than %d times the size of __LINKEDIT",
                               MOST_TIMES);
    search->left -= size + 1;
    search->last = symbol;
    name_set_add(&search->names->wanted, name_hash((struct bytes){(const uint8_t *)symbol, size}));
    return true;
}

static bool want_fixups(struct name_search *search, const struct linkedit_part *part) {
    struct bytes nothing = {NULL, 0};
    struct fixup_walk walk;
    struct fixup fixup;
    if (!fixup_walk_begin(&walk, part->name, part_bytes(search, part), search->image, nothing,
                          search->error))
        return false;
    for (uint32_t i = 0; i < walk.chained.import_count; i++)
        if (!want(search, chained_fixups_import(&walk.chained, i).symbol))
            return false;
    if (walk.program == NULL)
        return true;
    while (fixup_walk_next(&walk, &fixup, search->error))
        if (fixup.kind != FIXUP_REBASE && !want(search, fixup.import.symbol))
            return false;
    return search->error->kind == ERROR_NONE;
}

static bool want_lazy(struct name_search *search, const struct linkedit_part *part) {
    struct lazy_load_info info;
    if (!lazy_load_info_parse(part_bytes(search, part), &info, search->error))
        return false;
    for (uint32_t i = 0; i < info.symbol_count; i++) {
        const char *symbol;
        if (!lazy_load_info_symbol(&info, i, &symbol, search->error) || !want(search, symbol))
            return false;
    }
    return true;
}

/* No stab, and either not defined in any way or defined weakly, as another image may have it too;
 * what nobody else sees is no import. */
static bool is_imported(const struct nlist *symbol) {
    uint8_t type = symbol->type & N_TYPE;
    return nlist_use(symbol) == SYMBOL_GLOBAL &&
           (type == N_UNDF || type == N_PBUD || (symbol->description & N_WEAK_DEF) != 0);
}

static bool want_undefined(struct name_search *search) {
    const struct linkedit_parts *parts = &search->image->parts;
    struct bytes table = part_bytes(search, linkedit_find(parts, LINKEDIT_SYMBOLS));
    struct bytes pool = part_bytes(search, linkedit_find(parts, LINKEDIT_STRINGS));
    size_t end = bytes_strings_end(pool, 0);
    for (size_t i = 0; i < table.size / NLIST_SIZE; i++) {
        struct nlist symbol = nlist_at(table, i);
        if (is_imported(&symbol) && symbol.string_index < end &&
            !want(search, (const char *)pool.data + symbol.string_index))
            return false;
    }
    return true;
}

/* --- exports --- */

static void add_export(struct image_names *names, const struct export *export, uint64_t hash) {
    if ((export->flags & EXPORT_SYMBOL_FLAGS_REEXPORT) != 0)
        name_set_add(&names->wanted,
                     export->imported.size == 0 ? hash : name_hash(export->imported));
    else
        name_set_add((export->flags & EXPORT_SYMBOL_FLAGS_WEAK_DEFINITION) != 0 ? &names->wanted
                                                                                : &names->exported,
                     hash);
}

static bool add_exports(struct name_search *search, const struct linkedit_part *part) {
    struct exports_cursor cursor;
    struct export export;
    struct name_hasher hasher = {0};
    exports_trie_start(part_bytes(search, part), &cursor);
    while (exports_trie_next(&cursor, &export, search->error))
        add_export(search->names, &export, name_hasher_next(&hasher, export.name, export.shared));
    name_hasher_free(&hasher);
    exports_trie_end(&cursor);
    return search->error->kind == ERROR_NONE;
}

/* --- an image --- */

static bool read_part(struct name_search *search, const struct linkedit_part *part) {
    if (fixup_walk_reads(part->name))
        return want_fixups(search, part);
    if (part->use == LINKEDIT_EXPORTS)
        return add_exports(search, part);
    return strcmp(part->name, "lazy load info") != 0 || want_lazy(search, part);
}

bool image_names_read(const struct image *image, struct bytes linkedit, struct image_names *names,
                      struct error *error) {
    const struct segment *segment = segments_find(&image->segments, "__LINKEDIT");
    struct name_search search = {
        .image = image, .linkedit = linkedit, .names = names, .error = error};
    if (segment == NULL)
        return true;
    search.linkedit_offset = segment->file_offset;
    search.left = MOST_TIMES * (uint64_t)linkedit.size;
    for (size_t i = 0; i < image->parts.count; i++)
        if (!read_part(&search, &image->parts.items[i]))
            return false;
    return want_undefined(&search);
}

void image_names_free(struct image_names *names) {
    name_set_free(&names->wanted);
    name_set_free(&names->exported);
}

/* --- names in strings --- */

/* A walk over C strings, character by character. */
struct string_reader {
    const struct image_file *file;
    const struct image_slice *slice;
    const struct name_set *exported;
    struct name_set *found;
    uint8_t *window;
    uint64_t left;    /* bytes that sections may still hold */
    uint64_t hash;    /* of the string so far */
    uint64_t symbol;  /* of it after an underscore */
    bool underscored; /* it begins with one */
    bool is_empty;
};

static void begin_string(struct string_reader *reading) {
    reading->hash = NAME_HASH_START;
    reading->symbol = name_hash_add(NAME_HASH_START, '_');
    reading->is_empty = true;
}

static void end_string(struct string_reader *reading) {
    if (!reading->is_empty && name_set_has(reading->exported, reading->symbol))
        name_set_add(reading->found, reading->symbol);
    if (!reading->is_empty && reading->underscored &&
        name_set_has(reading->exported, reading->hash))
        name_set_add(reading->found, reading->hash);
    begin_string(reading);
}

static void read_window(struct string_reader *reading, size_t size) {
    for (size_t i = 0; i < size; i++) {
        uint8_t character = reading->window[i];
        if (character == '\0') {
            end_string(reading);
            continue;
        }
        if (reading->is_empty)
            reading->underscored = character == '_';
        reading->is_empty = false;
        reading->hash = name_hash_add(reading->hash, character);
        reading->symbol = name_hash_add(reading->symbol, character);
    }
}

/* What the file holds of a section. Its last string may lack its end. */
static bool read_section(struct string_reader *reading, const struct segment *segment,
                         const struct section_place *section, struct error *error) {
    uint64_t start = section->address - segment->address, size = section->size;
    if (start >= segment->file_size)
        return true;
    if (size > segment->file_size - start)
        size = segment->file_size - start;
    if (size > reading->left)
        return error_malformed(error, "sections of C strings",
                               "hold more bytes than the slice, %" PRIu64, reading->slice->size);
    reading->left -= size;
    begin_string(reading);
    for (uint64_t at = 0; at < size; at += WINDOW) {
        size_t piece = size - at < WINDOW ? (size_t)(size - at) : WINDOW;
        if (!file_read(&reading->file->file,
                       reading->slice->offset + segment->file_offset + start + at, reading->window,
                       piece, error))
            return false;
        read_window(reading, piece);
    }
    end_string(reading);
    return true;
}

static bool read_sections(struct string_reader *reading, const struct load_command *command,
                          const struct segment *segment, struct error *error) {
    for (uint32_t i = 0; i < segment->section_count; i++) {
        struct section_place section = segment_section(command, i);
        if (section.type == S_CSTRING_LITERALS && !read_section(reading, segment, &section, error))
            return false;
    }
    return true;
}

/* The image's segments are its LC_SEGMENT_64s in their order. */
static bool read_segments(struct string_reader *reading, struct bytes head, struct error *error) {
    const struct segments *segments = &reading->slice->image->segments;
    struct load_command_walk walk = image_commands(head);
    struct load_command command;
    size_t next = 0;
    while (load_command_next(&walk, &command, error))
        if (command.number == LC_SEGMENT_64 && next < segments->count &&
            !read_sections(reading, &command, &segments->items[next++], error))
            return false;
    return error->kind == ERROR_NONE;
}

bool image_names_in_strings(const struct image_file *file, const struct image_slice *slice,
                            const struct name_set *exported, struct name_set *found,
                            struct error *error) {
    struct string_reader reading = {
        .file = file, .slice = slice, .exported = exported, .found = found, .left = slice->size};
    struct mapping head;
    if (!image_file_map_head(file, slice, &head, error))
        return false;
    reading.window = memory_zeros(WINDOW, 1);
    bool read = read_segments(&reading, head.bytes, error);
    free(reading.window);
    mapping_free(&head);
    return read;
}
