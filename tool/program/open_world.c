#include "program/open_world.h"

#include "base/map.h"
#include "base/path.h"
#include "program/resolve.h"

#include <ctype.h>
#include <string.h>

struct search_for_reasons {
    struct arena *arena;
    struct image_file *const *files;
    size_t file_count;
    struct string_list *reasons;
    struct string_list strangers; /* Mach-O files that no program loads, which a string may name */
};

#define add_reason(search, ...)                                                                    \
    (*vector_push((search)->arena, (search)->reasons) = arena_format((search)->arena, __VA_ARGS__))

/* --- what is missing, or comes later --- */

static void find_missing(struct search_for_reasons *search, const struct program *program) {
    for (size_t i = 0; i < program->missing.count; i++) {
        const struct missing *missing = &program->missing.items[i];
        add_reason(search, "%s asks for %s, which is missing",
                   program->images.items[missing->loaded_by].file->path, missing->name);
    }
}

static void find_lazy(struct search_for_reasons *search, const struct image_file *file) {
    for (size_t i = 0; i < file->slice_count; i++) {
        const struct image *image = file->slices[i].image;
        for (size_t j = 0; image != NULL && j < image->parts.count; j++)
            if (strcmp(image->parts.items[j].name, "lazy load info") == 0) {
                add_reason(search, "%s loads a dylib at its first use (LC_LAZY_LOAD_DYLIB_INFO)",
                           file->path);
                return;
            }
    }
}

/* --- strangers in the programs' folders --- */

static bool is_known(const struct search_for_reasons *search, const struct file *file) {
    for (size_t i = 0; i < search->file_count; i++)
        if (file_same(&search->files[i]->file, file))
            return true;
    return false;
}

static bool ends_in(const char *text, size_t size, const char *end) {
    size_t end_size = strlen(end);
    return size >= end_size && memcmp(text + size - end_size, end, end_size) == 0;
}

static bool is_bundle(struct image_file *file) {
    struct arena scratch = {0};
    struct error ignored;
    bool found = false;
    if (image_file_read(&scratch, file, &ignored))
        for (size_t i = 0; i < file->slice_count; i++)
            found |= image_file_parse(&scratch, file, &file->slices[i], &ignored) &&
                     file->slices[i].image->type == MH_BUNDLE;
    arena_free(&scratch);
    return found;
}

static void look_at(struct search_for_reasons *search, const char *path) {
    struct image_file file = {.path = path};
    struct error ignored;
    if (ends_in(path, strlen(path), ".unstripped") || ends_in(path, strlen(path), ".vafit-new") ||
        !file_open(path, &file.file, &ignored))
        return;
    file.size = file.file.size;
    if (image_file_is_loaded(&file.file) && !is_known(search, &file.file)) {
        *vector_push(search->arena, &search->strangers) = path;
        if (is_bundle(&file))
            add_reason(search, "%s is a bundle that none of the programs loads", path);
    }
    file_close(&file.file);
}

static void look_into_folders(struct search_for_reasons *search) {
    struct map seen = {0};
    size_t left = OPEN_WORLD_MOST;
    for (size_t i = 0; i < search->file_count; i++) {
        const char *folder = path_folder(search->arena, search->files[i]->path);
        struct string_list entries = {0};
        if (map_get(&seen, folder) != NULL)
            continue;
        map_put(&seen, search->arena, folder, search);
        if (!file_list_folder(search->arena, folder, left, &entries))
            add_reason(search, "%s cannot be listed, or has too many files", folder);
        for (size_t j = 0; j < entries.count; j++)
            look_at(search, path_join(search->arena, folder, entries.items[j]));
        left -= entries.count;
    }
    map_free(&seen);
}

/* --- strings that name them --- */

/* Whether a system path goes to the string's end. Bytes of code may stand right before it; a part
 * of a longer path does not. */
static bool is_system_path(const char *string, size_t size) {
    for (size_t i = 0; i < size; i++) {
        bool begins = string[i] == '/' && (i == 0 || (!isalnum((unsigned char)string[i - 1]) &&
                                                      strchr("._-/@", string[i - 1]) == NULL));
        if (begins && name_is_system(string + i))
            return true;
    }
    return false;
}

/* Whether the string, `size` bytes before a NUL, is a path to the leaf. */
static bool names_leaf(const char *string, size_t size, const char *leaf) {
    size_t leaf_size = strlen(leaf);
    return ends_in(string, size, leaf) &&
           (size == leaf_size || string[size - leaf_size - 1] == '/') &&
           !is_system_path(string, size);
}

static const char *stranger_named(const struct search_for_reasons *search, const char *string,
                                  size_t size) {
    for (size_t i = 0; i < search->strangers.count; i++)
        if (names_leaf(string, size, path_leaf(search->strangers.items[i])))
            return search->strangers.items[i];
    return NULL;
}

/* Marks the characters that leaves end in, so that most strings are told by one look. */
static void mark_ends(const struct search_for_reasons *search, bool ends[256]) {
    for (size_t i = 0; i < search->strangers.count; i++) {
        const char *leaf = path_leaf(search->strangers.items[i]);
        ends[(unsigned char)leaf[strlen(leaf) - 1]] = true;
    }
}

static const char *find_named(const struct search_for_reasons *search, struct bytes bytes) {
    bool ends[256] = {false};
    mark_ends(search, ends);
    const char *at = (const char *)bytes.data, *end = at + bytes.size, *nul;
    for (; at < end && (nul = memchr(at, '\0', (size_t)(end - at))) != NULL; at = nul + 1) {
        if (nul == at || !ends[(unsigned char)nul[-1]])
            continue;
        const char *found = stranger_named(search, at, (size_t)(nul - at));
        if (found != NULL)
            return found;
    }
    return NULL;
}

/* All that is mapped of a slice, but __LINKEDIT, is looked through: constants lie in no certain
 * section. */
static void look_for_names(struct search_for_reasons *search, const struct image_file *file,
                           const struct image_slice *slice) {
    const struct segment *linkedit = segments_find(&slice->image->segments, "__LINKEDIT");
    struct mapping mapping;
    struct error error;
    if (!image_file_map_slice(file, slice, &mapping, &error)) {
        add_reason(search, "%s cannot be read", file->path);
        return;
    }
    struct bytes bytes = mapping.bytes;
    if (linkedit != NULL)
        bytes_part(mapping.bytes, 0, linkedit->file_offset, &bytes);
    const char *named = find_named(search, bytes);
    if (named != NULL)
        add_reason(search, "a string of %s names %s, which none of the programs loads", file->path,
                   named);
    mapping_free(&mapping);
}

static void look_through(struct search_for_reasons *search, size_t i) {
    struct image_file file = *search->files[i];
    struct error ignored;
    if (!file_open(file.path, &file.file, &ignored)) {
        add_reason(search, "%s cannot be read", file.path);
        return;
    }
    for (size_t j = 0; j < file.slice_count; j++)
        if (file.slices[j].image != NULL)
            look_for_names(search, &file, &file.slices[j]);
    file_close(&file.file);
}

void open_world_find(struct arena *arena, struct program *const *programs, size_t program_count,
                     struct image_file *const *files, size_t file_count,
                     struct string_list *reasons) {
    struct search_for_reasons search = {
        .arena = arena, .files = files, .file_count = file_count, .reasons = reasons};
    for (size_t i = 0; i < program_count; i++)
        find_missing(&search, programs[i]);
    for (size_t i = 0; i < file_count; i++)
        find_lazy(&search, files[i]);
    look_into_folders(&search);
    for (size_t i = 0; i < file_count && search.strangers.count != 0; i++)
        look_through(&search, i);
}
