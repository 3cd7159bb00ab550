#include "fix/shrunk_client.h"

#include "base/path.h"
#include "merge/compare_merge.h"
#include "verify/compare_files.h"

#include <unistd.h>

static bool compare_with_whole(const char *whole, const char *path, const struct losses *losses,
                               struct errors *errors) {
    struct arena arena = {0};
    struct lone_image old, new;
    struct error error;
    bool read = lone_image_open(&arena, whole, &old, &error);
    read = lone_image_open(&arena, path, &new, read ? &error : &(struct error){0}) && read;
    if (!read)
        errors_add(errors, &error);
    bool same = read && compare_files(&old.file, &new.file, losses, NULL, errors);
    lone_image_close(&old);
    lone_image_close(&new);
    arena_free(&arena);
    return same;
}

static bool compare_in(const char *whole, const struct client *client, const char *path,
                       const struct losses *losses, struct errors *errors) {
    struct atomic_file file;
    struct error error;
    if (!atomic_file_make(whole, &file, &error)) {
        errors_add(errors, &error);
        return false;
    }
    bool written = client_write(client, &file, &error);
    if (!written)
        errors_add(errors, &error);
    bool same = written && compare_client(client, file.path, errors) &&
                compare_with_whole(file.path, path, losses, errors);
    atomic_file_discard(&file);
    return same;
}

bool shrunk_client_compare(const struct client *client, const char *path,
                           const struct losses *losses, struct errors *errors) {
    struct arena arena = {0};
    struct error error;
    char *folder = file_make_temporary_folder(&arena, &error);
    if (folder == NULL)
        errors_add(errors, &error);
    bool same = folder != NULL &&
                compare_in(path_join(&arena, folder, "client"), client, path, losses, errors);
    if (folder != NULL)
        rmdir(folder);
    arena_free(&arena);
    return same;
}
