#include "program/top_names.h"

#include "base/mapping.h"
#include "base/memory.h"
#include "base/name_set.h"
#include "base/seed.h"
#include "base/text.h"
#include "macho/symtab.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_NODES = 1 << 18, NO_NODE = 0, WORD = 64 };

/* A prefix. Node i + 1 is kind i; node 0 is none. A longer one comes after what it begins with. */
struct name_node {
    uint32_t parent;
    enum name_kind kind;
    struct bytes text; /* in the arena */
    const char *after;
    struct names_size own;
};

struct name_tree {
    struct arena *arena;
    struct name_node *nodes;
    size_t count;
    size_t capacity;
    uint64_t seed;
    uint32_t *places; /* a hash table of 2 * MOST_NODES; NO_NODE for a free place */
};

/* --- the tree --- */

static uint32_t add_node(struct name_tree *tree, struct name_node node) {
    tree->nodes = memory_grow(tree->nodes, tree->count, &tree->capacity, sizeof *tree->nodes);
    tree->nodes[tree->count] = node;
    return (uint32_t)tree->count++;
}

static void begin_tree(struct arena *arena, struct name_tree *tree) {
    *tree = (struct name_tree){.arena = arena, .seed = seed()};
    tree->places = memory_zeros(2 * MOST_NODES, sizeof *tree->places);
    add_node(tree, (struct name_node){.after = ""});
    for (size_t i = 0; i < NAME_KINDS; i++)
        add_node(tree, (struct name_node){.kind = (enum name_kind)i, .after = ""});
}

static void end_tree(struct name_tree *tree) {
    free(tree->nodes);
    free(tree->places);
}

static bool node_is(const struct name_node *node, uint32_t parent, const struct name_part *part) {
    return node->parent == parent && strcmp(node->after, part->after) == 0 &&
           node->text.size == part->text.size &&
           memcmp(node->text.data, part->text.data, part->text.size) == 0;
}

/* The node of a part; its parent when there are too many. */
static uint32_t child(struct name_tree *tree, uint32_t parent, const struct name_part *part) {
    uint64_t hash = tree->seed + parent;
    for (size_t i = 0; i < part->text.size; i++)
        hash = name_hash_add(hash, part->text.data[i]);
    size_t at = (size_t)(hash >> 32) & (2 * MOST_NODES - 1);
    while (tree->places[at] != NO_NODE && !node_is(&tree->nodes[tree->places[at]], parent, part))
        at = (at + 1) & (2 * MOST_NODES - 1);
    if (tree->places[at] != NO_NODE)
        return tree->places[at];
    if (tree->count >= MOST_NODES)
        return parent;
    const char *copy = arena_copy(tree->arena, (const char *)part->text.data, part->text.size);
    tree->places[at] = add_node(tree, (struct name_node){
                                          .parent = parent,
                                          .kind = tree->nodes[parent].kind,
                                          .text = {(const uint8_t *)copy, part->text.size},
                                          .after = part->after,
                                      });
    return tree->places[at];
}

static struct name_node *node_of(struct name_tree *tree, struct bytes name) {
    struct name_prefix prefix;
    name_prefix_read(name, &prefix);
    uint32_t node = (uint32_t)prefix.kind + 1;
    for (size_t i = 0; i < prefix.count; i++)
        node = child(tree, node, &prefix.parts[i]);
    return &tree->nodes[node];
}

/* --- reading --- */

struct name_tables {
    struct bytes table;
    struct bytes pool;
    uint64_t *starts; /* a bit for each byte of the pool: whether a name begins there */
};

/* From `at` to a NUL, at most `most` bytes. */
static struct bytes characters(struct bytes pool, size_t at, size_t most) {
    size_t left = pool.size - at < most ? pool.size - at : most;
    const uint8_t *end = left == 0 ? NULL : memchr(pool.data + at, '\0', left);
    return (struct bytes){pool.data + at, end == NULL ? left : (size_t)(end - (pool.data + at))};
}

static void mark(struct name_tables *tables, uint64_t index) {
    if (index < tables->pool.size)
        tables->starts[index / WORD] |= UINT64_C(1) << index % WORD;
}

static void count_entries(struct name_tree *tree, struct name_tables *tables) {
    for (size_t i = 0; i < tables->table.size / NLIST_SIZE; i++) {
        struct nlist symbol = nlist_at(tables->table, i);
        struct bytes name = {NULL, 0};
        if (symbol.string_index < tables->pool.size)
            name = characters(tables->pool, symbol.string_index, NAME_MOST_BYTES);
        struct name_node *node = node_of(tree, name);
        node->own.entries += NLIST_SIZE;
        node->own.count++;
        mark(tables, symbol.string_index);
        if (nlist_has_second_name(&symbol))
            mark(tables, symbol.value);
    }
}

static size_t next_mark(const struct name_tables *tables, size_t at) {
    while (at < tables->pool.size) {
        uint64_t word = tables->starts[at / WORD] >> at % WORD;
        if (word != 0)
            return at + (size_t)__builtin_ctzll(word);
        at = (at / WORD + 1) * WORD;
    }
    return tables->pool.size;
}

static void count_strings(struct name_tree *tree, const struct name_tables *tables) {
    size_t at = next_mark(tables, 0);
    while (at < tables->pool.size) {
        struct bytes string = characters(tables->pool, at, tables->pool.size);
        size_t left = tables->pool.size - at;
        size_t size = string.size < left ? string.size + 1 : left;
        node_of(tree, string)->own.strings += size;
        at = next_mark(tables, at + size);
    }
}

static bool count_image(struct name_tree *tree, const struct file *file, uint64_t slice_offset,
                        const struct image *image, struct error *error) {
    const struct symtab_place *place = &image->symtab;
    struct mapping table = {0}, pool = {0};
    if (place->symbol_count == 0)
        return true;
    bool mapped =
        mapping_make(file, slice_offset + place->symbols_offset, place->symbol_count * NLIST_SIZE,
                     &table, error) &&
        mapping_make(file, slice_offset + place->strings_offset, place->strings_size, &pool, error);
    if (mapped) {
        struct name_tables tables = {table.bytes, pool.bytes, NULL};
        tables.starts = memory_zeros(pool.bytes.size / WORD + 1, sizeof *tables.starts);
        count_entries(tree, &tables);
        count_strings(tree, &tables);
        free(tables.starts);
    }
    mapping_free(&table);
    mapping_free(&pool);
    return mapped;
}

static bool count_file(struct name_tree *tree, const struct loaded_image *loaded,
                       struct error *error) {
    const char *path = loaded->file->path;
    struct file file;
    if (!file_open(path, &file, error))
        return false;
    bool counted = false;
    if (file.size != loaded->file->size)
        error_io(error, path, "became another file while it was read");
    else
        counted = count_image(tree, &file, loaded->slice->offset, loaded->image, error) ||
                  error_in_file(error, path);
    file_close(&file);
    return counted;
}

/* --- choosing --- */

static void add_size(struct names_size *sum, const struct names_size *size) {
    sum->strings += size->strings;
    sum->entries += size->entries;
    sum->count += size->count;
}

static uint64_t bytes_of(const struct names_size *size) {
    return size->strings + size->entries;
}

/* What each node has that does not go to longer prefixes of at least `share` bytes; a row is what
 * has as much. What has less goes to the shorter prefix, and from the kinds to node 0. */
static size_t share_out(const struct name_tree *tree, uint64_t share, struct names_size *sizes) {
    size_t rows = 0;
    for (size_t i = 0; i < tree->count; i++)
        sizes[i] = tree->nodes[i].own;
    for (size_t i = tree->count - 1; i > 0; i--) {
        if (bytes_of(&sizes[i]) >= share) {
            rows++;
            continue;
        }
        add_size(&sizes[tree->nodes[i].parent], &sizes[i]);
        sizes[i] = (struct names_size){0};
    }
    return rows;
}

static uint64_t choose_share(const struct name_tree *tree, uint64_t total, size_t most,
                             struct names_size *sizes) {
    uint64_t share = total + 1;
    while (share > 1) {
        uint64_t smaller = share - (share + 15) / 16;
        if (smaller == 0 || share_out(tree, smaller, sizes) > most)
            break;
        share = smaller;
    }
    return share;
}

static const char *prefix_text(struct arena *arena, const struct name_tree *tree, uint32_t node) {
    const char *text = "";
    for (; node > NAME_KINDS; node = tree->nodes[node].parent)
        text =
            arena_format(arena, "%.*s%s%s", (int)tree->nodes[node].text.size,
                         (const char *)tree->nodes[node].text.data, tree->nodes[node].after, text);
    return text;
}

static int more_first(const void *left, const void *right) {
    const struct top_name *a = left, *b = right;
    if (bytes_of(&a->size) != bytes_of(&b->size))
        return bytes_of(&a->size) > bytes_of(&b->size) ? -1 : 1;
    return a->kind != b->kind ? (int)a->kind - (int)b->kind : strcmp(a->prefix, b->prefix);
}

static void choose(struct arena *arena, const struct name_tree *tree, size_t most,
                   struct top_names *names) {
    struct names_size *sizes = memory_zeros(tree->count, sizeof *sizes);
    for (size_t i = 0; i < tree->count; i++)
        add_size(&names->total, &tree->nodes[i].own);
    uint64_t share = choose_share(tree, bytes_of(&names->total), most, sizes);
    share_out(tree, share, sizes);
    names->rest = sizes[0];
    for (size_t i = 1; i < tree->count; i++)
        if (bytes_of(&sizes[i]) != 0)
            *vector_push(arena, names) = (struct top_name){prefix_text(arena, tree, (uint32_t)i),
                                                           tree->nodes[i].kind, sizes[i]};
    if (names->count != 0)
        qsort(names->items, names->count, sizeof *names->items, more_first);
    free(sizes);
}

bool top_names_find(struct arena *arena, const struct program *program, size_t most,
                    struct top_names *names, struct error *error) {
    struct name_tree tree;
    bool read = true;
    *names = (struct top_names){0};
    begin_tree(arena, &tree);
    for (size_t i = 0; i < program->images.count && read; i++)
        read = count_file(&tree, &program->images.items[i], error);
    if (read)
        choose(arena, &tree, most, names);
    end_tree(&tree);
    return read;
}
