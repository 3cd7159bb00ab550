/* MAP_ANON and madvise are in no version of POSIX. */
#define _DEFAULT_SOURCE
#include "base/mapping.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

bool mapping_make(const struct file *file, uint64_t offset, uint64_t size, struct mapping *mapping,
                  struct error *error) {
    long page = sysconf(_SC_PAGESIZE);
    uint64_t before = offset % (uint64_t)page;
    *mapping = (struct mapping){0};
    if (size == 0)
        return true;
    void *start = mmap(NULL, (size_t)(size + before), PROT_READ, MAP_PRIVATE, file->descriptor,
                       (off_t)(offset - before));
    if (start == MAP_FAILED)
        return error_errno(error, "", "cannot map");
    mapping->start = start;
    mapping->size = (size_t)(size + before);
    mapping->bytes = (struct bytes){(const uint8_t *)start + before, (size_t)size};
    return true;
}

void mapping_free(struct mapping *mapping) {
    if (mapping->start != NULL)
        munmap(mapping->start, mapping->size);
    *mapping = (struct mapping){0};
}

void mapping_rest(const struct mapping *mapping) {
    if (mapping->start != NULL)
        madvise(mapping->start, mapping->size, MADV_DONTNEED);
}

bool mapped_pieces_begin(size_t count, uint64_t total, struct mapped_pieces *joined,
                         struct error *error) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE), size = (size_t)total + 3 * page * (count + 1);
    *joined = (struct mapped_pieces){0};
    void *start = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANON, -1, 0);
    if (start == MAP_FAILED)
        return error_errno(error, "", "cannot map");
    joined->start = start;
    joined->size = size;
    joined->bytes.data = start;
    return true;
}

/* The last page is written to, which makes it a copy; one more page is left free, for pieces that
 * end with a page. */
bool mapped_pieces_add(struct mapped_pieces *joined, const struct file *file, uint64_t offset,
                       uint64_t size, uint64_t *at, struct error *error) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE), before = (size_t)(offset % page);
    uint8_t *start = (uint8_t *)joined->start + joined->used;
    size_t end = before + (size_t)size;
    if (size != 0 && mmap(start, end, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED,
                          file->descriptor, (off_t)(offset - before)) == MAP_FAILED)
        return error_errno(error, "", "cannot map");
    if (size != 0 && end % page != 0)
        memset(start + end, 0, page - end % page);
    if (joined->used == 0)
        joined->bytes.data = start + before;
    *at = (uint64_t)(start + before - joined->bytes.data);
    joined->bytes.size = (size_t)(*at + size + 1);
    joined->used += (size_t)round_up(end + 1, page);
    return true;
}

void mapped_pieces_free(struct mapped_pieces *joined) {
    if (joined->start != NULL)
        munmap(joined->start, joined->size);
    *joined = (struct mapped_pieces){0};
}
