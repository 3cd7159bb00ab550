#include "macho/write/exports_trie.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* The root is no node's child, so that its number stands for none. An edge to an offset below NEAR
 * takes two bytes, as above it takes three. */
enum { ROOT = 0, NO_NODE = 0, NEAR = 1 << 14 };

struct trie_node {
    uint32_t label; /* in `texts`: the characters of the edge that leads here */
    uint32_t label_size;
    uint32_t export; /* in `texts`: the size of the export, and it; 0, where a 0 stands, for none */
    uint32_t export_size;
    uint32_t first_child; /* NO_NODE for a leaf; by rising labels */
    uint32_t next;        /* the next child of its parent; NO_NODE for the last one */
    uint32_t offset;      /* in the new trie, bytes; rises from pass to pass */
    uint32_t child_count;
};

/* A node on the way from the root to the last one that was added. */
struct path_step {
    uint32_t node;
    uint32_t depth; /* characters from the root */
    uint32_t last_child;
};

struct trie_builder {
    struct trie_node *nodes;
    size_t node_count;
    size_t node_capacity;
    uint8_t *texts; /* labels and exports */
    size_t text_size;
    size_t text_capacity;
    struct path_step *path;
    size_t path_count;
    size_t path_capacity;
    uint32_t *order; /* the nodes as they are written */
};

static void free_builder(struct trie_builder *builder) {
    free(builder->nodes);
    free(builder->texts);
    free(builder->path);
    free(builder->order);
}

/* --- numbers --- */

static size_t number_size(uint64_t number) {
    size_t size = 1;
    for (; number > 0x7f; number >>= 7)
        size++;
    return size;
}

static uint8_t *store_number(uint8_t *target, uint64_t number) {
    for (; number > 0x7f; number >>= 7)
        *target++ = (uint8_t)(number | 0x80);
    *target++ = (uint8_t)number;
    return target;
}

/* --- nodes --- */

/* Where `size` more bytes of text go. */
static uint8_t *add_text(struct trie_builder *builder, size_t size) {
    builder->texts =
        memory_grow(builder->texts, builder->text_size + size, &builder->text_capacity, 1);
    builder->text_size += size;
    return builder->texts + builder->text_size - size;
}

static uint32_t add_node(struct trie_builder *builder, uint32_t label, uint32_t label_size) {
    builder->nodes = memory_grow(builder->nodes, builder->node_count, &builder->node_capacity,
                                 sizeof *builder->nodes);
    builder->nodes[builder->node_count] =
        (struct trie_node){.label = label, .label_size = label_size, .export_size = 1};
    return (uint32_t)builder->node_count++;
}

static void push_step(struct trie_builder *builder, uint32_t node, uint32_t depth,
                      uint32_t last_child) {
    builder->path = memory_grow(builder->path, builder->path_count, &builder->path_capacity,
                                sizeof *builder->path);
    builder->path[builder->path_count++] = (struct path_step){node, depth, last_child};
}

static struct path_step *top(const struct trie_builder *builder) {
    return &builder->path[builder->path_count - 1];
}

/* Cuts the edge that leads to `node` after its first `size` characters: the node stands there now,
 * and all that it was in a new one below it. */
static void split(struct trie_builder *builder, uint32_t node, uint32_t size) {
    uint32_t below = add_node(builder, 0, 0);
    struct trie_node *upper = &builder->nodes[node];
    builder->nodes[below] = *upper;
    builder->nodes[below].label += size;
    builder->nodes[below].label_size -= size;
    *upper = (struct trie_node){.label = upper->label,
                                .label_size = size,
                                .export_size = 1,
                                .first_child = below,
                                .child_count = 1};
    push_step(builder, node, top(builder)->depth + size, below);
}

static void add_leaf(struct trie_builder *builder, struct bytes label) {
    struct path_step *parent = top(builder);
    uint32_t depth = parent->depth + (uint32_t)label.size;
    uint32_t text = (uint32_t)builder->text_size;
    memcpy(add_text(builder, label.size), label.data, label.size);
    uint32_t leaf = add_node(builder, text, (uint32_t)label.size);
    if (parent->last_child == NO_NODE)
        builder->nodes[parent->node].first_child = leaf;
    else
        builder->nodes[parent->last_child].next = leaf;
    builder->nodes[parent->node].child_count++;
    parent->last_child = leaf;
    push_step(builder, leaf, depth, NO_NODE);
}

/* --- exports --- */

static size_t payload_size(const struct export *export) {
    size_t size = number_size(export->flags);
    if ((export->flags & EXPORT_SYMBOL_FLAGS_REEXPORT) != 0)
        return size + number_size(export->ordinal) + export->imported.size + 1;
    if ((export->flags &
         (EXPORT_SYMBOL_FLAGS_STUB_AND_RESOLVER | EXPORT_SYMBOL_FLAGS_FUNCTION_VARIANT)) != 0)
        size += number_size(export->second);
    return size + number_size(export->offset);
}

static void store_payload(const struct export *export, uint8_t *target) {
    target = store_number(target, export->flags);
    if ((export->flags & EXPORT_SYMBOL_FLAGS_REEXPORT) != 0) {
        target = store_number(target, export->ordinal);
        if (export->imported.size != 0)
            memcpy(target, export->imported.data, export->imported.size);
        target[export->imported.size] = '\0';
        return;
    }
    target = store_number(target, export->offset);
    if ((export->flags &
         (EXPORT_SYMBOL_FLAGS_STUB_AND_RESOLVER | EXPORT_SYMBOL_FLAGS_FUNCTION_VARIANT)) != 0)
        store_number(target, export->second);
}

static void give_export(struct trie_builder *builder, uint32_t node, const struct export *export) {
    size_t payload = payload_size(export), size = number_size(payload) + payload;
    builder->nodes[node].export = (uint32_t)builder->text_size;
    builder->nodes[node].export_size = (uint32_t)size;
    store_payload(export, store_number(add_text(builder, size), payload));
}

/* Adds an export that comes after all that were added, and shares its first `shared` characters
 * with the last of them. */
static void add_export(struct trie_builder *builder, const struct export *export, size_t shared) {
    uint32_t left = ROOT;
    while (top(builder)->depth > shared) {
        left = top(builder)->node;
        builder->path_count--;
    }
    if (top(builder)->depth < shared)
        split(builder, left, (uint32_t)shared - top(builder)->depth);
    if (export->name.size > shared)
        add_leaf(builder, (struct bytes){export->name.data + shared, export->name.size - shared});
    give_export(builder, top(builder)->node, export);
}

/* With the root alone. */
static void begin(struct trie_builder *builder) {
    *add_text(builder, 1) = 0; /* the size of no export */
    push_step(builder, add_node(builder, 0, 0), 0, NO_NODE);
}

static bool add_all(struct trie_builder *builder, struct bytes old, exports_keep *keep,
                    void *context, struct error *error) {
    struct exports_cursor cursor;
    struct export export;
    size_t shared = SIZE_MAX;
    begin(builder);
    exports_trie_start(old, &cursor);
    while (exports_trie_next(&cursor, &export, error)) {
        shared = export.shared < shared ? export.shared : shared;
        if (keep != NULL && !keep(context, &export))
            continue;
        add_export(builder, &export, shared);
        shared = SIZE_MAX;
    }
    exports_trie_end(&cursor);
    return error->kind == ERROR_NONE;
}

/* --- places --- */

static uint32_t *depth_first(struct trie_builder *builder) {
    uint32_t *nodes = memory_zeros(builder->node_count, sizeof *nodes);
    uint32_t node = ROOT;
    builder->path_count = 0;
    for (size_t i = 0; i < builder->node_count; i++) {
        nodes[i] = node;
        push_step(builder, node, 0, NO_NODE);
        node = builder->nodes[node].first_child;
        while (node == NO_NODE && builder->path_count != 0)
            node = builder->nodes[builder->path[--builder->path_count].node].next;
    }
    return nodes;
}

static size_t node_size(const struct trie_builder *builder, uint32_t number) {
    const struct trie_node *node = &builder->nodes[number];
    size_t size = (size_t)node->export_size + 1;
    for (uint32_t child = node->first_child; child != NO_NODE; child = builder->nodes[child].next)
        size += (size_t)builder->nodes[child].label_size + 1 +
                number_size(builder->nodes[child].offset);
    return size;
}

enum { MOST_OF_SMALL = 64 };

/* The size of a small leaf, 0 for another node. */
static size_t small_leaf(const struct trie_builder *builder, uint32_t number) {
    const struct trie_node *node = &builder->nodes[number];
    return node->child_count == 0 && node->export_size < MOST_OF_SMALL ? node->export_size + 1 : 0;
}

/* How many leaves of each size begin below NEAR when the smallest come right after the root. */
static void count_near(const struct trie_builder *builder, size_t near[MOST_OF_SMALL + 1]) {
    size_t at = node_size(builder, ROOT) + builder->nodes[ROOT].child_count;
    for (uint32_t i = ROOT + 1; i < builder->node_count; i++)
        near[small_leaf(builder, i)]++;
    near[0] = 0;
    for (size_t size = 1; size <= MOST_OF_SMALL; size++) {
        size_t room = at < NEAR ? (NEAR - at + size - 1) / size : 0;
        near[size] = near[size] < room ? near[size] : room;
        at += near[size] * size;
    }
}

static void put_in_order(struct trie_builder *builder) {
    size_t near[MOST_OF_SMALL + 1] = {0}, starts[MOST_OF_SMALL + 1], next = 1;
    uint32_t *nodes = depth_first(builder);
    builder->order = memory_zeros(builder->node_count, sizeof *builder->order);
    count_near(builder, near);
    for (size_t size = 1; size <= MOST_OF_SMALL; size++) {
        starts[size] = next;
        next += near[size];
    }
    builder->order[0] = ROOT;
    for (size_t i = 1; i < builder->node_count; i++) {
        size_t size = small_leaf(builder, nodes[i]);
        bool is_near = near[size] != 0;
        builder->order[is_near ? starts[size]++ : next++] = nodes[i];
        near[size] -= is_near;
    }
    free(nodes);
}

/* Offsets only rise from pass to pass, and the sizes of numbers with them, until none does. That
 * ends soon: a node has at least four bytes, so that moving all by one takes one at most past a
 * power of 128. False when the trie gets larger than `limit`. */
static bool place(struct trie_builder *builder, size_t limit, size_t *size) {
    for (bool moved = true; moved;) {
        size_t at = 0;
        moved = false;
        for (size_t i = 0; i < builder->node_count; i++) {
            struct trie_node *node = &builder->nodes[builder->order[i]];
            moved |= node->offset != at;
            node->offset = (uint32_t)at;
            at += node_size(builder, builder->order[i]);
            if (at > limit)
                return false;
        }
        *size = at;
    }
    return true;
}

/* --- the new trie --- */

static uint8_t *store_node(const struct trie_builder *builder, uint32_t number, uint8_t *target) {
    const struct trie_node *node = &builder->nodes[number];
    memcpy(target, builder->texts + node->export, node->export_size);
    target += node->export_size;
    *target++ = (uint8_t)node->child_count;
    for (uint32_t i = node->first_child; i != NO_NODE; i = builder->nodes[i].next) {
        const struct trie_node *child = &builder->nodes[i];
        memcpy(target, builder->texts + child->label, child->label_size);
        target[child->label_size] = '\0';
        target = store_number(target + child->label_size + 1, child->offset);
    }
    return target;
}

/* Writes the trie that was built, unless it gets larger than `limit`. */
static void write_trie(struct trie_builder *builder, size_t limit, struct rebuilt_trie *rebuilt) {
    put_in_order(builder);
    if (!place(builder, limit, &rebuilt->size))
        return;
    rebuilt->bytes = memory_zeros(rebuilt->size, 1);
    uint8_t *target = rebuilt->bytes;
    for (size_t i = 0; i < builder->node_count; i++)
        target = store_node(builder, builder->order[i], target);
}

bool exports_trie_write(struct bytes old, exports_keep *keep, void *context,
                        struct rebuilt_trie *rebuilt, struct error *error) {
    struct trie_builder builder = {0};
    *rebuilt = (struct rebuilt_trie){0};
    bool readable = add_all(&builder, old, keep, context, error);
    if (readable)
        write_trie(&builder, old.size, rebuilt);
    free_builder(&builder);
    return readable;
}

static size_t shared_characters(struct bytes left, struct bytes right) {
    size_t shared = 0;
    while (shared < left.size && shared < right.size && left.data[shared] == right.data[shared])
        shared++;
    return shared;
}

void exports_trie_make(const struct export *exports, size_t count, struct rebuilt_trie *rebuilt) {
    struct trie_builder builder = {0};
    *rebuilt = (struct rebuilt_trie){0};
    begin(&builder);
    for (size_t i = 0; i < count; i++)
        add_export(&builder, &exports[i],
                   i == 0 ? 0 : shared_characters(exports[i - 1].name, exports[i].name));
    write_trie(&builder, UINT32_MAX, rebuilt);
    free_builder(&builder);
}
