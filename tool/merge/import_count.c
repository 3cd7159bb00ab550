#include "merge/import_count.h"

#include "macho/fixup_walk.h"
#include "macho/write/chained_fixups.h"
#include "merge/part.h"

#include <string.h>

/* The kinds of opcodes share imports: a lazy bind and a bind of one symbol are one. */
static bool add_opcodes(const struct part *part, const struct linkedit_part *placed,
                        struct new_chains *known, struct error *error) {
    struct bytes bytes = part_linkedit(part, placed->name);
    struct fixup_walk walk;
    struct fixup fixup;
    *error = (struct error){0};
    if (!fixup_walk_begin(&walk, placed->name, bytes, part->image, part->slice, error))
        return false;
    while (fixup_walk_next(&walk, &fixup, error)) {
        struct import import = {.symbol = fixup.import.symbol, .ordinal = fixup.import.ordinal};
        if (fixup.kind != FIXUP_REBASE && fixup.kind != FIXUP_STRONG)
            new_chains_import(known, &import);
    }
    return error->kind == ERROR_NONE;
}

static bool count_imports(const struct part *part, struct new_chains *known, uint64_t *count,
                          struct error *error) {
    const struct linkedit_parts *parts = &part->image->parts;
    struct chained_fixups chained;
    for (size_t i = 0; i < parts->count; i++) {
        const char *name = parts->items[i].name;
        if (!fixup_walk_reads(name))
            continue;
        if (strcmp(name, "chained fixups") != 0) {
            if (!add_opcodes(part, &parts->items[i], known, error))
                return false;
            continue;
        }
        if (!chained_fixups_parse(part_linkedit(part, name), part->image, &chained, error))
            return false;
        *count += chained.import_count;
    }
    *count += known->imports.count;
    return true;
}

static bool has_imports(const struct image *image) {
    bool has = false;
    for (size_t i = 0; i < image->parts.count; i++)
        has |= fixup_walk_reads(image->parts.items[i].name);
    return has;
}

/* Ordinals go by the load commands that the bytes have, which those of the node may be meant to
 * replace. */
static bool count_part(struct part part, uint64_t *count, struct error *error) {
    struct arena scratch = {0};
    struct new_chains known = {.arena = &scratch};
    struct image image;
    part.image = &image;
    bool counted = (image_parse(&scratch, part.head, part.slice.size,
                                part.node->slice->architecture, &image, error) &&
                    count_imports(&part, &known, count, error)) ||
                   error_in_file(error, part.node->file->path);
    new_chains_free(&known);
    arena_free(&scratch);
    return counted;
}

static bool count_node(struct arena *arena, const struct graph_node *node, uint64_t *count,
                       struct error *error) {
    struct part part;
    *count = 0;
    if (!has_imports(node->image))
        return true;
    if (!part_read(arena, node, &part, error))
        return false;
    bool counted = count_part(part, count, error);
    part_free(&part);
    return counted;
}

bool import_counts(struct arena *arena, struct program *const *programs, size_t count,
                   uint64_t *counts, struct error *error) {
    struct image_graph graph;
    image_graph_make(arena, programs, count, &graph);
    uint64_t *of_node = arena_take(arena, (graph.count + 1) * sizeof *of_node);
    for (size_t i = 0; i < graph.count; i++)
        if (!count_node(arena, &graph.items[i], &of_node[i], error))
            return false;
    for (size_t i = 0; i < count; i++) {
        counts[i] = 0;
        for (size_t j = 0; j < programs[i]->images.count; j++)
            counts[i] += of_node[image_graph_find(&graph, programs[i]->images.items[j].slice)];
    }
    return true;
}
