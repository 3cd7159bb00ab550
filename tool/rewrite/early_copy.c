#include "rewrite/early_copy.h"

static void copy_unchanged(void *context) {
    struct early_copy *copy = context;
    const struct segment *linkedit =
        segments_find(&copy->old->slices[0].image->segments, "__LINKEDIT");
    uint64_t size = linkedit == NULL ? 0 : linkedit->file_offset;
    if (new_file_copy(&copy->file, 0, &copy->old->file, 0, size, &copy->error))
        copy->size = size;
}

void early_copy_begin(struct early_copy *copy, const struct image_file *old, const char *target,
                      bool hurried) {
    *copy = (struct early_copy){.old = old, .target = target};
    if (path_look(target) == PATH_OTHER)
        error_io(&copy->error, target, "cannot write: not a regular file");
    else
        copy->is_made = new_file_make(target, &copy->file, &copy->error);
    copy->file.hurried = hurried;
    if (copy->is_made && old->thin)
        background_begin(&copy->copying, copy_unchanged, copy);
}

bool early_copy_end(struct early_copy *copy, bool wanted, struct error *error) {
    background_end(&copy->copying);
    if (wanted && copy->error.kind == ERROR_NONE)
        return true;
    if (copy->is_made)
        new_file_discard(&copy->file);
    if (!wanted)
        return false;
    *error = copy->error;
    return error_in_file(error, copy->target);
}
