#include "universal.h"

#include "architecture.h"
#include "buffer.h"
#include "output.h"

#include "base/arena.h"
#include "base/bytes.h"
#include "base/file.h"

#include <string.h>

enum {
    HEADER_SIZE = 8,
    ENTRY_SIZE = 20,
    ENTRY_SIZE_64 = 32,
    BLOCK_SIZE = 64 * 1024, /* what is left out when it is all zeros */
};

struct slice {
    struct file file;
    const struct architecture *architecture;
    uint64_t offset; /* in the universal file */
};

static bool open_slice(const char *path, struct slice *slice, struct error *error) {
    uint8_t header[8];
    struct bytes bytes = {header, sizeof header};
    if (!file_open(path, &slice->file, error))
        return false;
    if (slice->file.size < sizeof header) {
        error_malformed(error, "", "it is too short for a Mach-O image");
        return error_in_file(error, path);
    }
    if (!file_read(&slice->file, 0, header, sizeof header, error))
        return error_in_file(error, path);
    if (bytes_u32(bytes, 0) == 0xfeedfacf)
        slice->architecture = architecture_of_type(bytes_u32(bytes, 4));
    if (slice->architecture == NULL) {
        error_malformed(error, "", "it is no thin 64-bit Mach-O image for arm64 or x86_64");
        return error_in_file(error, path);
    }
    return true;
}

/* Returns where the last one ends. */
static uint64_t place_slices(struct slice *slices, size_t count, bool is_fat64) {
    uint64_t offset = HEADER_SIZE + count * (is_fat64 ? ENTRY_SIZE_64 : ENTRY_SIZE);
    for (size_t i = 0; i < count; i++) {
        slices[i].offset = round_up(offset, slices[i].architecture->page_size);
        offset = slices[i].offset + slices[i].file.size;
    }
    return offset;
}

static void write_entry(const struct slice *slice, bool is_fat64, struct buffer *buffer) {
    buffer_u32_big(buffer, slice->architecture->cpu_type);
    buffer_u32_big(buffer, slice->architecture->cpu_subtype);
    if (is_fat64) {
        buffer_u64_big(buffer, slice->offset);
        buffer_u64_big(buffer, slice->file.size);
    } else {
        buffer_u32_big(buffer, (uint32_t)slice->offset);
        buffer_u32_big(buffer, (uint32_t)slice->file.size);
    }
    buffer_u32_big(buffer, slice->architecture->page_shift);
    if (is_fat64)
        buffer_u32_big(buffer, 0); /* reserved */
}

static bool is_zero(const uint8_t *data, size_t size) {
    return data[0] == 0 && memcmp(data, data + 1, size - 1) == 0;
}

static bool copy_slice(const struct slice *slice, const struct output *output,
                       struct error *error) {
    uint8_t block[BLOCK_SIZE];
    for (uint64_t offset = 0; offset < slice->file.size; offset += BLOCK_SIZE) {
        uint64_t left = slice->file.size - offset;
        size_t size = left < BLOCK_SIZE ? (size_t)left : BLOCK_SIZE;
        if (!file_read(&slice->file, offset, block, size, error))
            return false;
        if (!is_zero(block, size) &&
            !output_write(output, slice->offset + offset, block, size, error))
            return false;
    }
    return true;
}

static bool write_all(const struct output *output, const struct slice *slices, size_t count,
                      bool is_fat64, struct error *error) {
    struct buffer header = {0};
    buffer_u32_big(&header, is_fat64 ? 0xcafebabf : 0xcafebabe);
    buffer_u32_big(&header, (uint32_t)count);
    for (size_t i = 0; i < count; i++)
        write_entry(&slices[i], is_fat64, &header);
    bool written = output_write(output, 0, header.data, header.size, error);
    for (size_t i = 0; i < count && written; i++)
        written = copy_slice(&slices[i], output, error);
    buffer_free(&header);
    return written;
}

static bool write_file(const char *path, struct slice *slices, size_t count, bool is_fat64,
                       struct error *error) {
    struct output output;
    uint64_t size = place_slices(slices, count, is_fat64);
    if (size > UINT32_MAX && !is_fat64)
        return error_usage(error, "slices beyond 4 GiB need --fat64");
    return output_create(path, size, &output, error) &&
           output_close(&output, write_all(&output, slices, count, is_fat64, error), error);
}

bool universal_write(const char *path, const char *const *slices, size_t slice_count, bool is_fat64,
                     struct error *error) {
    struct arena arena = {0};
    struct slice *opened = arena_take(&arena, slice_count * sizeof *opened);
    size_t count = 0;
    bool good = true;
    for (; count < slice_count && good; count++)
        good = open_slice(slices[count], &opened[count], error);
    if (good)
        good = write_file(path, opened, count, is_fat64, error);
    for (size_t i = 0; i < count; i++)
        file_close(&opened[i].file);
    arena_free(&arena);
    return good;
}
