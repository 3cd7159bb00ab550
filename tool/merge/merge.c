#include "merge/merge.h"

#include "base/digest.h"
#include "base/path.h"
#include "merge/lookup.h"

#include <stdlib.h>
#include <string.h>

enum { DYLIB_CURRENT = 16, DYLIB_COMPATIBILITY = 20 };

uint64_t merge_address(const struct part *part, uint64_t address) {
    return address + part->shift;
}

uint32_t merge_page_size(const struct merge *merge) {
    return merge->parts[0].image->architecture->page_size;
}

size_t merge_part_of(const struct merge *merge, size_t node) {
    return node == NO_IMAGE || merge->part_numbers[node] == 0 ? NO_PART
                                                              : merge->part_numbers[node] - 1;
}

/* --- dylibs --- */

const char *merge_name_for(struct arena *arena, const struct merge *merge, const char *name) {
    return arena_format(arena, "%.*s%s", (int)(path_leaf(name) - name), name,
                        path_leaf(merge->path));
}

static bool is_name_for(const struct merge *merge, const char *old, const char *name) {
    size_t folder = (size_t)(path_leaf(old) - old);
    return strncmp(old, name, folder) == 0 && strcmp(name + folder, path_leaf(merge->path)) == 0;
}

bool node_asks_for(const struct graph_node *node, struct merge *const *merge_of_node,
                   const struct merge *merge, const char *name) {
    for (size_t i = 0; i < node->image->dylibs.count; i++)
        if (node->loads[i] != NO_IMAGE && merge_of_node[node->loads[i]] == merge &&
            is_name_for(merge, node->image->dylibs.items[i].name, name))
            return true;
    return false;
}

/* The merged image that a part's load command leads to; NULL when it leads to another dylib. */
static const struct merge *other_merge(const struct merge *merge, const struct part *part,
                                       size_t use) {
    size_t node = part->node->loads[use];
    return node == NO_IMAGE ? NULL : merge->merge_of_node[node];
}

/* The dylib that a part's load command leads to. */
static struct merged_dylib *find_dylib(const struct merge *merge, const struct part *part,
                                       size_t use) {
    const struct merge *other = other_merge(merge, part, use);
    const char *name = part->image->dylibs.items[use].name;
    for (size_t i = 0; i < merge->dylibs.count; i++) {
        struct merged_dylib *dylib = &merge->dylibs.items[i];
        if (dylib->merge == other && (other != NULL || strcmp(dylib->name, name) == 0))
            return dylib;
    }
    return NULL;
}

static bool is_inside(const struct merge *merge, const struct part *part, size_t use) {
    return merge_part_of(merge, part->node->loads[use]) != NO_PART;
}

/* Weak where all that ask are; upward likewise. */
static void join(struct merged_dylib *known, const struct dylib_use *use) {
    known->reexport |= use->reexport;
    known->weak &= use->weak;
    known->upward &= use->upward;
}

static void add_dylib(struct merge *merge, const struct part *part, struct bytes command,
                      size_t use) {
    const struct dylib_use *asked = &part->image->dylibs.items[use];
    const struct merge *other = other_merge(merge, part, use);
    struct merged_dylib *known = find_dylib(merge, part, use);
    if (known != NULL) {
        join(known, asked);
        return;
    }
    *vector_push(merge->arena, &merge->dylibs) = (struct merged_dylib){
        .name = other == NULL ? asked->name : merge_name_for(merge->arena, other, asked->name),
        .merge = other,
        .reexport = asked->reexport,
        .weak = asked->weak,
        .upward = asked->upward,
        .timestamp = 2,
        .current_version = bytes_u32(command, DYLIB_CURRENT),
        .compatibility_version = bytes_u32(command, DYLIB_COMPATIBILITY),
    };
}

static void add_rpath(struct merge *merge, const char *rpath) {
    for (size_t i = 0; i < merge->rpaths.count; i++)
        if (strcmp(merge->rpaths.items[i], rpath) == 0)
            return;
    *vector_push(merge->arena, &merge->rpaths) = rpath;
}

static void add_names(struct merge *merge, const struct part *part) {
    struct load_command_walk walk = image_commands(part->head);
    struct load_command command;
    struct error ignored;
    size_t use = 0;
    while (load_command_next(&walk, &command, &ignored))
        if (dylib_use_is(command.number)) {
            if (!is_inside(merge, part, use))
                add_dylib(merge, part, command.bytes, use);
            use++;
        }
    for (size_t i = 0; i < part->image->rpaths.count; i++)
        add_rpath(merge, part->image->rpaths.items[i]);
}

static size_t node_of(const struct merge *merge, const struct part *part) {
    return (size_t)(part->node - merge->graph->items);
}

/* --- identity --- */

static void make_uuid(struct merge *merge) {
    struct buffer names = {0};
    uint8_t hash[SHA256_SIZE];
    for (size_t i = 0; i < merge->part_count; i++) {
        const struct image *image = merge->parts[i].image;
        buffer_add(&names, image->uuid, sizeof image->uuid);
        buffer_add(&names, image->install_name, strlen(image->install_name) + 1);
    }
    digest(DIGEST_SHA256, buffer_bytes(&names), hash);
    memcpy(merge->uuid, hash, sizeof merge->uuid);
    merge->uuid[6] = (uint8_t)((merge->uuid[6] & 0x0f) | 0x50); /* a name-based one */
    merge->uuid[8] = (uint8_t)((merge->uuid[8] & 0x3f) | 0x80);
    buffer_free(&names);
}

static void describe(struct merge *merge) {
    merge->pointer_format = DYLD_CHAINED_PTR_64_OFFSET;
    for (size_t i = 0; i < merge->part_count; i++) {
        const struct part *part = &merge->parts[i];
        uint16_t format = part_pointer_format(part);
        if (format != 0)
            merge->pointer_format = format;
        if (node_of(merge, part) < node_of(merge, &merge->parts[merge->first_loaded]))
            merge->first_loaded = i;
        merge->has_opcodes |= part_needs_opcodes(part);
        merge->is_signed |= part_linkedit(part, "code signature").size != 0;
        merge->has_identity |= part_has_identity(part);
        add_names(merge, part);
    }
    make_uuid(merge);
}

bool merge_begin(struct merge *merge, const size_t *nodes, size_t count, struct error *error) {
    size_t *loaded = arena_take(merge->arena, count * sizeof *loaded);
    merge->parts = arena_take(merge->arena, count * sizeof *merge->parts);
    merge->part_numbers =
        arena_take(merge->arena, merge->graph->count * sizeof *merge->part_numbers);
    for (size_t i = 0; i < count; i++) {
        loaded[i] = nodes[i];
        if (!part_read(merge->arena, &merge->graph->items[nodes[i]], &merge->parts[i], error))
            return false;
        merge->part_numbers[nodes[i]] = ++merge->part_count;
        if (!definitions_add(&merge->names, &merge->parts[i], i, &merge->definitions, error))
            return false;
    }
    definitions_sort(&merge->definitions, loaded);
    definitions_index(&merge->names, &merge->definitions);
    describe(merge);
    return true;
}

void merge_written(struct merge *merge) {
    struct merged_contents *made = &merge->made;
    struct buffer *buffers[] = {
        &made->initialisers,   &made->unwind_info,     &made->eh_frame,         &made->fixups,
        &made->exports,        &made->function_starts, &made->data_in_code,     &made->symbols,
        &made->opcodes.rebase, &made->opcodes.bind,    &made->opcodes.weak_bind};
    for (size_t i = 0; i < sizeof buffers / sizeof buffers[0]; i++)
        buffer_free(buffers[i]);
    string_pool_free(&made->strings.plan);
    mapped_pieces_free(&made->strings.pool);
}

void merge_compared(struct merge *merge) {
    arena_free(&merge->names);
    merge->definitions = (struct definitions){0};
    for (size_t i = 0; i < merge->part_count; i++)
        part_rest(&merge->parts[i]);
}

void merge_free(struct merge *merge) {
    merge_written(merge);
    merge_compared(merge);
    for (size_t i = 0; i < merge->part_count; i++)
        part_free(&merge->parts[i]);
    free(merge->template.pointers);
    new_chains_free(&merge->chains);
    new_opcodes_free(&merge->opcodes);
}

/* --- imports --- */

int32_t merge_ordinal(const struct merge *merge, const struct part *part, size_t use) {
    return (int32_t)(find_dylib(merge, part, use) - merge->dylibs.items) + 1;
}

/* A weak definition may give way to one of another image, and an absolute one does not slide: dyld
 * goes on looking these up, now in the merged image itself. */
static bool is_direct(const struct definition *definition) {
    return !definition_is_weak(definition) && definition_is_address(definition);
}

/* What is found behind a re-exported dylib is looked up in the merged image, which re-exports that
 * dylib too. */
static void import_found(const struct merge *merge, const struct merged_lookup *found,
                         struct merged_import *merged) {
    const struct definition *definition = found->definition;
    if (definition == NULL && found->symbol != NULL) {
        merged->import.ordinal = merge_ordinal(merge, &merge->parts[found->part], found->use);
        merged->import.symbol = found->symbol;
    } else if (definition != NULL && is_direct(definition)) {
        const struct part *part = &merge->parts[definition->part];
        merged->is_inside = true;
        merged->address = merge_address(part, image_base(part->image) + definition->offset) +
                          (uint64_t)merged->import.addend;
    } else {
        merged->import.ordinal = ORDINAL_SELF;
    }
}

static bool import_inside(const struct merge *merge, size_t target, const struct import *import,
                          struct merged_import *merged, struct error *error) {
    struct merged_lookup found;
    if (!merge_lookup(merge, target, import->symbol, &found))
        return error_malformed(error, "fixups", "%s is not exported by %s", import->symbol,
                               merge->parts[target].node->file->path);
    import_found(merge, &found, merged);
    return true;
}

bool merge_import(const struct merge *merge, const struct part *part, const struct import *import,
                  struct merged_import *merged, struct error *error) {
    *merged = (struct merged_import){.import = *import};
    if (import->ordinal <= 0)
        return true;
    size_t use = (size_t)import->ordinal - 1;
    size_t target = merge_part_of(merge, part->node->loads[use]);
    if (target != NO_PART)
        return import_inside(merge, target, import, merged, error) ||
               error_in_file(error, part->node->file->path);
    merged->import.ordinal = merge_ordinal(merge, part, use);
    return true;
}
