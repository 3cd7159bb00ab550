#include "rewrite/pack.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "macho/exports_trie_writer.h"
#include "macho/fixup_walk.h"
#include "macho/unclaimed.h"
#include "rewrite/symbols.h"

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

struct packer {
    const struct old_slice *old;
    const struct packing *packing;
    struct packed *packed;
    struct error *error;
    struct symbols symbols;
    bool has_symbols;
    struct move *moves; /* one a part of the image, in its order: by offset */
    uint64_t end;       /* of the last part that is placed, in the slice */
};

/* --- what cannot be rewritten --- */

/* Where no symbol goes, none gets another index. */
static bool dysymtab_rewritable(struct packer *packer, const struct load_command *command) {
    static const char *const renumbered[] = {"table of contents", "external references"};
    struct linkedit_part parts[LINKEDIT_MOST_OF_COMMAND];
    size_t count = linkedit_command_parts(command, parts);
    for (size_t i = 0; i < count; i++)
        if (parts[i].size != 0 && strcmp(parts[i].name, "module table") == 0)
            return load_command_error(packer->error, command, parts[i].field,
                                      "the module table names strings by their place, which vafit "
                                      "does not rewrite");
    if (packer->packing->level->drops_upto == SYMBOL_NONE)
        return true;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < sizeof renumbered / sizeof renumbered[0]; j++)
            if (parts[i].size != 0 && strcmp(parts[i].name, renumbered[j]) == 0)
                return load_command_error(packer->error, command, parts[i].field,
                                          "the %s names symbols by their index, which vafit does "
                                          "not renumber; --level lossless drops no symbol",
                                          parts[i].name);
    return true;
}

static bool command_rewritable(struct packer *packer, const struct load_command *command) {
    if (!load_command_places_known(command))
        return load_command_error(packer->error, command, "cmd",
                                  "not known to vafit, which might lose what it places");
    switch (command->number) {
    case LC_DYSYMTAB:
        return dysymtab_rewritable(packer, command);
    case LC_ENCRYPTION_INFO:
    case LC_ENCRYPTION_INFO_64:
        return bytes_u32(command->bytes, 16) == 0 ||
               load_command_error(packer->error, command, "cryptid", "the image is encrypted");
    case LC_NOTE:
        return bytes_u64(command->bytes, 24) < packer->old->linkedit_offset ||
               load_command_error(packer->error, command, "offset",
                                  "the note lies in __LINKEDIT, where vafit does not keep it");
    default:
        return true;
    }
}

/* A section would have to move with the bytes that it names. */
static bool linkedit_rewritable(struct packer *packer) {
    const struct segment *linkedit = segments_find(&packer->old->image->segments, "__LINKEDIT");
    return linkedit->section_count == 0 ||
           error_malformed(packer->error, "__LINKEDIT", "has sections, which vafit does not move");
}

static bool rewritable(struct packer *packer) {
    struct load_command_walk walk = image_commands(packer->old->head);
    struct load_command command;
    while (load_command_next(&walk, &command, packer->error))
        if (!command_rewritable(packer, &command))
            return false;
    return packer->error->kind == ERROR_NONE && linkedit_rewritable(packer);
}

/* --- symbols --- */

static struct bytes part_bytes(const struct packer *packer, const struct linkedit_part *part) {
    struct bytes bytes = {NULL, 0};
    bytes_part(packer->old->linkedit, part->file_offset - packer->old->linkedit_offset, part->size,
               &bytes);
    return bytes;
}

static bool is_indirect(const struct linkedit_part *part) {
    return strcmp(part->name, "indirect symbol table") == 0;
}

static bool is_relocated(const struct linkedit_part *part) {
    return strcmp(part->name, "external relocations") == 0;
}

static struct symbol_tables find_tables(const struct packer *packer) {
    const struct linkedit_parts *parts = &packer->old->image->parts;
    struct symbol_tables tables = {.users = {.head = packer->old->head}};
    for (size_t i = 0; i < parts->count; i++) {
        const struct linkedit_part *part = &parts->items[i];
        if (part->use == LINKEDIT_SYMBOLS)
            tables.users.table = part_bytes(packer, part);
        else if (part->use == LINKEDIT_STRINGS)
            tables.pool = part_bytes(packer, part);
        else if (is_indirect(part))
            tables.users.indirect = part_bytes(packer, part);
        else if (is_relocated(part))
            tables.users.relocations = part_bytes(packer, part);
    }
    return tables;
}

static bool plan_symbols(struct packer *packer, struct error *error) {
    struct symbol_tables tables = find_tables(packer);
    packer->has_symbols = symbols_plan(&tables, packer->packing->level, &packer->symbols, error);
    return packer->has_symbols;
}

/* --- exports --- */

/* Builds a trie of the exports that stay. */
static bool rebuild_trie(const struct packer *packer, struct move *move, struct error *error) {
    struct bytes old = part_bytes(packer, move->part);
    if (!packer->packing->level->drops_exports)
        return exports_trie_rebuild(old, NULL, NULL, &move->trie, error);
    struct world_filter filter = {.world = packer->packing->world};
    bool rebuilt = exports_trie_rebuild(old, world_filter_keeps, &filter, &move->trie, error);
    world_filter_free(&filter);
    return rebuilt;
}

/* A trie that does not get smaller stays as it is. */
static bool plan_trie(const struct packer *packer, struct move *move, struct error *error) {
    if (!rebuild_trie(packer, move, error))
        return false;
    if (move->trie.bytes != NULL && round_up(move->trie.size, PART_ALIGNMENT) < move->part->size)
        return true;
    free(move->trie.bytes);
    move->trie = (struct rebuilt_trie){0};
    return true;
}

static bool plan_exports(struct packer *packer, struct error *error) {
    for (size_t i = 0; i < packer->old->image->parts.count; i++)
        if (packer->moves[i].part->use == LINKEDIT_EXPORTS &&
            !plan_trie(packer, &packer->moves[i], error))
            return false;
    return true;
}

/* --- what no table reaches --- */

static bool plan_unclaimed(struct packer *packer, struct error *error) {
    struct unclaimed_list list = {0};
    unclaimed_find(packer->old->image, packer->old->linkedit, &list);
    bool drop = packer->packing->drop_unclaimed, allowed = true;
    packer->packed->unclaimed = drop ? list.size : 0;
    for (size_t i = 0; i < list.count && allowed && !drop; i++)
        allowed = list.items[i].carried || unclaimed_error(error, &list.items[i]);
    unclaimed_list_free(&list);
    return allowed;
}

/* --- all of it --- */

static bool (*const planners[])(struct packer *packer,
                                struct error *error) = {plan_symbols, plan_exports, plan_unclaimed};

enum { PLANNERS = sizeof planners / sizeof planners[0] };

/* They have nothing to do with each other: a thread each. */
struct contents {
    struct packer *packer;
    bool planned[PLANNERS];
    struct error errors[PLANNERS];
};

static void plan_one(void *context, size_t i) {
    struct contents *contents = context;
    contents->planned[i] = planners[i](contents->packer, &contents->errors[i]);
}

static bool plan_contents(struct packer *packer) {
    struct contents contents = {.packer = packer};
    parallel_for(PLANNERS, parallel_default_jobs(), plan_one, &contents);
    for (size_t i = 0; i < PLANNERS; i++)
        if (!contents.planned[i]) {
            *packer->error = contents.errors[i];
            return false;
        }
    return true;
}

/* --- places --- */

static uint64_t new_size(const struct packer *packer, const struct move *move) {
    const struct linkedit_part *part = move->part;
    switch (part->use) {
    case LINKEDIT_EXPORTS:
        return move->trie.bytes == NULL ? part->size : round_up(move->trie.size, PART_ALIGNMENT);
    case LINKEDIT_SYMBOLS:
        return packer->symbols.count * NLIST_SIZE;
    case LINKEDIT_STRINGS:
        return packer->symbols.count == 0 ? 0 : round_up(packer->symbols.pool.size, PART_ALIGNMENT);
    default:
        return part->size;
    }
}

/* What stands behind the signature is carried along behind the new one. */
static struct bytes slack_of(const struct packer *packer, const struct move *move) {
    return packer->packing->drop_unclaimed ? (struct bytes){NULL, 0}
                                           : code_signature_slack(part_bytes(packer, move->part));
}

/* Of the signature alone, to where the slack begins. */
static uint64_t signature_size(const struct packer *packer) {
    const struct packed *packed = packer->packed;
    return round_up(code_signature_new_size(&packed->old_signature, packed->code_limit),
                    SIGNATURE_ALIGNMENT);
}

static bool place_signature(struct packer *packer, struct move *move) {
    struct packed *packed = packer->packed;
    struct bytes bytes = part_bytes(packer, move->part);
    if (!code_signature_parse(bytes, &packed->old_signature, packer->error))
        return false;
    packed->is_signed = true;
    packed->code_limit = round_up(packer->end, SIGNATURE_ALIGNMENT);
    move->offset = packed->code_limit;
    move->size =
        signature_size(packer) + round_up(slack_of(packer, move).size, SIGNATURE_ALIGNMENT);
    packer->end = move->offset + move->size;
    return true;
}

/* Places every part behind the one before it; the signature last, wherever it was. */
static bool place_parts(struct packer *packer) {
    const struct linkedit_parts *parts = &packer->old->image->parts;
    struct move *signature = NULL;
    packer->end = packer->old->linkedit_offset;
    for (size_t i = 0; i < parts->count; i++) {
        struct move *move = &packer->moves[i];
        if (move->part->use == LINKEDIT_SIGNATURE) {
            signature = move;
            continue;
        }
        move->offset = round_up(packer->end, PART_ALIGNMENT);
        move->size = new_size(packer, move);
        packer->end = move->offset + move->size;
    }
    if (signature != NULL)
        return place_signature(packer, signature);
    packer->end = round_up(packer->end, PART_ALIGNMENT);
    return true;
}

/* --- fixups --- */

/* They stay as they are; only the bytes of __LINKEDIT are at hand to tell whether they are good. */
static bool fixups_valid(const struct packer *packer) {
    const struct image *image = packer->old->image;
    for (size_t i = 0; i < image->parts.count; i++) {
        const struct linkedit_part *part = &image->parts.items[i];
        if (fixup_walk_reads(part->name) &&
            !fixup_part_valid(part->name, part_bytes(packer, part), image, packer->error))
            return false;
    }
    return true;
}

/* --- contents --- */

static void write_signature(struct packer *packer, const struct move *move, uint8_t *target) {
    struct packed *packed = packer->packed;
    struct bytes slack = slack_of(packer, move);
    code_signature_write(&packed->old_signature, packed->code_limit, target, &packed->hashes);
    if (slack.size != 0)
        memcpy(target + signature_size(packer), slack.data, slack.size);
}

static void write_part(struct packer *packer, const struct move *move, uint8_t *target) {
    switch (move->part->use) {
    case LINKEDIT_SYMBOLS:
        symbols_write_table(&packer->symbols, target);
        break;
    case LINKEDIT_STRINGS:
        if (move->size != 0)
            string_pool_write(packer->symbols.old.pool, &packer->symbols.pool, target);
        break;
    case LINKEDIT_SIGNATURE:
        write_signature(packer, move, target);
        break;
    default:
        if (is_indirect(move->part))
            symbols_write_indirect(&packer->symbols, target);
        else if (is_relocated(move->part))
            symbols_write_relocations(&packer->symbols, target);
        else if (move->trie.bytes != NULL)
            memcpy(target, move->trie.bytes, move->trie.size);
        else
            memcpy(target, part_bytes(packer, move->part).data, move->size);
    }
}

static void write_one(void *context, size_t i) {
    struct packer *packer = context;
    const struct move *move = &packer->moves[i];
    write_part(packer, move,
               packer->packed->linkedit + (move->offset - packer->old->linkedit_offset));
}

/* Parts do not touch each other. */
static void write_linkedit(struct packer *packer) {
    packer->packed->linkedit = memory_zeros(packer->packed->linkedit_size, 1);
    parallel_for(packer->old->image->parts.count, parallel_default_jobs(), write_one, packer);
}

/* --- load commands --- */

static const struct move *move_of(const struct packer *packer, const struct linkedit_part *part) {
    for (size_t i = 0; i < packer->old->image->parts.count; i++)
        if (packer->moves[i].part->command == part->command &&
            packer->moves[i].part->name == part->name)
            return &packer->moves[i];
    return NULL;
}

/* Where an empty part goes: behind the parts before it, so that it stays inside. An offset of 0
 * stays. */
static uint64_t empty_place(const struct packer *packer, uint64_t offset) {
    uint64_t place = packer->old->linkedit_offset;
    if (offset == 0)
        return 0;
    for (size_t i = 0; i < packer->old->image->parts.count; i++)
        if (packer->moves[i].part->file_offset < offset)
            place = round_up(packer->moves[i].offset + packer->moves[i].size, PART_ALIGNMENT);
    return place;
}

static void store_parts(const struct packer *packer, const struct load_command *command,
                        uint8_t *target) {
    struct linkedit_part parts[LINKEDIT_MOST_OF_COMMAND];
    size_t count = linkedit_command_parts(command, parts);
    for (size_t i = 0; i < count; i++) {
        const struct move *move = move_of(packer, &parts[i]);
        if (move != NULL)
            linkedit_part_store(&parts[i], move->offset, move->size, target);
        else
            linkedit_part_store(&parts[i], empty_place(packer, parts[i].file_offset), 0, target);
    }
}

static void store_groups(const struct packer *packer, uint8_t *target) {
    target += DYSYMTAB_FIRST_GROUP;
    for (size_t i = 0; i < DYSYMTAB_GROUPS; i++) {
        bytes_store_little(target + 8 * i, 4, packer->symbols.groups[i].start);
        bytes_store_little(target + 8 * i + 4, 4, packer->symbols.groups[i].count);
    }
}

/* Apple's linkers round the vmsize to a page, others do not: whichever it was stays. */
static void store_segment(const struct packer *packer, const struct load_command *command,
                          uint8_t *target) {
    uint32_t page = packer->old->image->architecture->page_size;
    bool rounded = bytes_u64(command->bytes, AT_VM_SIZE) % page == 0;
    uint64_t size = packer->packed->linkedit_size;
    bytes_store_little(target + AT_FILE_SIZE, 8, size);
    bytes_store_little(target + AT_VM_SIZE, 8, rounded ? round_up(size, page) : size);
}

static void write_head(struct packer *packer) {
    struct bytes head = packer->old->head;
    struct load_command_walk walk = image_commands(head);
    struct load_command command;
    packer->packed->head = malloc(head.size);
    if (packer->packed->head == NULL)
        out_of_memory();
    memcpy(packer->packed->head, head.data, head.size);
    while (load_command_next(&walk, &command, packer->error)) {
        uint8_t *target = packer->packed->head + (command.bytes.data - head.data);
        store_parts(packer, &command, target);
        if (command.number == LC_DYSYMTAB)
            store_groups(packer, target);
        if (command.number == LC_SEGMENT_64 &&
            strncmp((const char *)command.bytes.data + 8, "__LINKEDIT", 16) == 0)
            store_segment(packer, &command, target);
    }
}

static void make_moves(struct packer *packer) {
    const struct linkedit_parts *parts = &packer->old->image->parts;
    packer->moves = memory_zeros(parts->count, sizeof *packer->moves);
    for (size_t i = 0; i < parts->count; i++)
        packer->moves[i].part = &parts->items[i];
}

static void free_moves(struct packer *packer) {
    for (size_t i = 0; i < packer->old->image->parts.count; i++)
        free(packer->moves[i].trie.bytes);
    free(packer->moves);
}

bool pack_slice(const struct old_slice *old, const struct packing *packing, struct packed *packed,
                struct error *error) {
    struct packer packer = {.old = old, .packing = packing, .packed = packed, .error = error};
    memset(packed, 0, sizeof *packed);
    make_moves(&packer);
    bool packable = rewritable(&packer) && fixups_valid(&packer) && plan_contents(&packer) &&
                    place_parts(&packer);
    if (packable) {
        packed->linkedit_size = packer.end - old->linkedit_offset;
        write_head(&packer);
    }
    if (packable && !packing->measured)
        write_linkedit(&packer);
    if (packer.has_symbols)
        symbols_free(&packer.symbols);
    free_moves(&packer);
    return packable;
}

void packed_free(struct packed *packed) {
    free(packed->head);
    free(packed->linkedit);
    *packed = (struct packed){0};
}
