#include "program/closed_world.h"

#include "heads.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    TEXT_SIZE = 0x20000,
    STRINGS = 0x1000,
    STRINGS_SIZE = 0x18000,
    WINDOW = 0x10000, /* how much of the strings is read at once */
    TRIE_SIZE = 256,
    FILE_SIZE = TEXT_SIZE + TRIE_SIZE
};

static char path[] = "/tmp/test_closed_world.XXXXXX";
static uint8_t contents[FILE_SIZE];
static struct image_file file;

/* A dylib of which __TEXT has a section of C strings and another one. */
static struct head dylib_head(uint32_t size) {
    struct head head = head_of(ARM64, 0, MH_DYLIB);
    struct {
        uint32_t number, size;
        char name[16];
        uint64_t address, vm_size, file_offset, file_size;
        uint32_t max_protection, protection, section_count, flags;
        struct {
            char name[16], segment[16];
            uint64_t address, size;
            uint32_t offset, align, relocations, relocation_count, flags, reserved[3];
        } sections[2];
    } text = {.number = LC_SEGMENT_64,
              .size = sizeof text,
              .name = "__TEXT",
              .vm_size = TEXT_SIZE,
              .file_size = TEXT_SIZE,
              .protection = 5,
              .section_count = 2,
              .sections = {{.name = "__other", .address = 0x100, .size = 0x200},
                           {.name = "__cstring", .address = STRINGS, .size = size, .flags = 2}}};
    add(&head, &text, sizeof text);
    struct {
        uint32_t number, size;
        char name[16];
        uint64_t address, vm_size, file_offset, file_size;
        uint32_t max_protection, protection, section_count, flags;
    } linkedit = {
        LC_SEGMENT_64, 72, "__LINKEDIT", TEXT_SIZE, 0x4000, TEXT_SIZE, TRIE_SIZE, 1, 1, 0, 0};
    add(&head, &linkedit, sizeof linkedit);
    add_string(&head, LC_ID_DYLIB, 24, "libx.dylib");
    ADD_WORDS(&head, LC_DYLD_EXPORTS_TRIE, 16, TEXT_SIZE, TRIE_SIZE);
    return head;
}

static void put_string(size_t offset, const char *string) {
    memcpy(contents + offset, string, strlen(string) + 1);
}

/* The trie of the sorted names, a leaf each. */
static void put_trie(const char *const *names, const uint8_t *flags, size_t count) {
    uint8_t *trie = contents + TEXT_SIZE;
    size_t leaves = 2, at = 2;
    for (size_t i = 0; i < count; i++)
        leaves += strlen(names[i]) + 2;
    trie[1] = (uint8_t)count;
    for (size_t i = 0; i < count; i++) {
        size_t leaf = leaves + 4 * i;
        assert_true(leaf < 0x80);
        at += (size_t)sprintf((char *)trie + at, "%s", names[i]) + 1;
        trie[at++] = (uint8_t)leaf;
        memcpy(trie + leaf, (const uint8_t[]){2, flags[i], 0x10, 0}, 4);
    }
}

/* The file as it is now, read. */
static void write_file(uint32_t strings_size) {
    struct head head = dylib_head(strings_size);
    struct error error;
    memcpy(contents, head.bytes, head.size);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    assert_int_equal(fwrite(contents, 1, FILE_SIZE, stream), FILE_SIZE);
    fclose(stream);
    file = (struct image_file){.path = path, .size = FILE_SIZE};
    assert_true(file_open(path, &file.file, &error));
    if (!image_file_read(&arena, &file, &error))
        fail_msg("%s: %s", error.field, error.what);
    file_close(&file.file);
}

static int make(void **state) {
    (void)state;
    int descriptor = mkstemp(path);
    return descriptor < 0 ? -1 : close(descriptor);
}

static int clean_up(void **state) {
    (void)state;
    arena_free(&arena);
    return unlink(path);
}

/* The names of the file's exports that stay, a blank after each. */
static void kept(const struct closed_world *world, char *text) {
    struct world_filter filter = {.world = world};
    struct exports_cursor cursor;
    struct export export;
    struct error error;
    *text = '\0';
    exports_trie_start((struct bytes){contents + TEXT_SIZE, TRIE_SIZE}, &cursor);
    while (exports_trie_next(&cursor, &export, &error))
        if (world_filter_keeps(&filter, &export))
            text += sprintf(text, "%.*s ", (int)export.name.size, export.name.data);
    assert_int_equal(error.kind, ERROR_NONE);
    exports_trie_end(&cursor);
    world_filter_free(&filter);
}

/* What stays in the world of the file alone. */
static void check(const struct world_rules *rules, const char *wanted) {
    struct image_file *files[] = {&file};
    struct closed_world world;
    struct error error;
    char text[300];
    closed_world_read(&world, files, 1, rules, &error);
    if (error.kind != ERROR_NONE)
        fail_msg("%s: %s", error.field, error.what);
    kept(&world, text);
    assert_string_equal(text, wanted);
    closed_world_free(&world);
}

static void strings_keep_exports(void **state) {
    static const char *const names[] = {"_begin", "_crossing", "_end",   "_odd", "_outside",
                                        "_tail",  "_twice",    "_under", "_zero"};
    static const uint8_t flags[9] = {0};
    (void)state;
    memset(contents, 0, sizeof contents);
    put_trie(names, flags, 9);
    put_string(0x800, "outside");
    put_string(STRINGS, "begin");
    put_string(STRINGS + 0x100, "a tail");
    put_string(STRINGS + 0x200, "_under");
    put_string(STRINGS + 0x300, "odds");
    put_string(STRINGS + 0x400, "_twice");
    put_string(STRINGS + WINDOW - 5, "crossing");
    memcpy(contents + STRINGS + STRINGS_SIZE - 3, "end", 3);
    put_string(STRINGS + STRINGS_SIZE, "zero");
    write_file(STRINGS_SIZE);
    /* "end" and "zero" are one string, which the section's end cuts in two. */
    check(&(struct world_rules){0}, "_begin _crossing _end _twice _under ");
    check(&(struct world_rules){.ignore_strings = true}, "");
    put_string(STRINGS + 0x600, "__twice");
    write_file(STRINGS_SIZE);
    check(&(struct world_rules){0}, "_begin _crossing _end _twice _under ");
}

static void rules_keep_exports(void **state) {
    static const char *const names[] = {"__ZdaPv",       "__Zdl",  "__Zm",
                                        "__ZnamSt11",    "__Znwm", "__mh_execute_header",
                                        "__mh_executer", "_a",     "_weak"};
    static const uint8_t flags[9] = {[8] = EXPORT_SYMBOL_FLAGS_WEAK_DEFINITION};
    const char *globs[] = {"__mh_*r", "nothing", "_?"};
    (void)state;
    memset(contents, 0, sizeof contents);
    put_trie(names, flags, 9);
    write_file(STRINGS_SIZE);
    check(&(struct world_rules){0}, "__ZdaPv __Zdl __ZnamSt11 __Znwm __mh_execute_header _weak ");
    check(&(struct world_rules){.keep = {.items = globs, .count = 3}},
          "__ZdaPv __Zdl __ZnamSt11 __Znwm __mh_execute_header __mh_executer _a _weak ");
}

static void an_empty_world(void **state) {
    const struct closed_world world = {0};
    char text[300];
    (void)state;
    kept(&world, text);
    assert_string_equal(text, "__ZdaPv __Zdl __ZnamSt11 __Znwm __mh_execute_header _weak ");
}

/* One file that cannot be read, and nobody can say what it asks for. */
static void an_open_world(void **state) {
    struct image_file gone = file;
    struct image_file *files[] = {&file, &gone};
    struct closed_world world;
    struct error errors[2];
    char text[300];
    (void)state;
    gone.path = "/tmp/test_closed_world.gone";
    closed_world_read(&world, files, 2, &(struct world_rules){0}, errors);
    assert_int_equal(errors[0].kind, ERROR_NONE);
    assert_int_equal(errors[1].kind, ERROR_IO);
    assert_string_equal(errors[1].file, gone.path);
    kept(&world, text);
    assert_string_equal(text, "__ZdaPv __Zdl __Zm __ZnamSt11 __Znwm __mh_execute_header "
                              "__mh_executer _a _weak ");
    closed_world_free(&world);
}

/* Two sections that are the same bytes, which are more than half of the file. */
static void sections_over_each_other(void **state) {
    static const char *const names[] = {"_a"};
    static const uint8_t flags[1] = {0};
    struct image_file *files[] = {&file};
    struct closed_world world;
    struct error error;
    (void)state;
    put_trie(names, flags, 1);
    write_file(STRINGS_SIZE);
    size_t sections = IMAGE_HEADER_SIZE + 72;
    memcpy(contents + sections, contents + sections + 80, 80);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    assert_int_equal(fwrite(contents, 1, FILE_SIZE, stream), FILE_SIZE);
    fclose(stream);
    closed_world_read(&world, files, 1, &(struct world_rules){0}, &error);
    assert_int_equal(error.kind, ERROR_MALFORMED);
    assert_string_equal(error.file, path);
    assert_string_equal(error.field, "sections of C strings");
    assert_string_equal(error.what, "hold more bytes than the slice, 131328");
    assert_true(world.is_open);
    closed_world_free(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_keep_exports),     cmocka_unit_test(rules_keep_exports),
        cmocka_unit_test(an_empty_world),           cmocka_unit_test(an_open_world),
        cmocka_unit_test(sections_over_each_other),
    };
    return cmocka_run_group_tests(tests, make, clean_up);
}
