#include "commit/early_copy.h"

static void copy_start(void *context) {
    struct early_copy *copy = context;
    if (atomic_file_copy(&copy->file, 0, copy->old, 0, copy->wanted, &copy->error))
        copy->size = copy->wanted;
}

void early_copy_begin(struct early_copy *copy, const struct file *old, uint64_t size,
                      const char *target, bool no_sync) {
    *copy = (struct early_copy){.old = old, .wanted = size, .target = target};
    if (path_look(target) == PATH_OTHER)
        error_io(&copy->error, target, "cannot write: not a regular file");
    else
        copy->is_made = atomic_file_make(target, &copy->file, &copy->error);
    copy->file.no_sync = no_sync;
    if (copy->is_made && size != 0)
        background_begin(&copy->copying, copy_start, copy);
}

bool early_copy_end(struct early_copy *copy, bool wanted, struct error *error) {
    background_end(&copy->copying);
    if (wanted && copy->error.kind == ERROR_NONE)
        return true;
    if (copy->is_made)
        atomic_file_discard(&copy->file);
    if (!wanted)
        return false;
    *error = copy->error;
    return error_in_file(error, copy->target);
}
