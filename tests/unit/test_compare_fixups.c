#include "verify/compare_fixups.h"

#include "fixups.h"

static void assert_findings(struct errors *errors, const char *const *wanted) {
    size_t count = 0;
    while (wanted[count] != NULL)
        count++;
    for (size_t i = 0; i < errors->count && i < count; i++)
        assert_says(&errors->items[i], wanted[i]);
    assert_int_equal(errors->count, count);
    errors_free(errors);
}

static void compare(const char *part, const struct fixture *old, const struct fixture *new,
                    const char *const *wanted) {
    struct compared_fixups before = {&old->image, part_of(old), slice_of(old)};
    struct compared_fixups after = {&new->image, part_of(new), slice_of(new)};
    struct errors errors = {0};
    compare_fixups(part, &before, &after, &errors);
    assert_findings(&errors, wanted);
}

#define FINDINGS(...) ((const char *const[]){__VA_ARGS__, NULL})
static const char *const nothing[] = {NULL};

/* --- opcodes --- */

static void opcodes(struct fixture *fixture, const char *bytes, size_t size) {
    fixture_make(fixture);
    memcpy(fixture->part, bytes, size);
    fixture->size = size;
}

#define OPCODES(string) string, sizeof string - 1

/* Three rebases, in one go, one by one backwards, and with padding. */
static void the_order_of_opcodes_means_nothing(void **state) {
    struct fixture old, new;
    (void)state;
    opcodes(&old, OPCODES("\x11\x21\x00\x53\x00"));
    opcodes(&new, OPCODES("\x11\x21\x10\x51\x21\x08\x51\x21\x00\x51\x00\x00\x00"));
    compare("rebase opcodes", &old, &new, nothing);
    opcodes(&new, OPCODES("\x11\x21\x10\x51\x21\x00\x51\x00"));
    compare("rebase opcodes", &old, &new,
            FINDINGS("rebase opcodes: at 0x100004008 (__DATA): there is none, was points to 0x0"));
    compare("rebase opcodes", &new, &old,
            FINDINGS("rebase opcodes: at 0x100004008 (__DATA): points to 0x0, there was none"));
}

/* Of seven. */
static void only_the_first_differences_are_told(void **state) {
    struct fixture old, new;
    (void)state;
    opcodes(&old, OPCODES("\x11\x40_a\0\x51\x71\x00\xc0\x07\x00"));
    opcodes(&new, OPCODES("\x11\x40_b\0\x51\x71\x00\xc0\x07\x00"));
#define CHANGED(address)                                                                           \
    "bind opcodes: at " address " (__DATA): binds _b of ordinal 1, was binds _a of ordinal 1"
    compare("bind opcodes", &old, &new,
            FINDINGS(CHANGED("0x100004000"), CHANGED("0x100004008"), CHANGED("0x100004010"),
                     CHANGED("0x100004018"), CHANGED("0x100004020"),
                     "bind opcodes: 2 more differences"));
}

static void strong_definitions_and_lazy_entries_count(void **state) {
    struct fixture old, new;
    (void)state;
    opcodes(&old, OPCODES("\x48_a\0\x48_b\0"));
    opcodes(&new, OPCODES("\x48_b\0\x48_a\0"));
    compare("weak bind opcodes", &old, &new, nothing);
    opcodes(&new, OPCODES("\x48_b\0\x48_c\0"));
    compare("weak bind opcodes", &old, &new,
            FINDINGS("weak bind opcodes: there is none, was a strong definition of _a",
                     "weak bind opcodes: a strong definition of _c, there was none"));
    opcodes(&old, OPCODES("\x71\x00\x11\x40_a\0\x90\x00"));
    opcodes(&new, OPCODES("\x00\x71\x00\x11\x40_a\0\x90\x00"));
    compare("lazy bind opcodes", &old, &new,
            FINDINGS("lazy bind opcodes: at 0x100004000 (__DATA): lazily binds _a of ordinal 1 by "
                     "the opcodes at byte 0x1, was lazily binds _a of ordinal 1 by the opcodes at "
                     "byte 0x0"));
}

static void what_is_malformed_is_told_of_the_side_it_is_on(void **state) {
    struct fixture old, new;
    (void)state;
    opcodes(&old, OPCODES("\x11\x21\x00\x51"));
    opcodes(&new, OPCODES("\x11\x21\x00\x51\xf0"));
    compare("rebase opcodes", &old, &new,
            FINDINGS("rebase opcodes byte 0x4: opcode 0xf0 is unknown"));
    compare("rebase opcodes", &new, &old,
            FINDINGS("rebase opcodes byte 0x4 of the original: opcode 0xf0 is unknown"));
    /* Also where they differ before. */
    opcodes(&old, OPCODES("\x11\x21\x08\x51"));
    compare("rebase opcodes", &old, &new,
            FINDINGS("rebase opcodes byte 0x4: opcode 0xf0 is unknown"));
}

static void a_part_of_no_bytes_has_no_fixups(void **state) {
    struct fixture old, new;
    (void)state;
    opcodes(&old, OPCODES("\x11\x21\x00\x51"));
    opcodes(&new, OPCODES(""));
    compare("rebase opcodes", &old, &new,
            FINDINGS("rebase opcodes: at 0x100004000 (__DATA): there is none, was points to 0x0"));
    compare("chained fixups", &new, &new, nothing);
}

/* --- chained fixups --- */

enum { STARTS = 28, DATA_STARTS = 44, IMPORTS = 68 };

/* One pointer, which binds import `ordinal` of `count`: ordinals, then the offsets of names in
 * "_a\0_b\0". */
static void chained(struct fixture *fixture, uint32_t ordinal, uint32_t count,
                    const uint8_t *imports) {
    size_t names = IMPORTS + 4 * (size_t)count;
    fixture_make(fixture);
    const uint32_t header[] = {0, STARTS, IMPORTS, (uint32_t)names, count, 1, 0, 3, 0, 16, 0};
    for (size_t i = 0; i < sizeof header / sizeof header[0]; i++)
        put(fixture->part, 4 * i, 4, header[i]);
    put(fixture->part, DATA_STARTS, 4, 24);
    put(fixture->part, DATA_STARTS + 4, 2, 0x4000);
    put(fixture->part, DATA_STARTS + 6, 2, 6);
    put(fixture->part, DATA_STARTS + 8, 8, 0x4000);
    put(fixture->part, DATA_STARTS + 20, 2, 1);
    for (uint32_t i = 0; i < count; i++)
        put(fixture->part, IMPORTS + 4 * i, 4, imports[2 * i] | (uint32_t)imports[2 * i + 1] << 9);
    memcpy(fixture->part + names, "_a\0_b", 6);
    fixture->size = names + 6;
    put(fixture->slice, DATA_OFFSET, 8, UINT64_C(1) << 63 | ordinal);
}

static void the_order_of_imports_means_nothing(void **state) {
    struct fixture old, new;
    (void)state;
    chained(&old, 0, 2, (const uint8_t[]){1, 0, 2, 3});
    chained(&new, 1, 2, (const uint8_t[]){2, 3, 1, 0});
    compare("chained fixups", &old, &new, nothing);
    chained(&new, 1, 3, (const uint8_t[]){2, 3, 1, 0, 1, 0});
    compare("chained fixups", &old, &new, nothing);
    chained(&new, 0, 2, (const uint8_t[]){2, 3, 1, 0});
    compare("chained fixups", &old, &new,
            FINDINGS("chained fixups: at 0x100004000 (__DATA): binds _b of ordinal 2, was binds _a "
                     "of ordinal 1"));
}

/* dyld looks them up all the same. */
static void imports_that_no_pointer_uses_count(void **state) {
    struct fixture old, new;
    (void)state;
    chained(&old, 0, 2, (const uint8_t[]){1, 0, 2, 3});
    chained(&new, 0, 2, (const uint8_t[]){1, 0, 1, 3});
    compare("chained fixups", &old, &new,
            FINDINGS("chained fixups: now imports _b of ordinal 1",
                     "chained fixups: no more imports _b of ordinal 2"));
    chained(&new, 0, 1, (const uint8_t[]){1, 0});
    compare("chained fixups", &old, &new,
            FINDINGS("chained fixups: no more imports _b of ordinal 2"));
}

/* A name of control characters, and one that is too long for a message. */
static void names_are_shown_as_they_can_be(void **state) {
    struct fixture old, new;
    struct text text = {0};
    struct import import = {.symbol = "_a\nb", .ordinal = 1};
    char name[200];
    (void)state;
    import_describe(&import, &text);
    assert_string_equal(text.data, "_a\\x0ab of ordinal 1");
    text_free(&text);
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = '\0';
    import.symbol = name;
    import_describe(&import, &text);
    assert_int_equal(strlen(text.data), 160 + strlen("... of ordinal 1"));
    text_free(&text);
    chained(&old, 0, 1, (const uint8_t[]){1, 0});
    chained(&new, 0, 1, (const uint8_t[]){1, 2});
    compare("chained fixups", &old, &new,
            FINDINGS("chained fixups: at 0x100004000 (__DATA): binds a symbol without name of "
                     "ordinal 1, was binds _a of ordinal 1"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_of_opcodes_means_nothing),
        cmocka_unit_test(only_the_first_differences_are_told),
        cmocka_unit_test(strong_definitions_and_lazy_entries_count),
        cmocka_unit_test(what_is_malformed_is_told_of_the_side_it_is_on),
        cmocka_unit_test(a_part_of_no_bytes_has_no_fixups),
        cmocka_unit_test(the_order_of_imports_means_nothing),
        cmocka_unit_test(imports_that_no_pointer_uses_count),
        cmocka_unit_test(names_are_shown_as_they_can_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
