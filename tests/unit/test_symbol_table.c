/* Symbols: what a new table holds, and what the comparison says of one that holds something else.
 */
#include "macho/write/symbol_table.h"

#include "heads.h"

#include "base/text.h"
#include "macho/load_command.h"
#include "macho/symtab.h"
#include "verify/compare_symbols.h"

#include <inttypes.h>
#include <stdlib.h>

enum { LOCAL = 0x0e, GLOBAL = 0x0f, UNDEFINED = 0x01, INDIRECT = 0x0b, STAB = 0x24 };

static const char pool[] = " \0_unused\0_local\0_export\0_another\0_import\0_stab";
enum {
    NAME_LOCAL = 10,
    NAME_EXPORT = 17,
    NAME_ANOTHER = 25,
    NAME_IMPORT = 34,
    NAME_STAB = 42,
    SYMBOLS = 5
};

/* An image in pieces, and room for the new ones. */
struct fixture {
    struct head head;
    struct head new_head;
    uint8_t table[SYMBOLS * NLIST_SIZE];
    uint8_t new_table[SYMBOLS * NLIST_SIZE];
    uint32_t indirect[3];
    uint8_t new_indirect[12];
    uint32_t relocations[2];
    uint8_t new_relocations[8];
    uint8_t new_pool[sizeof pool];
    struct symbol_tables old;
    struct new_symbol_table symbols;
};

static void set_symbol(struct fixture *fixture, size_t i, uint32_t name, uint8_t type,
                       uint64_t value) {
    uint8_t *entry = fixture->table + i * NLIST_SIZE;
    bytes_store_little(entry, 4, name);
    entry[4] = type;
    bytes_store_little(entry + NLIST_VALUE, 8, value);
}

/* A stab, a local, an export, another name of _another, an import; the first group is 2 symbols,
 * and so on. `fixups` is a command, 0 for an image that is bound by its symbols. */
static void make(struct fixture *fixture, uint32_t fixups) {
    uint32_t groups[20] = {LC_DYSYMTAB, 80, 0, 2, 2, 2, 4, 1};
    uint32_t info[12] = {fixups, 48};
    memset(fixture, 0, sizeof *fixture);
    fixture->head = head_of(X86_64, 3, 6);
    add(&fixture->head, groups, sizeof groups);
    if (fixups != 0)
        add(&fixture->head, info, sizeof info);
    set_symbol(fixture, 0, NAME_STAB, STAB, 0x10);
    set_symbol(fixture, 1, NAME_LOCAL, LOCAL, 0x20);
    set_symbol(fixture, 2, NAME_EXPORT, GLOBAL, 0x30);
    set_symbol(fixture, 3, NAME_ANOTHER, INDIRECT, NAME_EXPORT);
    set_symbol(fixture, 4, NAME_IMPORT, UNDEFINED, 0);
    fixture->indirect[0] = 4;
    fixture->indirect[1] = 1;
    fixture->indirect[2] = 352278;
    fixture->old = (struct symbol_tables){
        .users = {.head = {fixture->head.bytes, fixture->head.size},
                  .table = {fixture->table, sizeof fixture->table},
                  .indirect = {(const uint8_t *)fixture->indirect, sizeof fixture->indirect}},
        .pool = {(const uint8_t *)pool, sizeof pool},
    };
}

static void relocate(struct fixture *fixture, uint32_t symbol) {
    fixture->relocations[1] = 0x0e000000 | UINT32_C(1) << 27 | symbol;
    fixture->old.users.relocations =
        (struct bytes){(const uint8_t *)fixture->relocations, sizeof fixture->relocations};
}

/* Rewrites at that level; the new tables, views into the fixture. */
static struct compared_symbols rewrite(struct fixture *fixture, const char *level) {
    struct new_symbol_table *symbols = &fixture->symbols;
    struct error error;
    if (!symbol_table_plan(&fixture->old, level_named(level)->drops_upto, symbols, &error))
        fail_msg("%s: %s", error.field, error.what);
    symbol_table_write(symbols, fixture->new_table);
    symbol_table_write_indirect(symbols, fixture->new_indirect);
    string_pool_write(fixture->old.pool, &symbols->pool, fixture->new_pool);
    fixture->new_head = fixture->head;
    for (size_t i = 0; i < DYSYMTAB_GROUPS; i++) {
        set_word(&fixture->new_head, IMAGE_HEADER_SIZE + 8 + 8 * i, symbols->groups[i].start);
        set_word(&fixture->new_head, IMAGE_HEADER_SIZE + 12 + 8 * i, symbols->groups[i].count);
    }
    struct compared_symbols new = {
        .users = {.head = {fixture->new_head.bytes, fixture->new_head.size},
                  .table = {fixture->new_table, symbols->count * NLIST_SIZE},
                  .indirect = {fixture->new_indirect, sizeof fixture->new_indirect}},
        .pool = {fixture->new_pool, symbols->pool.size},
    };
    if (fixture->old.users.relocations.size != 0) {
        symbol_table_write_relocations(symbols, fixture->new_relocations);
        new.users.relocations =
            (struct bytes){fixture->new_relocations, sizeof fixture->new_relocations};
    }
    symbol_table_free(symbols);
    return new;
}

static const char *name_in(struct bytes bytes, uint64_t index) {
    return (const char *)bytes.data + index;
}

/* "_a:10 _b=_c | 0 1 2": names and values, groups as START+COUNT. */
static void describe(const struct compared_symbols *symbols, struct text *text) {
    struct symbol_group groups[DYSYMTAB_GROUPS];
    for (size_t i = 0; i < symbols->users.table.size / NLIST_SIZE; i++) {
        struct nlist symbol = nlist_at(symbols->users.table, i);
        text_addf(text, "%s", name_in(symbols->pool, symbol.string_index));
        if (nlist_has_second_name(&symbol))
            text_addf(text, "=%s ", name_in(symbols->pool, symbol.value));
        else
            text_addf(text, ":%" PRIx64 " ", symbol.value);
    }
    text_add(text, "|");
    for (size_t i = 0; i < symbols->users.indirect.size / 4; i++)
        text_addf(text, " %" PRIx32, bytes_u32(symbols->users.indirect, 4 * i));
    text_add(text, " |");
    dysymtab_groups(symbols->users.head, groups);
    for (size_t i = 0; i < DYSYMTAB_GROUPS; i++)
        text_addf(text, " %" PRIu32 "+%" PRIu32, groups[i].start, groups[i].count);
}

static size_t differences(const struct fixture *fixture, const struct compared_symbols *new,
                          const char *level, char what[900]) {
    struct compared_symbols old = {fixture->old.users, fixture->old.pool};
    struct errors errors = {0};
    compare_symbol_tables(&old, new, level_named(level), &errors);
    size_t count = errors.count;
    what[0] = '\0';
    if (count != 0)
        snprintf(what, 900, "%s: %s", errors.items[0].field, errors.items[0].what);
    errors_free(&errors);
    return count;
}

static const struct row {
    const char *label;
    uint32_t fixups;
    int relocated; /* a symbol; -1 for no relocation */
    const char *level;
    const char *expected;
} rows[] = {
    {"all stay", LC_DYLD_INFO_ONLY, -1, "lossless",
     "_stab:10 _local:20 _export:30 _another=_export _import:0 | 4 1 56016 | 0+2 2+2 4+1"},
    {"the second name follows the pool", LC_DYLD_INFO_ONLY, -1, "debug-map",
     "_local:20 _export:30 _another=_export _import:0 | 3 0 56016 | 0+1 1+2 3+1"},
    {"locals", LC_DYLD_INFO_ONLY, -1, "locals",
     "_export:30 _another=_export _import:0 | 2 80000000 56016 | 0+0 0+2 2+1"},
    {"all go", LC_DYLD_INFO_ONLY, -1, "symbols", "| c0000000 80000000 56016 | 0+0 0+0 0+0"},
    {"a relocation keeps its symbol", LC_DYLD_INFO_ONLY, 2, "symbols",
     "_export:30 | c0000000 80000000 56016 | 0+0 0+1 1+0"},
    {"bound by symbols", 0, -1, "symbols",
     "_local:20 _export:30 _import:0 | 2 0 56016 | 0+1 1+1 2+1"},
    {"bound by symbols and relocations", 0, 3, "symbols",
     "_local:20 _export:30 _another=_export _import:0 | 3 0 56016 | 0+1 1+2 3+1"},
};

static void what_stays_is_renumbered_everywhere(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        static struct fixture fixture;
        struct text text = {0};
        char what[900];
        make(&fixture, rows[i].fixups);
        if (rows[i].relocated >= 0)
            relocate(&fixture, (uint32_t)rows[i].relocated);
        struct compared_symbols new = rewrite(&fixture, rows[i].level);
        describe(&new, &text);
        if (strcmp(text.data, rows[i].expected) != 0)
            fail_msg("%s: %s", rows[i].label, text.data);
        if (differences(&fixture, &new, rows[i].level, what) != 0)
            fail_msg("%s: %s", rows[i].label, what);
        text_free(&text);
    }
}

/* The last name is what the pool still holds of it; the byte after is another table's. */
static void a_pool_may_end_within_a_name(void **state) {
    static struct fixture fixture;
    struct text text = {0};
    char what[900];
    (void)state;
    make(&fixture, LC_DYLD_INFO_ONLY);
    fixture.old.pool.size = NAME_STAB + 3;
    struct compared_symbols new = rewrite(&fixture, "lossless");
    describe(&new, &text);
    assert_string_equal(
        text.data,
        "_st:10 _local:20 _export:30 _another=_export _import:0 | 4 1 56016 | 0+2 2+2 4+1");
    assert_int_equal(differences(&fixture, &new, "lossless", what), 0);
    text_free(&text);

    /* The new pool may end so too, and then with no other name. */
    struct compared_symbols same = new;
    same.pool.size = (size_t)nlist_at(new.users.table, 4).string_index + sizeof "_import" - 1;
    assert_int_equal(differences(&fixture, &same, "lossless", what), 0);
    same.pool.size--;
    assert_int_not_equal(differences(&fixture, &same, "lossless", what), 0);
    assert_string_equal(what, "symbol 4: is not one of the original's, or not in its place");

    fixture.old.pool.size = NAME_STAB;
    struct new_symbol_table symbols;
    struct error error;
    assert_false(
        symbol_table_plan(&fixture.old, level_named("lossless")->drops_upto, &symbols, &error));
    assert_string_equal(error.field, "symbol 0 n_strx");
}

/* Groups that overlap, leave symbols out and run past the table: nobody holds them to anything. */
static void groups_that_do_not_add_up_stay_what_they_are(void **state) {
    static const uint32_t groups[] = {1, 3, 0, 1, 3, 100};
    static struct fixture fixture;
    char what[900];
    struct text text = {0};
    (void)state;
    make(&fixture, LC_DYLD_INFO_ONLY);
    for (size_t i = 0; i < 6; i++)
        set_word(&fixture.head, IMAGE_HEADER_SIZE + 8 + 4 * i, groups[i]);
    struct compared_symbols new = rewrite(&fixture, "debug-map");
    describe(&new, &text);
    assert_non_null(strstr(text.data, "| 0+3 0+0 2+100"));
    assert_int_equal(differences(&fixture, &new, "debug-map", what), 0);
    text_free(&text);
    new = rewrite(&fixture, "lossless");
    describe(&new, &text);
    assert_non_null(strstr(text.data, "| 1+3 0+1 3+100"));
    text_free(&text);
}

/* A byte of the new tables, and what the comparison says when it is another. */
static const struct damage {
    const char *label;
    size_t offset; /* in the fixture */
    const char *what;
} damages[] = {
    {"the second name", offsetof(struct fixture, new_table) + 3 * NLIST_SIZE + NLIST_VALUE,
     "symbol 3: is not one of the original's, or not in its place"},
    {"an entry that names no symbol", offsetof(struct fixture, new_indirect) + 8,
     "indirect table entry 2: does not name the symbol it named"},
    {"the symbol of a relocation", offsetof(struct fixture, new_relocations) + 4,
     "external relocation 0: is not what it was"},
    {"the place of a relocation", offsetof(struct fixture, new_relocations),
     "external relocation 0: is not what it was"},
};

static void the_comparison_finds_each_damage(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        static struct fixture fixture;
        char what[900];
        make(&fixture, 0);
        relocate(&fixture, 3);
        struct compared_symbols new = rewrite(&fixture, "lossless");
        ((uint8_t *)&fixture)[damages[i].offset] ^= 1;
        differences(&fixture, &new, "lossless", what);
        if (strcmp(what, damages[i].what) != 0)
            fail_msg("%s: %s", damages[i].label, what);
    }
}

/* As if the image had fixups when it was rewritten. */
static void the_comparison_misses_what_dyld_reads(void **state) {
    static struct fixture fixture;
    char what[900];
    (void)state;
    make(&fixture, LC_DYLD_INFO_ONLY);
    struct compared_symbols new = rewrite(&fixture, "symbols");
    set_word(&fixture.head, IMAGE_HEADER_SIZE + 80, LC_UUID);
    set_word(&fixture.head, IMAGE_HEADER_SIZE + 84, 24);
    assert_int_not_equal(differences(&fixture, &new, "symbols", what), 0);
    assert_string_equal(what, "symbol 1 of the original: is gone, though dyld reads it");
}

/* Without the import, as if symbols of all kinds had been dropped, and they were not. */
static void the_comparison_misses_what_goes_alone(void **state) {
    static struct fixture fixture;
    char what[900];
    (void)state;
    make(&fixture, LC_DYLD_INFO_ONLY);
    struct compared_symbols new = rewrite(&fixture, "lossless");
    new.users.table.size -= NLIST_SIZE;
    assert_int_not_equal(differences(&fixture, &new, "symbols", what), 0);
    assert_string_equal(what, "symbol 0: is still there, though others of its kind are gone: no "
                              "level drops only some");
    /* At a level that keeps it one finding is enough. */
    differences(&fixture, &new, "locals", what);
    assert_string_equal(what, "symbol 4 of the original: is gone, though the level keeps it");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stays_is_renumbered_everywhere),
        cmocka_unit_test(a_pool_may_end_within_a_name),
        cmocka_unit_test(groups_that_do_not_add_up_stay_what_they_are),
        cmocka_unit_test(the_comparison_finds_each_damage),
        cmocka_unit_test(the_comparison_misses_what_dyld_reads),
        cmocka_unit_test(the_comparison_misses_what_goes_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
