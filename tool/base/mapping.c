#include "base/mapping.h"

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
