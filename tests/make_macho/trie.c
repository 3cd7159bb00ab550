#include "trie.h"

#include "base/arena.h"

#include <stdbool.h>
#include <string.h>

struct node {
    const struct export_symbol *export; /* NULL when no name ends here */
    const char *edge;                   /* what the parent's edge adds to the prefix */
    size_t edge_length;
    size_t child_count;
    size_t next;   /* index of the next sibling; 0 for none, the root having none */
    size_t offset; /* in the trie */
};

/* Nodes in depth-first order: a node's first child follows it. */
struct trie {
    struct node *items;
    size_t count;
    size_t capacity;
    uint64_t base;
};

static size_t terminal_size(const struct trie *trie, const struct node *node) {
    return node->export == NULL ? 0 : 1 + uleb128_size(node->export->address - trie->base);
}

/* The index of the first of a node's children; what follows the last one is 0. */
static size_t first_child(const struct trie *trie, size_t index) {
    return trie->items[index].child_count == 0 ? 0 : index + 1;
}

static size_t common_length(const char *left, const char *right) {
    size_t length = 0;
    while (left[length] != '\0' && left[length] == right[length])
        length++;
    return length;
}

static size_t add_node(struct trie *trie, struct arena *arena, const char *edge, size_t length) {
    *vector_push(arena, trie) = (struct node){.edge = edge, .edge_length = length};
    return trie->count - 1;
}

/* How many of the names begin with the character that the first has at `depth`. */
static size_t group_size(const struct export_symbol *exports, size_t count, size_t depth) {
    size_t size = 1;
    while (size < count && exports[size].name[depth] == exports[0].name[depth])
        size++;
    return size;
}

/* Gives node `index` everything below it: names that agree in their first `depth` characters. Goes
 * no deeper than a name is long. */
static void add_children(struct trie *trie, struct arena *arena, size_t index,
                         const struct export_symbol *exports, size_t count, size_t depth) {
    size_t last = 0;
    if (count != 0 && exports[0].name[depth] == '\0') {
        trie->items[index].export = exports++;
        count--;
    }
    while (count != 0) {
        size_t size = group_size(exports, count, depth);
        const char *edge = exports[0].name + depth;
        size_t length = common_length(edge, exports[size - 1].name + depth);
        size_t child = add_node(trie, arena, edge, length);
        add_children(trie, arena, child, exports, size, depth + length);
        if (last != 0)
            trie->items[last].next = child;
        trie->items[index].child_count++;
        last = child;
        exports += size;
        count -= size;
    }
}

static size_t node_size(const struct trie *trie, size_t index) {
    size_t terminal = terminal_size(trie, &trie->items[index]);
    size_t size = uleb128_size(terminal) + terminal + 1;
    for (size_t i = first_child(trie, index); i != 0; i = trie->items[i].next)
        size += trie->items[i].edge_length + 1 + uleb128_size(trie->items[i].offset);
    return size;
}

/* Offsets only grow from round to round, and the sizes with them, until nothing moves. */
static void assign_offsets(struct trie *trie) {
    for (bool moved = true; moved;) {
        size_t offset = 0;
        moved = false;
        for (size_t i = 0; i < trie->count; i++) {
            moved |= trie->items[i].offset != offset;
            trie->items[i].offset = offset;
            offset += node_size(trie, i);
        }
    }
}

static void write_node(const struct trie *trie, size_t index, struct buffer *buffer) {
    const struct node *node = &trie->items[index];
    buffer_uleb128(buffer, terminal_size(trie, node));
    if (node->export != NULL) {
        buffer_uleb128(buffer, 0); /* EXPORT_SYMBOL_FLAGS_KIND_REGULAR */
        buffer_uleb128(buffer, node->export->address - trie->base);
    }
    buffer_u8(buffer, (uint8_t)node->child_count);
    for (size_t i = first_child(trie, index); i != 0; i = trie->items[i].next) {
        buffer_bytes(buffer, trie->items[i].edge, trie->items[i].edge_length);
        buffer_u8(buffer, 0);
        buffer_uleb128(buffer, trie->items[i].offset);
    }
}

void trie_write(const struct export_symbol *exports, size_t count, uint64_t base,
                struct buffer *buffer) {
    struct arena arena = {0};
    struct trie trie = {.base = base};
    if (count == 0)
        return;
    add_node(&trie, &arena, "", 0);
    add_children(&trie, &arena, 0, exports, count, 0);
    assign_offsets(&trie);
    for (size_t i = 0; i < trie.count; i++)
        write_node(&trie, i, buffer);
    arena_free(&arena);
}
