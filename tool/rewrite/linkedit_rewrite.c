#include "rewrite/linkedit_rewrite.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "macho/fixup_walk.h"
#include "macho/unclaimed.h"
#include "macho/write/code_signature.h"
#include "macho/write/exports_trie.h"
#include "macho/write/symbol_table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    PART_ALIGNMENT = 8,
    SIGNATURE_ALIGNMENT = 16,
    /* Byte offsets in LC_SEGMENT_64. */
    AT_VM_SIZE = 32,
    AT_FILE_SIZE = 48,
};

/* Where a part of the old __LINKEDIT goes. */
struct move {
    const struct linkedit_part *part;
    uint64_t offset;          /* in the slice, bytes */
    uint64_t size;            /* bytes */
    struct rebuilt_trie trie; /* of an exports trie that gets smaller; else without bytes */
};

struct linkedit_writer {
    const struct old_slice *old;
    const struct losses *losses;
    struct new_linkedit *made;
    struct error *error;
    struct new_symbol_table symbols;
    bool has_symbols;
    struct move *moves; /* one a part of the image, in its order: by offset */
    uint64_t end;       /* of the last part that is placed, in the slice */
};

/* --- what cannot be rewritten --- */

/* Where no symbol goes, none gets another index. */
static bool dysymtab_rewritable(struct linkedit_writer *writer,
                                const struct load_command *command) {
    static const char *const renumbered[] = {"table of contents", "external references"};
    struct linkedit_part parts[LINKEDIT_MOST_OF_COMMAND];
    size_t count = linkedit_command_parts(command, parts);
    for (size_t i = 0; i < count; i++)
        if (parts[i].size != 0 && strcmp(parts[i].name, "module table") == 0)
            return load_command_error(writer->error, command, parts[i].field,
                                      "the module table names strings by their place, which vafit "
                                      "does not rewrite");
    if (writer->losses->level->drops_upto == SYMBOL_NONE)
        return true;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < sizeof renumbered / sizeof renumbered[0]; j++)
            if (parts[i].size != 0 && strcmp(parts[i].name, renumbered[j]) == 0)
                return load_command_error(writer->error, command, parts[i].field,
                                          "the %s names symbols by their index, which vafit does "
                                          "not renumber; --level lossless drops no symbol",
                                          parts[i].name);
    return true;
}

static bool command_rewritable(struct linkedit_writer *writer, const struct load_command *command) {
    if (!load_command_places_known(command))
        return load_command_error(writer->error, command, "cmd",
                                  "unknown to vafit, which could lose what it points to");
    switch (command->number) {
    case LC_DYSYMTAB:
        return dysymtab_rewritable(writer, command);
    case LC_ENCRYPTION_INFO:
    case LC_ENCRYPTION_INFO_64:
        return bytes_u32(command->bytes, 16) == 0 ||
               load_command_error(writer->error, command, "cryptid", "the image is encrypted");
    case LC_NOTE:
        return bytes_u64(command->bytes, 24) < writer->old->linkedit_offset ||
               load_command_error(writer->error, command, "offset",
                                  "the note lies in __LINKEDIT, which vafit rewrites");
    default:
        return true;
    }
}

/* A section would have to move with the bytes that it names. */
static bool linkedit_rewritable(struct linkedit_writer *writer) {
    const struct segment *linkedit = segments_find(&writer->old->image->segments, "__LINKEDIT");
    return linkedit->section_count == 0 ||
           error_malformed(writer->error, "__LINKEDIT", "has sections, which vafit does not move");
}

static bool rewritable(struct linkedit_writer *writer) {
    struct load_command_walk walk = image_commands(writer->old->head);
    struct load_command command;
    while (load_command_next(&walk, &command, writer->error))
        if (!command_rewritable(writer, &command))
            return false;
    return writer->error->kind == ERROR_NONE && linkedit_rewritable(writer);
}

/* --- symbols --- */

static struct bytes part_bytes(const struct linkedit_writer *writer,
                               const struct linkedit_part *part) {
    struct bytes bytes = {NULL, 0};
    bytes_part(writer->old->linkedit, part->file_offset - writer->old->linkedit_offset, part->size,
               &bytes);
    return bytes;
}

static bool is_indirect(const struct linkedit_part *part) {
    return strcmp(part->name, "indirect symbol table") == 0;
}

static bool is_relocated(const struct linkedit_part *part) {
    return strcmp(part->name, "external relocations") == 0;
}

static struct symbol_tables find_tables(const struct linkedit_writer *writer) {
    const struct linkedit_parts *parts = &writer->old->image->parts;
    struct symbol_tables tables = {.users = {.head = writer->old->head}};
    for (size_t i = 0; i < parts->count; i++) {
        const struct linkedit_part *part = &parts->items[i];
        if (part->use == LINKEDIT_SYMBOLS)
            tables.users.table = part_bytes(writer, part);
        else if (part->use == LINKEDIT_STRINGS)
            tables.pool = part_bytes(writer, part);
        else if (is_indirect(part))
            tables.users.indirect = part_bytes(writer, part);
        else if (is_relocated(part))
            tables.users.relocations = part_bytes(writer, part);
    }
    return tables;
}

static bool plan_symbols(struct linkedit_writer *writer, struct error *error) {
    if (writer->losses->level->only_aligns)
        return true;
    struct symbol_tables tables = find_tables(writer);
    writer->has_symbols =
        symbol_table_plan(&tables, writer->losses->level->drops_upto, &writer->symbols, error);
    return writer->has_symbols;
}

/* --- exports --- */

/* Builds a trie of the exports that stay. */
static bool rebuild_trie(const struct linkedit_writer *writer, struct move *move,
                         struct error *error) {
    struct bytes old = part_bytes(writer, move->part);
    if (!writer->losses->level->drops_exports)
        return exports_trie_write(old, NULL, NULL, &move->trie, error);
    struct world_filter filter = {.world = writer->losses->world};
    bool rebuilt = exports_trie_write(old, world_filter_keeps, &filter, &move->trie, error);
    world_filter_free(&filter);
    return rebuilt;
}

/* A trie that does not get smaller stays as it is. */
static bool plan_trie(const struct linkedit_writer *writer, struct move *move,
                      struct error *error) {
    if (!rebuild_trie(writer, move, error))
        return false;
    if (move->trie.bytes != NULL && round_up(move->trie.size, PART_ALIGNMENT) < move->part->size)
        return true;
    free(move->trie.bytes);
    move->trie = (struct rebuilt_trie){0};
    return true;
}

static bool plan_exports(struct linkedit_writer *writer, struct error *error) {
    if (writer->losses->level->only_aligns)
        return true;
    for (size_t i = 0; i < writer->old->image->parts.count; i++)
        if (writer->moves[i].part->use == LINKEDIT_EXPORTS &&
            !plan_trie(writer, &writer->moves[i], error))
            return false;
    return true;
}

/* --- what no table reaches --- */

static bool plan_unclaimed(struct linkedit_writer *writer, struct error *error) {
    struct unclaimed_list list = {0};
    unclaimed_find(writer->old->image, writer->old->linkedit, &list);
    bool drop = writer->losses->unclaimed, allowed = true;
    writer->made->unclaimed = drop ? list.size : 0;
    for (size_t i = 0; i < list.count && allowed && !drop; i++)
        allowed = list.items[i].carried || unclaimed_error(error, &list.items[i]);
    unclaimed_list_free(&list);
    return allowed;
}

/* --- all of it --- */

static bool (*const planners[])(struct linkedit_writer *writer,
                                struct error *error) = {plan_symbols, plan_exports, plan_unclaimed};

enum { PLANNERS = sizeof planners / sizeof planners[0] };

/* They have nothing to do with each other: a thread each. */
struct contents {
    struct linkedit_writer *writer;
    bool planned[PLANNERS];
    struct error errors[PLANNERS];
};

static void plan_one(void *context, size_t i) {
    struct contents *contents = context;
    contents->planned[i] = planners[i](contents->writer, &contents->errors[i]);
}

static bool plan_contents(struct linkedit_writer *writer) {
    struct contents contents = {.writer = writer};
    parallel_for(PLANNERS, plan_one, &contents);
    for (size_t i = 0; i < PLANNERS; i++)
        if (!contents.planned[i]) {
            *writer->error = contents.errors[i];
            return false;
        }
    return true;
}

/* --- places --- */

static uint64_t new_size(const struct linkedit_writer *writer, const struct move *move) {
    const struct linkedit_part *part = move->part;
    if (writer->losses->level->only_aligns)
        return part->size;
    switch (part->use) {
    case LINKEDIT_EXPORTS:
        return move->trie.bytes == NULL ? part->size : round_up(move->trie.size, PART_ALIGNMENT);
    case LINKEDIT_SYMBOLS:
        return writer->symbols.count * NLIST_SIZE;
    case LINKEDIT_STRINGS:
        return writer->symbols.count == 0 ? 0 : round_up(writer->symbols.pool.size, PART_ALIGNMENT);
    default:
        return part->size;
    }
}

/* What stands after the signature is carried along after the new one. */
static struct bytes slack_of(const struct linkedit_writer *writer, const struct move *move) {
    return writer->losses->unclaimed ? (struct bytes){NULL, 0}
                                     : code_signature_slack(part_bytes(writer, move->part));
}

/* Of the signature alone, to where the slack begins. */
static uint64_t signature_size(const struct linkedit_writer *writer) {
    const struct new_linkedit *made = writer->made;
    return round_up(code_signature_new_size(&made->old_signature, made->code_limit),
                    SIGNATURE_ALIGNMENT);
}

static uint64_t new_signature_place(const struct linkedit_writer *writer,
                                    const struct linkedit_part *part) {
    bool stays = writer->losses->level->only_aligns && part->file_offset > writer->end;
    return round_up(stays ? part->file_offset : writer->end, SIGNATURE_ALIGNMENT);
}

static bool place_signature(struct linkedit_writer *writer, struct move *move) {
    struct new_linkedit *made = writer->made;
    struct bytes bytes = part_bytes(writer, move->part);
    if (!code_signature_parse(bytes, &made->old_signature, writer->error))
        return false;
    made->is_signed = true;
    made->code_limit = new_signature_place(writer, move->part);
    move->offset = made->code_limit;
    move->size =
        signature_size(writer) + round_up(slack_of(writer, move).size, SIGNATURE_ALIGNMENT);
    writer->end = move->offset + move->size;
    return true;
}

/* Where a part begins: where it was, if that will do and only alignment is wanted. */
static uint64_t new_place(const struct linkedit_writer *writer, const struct linkedit_part *part) {
    if (!writer->losses->level->only_aligns)
        return round_up(writer->end, PART_ALIGNMENT);
    return round_up(part->file_offset > writer->end ? part->file_offset : writer->end,
                    part->alignment);
}

/* Whether everything is aligned: the signature stays too then. */
static bool all_stay(struct linkedit_writer *writer) {
    if (!writer->losses->level->only_aligns)
        return false;
    for (size_t i = 0; i < writer->old->image->parts.count; i++) {
        struct move *move = &writer->moves[i];
        if (!linkedit_part_aligned(move->part) ||
            (move->part->use != LINKEDIT_SIGNATURE && move->offset != move->part->file_offset))
            return false;
    }
    for (size_t i = 0; i < writer->old->image->parts.count; i++) {
        writer->moves[i].offset = writer->moves[i].part->file_offset;
        writer->moves[i].size = writer->moves[i].part->size;
    }
    return true;
}

/* Places every part after the one before it; the signature last, wherever it was. */
static bool place_parts(struct linkedit_writer *writer) {
    const struct linkedit_parts *parts = &writer->old->image->parts;
    struct move *signature = NULL;
    writer->end = writer->old->linkedit_offset;
    for (size_t i = 0; i < parts->count; i++) {
        struct move *move = &writer->moves[i];
        if (move->part->use == LINKEDIT_SIGNATURE) {
            signature = move;
            continue;
        }
        move->offset = new_place(writer, move->part);
        move->size = new_size(writer, move);
        writer->end = move->offset + move->size;
    }
    if (all_stay(writer)) {
        writer->end = writer->old->linkedit_offset + writer->old->linkedit.size;
        return true;
    }
    if (signature != NULL)
        return place_signature(writer, signature);
    writer->end = round_up(writer->end, PART_ALIGNMENT);
    return true;
}

/* --- fixups --- */

/* They stay as they are; only the bytes of __LINKEDIT are at hand to tell whether they are good. */
static bool fixups_valid(const struct linkedit_writer *writer) {
    const struct image *image = writer->old->image;
    for (size_t i = 0; i < image->parts.count; i++) {
        const struct linkedit_part *part = &image->parts.items[i];
        if (fixup_walk_reads(part->name) &&
            !fixup_part_valid(part->name, part_bytes(writer, part), image, writer->error))
            return false;
    }
    return true;
}

/* --- contents --- */

static void write_signature(struct linkedit_writer *writer, const struct move *move,
                            uint8_t *target) {
    struct new_linkedit *made = writer->made;
    struct bytes slack = slack_of(writer, move);
    code_signature_write(&made->old_signature, made->code_limit, target, &made->hashes);
    if (slack.size != 0)
        memcpy(target + signature_size(writer), slack.data, slack.size);
}

static void write_part(struct linkedit_writer *writer, const struct move *move, uint8_t *target) {
    bool is_made = move->part->use == LINKEDIT_SIGNATURE && writer->made->is_signed;
    if (writer->losses->level->only_aligns && !is_made) {
        memcpy(target, part_bytes(writer, move->part).data, move->size);
        return;
    }
    switch (move->part->use) {
    case LINKEDIT_SYMBOLS:
        symbol_table_write(&writer->symbols, target);
        break;
    case LINKEDIT_STRINGS:
        if (move->size != 0)
            string_pool_write(writer->symbols.old.pool, &writer->symbols.pool, target);
        break;
    case LINKEDIT_SIGNATURE:
        write_signature(writer, move, target);
        break;
    default:
        if (is_indirect(move->part))
            symbol_table_write_indirect(&writer->symbols, target);
        else if (is_relocated(move->part))
            symbol_table_write_relocations(&writer->symbols, target);
        else if (move->trie.bytes != NULL)
            memcpy(target, move->trie.bytes, move->trie.size);
        else
            memcpy(target, part_bytes(writer, move->part).data, move->size);
    }
}

static void write_one(void *context, size_t i) {
    struct linkedit_writer *writer = context;
    const struct move *move = &writer->moves[i];
    write_part(writer, move,
               writer->made->linkedit + (move->offset - writer->old->linkedit_offset));
}

/* Parts do not touch each other. */
static void write_linkedit(struct linkedit_writer *writer) {
    writer->made->linkedit = memory_zeros(writer->made->linkedit_size, 1);
    parallel_for(writer->old->image->parts.count, write_one, writer);
}

/* --- load commands --- */

static const struct move *move_of(const struct linkedit_writer *writer,
                                  const struct linkedit_part *part) {
    for (size_t i = 0; i < writer->old->image->parts.count; i++)
        if (writer->moves[i].part->command == part->command &&
            writer->moves[i].part->name == part->name)
            return &writer->moves[i];
    return NULL;
}

/* Where an empty part goes: after the parts before it, so that it stays inside. An offset of 0
 * stays. */
static uint64_t empty_place(const struct linkedit_writer *writer, uint64_t offset) {
    uint64_t place = writer->old->linkedit_offset;
    if (offset == 0)
        return 0;
    for (size_t i = 0; i < writer->old->image->parts.count; i++)
        if (writer->moves[i].part->file_offset < offset)
            place = round_up(writer->moves[i].offset + writer->moves[i].size, PART_ALIGNMENT);
    return place;
}

static void store_parts(const struct linkedit_writer *writer, const struct load_command *command,
                        uint8_t *target) {
    struct linkedit_part parts[LINKEDIT_MOST_OF_COMMAND];
    size_t count = linkedit_command_parts(command, parts);
    for (size_t i = 0; i < count; i++) {
        const struct move *move = move_of(writer, &parts[i]);
        if (move != NULL)
            linkedit_part_store(&parts[i], move->offset, move->size, target);
        else
            linkedit_part_store(&parts[i], empty_place(writer, parts[i].file_offset), 0, target);
    }
}

static void store_groups(const struct linkedit_writer *writer, uint8_t *target) {
    target += DYSYMTAB_FIRST_GROUP;
    for (size_t i = 0; i < DYSYMTAB_GROUPS; i++) {
        bytes_store_little(target + 8 * i, 4, writer->symbols.groups[i].start);
        bytes_store_little(target + 8 * i + 4, 4, writer->symbols.groups[i].count);
    }
}

/* Apple's linkers round the vmsize to a page, others do not: whichever it was stays. */
static void store_segment(const struct linkedit_writer *writer, const struct load_command *command,
                          uint8_t *target) {
    uint32_t page = writer->old->image->architecture->page_size;
    bool rounded = bytes_u64(command->bytes, AT_VM_SIZE) % page == 0;
    uint64_t size = writer->made->linkedit_size;
    bytes_store_little(target + AT_FILE_SIZE, 8, size);
    bytes_store_little(target + AT_VM_SIZE, 8, rounded ? round_up(size, page) : size);
}

static void write_head(struct linkedit_writer *writer) {
    struct bytes head = writer->old->head;
    struct load_command_walk walk = image_commands(head);
    struct load_command command;
    writer->made->head = malloc(head.size);
    if (writer->made->head == NULL)
        out_of_memory();
    memcpy(writer->made->head, head.data, head.size);
    while (load_command_next(&walk, &command, writer->error)) {
        uint8_t *target = writer->made->head + (command.bytes.data - head.data);
        store_parts(writer, &command, target);
        if (command.number == LC_DYSYMTAB && writer->has_symbols)
            store_groups(writer, target);
        if (command.number == LC_SEGMENT_64 &&
            strncmp((const char *)command.bytes.data + 8, "__LINKEDIT", 16) == 0)
            store_segment(writer, &command, target);
    }
}

static void make_moves(struct linkedit_writer *writer) {
    const struct linkedit_parts *parts = &writer->old->image->parts;
    writer->moves = memory_zeros(parts->count, sizeof *writer->moves);
    for (size_t i = 0; i < parts->count; i++)
        writer->moves[i].part = &parts->items[i];
}

static void free_moves(struct linkedit_writer *writer) {
    for (size_t i = 0; i < writer->old->image->parts.count; i++)
        free(writer->moves[i].trie.bytes);
    free(writer->moves);
}

static bool plan(struct linkedit_writer *writer) {
    if (!rewritable(writer) || !fixups_valid(writer) || !plan_contents(writer) ||
        !place_parts(writer))
        return false;
    writer->made->linkedit_size = writer->end - writer->old->linkedit_offset;
    write_head(writer);
    return true;
}

static bool make_linkedit(const struct old_slice *old, const struct losses *losses,
                          bool with_contents, struct new_linkedit *made, struct error *error) {
    struct linkedit_writer writer = {.old = old, .losses = losses, .made = made, .error = error};
    memset(made, 0, sizeof *made);
    make_moves(&writer);
    bool planned = plan(&writer);
    if (planned && with_contents)
        write_linkedit(&writer);
    if (writer.has_symbols)
        symbol_table_free(&writer.symbols);
    free_moves(&writer);
    return planned;
}

bool linkedit_rewrite(const struct old_slice *old, const struct losses *losses,
                      struct new_linkedit *made, struct error *error) {
    return make_linkedit(old, losses, true, made, error);
}

bool linkedit_measure(const struct old_slice *old, const struct losses *losses,
                      struct new_linkedit *made, struct error *error) {
    return make_linkedit(old, losses, false, made, error);
}

static bool part_is_made(const struct linkedit_part *part, const struct level *level) {
    switch (part->use) {
    case LINKEDIT_SYMBOLS:
        return level->drops_upto != SYMBOL_NONE;
    case LINKEDIT_STRINGS:
    case LINKEDIT_EXPORTS:
        return !level->only_aligns;
    default:
        return part->use == LINKEDIT_SIGNATURE;
    }
}

uint64_t linkedit_least_size(const struct image *image, const struct level *level) {
    uint64_t size = 0;
    bool is_aligned = true;
    for (size_t i = 0; i < image->parts.count; i++) {
        const struct linkedit_part *part = &image->parts.items[i];
        is_aligned &= linkedit_part_aligned(part);
        size += part_is_made(part, level) ? 0 : part->size;
    }
    const struct segment *linkedit = segments_find(&image->segments, "__LINKEDIT");
    bool stays = linkedit != NULL && level->only_aligns && is_aligned;
    return stays ? linkedit->file_size : size;
}

void new_linkedit_free(struct new_linkedit *made) {
    free(made->head);
    free(made->linkedit);
    *made = (struct new_linkedit){0};
}
