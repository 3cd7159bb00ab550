#include "program/load_order.h"

#include "base/path.h"
#include "macho/build_version.h"
#include "program/resolve.h"

#include <fnmatch.h>
#include <string.h>

/* An image whose dylibs are being gone down into. */
struct frame {
    size_t image;
    size_t next; /* of its edges */
};

struct walk_frames {
    struct frame *items;
    size_t count;
    size_t capacity;
};

/* More than any build needs, and few enough for a hostile file not to keep us busy for long. */
enum {
    MOST_CANDIDATES = 1000000,
    MOST_CANDIDATE_BYTES = 1 << 28, /* of their paths */
    MOST_SEEN_BYTES = 4 << 20,      /* of those that one search keeps, to try none twice */
    MOST_TRIED_BYTES = 16 << 20,    /* of those that are kept for the report */
    LONGEST_NAME = 4096
};

struct program_walk_state {
    struct image_cache *cache;
    struct arena *arena;
    const struct search *search;
    struct program *program;
    struct walk_frames frames;
    size_t *chain; /* who asks for whom, the executable first: for LC_RPATHs */
    size_t chain_count;
    size_t chain_capacity;
    struct map missing; /* name -> its index in the program's list */
    struct map system;  /* likewise */
    size_t candidate_count;
    size_t candidate_bytes;
    size_t tried_bytes; /* kept for the report */
    bool exhausted;     /* MOST_CANDIDATES was reached */
    bool takes_bundles; /* it is dlopen that asks, and not a load command */
};

/* Indexes are kept in maps as pointers to these, since NULL means absent. */
static size_t *kept_index(struct program_walk_state *walk, size_t index) {
    size_t *kept = arena_take(walk->arena, sizeof *kept);
    *kept = index;
    return kept;
}

static void name_image(struct program_walk_state *walk, const char *name, size_t index) {
    if (map_get(&walk->program->by_name, name) == NULL)
        map_put(&walk->program->by_name, walk->arena, name, kept_index(walk, index));
}

static bool loaded_under(const struct program *program, const char *name, size_t *index) {
    const size_t *known = map_get(&program->by_name, name);
    if (known != NULL)
        *index = *known;
    return known != NULL;
}

static size_t add_image(struct program_walk_state *walk, struct image_file *file,
                        struct image_slice *slice, size_t loaded_by) {
    size_t index = walk->program->images.count;
    struct loaded_image *loaded = vector_push(walk->arena, &walk->program->images);
    *loaded = (struct loaded_image){
        .file = file, .slice = slice, .image = slice->image, .loaded_by = loaded_by};
    name_image(walk, file->path, index);
    if (slice->image->install_name != NULL)
        name_image(walk, slice->image->install_name, index);
    return index;
}

static const char *name_of(struct arena *scratch, uint32_t platform) {
    const char *name = platform_name(platform);
    return name != NULL ? name : arena_format(scratch, "platform %u", (unsigned)platform);
}

/* dyld passes over a dylib that was built for another platform; facts of old may not tell. */
static const char *wrong_platform(struct arena *scratch, const struct image *executable,
                                  const struct image *image) {
    if (executable->platform == 0 || image->platform == 0 ||
        platform_loads(executable->platform, image->platform))
        return NULL;
    return arena_format(scratch, "built for %s, not for %s", name_of(scratch, image->platform),
                        name_of(scratch, executable->platform));
}

/* What stands in the way of loading the file at `path`; NULL when nothing does, and *slice is set.
 * A malformed image is in the way as well; its error was reported. */
static const char *obstacle(struct program_walk_state *walk, struct arena *scratch,
                            enum lookup lookup, struct image_file *file,
                            struct image_slice **slice) {
    *slice = NULL;
    if (lookup == LOOKUP_ABSENT)
        return image_cache_absence(walk->cache);
    if (lookup == LOOKUP_OTHER)
        return "not a file";
    if (lookup == LOOKUP_LOOP)
        return "too many symbolic links";
    if (lookup == LOOKUP_STUB)
        return "a text-based stub, not an image";
    if (lookup == LOOKUP_FAILED)
        return "cannot be read as an image";
    *slice = image_file_slice_for(file, walk->program->architecture);
    if (*slice == NULL)
        return arena_format(scratch, "no %s slice, only %s", walk->program->architecture->name,
                            image_file_architectures(scratch, file));
    const struct image *image = image_cache_image(walk->cache, file, *slice);
    if (image == NULL)
        return "cannot be read as an image";
    if (image->type != MH_DYLIB && !(image->type == MH_BUNDLE && walk->takes_bundles))
        return arena_format(scratch, "a%s %s, which cannot be linked against",
                            image->type == MH_EXECUTE ? "n" : "", image_type_name(image->type));
    return wrong_platform(scratch, walk->program->images.items[0].image, image);
}

enum outcome { NOT_FOUND, LOADED, IN_CACHE };

/* The search for one name. */
struct dylib_search {
    struct program_walk_state *walk;
    const char *name;
    size_t loader;
    size_t index; /* of the image, when it is LOADED */
    enum outcome outcome;
    const char *system; /* the first candidate that the shared cache would have */
    struct arena scratch;
    struct map seen; /* candidates, which come again with every LC_RPATH of the same folder */
    size_t seen_bytes;
    struct string_list tried; /* the first ones, in the scratch arena */
    size_t tried_count;       /* all of them */
};

/* Nobody reads thousands. */
static void note_tried(struct dylib_search *wanted, const char *path, const char *why) {
    enum { MOST = 32 };
    size_t *kept = &wanted->walk->tried_bytes;
    if (wanted->tried_count++ >= MOST || *kept >= MOST_TRIED_BYTES)
        return;
    *kept += strlen(path) + strlen(why);
    *vector_push(&wanted->scratch, &wanted->tried) =
        arena_format(&wanted->scratch, "%s (%s)", path, why);
}

/* Tries one path; false when nothing can be loaded from it. */
static bool try_path(struct dylib_search *wanted, const char *path) {
    struct program_walk_state *walk = wanted->walk;
    struct image_file *file;
    struct image_slice *slice;
    if (loaded_under(walk->program, path, &wanted->index))
        return true;
    enum lookup lookup = image_cache_find(walk->cache, path, &file);
    if (file != NULL && loaded_under(walk->program, file->path, &wanted->index))
        return true;
    struct arena scratch = {0};
    const char *why = obstacle(walk, &scratch, lookup, file, &slice);
    if (why == NULL)
        wanted->index = add_image(walk, file, slice, wanted->loader);
    else
        note_tried(wanted, path, why);
    arena_free(&scratch);
    return why == NULL;
}

/* Swift's libraries are asked for by @rpath with /usr/lib/swift as one of the LC_RPATHs; whether
 * one is in the shared cache cannot be seen from here, and by their names they are. */
static bool cache_has(const char *name, const char *candidate) {
    return name[0] == '/' || path_is_in(candidate, "/System/Library") ||
           (path_is_in(candidate, "/usr/lib/swift") &&
            strncmp(path_leaf(candidate), "libswift", 8) == 0);
}

static bool within_budget(struct dylib_search *wanted, const char *path) {
    struct program_walk_state *walk = wanted->walk;
    struct error error;
    walk->candidate_bytes += strlen(path);
    if (++walk->candidate_count <= MOST_CANDIDATES && walk->candidate_bytes <= MOST_CANDIDATE_BYTES)
        return true;
    if (!walk->exhausted) {
        error_malformed(&error, "load commands",
                        "the program's dylibs and LC_RPATHs make for more than %d paths to try, or "
                        "%d MiB of them",
                        MOST_CANDIDATES, MOST_CANDIDATE_BYTES >> 20);
        error_in_file(&error, walk->program->images.items[wanted->loader].file->path);
        errors_add(image_cache_errors(walk->cache), &error);
    }
    walk->exhausted = true;
    return false;
}

/* Whether the path was tried before in this search. */
static bool was_seen(struct dylib_search *wanted, const char *path) {
    if (map_get(&wanted->seen, path) != NULL)
        return true;
    if (wanted->seen_bytes < MOST_SEEN_BYTES)
        map_put(&wanted->seen, &wanted->scratch, path, wanted);
    wanted->seen_bytes += strlen(path);
    return false;
}

/* A candidate_visitor: true when the search is over. */
static bool visit(void *context, const char *path, bool system) {
    struct dylib_search *wanted = context;
    if (!within_budget(wanted, path))
        return true;
    if (was_seen(wanted, path))
        return false;
    if (!system && try_path(wanted, path))
        wanted->outcome = LOADED;
    else if (system && wanted->system == NULL && cache_has(wanted->name, path))
        wanted->system = arena_string(&wanted->scratch, path);
    else if (system)
        note_tried(wanted, path, "not looked for in the shared cache");
    return wanted->outcome == LOADED;
}

/* What is on disk comes before the shared cache: of a system name only what the sysroot has. */
static void find(struct dylib_search *wanted) {
    struct program_walk_state *walk = wanted->walk;
    struct load_chain chain = {walk->chain, walk->chain_count};
    bool whole = wanted->name[0] == '/' || strncmp(wanted->name, "@rpath/", 7) == 0;
    if (whole && loaded_under(walk->program, wanted->name, &wanted->index)) {
        wanted->outcome = LOADED;
        return;
    }
    if (strlen(wanted->name) >= LONGEST_NAME) {
        note_tried(wanted, "nothing", "the name is longer than any path");
        return;
    }
    resolve_visit(walk->search, walk->program, chain, wanted->name, visit, wanted);
    if (wanted->outcome != LOADED && wanted->system != NULL) {
        wanted->outcome = IN_CACHE;
    }
}

static void end_search(struct dylib_search *wanted) {
    map_free(&wanted->seen);
    arena_free(&wanted->scratch);
}

static bool matches_any(const struct string_list *globs, const char *name) {
    for (size_t i = 0; i < globs->count; i++)
        if (fnmatch(globs->items[i], name, 0) == 0)
            return true;
    return false;
}

/* The first tries, and how many more there were. */
static struct string_list tried_of(struct program_walk_state *walk,
                                   const struct dylib_search *wanted) {
    struct string_list kept = {0};
    for (size_t i = 0; i < wanted->tried.count; i++)
        *vector_push(walk->arena, &kept) = arena_string(walk->arena, wanted->tried.items[i]);
    if (wanted->tried_count > wanted->tried.count)
        *vector_push(walk->arena, &kept) =
            arena_format(walk->arena, "and %zu more", wanted->tried_count - wanted->tried.count);
    return kept;
}

/* One entry a name: it is reported as weak only while every loader may do without it. */
static void add_missing(struct dylib_search *wanted, bool weak) {
    struct program_walk_state *walk = wanted->walk;
    struct missing_list *list = &walk->program->missing;
    const size_t *known = map_get(&walk->missing, wanted->name);
    struct missing missing = {.name = wanted->name, .loaded_by = wanted->loader, .weak = weak};
    if (known != NULL && !(list->items[*known].weak && !weak))
        return;
    missing.tried = tried_of(walk, wanted);
    missing.allowed = matches_any(&walk->search->may_miss, wanted->name);
    if (known == NULL) {
        map_put(&walk->missing, walk->arena, wanted->name, kept_index(walk, list->count));
        *vector_push(walk->arena, list) = missing;
    } else {
        list->items[*known] = missing;
    }
}

static void add_edge(struct program_walk_state *walk, size_t loader, const struct dylib_use *use,
                     size_t target) {
    struct loaded_image *image = &walk->program->images.items[loader];
    *vector_push(walk->arena, &image->loads) = (struct load_edge){use, target};
}

static void add_system(struct program_walk_state *walk, size_t loader, const struct dylib_use *use,
                       const char *name) {
    struct system_images *list = &walk->program->system;
    const size_t *known = map_get(&walk->system, name);
    if (known == NULL) {
        name = arena_string(walk->arena, name);
        size_t *new_index = kept_index(walk, list->count);
        map_put(&walk->system, walk->arena, name, new_index);
        known = new_index;
        *vector_push(walk->arena, list) = (struct system_image){.name = name};
    }
    *vector_push(walk->arena, &list->items[*known].loaders) = (struct loader){loader, use};
}

static void load_one(struct program_walk_state *walk, size_t loader, const struct dylib_use *use) {
    struct dylib_search wanted = {.walk = walk, .name = use->name, .loader = loader};
    find(&wanted);
    if (wanted.outcome == LOADED)
        add_edge(walk, loader, use, wanted.index);
    else if (wanted.outcome == IN_CACHE)
        add_system(walk, loader, use, wanted.system);
    else
        add_missing(&wanted, use->weak);
    end_search(&wanted);
}

/* Loads everything that an image names, in order. */
static void expand_image(struct program_walk_state *walk, size_t index) {
    const struct image *image = walk->program->images.items[index].image;
    walk->program->images.items[index].expanded = true;
    for (size_t i = 0; i < image->dylibs.count && !walk->exhausted; i++)
        load_one(walk, index, &image->dylibs.items[i]);
}

static void push_chain(struct program_walk_state *walk, size_t index) {
    walk->chain = arena_grow(walk->arena, walk->chain, walk->chain_count, &walk->chain_capacity,
                             sizeof *walk->chain);
    walk->chain[walk->chain_count++] = index;
}

static void enter(struct program_walk_state *walk, size_t index) {
    *vector_push(walk->arena, &walk->frames) = (struct frame){index, 0};
    push_chain(walk, index);
    expand_image(walk, index);
}

/* Goes down from `root`. A stack of its own: chains of dylibs can be longer than the machine's
 * stack allows. */
static void descend(struct program_walk_state *walk, size_t root) {
    if (walk->program->images.items[root].expanded)
        return;
    enter(walk, root);
    while (walk->frames.count != 0) {
        struct frame *frame = &walk->frames.items[walk->frames.count - 1];
        const struct load_edges *loads = &walk->program->images.items[frame->image].loads;
        if (frame->next == loads->count) {
            walk->frames.count--;
            walk->chain_count--;
            continue;
        }
        size_t target = loads->items[frame->next++].target;
        if (!walk->program->images.items[target].expanded)
            enter(walk, target);
    }
}

/* Inserted images are loaded before what the executable names, and gone down into after it has
 * been: dyldMain.cpp, prepare. */
static void insert_images(struct program_walk_state *walk, struct string_list *inserted) {
    for (size_t i = 0; i < inserted->count; i++) {
        struct dylib_search wanted = {.walk = walk, .name = inserted->items[i]};
        if (try_path(&wanted, wanted.name))
            walk->program->images.items[wanted.index].loaded_by = wanted.index;
        else
            add_missing(&wanted, false);
        end_search(&wanted);
    }
}

/* As dlopen does (DyldAPIs.cpp): the executable's LC_RPATHs count for it too. */
static void load_plug_in(struct program_walk_state *walk, const char *path) {
    size_t count = walk->program->images.count;
    struct dylib_search wanted = {.walk = walk, .name = path};
    walk->takes_bundles = true;
    bool found = try_path(&wanted, path);
    walk->takes_bundles = false;
    if (!found)
        add_missing(&wanted, false);
    if (found && wanted.index == count)
        walk->program->images.items[count].loaded_by = count;
    if (found)
        descend(walk, wanted.index);
    end_search(&wanted);
}

void program_walk(struct image_cache *cache, const struct search *search, const char *path,
                  struct image_file *file, struct image_slice *root, struct program *program) {
    struct program_walk_state walk = {
        .cache = cache,
        .arena = cache_arena(cache),
        .search = search,
        .program = program,
    };
    struct string_list inserted = search->inserted;
    memset(program, 0, sizeof *program);
    program->path = path;
    program->architecture = root->architecture;
    program->has_executable = root->image->type == MH_EXECUTE;
    add_image(&walk, file, root, 0);
    insert_images(&walk, &inserted);
    size_t first = program->images.count;
    descend(&walk, 0);
    /* The executable's LC_RPATHs count for inserted images too. */
    push_chain(&walk, 0);
    for (size_t i = 1; i < first; i++)
        descend(&walk, i);
    if (search->plug_in != NULL)
        load_plug_in(&walk, search->plug_in);
    map_free(&walk.missing);
    map_free(&walk.system);
}

void program_free(struct program *program) {
    map_free(&program->by_name);
}

bool program_find(const struct program *program, const char *name, size_t *image) {
    if (loaded_under(program, name, image))
        return true;
    for (size_t i = 0; i < program->images.count; i++) {
        const struct loaded_image *loaded = &program->images.items[i];
        const char *install_name = loaded->image->install_name;
        if (strcmp(path_leaf(loaded->file->path), name) == 0 ||
            (install_name != NULL && strcmp(path_leaf(install_name), name) == 0)) {
            *image = i;
            return true;
        }
    }
    return false;
}

const struct system_image *program_find_system(const struct program *program, const char *name) {
    for (size_t i = 0; i < program->system.count; i++) {
        const struct system_image *image = &program->system.items[i];
        if (strcmp(image->name, name) == 0 || strcmp(path_leaf(image->name), name) == 0)
            return image;
    }
    return NULL;
}
