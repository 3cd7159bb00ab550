#include "images/program.h"

#include "base/path.h"
#include "images/resolve.h"

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
    MOST_CANDIDATES = 1000000
};

struct walk {
    struct library *library;
    struct arena *arena;
    const struct search *search;
    struct program *program;
    struct frames frames;
    size_t *chain; /* who asks for whom, the executable first: for LC_RPATHs */
    size_t chain_count;
    size_t chain_capacity;
    struct map missing; /* name -> its index in the program's list */
    size_t candidate_count;
    bool exhausted; /* MOST_CANDIDATES was reached */
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

static void note_tried(struct walk *walk, struct string_list *tried, const char *path,
                       const char *why) {
    *vector_push(walk->arena, tried) = arena_format(walk->arena, "%s (%s)", path, why);
}

/* What stands in the way of loading the file at `path`; NULL when nothing does, and *slice is set.
 * A malformed image is in the way as well; its error was reported. */
static const char *obstacle(struct walk *walk, enum lookup lookup, struct image_file *file,
                            struct image_slice **slice) {
    if (lookup == LOOKUP_ABSENT)
        return "no such file";
    if (lookup == LOOKUP_OTHER)
        return "not a file";
    if (lookup == LOOKUP_STUB)
        return "a text-based stub, not an image";
    if (lookup == LOOKUP_FAILED)
        return "not readable as an image";
    *slice = image_file_slice_for(file, walk->program->architecture);
    if (*slice == NULL)
        return arena_format(walk->arena, "no %s slice, only %s", walk->program->architecture->name,
                            image_file_architectures(walk->arena, file));
    const struct image *image = library_image(walk->library, file, *slice);
    if (image == NULL)
        return "not readable as an image";
    if (image->type != IMAGE_DYLIB)
        return arena_format(walk->arena, "a%s %s, which cannot be linked against",
                            image->type == IMAGE_EXECUTABLE ? "n" : "",
                            image_type_name(image->type));
    return NULL;
}

enum outcome {
    LOADED,
    IN_CACHE,
    NOT_FOUND
};

/* Tries one path; false when nothing can be loaded from it, and *tried says why. */
static bool try_path(struct walk *walk, const char *path, size_t loader, size_t *index,
                     struct string_list *tried) {
    struct image_file *file;
    struct image_slice *slice;
    if (loaded_under(walk->program, path, index))
        return true;
    enum lookup lookup = library_find(walk->library, path, &file);
    if (file != NULL && loaded_under(walk->program, file->path, index))
        return true;
    const char *why = obstacle(walk, lookup, file, &slice);
    if (why != NULL) {
        note_tried(walk, tried, path, why);
        return false;
    }
    *index = add_image(walk, file, slice, loader);
    return true;
}

/* Swift's libraries are asked for by @rpath with /usr/lib/swift as one of the LC_RPATHs; whether
 * one is in the shared cache cannot be seen from here, and by their names they are. */
static bool cache_has(const char *name, const char *candidate) {
    return name[0] == '/' || path_is_in(candidate, "/System/Library") ||
           (path_is_in(candidate, "/usr/lib/swift") &&
            strncmp(path_leaf(candidate), "libswift", 8) == 0);
}

static bool within_budget(struct walk *walk, size_t loader, size_t count) {
    struct error error;
    walk->candidate_count += count;
    if (walk->candidate_count <= MOST_CANDIDATES)
        return true;
    if (!walk->exhausted) {
        error_malformed(&error, "load commands",
                        "its dylibs and LC_RPATHs make for more than %d paths to try",
                        MOST_CANDIDATES);
        error_in_file(&error, walk->program->images.items[loader].file->path);
        errors_add(library_errors(walk->library), &error);
    }
    walk->exhausted = true;
    return false;
}

static enum outcome find(struct walk *walk, const char *name, size_t loader, size_t *index,
                         struct string_list *tried) {
    struct candidates candidates = {0};
    struct load_chain chain = {walk->chain, walk->chain_count};
    const char *system = NULL;
    if ((name[0] == '/' || strncmp(name, "@rpath/", 7) == 0) &&
        loaded_under(walk->program, name, index))
        return LOADED;
    resolve_candidates(walk->arena, walk->search, walk->program, chain, name, &candidates);
    if (!within_budget(walk, loader, candidates.count))
        return NOT_FOUND;
    for (size_t i = 0; i < candidates.count; i++) {
        const struct candidate *candidate = &candidates.items[i];
        if (!candidate->system && try_path(walk, candidate->path, loader, index, tried))
            return LOADED;
        if (candidate->system && system == NULL && cache_has(name, candidate->path))
            system = candidate->path;
        else if (candidate->system)
            note_tried(walk, tried, candidate->path, "not looked for in the shared cache");
    }
    if (system == NULL)
        return NOT_FOUND;
    if (map_get(&walk->program->system, system) == NULL) {
        map_put(&walk->program->system, walk->arena, system, walk);
        walk->program->system_count++;
    }
    return IN_CACHE;
}

static bool matches_any(const struct string_list *globs, const char *name) {
    for (size_t i = 0; i < globs->count; i++)
        if (fnmatch(globs->items[i], name, 0) == 0)
            return true;
    return false;
}

/* One entry a name: it is reported as weak only while every loader may do without it. */
static void add_missing(struct walk *walk, const char *name, size_t loader, bool weak,
                        struct string_list tried) {
    struct missing_list *list = &walk->program->missing;
    const size_t *known = map_get(&walk->missing, name);
    if (known != NULL) {
        struct missing *missing = &list->items[*known];
        if (missing->weak && !weak)
            *missing = (struct missing){name, loader, false, missing->allowed, tried};
        return;
    }
    map_put(&walk->missing, walk->arena, name, kept_index(walk, list->count));
    *vector_push(walk->arena, list) = (struct missing){
        .name = name,
        .loaded_by = loader,
        .weak = weak,
        .allowed = matches_any(&walk->search->may_miss, name),
        .tried = tried,
    };
}

static void add_edge(struct walk *walk, size_t loader, const struct dylib_use *use, size_t target) {
    struct loaded_image *image = &walk->program->images.items[loader];
    *vector_push(walk->arena, &image->loads) = (struct load_edge){use, target};
}

/* Loads everything that an image names, in order. */
static void expand_image(struct walk *walk, size_t index) {
    const struct image *image = walk->program->images.items[index].image;
    walk->program->images.items[index].expanded = true;
    for (size_t i = 0; i < image->dylibs.count && !walk->exhausted; i++) {
        const struct dylib_use *use = &image->dylibs.items[i];
        struct string_list tried = {0};
        size_t target;
        switch (find(walk, use->name, index, &target, &tried)) {
        case LOADED:
            add_edge(walk, index, use, target);
            break;
        case NOT_FOUND:
            add_missing(walk, use->name, index, use->weak, tried);
            break;
        case IN_CACHE:
            break;
        }
    }
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
        struct string_list tried = {0};
        size_t index;
        if (try_path(walk, inserted->items[i], 0, &index, &tried))
            walk->program->images.items[index].loaded_by = index;
        else
            add_missing(walk, inserted->items[i], 0, false, tried);
    }
}

void program_walk(struct library *library, const struct search *search, const char *path,
                  struct image_file *file, struct image_slice *root, struct program *program) {
    struct walk walk = {
        .library = library,
        .arena = library_arena(library),
        .search = search,
        .program = program,
    };
    struct string_list inserted = search->inserted;
    memset(program, 0, sizeof *program);
    program->path = path;
    program->architecture = root->architecture;
    program->has_executable = root->image->type == IMAGE_EXECUTABLE;
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
