/* Unwind information: what can be read is written anew, has the same entries then, is the same
 * again, and is of the same size for the same functions elsewhere. */
#include "fuzz.h"

#include "base/memory.h"
#include "macho/write/unwind_info.h"

#include <stdlib.h>
#include <string.h>

/* All entries of a section, in an array to be freed; NULL when it cannot be read. No more than the
 * section has words. */
static struct unwind_entry *read_all(struct bytes section, struct unwind_functions *functions) {
    struct unwind_entry *entries = memory_zeros(section.size / 4 + 1, sizeof *entries);
    struct unwind_cursor cursor;
    struct error error;
    *functions = (struct unwind_functions){.entries = entries};
    bool good = unwind_info_start(section, &cursor, &error);
    functions->end = cursor.end;
    for (size_t *count = &functions->count;
         good && unwind_info_next(&cursor, &entries[*count], &error); ++*count) {
        const struct unwind_entry *entry = &entries[*count];
        if (*count == section.size / 4 || (*count != 0 && entry->function < entry[-1].function) ||
            (entry->lsda != 0) != ((entry->encoding & UNWIND_HAS_LSDA) != 0) ||
            (entry->personality != 0) != (unwind_personality(entry->encoding) != 0))
            abort();
    }
    if (error.kind == ERROR_NONE && functions->count != 0 &&
        entries[functions->count - 1].function > cursor.end)
        abort();
    if (error.kind == ERROR_NONE)
        return entries;
    free(entries);
    return NULL;
}

/* Those that hold for something. */
static void keep_entries(struct unwind_functions *functions, struct unwind_entry *entries) {
    size_t count = functions->count;
    functions->count = 0;
    for (size_t i = 0; i < count; i++)
        if (i + 1 == count || entries[i].function != entries[i + 1].function)
            entries[functions->count++] = entries[i];
}

static bool same(const struct unwind_entry *a, const struct unwind_entry *b) {
    return a->function == b->function && a->personality == b->personality && a->lsda == b->lsda &&
           unwind_with_personality(a->encoding, 0) == unwind_with_personality(b->encoding, 0);
}

static void expect_read(const struct unwind_section *section,
                        const struct unwind_functions *expected) {
    struct unwind_functions found;
    struct unwind_section again;
    struct error error;
    struct unwind_entry *entries = read_all((struct bytes){section->bytes, section->size}, &found);
    if (entries == NULL || found.count != expected->count || found.end != expected->end)
        abort();
    for (size_t i = 0; i < found.count; i++)
        if (!same(&entries[i], &expected->entries[i]))
            abort();
    if (!unwind_info_write(&found, &again, &error) || again.size != section->size ||
        memcmp(again.bytes, section->bytes, again.size) != 0)
        abort();
    free(again.bytes);
    free(entries);
}

/* As far on as the last one can be. */
static void expect_same_size(const struct unwind_section *section,
                             struct unwind_functions *functions, struct unwind_entry *entries) {
    struct unwind_section moved;
    struct error error;
    uint32_t shift = UINT32_MAX - functions->end;
    functions->end += shift;
    for (size_t i = 0; i < functions->count; i++)
        entries[i].function += shift;
    if (!unwind_info_write(functions, &moved, &error) || moved.size != section->size)
        abort();
    free(moved.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct unwind_functions functions;
    struct unwind_section section;
    struct error error;
    struct unwind_entry *entries = read_all((struct bytes){data, size}, &functions);
    if (entries == NULL)
        return 0;
    if (!unwind_info_write(&functions, &section, &error) ||
        (section.bytes == NULL) != (functions.count == 0))
        abort();
    keep_entries(&functions, entries);
    if (section.bytes != NULL) {
        expect_read(&section, &functions);
        expect_same_size(&section, &functions, entries);
    }
    free(section.bytes);
    free(entries);
    return 0;
}
