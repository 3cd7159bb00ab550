/* What the tests of fixups share: an image of three segments that loads two dylibs.
 *
 *     __TEXT      0x100000000  read, execute   bytes [0, 0x100) of the slice
 *     __DATA      0x100004000  read, write     bytes [0x100, 0x300); 0x8000 bytes of memory
 *     __LINKEDIT  0x10000c000  read
 */
#ifndef VAFIT_UNIT_FIXUPS_H
#define VAFIT_UNIT_FIXUPS_H

#include "macho/fixup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { DATA_OFFSET = 0x100, DATA_SIZE = 0x200, SLICE_SIZE = DATA_OFFSET + DATA_SIZE };
#define BASE UINT64_C(0x100000000)
#define DATA (BASE + 0x4000)

/* What a test changes of it. */
struct fixture {
    struct segment segments[4];
    struct image image;
    uint8_t slice[SLICE_SIZE];
    uint8_t part[256];
    size_t size; /* of the part, bytes */
};

static inline void fixture_make(struct fixture *fixture) {
    *fixture = (struct fixture){
        .segments =
            {
                {.name = "__TEXT",
                 .address = BASE,
                 .vm_size = 0x4000,
                 .file_size = DATA_OFFSET,
                 .protection = 5},
                {.name = "__DATA",
                 .address = DATA,
                 .vm_size = 0x8000,
                 .file_offset = DATA_OFFSET,
                 .file_size = DATA_SIZE,
                 .protection = 3},
                {.name = "__LINKEDIT",
                 .address = DATA + 0x8000,
                 .vm_size = 0x4000,
                 .protection = 1},
            },
    };
    fixture->image.segments = (struct segments){fixture->segments, 3, 4};
    fixture->image.dylibs.count = 2;
}

static inline struct bytes part_of(const struct fixture *fixture) {
    return (struct bytes){fixture->part, fixture->size};
}

static inline struct bytes slice_of(const struct fixture *fixture) {
    return (struct bytes){fixture->slice, SLICE_SIZE};
}

static inline void put(uint8_t *target, size_t at, size_t count, uint64_t value) {
    bytes_store_little(target + at, count, value);
}

/* "FIELD: WHAT" of an error. */
static inline void assert_says(const struct error *error, const char *wanted) {
    char said[sizeof error->field + sizeof error->what + 2];
    snprintf(said, sizeof said, "%s: %s", error->field, error->what);
    assert_string_equal(said, wanted);
}

/* "0x100004010 (__DATA): binds _one of ordinal 1" */
static inline void assert_fixup(const struct fixture *fixture, const struct fixup *fixup,
                                const char *wanted) {
    struct text text = {0};
    fixup_describe_place(&fixture->image, fixup->address, &text);
    text_add(&text, ": ");
    fixup_describe(fixup, &text);
    assert_string_equal(text.data, wanted);
    text_free(&text);
}

#endif
