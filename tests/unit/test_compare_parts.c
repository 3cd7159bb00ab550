/* Parts of __LINKEDIT that are compared by what they mean. */
#include "verify/compare_code.h"
#include "verify/compare_exports.h"

#include "base/text.h"
#include "bytes_literal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef void comparer(struct bytes old, struct bytes new, struct errors *errors);

struct row {
    const char *label;
    struct bytes old;
    struct bytes new;
    const char *expected; /* a line a difference */
};

static void check_rows(const struct row *rows, size_t count, comparer *compare) {
    for (size_t i = 0; i < count; i++) {
        struct errors errors = {0};
        struct text text = {0};
        compare(rows[i].old, rows[i].new, &errors);
        text_add(&text, "");
        for (size_t j = 0; j < errors.count; j++) {
            assert_int_equal(errors.items[j].kind, ERROR_MALFORMED);
            text_addf(&text, "%s: %s\n", errors.items[j].field, errors.items[j].what);
        }
        if (strcmp(text.data, rows[i].expected) != 0)
            fail_msg("%s:\n%s, expected\n%s", rows[i].label, text.data, rows[i].expected);
        text_free(&text);
        errors_free(&errors);
    }
}

/* Tries of leaves below the root: a NAME and where it leads, then the leaves. */
#define A_AND_C                                                                                    \
    "\0\2a\0\x08"                                                                                  \
    "c\0\x0c"                                                                                      \
    "\2\0\x10\0"                                                                                   \
    "\2\0\x30\0"

static void compare_all_exports(struct bytes old, struct bytes new, struct errors *errors) {
    compare_exports(old, new, NULL, errors);
}

static const struct row exports_rows[] = {
    {"the same", BYTES(A_AND_C), BYTES(A_AND_C), ""},
    {"the same with padding and another order", BYTES(A_AND_C),
     BYTES("\0\2c\0\x0e"
           "a\0\x09\xee"
           "\2\0\x10\0\xee"
           "\3\0\xb0\0\0\0"),
     ""},
    {"one gone, one new", BYTES(A_AND_C),
     BYTES("\0\2a\0\x08"
           "b\0\x0c"
           "\2\0\x10\0"
           "\2\0\x20\0"),
     "exports trie: b is new\nexports trie: c is gone\n"},
    {"all gone", BYTES(A_AND_C), BYTES("\0\0"),
     "exports trie: a is gone\nexports trie: c is gone\n"},
    {"all gone, with the trie",
     BYTES(A_AND_C),
     {NULL, 0},
     "exports trie: a is gone\nexports trie: c is gone\n"},
    {"all new", BYTES("\0\0"), BYTES(A_AND_C), "exports trie: a is new\nexports trie: c is new\n"},
    {"another address", BYTES(A_AND_C),
     BYTES("\0\2a\0\x08"
           "c\0\x0c"
           "\2\0\x11\0"
           "\2\0\x30\0"),
     "exports trie: a is at 0x11, was at 0x10\n"},
    {"weak now", BYTES("\0\1a\0\5\2\0\x10\0"), BYTES("\0\1a\0\5\2\4\x10\0"),
     "exports trie: a has the flags 0x4, had 0x0\n"},
    {"re-exported now", BYTES("\0\1a\0\5\2\0\x10\0"), BYTES("\0\1a\0\5\3\x08\1\0\0"),
     "exports trie: a has the flags 0x8, had 0x0\n"},
    {"the same re-export in two ways", BYTES("\0\1a\0\5\3\x08\1\0\0"),
     BYTES("\0\1a\0\5\4\x08\1a\0\0"), ""},
    {"a re-export of another dylib", BYTES("\0\1a\0\5\3\x08\1\0\0"), BYTES("\0\1a\0\5\3\x08\2\0\0"),
     "exports trie: a is a of dylib 2, was a of dylib 1\n"},
    {"a re-export of another name", BYTES("\0\1a\0\5\3\x08\1\0\0"), BYTES("\0\1a\0\5\4\x08\1b\0\0"),
     "exports trie: a is b of dylib 1, was a of dylib 1\n"},
    {"another resolver", BYTES("\0\1a\0\5\3\x10\x10\x20\0"), BYTES("\0\1a\0\5\3\x10\x10\x21\0"),
     "exports trie: a has the resolver or table 0x21, had 0x20\n"},
    {"names that begin each other",
     BYTES("\0\1a\0\5"
           "\2\0\1\1b\0\x0c"
           "\2\0\2\1c\0\x13"
           "\2\0\3\0"),
     BYTES("\0\1a\0\5"
           "\2\0\1\1bc\0\x0d"
           "\2\0\3\1d\0\x14"
           "\2\0\4\0"),
     "exports trie: ab is gone\nexports trie: abcd is new\n"},
    {"more than five",
     BYTES("\0\x07"
           "a\0\x17"
           "b\0\x1b"
           "c\0\x1f"
           "d\0\x23"
           "e\0\x27"
           "f\0\x2b"
           "g\0\x2f"
           "\2\0\1\0\2\0\1\0\2\0\1\0\2\0\1\0\2\0\1\0\2\0\1\0\2\0\1\0"),
     BYTES("\0\1g\0\5\2\0\1\0"),
     "exports trie: a is gone\nexports trie: b is gone\nexports trie: c is gone\n"
     "exports trie: d is gone\nexports trie: e is gone\nexports trie: 1 more difference\n"},
    {"a new one that cannot be read", BYTES(A_AND_C), BYTES("\0\1a\0\0"),
     "exports trie: the node at 0x0 is reached twice, or lies over another one\n"},
    {"an old one that cannot be read", BYTES("\0\1a\0\0"), BYTES(A_AND_C),
     "exports trie of the original: the node at 0x0 is reached twice, or lies over another one\n"},
};

static void exports_are_compared_one_by_one(void **state) {
    (void)state;
    check_rows(exports_rows, sizeof exports_rows / sizeof exports_rows[0], compare_all_exports);
}

/* a, b weakly, c, cx, and d re-exported. */
#define FIVE                                                                                       \
    "\0\4a\0\x0e"                                                                                  \
    "b\0\x12"                                                                                      \
    "c\0\x16"                                                                                      \
    "d\0\x21"                                                                                      \
    "\2\0\x10\0"                                                                                   \
    "\2\4\x20\0"                                                                                   \
    "\2\0\x30\1x\0\x1d"                                                                            \
    "\2\0\x31\0"                                                                                   \
    "\3\x08\1\0\0"

static struct closed_world asking;

static void compare_exports_of_a_world(struct bytes old, struct bytes new, struct errors *errors) {
    compare_exports(old, new, &asking, errors);
}

/* Nobody asks for anything. */
static const struct row lonely_rows[] = {
    {"all there", BYTES(FIVE), BYTES(FIVE), ""},
    {"all that may go gone", BYTES(FIVE),
     BYTES("\0\2b\0\x08"
           "d\0\x0c"
           "\2\4\x20\0"
           "\3\x08\1\0\0"),
     ""},
    {"those that may not too", BYTES(FIVE), BYTES("\0\0"),
     "exports trie: b is gone\nexports trie: d is gone\n"},
    {"what is left is the same", BYTES(FIVE),
     BYTES("\0\4a\0\x0e"
           "b\0\x12"
           "d\0\x16"
           "e\0\x1b"
           "\2\0\x11\0"
           "\2\0\x20\0"
           "\3\x08\2\0\0"
           "\2\0\x50\0"),
     "exports trie: a is at 0x11, was at 0x10\nexports trie: b has the flags 0x0, had 0x4\n"
     "exports trie: d is d of dylib 2, was d of dylib 1\nexports trie: e is new\n"},
};

/* Somebody asks for cx. */
static const struct row asked_rows[] = {
    {"all there", BYTES(FIVE), BYTES(FIVE), ""},
    {"one too many gone", BYTES(FIVE),
     BYTES("\0\2b\0\x08"
           "d\0\x0c"
           "\2\4\x20\0"
           "\3\x08\1\0\0"),
     "exports trie: cx is gone\n"},
    {"all gone", BYTES(FIVE), BYTES("\0\0"),
     "exports trie: b is gone\nexports trie: cx is gone\nexports trie: d is gone\n"},
};

static const struct row open_rows[] = {
    {"nothing may go", BYTES(FIVE), BYTES("\0\0"),
     "exports trie: a is gone\nexports trie: b is gone\nexports trie: c is gone\n"
     "exports trie: cx is gone\nexports trie: d is gone\n"},
};

static void exports_that_nobody_asks_for_may_go(void **state) {
    (void)state;
    asking = (struct closed_world){0};
    check_rows(lonely_rows, sizeof lonely_rows / sizeof lonely_rows[0], compare_exports_of_a_world);
    name_set_add(&asking.wanted, name_hash((struct bytes)BYTES("cx")));
    name_set_seal(&asking.wanted);
    check_rows(asked_rows, sizeof asked_rows / sizeof asked_rows[0], compare_exports_of_a_world);
    closed_world_free(&asking);
    asking.is_open = true;
    check_rows(open_rows, sizeof open_rows / sizeof open_rows[0], compare_exports_of_a_world);
}

static const struct row starts_rows[] = {
    {"the same", BYTES("\x10\x20\0"), BYTES("\x10\x20\0"), ""},
    {"less padding", BYTES("\x10\x20\0\0\0\0\0\0"), BYTES("\x10\x20\0"), ""},
    {"longer numbers", BYTES("\x10\x20\0"), BYTES("\x90\0\xa0\0\x80\0"), ""},
    {"one gone", BYTES("\x10\x20\x30\0"), BYTES("\x10\x50\0"), "function starts: 0x30 is gone\n"},
    {"the last one gone", BYTES("\x10\x20\0"), BYTES("\x10\0"), "function starts: 0x30 is gone\n"},
    {"one moved", BYTES("\x10\x20\x30\0"), BYTES("\x10\x21\x2f\0"),
     "function starts: 0x30 is gone\nfunction starts: 0x31 is new\n"},
    {"all gone",
     BYTES("\1\1\1\1\1\1\1\0"),
     {NULL, 0},
     "function starts: 0x1 is gone\nfunction starts: 0x2 is gone\nfunction starts: 0x3 is gone\n"
     "function starts: 0x4 is gone\nfunction starts: 0x5 is gone\n"
     "function starts: 2 more differences\n"},
    {"no end", BYTES("\x10\0"), BYTES("\x10"), "function starts: no 0 ends them\n"},
    {"no end before", BYTES("\x10"), BYTES("\x10\0"),
     "function starts of the original: no 0 ends them\n"},
};

static void function_starts_are_compared_one_by_one(void **state) {
    (void)state;
    check_rows(starts_rows, sizeof starts_rows / sizeof starts_rows[0], compare_function_starts);
}

#define ENTRY "\0\x10\0\0\x08\0\4\0"
#define PADDING "\0\0\0\0\0\0\0\0"

static const struct row data_rows[] = {
    {"the same", BYTES(ENTRY), BYTES(ENTRY), ""},
    {"padding", BYTES(ENTRY), BYTES(ENTRY PADDING), ""},
    {"one more", BYTES(ENTRY), BYTES(ENTRY "\0\x11\0\0\x08\0\4\0"),
     "data in code: 2 entries, were 1\n"},
    {"none", BYTES(ENTRY), {NULL, 0}, "data in code: 0 entries, were 1\n"},
    {"another place", BYTES(ENTRY), BYTES("\1\x10\0\0\x08\0\4\0"),
     "data in code: entry 0 is 8 bytes of kind 4 at 0x1001, was 8 bytes of kind 4 at 0x1000\n"},
    {"another length", BYTES(ENTRY), BYTES("\0\x10\0\0\4\0\4\0"),
     "data in code: entry 0 is 4 bytes of kind 4 at 0x1000, was 8 bytes of kind 4 at 0x1000\n"},
    {"another kind", BYTES(ENTRY), BYTES("\0\x10\0\0\x08\0\3\0"),
     "data in code: entry 0 is 8 bytes of kind 3 at 0x1000, was 8 bytes of kind 4 at 0x1000\n"},
    {"half an entry", BYTES(ENTRY), BYTES(ENTRY "\0"),
     "data in code: 9 bytes are no whole entries of 8\n"},
};

static void data_in_code_is_compared_entry_by_entry(void **state) {
    (void)state;
    check_rows(data_rows, sizeof data_rows / sizeof data_rows[0], compare_data_in_code);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exports_are_compared_one_by_one),
        cmocka_unit_test(exports_that_nobody_asks_for_may_go),
        cmocka_unit_test(function_starts_are_compared_one_by_one),
        cmocka_unit_test(data_in_code_is_compared_entry_by_entry),
    };
    return cmocka_run_group_tests_name("compare_parts", tests, NULL, NULL);
}
