#include "images/resolve.h"

#include "base/path.h"

#include <string.h>

struct resolver {
    struct arena *arena;
    const struct search *search;
    const struct program *program;
    struct candidates *candidates;
};

bool name_is_system(const char *name) {
    static const char *const folders[] = {
        "/usr/lib",
        "/System",
        "/Library/Apple/usr/lib",
        "/Library/Apple/System/Library",
    };
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        if (path_is_in(name, folders[i]))
            return true;
    return false;
}

/* Duplicates are looked for among the first FEW: in real programs, which have no more, all of them.
 */
enum {
    FEW = 64
};

static void add(struct resolver *resolver, const char *path, bool system) {
    struct candidates *candidates = resolver->candidates;
    for (size_t i = 0; i < candidates->count && i < FEW; i++)
        if (strcmp(candidates->items[i].path, path) == 0 && candidates->items[i].system == system)
            return;
    *vector_push(resolver->arena, candidates) = (struct candidate){path, system};
}

/* An absolute path: below the sysroot, then in the shared cache or on disk. */
static void add_absolute(struct resolver *resolver, const char *path) {
    if (resolver->search->sysroot != NULL)
        add(resolver, path_join(resolver->arena, resolver->search->sysroot, path), false);
    add(resolver, path, name_is_system(path));
}

static const char *folder_of(struct resolver *resolver, size_t image) {
    return path_folder(resolver->arena, resolver->program->images.items[image].file->path);
}

/* The text behind `variable` when `name` begins with it as a whole part; NULL otherwise. */
static const char *behind(const char *name, const char *variable) {
    size_t size = strlen(variable);
    if (strncmp(name, variable, size) != 0 || (name[size] != '/' && name[size] != '\0'))
        return NULL;
    return name + size;
}

/* `name` with a leading @loader_path or @executable_path replaced; NULL when it has neither. The
 * executable's path is real for dyld, so that ".." behind it may be taken off the text. */
static const char *expand(struct resolver *resolver, const char *name, size_t loader) {
    const char *rest = behind(name, "@loader_path");
    if (rest != NULL)
        return path_join(resolver->arena, folder_of(resolver, loader), rest);
    rest = behind(name, "@executable_path");
    if (rest != NULL)
        return path_join(resolver->arena, folder_of(resolver, 0), rest);
    return NULL;
}

static void add_with_rpath(struct resolver *resolver, const char *rpath, size_t owner,
                           const char *rest) {
    const char *folder = expand(resolver, rpath, owner);
    if (folder == NULL)
        folder = rpath;
    const char *path = path_join(resolver->arena, folder, rest);
    if (rpath[0] == '/')
        add_absolute(resolver, path);
    else
        add(resolver, path, false);
}

static void add_with_rpaths(struct resolver *resolver, struct load_chain chain, const char *rest) {
    for (size_t i = chain.count; i-- > 0;) {
        const struct rpaths *rpaths =
            &resolver->program->images.items[chain.items[i]].image->rpaths;
        for (size_t j = 0; j < rpaths->count; j++)
            add_with_rpath(resolver, rpaths->items[j], chain.items[i], rest);
    }
}

/* "Foo.framework/Versions/A/Foo" of a framework's name; NULL for others. */
static const char *framework_part(const char *name) {
    const char *leaf = path_leaf(name);
    size_t size = strlen(leaf);
    for (const char *at = strstr(name, ".framework/"); at != NULL;
         at = strstr(at + 1, ".framework/")) {
        const char *start = at;
        while (start > name && start[-1] != '/')
            start--;
        if ((size_t)(at - start) == size && strncmp(start, leaf, size) == 0)
            return start;
    }
    return NULL;
}

static void add_searched(struct resolver *resolver, const char *name) {
    const struct string_list *folders = &resolver->search->folders;
    const char *framework = framework_part(name);
    for (size_t i = 0; i < folders->count; i++) {
        if (framework != NULL)
            add(resolver, path_join(resolver->arena, folders->items[i], framework), false);
        add(resolver, path_join(resolver->arena, folders->items[i], path_leaf(name)), false);
    }
}

void resolve_candidates(struct arena *arena, const struct search *search,
                        const struct program *program, struct load_chain chain, const char *name,
                        struct candidates *candidates) {
    struct resolver resolver = {arena, search, program, candidates};
    const char *rest = behind(name, "@rpath");
    const char *expanded = expand(&resolver, name, chain.items[chain.count - 1]);
    if (rest != NULL)
        add_with_rpaths(&resolver, chain, rest);
    else if (expanded != NULL)
        add(&resolver, expanded, false);
    else if (name[0] == '/')
        add_absolute(&resolver, name);
    else
        add(&resolver, name, false);
    add_searched(&resolver, name);
}
