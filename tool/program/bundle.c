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
    const char *name = name_of(arena, folder), *dot = strrchr(name, '.');
    return dot == NULL ? name : arena_copy(arena, name, (size_t)(dot - name));
}

static bool reject_name(const struct bundle *bundle, struct error *error, const char *name) {
    error_malformed(error, "CFBundleExecutable", "'%.200s' is no file's name", name);
    return error_in_file(error, bundle->info);
}

static bool find_executable(struct arena *arena, const char *folder, const char *named,
                            struct bundle *bundle, struct error *error) {
    const char *name = named == NULL ? usual_name(arena, bundle->folder) : named;
    if (name[0] == '\0' || strchr(name, '/') != NULL || name[0] == '.')
        return reject_name(bundle, error, name);
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

/* All but the executable is known; that is in `folder`. */
static bool read_info(struct arena *arena, const char *folder, struct bundle *bundle,
                      struct error *error) {
    char *text, *name;
    size_t size;
    if (!file_read_all(arena, bundle->info, LARGEST_INFO, &text, &size, error))
        return false;
    const struct bytes list = {(const uint8_t *)text, size};
    if (!plist_string(arena, list, "CFBundleExecutable", &name, error))
        return error_in_file(error, bundle->info);
    return find_executable(arena, folder, name, bundle, error);
}

static const char *below(struct arena *arena, const char *root, const char *path) {
    return strcmp(path, ".") == 0 ? root : path_join(arena, root, path);
}

bool bundle_read(struct arena *arena, const char *folder, struct bundle *bundle,
                 struct error *error) {
    const struct place *place = place_of(arena, folder);
    memset(bundle, 0, sizeof *bundle);
    error->kind = ERROR_NONE;
    if (place == NULL)
        return false;
    bundle->folder = folder;
    bundle->root = root_of(arena, folder, place);
    bundle->info = path_join(arena, folder, place->info);
    return read_info(arena, below(arena, bundle->root, place->executables), bundle, error);
}

/* --- from inside --- */

static bool is_version(struct arena *arena, const char *root) {
    return strcmp(path_leaf(path_folder(arena, root)), "Versions") == 0;
}

static const char *folder_of_root(struct arena *arena, const char *root) {
    if (strcmp(path_leaf(root), "Contents") == 0)
        return path_folder(arena, root);
    return is_version(arena, root) ? path_folder(arena, path_folder(arena, root)) : root;
}

bool bundle_of_root(struct arena *arena, const char *root, struct bundle *bundle,
                    struct error *error) {
    static const char *const infos[] = {"Info.plist", "Resources/Info.plist"};
    memset(bundle, 0, sizeof *bundle);
    error->kind = ERROR_NONE;
    bundle->root = root;
    bundle->folder = folder_of_root(arena, root);
    for (size_t i = 0; bundle->info == NULL && i < sizeof infos / sizeof infos[0]; i++)
        if (is_file(arena, path_join(arena, root, infos[i])))
            bundle->info = path_join(arena, root, infos[i]);
    if (bundle->info == NULL)
        return false;
    bool has_contents = strcmp(path_leaf(root), "Contents") == 0;
    return read_info(arena, below(arena, root, has_contents ? "MacOS" : "."), bundle, error);
}

const char *bundle_seal(struct arena *arena, const char *root) {
    return path_join(arena, root, "_CodeSignature/CodeResources");
}

const char *bundle_sealed_root(struct arena *arena, const char *path) {
    for (;;) {
        const char *folder = path_folder(arena, path);
        if (strcmp(folder, path) == 0 || strcmp(folder, ".") == 0)
            return NULL;
        if (path_look(path_join(arena, folder, "_CodeSignature")) == PATH_OTHER &&
            path_look(bundle_seal(arena, folder)) == PATH_FILE)
            return folder;
        path = folder;
    }
}
