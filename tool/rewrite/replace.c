#include "rewrite/replace.h"

#include "rewrite/proof.h"
#include "rewrite/twin.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Runs `sh -c 'CMD "$1"' sh PATH` and waits for it. */
static bool sign_by(const char *command, struct new_file *file, struct error *error) {
    char script[4096];
    int status = 0;
    snprintf(script, sizeof script, "%s \"$1\"", command);
    fflush(NULL);
    char *arguments[] = {"sh", "-c", script, "sh", file->path, NULL};
    pid_t child;
    /* Not fork(): that would copy the tables of all that is mapped. */
    if (posix_spawn(&child, "/bin/sh", NULL, NULL, arguments, environ) != 0 ||
        waitpid(child, &status, 0) < 0)
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
static bool prove(const struct rewriting *rewriting, const struct replacing *replacing,
                  const struct new_file *file, struct error *error) {
    struct arena arena = {0};
    struct errors errors = {0};
    struct image_file changed = {
        .path = replacing->target, .size = file->file.size, .file = file->file};
    bool proven =
        image_file_read(&arena, &changed, error) && proof_read_images(&arena, &changed, error);
    if (proven &&
        !proof_compare(rewriting->old, &changed, replacing->level, replacing->world, &errors)) {
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

static bool finish(const struct rewriting *rewriting, const struct replacing *replacing,
                   struct new_file *file, struct error *error) {
    if (replacing->identity != NULL && has_identity(rewriting) &&
        !sign_by(replacing->identity, file, error))
        return false;
    if (replacing->verify && !prove(rewriting, replacing, file, error))
        return false;
    /* On disk only now: until here the disk had time. */
    return new_file_finish(file, &rewriting->old->file, error);
}

bool replace_make(struct rewriting *rewriting, const struct replacing *replacing,
                  const struct early_copy *copy, struct new_file *file, struct error *error) {
    *file = copy->file;
    bool written = rewriting_write(rewriting, copy->size, file, error);
    rewriting_written(rewriting);
    if (written && finish(rewriting, replacing, file, error))
        return true;
    new_file_discard(file);
    return error_in_file(error, replacing->target);
}

bool replace_with(struct rewriting *rewriting, const struct replacing *replacing,
                  const struct early_copy *copy, struct error *error) {
    struct new_file file;
    if (!replace_make(rewriting, replacing, copy, &file, error))
        return false;
    if (replacing->unstripped != NULL &&
        !twin_put_aside(rewriting->old, replacing->unstripped, error)) {
        new_file_discard(&file);
        return error_in_file(error, replacing->target);
    }
    return new_file_take_place(&file, replacing->target, error);
}
