#include "program/walk_memory.h"

#include "base/memory.h"
#include "base/path.h"
#include "base/text.h"
#include "program/resolve.h"

#include <stdlib.h>
#include <string.h>

/* More than builds need; what goes beyond is searched for each time. */
enum { MOST_TAKEN = 32 << 20, MOST_OF_A_NAME = 8 };

/* The LC_RPATHs of a chain, nearest first, up to the first that comes again. */
struct rpath_context {
    uint32_t rpaths[CONTEXT_MOST];
    size_t count;
    bool is_all; /* there are no others */
};

struct known_search {
    struct known_search *next;
    uint32_t place;
    struct search_trail trail;
};

/* --- names --- */

/* What the paths of a name depend on, beside the places where the walk looks. */
enum name_place { PLACE_NONE, PLACE_LOADER, PLACE_EXECUTABLE, PLACE_CONTEXT };

static enum name_place place_kind(const char *name) {
    static const struct {
        const char *beginning;
        enum name_place place;
    } rows[] = {{"@rpath", PLACE_CONTEXT},
                {"@loader_path", PLACE_LOADER},
                {"@executable_path", PLACE_EXECUTABLE}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strncmp(name, rows[i].beginning, strlen(rows[i].beginning)) == 0)
            return rows[i].place;
    return PLACE_NONE;
}

static bool is_whole(const char *name) {
    return name[0] == '/' || strncmp(name, "@rpath/", 7) == 0;
}

uint32_t walk_memory_name(struct walk_memory *memory, const char *name) {
    uint32_t id = name_ids_add(&memory->ids, name);
    while (memory->name_count <= id) {
        memory->names = memory_grow(memory->names, memory->name_count, &memory->name_capacity,
                                    sizeof *memory->names);
        const char *text = name_ids_name(&memory->ids, (uint32_t)memory->name_count);
        memory->names[memory->name_count++] =
            (struct known_name){.is_whole = is_whole(text), .place = (uint8_t)place_kind(text)};
    }
    return id;
}

/* --- slices --- */

static void know_slice(struct walk_memory *memory, const struct image_file *file,
                       const struct image *image, struct known_slice *known) {
    struct arena scratch = {0};
    known->path = walk_memory_name(memory, file->path);
    known->folder = walk_memory_name(memory, path_folder(&scratch, file->path));
    if (image->install_name != NULL)
        known->install_name = walk_memory_name(memory, image->install_name);
    known->uses = arena_take(&memory->arena, image->dylibs.count * sizeof *known->uses);
    for (size_t i = 0; i < image->dylibs.count; i++)
        known->uses[i] = walk_memory_name(memory, image->dylibs.items[i].name);
    arena_free(&scratch);
}

struct known_slice *walk_memory_slice(struct walk_memory *memory, const struct image_file *file,
                                      const struct image_slice *slice) {
    while (memory->slice_count <= slice->number) {
        memory->slices = memory_grow(memory->slices, memory->slice_count, &memory->slice_capacity,
                                     sizeof *memory->slices);
        memory->slices[memory->slice_count++] = (struct known_slice){0};
    }
    struct known_slice *known = &memory->slices[slice->number];
    if (known->path == 0)
        know_slice(memory, file, slice->image, known);
    return known;
}

/* --- contexts --- */

static bool has_rpath(const struct rpath_context *context, uint32_t rpath) {
    for (size_t i = 0; i < context->count; i++)
        if (context->rpaths[i] == rpath)
            return true;
    return false;
}

/* False where the context ends, since it is full or the LC_RPATH comes again. */
static bool add_rpath(struct rpath_context *context, uint32_t rpath) {
    context->is_all = context->count < CONTEXT_MOST && !has_rpath(context, rpath);
    if (context->is_all)
        context->rpaths[context->count++] = rpath;
    return context->is_all;
}

static bool has_room(struct walk_memory *memory, size_t bytes) {
    if (memory->taken >= MOST_TAKEN)
        return false;
    memory->taken += bytes;
    return true;
}

/* An LC_RPATH as the paths that begin with it do. An absolute one means the sysroot too: each kind
 * has a beginning, which no text of the other has. */
static uint32_t rpath_id(struct walk_memory *memory, const struct program *program, size_t owner,
                         const char *rpath) {
    struct arena scratch = {0};
    const char *text = arena_format(&scratch, "%s%s", rpath[0] == '/' ? "absolute " : "on disk ",
                                    resolve_rpath(&scratch, program, owner, rpath));
    uint32_t id = name_ids_find(&memory->rpath_texts, text);
    if (id == 0 && has_room(memory, strlen(text) + 64))
        id = name_ids_add(&memory->rpath_texts, text);
    arena_free(&scratch);
    return id;
}

/* One number for equal ones. */
static uint32_t number_of(struct walk_memory *memory, const struct rpath_context *context) {
    struct text text = {0};
    text_addf(&text, "%s:", context->is_all ? "all" : "some");
    for (size_t i = 0; i < context->count; i++)
        text_addf(&text, " %u", (unsigned)context->rpaths[i]);
    uint32_t id = name_ids_find(&memory->context_texts, text.data);
    if (id == 0 && has_room(memory, text.size + sizeof *context + 64)) {
        id = name_ids_add(&memory->context_texts, text.data);
        while (memory->contexts.count <= id)
            *vector_push(&memory->arena, &memory->contexts) = *context;
    }
    text_free(&text);
    return id;
}

static uint32_t new_context(struct walk_memory *memory, const struct program *program, size_t index,
                            uint32_t parent) {
    struct rpath_context context = {.is_all = true};
    const struct rpaths *rpaths = &program->images.items[index].image->rpaths;
    const struct rpath_context before = memory->contexts.items[parent];
    for (size_t i = 0; i < rpaths->count; i++) {
        uint32_t rpath = rpath_id(memory, program, index, rpaths->items[i]);
        if (rpath == 0)
            return CONTEXT_NONE;
        if (!add_rpath(&context, rpath))
            return number_of(memory, &context);
    }
    for (size_t i = 0; i < before.count; i++)
        if (!add_rpath(&context, before.rpaths[i]))
            return number_of(memory, &context);
    context.is_all = before.is_all;
    return number_of(memory, &context);
}

uint32_t walk_memory_context(struct walk_memory *memory, const struct program *program,
                             size_t index, uint32_t parent) {
    const struct loaded_image *root = &program->images.items[0],
                              *owner = &program->images.items[index];
    if (parent == CONTEXT_NONE || owner->image->rpaths.count == 0)
        return parent;
    uint32_t folder = walk_memory_slice(memory, root->file, root->slice)->folder;
    struct known_slice *known = walk_memory_slice(memory, owner->file, owner->slice);
    for (size_t i = 0; i < RECENT_MOST; i++)
        if (known->recent[i].parent == parent && known->recent[i].executable_folder == folder)
            return known->recent[i].context;
    struct known_context *recent = &known->recent[known->next];
    known->next = (known->next + 1) % RECENT_MOST;
    *recent = (struct known_context){parent, folder, new_context(memory, program, index, parent)};
    return recent->context;
}

void walk_memory_begin(struct walk_memory *memory) {
    static const struct rpath_context empty = {.is_all = true};
    if (memory->walk++ == 0)
        number_of(memory, &empty);
}

/* --- searches --- */

static uint32_t place_number(const struct walk_memory *memory, const struct search_place *place) {
    switch ((enum name_place)memory->names[place->name].place) {
    case PLACE_LOADER:
        return place->loader_folder;
    case PLACE_EXECUTABLE:
        return place->executable_folder;
    case PLACE_CONTEXT:
        return place->context;
    case PLACE_NONE:
        break;
    }
    return 1;
}

const struct search_trail *walk_memory_recall(const struct walk_memory *memory,
                                              const struct search_place *place) {
    const struct known_search *known = memory->names[place->name].searches;
    uint32_t number = known == NULL ? 0 : place_number(memory, place);
    for (; known != NULL; known = known->next)
        if (known->place == number)
            return &known->trail;
    return NULL;
}

/* A search that went no further than the LC_RPATHs that its context knows is the same in each chain
 * of that context. */
static bool is_told_by_context(const struct walk_memory *memory, const struct search_place *place,
                               const struct search_trail *trail) {
    if (memory->names[place->name].place != PLACE_CONTEXT)
        return true;
    const struct rpath_context *context = &memory->contexts.items[place->context];
    return context->is_all || trail->visits <= context->count;
}

void walk_memory_keep(struct walk_memory *memory, const struct search_place *place,
                      const struct search_trail *trail) {
    struct known_name *name = &memory->names[place->name];
    uint32_t number = place_number(memory, place);
    size_t others = 0;
    for (const struct known_search *known = name->searches; known != NULL; known = known->next)
        others++;
    if (trail->is_odd || number == 0 || (trail->file == NULL && trail->system == 0) ||
        !is_told_by_context(memory, place, trail) || others >= MOST_OF_A_NAME ||
        !has_room(memory, sizeof *name->searches))
        return;
    struct known_search *known = arena_take(&memory->arena, sizeof *known);
    *known = (struct known_search){name->searches, number, *trail};
    name->searches = known;
}

void search_trail_add(struct walk_memory *memory, struct search_trail *trail, const char *path,
                      struct image_file *file) {
    trail->is_odd |= trail->path_count == TRAIL_MOST || !has_room(memory, strlen(path) + 64);
    if (trail->is_odd)
        return;
    trail->paths[trail->path_count++] = walk_memory_name(memory, path);
    trail->file = file;
    trail->file_path = file == NULL ? 0 : walk_memory_name(memory, file->path);
}

void walk_memory_free(struct walk_memory *memory) {
    name_ids_free(&memory->ids);
    name_ids_free(&memory->rpath_texts);
    name_ids_free(&memory->context_texts);
    free(memory->names);
    free(memory->slices);
    arena_free(&memory->arena);
}
