/* Small dylibs on disk for the tests of files that are rewritten, put aside and brought back. */
#ifndef VAFIT_UNIT_SMALL_IMAGES_H
#define VAFIT_UNIT_SMALL_IMAGES_H

#include "heads.h"

#include "base/file.h"
#include "macho/symtab.h"
#include "program/image_file.h"
#include "verify/compare_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SMALL_TEXT = 0x4000, SMALL_NAME = 100, SMALL_MOST = SMALL_TEXT + 0x10000 };

/* What a dylib is made of: one exported symbol, and local ones of SMALL_NAME characters each. */
struct small_image {
    uint32_t type;    /* 6 for a dylib, 8 for a bundle */
    const char *name; /* the install name of a dylib */
    uint8_t uuid;     /* each byte of LC_UUID; 0 for none */
    uint32_t locals;  /* how many */
};

static inline void small_segment(struct head *head, const char *name, uint32_t at, uint32_t size,
                                 uint32_t protection) {
    uint32_t words[18] = {LC_SEGMENT_64, 72, [6] = at, [10] = at};
    strncpy((char *)(words + 2), name, 16);
    words[8] = (size + 0x3fff) & ~UINT32_C(0x3fff);
    words[12] = size;
    words[14] = words[15] = protection;
    add(head, words, 72);
}

/* Its symbol table and string pool at `linkedit`; *strings is where the pool begins in it. */
static inline uint32_t small_symbols(const struct small_image *image, uint8_t *linkedit,
                                     uint32_t *strings) {
    uint32_t count = image->locals + 1, at = 1;
    *strings = count * NLIST_SIZE;
    for (uint32_t i = 0; i < count; i++) {
        uint8_t *entry = linkedit + i * NLIST_SIZE;
        bool is_local = i < image->locals;
        bytes_store_little(entry, 4, at);
        entry[4] = is_local ? 0x0e : 0x0f;
        entry[5] = 1;
        if (is_local)
            snprintf((char *)linkedit + *strings + at, SMALL_NAME + 1, "_%0*u", SMALL_NAME - 1, i);
        else
            strcpy((char *)linkedit + *strings + at, "_exported");
        at += (uint32_t)strlen((char *)linkedit + *strings + at) + 1;
    }
    return *strings + ((at + 7) & ~UINT32_C(7));
}

static inline void small_write(const char *path, const struct small_image *image) {
    static uint8_t bytes[SMALL_MOST];
    struct head head = head_of(ARM64, 0, image->type);
    uint32_t strings;
    memset(bytes, 0, sizeof bytes);
    uint32_t size = small_symbols(image, bytes + SMALL_TEXT, &strings);
    set_word(&head, 24, 4);
    small_segment(&head, "__TEXT", 0, SMALL_TEXT, 5);
    small_segment(&head, "__LINKEDIT", SMALL_TEXT, size, 1);
    if (image->type == 6)
        add_string(&head, LC_ID_DYLIB, 24, image->name);
    if (image->uuid != 0)
        ADD_WORDS(&head, LC_UUID, 24, image->uuid * 0x01010101u, image->uuid * 0x01010101u,
                  image->uuid * 0x01010101u, image->uuid * 0x01010101u);
    ADD_WORDS(&head, LC_SYMTAB, 24, SMALL_TEXT, image->locals + 1, SMALL_TEXT + strings,
              size - strings);
    memcpy(bytes, head.bytes, head.size);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, SMALL_TEXT + size, file), SMALL_TEXT + size);
    assert_int_equal(fclose(file), 0);
}

/* Opened and read; the file stays open. */
static inline struct image_file small_read(const char *path) {
    struct image_file file = {.path = path};
    struct error error;
    if (!file_open(path, &file.file, &error))
        fail_msg("%s: %s", path, error.what);
    file.size = file.file.size;
    if (!image_file_read(&arena, &file, &error) || !image_file_parse_all(&arena, &file, &error))
        fail_msg("%s: %s: %s", path, error.field, error.what);
    return file;
}

/* Whether two files have the same bytes. */
static inline bool small_same(const char *a, const char *b) {
    struct file file;
    struct error error;
    if (!file_open(a, &file, &error))
        return false;
    bool same = file_holds(b, &file);
    file_close(&file);
    return same;
}

static char small_home[] = "/tmp/vafit-unit.XXXXXX";

static inline int small_enter(void **state) {
    (void)state;
    strcpy(strrchr(small_home, '.'), ".XXXXXX");
    return mkdtemp(small_home) == NULL || chdir(small_home) != 0 ? -1 : 0;
}

static inline int small_leave(void **state) {
    char command[sizeof small_home + 16];
    snprintf(command, sizeof command, "rm -rf %s", small_home);
    int left = chdir("/") != 0 || system(command) != 0 ? -1 : 0;
    return release(state) != 0 ? -1 : left;
}

#define IN_SMALL_HOME(test) cmocka_unit_test_setup_teardown(test, small_enter, small_leave)

#endif
