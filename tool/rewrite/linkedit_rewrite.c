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

struct linkedit_plan {
    const struct old_slice *old;
    struct losses losses;
    struct new_linkedit *made;
    struct error *error; /* only while it is made */
    struct new_symbol_table symbols;
    bool has_symbols;
    struct move *moves; /* one a part of the image, in its order: by offset */
    uint64_t end;       /* of the last part that is placed, in the slice */
};

/* --- what cannot be rewritten --- */

/* Where no symbol goes, none gets another index. */
static bool dysymtab_rewritable(struct linkedit_plan *plan, const struct load_command *command) {
    static const char *const renumbered[] = {"table of contents", "external references"};
    struct linkedit_part parts[LINKEDIT_MOST_OF_COMMAND];
    size_t count = linkedit_command_parts(command, parts);
    for (size_t i = 0; i < count; i++)
        if (parts[i].size != 0 && strcmp(parts[i].name, "module table") == 0)
            return load_command_error(plan->error, command, parts[i].field,
                                      "the module table names strings by their place, which vafit "
                                      "does not rewrite");
    if (plan->losses.level->drops_upto == SYMBOL_NONE)
        return true;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < sizeof renumbered / sizeof renumbered[0]; j++)
            if (parts[i].size != 0 && strcmp(parts[i].name, renumbered[j]) == 0)
                return load_command_error(plan->error, command, parts[i].field,
                                          "the %s names symbols by their index, which vafit does "
                                          "not renumber; --level lossless drops no symbol",
                                          parts[i].name);
    return true;
}

static bool command_rewritable(struct linkedit_plan *plan, const struct load_command *command) {
    if (!load_command_places_known(command))
        return load_command_error(plan->error, command, "cmd",
                                  "unknown to vafit, which could lose what it points to");
    switch (command->number) {
    case LC_DYSYMTAB:
        return dysymtab_rewritable(plan, command);
    case LC_ENCRYPTION_INFO:
    case LC_ENCRYPTION_INFO_64:
        return bytes_u32(command->bytes, 16) == 0 ||
               load_command_error(plan->error, command, "cryptid", "the image is encrypted");
    case LC_NOTE:
        return bytes_u64(command->bytes, 24) < plan->old->linkedit_offset ||
               load_command_error(plan->error, command, "offset",
                                  "the note lies in __LINKEDIT, which vafit rewrites");
    default:
        return true;
    }
}

/* A section would have to move with the bytes that it names. */
static bool linkedit_rewritable(struct linkedit_plan *plan) {
    const struct segment *linkedit = segments_find(&plan->old->image->segments, "__LINKEDIT");
    return linkedit->section_count == 0 ||
           error_malformed(plan->error, "__LINKEDIT", "has sections, which vafit does not move");
}

static bool rewritable(struct linkedit_plan *plan) {
    struct load_command_walk walk = image_commands(plan->old->head);
    struct load_command command;
    while (load_command_next(&walk, &command, plan->error))
        if (!command_rewritable(plan, &command))
            return false;
    return plan->error->kind == ERROR_NONE && linkedit_rewritable(plan);
}

/* --- symbols --- */

static struct bytes part_bytes(const struct linkedit_plan *plan, const struct linkedit_part *part) {
    struct bytes bytes = {NULL, 0};
    bytes_part(plan->old->linkedit, part->file_offset - plan->old->linkedit_offset, part->size,
               &bytes);
    return bytes;
}

static bool is_indirect(const struct linkedit_part *part) {
    return strcmp(part->name, "indirect symbol table") == 0;
}

static bool is_relocated(const struct linkedit_part *part) {
    return strcmp(part->name, "external relocations") == 0;
}

static struct symbol_tables find_tables(const struct linkedit_plan *plan) {
    const struct linkedit_parts *parts = &plan->old->image->parts;
    struct symbol_tables tables = {.users = {.head = plan->old->head}};
    for (size_t i = 0; i < parts->count; i++) {
        const struct linkedit_part *part = &parts->items[i];
        if (part->use == LINKEDIT_SYMBOLS)
            tables.users.table = part_bytes(plan, part);
        else if (part->use == LINKEDIT_STRINGS)
            tables.pool = part_bytes(plan, part);
        else if (is_indirect(part))
            tables.users.indirect = part_bytes(plan, part);
        else if (is_relocated(part))
            tables.users.relocations = part_bytes(plan, part);
    }
    return tables;
}

static bool plan_symbols(struct linkedit_plan *plan, struct error *error) {
    if (plan->losses.level->only_aligns)
        return true;
    struct symbol_tables tables = find_tables(plan);
    plan->has_symbols =
        symbol_table_plan(&tables, plan->losses.level->drops_upto, &plan->symbols, error);
    return plan->has_symbols;
}

/* --- exports --- */

/* Builds a trie of the exports that stay. */
static bool rebuild_trie(const struct linkedit_plan *plan, struct move *move, struct error *error) {
    struct bytes old = part_bytes(plan, move->part);
    if (!plan->losses.level->drops_exports)
        return exports_trie_write(old, NULL, NULL, &move->trie, error);
    struct world_filter filter = {.world = plan->losses.world};
    bool rebuilt = exports_trie_write(old, world_filter_keeps, &filter, &move->trie, error);
    world_filter_free(&filter);
    return rebuilt;
}

/* A trie that does not get smaller stays as it is. */
static bool plan_trie(const struct linkedit_plan *plan, struct move *move, struct error *error) {
    if (!rebuild_trie(plan, move, error))
        return false;
    if (move->trie.bytes != NULL && round_up(move->trie.size, PART_ALIGNMENT) < move->part->size)
        return true;
    free(move->trie.bytes);
    move->trie = (struct rebuilt_trie){0};
    return true;
}

static bool plan_exports(struct linkedit_plan *plan, struct error *error) {
    if (plan->losses.level->only_aligns)
        return true;
    for (size_t i = 0; i < plan->old->image->parts.count; i++)
        if (plan->moves[i].part->use == LINKEDIT_EXPORTS &&
            !plan_trie(plan, &plan->moves[i], error))
            return false;
    return true;
}

/* --- what no table reaches --- */

static bool plan_unclaimed(struct linkedit_plan *plan, struct error *error) {
    struct unclaimed_list list = {0};
    unclaimed_find(plan->old->image, plan->old->linkedit, &list);
    bool drop = plan->losses.unclaimed, allowed = true;
    plan->made->unclaimed = drop ? list.size : 0;
    for (size_t i = 0; i < list.count && allowed && !drop; i++)
        allowed = list.items[i].carried || unclaimed_error(error, &list.items[i]);
    unclaimed_list_free(&list);
    return allowed;
}

/* --- all of it --- */

static bool (*const planners[])(struct linkedit_plan *plan,
                                struct error *error) = {plan_symbols, plan_exports, plan_unclaimed};

enum { PLANNERS = sizeof planners / sizeof planners[0] };

/* They have nothing to do with each other: a thread each. */
struct contents {
    struct linkedit_plan *plan;
    bool planned[PLANNERS];
    struct error errors[PLANNERS];
};

static void plan_one(void *context, size_t i) {
    struct contents *contents = context;
    contents->planned[i] = planners[i](contents->plan, &contents->errors[i]);
}

static bool plan_contents(struct linkedit_plan *plan) {
    struct contents contents = {.plan = plan};
    parallel_for(PLANNERS, plan_one, &contents);
    for (size_t i = 0; i < PLANNERS; i++)
        if (!contents.planned[i]) {
            *plan->error = contents.errors[i];
            return false;
        }
    return true;
}

/* --- places --- */

static uint64_t new_size(const struct linkedit_plan *plan, const struct move *move) {
    const struct linkedit_part *part = move->part;
    if (plan->losses.level->only_aligns)
        return part->size;
    switch (part->use) {
    case LINKEDIT_EXPORTS:
        return move->trie.bytes == NULL ? part->size : round_up(move->trie.size, PART_ALIGNMENT);
    case LINKEDIT_SYMBOLS:
        return plan->symbols.count * NLIST_SIZE;
    case LINKEDIT_STRINGS:
        return plan->symbols.count == 0 ? 0 : round_up(plan->symbols.pool.size, PART_ALIGNMENT);
    default:
        return part->size;
    }
}

/* What stands after the signature is carried along after the new one. */
static struct bytes slack_of(const struct linkedit_plan *plan, const struct move *move) {
    return plan->losses.unclaimed ? (struct bytes){NULL, 0}
                                  : code_signature_slack(part_bytes(plan, move->part));
}

/* Of the signature alone, to where the slack begins. */
static uint64_t signature_size(const struct linkedit_plan *plan) {
    const struct new_linkedit *made = plan->made;
    return round_up(code_signature_new_size(&made->old_signature, made->code_limit),
                    SIGNATURE_ALIGNMENT);
}

static uint64_t new_signature_place(const struct linkedit_plan *plan,
                                    const struct linkedit_part *part) {
    bool stays = plan->losses.level->only_aligns && part->file_offset > plan->end;
    return round_up(stays ? part->file_offset : plan->end, SIGNATURE_ALIGNMENT);
}

static bool place_signature(struct linkedit_plan *plan, struct move *move) {
    struct new_linkedit *made = plan->made;
    struct bytes bytes = part_bytes(plan, move->part);
    if (!code_signature_parse(bytes, &made->old_signature, plan->error))
        return false;
    made->is_signed = true;
    made->code_limit = new_signature_place(plan, move->part);
    move->offset = made->code_limit;
    move->size = signature_size(plan) + round_up(slack_of(plan, move).size, SIGNATURE_ALIGNMENT);
    plan->end = move->offset + move->size;
    return true;
}

/* Where a part begins: where it was, if that will do and only alignment is wanted. */
static uint64_t new_place(const struct linkedit_plan *plan, const struct linkedit_part *part) {
    if (!plan->losses.level->only_aligns)
        return round_up(plan->end, PART_ALIGNMENT);
    return round_up(part->file_offset > plan->end ? part->file_offset : plan->end, part->alignment);
}

/* Whether everything is aligned: the signature stays too then. */
static bool all_stay(struct linkedit_plan *plan) {
    if (!plan->losses.level->only_aligns)
        return false;
    for (size_t i = 0; i < plan->old->image->parts.count; i++) {
        struct move *move = &plan->moves[i];
        if (!linkedit_part_aligned(move->part) ||
            (move->part->use != LINKEDIT_SIGNATURE && move->offset != move->part->file_offset))
            return false;
    }
    for (size_t i = 0; i < plan->old->image->parts.count; i++) {
        plan->moves[i].offset = plan->moves[i].part->file_offset;
        plan->moves[i].size = plan->moves[i].part->size;
    }
    return true;
}

/* Places every part after the one before it; the signature last, wherever it was. */
static bool place_parts(struct linkedit_plan *plan) {
    const struct linkedit_parts *parts = &plan->old->image->parts;
    struct move *signature = NULL;
    plan->end = plan->old->linkedit_offset;
    for (size_t i = 0; i < parts->count; i++) {
        struct move *move = &plan->moves[i];
        if (move->part->use == LINKEDIT_SIGNATURE) {
            signature = move;
            continue;
        }
        move->offset = new_place(plan, move->part);
        move->size = new_size(plan, move);
        plan->end = move->offset + move->size;
    }
    if (all_stay(plan)) {
        plan->end = plan->old->linkedit_offset + plan->old->linkedit.size;
        return true;
    }
    if (signature != NULL)
        return place_signature(plan, signature);
    plan->end = round_up(plan->end, PART_ALIGNMENT);
    return true;
}

/* --- fixups --- */

/* They stay as they are; only the bytes of __LINKEDIT are at hand to tell whether they are good. */
static bool fixups_valid(const struct linkedit_plan *plan) {
    const struct image *image = plan->old->image;
    for (size_t i = 0; i < image->parts.count; i++) {
        const struct linkedit_part *part = &image->parts.items[i];
        if (fixup_walk_reads(part->name) &&
            !fixup_part_valid(part->name, part_bytes(plan, part), image, plan->error))
            return false;
    }
    return true;
}

/* --- contents --- */

static void write_signature(struct linkedit_plan *plan, const struct move *move, uint8_t *target) {
    struct new_linkedit *made = plan->made;
    struct bytes slack = slack_of(plan, move);
    code_signature_write(&made->old_signature, made->code_limit, target, &made->hashes);
    if (slack.size != 0)
        memcpy(target + signature_size(plan), slack.data, slack.size);
}

static void write_part(struct linkedit_plan *plan, const struct move *move, uint8_t *target) {
    bool is_made = move->part->use == LINKEDIT_SIGNATURE && plan->made->is_signed;
    if (plan->losses.level->only_aligns && !is_made) {
        memcpy(target, part_bytes(plan, move->part).data, move->size);
        return;
    }
    switch (move->part->use) {
    case LINKEDIT_SYMBOLS:
        symbol_table_write(&plan->symbols, target);
        break;
    case LINKEDIT_STRINGS:
        if (move->size != 0)
            string_pool_write(plan->symbols.old.pool, &plan->symbols.pool, target);
        break;
    case LINKEDIT_SIGNATURE:
        write_signature(plan, move, target);
        break;
    default:
        if (is_indirect(move->part))
            symbol_table_write_indirect(&plan->symbols, target);
        else if (is_relocated(move->part))
            symbol_table_write_relocations(&plan->symbols, target);
        else if (move->trie.bytes != NULL)
            memcpy(target, move->trie.bytes, move->trie.size);
        else
            memcpy(target, part_bytes(plan, move->part).data, move->size);
    }
}

static void write_one(void *context, size_t i) {
    struct linkedit_plan *plan = context;
    const struct move *move = &plan->moves[i];
    write_part(plan, move, plan->made->linkedit + (move->offset - plan->old->linkedit_offset));
}

/* Parts do not touch each other. */
static void write_linkedit(struct linkedit_plan *plan) {
    plan->made->linkedit = memory_zeros(plan->made->linkedit_size, 1);
    parallel_for(plan->old->image->parts.count, write_one, plan);
}

/* --- load commands --- */

static const struct move *move_of(const struct linkedit_plan *plan,
                                  const struct linkedit_part *part) {
    for (size_t i = 0; i < plan->old->image->parts.count; i++)
        if (plan->moves[i].part->command == part->command &&
            plan->moves[i].part->name == part->name)
            return &plan->moves[i];
    return NULL;
}

/* Where an empty part goes: after the parts before it, so that it stays inside. An offset of 0
 * stays. */
static uint64_t empty_place(const struct linkedit_plan *plan, uint64_t offset) {
    uint64_t place = plan->old->linkedit_offset;
    if (offset == 0)
        return 0;
    for (size_t i = 0; i < plan->old->image->parts.count; i++)
        if (plan->moves[i].part->file_offset < offset)
            place = round_up(plan->moves[i].offset + plan->moves[i].size, PART_ALIGNMENT);
    return place;
}

static void store_parts(const struct linkedit_plan *plan, const struct load_command *command,
                        uint8_t *target) {
    struct linkedit_part parts[LINKEDIT_MOST_OF_COMMAND];
    size_t count = linkedit_command_parts(command, parts);
    for (size_t i = 0; i < count; i++) {
        const struct move *move = move_of(plan, &parts[i]);
        if (move != NULL)
            linkedit_part_store(&parts[i], move->offset, move->size, target);
        else
            linkedit_part_store(&parts[i], empty_place(plan, parts[i].file_offset), 0, target);
    }
}

static void store_groups(const struct linkedit_plan *plan, uint8_t *target) {
    target += DYSYMTAB_FIRST_GROUP;
    for (size_t i = 0; i < DYSYMTAB_GROUPS; i++) {
        bytes_store_little(target + 8 * i, 4, plan->symbols.groups[i].start);
        bytes_store_little(target + 8 * i + 4, 4, plan->symbols.groups[i].count);
    }
}

/* Apple's linkers round the vmsize to a page, others do not: whichever it was stays. */
static void store_segment(const struct linkedit_plan *plan, const struct load_command *command,
                          uint8_t *target) {
    uint32_t page = plan->old->image->architecture->page_size;
    bool rounded = bytes_u64(command->bytes, AT_VM_SIZE) % page == 0;
    uint64_t size = plan->made->linkedit_size;
    bytes_store_little(target + AT_FILE_SIZE, 8, size);
    bytes_store_little(target + AT_VM_SIZE, 8, rounded ? round_up(size, page) : size);
}

static void write_head(struct linkedit_plan *plan) {
    struct bytes head = plan->old->head;
    struct load_command_walk walk = image_commands(head);
    struct load_command command;
    plan->made->head = malloc(head.size);
    if (plan->made->head == NULL)
        out_of_memory();
    memcpy(plan->made->head, head.data, head.size);
    while (load_command_next(&walk, &command, plan->error)) {
        uint8_t *target = plan->made->head + (command.bytes.data - head.data);
        store_parts(plan, &command, target);
        if (command.number == LC_DYSYMTAB && plan->has_symbols)
            store_groups(plan, target);
        if (command.number == LC_SEGMENT_64 &&
            strncmp((const char *)command.bytes.data + 8, "__LINKEDIT", 16) == 0)
            store_segment(plan, &command, target);
    }
}

static void make_moves(struct linkedit_plan *plan) {
    const struct linkedit_parts *parts = &plan->old->image->parts;
    plan->moves = memory_zeros(parts->count, sizeof *plan->moves);
    for (size_t i = 0; i < parts->count; i++)
        plan->moves[i].part = &parts->items[i];
}

static void free_moves(struct linkedit_plan *plan) {
    for (size_t i = 0; i < plan->old->image->parts.count; i++)
        free(plan->moves[i].trie.bytes);
    free(plan->moves);
}

static bool make_plan(struct linkedit_plan *plan) {
    if (!rewritable(plan) || !fixups_valid(plan) || !plan_contents(plan) || !place_parts(plan))
        return false;
    plan->made->linkedit_size = plan->end - plan->old->linkedit_offset;
    write_head(plan);
    return true;
}

static void free_plan(struct linkedit_plan *plan) {
    if (plan == NULL)
        return;
    if (plan->has_symbols)
        symbol_table_free(&plan->symbols);
    free_moves(plan);
    free(plan);
}

bool linkedit_plan(const struct old_slice *old, const struct losses *losses,
                   struct new_linkedit *made, struct error *error) {
    struct linkedit_plan *plan = memory_zeros(1, sizeof *plan);
    *plan = (struct linkedit_plan){.old = old, .losses = *losses, .error = error};
    *made = (struct new_linkedit){.plan = plan};
    plan->made = made;
    make_moves(plan);
    bool planned = make_plan(plan);
    plan->error = NULL;
    if (!planned)
        new_linkedit_free(made);
    return planned;
}

uint64_t linkedit_plan_memory(const struct linkedit_plan *plan) {
    uint64_t size = symbol_table_memory(&plan->symbols);
    for (size_t i = 0; i < plan->old->image->parts.count; i++)
        size += plan->moves[i].trie.size;
    return size;
}

void linkedit_write(struct new_linkedit *made) {
    write_linkedit(made->plan);
    free_plan(made->plan);
    made->plan = NULL;
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
    free_plan(made->plan);
    free(made->head);
    free(made->linkedit);
    *made = (struct new_linkedit){0};
}
