#include "program/image_names.h"

#include "bytes_literal.h"
#include "fixups.h"
#include "macho/symtab.h"

#include <stdlib.h>

enum { LINKEDIT_OFFSET = 0x400, MOST_PARTS = 4 };

/* The image of fixups.h with parts in __LINKEDIT, one after the other. */
struct imported {
    struct fixture fixture;
    struct linkedit_part parts[MOST_PARTS];
    uint8_t linkedit[8192];
    size_t size;
};

static void begin(struct imported *imported) {
    memset(imported, 0, sizeof *imported);
    fixture_make(&imported->fixture);
    imported->fixture.segments[2].file_offset = LINKEDIT_OFFSET;
    imported->fixture.image.parts.items = imported->parts;
}

static void add_part(struct imported *imported, const char *name, struct bytes bytes) {
    struct linkedit_part *part = &imported->parts[imported->fixture.image.parts.count++];
    assert_true(linkedit_part_named(name, part));
    part->file_offset = LINKEDIT_OFFSET + imported->size;
    part->size = bytes.size;
    memcpy(imported->linkedit + imported->size, bytes.data, bytes.size);
    imported->size += bytes.size;
}

/* Which of the names, each with a blank after it, are in the set. */
static void list(const struct name_set *set, char *text, size_t size) {
    static const char *const names[] = {"_a", "_b", "_c", "_d", "_e", "_f", "_long_name", "_x"};
    size_t at = 0, known = 0;
    text[0] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct bytes name = {(const uint8_t *)names[i], strlen(names[i])};
        if (!name_set_has(set, name_hash(name)))
            continue;
        known++;
        at += (size_t)snprintf(text + at, size - at, "%s ", names[i]);
    }
    assert_int_equal(known, set->count);
}

/* What is wanted, exported, or why the image cannot be read. */
static void check(const struct imported *imported, const char *wanted, const char *exported,
                  const char *says) {
    struct image_names names = {0};
    struct error error = {ERROR_NONE, "", "", ""};
    char text[200];
    uint8_t *linkedit = malloc(imported->size + 1);
    assert_non_null(linkedit);
    memcpy(linkedit, imported->linkedit, imported->size);
    bool read = image_names_read(&imported->fixture.image, (struct bytes){linkedit, imported->size},
                                 &names, &error);
    assert_int_equal(read, says == NULL);
    if (says != NULL)
        assert_says(&error, says);
    name_set_seal(&names.wanted);
    name_set_seal(&names.exported);
    list(&names.wanted, text, sizeof text);
    assert_string_equal(text, wanted);
    list(&names.exported, text, sizeof text);
    assert_string_equal(text, exported);
    image_names_free(&names);
    free(linkedit);
}

/* Header, starts of no segment, two imports of format 1: _a of ordinal 1 and, weakly, _b of a flat
 * lookup; their names. */
#define TWO_IMPORTS                                                                                \
    "\0\0\0\0\x1c\0\0\0\x30\0\0\0\x38\0\0\0\2\0\0\0\1\0\0\0\0\0\0\0"                               \
    "\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"                                                     \
    "\1\2\0\0\xfe\x09\0\0"                                                                         \
    "\0_a\0_b\0\0"

static void chained_imports(void **state) {
    struct imported imported;
    (void)state;
    begin(&imported);
    add_part(&imported, "chained fixups", (struct bytes)BYTES(TWO_IMPORTS));
    check(&imported, "_a _b ", "", NULL);
    imported.linkedit[0x38 + 6] = 'x';
    imported.linkedit[0x38 + 7] = 'x';
    check(&imported, "", "",
          "chained fixups import 1 name_offset: the name does not end inside "
          "the part");
}

/* Bind _c of ordinal 1 at __DATA, lazily _d and _e of ordinal 2; weakly _f, and a strong _x. */
static void opcodes(void **state) {
    struct imported imported;
    (void)state;
    begin(&imported);
    add_part(&imported, "bind opcodes", (struct bytes)BYTES("\x11\x40_c\0\x51\x71\0\x90\x90\0"));
    add_part(&imported, "lazy bind opcodes",
             (struct bytes)BYTES("\x71\x10\x12\x40_d\0\x90\0\x71\x18\x12\x40_e\0\x90\0"));
    add_part(&imported, "weak bind opcodes",
             (struct bytes)BYTES("\x40_f\0\x51\x71\x20\x90\x48_x\0\0"));
    add_part(&imported, "rebase opcodes", (struct bytes)BYTES("\x11\x21\x30\x51\0"));
    check(&imported, "_c _d _e _f _x ", "", NULL);
    imported.linkedit[imported.size - 2] = 0xf0;
    check(&imported, "_c _d _e _f _x ", "", "rebase opcodes byte 0x3: opcode 0xf0 is unknown");
}

static void lazy_dylibs(void **state) {
    struct imported imported;
    (void)state;
    begin(&imported);
    add_part(&imported, "lazy load info",
             (struct bytes)BYTES("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\x18\0\0\0\x1e\0\0\0"
                                 "/\0_b\0"));
    check(&imported, "_b ", "", NULL);
    imported.linkedit[0x10] = 9;
    check(&imported, "", "",
          "lazy load info: the names of 9 symbols at 0x18 run past its end, 33 bytes");
}

/* An nlist of a name, n_type, n_sect, n_desc and n_value. */
#define NLIST(name, type, section) name "\0\0\0" type section "\0\0\0\0\0\0\0\0\0\0"

static void undefined_symbols(void **state) {
    struct imported imported;
    (void)state;
    begin(&imported);
    add_part(&imported, "symbol table",
             (struct bytes)BYTES(NLIST("\1", "\1", "\0")      /* _a, undefined */
                                 NLIST("\4", "\x0f", "\1")    /* _b, defined */
                                 NLIST("\7", "\0", "\0")      /* _c, undefined and local */
                                 NLIST("\x0a", "\x61", "\0")  /* _d, a stab */
                                 NLIST("\x0d", "\x0d", "\0")  /* _e, prebound */
                                 NLIST("\x50", "\1", "\0")    /* no name */
                                 NLIST("\x13", "\1", "\0"))); /* one without an end */
    add_part(&imported, "string pool", (struct bytes)BYTES("\0_a\0_b\0_c\0_d\0_e\0\0\0_x"));
    check(&imported, "_a _e ", "", NULL);
    imported.fixture.image.parts.count = 1;
    check(&imported, "", "", NULL);
}

/* Leaves below the root: _a weak, _b, _c re-exported as _d of dylib 1, _e, and _f re-exported under
 * its own name. */
static void exports(void **state) {
    struct imported imported;
    (void)state;
    begin(&imported);
    add_part(&imported, "exports trie",
             (struct bytes)BYTES("\0\5_a\0\x16_b\0\x1a_c\0\x1e_e\0\x25_f\0\x29"
                                 "\2\4\x10\0"
                                 "\2\0\x20\0"
                                 "\5\x08\1_d\0\0"
                                 "\2\0\x30\0"
                                 "\3\x08\2\0\0"));
    check(&imported, "_a _d _f ", "_b _e ", NULL);
    imported.linkedit[0x1b] = 0x40;
    check(&imported, "_a ", "", "exports trie: the node at 0x1a has an export with unknown flags");
}

/* `count` symbols whose names all end one of 2000 characters. */
static void add_overlapping(struct imported *imported, size_t count) {
    enum { NAME = 2000, MOST = 200 };
    uint8_t table[NLIST_SIZE * MOST] = {0}, pool[NAME + 2] = {0};
    memset(pool + 1, 'x', NAME);
    for (size_t i = 0; i < count; i++) {
        put(table, NLIST_SIZE * i, 4, 1 + i);
        table[NLIST_SIZE * i + 4] = N_EXT;
    }
    add_part(imported, "symbol table", (struct bytes){table, NLIST_SIZE * count});
    add_part(imported, "string pool", (struct bytes){pool, sizeof pool});
}

static void overlapping_names(void **state) {
    struct image_names names = {0};
    struct imported imported;
    struct error error;
    (void)state;
    /* 195,150 bytes of names, and 64 times 3,602 bytes. */
    begin(&imported);
    add_overlapping(&imported, 100);
    struct bytes linkedit = {imported.linkedit, imported.size};
    assert_true(image_names_read(&imported.fixture.image, linkedit, &names, &error));
    name_set_seal(&names.wanted);
    assert_int_equal(names.wanted.count, 100);
    image_names_free(&names);
    /* 380,300, and 64 times 5,202. */
    begin(&imported);
    add_overlapping(&imported, 200);
    linkedit.size = imported.size;
    assert_false(image_names_read(&imported.fixture.image, linkedit, &names, &error));
    assert_says(&error, "imports: their names are more than 64 times the size of __LINKEDIT");
    image_names_free(&names);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chained_imports), cmocka_unit_test(opcodes),
        cmocka_unit_test(lazy_dylibs),     cmocka_unit_test(undefined_symbols),
        cmocka_unit_test(exports),         cmocka_unit_test(overlapping_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
