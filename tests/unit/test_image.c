#include "heads.h"

/* All values of the segments here fit in 32 bits but for their addresses. */
static void add_segment(struct head *head, const char *name, uint64_t address, uint64_t vm_size,
                        uint32_t file_offset, uint32_t file_size) {
    struct {
        uint32_t number, size;
        char name[16];
        uint64_t address, vm_size, file_offset, file_size;
        uint32_t max_protection, protection, section_count, flags;
    } command = {.number = LC_SEGMENT_64,
                 .size = 72,
                 .address = address,
                 .vm_size = vm_size,
                 .file_offset = file_offset,
                 .file_size = file_size};
    strncpy(command.name, name, sizeof command.name - 1);
    add(head, &command, sizeof command);
}

/* A dylib of 0x10000 bytes with a part of every use; the parts in no order. */
static struct head dylib_head(uint32_t cpu_type, uint32_t cpu_subtype) {
    struct head head = head_of(cpu_type, cpu_subtype, MH_DYLIB);
    add_segment(&head, "__TEXT", 0, 0x4000, 0, 0x4000);
    add_segment(&head, "__DATA", 0x8000, 0x4000, 0x4000, 0x4000);
    add_segment(&head, "__LINKEDIT", 0xc000, 0x9001, 0x8000, 0x8000);
    add_string(&head, LC_ID_DYLIB, 24, "@rpath/libself.dylib");
    ADD_WORDS(&head, LC_UUID, 24, 0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c);
    add_string(&head, LC_LOAD_DYLIB, 24, "@rpath/libb.dylib");
    add_string(&head, LC_LOAD_WEAK_DYLIB, 24, "@rpath/liba.dylib");
    add_string(&head, LC_REEXPORT_DYLIB, 24, "/usr/lib/libSystem.B.dylib");
    add_string(&head, LC_RPATH, 12, "@loader_path/.");
    add_string(&head, LC_RPATH, 12, "/opt/lib");
    ADD_WORDS(&head, LC_CODE_SIGNATURE, 16, 0xff00, 0x100);
    ADD_WORDS(&head, LC_SYMTAB, 24, 0x9000, 4, 0x9100, 0x50);
    ADD_WORDS(&head, LC_DYLD_CHAINED_FIXUPS, 16, 0x8000, 0x60);
    ADD_WORDS(&head, LC_DYLD_EXPORTS_TRIE, 16, 0x8060, 0x20);
    ADD_WORDS(&head, LC_FUNCTION_STARTS, 16, 0x8080, 8);
    ADD_WORDS(&head, 0x99, 8);
    return head;
}

static bool parse(const struct head *head, uint64_t slice_size, const char *architecture,
                  struct image *image, struct error *error) {
    *error = (struct error){0};
    return image_parse(&arena, (struct bytes){head->bytes, head->size}, slice_size,
                       architecture_named(architecture), image, error);
}

static void an_image_has_the_names_of_its_load_commands(void **state) {
    (void)state;
    struct head head = dylib_head(ARM64, 0);
    struct image image;
    struct error error;
    assert_true(parse(&head, 0x10000, "arm64", &image, &error));
    assert_int_equal(image.type, MH_DYLIB);
    assert_string_equal(image.architecture->name, "arm64");
    assert_string_equal(image.install_name, "@rpath/libself.dylib");
    assert_true(image.has_uuid);
    assert_memory_equal(image.uuid, "\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17", 16);
    assert_int_equal(image.dylibs.count, 3);
    assert_string_equal(image.dylibs.items[0].name, "@rpath/libb.dylib");
    assert_string_equal(image.dylibs.items[1].name, "@rpath/liba.dylib");
    assert_string_equal(image.dylibs.items[2].name, "/usr/lib/libSystem.B.dylib");
    assert_true(image.dylibs.items[1].weak && image.dylibs.items[2].reexport);
    assert_int_equal(image.rpaths.count, 2);
    assert_string_equal(image.rpaths.items[0], "@loader_path/.");
    assert_string_equal(image.rpaths.items[1], "/opt/lib");
}

static void an_image_has_the_measures_of_its_segments(void **state) {
    (void)state;
    /* 0 to 0x15001, in pages of 16 and of 4 KiB. */
    static const struct {
        uint32_t cpu_type;
        uint32_t cpu_subtype;
        const char *name;
        uint64_t vm_space;
    } rows[] = {{ARM64, 0, "arm64", 0x18000},
                {ARM64, 0x80000002, "arm64e", 0x18000},
                {X86_64, 3, "x86_64", 0x16000},
                {X86_64, 8, "x86_64h", 0x16000}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct head head = dylib_head(rows[i].cpu_type, rows[i].cpu_subtype);
        struct image image;
        struct error error;
        assert_true(parse(&head, 0x10000, rows[i].name, &image, &error));
        assert_int_equal(image.segments.count, 3);
        assert_int_equal(image.vm_space, rows[i].vm_space);
        assert_int_equal(image.lowest_address, 0);
        assert_int_equal(image.page_zero, 0);
        assert_int_equal(image.linkedit_size, 0x9001);
    }
}

static void the_parts_of_linkedit_are_sorted_by_their_offsets(void **state) {
    (void)state;
    static const struct {
        const char *name;
        uint64_t offset;
        uint64_t size;
    } parts[] = {{"chained fixups", 0x8000, 0x60}, {"exports trie", 0x8060, 0x20},
                 {"function starts", 0x8080, 8},   {"symbol table", 0x9000, 0x40},
                 {"string pool", 0x9100, 0x50},    {"code signature", 0xff00, 0x100}};
    struct head head = dylib_head(ARM64, 0);
    struct image image;
    struct error error;
    assert_true(parse(&head, 0x10000, "arm64", &image, &error));
    assert_int_equal(image.parts.count, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_string_equal(image.parts.items[i].name, parts[i].name);
        assert_int_equal(image.parts.items[i].file_offset, parts[i].offset);
        assert_int_equal(image.parts.items[i].size, parts[i].size);
    }
    assert_int_equal(image.symtab.symbols_offset, 0x9000);
    assert_int_equal(image.symtab.symbol_count, 4);
    assert_int_equal(image.symtab.strings_offset, 0x9100);
    assert_int_equal(image.symtab.strings_size, 0x50);
}

static struct head executable_head(void) {
    struct head head = head_of(ARM64, 0, MH_EXECUTE);
    add_segment(&head, "__PAGEZERO", 0, 0x100000000, 0, 0);
    add_segment(&head, "__TEXT", 0x100000000, 0x8000, 0, 0x8000);
    add_segment(&head, "__LINKEDIT", 0x100008000, 0x4000, 0x8000, 0x10);
    ADD_WORDS(&head, LC_MAIN, 24, 0, 0, 0, 0);
    return head;
}

static void an_executable_has_a_pagezero_that_takes_no_space(void **state) {
    (void)state;
    struct head head = executable_head();
    struct image image;
    struct error error;
    assert_true(parse(&head, 0x8010, "arm64", &image, &error));
    assert_int_equal(image.type, MH_EXECUTE);
    assert_null(image.install_name);
    assert_false(image.has_uuid);
    assert_int_equal(image.page_zero, 0x100000000);
    assert_int_equal(image.lowest_address, 0x100000000);
    assert_int_equal(image.vm_space, 0xc000);
    assert_int_equal(image.linkedit_size, 0x4000);
    assert_int_equal(image.dylibs.count + image.rpaths.count + image.parts.count, 0);
    assert_int_equal(image.symtab.symbol_count, 0);
}

static void an_image_may_be_nothing_but_text(void **state) {
    (void)state;
    struct head head = head_of(X86_64, 3, MH_BUNDLE);
    struct image image;
    struct error error;
    /* __TEXT is as large as the header and its own command. */
    add_segment(&head, "__TEXT", 0x1000, 104, 0, 104);
    assert_int_equal(head.size, 104);
    assert_true(parse(&head, 104, "x86_64", &image, &error));
    assert_int_equal(image.type, MH_BUNDLE);
    assert_int_equal(image.lowest_address, 0x1000);
    assert_int_equal(image.vm_space, 0x1000);
    assert_int_equal(image.linkedit_size, 0);
}

static void text_holds_the_header_and_the_load_commands(void **state) {
    (void)state;
    static const struct {
        uint32_t offset;
        uint32_t size;
        bool good;
    } rows[] = {{0, 104, true}, {0, 103, false}, {1, 104, false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct head head = head_of(ARM64, 0, MH_BUNDLE);
        struct image image;
        struct error error;
        add_segment(&head, "__TEXT", 0, 0x4000, rows[i].offset, rows[i].size);
        assert_int_equal(parse(&head, 0x4000, "arm64", &image, &error), rows[i].good);
    }
}

static const struct fixups {
    const char *label;
    uint32_t numbers[2];
    bool good;
} fixups[] = {
    {"chained fixups and a trie", {LC_DYLD_CHAINED_FIXUPS, LC_DYLD_EXPORTS_TRIE}, true},
    {"a trie and chained fixups", {LC_DYLD_EXPORTS_TRIE, LC_DYLD_CHAINED_FIXUPS}, true},
    {"opcodes", {LC_DYLD_INFO_ONLY, 0x99}, true},
    {"both", {LC_DYLD_CHAINED_FIXUPS, LC_DYLD_INFO_ONLY}, false},
    {"both, the other way round", {LC_DYLD_INFO, LC_DYLD_CHAINED_FIXUPS}, false},
    {"opcodes twice", {LC_DYLD_INFO, LC_DYLD_INFO_ONLY}, false},
    {"chained fixups twice", {LC_DYLD_CHAINED_FIXUPS, LC_DYLD_CHAINED_FIXUPS}, false},
};

static void only_one_kind_of_fixups_is_taken(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof fixups / sizeof fixups[0]; i++) {
        struct head head = executable_head();
        struct image image;
        struct error error;
        for (size_t j = 0; j < 2; j++) {
            uint32_t number = fixups[i].numbers[j];
            bool opcodes = number == LC_DYLD_INFO || number == LC_DYLD_INFO_ONLY;
            const uint32_t words[12] = {number, opcodes ? 48 : 16};
            add(&head, words, words[1]);
        }
        if (parse(&head, 0x8010, "arm64", &image, &error) != fixups[i].good)
            fail_msg("%s: %s", fixups[i].label, error.what);
    }
}

static const struct size {
    const char *label;
    uint32_t commands;
    uint64_t slice_size;
    size_t size; /* 0: refused */
} sizes[] = {
    {"no commands", 0, 32, 32},
    {"all of the slice", 968, 1000, 1000},
    {"a byte past the slice", 969, 1000, 0},
    {"the most that is read", IMAGE_MOST_COMMANDS, UINT64_MAX, 32 + IMAGE_MOST_COMMANDS},
    {"a byte more", IMAGE_MOST_COMMANDS + 1, UINT64_MAX, 0},
};

static void the_head_is_the_header_and_its_commands(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct head head = head_of(ARM64, 0, MH_DYLIB);
        struct error error;
        size_t size = 0;
        set_word(&head, 20, sizes[i].commands);
        bool good = image_head_size((struct bytes){head.bytes, IMAGE_HEADER_SIZE},
                                    sizes[i].slice_size, &size, &error);
        if (good != (sizes[i].size != 0) || size != sizes[i].size)
            fail_msg("%s: %zu", sizes[i].label, size);
    }
}

static void only_what_is_loaded_is_an_image(void **state) {
    (void)state;
    for (uint32_t type = 0; type < 13; type++) {
        struct head head = head_of(ARM64, 0, type);
        struct error error;
        size_t size;
        bool good =
            image_head_size((struct bytes){head.bytes, IMAGE_HEADER_SIZE}, 32, &size, &error);
        assert_int_equal(good, type == 2 || type == 6 || type == 8);
    }
}

static void a_type_has_a_name(void **state) {
    (void)state;
    assert_string_equal(image_type_name(MH_EXECUTE), "executable");
    assert_string_equal(image_type_name(MH_DYLIB), "dylib");
    assert_string_equal(image_type_name(MH_BUNDLE), "bundle");
}

static void an_image_is_of_the_architecture_that_the_file_says(void **state) {
    (void)state;
    struct head head = executable_head();
    struct image image;
    struct error error;
    assert_true(parse(&head, 0x8010, "arm64", &image, &error));
    assert_false(parse(&head, 0x8010, "arm64e", &image, &error));
    assert_false(parse(&head, 0x8010, "x86_64", &image, &error));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_image_has_the_names_of_its_load_commands),
        cmocka_unit_test(an_image_has_the_measures_of_its_segments),
        cmocka_unit_test(the_parts_of_linkedit_are_sorted_by_their_offsets),
        cmocka_unit_test(an_executable_has_a_pagezero_that_takes_no_space),
        cmocka_unit_test(an_image_may_be_nothing_but_text),
        cmocka_unit_test(text_holds_the_header_and_the_load_commands),
        cmocka_unit_test(only_one_kind_of_fixups_is_taken),
        cmocka_unit_test(the_head_is_the_header_and_its_commands),
        cmocka_unit_test(only_what_is_loaded_is_an_image),
        cmocka_unit_test(a_type_has_a_name),
        cmocka_unit_test(an_image_is_of_the_architecture_that_the_file_says),
    };
    return cmocka_run_group_tests_name("image", tests, NULL, release);
}
