#include "verify/dyld_rules.h"

#include "macho/build_version.h"

#include "heads.h"

enum { SLICE_SIZE = 0x10000 };
enum { FLAGS = 24, FILE_OFFSET = 40, ADDRESS = 24, PROTECTION = 60, SEGMENT_FLAGS = 68 };

/* A segment as large in the file as in memory, 0x4000 bytes from `place` on in both. */
static void add_segment(struct head *head, const char *name, uint64_t base, uint32_t place,
                        uint32_t protection, uint32_t flags) {
    struct {
        uint32_t number, size;
        char name[16];
        uint64_t address, vm_size, file_offset, file_size;
        uint32_t max_protection, protection, section_count, flags;
    } command = {.number = LC_SEGMENT_64,
                 .size = 72,
                 .address = base + place,
                 .vm_size = 0x4000,
                 .file_offset = place,
                 .file_size = 0x4000,
                 .protection = protection,
                 .flags = flags};
    memcpy(command.name, name, strlen(name));
    add(head, &command, sizeof command);
}

static void add_page_zero(struct head *head) {
    uint32_t words[18] = {LC_SEGMENT_64, 72, [9] = 1};
    memcpy(words + 2, "__PAGEZERO", 10);
    add(head, words, sizeof words);
}

static void add_segments(struct head *head, uint64_t base) {
    add_segment(head, "__TEXT", base, 0, 5, 0);
    add_segment(head, "__DATA_CONST", base, 0x4000, 3, 0x10);
    add_segment(head, "__DATA", base, 0x8000, 3, 0);
    add_segment(head, "__LINKEDIT", base, 0xc000, 1, 0);
}

/* An image that all rules let pass, by any SDK. Its symbols are 1 local, 2 exported, 3 undefined.
 */
static struct head good_head(uint32_t cpu_type, enum image_type type, uint32_t sdk) {
    static const uint32_t dysymtab[20] = {LC_DYSYMTAB, 80, 0, 1, 1, 2, 3, 3};
    bool executable = type == MH_EXECUTE;
    struct head head = head_of(cpu_type, cpu_type == ARM64 ? 0 : 3, type);
    set_word(&head, FLAGS, executable ? 0x200004 : 4);
    if (executable)
        add_page_zero(&head);
    add_segments(&head, executable ? 0x100000000 : 0);
    ADD_WORDS(&head, LC_BUILD_VERSION, 24, PLATFORM_MACOS, VERSION(11, 0), sdk, 0);
    ADD_WORDS(&head, LC_UUID, 24, 1, 2, 3, 4);
    add_string(&head, LC_LOAD_DYLIB, 24, "/usr/lib/libSystem.B.dylib");
    ADD_WORDS(&head, LC_SYMTAB, 24, 0xc000, 6, 0xd000, 8);
    add(&head, dysymtab, sizeof dysymtab);
    if (type == MH_DYLIB)
        add_string(&head, LC_ID_DYLIB, 24, "@rpath/libself.dylib");
    if (executable) {
        add_string(&head, LC_LOAD_DYLINKER, 12, "/usr/lib/dyld");
        ADD_WORDS(&head, LC_MAIN, 24, 0, 0, 0, 0);
    }
    return head;
}

/* Where the first command of that number is; of a segment, the first of that name. */
static size_t command_at(const struct head *head, uint32_t number, const char *segment) {
    for (size_t at = IMAGE_HEADER_SIZE; at < head->size; at += word_at(head, at + 4))
        if (word_at(head, at) == number &&
            (segment == NULL || strcmp((const char *)head->bytes + at + 8, segment) == 0))
            return at;
    fail_msg("no load command 0x%x", number);
    return 0;
}

static void set_in(struct head *head, uint32_t number, size_t offset, uint32_t word) {
    set_word(head, command_at(head, number, NULL) + offset, word);
}

static void set_segment(struct head *head, const char *name, size_t offset, uint32_t word) {
    set_word(head, command_at(head, LC_SEGMENT_64, name) + offset, word);
}

/* A number that nothing knows and nothing needs. */
static void take_out(struct head *head, uint32_t number) {
    set_in(head, number, 0, 0x99);
}

/* The findings of a head that can be read. Release with errors_free. */
static struct errors findings_of(const char *label, const struct head *head) {
    struct bytes bytes = {head->bytes, head->size};
    const char *architecture = word_at(head, 4) == ARM64 ? "arm64" : "x86_64";
    struct image image;
    struct error error;
    struct errors errors = {0};
    if (!image_parse(&arena, bytes, SLICE_SIZE, architecture_named(architecture), &image, &error))
        fail_msg("%s: cannot be read: %s: %s", label, error.field, error.what);
    assert_true(dyld_rules_check(bytes, &image, &errors) ? errors.count == 0 : errors.count != 0);
    return errors;
}

static void expect_good(const char *label, const struct head *head) {
    struct errors errors = findings_of(label, head);
    if (errors.count != 0)
        fail_msg("%s: %s: %s", label, errors.items[0].field, errors.items[0].what);
    errors_free(&errors);
}

static void expect_one(const char *label, const struct head *head, const char *finding) {
    struct errors errors = findings_of(label, head);
    char text[1024] = "";
    if (errors.count != 0)
        snprintf(text, sizeof text, "%s: %s", errors.items[0].field, errors.items[0].what);
    if (errors.count != 1 || strcmp(text, finding) != 0)
        fail_msg("%s: %zu findings, first \"%s\"", label, errors.count, text);
    assert_int_equal(errors.items[0].kind, ERROR_MALFORMED);
    errors_free(&errors);
}

/* --- ways to spoil an image --- */

static void without_uuid(struct head *head) {
    take_out(head, LC_UUID);
}

static void with_dylib_twice(struct head *head) {
    add_string(head, LC_LOAD_WEAK_DYLIB, 24, "/usr/lib/libSystem.B.dylib");
}

static void without_dylib(struct head *head) {
    take_out(head, LC_LOAD_DYLIB);
    add_string(head, LC_LAZY_LOAD_DYLIB, 24, "@rpath/liblazy.dylib");
}

static void with_rpath_twice(struct head *head) {
    add_string(head, LC_RPATH, 12, "@loader_path");
    add_string(head, LC_RPATH, 12, "@loader_path");
}

static void with_data_executable(struct head *head) {
    set_segment(head, "__DATA", PROTECTION, 7);
}

static void without_read_only(struct head *head) {
    set_segment(head, "__DATA_CONST", SEGMENT_FLAGS, 0);
}

static void rename_segment(struct head *head, const char *from, const char *to) {
    memcpy(head->bytes + command_at(head, LC_SEGMENT_64, from) + 8, to, strlen(to) + 1);
}

static void with_text_twice(struct head *head) {
    set_segment(head, "__DATA", PROTECTION, 5);
    rename_segment(head, "__DATA", "__TEXT");
}

static void out_of_file_order(struct head *head) {
    set_segment(head, "__DATA_CONST", FILE_OFFSET, 0x8000);
    set_segment(head, "__DATA", FILE_OFFSET, 0x4000);
}

static void out_of_memory_order(struct head *head) {
    set_segment(head, "__DATA_CONST", ADDRESS, 0x8000);
    set_segment(head, "__DATA", ADDRESS, 0x4000);
}

/* Two external relocations beside empty fixups. */
static void with_relocations(struct head *head, uint32_t fixups) {
    uint32_t words[12] = {fixups, fixups == LC_DYLD_INFO_ONLY ? 48 : 16};
    set_in(head, LC_DYSYMTAB, 64, 0xe000);
    set_in(head, LC_DYSYMTAB, 68, 2);
    add(head, words, words[1]);
}

static void with_relocations_and_opcodes(struct head *head) {
    with_relocations(head, LC_DYLD_INFO_ONLY);
}

static void with_relocations_and_chains(struct head *head) {
    with_relocations(head, LC_DYLD_CHAINED_FIXUPS);
}

static void with_unknown_command(struct head *head) {
    ADD_WORDS(head, 0x80000099, 8);
}

static void with_long_version(struct head *head) {
    ADD_WORDS(head, LC_VERSION_MIN_MACOSX, 24, VERSION(11, 0), VERSION(11, 0), 0, 0);
}

static void with_endless_client(struct head *head) {
    ADD_WORDS(head, 0x14, 16, 12, 0x41414141);
}

static void with_endless_option(struct head *head) {
    ADD_WORDS(head, LC_LINKER_OPTION, 20, 3, 0x00430041, 0x41414141);
}

static void with_two_platforms(struct head *head) {
    ADD_WORDS(head, LC_BUILD_VERSION, 24, 2, 0, VERSION(26, 0), 0);
}

static void with_two_entries(struct head *head) {
    ADD_WORDS(head, LC_UNIXTHREAD, 16, 6, 0);
}

static void with_foreign_thread(struct head *head) {
    take_out(head, LC_MAIN);
    ADD_WORDS(head, LC_UNIXTHREAD, 16, 4, 0);
}

static void without_dyld(struct head *head) {
    set_word(head, FLAGS, 0x200000);
}

static void without_pie(struct head *head) {
    set_word(head, FLAGS, 4);
}

static void off_the_page(struct head *head) {
    set_segment(head, "__DATA", FILE_OFFSET, 0x9000);
    set_segment(head, "__DATA", 48, 0x3000);
}

static void with_late_undefined(struct head *head) {
    set_in(head, LC_DYSYMTAB, 24, 4);
    set_in(head, LC_DYSYMTAB, 28, 2);
}

static void with_symbols_left(struct head *head) {
    set_in(head, LC_DYSYMTAB, 28, 2);
}

/* --- the rules --- */

/* With the SDK `since` an image is refused, with `before` it passes; a rule without SDK has 0s. */
static const struct spoilt {
    enum image_type type;
    uint32_t before, since;
    /* What is changed: a word of a command, or of the header where `number` is 0, ... */
    uint32_t number;
    const char *segment;
    uint32_t offset, word;
    void (*spoil)(struct head *head); /* ... and what takes more than that, or NULL */
    const char *finding;
} rows[] = {
#define SEGMENT(i) "load command " #i " (LC_SEGMENT_64) "
    {MH_DYLIB, VERSION(11, 2), VERSION(12, 0), 0, NULL, 0, 0, without_uuid,
     "load commands: there is no LC_UUID (rule uuid, from SDK 12.0)"},
    {MH_BUNDLE, VERSION(11, 5), VERSION(12, 0), 0, NULL, 0, 0, without_uuid,
     "load commands: there is no LC_UUID (rule uuid, from SDK 12.0)"},
    {MH_EXECUTE, VERSION(15, 5), VERSION(26, 0), 0, NULL, 0, 0, without_uuid,
     "load commands: there is no LC_UUID (rule uuid, from SDK 26.0)"},
    {MH_DYLIB, VERSION(15, 5), VERSION(26, 0), 0, NULL, 0, 0, with_dylib_twice,
     "load command 10 (LC_LOAD_WEAK_DYLIB) name: /usr/lib/libSystem.B.dylib is that of load "
     "command 6 too (rule dylib-once, from SDK 26.0)"},
    {MH_DYLIB, VERSION(15, 3), VERSION(15, 4), 0, NULL, 0, 0, without_dylib,
     "load commands: no dylib is loaded, not even libSystem (rule some-dylib, from SDK 15.4)"},
    {MH_EXECUTE, VERSION(15, 3), VERSION(15, 4), 0, NULL, 0, 0, without_dylib,
     "load commands: no dylib is loaded, not even libSystem (rule some-dylib, from SDK 15.4)"},
    {MH_EXECUTE, VERSION(15, 5), VERSION(26, 0), 0, NULL, 0, 0, with_rpath_twice,
     "load command 13 (LC_RPATH) path: @loader_path is that of load command 12 too (rule "
     "rpath-once, from SDK 26.0)"},
    {MH_DYLIB, VERSION(10, 14), VERSION(10, 15), LC_SEGMENT_64, "__TEXT", PROTECTION, 7, NULL,
     SEGMENT(0) "initprot: __TEXT is rwx, not r-x (rule text-protection, from SDK 10.15)"},
    {MH_EXECUTE, VERSION(10, 14), VERSION(10, 15), LC_SEGMENT_64, "__TEXT", PROTECTION, 7, NULL,
     SEGMENT(1) "initprot: __TEXT is rwx, not r-x (rule text-protection, from SDK 10.15)"},
    {MH_DYLIB, VERSION(10, 10), VERSION(10, 11), LC_SEGMENT_64, "__LINKEDIT", PROTECTION, 3, NULL,
     SEGMENT(3) "initprot: __LINKEDIT is rw-, not r-- (rule linkedit-protection, from SDK 10.11)"},
    {MH_EXECUTE, VERSION(15, 5), VERSION(26, 0), LC_SEGMENT_64, "__LINKEDIT", PROTECTION, 3, NULL,
     SEGMENT(4) "initprot: __LINKEDIT is rw-, not r-- (rule linkedit-protection, from SDK 26.0)"},
    {MH_DYLIB, VERSION(15, 5), VERSION(26, 0), 0, NULL, 0, 0, with_data_executable,
     SEGMENT(2) "initprot: __DATA is rwx, not rw- (rule data-protection, from SDK 26.0)"},
    {MH_DYLIB, VERSION(15, 5), VERSION(26, 0), LC_SEGMENT_64, "__DATA_CONST", PROTECTION, 1, NULL,
     SEGMENT(1) "initprot: __DATA_CONST is r--, not rw- (rule data-protection, from SDK 26.0)"},
    {MH_DYLIB, VERSION(15, 5), VERSION(26, 0), 0, NULL, 0, 0, without_read_only,
     SEGMENT(1) "flags: __DATA_CONST lacks SG_READ_ONLY (rule data-const-flag, from SDK 26.0)"},
    {MH_DYLIB, VERSION(15, 5), VERSION(26, 0), 0, NULL, 0, 0, with_text_twice,
     SEGMENT(2) "segname: __TEXT is that of load command 0 too (rule segment-names, from SDK "
                "26.0)"},
    {MH_DYLIB, VERSION(10, 14), VERSION(10, 15), 0, NULL, 0, 0, out_of_file_order,
     SEGMENT(2) "fileoff: __DATA at 0x4000 lies before __DATA_CONST, whose load command comes "
                "first (rule file-order, from SDK 10.15)"},
    {MH_EXECUTE, VERSION(15, 5), VERSION(26, 0), 0, NULL, 0, 0, out_of_file_order,
     SEGMENT(3) "fileoff: __DATA at 0x4000 lies before __DATA_CONST, whose load command comes "
                "first (rule file-order, from SDK 26.0)"},
    {MH_DYLIB, VERSION(10, 14), VERSION(10, 15), 0, NULL, 0, 0, out_of_memory_order,
     SEGMENT(2) "vmaddr: __DATA at 0x4000 lies before __DATA_CONST, whose load command comes "
                "first (rule memory-order, from SDK 10.15)"},
    {MH_EXECUTE, VERSION(15, 5), VERSION(26, 0), 0, NULL, 0, 0, out_of_memory_order,
     SEGMENT(3) "vmaddr: __DATA at 0x100004000 lies before __DATA_CONST, whose load command comes "
                "first (rule memory-order, from SDK 26.0)"},
    {MH_EXECUTE, VERSION(11, 2), VERSION(12, 0), 0, NULL, FLAGS, 0x80200004, NULL,
     "mach_header flags: an executable has MH_DYLIB_IN_CACHE (rule executable-flags, from SDK "
     "12.0)"},
    {MH_DYLIB, VERSION(10, 13), VERSION(10, 14), 0, NULL, 0, 0, with_relocations_and_opcodes,
     "load command 8 (LC_DYSYMTAB) nextrel: 2 relocations beside LC_DYLD_INFO_ONLY (rule "
     "one-fixup-kind, from SDK 10.14)"},
    {MH_DYLIB, 0, 0, 0, NULL, 0, 0, with_relocations_and_chains,
     "load command 8 (LC_DYSYMTAB) nextrel: 2 relocations beside LC_DYLD_CHAINED_FIXUPS (rule "
     "one-fixup-kind)"},
    {MH_DYLIB, 0, 0, 0, NULL, 0, 0, with_unknown_command,
     "load command 10 (0x80000099) cmd: dyld must know the command and does not (rule "
     "known-command)"},
    {MH_DYLIB, 0, 0, LC_BUILD_VERSION, NULL, 20, 1, NULL,
     "load command 4 (LC_BUILD_VERSION) cmdsize: 24 bytes where dyld wants exactly 32 (rule "
     "command-size)"},
    {MH_DYLIB, 0, 0, 0, NULL, 0, 0, with_long_version,
     "load command 10 (LC_VERSION_MIN_MACOSX) cmdsize: 24 bytes where dyld wants exactly 16 (rule "
     "command-size)"},
    {MH_DYLIB, 0, 0, 0, NULL, 0, 0, with_endless_client,
     "load command 10 (LC_SUB_CLIENT) client: the string does not end inside it (rule command-string)"},
    {MH_DYLIB, 0, 0, 0, NULL, 0, 0, with_endless_option,
     "load command 10 (LC_LINKER_OPTION) count: 3 strings do not fit (rule linker-option)"},
    {MH_DYLIB, 0, 0, LC_BUILD_VERSION, NULL, 8, 99, NULL,
     "load command 4 (LC_BUILD_VERSION) platform: dyld knows no platform 99 (rule one-platform)"},
    {MH_DYLIB, 0, 0, 0, NULL, 0, 0, with_two_platforms,
     "load command 10 (LC_BUILD_VERSION) platform: iOS does not go with macOS before it (rule "
     "one-platform)"},
    {MH_EXECUTE, 0, 0, LC_MAIN, NULL, 0, 0x99, NULL,
     "load commands: there is neither LC_MAIN nor LC_UNIXTHREAD (rule one-entry)"},
    {MH_EXECUTE, 0, 0, 0, NULL, 0, 0, with_two_entries,
     "load command 12 (LC_UNIXTHREAD) cmd: load command 11 is the program's entry already (rule "
     "one-entry)"},
    {MH_EXECUTE, 0, 0, 0, NULL, 0, 0, with_foreign_thread,
     "load command 12 (LC_UNIXTHREAD) flavor: 4 is not that of arm64, 6 (rule one-entry)"},
    {MH_EXECUTE, 0, 0, LC_BUILD_VERSION, NULL, 8, PLATFORM_DRIVERKIT, NULL,
     "load command 11 (LC_MAIN) cmd: a DriverKit program has no entry (rule one-entry)"},
    {MH_EXECUTE, 0, 0, 0, NULL, 0, 0, without_dyld,
     "mach_header flags: no MH_DYLDLINK, which arm64 programs need (rule program-flags)"},
    {MH_EXECUTE, 0, 0, 0, NULL, 0, 0, without_pie,
     "mach_header flags: no MH_PIE, which arm64 programs need (rule program-flags)"},
    {MH_EXECUTE, 0, 0, LC_SEGMENT_64, "__TEXT", PROTECTION, 1, NULL,
     SEGMENT(1) "initprot: __TEXT is r--, but what holds the header is read and executed (rule "
                "header-segment)"},
    {MH_EXECUTE, 0, 0, LC_SEGMENT_64, "__DATA", SEGMENT_FLAGS, 0x10, NULL,
     SEGMENT(3) "flags: __DATA has SG_READ_ONLY as __DATA_CONST has, and there can be only one "
                "(rule one-read-only)"},
    {MH_EXECUTE, 0, 0, 0, NULL, 0, 0, off_the_page,
     SEGMENT(3) "fileoff: __DATA begins at 0x9000, no multiple of the page size, 0x4000 (rule "
                "page-aligned)"},
    {MH_DYLIB, 0, 0, LC_DYSYMTAB, NULL, 8, 1, NULL,
     "load command 8 (LC_DYSYMTAB) ilocalsym: 1, not 0 (rule symbol-order)"},
    {MH_DYLIB, 0, 0, LC_DYSYMTAB, NULL, 12, 0, NULL,
     "load command 8 (LC_DYSYMTAB) iextdefsym: 1, not 0, nlocalsym (rule symbol-order)"},
    {MH_DYLIB, 0, 0, 0, NULL, 0, 0, with_late_undefined,
     "load command 8 (LC_DYSYMTAB) iundefsym: 4, not 3, iextdefsym + nextdefsym (rule "
     "symbol-order)"},
    {MH_DYLIB, 0, 0, 0, NULL, 0, 0, with_symbols_left,
     "load command 8 (LC_DYSYMTAB) nundefsym: the undefined symbols end at 5, LC_SYMTAB has 6 "
     "(rule symbol-count)"},
};
#undef SEGMENT

static void spoil(struct head *head, const struct spoilt *row) {
    size_t at = row->number == 0 ? 0 : command_at(head, row->number, row->segment);
    if (row->spoil != NULL)
        row->spoil(head);
    else
        set_word(head, at + row->offset, row->word);
}

static void what_breaks_a_rule_is_found_from_its_sdk_on(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t since = rows[i].since == 0 ? VERSION(10, 13) : rows[i].since;
        struct head head = good_head(ARM64, rows[i].type, since);
        spoil(&head, &rows[i]);
        expect_one(rows[i].finding, &head, rows[i].finding);
        if (rows[i].since == 0)
            continue;
        set_in(&head, LC_BUILD_VERSION, 16, rows[i].before);
        expect_good(rows[i].finding, &head);
    }
}

static void an_image_that_breaks_no_rule_passes(void **state) {
    (void)state;
    static const enum image_type types[] = {MH_EXECUTE, MH_DYLIB, MH_BUNDLE};
    static const uint32_t sdks[] = {0, VERSION(10, 5), VERSION(10, 15), VERSION(26, 4)};
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 4; j++) {
            struct head arm = good_head(ARM64, types[i], sdks[j]);
            struct head intel = good_head(X86_64, types[i], sdks[j]);
            expect_good(image_type_name(types[i]), &arm);
            expect_good(image_type_name(types[i]), &intel);
        }
}

/* --- what dyld lets pass --- */

static void for_the_cache(struct head *head) {
    without_read_only(head);
    ADD_WORDS(head, LC_SEGMENT_SPLIT_INFO, 16, 0xe000, 8);
}

static void below_system(struct head *head) {
    take_out(head, LC_LOAD_DYLIB);
    take_out(head, LC_ID_DYLIB);
    add_string(head, LC_ID_DYLIB, 24, "/usr/lib/system/libsystem_c.dylib");
}

/* libSystem is the first of them, and comes again as the 257th. */
static void with_late_repeated_dylib(struct head *head) {
    char name[] = "000";
    for (int i = 1; i < 256; i++) {
        snprintf(name, sizeof name, "%d", i);
        add_string(head, LC_LOAD_DYLIB, 24, name);
    }
    with_dylib_twice(head);
}

static void with_late_repeated_rpath(struct head *head) {
    char path[] = "00";
    for (int i = 0; i < 64; i++) {
        snprintf(path, sizeof path, "%d", i);
        add_string(head, LC_RPATH, 12, path);
    }
    add_string(head, LC_RPATH, 12, "0");
}

static void with_lazy_twice(struct head *head) {
    add_string(head, LC_LAZY_LOAD_DYLIB, 24, "/usr/lib/libSystem.B.dylib");
}

static void last_segment_first(struct head *head) {
    set_segment(head, "__TEXT", ADDRESS, 0xc000);
    set_segment(head, "__DATA_CONST", ADDRESS, 0x10000);
    set_segment(head, "__DATA", ADDRESS, 0x14000);
    set_segment(head, "__LINKEDIT", ADDRESS, 0);
}

/* A Go program's __DWARF: in the file and nowhere in memory. */
static void with_data_in_the_file_only(struct head *head) {
    set_segment(head, "__DATA", 32, 0);
    set_segment(head, "__DATA", PROTECTION, 0);
}

static void zippered(struct head *head) {
    ADD_WORDS(head, LC_BUILD_VERSION, 24, PLATFORM_MAC_CATALYST, 0, VERSION(14, 0), 0);
}

static void with_macos_twice(struct head *head) {
    ADD_WORDS(head, LC_VERSION_MIN_MACOSX, 16, VERSION(11, 0), VERSION(26, 0));
}

/* Taken for one of SDK 11.0, at which it need not have a UUID. */
static void without_platform(struct head *head) {
    take_out(head, LC_BUILD_VERSION);
    without_uuid(head);
}

static void with_thread(struct head *head) {
    take_out(head, LC_MAIN);
    ADD_WORDS(head, LC_UNIXTHREAD, 16, 4, 0);
}

static void on_a_small_page(struct head *head) {
    off_the_page(head);
    without_pie(head);
}

static void static_out_of_order(struct head *head) {
    without_pie(head);
    out_of_memory_order(head);
}

static void without_linker(struct head *head) {
    take_out(head, LC_LOAD_DYLINKER);
    without_read_only(head);
}

static void with_known_commands(struct head *head) {
    ADD_WORDS(head, 0x99, 8);
    ADD_WORDS(head, 0x80000035, 40, 0, 0, 0, 0, 32, 0, 0, 0);
    ADD_WORDS(head, 0x14, 16, 12, 0x00414141);
    ADD_WORDS(head, LC_LINKER_OPTION, 20, 2, 0x00430041, 0);
}

static const struct {
    const char *label;
    uint32_t cpu_type;
    enum image_type type;
    void (*spoil)(struct head *head);
} allowed[] = {
    {"no SG_READ_ONLY for the shared cache", ARM64, MH_DYLIB, for_the_cache},
    {"no SG_READ_ONLY without a dyld", ARM64, MH_EXECUTE, without_linker},
    {"a part of libSystem loads nothing", ARM64, MH_DYLIB, below_system},
    {"the 257th dylib again", ARM64, MH_DYLIB, with_late_repeated_dylib},
    {"the 65th rpath again", ARM64, MH_DYLIB, with_late_repeated_rpath},
    {"a lazy dylib again", ARM64, MH_DYLIB, with_lazy_twice},
    {"the last segment first", ARM64, MH_DYLIB, last_segment_first},
    {"a segment in the file only", ARM64, MH_DYLIB, with_data_in_the_file_only},
    {"macOS and Mac Catalyst", ARM64, MH_DYLIB, zippered},
    {"macOS twice", ARM64, MH_DYLIB, with_macos_twice},
    {"no platform", ARM64, MH_DYLIB, without_platform},
    {"an Intel thread", X86_64, MH_EXECUTE, with_thread},
    {"pages of Intel", X86_64, MH_EXECUTE, on_a_small_page},
    {"an Intel program that stays in place", X86_64, MH_EXECUTE, static_out_of_order},
    {"an Intel program without dyld", X86_64, MH_EXECUTE, without_dyld},
    {"a dylib off the page", ARM64, MH_DYLIB, off_the_page},
    {"commands that dyld knows or need not know", ARM64, MH_DYLIB, with_known_commands},
};

static void what_dyld_lets_pass_is_no_finding(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++) {
        struct head head = good_head(allowed[i].cpu_type, allowed[i].type, VERSION(26, 0));
        allowed[i].spoil(&head);
        expect_good(allowed[i].label, &head);
    }
}

static void an_intel_dylib_does_not_stay_in_place(void **state) {
    (void)state;
    struct head head = good_head(X86_64, MH_DYLIB, VERSION(26, 0));
    add_string(&head, LC_LOAD_DYLINKER, 12, "/usr/lib/dyld");
    out_of_memory_order(&head);
    expect_one(
        "an Intel dylib", &head,
        "load command 2 (LC_SEGMENT_64) vmaddr: __DATA at 0x4000 lies before __DATA_CONST, whose load command "
        "comes first (rule memory-order, from SDK 10.15)");
}

static void all_that_is_wrong_is_found(void **state) {
    (void)state;
    struct head head = good_head(ARM64, MH_EXECUTE, VERSION(26, 0));
    without_uuid(&head);
    with_rpath_twice(&head);
    with_data_executable(&head);
    with_symbols_left(&head);
    struct errors errors = findings_of("all", &head);
    assert_int_equal(errors.count, 4);
    errors_free(&errors);
}

static void a_rule_does_not_find_without_end(void **state) {
    (void)state;
    struct head head = good_head(ARM64, MH_DYLIB, VERSION(26, 0));
    for (int i = 0; i < DYLD_RULES_MOST_FINDINGS + 9; i++)
        with_unknown_command(&head);
    without_uuid(&head);
    struct errors errors = findings_of("many", &head);
    assert_int_equal(errors.count, DYLD_RULES_MOST_FINDINGS + 1);
    errors_free(&errors);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_breaks_a_rule_is_found_from_its_sdk_on),
        cmocka_unit_test(an_image_that_breaks_no_rule_passes),
        cmocka_unit_test(what_dyld_lets_pass_is_no_finding),
        cmocka_unit_test(an_intel_dylib_does_not_stay_in_place),
        cmocka_unit_test(all_that_is_wrong_is_found),
        cmocka_unit_test(a_rule_does_not_find_without_end),
    };
    return cmocka_run_group_tests_name("dyld_rules", tests, NULL, release);
}
