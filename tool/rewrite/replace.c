#include "rewrite/replace.h"

#include "base/path.h"

#include "rewrite/proof.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs `sh -c 'CMD "$1"' sh PATH` and waits for it. */
static bool sign_by(const char *command, struct new_file *file, struct error *error) {
    char script[4096];
    int status = 0;
    snprintf(script, sizeof script, "%s \"$1\"", command);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        execl("/bin/sh", "sh", "-c", script, "sh", file->path, (char *)NULL);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) < 0)
        return error_errno(error, "", "cannot start the command of --identity");
    if (status != 0)
        return error_io(error, "", "the command of --identity failed");
    /* It may have put a file of its own in the place. */
    file_close(&file->file);
    if (file_open(file->path, &file->file, error))
        return true;
    error->file[0] = '\0';
    return false;
}

/* Only the first difference goes on; whoever wants all runs verify. */
static bool prove(const struct rewriting *rewriting, const struct new_file *file,
                  const char *target, struct error *error) {
    struct arena arena = {0};
    struct errors errors = {0};
    struct image_file changed = {.path = target, .size = file->file.size, .file = file->file};
    bool proven =
        image_file_read(&arena, &changed, error) && proof_read_images(&arena, &changed, error);
    if (proven && !proof_compare(rewriting->old, &changed, &errors)) {
        *error = errors.items[0];
        proven = false;
    }
    errors_free(&errors);
    arena_free(&arena);
    return proven;
}

static bool has_identity(const struct rewriting *rewriting) {
    for (size_t i = 0; i < rewriting->old->slice_count; i++)
        if (rewriting->slices[i].packed.is_signed &&
            rewriting->slices[i].packed.old_signature.has_identity)
            return true;
    return false;
}

/* Whether the image means the same as the file at `path`, which then is what it was made from by an
 * earlier run, or itself. */
static bool is_twin(const char *path, const struct image_file *image) {
    struct arena arena = {0};
    struct errors differences = {0};
    struct error ignored;
    struct image_file twin = {.path = path};
    bool same = file_open(path, &twin.file, &ignored);
    twin.size = twin.file.size;
    same = same && image_file_read(&arena, &twin, &ignored) &&
           proof_read_images(&arena, &twin, &ignored) && proof_compare(&twin, image, &differences);
    file_close(&twin.file);
    errors_free(&differences);
    arena_free(&arena);
    return same;
}

/* A copy of the original under another name, where a hard link cannot be. */
static bool copy_original(const struct rewriting *rewriting, const char *twin,
                          struct error *error) {
    struct new_file file;
    const struct file *old = &rewriting->old->file;
    if (!new_file_make(twin, &file, error))
        return false;
    if (!new_file_copy(&file, 0, old, 0, old->size, error) || !new_file_finish(&file, old, error)) {
        new_file_discard(&file);
        return error_in_file(error, twin);
    }
    return new_file_take_place(&file, twin, error);
}

static bool put_aside(const struct rewriting *rewriting, const char *twin, struct error *error) {
    if (path_look(twin) != PATH_ABSENT) {
        if (is_twin(twin, rewriting->old))
            return true;
        if (unlink(twin) != 0)
            return error_errno(error, twin, "cannot replace");
    }
    struct arena scratch = {0};
    file_make_folders(&scratch, path_folder(&scratch, twin));
    arena_free(&scratch);
    return link(rewriting->old->path, twin) == 0 || copy_original(rewriting, twin, error);
}

static bool finish(const struct rewriting *rewriting, const struct replacing *replacing,
                   struct new_file *file, struct error *error) {
    if (replacing->identity != NULL && has_identity(rewriting) &&
        !sign_by(replacing->identity, file, error))
        return false;
    if (replacing->verify && !prove(rewriting, file, replacing->target, error))
        return false;
    /* On disk only now: until here the disk had time. */
    if (!new_file_finish(file, &rewriting->old->file, error))
        return false;
    return replacing->unstripped == NULL || put_aside(rewriting, replacing->unstripped, error);
}

bool replace_with(const struct rewriting *rewriting, const struct replacing *replacing,
                  struct error *error) {
    struct new_file file;
    if (path_look(replacing->target) == PATH_OTHER)
        return error_io(error, replacing->target, "cannot write: not a regular file");
    if (!new_file_make(replacing->target, &file, error))
        return false;
    if (!rewriting_write(rewriting, &file, error) || !finish(rewriting, replacing, &file, error)) {
        new_file_discard(&file);
        return error_in_file(error, replacing->target);
    }
    return new_file_take_place(&file, replacing->target, error);
}
