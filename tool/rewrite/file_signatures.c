#include "rewrite/file_signatures.h"

#include "base/mapping.h"
#include "verify/compare_files.h"

#include <string.h>

static void add_directory(struct arena *arena, struct file_signatures *all,
                          const struct file_directory *found) {
    struct file_directory *item = vector_push(arena, all);
    uint8_t hash[DIGEST_MOST];
    *item = *found;
    code_directory_digest(&item->directory, item->directory.bytes, hash);
    memcpy(item->cdhash, hash, CDHASH_SIZE);
}

/* The bytes of a signature are kept: directories are views into them. */
static bool read_part(struct arena *arena, const struct file *file, uint64_t offset, uint64_t size,
                      struct bytes *bytes, struct error *error) {
    struct mapping mapping;
    if (!mapping_make(file, offset, size, &mapping, error))
        return false;
    *bytes = (struct bytes){
        (uint8_t *)arena_copy(arena, (const char *)mapping.bytes.data, mapping.bytes.size),
        mapping.bytes.size};
    mapping_free(&mapping);
    return true;
}

static bool read_slice(struct arena *arena, const struct image_file *file,
                       const struct image_slice *slice, struct file_signatures *all,
                       struct error *error) {
    const struct linkedit_part *part = linkedit_find(&slice->image->parts, LINKEDIT_SIGNATURE);
    struct code_signature signature;
    struct bytes bytes;
    if (part == NULL) {
        all->is_whole = false;
        return true;
    }
    uint64_t offset = slice->offset + part->file_offset;
    if (!read_part(arena, &file->file, offset, part->size, &bytes, error) ||
        !code_signature_parse(bytes, &signature, error))
        return false;
    all->has_identity |= signature.has_identity;
    for (size_t i = 0; i < signature.directory_count; i++) {
        const struct code_directory *directory = &signature.directories[i];
        const struct file_directory found = {
            .architecture = slice->architecture,
            .directory = *directory,
            .offset = offset + (uint64_t)(directory->bytes.data - bytes.data)};
        add_directory(arena, all, &found);
    }
    return true;
}

static bool has_other_slices(const struct image_file *file, bool *has, struct error *error) {
    struct mapping head;
    struct universal universal;
    *has = false;
    if (file->thin)
        return true;
    if (!image_file_map_universal(file, &head, &universal, error))
        return false;
    *has = universal.slice_count != file->slice_count;
    mapping_free(&head);
    return true;
}

static bool read_slices(struct arena *arena, struct image_file *file, struct file_signatures *all,
                        struct error *error) {
    bool has_other = false;
    bool read = image_file_read(arena, file, error) && image_file_parse_all(arena, file, error) &&
                has_other_slices(file, &has_other, error);
    all->is_whole = !has_other;
    for (size_t i = 0; read && i < file->slice_count; i++)
        read = read_slice(arena, file, &file->slices[i], all, error);
    return read || error_in_file(error, file->path);
}

bool file_signatures_read(struct arena *arena, const char *path, struct file_signatures *all,
                          struct error *error) {
    struct image_file file = {.path = path};
    *all = (struct file_signatures){0};
    if (!file_open(path, &file.file, error))
        return false;
    file.size = file.file.size;
    bool read = read_slices(arena, &file, all, error);
    file_close(&file.file);
    return read;
}

const uint8_t *file_directory_special(const struct file_directory *item, unsigned slot) {
    const struct code_directory *directory = &item->directory;
    return slot > directory->special_count ? NULL
                                           : directory->bytes.data + directory->hash_offset -
                                                 (size_t)slot * directory->hash_size;
}

uint64_t file_directory_special_offset(const struct file_directory *item, unsigned slot) {
    return item->offset + item->directory.hash_offset - (uint64_t)slot * item->directory.hash_size;
}
