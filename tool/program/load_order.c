#include "program/load_order.h"

#include "base/map.h"
#include "base/memory.h"
#include "base/path.h"
#include "macho/build_version.h"
#include "program/resolve.h"
#include "program/walk_memory.h"

#include <fnmatch.h>
#include <stdlib.h>
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

/* What lasts from program to program. The vectors are emptied before each. */
struct walker {
    struct image_cache *cache;
    struct walk_memory memory;
    struct arena arena; /* the vectors */
    struct loaded_images images;
    struct load_edges loads; /* of the image that is expanded */
    struct walk_frames frames;
    struct walk_chain {
        size_t *items; /* who asks for whom, the executable first: for LC_RPATHs */
        size_t count;
        size_t capacity;
    } chain;
    struct walk_contexts {
        uint32_t *items; /* of the chain to each of its images */
        size_t count;
        size_t capacity;
    } contexts;
};

struct program_walk_state {
    struct walker *walker;
    struct walk_memory *memory;
    struct image_cache *cache;
    struct arena *arena;
    const struct search *search;
    struct program *program;
    struct map missing; /* name -> its index in the program's list */
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

/* The first image of a name has it. */
static void name_image(struct program_walk_state *walk, uint32_t name, size_t index) {
    struct known_name *known = &walk->memory->names[name];
    if (known->walk == walk->memory->walk)
        return;
    known->walk = walk->memory->walk;
    known->image = (uint32_t)index;
}

static bool loaded_as(const struct program_walk_state *walk, uint32_t name, size_t *index) {
    const struct known_name *known = &walk->memory->names[name];
    if (name == 0 || known->walk != walk->memory->walk)
        return false;
    *index = known->image;
    return true;
}

static bool loaded_under(const struct program_walk_state *walk, const char *name, size_t *index) {
    return loaded_as(walk, name_ids_find(&walk->memory->ids, name), index);
}

static struct known_slice *known_of(const struct program_walk_state *walk, size_t image) {
    const struct loaded_image *loaded = &walk->program->images.items[image];
    return walk_memory_slice(walk->memory, loaded->file, loaded->slice);
}

static size_t add_image(struct program_walk_state *walk, struct image_file *file,
                        struct image_slice *slice, size_t loaded_by) {
    size_t index = walk->program->images.count;
    struct loaded_image *loaded = vector_push(&walk->walker->arena, &walk->program->images);
    *loaded = (struct loaded_image){
        .file = file, .slice = slice, .image = slice->image, .loaded_by = loaded_by};
    const struct known_slice *known = known_of(walk, index);
    name_image(walk, known->path, index);
    if (known->install_name != 0)
        name_image(walk, known->install_name, index);
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
    struct search_trail trail;
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

/* A path that is the install name of something else says nothing about the disk. */
static void note_loaded(struct dylib_search *wanted, const char *path) {
    struct image_file *file = wanted->walk->program->images.items[wanted->index].file;
    if (strcmp(file->path, path) == 0)
        search_trail_add(wanted->walk->memory, &wanted->trail, path, file);
    else
        wanted->trail.is_odd = true;
}

/* Tries to load a file from a path that was looked up. */
static bool try_file(struct dylib_search *wanted, const char *path, enum lookup lookup,
                     struct image_file *file) {
    struct program_walk_state *walk = wanted->walk;
    struct arena scratch = {0};
    struct image_slice *slice;
    const char *why = obstacle(walk, &scratch, lookup, file, &slice);
    if (why == NULL)
        wanted->index = add_image(walk, file, slice, wanted->loader);
    else
        note_tried(wanted, path, why);
    arena_free(&scratch);
    if (why == NULL || lookup == LOOKUP_ABSENT)
        search_trail_add(walk->memory, &wanted->trail, path, file);
    else
        wanted->trail.is_odd = true;
    return why == NULL;
}

/* Tries one path; false when nothing can be loaded from it. */
static bool try_path(struct dylib_search *wanted, const char *path) {
    struct program_walk_state *walk = wanted->walk;
    struct image_file *file;
    if (loaded_under(walk, path, &wanted->index)) {
        note_loaded(wanted, path);
        return true;
    }
    enum lookup lookup = image_cache_find(walk->cache, path, &file);
    if (file == NULL || !loaded_under(walk, file->path, &wanted->index))
        return try_file(wanted, path, lookup, file);
    search_trail_add(walk->memory, &wanted->trail, path, file);
    return true;
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
    struct search_trail *trail = &wanted->trail;
    if (!within_budget(wanted, path))
        return true;
    trail->visits++;
    trail->bytes += strlen(path);
    if (was_seen(wanted, path)) {
        trail->is_odd = true;
        return false;
    }
    if (!system && try_path(wanted, path))
        wanted->outcome = LOADED;
    else if (system && wanted->system == NULL && cache_has(wanted->name, path))
        wanted->system = arena_string(&wanted->scratch, path);
    else if (system)
        note_tried(wanted, path, "not looked for in the shared cache");
    return wanted->outcome == LOADED;
}

/* What is on disk comes before the shared cache: of a system name only what the sysroot has. */
static void find_anew(struct dylib_search *wanted) {
    struct program_walk_state *walk = wanted->walk;
    struct load_chain chain = {walk->walker->chain.items, walk->walker->chain.count};
    if (strlen(wanted->name) >= LONGEST_NAME) {
        note_tried(wanted, "nothing", "the name is longer than any path");
        return;
    }
    resolve_visit(walk->search, walk->program, chain, wanted->name, visit, wanted);
    if (wanted->outcome != LOADED && wanted->system != NULL) {
        wanted->outcome = IN_CACHE;
        wanted->trail.system = walk_memory_name(walk->memory, wanted->system);
    }
}

/* Whether a trail leads to the same in this program, as far as paths that are loaded tell. */
static bool still_leads(const struct program_walk_state *walk, const struct search_trail *trail) {
    size_t not_there = trail->path_count - (trail->file == NULL ? 0 : 1), other;
    for (size_t i = 0; i < not_there; i++)
        if (loaded_as(walk, trail->paths[i], &other))
            return false;
    return walk->candidate_count + trail->visits <= MOST_CANDIDATES &&
           walk->candidate_bytes + trail->bytes <= MOST_CANDIDATE_BYTES;
}

static bool load_again(struct dylib_search *wanted, const struct search_trail *trail) {
    struct program_walk_state *walk = wanted->walk;
    struct arena scratch = {0};
    struct image_slice *slice;
    if (loaded_as(walk, trail->paths[trail->path_count - 1], &wanted->index) ||
        loaded_as(walk, trail->file_path, &wanted->index))
        return true;
    bool loads = obstacle(walk, &scratch, LOOKUP_FOUND, trail->file, &slice) == NULL;
    if (loads)
        wanted->index = add_image(walk, trail->file, slice, wanted->loader);
    arena_free(&scratch);
    return loads;
}

/* Does as the same search did in another program; false where it has to be made anew. */
static bool find_again(struct dylib_search *wanted, const struct search_trail *trail) {
    struct program_walk_state *walk = wanted->walk;
    if (trail == NULL || !still_leads(walk, trail) ||
        (trail->file != NULL && !load_again(wanted, trail)))
        return false;
    walk->candidate_count += trail->visits;
    walk->candidate_bytes += trail->bytes;
    wanted->outcome = trail->file != NULL ? LOADED : IN_CACHE;
    wanted->trail.system = trail->system;
    return true;
}

static void find(struct dylib_search *wanted, uint32_t name) {
    struct program_walk_state *walk = wanted->walk;
    if (walk->memory->names[name].is_whole && loaded_as(walk, name, &wanted->index)) {
        wanted->outcome = LOADED;
        return;
    }
    const struct search_place place = {
        .name = name,
        .loader_folder = known_of(walk, wanted->loader)->folder,
        .executable_folder = known_of(walk, 0)->folder,
        .context = walk->walker->contexts.items[walk->walker->contexts.count - 1]};
    if (find_again(wanted, walk_memory_recall(walk->memory, &place)))
        return;
    find_anew(wanted);
    walk_memory_keep(walk->memory, &place, &wanted->trail);
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

static void add_system(struct program_walk_state *walk, size_t loader, const struct dylib_use *use,
                       uint32_t name) {
    struct system_images *list = &walk->program->system;
    struct known_name *known = &walk->memory->names[name];
    if (known->system_walk != walk->memory->walk) {
        known->system_walk = walk->memory->walk;
        known->system = (uint32_t)list->count;
        *vector_push(walk->arena, list) = (struct system_image){
            .name = arena_string(walk->arena, name_ids_name(&walk->memory->ids, name))};
    }
    *vector_push(walk->arena, &list->items[known->system].loaders) = (struct loader){loader, use};
}

static void load_one(struct program_walk_state *walk, size_t loader, const struct dylib_use *use,
                     uint32_t name) {
    struct dylib_search wanted = {.walk = walk, .name = use->name, .loader = loader};
    find(&wanted, name);
    if (wanted.outcome == LOADED)
        *vector_push(&walk->walker->arena, &walk->walker->loads) =
            (struct load_edge){use, wanted.index};
    else if (wanted.outcome == IN_CACHE)
        add_system(walk, loader, use, wanted.trail.system);
    else
        add_missing(&wanted, use->weak);
    end_search(&wanted);
}

/* A vector of the walker as it is kept: as long as it is. */
static void *kept(struct program_walk_state *walk, const void *items, size_t count, size_t size) {
    void *copy = arena_take(walk->arena, count * size);
    if (count != 0)
        memcpy(copy, items, count * size);
    return copy;
}

/* Loads everything that an image names, in order. */
static void expand_image(struct program_walk_state *walk, size_t index) {
    struct load_edges *loads = &walk->walker->loads;
    const struct image *image = walk->program->images.items[index].image;
    const uint32_t *names = known_of(walk, index)->uses;
    loads->count = 0;
    for (size_t i = 0; i < image->dylibs.count && !walk->exhausted; i++)
        load_one(walk, index, &image->dylibs.items[i], names[i]);
    struct loaded_image *loaded = &walk->program->images.items[index];
    loaded->expanded = true;
    loaded->loads = (struct load_edges){
        kept(walk, loads->items, loads->count, sizeof *loads->items), loads->count, loads->count};
}

static void push_chain(struct program_walk_state *walk, size_t index) {
    struct walker *walker = walk->walker;
    uint32_t parent = walker->contexts.count == 0
                          ? CONTEXT_OF_NOBODY
                          : walker->contexts.items[walker->contexts.count - 1];
    *vector_push(&walker->arena, &walker->chain) = index;
    *vector_push(&walker->arena, &walker->contexts) =
        walk_memory_context(walk->memory, walk->program, index, parent);
}

static void enter(struct program_walk_state *walk, size_t index) {
    *vector_push(&walk->walker->arena, &walk->walker->frames) = (struct frame){index, 0};
    push_chain(walk, index);
    expand_image(walk, index);
}

static void leave(struct walker *walker) {
    walker->frames.count--;
    walker->chain.count--;
    walker->contexts.count--;
}

/* Goes down from `root`. A stack of its own: chains of dylibs can be longer than the machine's
 * stack allows. */
static void descend(struct program_walk_state *walk, size_t root) {
    struct walk_frames *frames = &walk->walker->frames;
    if (walk->program->images.items[root].expanded)
        return;
    enter(walk, root);
    while (frames->count != 0) {
        struct frame *frame = &frames->items[frames->count - 1];
        const struct load_edges *loads = &walk->program->images.items[frame->image].loads;
        if (frame->next == loads->count) {
            leave(walk->walker);
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

struct walker *walker_make(struct image_cache *cache) {
    struct walker *walker = memory_zeros(1, sizeof *walker);
    walker->cache = cache;
    return walker;
}

void walker_free(struct walker *walker) {
    walk_memory_free(&walker->memory);
    arena_free(&walker->arena);
    free(walker);
}

/* Takes the walker's vectors for a new program. */
static void begin(struct walker *walker, const char *path, const struct image_slice *root,
                  struct program *program) {
    walk_memory_begin(&walker->memory);
    walker->chain.count = walker->contexts.count = walker->frames.count = 0;
    *program = (struct program){
        .path = path,
        .architecture = root->architecture,
        .has_executable = root->image->type == MH_EXECUTE,
        .images = {.items = walker->images.items, .capacity = walker->images.capacity},
    };
}

/* Gives them back. */
static void end(struct program_walk_state *walk) {
    struct loaded_images *images = &walk->program->images;
    walk->walker->images = *images;
    images->items = kept(walk, images->items, images->count, sizeof *images->items);
    images->capacity = images->count;
    map_free(&walk->missing);
}

void program_walk(struct walker *walker, const struct search *search, const char *path,
                  struct image_file *file, struct image_slice *root, struct program *program) {
    struct program_walk_state walk = {
        .walker = walker,
        .memory = &walker->memory,
        .cache = walker->cache,
        .arena = cache_arena(walker->cache),
        .search = search,
        .program = program,
    };
    struct string_list inserted = search->inserted;
    begin(walker, path, root, program);
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
    end(&walk);
}
