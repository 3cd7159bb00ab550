#include "program/linkedit_sizes.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "macho/string_repeats.h"
#include "macho/symtab.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The table is read in chunks of CHUNK symbols, the pool in pieces of PIECE bytes. The pool is
 * worked through in windows, each of which needs the chunks whose names begin there. Linkers write
 * symbols and names in much the same order, so that the smallest window reads each chunk about
 * twice; where they did not, larger windows keep that so. */
enum {
    CHUNK = 4096,
    PIECE = 64 << 10,
    SMALLEST_WINDOW = 256 << 10,
    LARGEST_WINDOW = 128 << 20,
    MOST_READS = 4
};

/* The names that one chunk of symbols uses: bytes into the string pool. first > last: none. */
struct name_range {
    uint32_t first;
    uint32_t last;
};

struct table_reader {
    const struct file *file;
    uint64_t symbols_offset; /* in the file, bytes */
    uint64_t symbol_count;
    uint64_t strings_offset;
    uint64_t strings_size;
    size_t chunk_count;
    struct name_range *ranges; /* one a chunk */
    uint8_t *table;            /* room for a chunk */
    size_t loaded;             /* the chunk in `table`; chunk_count for none */
    uint8_t *pool;             /* room for a piece */
    uint64_t window_size;      /* bytes of the pool */
    uint8_t *starts;           /* one a byte of the window; all SYMBOL_NONE between windows */
    size_t last_start;         /* the last byte of the window where a name begins */
    uint64_t counts[SYMBOL_USES];
    struct string_owners owners;
    struct string_repeats *repeats; /* NULL where they are not asked for */
    struct error *error;
};

void linkedit_sizes_from_image(const struct image *image, struct linkedit_sizes *linkedit_sizes) {
    const struct linkedit_parts *parts = &image->parts;
    *linkedit_sizes = (struct linkedit_sizes){
        .fixups = linkedit_use_size(parts, LINKEDIT_FIXUPS),
        .exports = linkedit_use_size(parts, LINKEDIT_EXPORTS),
        .symbols = linkedit_use_size(parts, LINKEDIT_SYMBOLS),
        .strings = linkedit_use_size(parts, LINKEDIT_STRINGS),
        .signature = linkedit_use_size(parts, LINKEDIT_SIGNATURE),
    };
    linkedit_sizes->other = image->linkedit_size - linkedit_sizes->fixups -
                            linkedit_sizes->exports - linkedit_sizes->symbols -
                            linkedit_sizes->strings - linkedit_sizes->signature;
}

static size_t chunk_size(const struct table_reader *reader, size_t chunk) {
    uint64_t left = reader->symbol_count - (uint64_t)chunk * CHUNK;
    return left < CHUNK ? (size_t)left : CHUNK;
}

static bool load_chunk(struct table_reader *reader, size_t chunk, struct bytes *table) {
    *table = (struct bytes){reader->table, chunk_size(reader, chunk) * NLIST_SIZE};
    if (reader->loaded == chunk)
        return true;
    reader->loaded = chunk;
    uint64_t offset = reader->symbols_offset + (uint64_t)chunk * CHUNK * NLIST_SIZE;
    return file_read(reader->file, offset, reader->table, table->size, reader->error);
}

static void extend(struct name_range *range, uint32_t index) {
    if (index < range->first)
        range->first = index;
    if (index > range->last)
        range->last = index;
}

/* A name past the pool is none (dyld: common/MachOLayout.cpp, forEachGlobalSymbol). */
static bool count_chunk(struct table_reader *reader, size_t chunk) {
    struct bytes table;
    struct name_range *range = &reader->ranges[chunk];
    *range = (struct name_range){UINT32_MAX, 0};
    if (!load_chunk(reader, chunk, &table))
        return false;
    for (size_t i = 0; i < table.size / NLIST_SIZE; i++) {
        struct nlist symbol = nlist_at(table, i);
        reader->counts[nlist_use(&symbol)]++;
        if (symbol.string_index < reader->strings_size)
            extend(range, symbol.string_index);
        if (nlist_has_second_name(&symbol) && symbol.value < reader->strings_size)
            extend(range, (uint32_t)symbol.value);
    }
    return true;
}

/* Of the window of `size` bytes at `window`. */
static void mark_name(struct table_reader *reader, uint64_t index, uint64_t window, size_t size,
                      uint8_t use) {
    if (index < window || index - window >= size)
        return;
    size_t at = (size_t)(index - window);
    if (reader->starts[at] < use)
        reader->starts[at] = use;
    if (reader->last_start < at)
        reader->last_start = at;
}

/* Marks the names of one chunk that begin in the window. */
static bool mark_chunk(struct table_reader *reader, size_t chunk, uint64_t window, size_t size) {
    struct bytes table;
    if (!load_chunk(reader, chunk, &table))
        return false;
    for (size_t i = 0; i < table.size / NLIST_SIZE; i++) {
        struct nlist symbol = nlist_at(table, i);
        uint8_t use = (uint8_t)nlist_use(&symbol);
        mark_name(reader, symbol.string_index, window, size, use);
        if (nlist_has_second_name(&symbol))
            mark_name(reader, symbol.value, window, size, use);
    }
    return true;
}

/* Whether the names of chunk i may begin in [window, window + size). */
static bool reaches(const struct table_reader *reader, size_t i, uint64_t window, uint64_t size) {
    return reader->ranges[i].last >= window && reader->ranges[i].first < window + size;
}

static bool mark_window(struct table_reader *reader, uint64_t window, size_t size, bool *marked) {
    for (size_t i = 0; i < reader->chunk_count; i++) {
        if (!reaches(reader, i, window, size))
            continue;
        *marked = true;
        if (!mark_chunk(reader, i, window, size))
            return false;
    }
    return true;
}

static bool feed_window(struct table_reader *reader, uint64_t window, size_t size) {
    for (size_t at = 0;
         at < size && (at <= reader->last_start || reader->owners.carried != SYMBOL_NONE);
         at += PIECE) {
        size_t piece = size - at < PIECE ? size - at : PIECE;
        if (!file_read(reader->file, reader->strings_offset + window + at, reader->pool, piece,
                       reader->error))
            return false;
        struct bytes bytes = {reader->pool, piece};
        string_owners_feed(&reader->owners, bytes, reader->starts + at);
        if (reader->repeats != NULL)
            string_repeats_feed(reader->repeats, window + at, bytes, reader->starts + at);
    }
    return true;
}

/* What no symbol uses is not read. */
static bool read_window(struct table_reader *reader, uint64_t window, size_t size) {
    bool marked = false;
    reader->last_start = 0;
    if (!mark_window(reader, window, size, &marked))
        return false;
    if (!marked && reader->owners.carried == SYMBOL_NONE)
        return true;
    bool fed = feed_window(reader, window, size);
    memset(reader->starts, SYMBOL_NONE, reader->last_start + 1);
    return fed;
}

/* How often a chunk would be read if the windows had that size. */
static uint64_t reads_with(const struct table_reader *reader, uint64_t window_size) {
    uint64_t reads = 0;
    for (size_t i = 0; i < reader->chunk_count; i++)
        if (reader->ranges[i].first <= reader->ranges[i].last)
            reads +=
                reader->ranges[i].last / window_size - reader->ranges[i].first / window_size + 1;
    return reads;
}

/* Where the last name begins, and one. */
static uint64_t names_end(const struct table_reader *reader) {
    uint64_t end = 0;
    for (size_t i = 0; i < reader->chunk_count; i++)
        if (reader->ranges[i].last >= end)
            end = (uint64_t)reader->ranges[i].last + 1;
    return end;
}

static uint64_t choose_window(const struct table_reader *reader) {
    uint64_t end = names_end(reader);
    uint64_t size = end < SMALLEST_WINDOW ? round_up(end + (end == 0), PIECE) : SMALLEST_WINDOW;
    while (size < LARGEST_WINDOW && size < reader->strings_size &&
           reads_with(reader, size) > (uint64_t)reader->chunk_count * MOST_READS)
        size *= 2;
    return size;
}

static bool read_tables(struct table_reader *reader) {
    for (size_t i = 0; i < reader->chunk_count; i++)
        if (!count_chunk(reader, i))
            return false;
    reader->window_size = choose_window(reader);
    reader->starts = memory_zeros(1, (size_t)reader->window_size);
    /* Of a pool that goes on behind all names no window is looked at. */
    uint64_t end = names_end(reader);
    for (uint64_t at = 0;
         at < reader->strings_size && (at < end || reader->owners.carried != SYMBOL_NONE);
         at += reader->window_size) {
        uint64_t left = reader->strings_size - at;
        if (!read_window(reader, at,
                         (size_t)(left < reader->window_size ? left : reader->window_size)))
            return false;
    }
    return true;
}

/* Splits `symbols` and `strings` by use; what no symbol uses goes to `other`. */
static void split(const struct table_reader *reader, struct linkedit_sizes *linkedit_sizes) {
    const uint64_t *strings = reader->owners.bytes;
    uint64_t used = strings[SYMBOL_STAB] + strings[SYMBOL_LOCAL] + strings[SYMBOL_GLOBAL];
    linkedit_sizes->exact = true;
    linkedit_sizes->other += linkedit_sizes->strings - used;
    linkedit_sizes->debug_map = reader->counts[SYMBOL_STAB] * NLIST_SIZE + strings[SYMBOL_STAB];
    linkedit_sizes->local_symbols =
        reader->counts[SYMBOL_LOCAL] * NLIST_SIZE + strings[SYMBOL_LOCAL];
    linkedit_sizes->symbols = reader->counts[SYMBOL_GLOBAL] * NLIST_SIZE;
    linkedit_sizes->strings = strings[SYMBOL_GLOBAL];
}

/* The null name, which stays whatever uses it; the whole pool where it does not end soon. */
static bool null_name_size(struct table_reader *reader, uint64_t *size) {
    size_t piece = reader->strings_size < PIECE ? (size_t)reader->strings_size : PIECE;
    if (!file_read(reader->file, reader->strings_offset, reader->pool, piece, reader->error))
        return false;
    const uint8_t *end = memchr(reader->pool, '\0', piece);
    *size = end == NULL ? reader->strings_size : (uint64_t)(end - reader->pool) + 1;
    return true;
}

enum { PART_ALIGNMENT = 8, SIGNATURE_ALIGNMENT = 16 };

/* What __LINKEDIT is at most after level lossless, whose pool is of `pool_size` bytes at most:
 * part after part, the signature last. */
static uint64_t lossless_size(const struct image *image, uint64_t pool_size) {
    uint64_t end = 0, signature = 0;
    for (size_t i = 0; i < image->parts.count; i++) {
        const struct linkedit_part *part = &image->parts.items[i];
        if (part->use == LINKEDIT_SIGNATURE)
            signature = 2 * SIGNATURE_ALIGNMENT + round_up(part->size, SIGNATURE_ALIGNMENT);
        else
            end += round_up(part->use == LINKEDIT_STRINGS ? pool_size : part->size, PART_ALIGNMENT);
    }
    return end + signature;
}

static bool count_lossless(struct table_reader *reader, const struct image *image,
                           struct linkedit_sizes *linkedit_sizes) {
    const struct segment *linkedit = segments_find(&image->segments, "__LINKEDIT");
    uint64_t null_size = 0;
    string_repeats_end(reader->repeats);
    if (!null_name_size(reader, &null_size))
        return false;
    uint64_t size = lossless_size(image, null_size + reader->repeats->distinct);
    uint64_t before = linkedit == NULL ? 0 : linkedit->file_size;
    linkedit_sizes->has_lossless = true;
    linkedit_sizes->lossless = before > size ? before - size : 0;
    linkedit_sizes->repeated = reader->repeats->repeated;
    return true;
}

static bool read_sizes(const struct file *file, uint64_t slice_offset, const struct image *image,
                       struct string_repeats *repeats, struct linkedit_sizes *linkedit_sizes,
                       struct error *error) {
    struct table_reader reader = {
        .file = file,
        .symbols_offset = slice_offset + image->symtab.symbols_offset,
        .symbol_count = image->symtab.symbol_count,
        .strings_offset = slice_offset + image->symtab.strings_offset,
        .strings_size = image->symtab.strings_size,
        .chunk_count = (size_t)((image->symtab.symbol_count + CHUNK - 1) / CHUNK),
        .repeats = repeats,
        .error = error,
    };
    reader.loaded = reader.chunk_count;
    reader.ranges = memory_zeros(1, reader.chunk_count * sizeof *reader.ranges);
    reader.table = memory_zeros(1, (size_t)CHUNK * NLIST_SIZE);
    reader.pool = memory_zeros(1, PIECE);
    linkedit_sizes_from_image(image, linkedit_sizes);
    bool read = read_tables(&reader);
    if (read)
        split(&reader, linkedit_sizes);
    if (read && repeats != NULL)
        read = count_lossless(&reader, image, linkedit_sizes);
    free(reader.ranges);
    free(reader.table);
    free(reader.pool);
    free(reader.starts);
    return read;
}

bool linkedit_sizes_read(const struct file *file, uint64_t slice_offset, const struct image *image,
                         struct linkedit_sizes *linkedit_sizes, struct error *error) {
    return read_sizes(file, slice_offset, image, NULL, linkedit_sizes, error);
}

bool linkedit_sizes_read_all(const struct file *file, uint64_t slice_offset,
                             const struct image *image, struct linkedit_sizes *linkedit_sizes,
                             struct error *error) {
    struct string_repeats repeats;
    string_repeats_begin(&repeats);
    bool read = read_sizes(file, slice_offset, image, &repeats, linkedit_sizes, error);
    string_repeats_free(&repeats);
    return read;
}
