#include "merge/merged_image.h"

#include "base/digest.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/path.h"
#include "macho/data_in_code.h"
#include "macho/write/code_signature.h"
#include "merge/commands.h"
#include "merge/initialisers.h"
#include "merge/layout.h"
#include "merge/merged_fixups.h"
#include "merge/merged_linkedit.h"
#include "merge/merged_unwind.h"
#include "merge/thread_locals.h"

#include <stdlib.h>
#include <string.h>

enum { PART_ALIGNMENT = 8, SIGNATURE_ALIGNMENT = 16, HASH_WINDOW = 256 * ADHOC_PAGE };

/* --- plan --- */

/* Which commands there will be: their places are not known yet. */
static struct linkedit_places expected_places(const struct merge *merge) {
    struct linkedit_places places = {.fixups.size = 1, .exports.size = 1};
    for (size_t i = 0; i < merge->part_count; i++) {
        places.function_starts.size += part_linkedit(&merge->parts[i], "function starts").size;
        places.data_in_code.size += part_linkedit(&merge->parts[i], "data in code").size;
    }
    places.signature.size = merge->is_signed;
    return places;
}

bool merged_image_plan(struct merge *merge, struct error *error) {
    struct buffer head = {0};
    struct linkedit_places places = expected_places(merge);
    if (!thread_locals_gather(merge, error) || !initialisers_count(merge, error) ||
        !merged_unwind_plan(merge, error))
        return false;
    layout_sections(merge);
    commands_write(merge, &places, &head);
    merge->commands_size = head.size - MACH_HEADER_SIZE;
    buffer_free(&head);
    layout_place(merge);
    for (size_t i = 0; i < merge->part_count; i++)
        part_rest(&merge->parts[i]);
    return true;
}

/* --- the segments --- */

static void begin_chains(struct merge *merge) {
    merge->opcodes.imports = &merge->chains.imports;
    merge->chains = (struct new_chains){
        .arena = merge->arena,
        .pointer_format = merge->pointer_format,
        .page_size = (uint16_t)merge_page_size(merge),
        .segments = arena_take(merge->arena, merge->segment_count * sizeof(struct chained_starts)),
        .segment_count = (uint32_t)merge->segment_count,
    };
}

/* What takes the segments of a part. */
struct segment_writer {
    struct atomic_file *file;
    const struct merge *merge;
    struct file part; /* open */
};

static bool write_contents(void *context, const struct merged_segment *segment,
                           struct bytes contents, bool same, struct error *error) {
    struct segment_writer *writer = context;
    if (!same)
        return atomic_file_write(writer->file, segment->file_offset, contents.data, contents.size,
                                 error);
    const struct part *part = &writer->merge->parts[segment->part];
    const struct segment *old = &part->image->segments.items[segment->old];
    return atomic_file_copy(writer->file, segment->file_offset, &writer->part,
                            part->node->slice->offset + old->file_offset, contents.size, error);
}

static bool write_part_segments(struct merge *merge, size_t number, struct atomic_file *file,
                                struct error *error) {
    struct segment_writer writer = {.file = file, .merge = merge};
    if (!part_open(&merge->parts[number], &writer.part, error))
        return false;
    bool done = merged_fixups_part(merge, number, write_contents, &writer, error);
    file_close(&writer.part);
    part_rest(&merge->parts[number]);
    return done;
}

static bool pass_over_contents(void *context, const struct merged_segment *segment,
                               struct bytes contents, bool same, struct error *error) {
    (void)context, (void)segment, (void)contents, (void)same, (void)error;
    return true;
}

/* `whole`: with the contents, and not only what is made of them. */
static bool write_segments(struct merge *merge, bool whole, struct atomic_file *file,
                           struct error *error) {
    struct segment_writer writer = {.file = file, .merge = merge};
    segment_sink *sink = whole ? write_contents : pass_over_contents;
    begin_chains(merge);
    for (size_t i = 0; i < merge->part_count; i++)
        if (whole ? !write_part_segments(merge, i, file, error)
                  : !merged_fixups_part(merge, i, sink, NULL, error))
            return false;
    initialisers_move(merge);
    return merged_fixups_template(merge, sink, &writer, error) &&
           initialisers_complete(merge, error);
}

/* --- __LINKEDIT --- */

static bool make_contents(struct merge *merge, struct error *error) {
    if (merge->has_opcodes)
        new_opcodes_write(&merge->opcodes, &merge->made.opcodes);
    return (merge->has_opcodes || new_chains_write(&merge->chains, &merge->made.fixups, error)) &&
           merged_unwind_write(merge, error) && merged_exports(merge, error) &&
           merged_code_tables(merge, error) && merged_symbols(merge, error);
}

static struct linkedit_place place_after(uint64_t *at, uint64_t size, uint64_t alignment) {
    struct linkedit_place place = {round_up(*at, alignment), size};
    *at = size == 0 ? *at : place.offset + size;
    return place;
}

static struct adhoc_signature signature_of(const struct merge *merge, uint64_t offset) {
    return (struct adhoc_signature){.identifier = path_leaf(merge->path),
                                    .code_limit = merge->linkedit_offset + offset,
                                    .text_size = merge->text_size};
}

static struct linkedit_places place_parts(const struct merge *merge) {
    const struct merged_contents *made = &merge->made;
    struct linkedit_places places = {0};
    places.fixups = place_after(&places.size, made->fixups.size, PART_ALIGNMENT);
    places.rebase = place_after(&places.size, made->opcodes.rebase.size, PART_ALIGNMENT);
    places.bind = place_after(&places.size, made->opcodes.bind.size, PART_ALIGNMENT);
    places.weak_bind = place_after(&places.size, made->opcodes.weak_bind.size, PART_ALIGNMENT);
    places.exports = place_after(&places.size, made->exports.size, PART_ALIGNMENT);
    places.function_starts = place_after(&places.size, made->function_starts.size, PART_ALIGNMENT);
    places.data_in_code = place_after(&places.size, made->data_in_code.size, PART_ALIGNMENT);
    places.symbols = place_after(&places.size, made->symbols.size, PART_ALIGNMENT);
    places.strings = place_after(&places.size, made->strings.plan.size, PART_ALIGNMENT);
    if (merge->is_signed) {
        uint64_t at = round_up(places.size, SIGNATURE_ALIGNMENT);
        struct adhoc_signature signature = signature_of(merge, at);
        places.signature =
            place_after(&places.size, code_signature_adhoc_size(&signature), SIGNATURE_ALIGNMENT);
    }
    places.size = round_up(places.size, PART_ALIGNMENT);
    return places;
}

static bool write_part(const struct merge *merge, struct atomic_file *file,
                       const struct linkedit_place *place, const struct buffer *contents,
                       struct error *error) {
    return place->size == 0 || atomic_file_write(file, merge->linkedit_offset + place->offset,
                                                 contents->data, contents->size, error);
}

/* A window of the new string pool. */
struct string_window {
    struct atomic_file *file;
    uint64_t offset; /* in the file, of the next one */
};

static bool write_window(void *context, struct bytes window, struct error *error) {
    struct string_window *strings = context;
    uint64_t offset = strings->offset;
    strings->offset += window.size;
    return atomic_file_write(strings->file, offset, window.data, window.size, error);
}

static bool write_strings(const struct merge *merge, struct atomic_file *file,
                          const struct linkedit_place *place, struct error *error) {
    struct string_window strings = {file, merge->linkedit_offset + place->offset};
    const struct merged_strings *made = &merge->made.strings;
    return string_pool_stream(made->pool.bytes, &made->plan, write_window, &strings, error);
}

static bool write_linkedit(const struct merge *merge, const struct linkedit_places *places,
                           struct atomic_file *file, struct error *error) {
    const struct merged_contents *made = &merge->made;
    const uint8_t end = 0;
    return write_part(merge, file, &places->fixups, &made->fixups, error) &&
           write_part(merge, file, &places->rebase, &made->opcodes.rebase, error) &&
           write_part(merge, file, &places->bind, &made->opcodes.bind, error) &&
           write_part(merge, file, &places->weak_bind, &made->opcodes.weak_bind, error) &&
           write_part(merge, file, &places->exports, &made->exports, error) &&
           write_part(merge, file, &places->function_starts, &made->function_starts, error) &&
           write_part(merge, file, &places->data_in_code, &made->data_in_code, error) &&
           write_part(merge, file, &places->symbols, &made->symbols, error) &&
           write_strings(merge, file, &places->strings, error) &&
           atomic_file_write(file, merge->file_size - 1, &end, 1, error);
}

/* --- the leading __TEXT --- */

static void put(struct buffer *text, uint64_t at, const struct buffer *contents) {
    if (contents->size != 0)
        memcpy(text->data + at, contents->data, contents->size);
}

static bool write_text(const struct merge *merge, const struct linkedit_places *places,
                       struct atomic_file *file, struct error *error) {
    struct leading_places leading = layout_leading(merge);
    struct buffer text = {0};
    commands_write(merge, places, &text);
    buffer_take(&text, (size_t)merge->text_size - text.size);
    put(&text, leading.initialisers, &merge->made.initialisers);
    put(&text, leading.unwind_info, &merge->made.unwind_info);
    put(&text, leading.eh_frame, &merge->made.eh_frame);
    bool written = atomic_file_write(file, 0, text.data, text.size, error);
    buffer_free(&text);
    return written;
}

/* --- the signature --- */

/* Pages that are hashed, a window at a time. */
struct page_hasher {
    const struct file *file;
    uint64_t limit; /* bytes */
    uint8_t *hashes;
    struct error *errors; /* one a window */
};

static void hash_window(void *context, size_t number) {
    const struct page_hasher *hashing = context;
    uint64_t at = (uint64_t)number * HASH_WINDOW, left = hashing->limit - at;
    size_t size = left < HASH_WINDOW ? (size_t)left : HASH_WINDOW;
    uint8_t *hashes = hashing->hashes + at / ADHOC_PAGE * SHA256_SIZE;
    uint8_t *window = malloc(HASH_WINDOW);
    if (window == NULL)
        out_of_memory();
    bool done = file_read(hashing->file, at, window, size, &hashing->errors[number]);
    for (size_t i = 0; done && i < size; i += ADHOC_PAGE, hashes += SHA256_SIZE)
        digest(DIGEST_SHA256,
               (struct bytes){window + i, size - i < ADHOC_PAGE ? size - i : ADHOC_PAGE}, hashes);
    free(window);
}

static bool hash_pages(const struct file *file, uint64_t limit, uint8_t *hashes,
                       struct error *error) {
    size_t count = (size_t)((limit + HASH_WINDOW - 1) / HASH_WINDOW);
    struct page_hasher hashing = {file, limit, hashes, memory_zeros(count, sizeof *error)};
    bool done = true;
    parallel_for(count, hash_window, &hashing);
    for (size_t i = 0; i < count && done; i++)
        if (hashing.errors[i].kind != ERROR_NONE) {
            *error = hashing.errors[i];
            done = false;
        }
    free(hashing.errors);
    return done;
}

static bool write_signature(const struct merge *merge, const struct linkedit_place *place,
                            bool whole, struct atomic_file *file, struct error *error) {
    struct adhoc_signature signature = signature_of(merge, place->offset);
    struct buffer bytes = {0};
    if (place->size == 0)
        return true;
    uint8_t *hashes =
        code_signature_adhoc_write(&signature, buffer_take(&bytes, (size_t)place->size));
    bool done = (!whole || hash_pages(&file->file, signature.code_limit, hashes, error)) &&
                atomic_file_write(file, signature.code_limit, bytes.data, bytes.size, error);
    buffer_free(&bytes);
    return done;
}

/* Of each part __LINKEDIT as it is mapped, and as much again for tables on their way. */
uint64_t merged_image_memory(const struct merge *merge) {
    uint64_t linkedit = 0, largest = 0;
    for (size_t i = 0; i < merge->part_count; i++) {
        const struct part *part = &merge->parts[i];
        linkedit += part->linkedit.size;
        largest = part->slice.size > largest ? part->slice.size : largest;
    }
    return 2 * linkedit + 2 * largest;
}

static bool write_all(struct merge *merge, bool whole, struct atomic_file *file,
                      struct error *error) {
    if (!write_segments(merge, whole, file, error) || !make_contents(merge, error))
        return false;
    struct linkedit_places places = place_parts(merge);
    layout_linkedit(merge, places.size);
    return write_linkedit(merge, &places, file, error) && write_text(merge, &places, file, error) &&
           write_signature(merge, &places.signature, whole, file, error);
}

bool merged_image_write(struct merge *merge, struct atomic_file *file, struct error *error) {
    return write_all(merge, true, file, error);
}

bool merged_image_outline(struct merge *merge, struct atomic_file *file, struct error *error) {
    return write_all(merge, false, file, error);
}
