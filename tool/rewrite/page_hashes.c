#include "rewrite/page_hashes.h"

#include "base/parallel.h"
#include "base/sha256.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes that one piece of work hashes: a multiple of every page size. */
enum { GROUP = 1 << 20 };

struct checking {
    const struct file *file;
    uint64_t offset;
    const struct code_directory *directory;
    struct error *errors; /* one a group */
};

static void bad_page(struct error *error, uint64_t page, uint64_t start) {
    char field[64];
    snprintf(field, sizeof field, "code signature page %" PRIu64, page);
    error_malformed(error, field, "its hash is not that of the bytes at 0x%" PRIx64, start);
}

static void check_group(void *context, size_t group) {
    struct checking *checking = context;
    const struct code_directory *directory = checking->directory;
    struct error *error = &checking->errors[group];
    uint64_t start = (uint64_t)group * GROUP;
    uint64_t left = directory->code_limit - start;
    size_t size = left < GROUP ? (size_t)left : GROUP;
    uint8_t *buffer = malloc(GROUP);
    uint8_t digest[SHA256_SIZE];
    if (buffer == NULL)
        out_of_memory();
    error->kind = ERROR_NONE;
    bool good = file_read(checking->file, checking->offset + start, buffer, size, error);
    for (size_t at = 0; good && at < size; at += directory->page_size) {
        size_t bytes = size - at < directory->page_size ? size - at : directory->page_size;
        uint64_t page = (start + at) / directory->page_size;
        sha256((struct bytes){buffer + at, bytes}, digest);
        good = memcmp(digest, code_directory_hash(directory, (size_t)page), SHA256_SIZE) == 0;
        if (!good)
            bad_page(error, page, start + at);
    }
    free(buffer);
}

bool page_hashes_check(const struct file *file, uint64_t offset,
                       const struct code_directory *directory, struct errors *errors) {
    struct checking checking = {file, offset, directory, NULL};
    size_t groups = (size_t)((directory->code_limit + GROUP - 1) / GROUP);
    size_t before = errors->count;
    checking.errors = calloc(groups + 1, sizeof *checking.errors);
    if (checking.errors == NULL)
        out_of_memory();
    parallel_for(groups, parallel_default_jobs(), check_group, &checking);
    for (size_t i = 0; i < groups && errors->count == before; i++)
        if (checking.errors[i].kind != ERROR_NONE)
            errors_add(errors, &checking.errors[i]);
    free(checking.errors);
    return errors->count == before;
}
