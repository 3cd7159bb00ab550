#include "program/bundle.h"

#include "base/file.h"
#include "base/path.h"
#include "base/plist.h"

#include <string.h>

enum { LARGEST_INFO = 16 << 20 };

/* Where bundles have what, below their folder; the first that is there counts. */
static const struct place {
    const char *info;
    const char *root;
    const char *executables; /* below the root */
} places[] = {
    {"Contents/Info.plist", "Contents", "MacOS"},
    {"Versions/Current/Resources/Info.plist", "Versions/Current", "."},
    {"Resources/Info.plist", ".", "."},
    {"Info.plist", ".", "."},
};

static bool is_file(struct arena *arena, const char *path) {
    return path_look(path_followed(arena, path)) == PATH_FILE;
}

/* Without the slashes that may follow its name. */
static const char *name_of(struct arena *arena, const char *folder) {
    return path_leaf(path_tidy(arena, folder));
}

/* Any folder may have an Info.plist somewhere; bundles have a name with an extension. */
static const struct place *place_of(struct arena *arena, const char *folder) {
    if (strchr(name_of(arena, folder), '.') == NULL)
        return NULL;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (is_file(arena, path_join(arena, folder, places[i].info)))
            return &places[i];
    return NULL;
}

/* "Versions/Current" is a link to a version, as codesign makes no seal of links. */
static const char *root_of(struct arena *arena, const char *folder, const struct place *place) {
    return strcmp(place->root, ".") == 0
               ? folder
               : path_followed(arena, path_join(arena, folder, place->root));
}

static const char *usual_name(struct arena *arena, const char *folder) {
    const char *name = name_of(arena, folder);
    return arena_copy(arena, name, (size_t)(strrchr(name, '.') - name));
}

static bool find_executable(struct arena *arena, const struct place *place, const char *named,
                            struct bundle *bundle, struct error *error) {
    const char *name = named == NULL ? usual_name(arena, bundle->folder) : named;
    if (name[0] == '\0' || strchr(name, '/') != NULL || name[0] == '.')
        return error_malformed(error, "CFBundleExecutable", "'%.200s' is no file's name", name) ||
               error_in_file(error, bundle->info);
    const char *folder = strcmp(place->executables, ".") == 0
                             ? bundle->root
                             : path_join(arena, bundle->root, place->executables);
    const char *path = path_join(arena, folder, name);
    if (is_file(arena, path)) {
        bundle->executable = path_followed(arena, path);
        return true;
    }
    if (named == NULL)
        return true;
    error_malformed(error, "CFBundleExecutable", "there is no %.400s", path);
    return error_in_file(error, bundle->info);
}

bool bundle_read(struct arena *arena, const char *folder, struct bundle *bundle,
                 struct error *error) {
    const struct place *place = place_of(arena, folder);
    char *text, *name;
    size_t size;
    memset(bundle, 0, sizeof *bundle);
    error->kind = ERROR_NONE;
    if (place == NULL)
        return false;
    bundle->folder = folder;
    bundle->root = root_of(arena, folder, place);
    bundle->info = path_join(arena, folder, place->info);
    if (!file_read_all(arena, bundle->info, LARGEST_INFO, &text, &size, error))
        return false;
    const struct bytes list = {(const uint8_t *)text, size};
    if (!plist_string(arena, list, "CFBundleExecutable", &name, error))
        return error_in_file(error, bundle->info);
    return find_executable(arena, place, name, bundle, error);
}
