#include "rewrite/replace.h"

#include "rewrite/proof.h"
#include "rewrite/twin.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Runs `sh -c 'CMD "$1"' sh PATH` and waits for it. */
static bool run_signer(const char *command, char *path, struct error *error) {
    char script[4096];
    int status = 0;
    snprintf(script, sizeof script, "%s \"$1\"", command);
    fflush(NULL);
    char *arguments[] = {"sh", "-c", script, "sh", path, NULL};
    pid_t child;
    /* Not fork(): that would copy the tables of all that is mapped. */
    if (posix_spawn(&child, "/bin/sh", NULL, NULL, arguments, environ) != 0 ||
        waitpid(child, &status, 0) < 0)
        return error_errno(error, "", "cannot start the command of --identity");
    return status == 0 || error_io(error, "", "the command of --identity failed");
}

/* Removes the folder and what a signer may have left in it. */
static void remove_folder(const char *folder) {
    DIR *list = opendir(folder);
    struct dirent *entry;
    while (list != NULL && (entry = readdir(list)) != NULL) {
        char path[sizeof((struct new_file *)NULL)->path + sizeof entry->d_name + 16];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            (void)unlink(path);
    }
    if (list != NULL)
        closedir(list);
    (void)rmdir(folder);
}

/* The file that the signer is given has the target's own name, in a folder of its own: signers take
 * the identifier from it. */
static bool sign_by(const char *command, const char *target, struct new_file *file,
                    struct error *error) {
    const char *slash = strrchr(target, '/'), *leaf = slash == NULL ? target : slash + 1;
    char folder[sizeof file->path + 8], path[2 * sizeof file->path];
    snprintf(folder, sizeof folder, "%s.sign", file->path);
    snprintf(path, sizeof path, "%s/%s", folder, leaf);
    if (mkdir(folder, 0700) != 0)
        return error_errno(error, "", "cannot make a folder for the command of --identity");
    bool is_signed = rename(file->path, path) == 0
                         ? run_signer(command, path, error)
                         : error_errno(error, "", "cannot be moved for the command of --identity");
    /* The signer may have put a file of its own in the place, or removed it. */
    (void)rename(path, file->path);
    remove_folder(folder);
    if (!is_signed)
        return false;
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
        !sign_by(replacing->identity, replacing->target, file, error))
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
