#include "exports.h"

#include "fail.h"

#include <inttypes.h>
#include <string.h>

enum {
    KIND_MASK = 0x03,
    KIND_ABSOLUTE = 0x02,
    FLAG_WEAK_DEFINITION = 0x04,
    FLAG_REEXPORT = 0x08,
    FLAG_STUB_AND_RESOLVER = 0x10,
    LONGEST_NAME = 65536
};

static void read_export(const struct module *module, struct cursor *cursor, const char *name,
                        struct export *export) {
    uint64_t flags = cursor_uleb(cursor);
    *export = (struct export){.weak = (flags & FLAG_WEAK_DEFINITION) != 0,
                              .reexport = (flags & FLAG_REEXPORT) != 0};
    if ((flags & FLAG_STUB_AND_RESOLVER) != 0)
        fail(module->path, name, "its address is found by a resolver, which run does not call");
    if (export->reexport) {
        export->ordinal = cursor_uleb(cursor);
        const char *imported = cursor_string(cursor);
        export->imported = imported[0] == '\0' ? name : imported;
        return;
    }
    uint64_t offset = cursor_uleb(cursor);
    if ((flags & KIND_MASK) == KIND_ABSOLUTE)
        export->address = offset;
    else
        export->address = module_slid(module, module->image.lowest_address + offset);
}

/* Steps to the child whose edge begins `rest`; *rest is then what follows the edge. */
static bool step(struct cursor *cursor, const char **rest) {
    uint8_t children = cursor_u8(cursor);
    for (uint8_t i = 0; i < children; i++) {
        const char *edge = cursor_string(cursor);
        uint64_t child = cursor_uleb(cursor);
        size_t size = strlen(edge);
        if (strncmp(*rest, edge, size) != 0)
            continue;
        if (size == 0)
            fail(cursor->image, cursor->part, "has an edge without a letter");
        *rest += size;
        cursor_move(cursor, child);
        return true;
    }
    return false;
}

bool exports_find(const struct module *module, const char *name, struct export *export) {
    struct cursor cursor = module_linkedit(module, "exports trie");
    const char *rest = name;
    while (!cursor_at_end(&cursor)) {
        uint64_t size = cursor_uleb(&cursor);
        if (*rest == '\0') {
            if (size != 0)
                read_export(module, &cursor, name, export);
            return size != 0;
        }
        cursor_move(&cursor, cursor.at + size);
        if (!step(&cursor, &rest))
            return false;
    }
    return false;
}

/* A walk over all of a trie. */
struct visit {
    const struct module *module;
    void (*visit)(void *context, const char *name, const struct export *export);
    void *context;
    char name[LONGEST_NAME]; /* of the node the walk stands on */
};

static void visit_node(struct visit *visit, struct cursor cursor, size_t length) {
    struct export export;
    uint64_t size = cursor_uleb(&cursor);
    size_t children_at = cursor.at + (size_t)size;
    if (size != 0) {
        read_export(visit->module, &cursor, visit->name, &export);
        visit->visit(visit->context, visit->name, &export);
    }
    cursor_move(&cursor, children_at);
    for (uint8_t children = cursor_u8(&cursor); children > 0; children--) {
        const char *edge = cursor_string(&cursor);
        size_t edge_size = strlen(edge);
        struct cursor child = cursor;
        cursor_move(&child, cursor_uleb(&cursor));
        if (edge_size == 0 || length + edge_size >= LONGEST_NAME)
            fail(cursor.image, cursor.part, "has a name without an end");
        memcpy(visit->name + length, edge, edge_size + 1);
        visit_node(visit, child, length + edge_size);
        visit->name[length] = '\0';
    }
}

void exports_visit(const struct module *module,
                   void (*visit)(void *context, const char *name, const struct export *export),
                   void *context) {
    static struct visit walk;
    struct cursor cursor = module_linkedit(module, "exports trie");
    walk = (struct visit){.module = module, .visit = visit, .context = context};
    if (!cursor_at_end(&cursor))
        visit_node(&walk, cursor, 0);
}
