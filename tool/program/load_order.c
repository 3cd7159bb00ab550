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

struct frames {
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

struct walk {
    struct image_cache *cache;
    struct arena *arena;
    const struct search *search;
    struct program *program;
    struct frames frames;
    size_t *chain; /* who asks for whom, the executable first: for LC_RPATHs */
    size_t chain_count;
    size_t chain_capacity;
    struct map missing; /* name -> its index in the program's list */
    size_t candidate_count;
    size_t candidate_bytes;
    size_t tried_bytes; /* kept for the report */
    bool exhausted;     /* MOST_CANDIDATES was reached */
};

/* Indexes are kept in maps as pointers to these, since NULL means absent. */
static size_t *kept_index(struct walk *walk, size_t index) {
    size_t *kept = arena_take(walk->arena, sizeof *kept);
    *kept = index;
    return kept;
}

static void name_image(struct walk *walk, const char *name, size_t index) {
    if (map_get(&walk->program->by_name, name) == NULL)
        map_put(&walk->program->by_name, walk->arena, name, kept_index(walk, index));
}

static bool loaded_under(const struct program *program, const char *name, size_t *index) {
    const size_t *known = map_get(&program->by_name, name);
    if (known != NULL)
        *index = *known;
    return known != NULL;
}

static size_t add_image(struct walk *walk, struct image_file *file, struct image_slice *slice,
                        size_t loaded_by) {
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
static const char *obstacle(struct walk *walk, struct arena *scratch, enum lookup lookup,
                            struct image_file *file, struct image_slice **slice) {
    if (lookup == LOOKUP_ABSENT)
        return "no such file";
    if (lookup == LOOKUP_OTHER)
        return "not a file";
    if (lookup == LOOKUP_LOOP)
        return "too many symbolic links";
    if (lookup == LOOKUP_STUB)
        return "a text-based stub, not an image";
    if (lookup == LOOKUP_FAILED)
        return "not readable as an image";
    *slice = image_file_slice_for(file, walk->program->architecture);
    if (*slice == NULL)
        return arena_format(scratch, "no %s slice, only %s", walk->program->architecture->name,
                            image_file_architectures(scratch, file));
    const struct image *image = image_cache_image(walk->cache, file, *slice);
    if (image == NULL)
        return "not readable as an image";
    if (image->type != MH_DYLIB)
        return arena_format(scratch, "a%s %s, which cannot be linked against",
                            image->type == MH_EXECUTE ? "n" : "", image_type_name(image->type));
    return wrong_platform(scratch, walk->program->images.items[0].image, image);
}

enum outcome { NOT_FOUND, LOADED, IN_CACHE };

/* The search for one name. */
struct quest {
    struct walk *walk;
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
static void note_tried(struct quest *quest, const char *path, const char *why) {
    enum { MOST = 32 };
    size_t *kept = &quest->walk->tried_bytes;
    if (quest->tried_count++ >= MOST || *kept >= MOST_TRIED_BYTES)
        return;
    *kept += strlen(path) + strlen(why);
    *vector_push(&quest->scratch, &quest->tried) =
        arena_format(&quest->scratch, "%s (%s)", path, why);
}

/* Tries one path; false when nothing can be loaded from it. */
static bool try_path(struct quest *quest, const char *path) {
    struct walk *walk = quest->walk;
    struct image_file *file;
    struct image_slice *slice;
    if (loaded_under(walk->program, path, &quest->index))
        return true;
    enum lookup lookup = image_cache_find(walk->cache, path, &file);
    if (file != NULL && loaded_under(walk->program, file->path, &quest->index))
        return true;
    struct arena scratch = {0};
    const char *why = obstacle(walk, &scratch, lookup, file, &slice);
    if (why == NULL)
        quest->index = add_image(walk, file, slice, quest->loader);
    else
        note_tried(quest, path, why);
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

static bool within_budget(struct quest *quest, const char *path) {
    struct walk *walk = quest->walk;
    struct error error;
    walk->candidate_bytes += strlen(path);
    if (++walk->candidate_count <= MOST_CANDIDATES && walk->candidate_bytes <= MOST_CANDIDATE_BYTES)
        return true;
    if (!walk->exhausted) {
        error_malformed(&error, "load commands",
                        "the program's dylibs and LC_RPATHs make for more than %d paths to try, or "
                        "%d MiB of them",
                        MOST_CANDIDATES, MOST_CANDIDATE_BYTES >> 20);
        error_in_file(&error, walk->program->images.items[quest->loader].file->path);
        errors_add(image_cache_errors(walk->cache), &error);
    }
    walk->exhausted = true;
    return false;
}

/* Whether the path was tried before in this search. */
static bool was_seen(struct quest *quest, const char *path) {
    if (map_get(&quest->seen, path) != NULL)
        return true;
    if (quest->seen_bytes < MOST_SEEN_BYTES)
        map_put(&quest->seen, &quest->scratch, path, quest);
    quest->seen_bytes += strlen(path);
    return false;
}

/* A candidate_visitor: true when the search is over. */
static bool visit(void *context, const char *path, bool system) {
    struct quest *quest = context;
    if (!within_budget(quest, path))
        return true;
    if (was_seen(quest, path))
        return false;
    if (!system && try_path(quest, path))
        quest->outcome = LOADED;
    else if (system && quest->system == NULL && cache_has(quest->name, path))
        quest->system = arena_string(&quest->scratch, path);
    else if (system)
        note_tried(quest, path, "not looked for in the shared cache");
    return quest->outcome == LOADED;
}

static void note_system(struct walk *walk, const char *name) {
    if (map_get(&walk->program->system, name) != NULL)
        return;
    map_put(&walk->program->system, walk->arena, name, walk);
    walk->program->system_count++;
}

/* What is on disk comes before the shared cache: of a system name only what the sysroot has. */
static void find(struct quest *quest) {
    struct walk *walk = quest->walk;
    struct load_chain chain = {walk->chain, walk->chain_count};
    bool whole = quest->name[0] == '/' || strncmp(quest->name, "@rpath/", 7) == 0;
    if (whole && loaded_under(walk->program, quest->name, &quest->index)) {
        quest->outcome = LOADED;
        return;
    }
    if (strlen(quest->name) >= LONGEST_NAME) {
        note_tried(quest, "nothing", "the name is longer than any path");
        return;
    }
    resolve_visit(walk->search, walk->program, chain, quest->name, visit, quest);
    if (quest->outcome != LOADED && quest->system != NULL) {
        note_system(walk, quest->system);
        quest->outcome = IN_CACHE;
    }
}

static void end_quest(struct quest *quest) {
    map_free(&quest->seen);
    arena_free(&quest->scratch);
}

static bool matches_any(const struct string_list *globs, const char *name) {
    for (size_t i = 0; i < globs->count; i++)
        if (fnmatch(globs->items[i], name, 0) == 0)
            return true;
    return false;
}

/* The first tries, and how many more there were. */
static struct string_list tried_of(struct walk *walk, const struct quest *quest) {
    struct string_list kept = {0};
    for (size_t i = 0; i < quest->tried.count; i++)
        *vector_push(walk->arena, &kept) = arena_string(walk->arena, quest->tried.items[i]);
    if (quest->tried_count > quest->tried.count)
        *vector_push(walk->arena, &kept) =
            arena_format(walk->arena, "and %zu more", quest->tried_count - quest->tried.count);
    return kept;
}

/* One entry a name: it is reported as weak only while every loader may do without it. */
static void add_missing(struct quest *quest, bool weak) {
    struct walk *walk = quest->walk;
    struct missing_list *list = &walk->program->missing;
    const size_t *known = map_get(&walk->missing, quest->name);
    struct missing missing = {.name = quest->name, .loaded_by = quest->loader, .weak = weak};
    if (known != NULL && !(list->items[*known].weak && !weak))
        return;
    missing.tried = tried_of(walk, quest);
    missing.allowed = matches_any(&walk->search->may_miss, quest->name);
    if (known == NULL) {
        map_put(&walk->missing, walk->arena, quest->name, kept_index(walk, list->count));
        *vector_push(walk->arena, list) = missing;
    } else {
        list->items[*known] = missing;
    }
}

static void add_edge(struct walk *walk, size_t loader, const struct dylib_use *use, size_t target) {
    struct loaded_image *image = &walk->program->images.items[loader];
    *vector_push(walk->arena, &image->loads) = (struct load_edge){use, target};
}

static void load_one(struct walk *walk, size_t loader, const struct dylib_use *use) {
    struct quest quest = {.walk = walk, .name = use->name, .loader = loader};
    find(&quest);
    if (quest.outcome == LOADED)
        add_edge(walk, loader, use, quest.index);
    else if (quest.outcome == NOT_FOUND)
        add_missing(&quest, use->weak);
    end_quest(&quest);
}

/* Loads everything that an image names, in order. */
static void expand_image(struct walk *walk, size_t index) {
    const struct image *image = walk->program->images.items[index].image;
    walk->program->images.items[index].expanded = true;
    for (size_t i = 0; i < image->dylibs.count && !walk->exhausted; i++)
        load_one(walk, index, &image->dylibs.items[i]);
}

static void push_chain(struct walk *walk, size_t index) {
    walk->chain = arena_grow(walk->arena, walk->chain, walk->chain_count, &walk->chain_capacity,
                             sizeof *walk->chain);
    walk->chain[walk->chain_count++] = index;
}

static void enter(struct walk *walk, size_t index) {
    *vector_push(walk->arena, &walk->frames) = (struct frame){index, 0};
    push_chain(walk, index);
    expand_image(walk, index);
}

/* Goes down from `root`. A stack of its own: chains of dylibs can be longer than the machine's
 * stack allows. */
static void descend(struct walk *walk, size_t root) {
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
static void insert_images(struct walk *walk, struct string_list *inserted) {
    for (size_t i = 0; i < inserted->count; i++) {
        struct quest quest = {.walk = walk, .name = inserted->items[i]};
        if (try_path(&quest, quest.name))
            walk->program->images.items[quest.index].loaded_by = quest.index;
        else
            add_missing(&quest, false);
        end_quest(&quest);
    }
}

void program_walk(struct image_cache *cache, const struct search *search, const char *path,
                  struct image_file *file, struct image_slice *root, struct program *program) {
    struct walk walk = {
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
    map_free(&walk.missing);
}

void program_free(struct program *program) {
    map_free(&program->by_name);
    map_free(&program->system);
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
