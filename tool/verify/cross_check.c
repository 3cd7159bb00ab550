#include "verify/cross_check.h"

#include "base/json.h"
#include "base/mapping.h"
#include "base/subprocess.h"
#include "macho/format.h"
#include "macho/symtab.h"
#include "verify/compare_summaries.h"
#include "verify/slice_summary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *cross_check_program(struct arena *arena, struct text *why) {
    const char *variable = "VAFIT_LIEF", *chosen = getenv(variable);
    const char *program = subprocess_find(arena, "vafit-lief", variable);
    if (program != NULL)
        return program;
    text_add(why, "LIEF: not built in");
    if (chosen != NULL && *chosen != '\0')
        text_addf(why, " (%s is %s)", variable, chosen);
    return NULL;
}

/* --- what vafit sees --- */

static void see_header(struct slice_summary *summary, struct bytes head) {
    const struct summary_header seen = {
        .cpu_type = bytes_u32(head, 4),
        .cpu_subtype = bytes_u32(head, 8),
        .file_type = bytes_u32(head, 12),
        .ncmds = bytes_u32(head, 16),
        .sizeofcmds = bytes_u32(head, 20),
        .flags = bytes_u32(head, 24),
    };
    summary_begin(summary, &seen);
}

enum { NAME_SIZE = 17 };

static const char *name_at(struct bytes bytes, size_t offset, char name[NAME_SIZE]) {
    memcpy(name, bytes.data + offset, NAME_SIZE - 1);
    name[NAME_SIZE - 1] = '\0';
    return name;
}

static void see_section(struct slice_summary *summary, struct bytes bytes, size_t at) {
    char name[NAME_SIZE];
    const struct summary_section seen = {
        .name = name_at(bytes, at, name),
        .addr = bytes_u64(bytes, at + 32),
        .size = bytes_u64(bytes, at + 40),
        .offset = bytes_u32(bytes, at + 48),
        .align = bytes_u32(bytes, at + 52),
        .type = bytes_u8(bytes, at + 64),
        .reserved = {bytes_u32(bytes, at + 68), bytes_u32(bytes, at + 72),
                     bytes_u32(bytes, at + 76)},
    };
    summary_section(summary, &seen);
}

/* The image was read, so that nsects fits the command. */
static void see_segment(struct slice_summary *summary, struct bytes bytes) {
    char name[NAME_SIZE];
    const struct summary_segment seen = {
        .name = name_at(bytes, 8, name),
        .vmaddr = bytes_u64(bytes, 24),
        .vmsize = bytes_u64(bytes, 32),
        .fileoff = bytes_u64(bytes, 40),
        .filesize = bytes_u64(bytes, 48),
        .maxprot = bytes_u32(bytes, 56),
        .initprot = bytes_u32(bytes, 60),
        .nsects = bytes_u32(bytes, 64),
        .flags = bytes_u32(bytes, 68),
    };
    summary_segment(summary, &seen);
    for (uint32_t i = 0; i < seen.nsects; i++)
        see_section(summary, bytes, SEGMENT_COMMAND_SIZE + (size_t)i * SECTION_SIZE);
}

static void see_commands(struct slice_summary *summary, struct bytes head) {
    struct load_command_walk walk = image_commands(head);
    struct load_command command;
    struct error ignored;
    while (load_command_next(&walk, &command, &ignored)) {
        uint64_t offset = (uint64_t)(command.bytes.data - head.data);
        summary_command(summary, command.number, (uint32_t)command.bytes.size, offset,
                        command.bytes);
        if (command.number == LC_SEGMENT_64)
            see_segment(summary, command.bytes);
    }
}

/* "" for index 0, as nlist(3) has it, for a name past the pool's end or without an end of its own.
 */
static const char *symbol_name(struct bytes pool, uint32_t index) {
    if (index == 0 || index >= pool.size ||
        memchr(pool.data + index, '\0', pool.size - index) == NULL)
        return "";
    return (const char *)pool.data + index;
}

static void see_symbols(struct slice_summary *summary, struct bytes table, struct bytes pool) {
    for (size_t i = 0; i < table.size / NLIST_SIZE; i++) {
        const struct nlist entry = nlist_at(table, i);
        const struct summary_symbol seen = {symbol_name(pool, entry.string_index), entry.type,
                                            entry.section, entry.description, entry.value};
        summary_symbol(summary, &seen);
    }
}

/* NULL after an error. */
static json_t *see(const struct image_file *file, const struct image_slice *slice,
                   struct error *error) {
    const struct symtab_place *place = &slice->image->symtab;
    struct mapping head = {0}, table = {0}, pool = {0};
    struct slice_summary summary = {0};
    bool mapped = image_file_map_head(file, slice, &head, error) &&
                  mapping_make(&file->file, slice->offset + place->symbols_offset,
                               place->symbol_count * NLIST_SIZE, &table, error) &&
                  mapping_make(&file->file, slice->offset + place->strings_offset,
                               place->strings_size, &pool, error);
    if (mapped) {
        see_header(&summary, head.bytes);
        see_commands(&summary, head.bytes);
        see_symbols(&summary, table.bytes, pool.bytes);
        summary_end(&summary);
    }
    mapping_free(&head);
    mapping_free(&table);
    mapping_free(&pool);
    return summary.slice;
}

/* --- what LIEF sees --- */

static uint64_t linkedit_of_all(const struct image_file *file) {
    uint64_t sum = 0;
    for (size_t i = 0; i < file->slice_count; i++) {
        const struct segments *segments = &file->slices[i].image->segments;
        const struct segment *linkedit = segments_find(segments, "__LINKEDIT");
        sum += linkedit == NULL ? 0 : linkedit->file_size;
    }
    return sum;
}

static bool uses_dyld_info(const struct image_file *file) {
    for (size_t i = 0; i < file->slice_count; i++) {
        const struct linkedit_part *exports =
            linkedit_find(&file->slices[i].image->parts, LINKEDIT_EXPORTS);
        if (exports != NULL && exports->command_number != LC_DYLD_EXPORTS_TRIE)
            return true;
    }
    return false;
}

/* LIEF 0.9.0 ends at a universal header with 64-bit offsets. */
static bool is_wide(const struct image_file *file) {
    uint8_t magic[4];
    struct error ignored;
    return file_read(&file->file, 0, magic, sizeof magic, &ignored) &&
           bytes_u32_big((struct bytes){magic, sizeof magic}, 0) == FAT_MAGIC_64;
}

/* False with *why filled. */
static bool may_ask(const struct image_file *file, struct text *why) {
    bool dyld_info = uses_dyld_info(file);
    uint64_t linkedit = linkedit_of_all(file);
    uint64_t most = dyld_info ? CROSS_CHECK_MOST_DYLD_INFO : CROSS_CHECK_MOST_LINKEDIT;
    const char *ceiling = "LIEF: not asked, %s has %s, more than %s%s";
    if (linkedit > most)
        text_addf(why, ceiling, "__LINKEDIT", size_text(linkedit).text, size_text(most).text,
                  dyld_info ? " with LC_DYLD_INFO" : "");
    else if (file->file.size > CROSS_CHECK_MOST_FILE)
        text_addf(why, ceiling, "the file", size_text(file->file.size).text,
                  size_text(CROSS_CHECK_MOST_FILE).text, "");
    else if (is_wide(file))
        text_add(why, "LIEF: not asked, the universal header has 64-bit offsets");
    else
        return true;
    return false;
}

/* The slices that LIEF sees: the whole answer in *answer, which the caller releases, and a list in
 * it. NULL with *error saying how the program ended. */
static json_t *ask(const char *program, const struct image_file *file, json_t **answer,
                   struct error *error) {
    static const struct subprocess_limits limits = {CROSS_CHECK_SECONDS, CROSS_CHECK_MEMORY,
                                                    64 * MIB};
    struct text output = {0};
    json_t *slices = NULL;
    *answer = NULL;
    if (subprocess_output(program, file->path, &limits, &output, error)) {
        *answer = json_loadb(output.data == NULL ? "" : output.data, output.size, 0, NULL);
        const char *schema = json_string_value(json_object_get(*answer, "schema"));
        if (schema != NULL && strcmp(schema, SUMMARY_SCHEMA) == 0)
            slices = json_object_get(*answer, "slices");
        if (slices == NULL)
            error_io(error, "", "printed what is not %s", SUMMARY_SCHEMA);
    }
    text_free(&output);
    return slices;
}

static bool gives_answer(const char *program, const struct image_file *file) {
    struct text ignored_why = {0};
    struct error ignored;
    json_t *answer = NULL;
    bool given = may_ask(file, &ignored_why) && ask(program, file, &answer, &ignored) != NULL;
    json_decref(answer);
    text_free(&ignored_why);
    return given;
}

/* --- the two --- */

/* LIEF's summary of the slice of that architecture; NULL when it saw none. */
static const json_t *slice_like(const json_t *slices, const json_t *ours) {
    static const char *const members[] = {"cpu_type", "cpu_subtype"};
    const json_t *wanted = json_object_get(ours, "header");
    for (size_t i = 0; i < json_array_size(slices); i++) {
        const json_t *slice = json_array_get(slices, i), *header = json_object_get(slice, "header");
        size_t same = 0;
        for (size_t j = 0; j < 2; j++)
            same += (size_t)json_equal(json_object_get(wanted, members[j]),
                                       json_object_get(header, members[j]));
        if (same == 2)
            return slice;
    }
    return NULL;
}

static void compare_slice(const struct image_file *file, const struct image_slice *slice,
                          const json_t *slices, struct errors *errors) {
    struct error error;
    char where[80] = "LIEF: ";
    json_t *ours = see(file, slice, &error);
    if (!file->thin)
        snprintf(where, sizeof where, "LIEF: %s slice: ", slice->architecture->name);
    if (ours == NULL) {
        errors_add(errors, &error);
        return;
    }
    const json_t *theirs = slice_like(slices, ours);
    if (theirs == NULL) {
        error_malformed(&error, "LIEF", "it sees no slice for %s", slice->architecture->name);
        errors_add(errors, &error);
    } else {
        compare_summaries(ours, theirs, where, errors);
    }
    json_decref(ours);
}

static enum cross_check_result no_answer(const char *program, const struct image_file *original,
                                         const struct error *reason, struct text *why,
                                         struct errors *errors) {
    struct error error;
    /* Of time or memory that ran out, or a crash, no file is to blame for sure. */
    if (reason->kind != ERROR_MALFORMED || original == NULL || !gives_answer(program, original)) {
        text_addf(why, "LIEF: no answer, it %s", reason->what);
        return CROSS_CHECK_NONE;
    }
    error_malformed(&error, "LIEF", "it %s, and reads the original", reason->what);
    errors_add(errors, &error);
    return CROSS_CHECK_DIFFERS;
}

enum cross_check_result cross_check(const char *program, const struct image_file *file,
                                    const struct image_file *original, struct text *why,
                                    struct errors *errors) {
    size_t before = errors->count;
    enum cross_check_result result;
    struct error error;
    json_t *answer;
    if (!may_ask(file, why))
        return CROSS_CHECK_NONE;
    const json_t *slices = ask(program, file, &answer, &error);
    for (size_t i = 0; slices != NULL && i < file->slice_count; i++)
        compare_slice(file, &file->slices[i], slices, errors);
    if (slices == NULL)
        result = no_answer(program, original, &error, why, errors);
    else
        result = errors->count == before ? CROSS_CHECK_SAME : CROSS_CHECK_DIFFERS;
    json_decref(answer);
    for (size_t i = before; i < errors->count; i++)
        error_in_file(&errors->items[i], file->path);
    return result;
}
