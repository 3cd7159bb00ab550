#include "merge/compare_merge.h"

#include "base/memory.h"
#include "base/name_set.h"
#include "base/text.h"
#include "macho/fixup_walk.h"
#include "merge/compare_merged_exports.h"
#include "merge/compare_merged_symbols.h"
#include "merge/compare_unwind.h"
#include "merge/lookup.h"
#include "verify/differences.h"
#include "verify/validate.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DESCRIPTOR_SIZE = 24, DESCRIPTOR_OFFSET = 16 };

/* The merged image, read anew. */
struct merged_reader {
    const struct merge *merge;
    struct arena arena;
    struct lone_image lone;
    struct part_fixups fixups;
    struct definitions definitions;
    struct differences differences;
    size_t matched; /* fixups of the merged image that were found to be a part's */
};

static void differ(struct merged_reader *reader, const struct part *part, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void differ(struct merged_reader *reader, const struct part *part, const char *format, ...) {
    char what[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    differences_add(&reader->differences, "%s%s%s", part == NULL ? "" : part->node->file->path,
                    part == NULL ? "" : ": ", what);
}

/* --- bytes --- */

/* A pointer to 8 bytes of the merged image in the file, by address; NULL when there are none. */
static const uint8_t *bytes_at(const struct merged_reader *reader, uint64_t address,
                               uint64_t size) {
    const struct segments *segments = &reader->lone.part.image->segments;
    for (size_t i = 0; i < segments->count; i++) {
        const struct segment *segment = &segments->items[i];
        uint64_t at = address - segment->address;
        if (range_within(at, size, segment->file_size))
            return reader->lone.part.slice.data + segment->file_offset + at;
    }
    return NULL;
}

static bool is_descriptor_offset(const struct part *part, uint64_t address) {
    const struct part_section *section = part_section_at(part, address);
    return section != NULL && section_type_of(section) == S_THREAD_LOCAL_VARIABLES &&
           (address - section->address) % DESCRIPTOR_SIZE >= DESCRIPTOR_OFFSET;
}

/* Bytes of a segment, in which dyld sets no pointer, before and now. */
struct byte_run {
    const struct segment *segment;
    const uint8_t *old, *new; /* of the whole segment */
    uint64_t start, end;      /* bytes into it */
};

/* The first byte of a run that should be the same and is not; its end for none. */
static uint64_t first_difference(const struct part *part, const struct byte_run *run) {
    size_t size = (size_t)(run->end - run->start);
    if (size == 0 || memcmp(run->new + run->start, run->old + run->start, size) == 0)
        return run->end;
    for (uint64_t at = run->start; at < run->end; at++)
        if (run->new[at] != run->old[at] && !is_descriptor_offset(part, run->segment->address + at))
            return at;
    return run->end;
}

/* The first fixup that ends after `address`. */
static size_t fixup_after(const struct part_fixups *fixups, uint64_t address) {
    size_t low = 0, high = fixups->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (fixups->items[middle].address + FIXUP_SIZE <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void compare_runs(struct merged_reader *reader, const struct part *part, struct byte_run run,
                         const struct part_fixups *fixups) {
    uint64_t start = run.segment->address, size = run.segment->file_size;
    for (size_t i = fixup_after(fixups, start); run.start < size; i++) {
        bool any = i < fixups->count && fixups->items[i].address < start + size;
        uint64_t pointer = any ? fixups->items[i].address : start + size;
        run.end = pointer <= start + run.start ? run.start : pointer - start;
        uint64_t at = first_difference(part, &run);
        if (at != run.end) {
            differ(reader, part, "the byte at 0x%" PRIx64 " (%s) is 0x%02x, was 0x%02x", start + at,
                   run.segment->name, run.new[at], run.old[at]);
            return;
        }
        run.start = any ? pointer + FIXUP_SIZE - start : size;
    }
}

/* All bytes but pointers that dyld sets and offsets into the template. */
static void compare_segment(struct merged_reader *reader, const struct part *part,
                            const struct segment *old, const struct part_fixups *fixups) {
    struct byte_run run = {.segment = old};
    run.new = bytes_at(reader, merge_address(part, old->address), old->file_size);
    run.old = part->slice.data + old->file_offset;
    if (run.new == NULL && old->file_size != 0)
        differ(reader, part, "%s is not in the merged image", old->name);
    else
        compare_runs(reader, part, run, fixups);
}

static void compare_bytes(struct merged_reader *reader, const struct part *part,
                          const struct part_fixups *fixups) {
    for (size_t i = 0; i < part->image->segments.count; i++)
        if (segment_moves(&part->image->segments.items[i]))
            compare_segment(reader, part, &part->image->segments.items[i], fixups);
}

/* --- fixups --- */

static const struct fixup *fixup_at(const struct merged_reader *reader, uint64_t address) {
    return part_fixup_at(&reader->fixups, address);
}

/* The same, which is mostly item *next: they are asked for by rising address. */
static const struct fixup *next_fixup(const struct merged_reader *reader, uint64_t address,
                                      size_t *next) {
    const struct part_fixups *fixups = &reader->fixups;
    bool known = *next < fixups->count && fixups->items[*next].address == address;
    const struct fixup *found = known ? &fixups->items[*next] : fixup_at(reader, address);
    if (found != NULL)
        *next = (size_t)(found - fixups->items) + 1;
    return found;
}

/* Whether the merged image looks the symbol up in itself, as it should where it has it by no other
 * way or may get it from elsewhere. */
static bool asks_itself(const struct merged_reader *reader, const struct import *old,
                        const struct fixup *new, bool exports) {
    const struct definition *own = definitions_find(&reader->definitions, old->symbol);
    return new->import.ordinal == ORDINAL_SELF &&strcmp(new->import.symbol, old->symbol) == 0 &&
           (own != NULL) == exports;
}

/* What a part's import is bound to where its dylib is a part too. */
static bool inside_same(const struct merged_reader *reader, size_t target,
                        const struct import *import, const struct fixup *new) {
    struct merged_lookup was;
    if (!merge_lookup(reader->merge, target, import->symbol, &was))
        return false;
    if (new->kind == FIXUP_REBASE) {
        const struct part *part =
            was.definition == NULL ? NULL : &reader->merge->parts[was.definition->part];
        return part != NULL && !definition_is_weak(was.definition) &&
               definition_is_address(was.definition) && new->high_byte == 0 &&
               new->target ==
                   merge_address(part, image_base(part->image) + was.definition->offset) +
                       (uint64_t)import->addend;
    }
    if (new->import.addend != import->addend || new->import.weak != import->weak)
        return false;
    if (was.definition != NULL)
        return asks_itself(reader, import, new, true) &&
               (definition_is_weak(was.definition) || !definition_is_address(was.definition));
    if (was.symbol == NULL)
        return asks_itself(reader, import, new, false);
    return strcmp(new->import.symbol, was.symbol) == 0 &&
           merged_ordinal_is(reader->merge, &reader->lone.part, new->import.ordinal,
                             &reader->merge->parts[was.part], was.use);
}

static bool import_same_as(const struct merged_reader *reader, const struct part *part,
                           const struct import *old, const struct fixup *new) {
    if (old->ordinal > 0) {
        size_t use = (size_t)old->ordinal - 1;
        size_t target = merge_part_of(reader->merge, part->node->loads[use]);
        if (target != NO_PART)
            return inside_same(reader, target, old, new);
        if (new->kind == FIXUP_REBASE ||
            !merged_ordinal_is(reader->merge, &reader->lone.part, new->import.ordinal, part, use))
            return false;
    } else if (new->kind == FIXUP_REBASE || new->import.ordinal != old->ordinal) {
        return false;
    }
    return strcmp(new->import.symbol, old->symbol) == 0 &&
           new->import.addend == old->addend &&new->import.weak == old->weak;
}

/* Opcodes leave the topmost byte in the target. */
static uint8_t high_byte(const struct fixup *fixup) {
    return (uint8_t)(fixup->high_byte | fixup->target >> 56);
}

static bool fixup_same_as(const struct merged_reader *reader, const struct part *part,
                          const struct fixup *old, const struct fixup *new) {
    const uint64_t high = UINT64_C(0xff) << 56;
    if (old->kind != FIXUP_REBASE)
        return import_same_as(reader, part, &old->import, new);
    return new->kind == FIXUP_REBASE &&high_byte(new) == high_byte(old) &&
           (new->target & ~high) == merge_address(part, old->target & ~high);
}

/* Of a weak bind and what it binds over that which is wanted; NULL when there is none. */
static const struct fixup *same_layer(const struct merged_reader *reader, const struct fixup *old,
                                      const struct fixup *first) {
    if (!reader->merge->has_opcodes || first == NULL ||
        fixup_is_weak_bind(old) == fixup_is_weak_bind(first))
        return first;
    bool has_second = first + 1 < reader->fixups.items + reader->fixups.count &&
                      first[1].address == first->address && !fixup_is_weak_bind(old);
    return has_second ? first + 1 : NULL;
}

static void report_fixup(struct merged_reader *reader, const struct part *part,
                         const struct fixup *old, const struct fixup *new) {
    struct text was = {0}, is = {0};
    fixup_describe(old, &was);
    if (new != NULL)
        fixup_describe(new, &is);
    differ(reader, part, "the pointer at 0x%" PRIx64 " %s, %s", old->address,
           new == NULL ? "is not set" : is.data, was.data);
    text_free(&was);
    text_free(&is);
}

static void compare_pointers(struct merged_reader *reader, const struct part *part,
                             const struct part_fixups *fixups) {
    size_t next = 0;
    for (size_t i = 0; i < fixups->count; i++) {
        const struct fixup *old = &fixups->items[i];
        const struct fixup *new =
            same_layer(reader, old, next_fixup(reader, merge_address(part, old->address), &next));
        if (new == NULL || !fixup_same_as(reader, part, old, new))
            report_fixup(reader, part, old, new);
        reader->matched++;
    }
}

/* --- strong definitions that opcodes name --- */

static void add_strong_names(const struct part *part, struct name_set *names) {
    struct fixup_walk walk;
    struct fixup fixup;
    struct error ignored;
    if (!part_walk_opcodes(part, "weak bind opcodes", &walk))
        return;
    while (fixup_walk_next(&walk, &fixup, &ignored))
        if (fixup.kind == FIXUP_STRONG)
            name_set_add(names, name_hash((struct bytes){(const uint8_t *)fixup.import.symbol,
                                                         strlen(fixup.import.symbol)}));
}

static void compare_strong_names(struct merged_reader *reader) {
    struct name_set old = {0}, new = {0};
    for (size_t i = 0; reader->merge->has_opcodes && i < reader->merge->part_count; i++)
        add_strong_names(&reader->merge->parts[i], &old);
    add_strong_names(&reader->lone.part, &new);
    name_set_seal(&old);
    name_set_seal(&new);
    if (old.count != new.count ||
        (old.count != 0 && memcmp(old.items, new.items, old.count * sizeof *old.items) != 0))
        differ(reader, NULL, "weak bind opcodes name other strong definitions than its parts do");
    name_set_free(&old);
    name_set_free(&new);
}

/* --- thread-local variables --- */

static const struct part_section *template_start(const struct part *part) {
    for (size_t i = 0; i < part->section_count; i++)
        if (section_type_of(&part->sections[i]) == S_THREAD_LOCAL_REGULAR ||
            section_type_of(&part->sections[i]) == S_THREAD_LOCAL_ZEROFILL)
            return &part->sections[i];
    return NULL;
}

/* The section of initial contents that holds an offset into an image's template. */
static const struct part_section *content_of(const struct part *part, uint64_t offset,
                                             uint64_t *address) {
    const struct part_section *start = template_start(part);
    if (start == NULL)
        return NULL;
    *address = start->address + offset;
    for (size_t i = 0; i < part->section_count; i++) {
        const struct part_section *section = &part->sections[i];
        uint8_t type = section_type_of(section);
        if ((type == S_THREAD_LOCAL_REGULAR || type == S_THREAD_LOCAL_ZEROFILL) &&
            *address - section->address < section->size)
            return section;
    }
    return NULL;
}

/* From a variable to the end of its section, the initial contents are the old ones: bytes, or the
 * same fixups. */
static bool contents_same(struct merged_reader *reader, const struct part *part,
                          uint64_t old_offset, uint64_t new_offset) {
    uint64_t old_at = 0, new_at = 0;
    const struct part_section *old = content_of(part, old_offset, &old_at);
    const struct part_section *new = content_of(&reader->lone.part, new_offset, &new_at);
    if (old == NULL || new == NULL || section_type_of(old) != section_type_of(new))
        return false;
    uint64_t size = old->address + old->size - old_at;
    if (new_at + size > new->address + new->size)
        return false;
    if (section_type_of(old) == S_THREAD_LOCAL_ZEROFILL)
        return true;
    const uint8_t *was = part_section_bytes(part, old).data + (old_at - old->address);
    const uint8_t *is = part_section_bytes(&reader->lone.part, new).data + (new_at - new->address);
    for (uint64_t i = 0; i < size; i += 8) {
        const struct fixup *moved = fixup_at(reader, merge_address(part, old_at + i));
        const struct fixup *copy = fixup_at(reader, new_at + i);
        size_t left = size - i < 8 ? (size_t)(size - i) : 8;
        if ((moved == NULL) != (copy == NULL))
            return false;
        if (moved == NULL ? memcmp(was + i, is + i, left) != 0
                          : moved->kind != copy->kind || moved->target != copy->target)
            return false;
    }
    return true;
}

static void compare_variables(struct merged_reader *reader, const struct part *part,
                              const struct part_section *section) {
    struct bytes old = part_section_bytes(part, section);
    for (uint64_t at = 0; range_within(at, DESCRIPTOR_SIZE, old.size); at += DESCRIPTOR_SIZE) {
        const uint8_t *new =
            bytes_at(reader, merge_address(part, section->address + at), DESCRIPTOR_SIZE);
        struct bytes is = {new, DESCRIPTOR_SIZE};
        uint64_t was = bytes_u64(old, (size_t)at + DESCRIPTOR_OFFSET);
        if (new == NULL || !contents_same(reader, part, was, bytes_u64(is, DESCRIPTOR_OFFSET)))
            differ(reader, part,
                   "the thread-local variable at 0x%" PRIx64 " has other initial contents",
                   section->address + at);
    }
}

/* --- initialisers and terminators --- */

static void add_offsets(const struct part *part, uint8_t type, uint64_t shift,
                        struct buffer *list) {
    for (size_t i = 0; i < part->section_count; i++) {
        struct bytes bytes = part_section_bytes(part, &part->sections[i]);
        if (section_type_of(&part->sections[i]) == type)
            for (size_t at = 0; at + 4 <= bytes.size; at += 4)
                buffer_little(list, 8, image_base(part->image) + bytes_u32(bytes, at) + shift);
    }
}

static void add_pointers(const struct part *part, uint8_t type, const struct part_fixups *fixups,
                         struct buffer *list) {
    for (size_t i = 0; i < part->section_count; i++) {
        const struct part_section *section = &part->sections[i];
        if (section_type_of(section) != type)
            continue;
        for (size_t j = 0; j < fixups->count; j++)
            if (fixups->items[j].address - section->address < section->size)
                buffer_little(list, 8, merge_address(part, fixups->items[j].target));
    }
}

/* `what`: of which kind they are. Each is 8 bytes of the lists. */
static void compare_functions(struct merged_reader *reader, const char *what,
                              const struct buffer *list, const struct buffer *expected) {
    size_t shorter = list->size < expected->size ? list->size : expected->size;
    for (size_t at = 0; at + 8 <= shorter; at += 8) {
        uint64_t is = bytes_u64(buffer_bytes(list), at),
                 was = bytes_u64(buffer_bytes(expected), at);
        if (is != was)
            differ(reader, NULL, "%s %zu is 0x%" PRIx64 ", should be 0x%" PRIx64, what, at / 8, is,
                   was);
    }
    if (list->size != expected->size)
        differ(reader, NULL, "%zu %ss, should be %zu", list->size / 8, what, expected->size / 8);
}

/* What runs at the beginning and at the end, in its order. */
struct run_lists {
    struct buffer initialisers;
    struct buffer terminators;
};

static void compare_lists(struct merged_reader *reader, const struct run_lists *expected) {
    struct run_lists lists = {0};
    add_pointers(&reader->lone.part, S_MOD_INIT_FUNC_POINTERS, &reader->fixups,
                 &lists.initialisers);
    add_offsets(&reader->lone.part, S_INIT_FUNC_OFFSETS, 0, &lists.initialisers);
    add_pointers(&reader->lone.part, S_MOD_TERM_FUNC_POINTERS, &reader->fixups, &lists.terminators);
    compare_functions(reader, "initialiser", &lists.initialisers, &expected->initialisers);
    compare_functions(reader, "terminator", &lists.terminators, &expected->terminators);
    buffer_free(&lists.initialisers);
    buffer_free(&lists.terminators);
}

/* --- all of it --- */

static bool read_pointers(const struct merge *merge, const struct part *part,
                          struct part_fixups *fixups, struct error *error) {
    return merge->has_opcodes ? part_read_layers(part, fixups, error)
                              : part_read_fixups(part, fixups, error);
}

static bool open_merged(struct merged_reader *reader, const char *path, struct error *error) {
    size_t loaded = 0;
    if (!lone_image_open(&reader->arena, path, &reader->lone, error) ||
        !read_pointers(reader->merge, &reader->lone.part, &reader->fixups, error) ||
        !definitions_add(&reader->arena, &reader->lone.part, 0, &reader->definitions, error))
        return false;
    definitions_sort(&reader->definitions, &loaded);
    return true;
}

static void compare_part(struct merged_reader *reader, const struct part *part,
                         struct run_lists *lists) {
    struct part_fixups fixups;
    struct error error;
    if (!read_pointers(reader->merge, part, &fixups, &error)) {
        errors_add(reader->differences.errors, &error);
        return;
    }
    compare_bytes(reader, part, &fixups);
    compare_pointers(reader, part, &fixups);
    for (size_t i = 0; i < part->section_count; i++)
        if (section_type_of(&part->sections[i]) == S_THREAD_LOCAL_VARIABLES)
            compare_variables(reader, part, &part->sections[i]);
    add_pointers(part, S_MOD_INIT_FUNC_POINTERS, &fixups, &lists->initialisers);
    add_offsets(part, S_INIT_FUNC_OFFSETS, part->shift, &lists->initialisers);
    add_pointers(part, S_MOD_TERM_FUNC_POINTERS, &fixups, &lists->terminators);
    free(fixups.items);
}

static size_t template_fixups(const struct merged_reader *reader) {
    size_t count = 0;
    for (size_t i = 0; i < reader->fixups.count; i++) {
        const struct part_section *section =
            part_section_at(&reader->lone.part, reader->fixups.items[i].address);
        count += section != NULL && section_type_of(section) == S_THREAD_LOCAL_REGULAR;
    }
    return count;
}

static void compare_all(struct merged_reader *reader) {
    struct run_lists lists = {0};
    for (size_t i = 0; i < reader->merge->part_count; i++) {
        compare_part(reader, &reader->merge->parts[i], &lists);
        part_rest(&reader->merge->parts[i]);
        part_rest(&reader->lone.part);
    }
    if (reader->matched + template_fixups(reader) != reader->fixups.count)
        differ(reader, NULL, "%zu fixups, of which %zu are parts'", reader->fixups.count,
               reader->matched);
    if (reader->merge->has_identity && !part_has_identity(&reader->lone.part))
        differ(reader, NULL, "is signed by no identity; a part was");
    compare_lists(reader, &lists);
    if (part_has_opcodes(&reader->lone.part) != reader->merge->has_opcodes)
        differ(reader, NULL, "has opcodes, or has none, other than its parts");
    compare_strong_names(reader);
    compare_merged_exports(reader->merge, &reader->lone.part, &reader->definitions,
                           &reader->differences);
    compare_merged_dylibs(reader->merge, &reader->lone.part, &reader->differences);
    compare_merged_symbols(reader->merge, &reader->lone.part, &reader->differences);
    compare_unwind(reader->merge, &reader->lone.part, &reader->fixups, &reader->differences);
    buffer_free(&lists.initialisers);
    buffer_free(&lists.terminators);
}

bool compare_merge(const struct merge *merge, const char *path, struct errors *errors) {
    struct merged_reader reader = {.merge = merge};
    struct error error = {0};
    size_t before = errors->count;
    reader.differences = (struct differences){.errors = errors, .field = "merged image"};
    if (open_merged(&reader, path, &error))
        compare_all(&reader);
    else
        errors_add(errors, &error);
    differences_end(&reader.differences);
    if (errors->count == before)
        validate_file(&reader.lone.file, errors);
    free(reader.fixups.items);
    lone_image_close(&reader.lone);
    arena_free(&reader.arena);
    return errors->count == before;
}
