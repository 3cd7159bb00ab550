#include "process.h"

#include "base/path.h"
#include "fail.h"

#include <string.h>

static struct module host = {.path = "the system", .host = true};

/* An image that wants a dylib, and those that led to it. */
struct chain {
    struct module *module;
    const struct chain *above;
};

struct module *process_host(void) {
    return &host;
}

static bool is_system(const char *name) {
    return path_is_in(name, "/usr/lib") || path_is_in(name, "/System");
}

/* What stands after `variable` when `name` begins with it; NULL otherwise. */
static const char *after(const char *name, const char *variable) {
    size_t size = strlen(variable);
    bool begins = strncmp(name, variable, size) == 0 && (name[size] == '/' || name[size] == '\0');
    return begins ? name + size : NULL;
}

static const char *expand(struct process *process, const char *name, const struct module *loader) {
    const char *rest = after(name, "@executable_path");
    if (rest != NULL)
        loader = process->items[0];
    else
        rest = after(name, "@loader_path");
    if (rest == NULL)
        return name;
    return path_join(&process->arena, path_folder(&process->arena, loader->path), rest);
}

static struct module *find_identity(const struct process *process, struct file_identity identity) {
    for (size_t i = 0; i < process->count; i++)
        if (process->items[i]->identity.inode == identity.inode &&
            process->items[i]->identity.device == identity.device)
            return process->items[i];
    return NULL;
}

/* The module of the file at `path`, loaded now or before; NULL without a file. */
static struct module *load_file(struct process *process, const char *path) {
    struct file file;
    struct error error;
    if (!file_open(path, &file, &error))
        return NULL;
    struct module *module = find_identity(process, file.identity);
    if (module != NULL) {
        file_close(&file);
        return module;
    }
    module = module_map(&process->arena, path_tidy(&process->arena, path), &file);
    *vector_push(&process->arena, process) = module;
    return module;
}

static struct module *load_by_rpath(struct process *process, const char *rest,
                                    const struct chain *chain) {
    for (; chain != NULL; chain = chain->above) {
        const struct rpaths *rpaths = &chain->module->image.rpaths;
        for (size_t i = 0; i < rpaths->count; i++) {
            const char *folder = expand(process, rpaths->items[i], chain->module);
            struct module *module = load_file(process, path_join(&process->arena, folder, rest));
            if (module != NULL)
                return module;
        }
    }
    return NULL;
}

struct module *process_find(const struct process *process, const char *path) {
    struct file file;
    struct error error;
    for (size_t i = 0; i < process->count; i++) {
        const char *name = process->items[i]->image.install_name;
        if (strcmp(process->items[i]->path, path) == 0 || (name && strcmp(name, path) == 0))
            return process->items[i];
    }
    if (!file_open(path, &file, &error))
        return NULL;
    file_close(&file);
    return find_identity(process, file.identity);
}

static struct module *load_dylib(struct process *process, const char *name,
                                 const struct chain *chain) {
    const char *rest = after(name, "@rpath");
    if (is_system(name))
        return &host;
    struct module *module = rest != NULL ? load_by_rpath(process, rest, chain)
                                         : load_file(process, expand(process, name, chain->module));
    return module != NULL ? module : process_find(process, name);
}

static void load_dylibs(struct process *process, struct module *module, const struct chain *above) {
    struct chain chain = {module, above};
    const struct dylib_uses *uses = &module->image.dylibs;
    if (module->has_dylibs || module->host)
        return;
    module->has_dylibs = true;
    module->dylibs = arena_take(&process->arena, uses->count * sizeof *module->dylibs);
    for (size_t i = 0; i < uses->count; i++) {
        module->dylibs[i] = load_dylib(process, uses->items[i].name, &chain);
        if (module->dylibs[i] == NULL && !uses->items[i].weak)
            fail(module->path, uses->items[i].name, "the dylib is missing");
    }
    for (size_t i = 0; i < uses->count; i++)
        if (module->dylibs[i] != NULL)
            load_dylibs(process, module->dylibs[i], &chain);
}

struct module *process_load(struct process *process, const char *path) {
    struct module *executable = process->count == 0 ? NULL : process->items[0];
    struct chain chain = {executable, NULL};
    struct module *module =
        executable == NULL ? load_file(process, path) : load_dylib(process, path, &chain);
    if (module != NULL)
        load_dylibs(process, module, executable == NULL ? NULL : &chain);
    return module;
}

struct module *process_module_at(const struct process *process, uint64_t address) {
    for (size_t i = 0; i < process->count; i++)
        if (module_has(process->items[i], address))
            return process->items[i];
    return NULL;
}
