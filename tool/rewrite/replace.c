#include "rewrite/replace.h"

#include "commit/journal.h"
#include "rewrite/original.h"
#include "rewrite/proof.h"

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
    /* The new file keeps its name meanwhile, so that no other run takes it. The signer may put a
     * file of its own in the place. */
    bool is_signed = (link(file->path, path) == 0 || rename(file->path, path) == 0)
                         ? run_signer(command, path, error)
                         : error_errno(error, "", "cannot be moved for the command of --identity");
    if (is_signed && !new_file_become(file, path, error)) {
        is_signed = false;
        error->file[0] = '\0';
    }
    remove_folder(folder);
    return is_signed;
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
    const struct losses losses = {replacing->level, replacing->world, replacing->drop_unclaimed};
    if (proven && !proof_compare(rewriting->old, &changed, &losses, &errors)) {
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

/* What takes a name at the end: the original, if it is put aside, and the new file. */
struct taking {
    struct replacement items[2];
    size_t count;
    bool in_place;
};

static bool put_aside(const struct rewriting *rewriting, const struct replacing *replacing,
                      struct taking *taking, struct error *error) {
    if (replacing->original == NULL)
        return true;
    if (!original_put_aside(rewriting->old, replacing->original, &taking->items[0], error))
        return false;
    taking->count = taking->items[0].is_made;
    return true;
}

/* Steps put aside, journal and take: the original has its name before there is a journal: whoever
 * ends what the journal says takes it for granted. */
static bool take_names(struct taking *taking, struct error *error) {
    struct journal journal = {0};
    struct error ignored;
    size_t last = taking->count - 1;
    bool taken = replacements_take(taking->items, last, error) &&
                 (!taking->in_place || journal_write(&journal, &taking->items[last], 1, error)) &&
                 replacements_take(&taking->items[last], 1, error);
    if (taken)
        replacements_keep(taking->items, taking->count);
    else
        replacements_give_back(taking->items, taking->count, &ignored);
    journal_end(&journal, taking->items, taking->count);
    return taken;
}

bool replace_with(struct rewriting *rewriting, const struct replacing *replacing,
                  const struct early_copy *copy, struct error *error) {
    struct taking taking = {.in_place = strcmp(replacing->target, rewriting->old->path) == 0};
    struct new_file file;
    if (!replace_make(rewriting, replacing, copy, &file, error))
        return false;
    if (!put_aside(rewriting, replacing, &taking, error)) {
        new_file_discard(&file);
        return error_in_file(error, replacing->target);
    }
    struct replacement *item = &taking.items[taking.count++];
    if (taking.in_place)
        replacement_begin_of(item, replacing->target, &rewriting->old->file, &file);
    else
        replacement_begin(item, replacing->target, &file);
    return take_names(&taking, error);
}
