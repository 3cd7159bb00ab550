#include "rewrite/sign_by_command.h"

#include "base/subprocess.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Runs `sh -c 'CMD "$1"' sh PATH` and waits for it. */
static bool run_signer(const char *command, const char *path, struct error *error) {
    char script[4096];
    int status;
    snprintf(script, sizeof script, "%s \"$1\"", command);
    if (!subprocess_shell(script, path, &status))
        return error_errno(error, "", "cannot start the command of --identity");
    return status == 0 || error_io(error, "", "the command of --identity failed");
}

/* Removes the folder and what a signer may have left in it. */
static void remove_folder(const char *folder) {
    DIR *list = opendir(folder);
    struct dirent *entry;
    while (list != NULL && (entry = readdir(list)) != NULL) {
        char path[sizeof((struct atomic_file *)NULL)->path + sizeof entry->d_name + 16];
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
bool sign_by_command(const char *command, const char *target, struct atomic_file *file,
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
    if (is_signed && !atomic_file_become(file, path, error)) {
        is_signed = false;
        error->file[0] = '\0';
    }
    remove_folder(folder);
    return is_signed;
}
