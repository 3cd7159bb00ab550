#include "verify/page_hashes.h"

#include "base/digest.h"
#include "base/parallel.h"

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
    const struct known_pages *known;
    struct error *errors; /* one a group */
};

/* A run of pages, bytes into the slice. */
struct run {
    uint64_t start;
    uint64_t end;
};

static bool bad_page(struct error *error, uint64_t page, uint64_t start) {
    char field[64];
    snprintf(field, sizeof field, "code signature page %" PRIu64, page);
    return error_malformed(error, field, "its hash is not that of the bytes at 0x%" PRIx64, start);
}

/* The end of the page that begins at `start`. */
static uint64_t page_end(const struct checking *checking, uint64_t start) {
    uint64_t end = start + checking->directory->page_size;
    return end < checking->directory->code_limit ? end : checking->directory->code_limit;
}

static const uint8_t *hash_at(const struct code_directory *directory, uint64_t start) {
    return code_directory_hash(directory, (size_t)(start / directory->page_size));
}

/* The hash that the page at `start` is known to have, or NULL. */
static const uint8_t *known_hash(const struct checking *checking, uint64_t start) {
    const struct known_pages *known = checking->known;
    uint64_t end = page_end(checking, start);
    bool is_known = known->directory != NULL && start >= known->start && end <= known->end &&
                    end <= known->directory->code_limit;
    return is_known ? hash_at(known->directory, start) : NULL;
}

static bool holds(const struct checking *checking, uint64_t start, const uint8_t *hash,
                  struct error *error) {
    return memcmp(hash, hash_at(checking->directory, start), checking->directory->hash_size) == 0 ||
           bad_page(error, start / checking->directory->page_size, start);
}

static bool check_unknown(const struct checking *checking, struct run run, struct error *error) {
    size_t size = (size_t)(run.end - run.start);
    uint8_t *buffer = malloc(size), hash[DIGEST_MOST];
    if (buffer == NULL)
        out_of_memory();
    bool good = file_read(checking->file, checking->offset + run.start, buffer, size, error);
    for (uint64_t at = run.start; good && at < run.end; at = page_end(checking, at)) {
        struct bytes page = {buffer + (at - run.start), (size_t)(page_end(checking, at) - at)};
        code_directory_digest(checking->directory, page, hash);
        good = holds(checking, at, hash, error);
    }
    free(buffer);
    return good;
}

/* The pages from `start` on, below `end`, that are all known or all not. */
static struct run run_of_pages(const struct checking *checking, uint64_t start, uint64_t end) {
    bool known = known_hash(checking, start) != NULL;
    struct run run = {start, start};
    while (run.end < end && (known_hash(checking, run.end) != NULL) == known)
        run.end = page_end(checking, run.end);
    return run;
}

static bool check_known(const struct checking *checking, struct run run, struct error *error) {
    for (uint64_t at = run.start; at < run.end; at = page_end(checking, at))
        if (!holds(checking, at, known_hash(checking, at), error))
            return false;
    return true;
}

static void check_group(void *context, size_t group) {
    struct checking *checking = context;
    uint64_t at = (uint64_t)group * GROUP, end = at + GROUP;
    bool good = true;
    checking->errors[group].kind = ERROR_NONE;
    if (end > checking->directory->code_limit)
        end = checking->directory->code_limit;
    while (good && at < end) {
        struct run run = run_of_pages(checking, at, end);
        good = known_hash(checking, at) != NULL
                   ? check_known(checking, run, &checking->errors[group])
                   : check_unknown(checking, run, &checking->errors[group]);
        at = run.end;
    }
}

bool page_hashes_check(const struct file *file, uint64_t offset,
                       const struct code_directory *directory, const struct known_pages *known,
                       struct errors *errors) {
    struct checking checking = {file, offset, directory, known, NULL};
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
