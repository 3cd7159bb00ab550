#include "macho/exports_trie.h"

#include "base/leb.h"
#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char trie_field[] = "exports trie";

static bool node_error(struct error *error, uint32_t node, const char *what) {
    return error_malformed(error, trie_field, "the node at 0x%" PRIx32 " %s", node, what);
}

/* --- what an export holds --- */

/* A name of another dylib's export, which ends in the payload. */
static bool read_imported(struct bytes payload, size_t at, struct export *export) {
    const uint8_t *start = payload.data + at;
    const uint8_t *end = at == payload.size ? NULL : memchr(start, '\0', payload.size - at);
    if (end == NULL)
        return false;
    export->imported = (struct bytes){start, (size_t)(end - start)};
    if (export->imported.size == export->name.size &&
        memcmp(start, export->name.data, export->name.size) == 0)
        export->imported.size = 0;
    return true;
}

/* Says what is wrong with it, or NULL. */
static const char *read_payload(struct bytes payload, struct export *export) {
    static const char no_number[] = "has an export without a number that it needs";
    size_t at = 0;
    uint64_t flags;
    if (!leb_unsigned(payload, &at, &flags))
        return no_number;
    if ((flags & ~(uint64_t)EXPORT_ALL_FLAGS) != 0)
        return "has an export with unknown flags";
    export->flags = (uint8_t)flags;
    if ((flags & EXPORT_SYMBOL_FLAGS_REEXPORT) != 0) {
        export->ordinal_at = payload.data + at;
        if (!leb_unsigned(payload, &at, &export->ordinal))
            return no_number;
        return read_imported(payload, at, export) ? NULL
                                                  : "has a re-export whose name does not end in it";
    }
    if (!leb_unsigned(payload, &at, &export->offset))
        return no_number;
    if ((flags & (EXPORT_SYMBOL_FLAGS_STUB_AND_RESOLVER | EXPORT_SYMBOL_FLAGS_FUNCTION_VARIANT)) !=
            0 &&
        !leb_unsigned(payload, &at, &export->second))
        return no_number;
    return NULL;
}

/* --- nodes --- */

/* Marks the bytes of a node; false when another one has some of them. */
static bool take_bytes(struct exports_cursor *cursor, size_t start, size_t end) {
    for (size_t at = start; at < end;) {
        size_t word = at / 64, next = (word + 1) * 64 < end ? (word + 1) * 64 : end;
        uint64_t mask = UINT64_MAX << at % 64;
        if (next % 64 != 0)
            mask &= ~(UINT64_MAX << next % 64);
        if ((cursor->taken[word] & mask) != 0)
            return false;
        cursor->taken[word] |= mask;
        at = next;
    }
    return true;
}

/* By their characters, the last one first: that is the order in which they wait. Which of two that
 * are equal comes first does not matter. */
static int compare_edges(const struct exports_cursor *cursor, const struct waiting_edge *a,
                         const struct waiting_edge *b) {
    int order = memcmp(cursor->trie.data + a->text, cursor->trie.data + b->text,
                       a->size < b->size ? a->size : b->size);
    return order != 0 ? order : a->size < b->size ? -1 : a->size > b->size;
}

/* Merges the sorted halves of `edges`. */
static void merge_edges(const struct exports_cursor *cursor, struct waiting_edge *edges,
                        size_t half, size_t count) {
    struct waiting_edge *first = cursor->scratch;
    size_t left = 0, right = half;
    memcpy(first, edges, half * sizeof *edges);
    for (size_t i = 0; left < half; i++)
        if (right == count || compare_edges(cursor, &first[left], &edges[right]) >= 0)
            edges[i] = first[left++];
        else
            edges[i] = edges[right++];
}

/* Sorts the edges of one node; most linkers have done so, one way or the other. */
static void sort_edges(const struct exports_cursor *cursor, struct waiting_edge *edges,
                       size_t count) {
    if (count < 2)
        return;
    size_t half = count / 2;
    sort_edges(cursor, edges, half);
    sort_edges(cursor, edges + half, count - half);
    merge_edges(cursor, edges, half, count);
}

static bool begins_with(const struct exports_cursor *cursor, const struct waiting_edge *edge,
                        const struct waiting_edge *start) {
    return edge->size >= start->size && memcmp(cursor->trie.data + edge->text,
                                               cursor->trie.data + start->text, start->size) == 0;
}

static bool add_edge(struct exports_cursor *cursor, size_t *at, uint32_t depth) {
    struct bytes trie = cursor->trie;
    const uint8_t *end = memchr(trie.data + *at, '\0', trie.size - *at);
    size_t next = end == NULL ? trie.size : (size_t)(end - trie.data) + 1;
    uint64_t node;
    if (end == NULL || !leb_unsigned(trie, &next, &node))
        return false;
    cursor->edges = memory_grow(cursor->edges, cursor->edge_count, &cursor->edge_capacity,
                                sizeof *cursor->edges);
    cursor->edges[cursor->edge_count++] = (struct waiting_edge){
        .text = (uint32_t)*at,
        .size = (uint32_t)((size_t)(end - trie.data) - *at),
        /* One that does not fit lies past the end as the last that does. */
        .node = node > UINT32_MAX ? UINT32_MAX : (uint32_t)node,
        .depth = depth,
    };
    *at = next;
    return true;
}

/* Sorted, each edge that begins with another comes next to one that does. */
static bool edges_apart(const struct exports_cursor *cursor, size_t first, uint32_t node,
                        struct error *error) {
    for (size_t i = first + 1; i < cursor->edge_count; i++)
        if (begins_with(cursor, &cursor->edges[i - 1], &cursor->edges[i]))
            return node_error(error, node, "has an edge that begins with another one");
    return true;
}

/* The node's export, and its edges after those that wait; `depth` characters lead to it. */
static bool read_node(struct exports_cursor *cursor, uint32_t node, uint32_t depth,
                      struct bytes *payload, struct error *error) {
    size_t at = node;
    uint64_t size;
    if (node >= cursor->trie.size)
        return error_malformed(error, trie_field,
                               "an edge leads to 0x%" PRIx32 ", past the end of the trie at 0x%zx",
                               node, cursor->trie.size);
    if (!leb_unsigned(cursor->trie, &at, &size) || !bytes_part(cursor->trie, at, size, payload))
        return node_error(error, node, "has an export that runs past the end of the trie");
    at += (size_t)size;
    if (at == cursor->trie.size)
        return node_error(error, node, "runs past the end of the trie");
    for (uint8_t children = cursor->trie.data[at++]; children > 0; children--)
        if (!add_edge(cursor, &at, depth))
            return node_error(error, node, "runs past the end of the trie");
    if (!take_bytes(cursor, node, at))
        return node_error(error, node, "is reached twice, or lies over another one");
    return true;
}

/* Puts in the place of each edge without characters what the node after it has: its name is the
 * same. ld64 up to Xcode 13 wrote them. */
static bool follow_empty_edges(struct exports_cursor *cursor, size_t first, uint32_t depth,
                               struct bytes *payload, struct error *error) {
    for (size_t i = first; i < cursor->edge_count;) {
        struct bytes another;
        uint32_t node = cursor->edges[i].node;
        if (cursor->edges[i].size != 0) {
            i++;
            continue;
        }
        cursor->edges[i] = cursor->edges[--cursor->edge_count];
        if (!read_node(cursor, node, depth, &another, error))
            return false;
        if (another.size != 0 && payload->size != 0)
            return node_error(error, node, "has an export of a name that has one already");
        if (another.size != 0)
            *payload = another;
    }
    return true;
}

/* Reads all that the same name leads to: a node, and those that edges without characters lead on
 * to. *payload is its export. */
static bool read_place(struct exports_cursor *cursor, uint32_t node, uint32_t depth,
                       struct bytes *payload, struct error *error) {
    size_t first = cursor->edge_count;
    if (!read_node(cursor, node, depth, payload, error) ||
        !follow_empty_edges(cursor, first, depth, payload, error))
        return false;
    size_t count = cursor->edge_count - first;
    if (count > 1) {
        cursor->scratch =
            memory_grow(cursor->scratch, count, &cursor->scratch_capacity, sizeof *cursor->scratch);
        sort_edges(cursor, cursor->edges + first, count);
    }
    return edges_apart(cursor, first, node, error);
}

/* --- the walk --- */

/* Puts the characters of an edge after the first edge->depth of the name. */
static void follow(struct exports_cursor *cursor, const struct waiting_edge *edge) {
    const uint8_t *text = cursor->trie.data + edge->text;
    size_t end = (size_t)edge->depth + edge->size, same = 0;
    cursor->name = memory_grow(cursor->name, end, &cursor->name_capacity, sizeof *cursor->name);
    if (edge->depth < cursor->shared) {
        size_t most =
            cursor->shared - edge->depth < edge->size ? cursor->shared - edge->depth : edge->size;
        while (same < most && (uint8_t)cursor->name[edge->depth + same] == text[same])
            same++;
        cursor->shared = edge->depth + same;
    }
    if (edge->size != 0)
        memcpy(cursor->name + edge->depth, text, edge->size);
}

void exports_trie_start(struct bytes trie, struct exports_cursor *cursor) {
    *cursor = (struct exports_cursor){.trie = trie};
    cursor->taken = memory_zeros(trie.size / 64 + 1, sizeof *cursor->taken);
    if (trie.size == 0)
        return;
    cursor->edges = memory_grow(NULL, 0, &cursor->edge_capacity, sizeof *cursor->edges);
    cursor->edges[cursor->edge_count++] = (struct waiting_edge){0};
}

bool exports_trie_next(struct exports_cursor *cursor, struct export *export, struct error *error) {
    error->kind = ERROR_NONE;
    while (cursor->edge_count != 0) {
        struct waiting_edge edge = cursor->edges[--cursor->edge_count];
        uint32_t depth = edge.depth + edge.size;
        struct bytes payload;
        follow(cursor, &edge);
        if (!read_place(cursor, edge.node, depth, &payload, error))
            return false;
        if (payload.size == 0)
            continue;
        *export = (struct export){.name = {(const uint8_t *)cursor->name, depth},
                                  .shared = cursor->shared};
        cursor->shared = depth;
        const char *wrong = read_payload(payload, export);
        return wrong == NULL || node_error(error, edge.node, wrong);
    }
    return false;
}

static bool is_taken(const struct exports_cursor *cursor, size_t at) {
    return (cursor->taken[at / 64] >> at % 64 & 1) != 0;
}

bool exports_trie_gap(const struct exports_cursor *cursor, size_t from, size_t *start,
                      size_t *end) {
    while (from < cursor->trie.size && is_taken(cursor, from))
        from++;
    *start = *end = from;
    while (*end < cursor->trie.size && !is_taken(cursor, *end))
        ++*end;
    return *start != *end;
}

void exports_trie_end(struct exports_cursor *cursor) {
    free(cursor->taken);
    free(cursor->edges);
    free(cursor->scratch);
    free(cursor->name);
    *cursor = (struct exports_cursor){0};
}
