#include "program/resolve.h"

#include "base/path.h"

#include <string.h>

struct resolver {
    struct arena *scratch; /* for candidates */
    size_t taken;          /* bytes of `scratch`, at most */
    const struct search *search;
    const struct program *program;
    candidate_visitor *visit;
    void *context;
};

/* A path of the candidate in hand. */
static char *join(struct resolver *resolver, const char *folder, const char *path) {
    resolver->taken += strlen(folder) + strlen(path) + 64;
    return path_join(resolver->scratch, folder, path);
}

/* Candidates are as long as files say, and as many: only so many lie about at once. */
static void forget_candidates(struct resolver *resolver) {
    static const size_t most = 256 << 10;
    if (resolver->taken < most)
        return;
    arena_free(resolver->scratch);
    resolver->taken = 0;
}

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

static bool offer(struct resolver *resolver, const char *path, bool system) {
    return resolver->visit(resolver->context, path, system);
}

/* An absolute path: below the sysroot, then in the shared cache or on disk. */
static bool offer_absolute(struct resolver *resolver, const char *path) {
    const char *sysroot = resolver->search->sysroot;
    return (sysroot != NULL && offer(resolver, join(resolver, sysroot, path), false)) ||
           offer(resolver, path, name_is_system(path));
}

static const char *folder_of(struct resolver *resolver, size_t image) {
    const char *path = resolver->program->images.items[image].file->path;
    resolver->taken += strlen(path) + 64;
    return path_folder(resolver->scratch, path);
}

/* The text after `variable` when `name` begins with it as a whole part; NULL otherwise. */
static const char *after(const char *name, const char *variable) {
    size_t size = strlen(variable);
    if (strncmp(name, variable, size) != 0 || (name[size] != '/' && name[size] != '\0'))
        return NULL;
    return name + size;
}

/* `name` with a leading @loader_path or @executable_path replaced; NULL when it has neither. The
 * executable's path is real for dyld, so that ".." after it may be taken off the text. */
static const char *expand(struct resolver *resolver, const char *name, size_t loader) {
    const char *rest = after(name, "@loader_path");
    if (rest != NULL)
        return join(resolver, folder_of(resolver, loader), rest);
    rest = after(name, "@executable_path");
    if (rest != NULL)
        return join(resolver, folder_of(resolver, 0), rest);
    return NULL;
}

const char *resolve_rpath(struct arena *arena, const struct program *program, size_t owner,
                          const char *rpath) {
    struct resolver resolver = {.scratch = arena, .program = program};
    const char *folder = expand(&resolver, rpath, owner);
    return folder == NULL ? rpath : folder;
}

static bool offer_with_rpath(struct resolver *resolver, const char *rpath, size_t owner,
                             const char *rest) {
    const char *folder = expand(resolver, rpath, owner);
    const char *path = join(resolver, folder == NULL ? rpath : folder, rest);
    return rpath[0] == '/' ? offer_absolute(resolver, path) : offer(resolver, path, false);
}

static bool offer_with_rpaths(struct resolver *resolver, struct load_chain chain,
                              const char *rest) {
    for (size_t i = chain.count; i-- > 0;) {
        const struct rpaths *rpaths =
            &resolver->program->images.items[chain.items[i]].image->rpaths;
        for (size_t j = 0; j < rpaths->count; j++) {
            forget_candidates(resolver);
            if (offer_with_rpath(resolver, rpaths->items[j], chain.items[i], rest))
                return true;
        }
    }
    return false;
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

static void offer_searched(struct resolver *resolver, const char *name) {
    const struct string_list *folders = &resolver->search->folders;
    const char *framework = framework_part(name);
    bool ended = false;
    for (size_t i = 0; i < folders->count && !ended; i++) {
        const char *folder = folders->items[i];
        forget_candidates(resolver);
        ended = (framework != NULL && offer(resolver, join(resolver, folder, framework), false)) ||
                offer(resolver, join(resolver, folder, path_leaf(name)), false);
    }
}

void resolve_visit(const struct search *search, const struct program *program,
                   struct load_chain chain, const char *name, candidate_visitor *visit,
                   void *context) {
    struct arena scratch = {0};
    struct resolver resolver = {.scratch = &scratch,
                                .search = search,
                                .program = program,
                                .visit = visit,
                                .context = context};
    const char *rest = after(name, "@rpath");
    const char *expanded = expand(&resolver, name, chain.items[chain.count - 1]);
    bool ended;
    if (rest != NULL)
        ended = offer_with_rpaths(&resolver, chain, rest);
    else if (expanded != NULL)
        ended = offer(&resolver, expanded, false);
    else if (name[0] == '/')
        ended = offer_absolute(&resolver, name);
    else
        ended = offer(&resolver, name, false);
    if (!ended)
        offer_searched(&resolver, name);
    arena_free(&scratch);
}
