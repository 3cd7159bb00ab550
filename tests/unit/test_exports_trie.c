#include "macho/exports_trie.h"

#include "tries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct row {
    const char *label;
    struct bytes trie;
    const char *expected;
} rows[] = {
    {"nothing", {NULL, 0}, ""},
    {"a root", BYTES("\0\0"), ""},
    {"a root with padding", BYTES("\0\0\0\0"), ""},
    {"one name",
     BYTES("\0\1_a\0\6"
           "\2\0\x10\0"),
     "_a flags 0x0 shares 0 at 0x10 and 0x0\n"},
    {"an export of no name", BYTES("\2\0\x10\0"), " flags 0x0 shares 0 at 0x10 and 0x0\n"},
    {"a name that begins another",
     BYTES("\0\1_a\0\6"
           "\2\0\x10\1b\0\x0e\xee"
           "\3\4\x80\2\0"),
     "_a flags 0x0 shares 0 at 0x10 and 0x0\n_ab flags 0x4 shares 2 at 0x100 and 0x0\n"},
    {"children in another order, one in front of its parent",
     BYTES("\0\1_\0\x09"
           "\2\0\1\0"
           "\0\3c\0\x14"
           "a\0\5"
           "b\0\x18"
           "\2\0\3\0"
           "\2\0\2\0"),
     "_a flags 0x0 shares 0 at 0x1 and 0x0\n_b flags 0x0 shares 1 at 0x2 and 0x0\n"
     "_c flags 0x0 shares 1 at 0x3 and 0x0\n"},
    {"bytes above 0x7f come last",
     BYTES("\0\2\xc3\xa9\0\x09"
           "a\0\x0d"
           "\2\0\1\0"
           "\2\0\2\0"),
     "a flags 0x0 shares 0 at 0x2 and 0x0\n\xc3\xa9 flags 0x0 shares 0 at 0x1 and 0x0\n"},
    {"edges that begin alike",
     BYTES("\0\2_ab\0\x0c"
           "_ac\0\x10"
           "\2\0\1\0"
           "\2\0\2\0"),
     "_ab flags 0x0 shares 0 at 0x1 and 0x0\n_ac flags 0x0 shares 2 at 0x2 and 0x0\n"},
    {"an edge without characters, as ld64 splits an edge for a name that ends there",
     BYTES("\0\1_a\0\6"
           "\0\2b\0\x0d"
           "\0\x11"
           "\2\0\2\0"
           "\2\0\1\1c\0\x18"
           "\2\0\3\0"),
     "_a flags 0x0 shares 0 at 0x1 and 0x0\n_ab flags 0x0 shares 2 at 0x2 and 0x0\n"
     "_ac flags 0x0 shares 2 at 0x3 and 0x0\n"},
    {"edges without characters after each other",
     BYTES("\0\1\0\4"
           "\0\1\0\x08"
           "\2\0\1\1z\0\x0f"
           "\2\0\2\0"),
     " flags 0x0 shares 0 at 0x1 and 0x0\nz flags 0x0 shares 0 at 0x2 and 0x0\n"},
    {"an edge without characters to a node without anything",
     BYTES("\0\2\0\x07"
           "a\0\x09"
           "\0\0"
           "\2\0\1\0"),
     "a flags 0x0 shares 0 at 0x1 and 0x0\n"},
    {"a node that leads nowhere between two names",
     BYTES("\0\3a\0\x0b"
           "b\0\x0f"
           "c\0\x11"
           "\2\0\1\0"
           "\0\0"
           "\2\0\3\0"),
     "a flags 0x0 shares 0 at 0x1 and 0x0\nc flags 0x0 shares 0 at 0x3 and 0x0\n"},
    {"numbers with padding, bytes that no reader looks at",
     BYTES("\x80\0\1_a\0\x89\0\xee"
           "\x88\0\x80\0\x81\0\xff\0\xaa\xaa\0"),
     "_a flags 0x0 shares 0 at 0x1 and 0x0\n"},
    {"kinds",
     BYTES("\0\3a\0\x0b"
           "t\0\x0f"
           "x\0\x13"
           "\2\2\5\0"
           "\2\1\6\0"
           "\2\3\7\0"),
     "a flags 0x2 shares 0 at 0x5 and 0x0\nt flags 0x1 shares 0 at 0x6 and 0x0\n"
     "x flags 0x3 shares 0 at 0x7 and 0x0\n"},
    {"an offset below the base",
     BYTES("\0\1a\0\5"
           "\x0b\0\xf0\xff\xff\xff\xff\xff\xff\xff\xff\1\0"),
     "a flags 0x0 shares 0 at 0xfffffffffffffff0 and 0x0\n"},
    {"a stub and its resolver; a table of variants",
     BYTES("\0\2r\0\x08"
           "v\0\x0d"
           "\3\x10\x20\x30\0"
           "\3\x20\x40\2\0"),
     "r flags 0x10 shares 0 at 0x20 and 0x30\nv flags 0x20 shares 0 at 0x40 and 0x2\n"},
    {"re-exports",
     BYTES("\0\3a\0\x0b"
           "b\0\x10"
           "c\0\x16"
           "\3\x08\1\0\0"
           "\4\x0c\2x\0\0"
           "\4\x08\3c\0\0"),
     "a flags 0x8 shares 0 is 1:\nb flags 0xc shares 0 is 2:x\nc flags 0x8 shares 0 is 3:\n"},

    /* What is refused, each with the names that came before. */
    {"an edge past the end", BYTES("\0\1a\0\5"),
     "exports trie: an edge leads to 0x5, past the end of the trie at 0x5\n"},
    {"an edge far past the end", BYTES("\0\1a\0\xff\xff\xff\xff\xff\1"),
     "exports trie: an edge leads to 0xffffffff, past the end of the trie at 0xa\n"},
    {"an export past the end", BYTES("\0\1a\0\5\x09\0\0\0"),
     "exports trie: the node at 0x5 has an export that runs past the end of the trie\n"},
    {"the size of an export past the end", BYTES("\0\1a\0\5\x80"),
     "exports trie: the node at 0x5 has an export that runs past the end of the trie\n"},
    {"no number of children", BYTES("\0\1a\0\5\2\0\x10"),
     "exports trie: the node at 0x5 runs past the end of the trie\n"},
    {"fewer children than it says", BYTES("\0\2a\0\5"),
     "exports trie: the node at 0x0 runs past the end of the trie\n"},
    {"a name without an end", BYTES("\0\1aaa"),
     "exports trie: the node at 0x0 runs past the end of the trie\n"},
    {"a child's place without an end", BYTES("\0\1a\0\x80"),
     "exports trie: the node at 0x0 runs past the end of the trie\n"},
    {"an edge to the root", BYTES("\0\1a\0\0"),
     "exports trie: the node at 0x0 is reached twice, or lies over another one\n"},
    {"a ring",
     BYTES("\0\1a\0\5"
           "\0\1b\0\5"),
     "exports trie: the node at 0x5 is reached twice, or lies over another one\n"},
    {"a node that two edges lead to",
     BYTES("\0\2a\0\x08"
           "b\0\x08"
           "\2\0\1\0"),
     "a flags 0x0 shares 0 at 0x1 and 0x0\n"
     "exports trie: the node at 0x8 is reached twice, or lies over another one\n"},
    {"a node inside another",
     BYTES("\0\2a\0\x08"
           "b\0\x0a"
           "\4\0\1\1\0\0\0"),
     "a flags 0x0 shares 0 at 0x1 and 0x0\n"
     "exports trie: the node at 0xa is reached twice, or lies over another one\n"},
    {"an edge without characters in a ring",
     BYTES("\0\1\0\4"
           "\0\1\0\4"),
     "exports trie: the node at 0x4 is reached twice, or lies over another one\n"},
    {"an edge without characters to the root", BYTES("\0\1\0\0"),
     "exports trie: the node at 0x0 is reached twice, or lies over another one\n"},
    {"an edge without characters past the end", BYTES("\0\1\0\4"),
     "exports trie: an edge leads to 0x4, past the end of the trie at 0x4\n"},
    {"a name with two exports",
     BYTES("\2\0\1\1\0\6"
           "\2\0\2\0"),
     "exports trie: the node at 0x6 has an export of a name that has one already\n"},
    {"an edge after one without characters that begins with one beside it",
     BYTES("\0\2\0\x07"
           "a\0\x0c"
           "\0\1ab\0\x10"
           "\2\0\1\0"
           "\2\0\2\0"),
     "exports trie: the node at 0x0 has an edge that begins with another one\n"},
    {"the same edge twice",
     BYTES("\0\2a\0\x08"
           "a\0\x0c"
           "\2\0\1\0"
           "\2\0\2\0"),
     "exports trie: the node at 0x0 has an edge that begins with another one\n"},
    {"an edge that begins another, which comes first",
     BYTES("\0\3ab\0\x0d"
           "ac\0\x11"
           "a\0\x15"
           "\2\0\1\0"
           "\2\0\2\0"
           "\2\0\3\0"),
     "exports trie: the node at 0x0 has an edge that begins with another one\n"},
    {"unknown flags", BYTES("\3\xc0\0\5\0"),
     "exports trie: the node at 0x0 has an export with unknown flags\n"},
    {"no flags", BYTES("\1\x80\0\0"),
     "exports trie: the node at 0x0 has an export without a number that it needs\n"},
    {"no offset", BYTES("\1\0\0"),
     "exports trie: the node at 0x0 has an export without a number that it needs\n"},
    {"no resolver", BYTES("\2\x10\1\0"),
     "exports trie: the node at 0x0 has an export without a number that it needs\n"},
    {"no ordinal", BYTES("\1\x08\0"),
     "exports trie: the node at 0x0 has an export without a number that it needs\n"},
    {"a re-export without a name", BYTES("\2\x08\1\0"),
     "exports trie: the node at 0x0 has a re-export whose name does not end in it\n"},
    {"a re-export whose name goes on", BYTES("\4\x08\1ab\0"),
     "exports trie: the node at 0x0 has a re-export whose name does not end in it\n"},
};

static void every_export_is_read_or_what_is_wrong_is_named(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text text = {0};
        list_exports(rows[i].trie, &text);
        if (strcmp(text.data, rows[i].expected) != 0)
            fail_msg("%s:\n%s, expected\n%s", rows[i].label, text.data, rows[i].expected);
        text_free(&text);
    }
}

/* A walk over names of half a million characters that each begin the next one: spelled out they
 * would be 10^11 bytes. */
static void depth_costs_no_more_than_size(void **state) {
    (void)state;
    enum { NODES = 500000, NODE_SIZE = 11 };
    uint8_t *trie = calloc(NODES, NODE_SIZE);
    struct exports_cursor cursor;
    struct export export;
    struct error error;
    size_t count = 0;
    assert_non_null(trie);
    for (size_t i = 0; i < NODES; i++) {
        uint8_t *node = trie + i * NODE_SIZE;
        memcpy(node, "\2\0\1\1a", 6);
        store_padded(node + 6, (i + 1) * NODE_SIZE);
        node[3] = i + 1 < NODES;
    }
    exports_trie_start((struct bytes){trie, (size_t)NODES * NODE_SIZE}, &cursor);
    while (exports_trie_next(&cursor, &export, &error)) {
        assert_int_equal(export.name.size, count);
        assert_int_equal(export.shared, count == 0 ? 0 : count - 1);
        count++;
    }
    assert_int_equal(error.kind, ERROR_NONE);
    assert_int_equal(count, NODES);
    exports_trie_end(&cursor);
    free(trie);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_export_is_read_or_what_is_wrong_is_named),
        cmocka_unit_test(depth_costs_no_more_than_size),
    };
    return cmocka_run_group_tests_name("exports_trie", tests, NULL, NULL);
}
