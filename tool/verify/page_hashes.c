#include "verify/page_hashes.h"

#include "base/digest.h"
#include "base/parallel.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes that one piece of work hashes: a multiple of every page size. */
enum { GROUP = 1 << 20 };

struct page_check {
    const struct file *file;
    uint64_t offset;
    const struct code_directory *directory;
    const struct known_pages *known;
    struct error *errors; /* one a group */
};

/* A run of pages, bytes into the slice. */
struct page_run {
    uint64_t start;
    uint64_t end;
};

static bool bad_page(struct error *error, uint64_t page, uint64_t start) {
    char field[64];
    snprintf(field, sizeof field, "code signature page %" PRIu64, page);
    return error_malformed(error, field, "its hash does not match the bytes at 0x%" PRIx64, start);
}

/* The end of the page that begins at `start`. */
static uint64_t page_end(const struct page_check *check, uint64_t start) {
    uint64_t end = start + check->directory->page_size;
    return end < check->directory->code_limit ? end : check->directory->code_limit;
}

static const uint8_t *hash_at(const struct code_directory *directory, uint64_t start) {
    return code_directory_hash(directory, (size_t)(start / directory->page_size));
}

/* The hash that the page at `start` is known to have, or NULL. */
static const uint8_t *known_hash(const struct page_check *check, uint64_t start) {
    const struct known_pages *known = check->known;
    uint64_t end = page_end(check, start);
    bool is_known = known->directory != NULL && start >= known->start && end <= known->end &&
                    end <= known->directory->code_limit;
    return is_known ? hash_at(known->directory, start) : NULL;
}

static bool holds(const struct page_check *check, uint64_t start, const uint8_t *hash,
                  struct error *error) {
    return memcmp(hash, hash_at(check->directory, start), check->directory->hash_size) == 0 ||
           bad_page(error, start / check->directory->page_size, start);
}

static bool check_unknown(const struct page_check *check, struct page_run run,
                          struct error *error) {
    size_t size = (size_t)(run.end - run.start);
    uint8_t *buffer = malloc(size), hash[DIGEST_MOST];
    if (buffer == NULL)
        out_of_memory();
    bool good = file_read(check->file, check->offset + run.start, buffer, size, error);
    for (uint64_t at = run.start; good && at < run.end; at = page_end(check, at)) {
        struct bytes page = {buffer + (at - run.start), (size_t)(page_end(check, at) - at)};
        code_directory_digest(check->directory, page, hash);
        good = holds(check, at, hash, error);
    }
    free(buffer);
    return good;
}

/* The pages from `start` on, below `end`, that are all known or all not. */
static struct page_run run_of_pages(const struct page_check *check, uint64_t start, uint64_t end) {
    bool known = known_hash(check, start) != NULL;
    struct page_run run = {start, start};
    while (run.end < end && (known_hash(check, run.end) != NULL) == known)
        run.end = page_end(check, run.end);
    return run;
}

static bool check_known(const struct page_check *check, struct page_run run, struct error *error) {
    for (uint64_t at = run.start; at < run.end; at = page_end(check, at))
        if (!holds(check, at, known_hash(check, at), error))
            return false;
    return true;
}

static void check_group(void *context, size_t group) {
    struct page_check *check = context;
    uint64_t at = (uint64_t)group * GROUP, end = at + GROUP;
    bool good = true;
    check->errors[group].kind = ERROR_NONE;
    if (end > check->directory->code_limit)
        end = check->directory->code_limit;
    while (good && at < end) {
        struct page_run run = run_of_pages(check, at, end);
        good = known_hash(check, at) != NULL ? check_known(check, run, &check->errors[group])
                                             : check_unknown(check, run, &check->errors[group]);
        at = run.end;
    }
}

bool page_hashes_check(const struct file *file, uint64_t offset,
                       const struct code_directory *directory, const struct known_pages *known,
                       struct errors *errors) {
    struct page_check check = {file, offset, directory, known, NULL};
    size_t groups = (size_t)((directory->code_limit + GROUP - 1) / GROUP);
    size_t before = errors->count;
    check.errors = calloc(groups + 1, sizeof *check.errors);
    if (check.errors == NULL)
        out_of_memory();
    parallel_for(groups, check_group, &check);
    for (size_t i = 0; i < groups && errors->count == before; i++)
        if (check.errors[i].kind != ERROR_NONE)
            errors_add(errors, &check.errors[i]);
    free(check.errors);
    return errors->count == before;
}
