#include "macho/symtab.h"
#include "program/linkedit_sizes.h"
#include "program/linkedit_sizes_json.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { SLICE_OFFSET = 0x4000, SYMBOLS_OFFSET = 0x100, LINKEDIT_SIZE = 64 << 20, MOST_PARTS = 5 };

static char path[] = "/tmp/test_linkedit_sizes.XXXXXX";

static int make_file(void **state) {
    (void)state;
    int descriptor = mkstemp(path);
    return descriptor < 0 ? -1 : close(descriptor);
}

static int remove_file(void **state) {
    (void)state;
    return unlink(path);
}

/* A symbol as it lies in the file: little-endian, as are the machines that this runs on. */
struct entry {
    uint32_t string_index;
    uint8_t type;
    uint8_t section;
    uint16_t description;
    uint64_t value;
};

enum { STAB = 0x24, LOCAL = 0x0e, GLOBAL = 0x0f };

/* An image whose tables lie side by side in a slice, with three parts more. */
static struct image image_of(struct linkedit_part parts[MOST_PARTS], size_t count,
                             size_t pool_size) {
    struct image image = {.linkedit_size = LINKEDIT_SIZE};
    const uint64_t pool_offset = SYMBOLS_OFFSET + count * NLIST_SIZE;
    const struct linkedit_part all[MOST_PARTS] = {
        {.use = LINKEDIT_SYMBOLS, .file_offset = SYMBOLS_OFFSET, .size = count * NLIST_SIZE},
        {.use = LINKEDIT_STRINGS, .file_offset = pool_offset, .size = pool_size},
        {.use = LINKEDIT_FIXUPS, .size = 0x60},
        {.use = LINKEDIT_EXPORTS, .size = 0x20},
        {.use = LINKEDIT_SIGNATURE, .size = 0x100}};
    memcpy(parts, all, sizeof all);
    image.parts = (struct linkedit_parts){parts, MOST_PARTS, MOST_PARTS};
    image.symtab = (struct symtab_place){SYMBOLS_OFFSET, count, pool_offset, pool_size};
    return image;
}

static void write_tables(const struct entry *symbols, size_t count, const char *pool,
                         size_t pool_size) {
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fseek(stream, SLICE_OFFSET + SYMBOLS_OFFSET, SEEK_SET), 0);
    assert_int_equal(fwrite(symbols, sizeof *symbols, count, stream), count);
    assert_int_equal(fwrite(pool, 1, pool_size, stream), pool_size);
    assert_int_equal(fclose(stream), 0);
}

static bool read_linkedit_sizes(const struct entry *symbols, size_t count, const char *pool,
                                size_t pool_size, struct linkedit_sizes *linkedit_sizes,
                                struct error *error) {
    struct linkedit_part parts[MOST_PARTS];
    struct image image = image_of(parts, count, pool_size);
    struct file file;
    write_tables(symbols, count, pool, pool_size);
    assert_true(file_open(path, &file, error));
    bool read = linkedit_sizes_read(&file, SLICE_OFFSET, &image, linkedit_sizes, error);
    file_close(&file);
    return read;
}

/* Each use's bytes: entries and strings of stabs and of locals are one sum each. */
static void expect_breakdown(const char *label, const struct linkedit_sizes *actual,
                             uint64_t symbols, uint64_t strings, uint64_t debug_map,
                             uint64_t local_symbols) {
    if (actual->symbols != symbols || actual->strings != strings ||
        actual->debug_map != debug_map || actual->local_symbols != local_symbols)
        fail_msg("%s: symbols %" PRIu64 ", strings %" PRIu64 ", debug map %" PRIu64
                 ", locals %" PRIu64,
                 label, actual->symbols, actual->strings, actual->debug_map, actual->local_symbols);
    assert_true(actual->exact);
    assert_int_equal(actual->fixups, 0x60);
    assert_int_equal(actual->signature, 0x100);
    assert_int_equal(actual->exports, 0x20);
    assert_int_equal(actual->other, LINKEDIT_SIZE - 0x60 - 0x20 - 0x100 - symbols - strings -
                                        debug_map - local_symbols);
}

static void the_load_commands_tell_all_but_the_uses_of_symbols(void **state) {
    (void)state;
    struct linkedit_part parts[MOST_PARTS];
    struct image image = image_of(parts, 10, 1000);
    struct linkedit_sizes linkedit_sizes;
    linkedit_sizes_from_image(&image, &linkedit_sizes);
    assert_false(linkedit_sizes.exact);
    assert_int_equal(linkedit_sizes.symbols, 160);
    assert_int_equal(linkedit_sizes.strings, 1000);
    assert_int_equal(linkedit_sizes.fixups, 0x60);
    assert_int_equal(linkedit_sizes.exports, 0x20);
    assert_int_equal(linkedit_sizes.signature, 0x100);
    assert_int_equal(linkedit_sizes.debug_map + linkedit_sizes.local_symbols, 0);
    assert_int_equal(linkedit_sizes.other, LINKEDIT_SIZE - 160 - 1000 - 0x60 - 0x20 - 0x100);
}

static void strings_go_to_the_level_that_frees_them(void **state) {
    (void)state;
    /* At 1 "ab" of a stab and a global, at 4 "cdef" of a local with the stab "ef" as its tail, at 9
     * "gh" of a stab, at 12 three bytes of nobody. */
    static const char pool[] = "\0ab\0cdef\0gh\0??";
    static const struct entry symbols[] = {{1, STAB, 1, 0, 0},
                                           {1, GLOBAL, 1, 0, 0},
                                           {4, LOCAL, 1, 0, 0},
                                           {6, STAB, 1, 0, 0},
                                           {9, STAB, 1, 0, 0}};
    struct linkedit_sizes linkedit_sizes;
    struct error error;
    assert_int_equal(sizeof pool, 15);
    assert_true(read_linkedit_sizes(symbols, 5, pool, sizeof pool, &linkedit_sizes, &error));
    expect_breakdown("shared", &linkedit_sizes, 16, 3, 3 * 16 + 3, 16 + 5);
}

static void an_image_without_symbols_has_none(void **state) {
    (void)state;
    struct linkedit_sizes linkedit_sizes;
    struct error error;
    assert_true(read_linkedit_sizes(NULL, 0, "", 0, &linkedit_sizes, &error));
    expect_breakdown("nothing", &linkedit_sizes, 0, 0, 0, 0);
    assert_true(read_linkedit_sizes(NULL, 0, "\0\0\0\0", 4, &linkedit_sizes, &error));
    expect_breakdown("padding", &linkedit_sizes, 0, 0, 0, 0);
}

/* More symbols and names than are read at once: COUNT names of NAME bytes, NUL included, none of
 * them shared. A third are stabs, a third locals, a third globals. */
enum { COUNT = 30000, NAME = 64 };

struct order {
    const char *label;
    size_t factor; /* symbol i has name i * factor + shift; prime to COUNT */
    size_t shift;
};

static const struct order orders[] = {
    {"in the order of the table", 1, 0},
    {"backwards", COUNT - 1, COUNT - 1},
    {"scattered", 7919, 13},
};

static void the_order_of_names_does_not_matter(void **state) {
    (void)state;
    static const uint8_t types[] = {STAB, LOCAL, GLOBAL};
    static struct entry symbols[COUNT];
    static char pool[COUNT * NAME];
    memset(pool, 'x', sizeof pool);
    for (size_t i = 1; i <= COUNT; i++)
        pool[i * NAME - 1] = '\0';
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        struct linkedit_sizes linkedit_sizes;
        struct error error;
        for (size_t j = 0; j < COUNT; j++) {
            size_t name = (j * orders[i].factor + orders[i].shift) % COUNT;
            symbols[j] = (struct entry){(uint32_t)(name * NAME), types[j % 3], 1, 0, 0};
        }
        assert_true(
            read_linkedit_sizes(symbols, COUNT, pool, sizeof pool, &linkedit_sizes, &error));
        expect_breakdown(orders[i].label, &linkedit_sizes, COUNT / 3 * 16, COUNT / 3 * NAME,
                         COUNT / 3 * (16 + NAME), COUNT / 3 * (16 + NAME));
    }
}

/* Names of a megabyte and more, with tails that begin megabytes after. */
static void a_name_may_be_longer_than_what_is_read_at_once(void **state) {
    (void)state;
    enum { MIB = 1 << 20, POOL = 5 * MIB };
    static char pool[POOL];
    static const struct entry symbols[] = {
        {2 * MIB - 1, GLOBAL, 1, 0, 0}, /* the tail of the first name */
        {0, STAB, 1, 0, 0},
        {3 * MIB, LOCAL, 1, 0, 0},
        {POOL - 10, STAB, 1, 0, 0}, /* a lesser tail of the second, which has no end */
    };
    struct linkedit_sizes linkedit_sizes;
    struct error error;
    memset(pool, 'x', POOL);
    pool[3 * MIB - 1] = '\0';
    assert_true(read_linkedit_sizes(symbols, 4, pool, POOL, &linkedit_sizes, &error));
    expect_breakdown("long", &linkedit_sizes, 16, MIB + 1, 2 * 16 + 2 * MIB - 1, 16 + 2 * MIB);
}

/* dyld passes over such a symbol. */
static void a_name_past_the_pool_is_none(void **state) {
    (void)state;
    static const struct entry last[] = {{0, LOCAL, 1, 0, 0}, {3, LOCAL, 1, 0, 0}};
    static const struct entry past[] = {{0, LOCAL, 1, 0, 0}, {4, LOCAL, 1, 0, 0}};
    static const struct entry all[] = {{UINT32_MAX, LOCAL, 1, 0, 0}, {4, LOCAL, 1, 0, 0}};
    struct linkedit_sizes linkedit_sizes;
    struct error error;
    assert_true(read_linkedit_sizes(last, 2, "abc", 4, &linkedit_sizes, &error));
    expect_breakdown("last", &linkedit_sizes, 0, 0, 0, 2 * 16 + 4);
    assert_true(read_linkedit_sizes(past, 2, "abc", 4, &linkedit_sizes, &error));
    expect_breakdown("past", &linkedit_sizes, 0, 0, 0, 2 * 16 + 4);
    assert_true(read_linkedit_sizes(all, 2, "abc", 4, &linkedit_sizes, &error));
    expect_breakdown("all past", &linkedit_sizes, 0, 0, 0, 2 * 16);
}

/* N_INDR: n_value is the index of a second name; of a stab it is an address. */
static void a_second_name_is_used_by_its_symbol(void **state) {
    (void)state;
    static const struct entry symbols[] = {{0, 0x0b, 0, 0, 4}, {8, STAB, 1, 0, 12}};
    static const struct entry past[] = {{0, 0x0b, 0, 0, UINT64_C(1) << 32}};
    struct linkedit_sizes linkedit_sizes;
    struct error error;
    assert_true(read_linkedit_sizes(symbols, 2, "abc\0def\0ghi\0jkl", 16, &linkedit_sizes, &error));
    expect_breakdown("second", &linkedit_sizes, 16, 8, 16 + 4, 0);
    assert_true(read_linkedit_sizes(past, 1, "abc", 4, &linkedit_sizes, &error));
    expect_breakdown("second past the pool", &linkedit_sizes, 16, 4, 0, 0);
}

/* Cut inside the only name, and before the second symbol. */
static void a_file_that_became_shorter_is_an_error(void **state) {
    (void)state;
    static const struct entry symbols[] = {{0, LOCAL, 1, 0, 0}};
    for (size_t count = 1; count <= 2; count++) {
        struct linkedit_part parts[MOST_PARTS];
        struct image image = image_of(parts, count, 1000);
        struct linkedit_sizes linkedit_sizes;
        struct error error;
        struct file file;
        write_tables(symbols, 1, "abc", 3);
        assert_true(file_open(path, &file, &error));
        assert_false(linkedit_sizes_read(&file, SLICE_OFFSET, &image, &linkedit_sizes, &error));
        assert_int_equal(error.kind, ERROR_IO);
        file_close(&file);
    }
}

static void a_breakdown_becomes_an_object_of_whole_bytes(void **state) {
    (void)state;
    static const char *const names[] = {"fixups",    "exports",       "symbols",   "strings",
                                        "debug_map", "local_symbols", "signature", "other"};
    const struct linkedit_sizes exact = {true, 1, 2, 3, 4, 5, 6, 7, 8, true, 9, 10};
    json_t *object = linkedit_sizes_to_json(&exact);
    assert_int_equal(json_object_size(object), 8);
    for (size_t i = 0; i < 8; i++) {
        assert_string_equal(linkedit_sizes_member(i)->name, names[i]);
        assert_int_equal(linkedit_sizes_bytes(&exact, linkedit_sizes_member(i)), i + 1);
        assert_int_equal(json_integer_value(json_object_get(object, names[i])), i + 1);
    }
    assert_null(linkedit_sizes_member(8));
    json_decref(object);
}

static void what_is_not_known_is_null(void **state) {
    (void)state;
    const struct linkedit_sizes coarse = {.symbols = 3};
    json_t *object = linkedit_sizes_to_json(&coarse);
    assert_true(json_is_null(json_object_get(object, "debug_map")));
    assert_true(json_is_null(json_object_get(object, "local_symbols")));
    assert_int_equal(json_integer_value(json_object_get(object, "symbols")), 3);
    json_decref(object);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_load_commands_tell_all_but_the_uses_of_symbols),
        cmocka_unit_test(strings_go_to_the_level_that_frees_them),
        cmocka_unit_test(an_image_without_symbols_has_none),
        cmocka_unit_test(the_order_of_names_does_not_matter),
        cmocka_unit_test(a_name_may_be_longer_than_what_is_read_at_once),
        cmocka_unit_test(a_name_past_the_pool_is_none),
        cmocka_unit_test(a_second_name_is_used_by_its_symbol),
        cmocka_unit_test(a_file_that_became_shorter_is_an_error),
        cmocka_unit_test(a_breakdown_becomes_an_object_of_whole_bytes),
        cmocka_unit_test(what_is_not_known_is_null),
    };
    return cmocka_run_group_tests_name("breakdown", tests, make_file, remove_file);
}
