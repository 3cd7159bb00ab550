#include "linking.h"

#include "exports.h"
#include "launch.h"
#include "macho/symtab.h"
#include "symbols.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RTLD_NOLOAD = 0x10, /* macOS's */
    LONGEST_SYMBOL = 65536
};

#define RTLD_DEFAULT ((intptr_t)-2)
#define RTLD_MAIN_ONLY ((intptr_t)-5)

static struct process *process;
static char message[1200];
static bool failed;

void linking_begin(struct process *of) {
    process = of;
}

static void *refuse(const char *what, const char *name) {
    snprintf(message, sizeof message, "%s: %s", what, name);
    failed = true;
    return NULL;
}

const char *linking_error(void) {
    bool any = failed;
    failed = false;
    return any ? message : NULL;
}

int linking_close(void *handle) {
    (void)handle;
    return 0;
}

void *linking_open(const char *path, int mode) {
    if (path == NULL)
        return process->items[0];
    struct module *module = process_find(process, path);
    if (module == NULL && (mode & RTLD_NOLOAD) == 0)
        module = launch_image(process, path);
    return module != NULL ? module : refuse("no such image", path);
}

/* Modules to look in, each once. */
struct queue {
    const struct module **items; /* as many as there can be */
    size_t count;
};

static void enqueue(struct queue *queue, const struct module *module) {
    for (size_t i = 0; i < queue->count; i++)
        if (queue->items[i] == module)
            return;
    if (module != NULL)
        queue->items[queue->count++] = module;
}

/* Looks in a module, then in the dylibs it names, then in those that they name. */
static bool find_below(const struct module *module, const char *name,
                       struct definition *definition) {
    bool found = false;
    struct queue queue = {calloc(process->count + 1, sizeof *queue.items), 0};
    if (queue.items == NULL)
        out_of_memory();
    enqueue(&queue, module);
    for (size_t i = 0; i < queue.count && !found; i++) {
        found = symbols_in_module(queue.items[i], name, definition);
        for (size_t j = 0; j < queue.items[i]->image.dylibs.count; j++)
            enqueue(&queue, queue.items[i]->dylibs[j]);
    }
    free(queue.items);
    return found;
}

static bool find_by_handle(void *handle, const char *name, struct definition *definition) {
    if ((intptr_t)handle == RTLD_DEFAULT)
        return symbols_flat(process, name, definition);
    if ((intptr_t)handle == RTLD_MAIN_ONLY)
        return symbols_in_module(process->items[0], name, definition);
    return (intptr_t)handle > 0 && find_below(handle, name, definition);
}

void *linking_symbol(void *handle, const char *name) {
    struct definition definition;
    char mangled[LONGEST_SYMBOL];
    snprintf(mangled, sizeof mangled, "_%s", name);
    if (!find_by_handle(handle, mangled, &definition))
        return refuse("no such symbol", name);
    return (void *)(uintptr_t)definition.address;
}

/* A search for the symbol nearest to an address. */
struct nearest {
    uint64_t address;
    uint64_t start; /* of the best so far; 0 for none */
    char *name;     /* the place for its name, `size` bytes */
    size_t size;
};

static void consider(struct nearest *nearest, const char *name, uint64_t start) {
    if (start > nearest->address || start <= nearest->start)
        return;
    nearest->start = start;
    snprintf(nearest->name, nearest->size, "%s", name[0] == '_' ? name + 1 : name);
}

static void consider_export(void *context, const char *name, const struct export *export) {
    if (!export->reexport)
        consider(context, name, export->address);
}

static uint8_t section_at(const struct module *module, uint64_t address) {
    for (size_t i = 0; i < module->sections.count; i++)
        if (address - (uint64_t)module->sections.items[i].data < module->sections.items[i].size)
            return (uint8_t)(i + 1);
    return 0;
}

static void consider_symbols(struct nearest *nearest, const struct module *module) {
    struct cursor strings = module_linkedit(module, "string pool");
    struct cursor table = module_linkedit(module, "symbol table");
    uint8_t section = section_at(module, nearest->address);
    for (size_t i = 0; i < table.bytes.size / NLIST_SIZE; i++) {
        struct nlist symbol = nlist_at(table.bytes, i);
        if (nlist_use(&symbol) == SYMBOL_STAB || symbol.section == 0 || symbol.section != section)
            continue;
        cursor_move(&strings, symbol.string_index);
        consider(nearest, cursor_string(&strings), symbol.value + module->slide);
    }
}

int linking_address(const void *address, struct address_info *info) {
    static char name[LONGEST_SYMBOL];
    const struct module *module = process_module_at(process, (uint64_t)(uintptr_t)address);
    struct nearest nearest = {(uint64_t)(uintptr_t)address, 0, name, sizeof name};
    if (module == NULL)
        return 0;
    consider_symbols(&nearest, module);
    if (nearest.start == 0)
        exports_visit(module, consider_export, &nearest);
    *info = (struct address_info){.image = module->path, .image_start = module->memory};
    if (nearest.start != 0) {
        info->symbol = name;
        info->symbol_start = (void *)(uintptr_t)nearest.start;
    }
    return 1;
}
