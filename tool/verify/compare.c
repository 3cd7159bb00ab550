#include "verify/compare.h"

#include "base/file_difference.h"
#include "base/mapping.h"
#include "base/parallel.h"
#include "macho/fixup_walk.h"
#include "macho/write/code_signature.h"
#include "verify/compare_code.h"
#include "verify/compare_exports.h"
#include "verify/compare_fixups.h"
#include "verify/compare_signature.h"
#include "verify/compare_symbols.h"
#include "verify/compare_unclaimed.h"
#include "verify/page_hashes.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 4 << 20 }; /* bytes that one thread compares at a time */

struct slice_comparison {
    const struct compared_slice *old;
    const struct compared_slice *new;
    const struct losses *losses;
    const struct closed_world *world; /* of the exports that may be gone; NULL for none */
    struct errors *errors;
};

static void report(struct slice_comparison *comparison, const char *field, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void report(struct slice_comparison *comparison, const char *field, const char *format,
                   ...) {
    struct error error;
    char what[500];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    error_malformed(&error, field, "%s", what);
    errors_add(comparison->errors, &error);
}

/* --- load commands --- */

/* Clears what a rewriting may change: the places of parts, the groups of LC_DYSYMTAB and the sizes
 * of __LINKEDIT. Whether these are right the other comparisons tell. */
static void clear_changeable(const struct load_command *command, uint8_t *target) {
    struct linkedit_part parts[LINKEDIT_MOST_OF_COMMAND];
    size_t count = linkedit_command_parts(command, parts);
    for (size_t i = 0; i < count; i++)
        linkedit_part_store(&parts[i], 0, 0, target);
    if (command->number == LC_DYSYMTAB)
        memset(target + 8, 0, 24);
    if (command->number == LC_SEGMENT_64 &&
        strncmp((const char *)command->bytes.data + 8, "__LINKEDIT", 16) == 0) {
        memset(target + 32, 0, 8);
        memset(target + 48, 0, 8);
    }
}

static uint8_t *cleared_head(struct bytes head) {
    struct load_command_walk walk = image_commands(head);
    struct load_command command;
    struct error error;
    uint8_t *cleared = malloc(head.size);
    if (cleared == NULL)
        out_of_memory();
    memcpy(cleared, head.data, head.size);
    while (load_command_next(&walk, &command, &error))
        clear_changeable(&command, cleared + (command.bytes.data - head.data));
    return cleared;
}

/* Names the load command of `head` that holds byte `at` of it. */
static void name_command(struct bytes head, size_t at, char *name, size_t size) {
    struct load_command_walk walk = image_commands(head);
    struct load_command command;
    struct error error;
    char buffer[16];
    snprintf(name, size, "mach_header");
    while (load_command_next(&walk, &command, &error))
        if ((size_t)(command.bytes.data - head.data) <= at)
            snprintf(name, size, "load command %zu (%s)", command.index,
                     load_command_name(command.number, buffer));
}

static void compare_heads(struct slice_comparison *comparison) {
    struct bytes old = comparison->old->head, new = comparison->new->head;
    if (old.size != new.size) {
        report(comparison, "mach_header sizeofcmds", "%zu bytes of header and commands, were %zu",
               new.size, old.size);
        return;
    }
    uint8_t *old_cleared = cleared_head(old), *new_cleared = cleared_head(new);
    size_t at = first_difference(old_cleared, new_cleared, old.size);
    char name[64];
    if (at != old.size) {
        name_command(old, at, name, sizeof name);
        report(comparison, name, "differs at byte 0x%zx of the slice: 0x%02x, was 0x%02x", at,
               new_cleared[at], old_cleared[at]);
    }
    free(old_cleared);
    free(new_cleared);
}

/* --- what is neither load commands nor __LINKEDIT --- */

static const struct segment *segment_at(const struct image *image, uint64_t offset) {
    for (size_t i = 0; i < image->segments.count; i++) {
        const struct segment *segment = &image->segments.items[i];
        if (offset >= segment->file_offset && offset - segment->file_offset < segment->file_size)
            return segment;
    }
    return NULL;
}

static void report_contents(struct slice_comparison *comparison, uint64_t offset, uint8_t old,
                            uint8_t new) {
    const struct segment *segment = segment_at(comparison->old->image, offset);
    if (segment == NULL)
        report(comparison, "contents", "differ at byte 0x%" PRIx64 " of the slice", offset);
    else
        report(comparison, segment->name, "differs at address 0x%" PRIx64 ": 0x%02x, was 0x%02x",
               segment->address + (offset - segment->file_offset), new, old);
}

/* What comparing the contents piece by piece needs. */
struct content_comparison {
    const struct compared_slice *old;
    const struct compared_slice *new;
    struct content_difference *pieces;
};

/* The first difference in a piece. */
struct content_difference {
    struct file_difference difference; /* from the start of the slice */
    struct error error;                /* of reading; ERROR_NONE for none */
};

static uint64_t contents_end(const struct compared_slice *slice) {
    return segments_find(&slice->image->segments, "__LINKEDIT")->file_offset;
}

/* What was read back when it was copied need not be read again. */
static bool is_proven(const struct content_comparison *contents, uint64_t start, uint64_t end) {
    const struct compared_slice *old = contents->old, *new = contents->new;
    return old->offset == new->offset &&new->proven.start <=
                              new->offset + start &&new->offset + end <= new->proven.end;
}

static void compare_piece(void *context, size_t piece) {
    const struct content_comparison *contents = context;
    struct content_difference *found = &contents->pieces[piece];
    uint64_t at = contents->old->head.size + (uint64_t)piece * PIECE, end = at + PIECE;
    if (end > contents_end(contents->old))
        end = contents_end(contents->old);
    if (is_proven(contents, at, end))
        return;
    struct file_place old = {contents->old->file, contents->old->offset + at};
    struct file_place new = {contents->new->file, contents->new->offset + at};
    file_difference_find(&old, &new, end - at, &found->difference, &found->error);
    found->difference.offset += at;
}

/* The first difference of all. */
static void report_first(struct slice_comparison *comparison,
                         const struct content_difference *pieces, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (pieces[i].error.kind != ERROR_NONE) {
            errors_add(comparison->errors, &pieces[i].error);
            return;
        }
        const struct file_difference *difference = &pieces[i].difference;
        if (difference->found) {
            report_contents(comparison, difference->offset, difference->old, difference->new);
            return;
        }
    }
}

static void compare_contents(struct slice_comparison *comparison) {
    uint64_t start = comparison->old->head.size, end = contents_end(comparison->old);
    size_t count = end <= start ? 0 : (size_t)((end - start + PIECE - 1) / PIECE);
    struct content_comparison contents = {comparison->old, comparison->new, NULL};
    contents.pieces = calloc(count + 1, sizeof *contents.pieces);
    if (contents.pieces == NULL)
        out_of_memory();
    parallel_for(count, compare_piece, &contents);
    report_first(comparison, contents.pieces, count);
    free(contents.pieces);
}

/* --- the parts of __LINKEDIT --- */

static struct bytes part_bytes(const struct compared_slice *slice,
                               const struct linkedit_part *part) {
    const struct segment *linkedit = segments_find(&slice->image->segments, "__LINKEDIT");
    struct bytes bytes = {NULL, 0};
    if (part != NULL)
        bytes_part(slice->linkedit, part->file_offset - linkedit->file_offset, part->size, &bytes);
    return bytes;
}

static const struct linkedit_part *part_named(const struct compared_slice *slice,
                                              const char *name) {
    for (size_t i = 0; i < slice->image->parts.count; i++)
        if (strcmp(slice->image->parts.items[i].name, name) == 0)
            return &slice->image->parts.items[i];
    return NULL;
}

/* The one that the same load command places. */
static const struct linkedit_part *part_like(const struct compared_slice *slice,
                                             const struct linkedit_part *part) {
    for (size_t i = 0; i < slice->image->parts.count; i++) {
        const struct linkedit_part *other = &slice->image->parts.items[i];
        if (other->command == part->command && other->name == part->name)
            return other;
    }
    return NULL;
}

static bool is_compared_whole(const struct slice_comparison *comparison,
                              const struct linkedit_part *part) {
    if (comparison->losses->level->only_aligns)
        return part->use != LINKEDIT_SIGNATURE;
    return part->use != LINKEDIT_SYMBOLS && part->use != LINKEDIT_STRINGS &&
           part->use != LINKEDIT_SIGNATURE && strcmp(part->name, "indirect symbol table") != 0 &&
           strcmp(part->name, "external relocations") != 0;
}

/* The pointers that the parts are about are in the rest of the slices. */
static void compare_fixup_part(struct slice_comparison *comparison, const char *name,
                               struct bytes old, struct bytes new) {
    const struct compared_slice *slices[] = {comparison->old, comparison->new};
    struct mapping mappings[2] = {{.size = 0}, {.size = 0}};
    struct error error;
    bool mapped = true;
    for (size_t i = 0; i < 2 && mapped; i++)
        mapped =
            mapping_make(slices[i]->file, slices[i]->offset, slices[i]->size, &mappings[i], &error);
    if (mapped) {
        struct compared_fixups before = {comparison->old->image, old, mappings[0].bytes};
        struct compared_fixups after = {comparison->new->image, new, mappings[1].bytes};
        compare_fixups(name, &before, &after, comparison->errors);
    } else {
        errors_add(comparison->errors, &error);
    }
    mapping_free(&mappings[0]);
    mapping_free(&mappings[1]);
}

/* More parts that are compared by what they mean, where their bytes differ. */
static const struct {
    const char *name;
    void (*compare)(struct bytes old, struct bytes new, struct errors *errors);
} by_meaning[] = {
    {"function starts", compare_function_starts},
    {"data in code", compare_data_in_code},
};

static void compare_bytes(struct slice_comparison *comparison, const char *name, struct bytes old,
                          struct bytes new) {
    if (old.size != new.size) {
        report(comparison, name, "%zu bytes, were %zu", new.size, old.size);
        return;
    }
    size_t at = old.size == 0 ? 0 : first_difference(old.data, new.data, old.size);
    if (at != old.size)
        report(comparison, name, "differs at byte 0x%zx of it: 0x%02x, was 0x%02x", at,
               new.data[at], old.data[at]);
}

static void compare_part(struct slice_comparison *comparison, const struct linkedit_part *part) {
    const char *name = part->name;
    struct bytes old = part_bytes(comparison->old, part);
    struct bytes new = part_bytes(comparison->new, part_like(comparison->new, part));
    if (old.size == new.size && (old.size == 0 || memcmp(old.data, new.data, old.size) == 0))
        return;
    if (comparison->losses->level->only_aligns) {
        compare_bytes(comparison, name, old, new);
        return;
    }
    if (fixup_walk_reads(name)) {
        compare_fixup_part(comparison, name, old, new);
        return;
    }
    if (part->use == LINKEDIT_EXPORTS) {
        compare_exports(old, new, comparison->world, comparison->errors);
        return;
    }
    for (size_t i = 0; i < sizeof by_meaning / sizeof by_meaning[0]; i++)
        if (strcmp(by_meaning[i].name, name) == 0) {
            by_meaning[i].compare(old, new, comparison->errors);
            return;
        }
    compare_bytes(comparison, name, old, new);
}

static void compare_parts(struct slice_comparison *comparison) {
    const struct linkedit_parts *old = &comparison->old->image->parts;
    const struct linkedit_parts *new = &comparison->new->image->parts;
    for (size_t i = 0; i < old->count; i++)
        if (is_compared_whole(comparison, &old->items[i]))
            compare_part(comparison, &old->items[i]);
    for (size_t i = 0; i < new->count; i++) {
        const struct linkedit_part *part = &new->items[i];
        if (part_like(comparison->old, part) == NULL)
            report(comparison, part->name, "there was none");
        if (!linkedit_part_aligned(part))
            report(comparison, part->name, "begins at 0x%" PRIx64 ", no multiple of %" PRIu32,
                   part->file_offset, part->alignment);
    }
}

static void compare_symbols(struct slice_comparison *comparison) {
    struct compared_symbols sides[2];
    const struct compared_slice *slices[] = {comparison->old, comparison->new};
    for (size_t i = 0; i < 2; i++)
        sides[i] = (struct compared_symbols){
            .users = {.head = slices[i]->head,
                      .table = part_bytes(slices[i], part_named(slices[i], "symbol table")),
                      .indirect =
                          part_bytes(slices[i], part_named(slices[i], "indirect symbol table")),
                      .relocations =
                          part_bytes(slices[i], part_named(slices[i], "external relocations"))},
            .pool = part_bytes(slices[i], part_named(slices[i], "string pool")),
        };
    compare_symbol_tables(&sides[0], &sides[1], comparison->losses->level, comparison->errors);
}

/* --- the signature --- */

/* Between the load commands and __LINKEDIT both hold the same bytes, as compare_contents tells. */
static void compare_hashes(struct slice_comparison *comparison, const struct code_directory *old,
                           const struct code_directory *new) {
    const struct compared_slice *slice = comparison->new;
    struct known_pages known = {
        .directory = code_directories_alike(old, new) ? old : NULL,
        .start = slice->head.size,
        .end = segments_find(&slice->image->segments, "__LINKEDIT")->file_offset,
    };
    struct error error;
    if (!code_directory_covers(new, part_named(slice, "code signature")->file_offset, &error))
        errors_add(comparison->errors, &error);
    page_hashes_check(slice->file, slice->offset, new, &known, comparison->errors);
}

static void compare_signatures(struct slice_comparison *comparison) {
    struct bytes old = part_bytes(comparison->old, part_named(comparison->old, "code signature"));
    struct bytes new = part_bytes(comparison->new, part_named(comparison->new, "code signature"));
    struct code_signature before, after;
    struct error error;
    if (old.size == 0 || new.size == 0) {
        if (old.size != new.size)
            report(comparison, "code signature", "is gone, or new");
        return;
    }
    if (!code_signature_parse(old, &before, &error) || !code_signature_parse(new, &after, &error)) {
        errors_add(comparison->errors, &error);
        return;
    }
    compare_signature(&before, &after, comparison->errors);
    for (size_t i = 0; i < after.directory_count; i++)
        compare_hashes(comparison, &before.directory, &after.directories[i]);
}

/* --- what no table reaches --- */

static void compare_unclaimed_bytes(struct slice_comparison *comparison) {
    struct unclaimed_list old = {0}, new = {0};
    if (comparison->losses->unclaimed)
        return;
    unclaimed_find(comparison->old->image, comparison->old->linkedit, &old);
    unclaimed_find(comparison->new->image, comparison->new->linkedit, &new);
    compare_unclaimed(&old, &new, comparison->errors);
    unclaimed_list_free(&old);
    unclaimed_list_free(&new);
}

static uint64_t bytes_behind(const struct compared_slice *slice) {
    const struct segment *linkedit = segments_find(&slice->image->segments, "__LINKEDIT");
    return slice->size - linkedit->file_offset - linkedit->file_size;
}

/* What lies after the last byte that counts, in the file and in memory. */
static void compare_ends(struct slice_comparison *comparison) {
    uint64_t after = bytes_behind(comparison->new);
    if (after != 0 && after != bytes_behind(comparison->old))
        report(comparison, "__LINKEDIT", "%" PRIu64 " bytes stand after it", after);
    const struct image *image = comparison->new->image;
    const struct segment *linkedit = segments_find(&image->segments, "__LINKEDIT");
    uint64_t rounded = round_up(linkedit->file_size, image->architecture->page_size);
    if (linkedit->vm_size != linkedit->file_size && linkedit->vm_size != rounded)
        report(comparison, "__LINKEDIT",
               "has 0x%" PRIx64 " bytes of memory for 0x%" PRIx64 " in the file", linkedit->vm_size,
               linkedit->file_size);
}

/* What has nothing to do with each other, each with errors of its own, in the order in which they
 * are told. */
static void (*const aspects[])(struct slice_comparison *comparison) = {
    compare_contents, compare_ends,       compare_parts,
    compare_symbols,  compare_signatures, compare_unclaimed_bytes,
};

enum { ASPECTS = sizeof aspects / sizeof aspects[0] };

static void compare_aspect(void *context, size_t i) {
    struct slice_comparison *comparisons = context;
    aspects[i](&comparisons[i]);
}

static void compare_aspects(struct slice_comparison *comparison) {
    struct slice_comparison comparisons[ASPECTS];
    struct errors errors[ASPECTS] = {{0}};
    for (size_t i = 0; i < ASPECTS; i++) {
        comparisons[i] = *comparison;
        comparisons[i].errors = &errors[i];
    }
    parallel_for(ASPECTS, compare_aspect, comparisons);
    for (size_t i = 0; i < ASPECTS; i++) {
        for (size_t j = 0; j < errors[i].count; j++)
            errors_add(comparison->errors, &errors[i].items[j]);
        errors_free(&errors[i]);
    }
}

bool compare_slices(const struct compared_slice *original, const struct compared_slice *changed,
                    const struct losses *losses, struct errors *errors) {
    const struct closed_world *world = losses->level->drops_exports ? losses->world : NULL;
    struct slice_comparison comparison = {original, changed, losses, world, errors};
    size_t before = errors->count;
    compare_heads(&comparison);
    if (errors->count == before)
        compare_aspects(&comparison);
    return errors->count == before;
}
