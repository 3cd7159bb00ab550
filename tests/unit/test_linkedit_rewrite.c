/* Pack: what the rewriting refuses, since it would lose or break it. The stories hold what it
 * makes. */
#include "rewrite/linkedit_rewrite.h"

#include "heads.h"

#include "macho/load_command.h"
#include "rewrite/image_rewrite.h"

enum { LINKEDIT_AT = 0x4000, LINKEDIT_SIZE = 0x1000, DYSYMTAB_WORDS = 20 };

static uint8_t linkedit[LINKEDIT_SIZE];

static void add_segment(struct head *head, const char *name, uint32_t place, uint32_t protection,
                        uint32_t sections) {
    uint32_t words[38] = {LC_SEGMENT_64, sections == 0 ? 72 : 152, [6] = place};
    strncpy((char *)(words + 2), name, 16);
    words[8] = place == 0 ? LINKEDIT_AT : LINKEDIT_SIZE;
    words[10] = place;
    words[12] = words[8];
    words[14] = words[15] = protection;
    words[16] = sections;
    if (sections != 0) {
        memcpy(words + 18, "__section", 9);
        memcpy(words + 22, name, strlen(name));
        words[26] = words[30] = place;
    }
    add(head, words, words[1]);
}

/* A dylib with a symbol table of one symbol without a name. */
static struct head plain_head(uint32_t sections) {
    struct head head = head_of(ARM64, 0, 6);
    set_word(&head, 24, 4);
    add_segment(&head, "__TEXT", 0, 5, 0);
    add_segment(&head, "__LINKEDIT", LINKEDIT_AT, 1, sections);
    add_string(&head, LC_ID_DYLIB, 24, "@rpath/libself.dylib");
    ADD_WORDS(&head, LC_SYMTAB, 24, LINKEDIT_AT, 1, LINKEDIT_AT + 16, 8);
    return head;
}

/* What pack says of it at a level: "FIELD: WHAT", "" when it packs it. */
static void pack(const struct head *head, const char *level, char said[900]) {
    const struct losses losses = {.level = level_named(level)};
    struct bytes bytes = {head->bytes, head->size};
    struct new_linkedit made;
    struct image image;
    struct error error = {0};
    said[0] = '\0';
    if (!image_parse(&arena, bytes, LINKEDIT_AT + LINKEDIT_SIZE, architecture_named("arm64"),
                     &image, &error))
        fail_msg("cannot be read: %s: %s", error.field, error.what);
    const struct old_slice old = {&image, bytes, {linkedit, LINKEDIT_SIZE}, LINKEDIT_AT};
    if (linkedit_plan(&old, &losses, &made, &error)) {
        assert_true(made.linkedit_size >= linkedit_least_size(&image, losses.level));
        new_linkedit_free(&made);
    } else
        snprintf(said, 900, "%s: %s", error.field, error.what);
}

#define PLACE (LINKEDIT_AT + 0x100)
#define MODULE_TABLE                                                                               \
    "load command 4 (LC_DYSYMTAB) modtaboff: the module table names strings by their place, "      \
    "which vafit does not rewrite"
#define RENUMBERED(field, table)                                                                   \
    "load command 4 (LC_DYSYMTAB) " field ": the " table                                           \
    " names symbols by their index, which vafit does not renumber; --level lossless drops no "     \
    "symbol"

static const struct row {
    const char *label;
    uint32_t words[DYSYMTAB_WORDS]; /* a load command */
    const char *lossless;
    const char *debug_map;
} rows[] = {
    {"nothing of it", {LC_DYSYMTAB, 80}, "", ""},
    {"a module table", {LC_DYSYMTAB, 80, [10] = PLACE, 1}, MODULE_TABLE, MODULE_TABLE},
    {"a table of contents",
     {LC_DYSYMTAB, 80, [8] = PLACE, 1},
     "",
     RENUMBERED("tocoff", "table of contents")},
    {"external references",
     {LC_DYSYMTAB, 80, [12] = PLACE, 1},
     "",
     RENUMBERED("extrefsymoff", "external references")},
    {"not encrypted", {LC_ENCRYPTION_INFO_64, 24, 0, 0x1000, 0}, "", ""},
    {"encrypted",
     {LC_ENCRYPTION_INFO_64, 24, 0, 0x1000, 1},
     "load command 4 (LC_ENCRYPTION_INFO_64) cryptid: the image is encrypted",
     "load command 4 (LC_ENCRYPTION_INFO_64) cryptid: the image is encrypted"},
    {"encrypted, as of 32 bits",
     {LC_ENCRYPTION_INFO, 24, 0, 0x1000, 1},
     "load command 4 (LC_ENCRYPTION_INFO) cryptid: the image is encrypted",
     "load command 4 (LC_ENCRYPTION_INFO) cryptid: the image is encrypted"},
    {"a note before __LINKEDIT", {LC_NOTE, 40, [6] = LINKEDIT_AT - 1, 0, 1}, "", ""},
    {"a note in __LINKEDIT",
     {LC_NOTE, 40, [6] = LINKEDIT_AT, 0, 1},
     "load command 4 (LC_NOTE) offset: the note lies in __LINKEDIT, which vafit rewrites",
     "load command 4 (LC_NOTE) offset: the note lies in __LINKEDIT, which vafit rewrites"},
    {"an unknown command without a place", {0x77, 8}, "", ""},
    {"an unknown command",
     {0x77, 16, PLACE, 8},
     "load command 4 (0x77) cmd: unknown to vafit, which could lose what it points to",
     "load command 4 (0x77) cmd: unknown to vafit, which could lose what it points to"},
};

static void what_would_be_lost_is_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char said[900];
        struct head head = plain_head(0);
        add(&head, rows[i].words, rows[i].words[1]);
        pack(&head, "lossless", said);
        if (strcmp(said, rows[i].lossless) != 0)
            fail_msg("%s, lossless: %s", rows[i].label, said);
        pack(&head, "debug-map", said);
        if (strcmp(said, rows[i].debug_map) != 0)
            fail_msg("%s, debug-map: %s", rows[i].label, said);
    }
}

static void sections_of_linkedit_are_refused(void **state) {
    char said[900];
    (void)state;
    struct head head = plain_head(1);
    pack(&head, "lossless", said);
    assert_string_equal(said, "__LINKEDIT: has sections, which vafit does not move");
}

/* --drop-unclaimed drops them. */
static void bytes_behind_linkedit_are_no_part_of_the_least(void **state) {
    (void)state;
    static const char *const levels[] = {"align", "lossless", "debug-map"};
    static const uint64_t behind[] = {0, 4, 0x100000};
    struct head head = plain_head(0);
    struct bytes bytes = {head.bytes, head.size};
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++) {
            struct image image;
            struct error error;
            uint64_t vm_space, size = LINKEDIT_AT + LINKEDIT_SIZE + behind[j];
            assert_true(
                image_parse(&arena, bytes, size, architecture_named("arm64"), &image, &error));
            struct image_slice slice = {
                .architecture = image.architecture, .size = size, .image = &image};
            const struct image_file file = {.slices = &slice, .slice_count = 1};
            uint64_t least = image_rewrite_least(&file, level_named(levels[i]), &vm_space);
            if (least > LINKEDIT_AT + LINKEDIT_SIZE)
                fail_msg("%s, %u behind: at least %u", levels[i], (unsigned)behind[j],
                         (unsigned)least);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_would_be_lost_is_refused),
        cmocka_unit_test(sections_of_linkedit_are_refused),
        cmocka_unit_test(bytes_behind_linkedit_are_no_part_of_the_least),
    };
    return cmocka_run_group_tests_name("pack", tests, NULL, release);
}
