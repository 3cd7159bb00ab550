#include "verify/dyld_rules.h"

#include "macho/build_version.h"
#include "macho/format.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A command that is read for its rules only. */
#define LC_FILESET_ENTRY (0x35 | LC_REQ_DYLD)

/* What a rule applies to. dyld manages (UnsafeHeader.cpp, isDyldManaged) all but a static
 * executable, one without MH_DYLDLINK. */
enum {
    STATIC = 1,
    LINKED = 2,
    DYLIB = 4,
    BUNDLE = 8,
    EXECUTABLE = STATIC | LINKED,
    LIBRARY = DYLIB | BUNDLE,
    MANAGED = LINKED | LIBRARY,
    ALL = STATIC | MANAGED
};

struct rule_check;

struct dyld_rule {
    const char *name;
    unsigned applies_to;
    uint32_t since; /* the SDK of macOS from which it holds; 0: always */
    void (*judge)(struct rule_check *check);
    /* What some judges go by. */
    const char *segment;
    uint32_t protection;
    uint32_t command;
};

/* An image before the rules. */
struct rule_check {
    const struct image *image;
    uint32_t flags;
    unsigned type;                 /* the one bit of applies_to */
    struct load_command *commands; /* all, in order; owned */
    size_t command_count;
    struct build_version build;
    const struct dyld_rule *rule; /* the one that is judged by */
    size_t found;                 /* by that rule */
    struct errors *errors;
};

/* "WHAT (rule NAME, from SDK 26.0)". `command` is NULL for what is about no single one; `field` is
 * then all of the error's field. */
__attribute__((format(printf, 4, 5))) static void find(struct rule_check *check,
                                                       const struct load_command *command,
                                                       const char *field, const char *format, ...) {
    const struct dyld_rule *rule = check->rule;
    struct error error;
    char what[480], since[32] = "";
    va_list arguments;
    if (check->found == DYLD_RULES_MOST_FINDINGS)
        return;
    check->found++;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    if (rule->since != 0)
        snprintf(since, sizeof since, ", from SDK %" PRIu32 ".%" PRIu32, rule->since >> 16,
                 rule->since >> 8 & 0xff);
    if (command != NULL)
        load_command_error(&error, command, field, "%s (rule %s%s)", what, rule->name, since);
    else
        error_malformed(&error, field, "%s (rule %s%s)", what, rule->name, since);
    errors_add(check->errors, &error);
}

static const struct load_command *first_command(const struct rule_check *check, uint32_t number) {
    for (size_t i = 0; i < check->command_count; i++)
        if (check->commands[i].number == number)
            return &check->commands[i];
    return NULL;
}

static const struct load_command *command_of(const struct rule_check *check,
                                             const struct segment *segment) {
    return &check->commands[segment->command];
}

static uint32_t flags_of(const struct rule_check *check, const struct segment *segment) {
    return bytes_u32(command_of(check, segment)->bytes, 68);
}

static bool on_arm64(const struct rule_check *check) {
    return strcmp(check->image->architecture->family, "arm64") == 0;
}

/* Whether a string begins at `offset` of the command and ends inside it. */
static bool string_inside(const struct load_command *command, uint64_t offset) {
    return offset < command->bytes.size &&
           memchr(command->bytes.data + offset, '\0', command->bytes.size - offset) != NULL;
}

/* --- load commands --- */

static void judge_known(struct rule_check *check) {
    for (size_t i = 0; i < check->command_count; i++) {
        const struct load_command *command = &check->commands[i];
        bool known = load_command_known(command->number) || command->number == LC_FILESET_ENTRY;
        if ((command->number & LC_REQ_DYLD) != 0 && !known)
            find(check, command, "cmd", "dyld must know the command and does not");
    }
}

/* The exact size of a command whose size load_command_next does not hold to be exact; 0: any. */
static uint64_t exact_size(const struct load_command *command) {
    static const struct {
        uint32_t number;
        uint32_t size;
    } sizes[] = {{LC_VERSION_MIN_MACOSX, 16}, {LC_VERSION_MIN_IPHONEOS, 16},
                 {LC_VERSION_MIN_TVOS, 16},   {LC_VERSION_MIN_WATCHOS, 16},
                 {LC_ENCRYPTION_INFO, 20},    {LC_ENCRYPTION_INFO_64, 24}};
    if (command->number == LC_BUILD_VERSION)
        return 24 + UINT64_C(8) * bytes_u32(command->bytes, 20);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        if (sizes[i].number == command->number)
            return sizes[i].size;
    return 0;
}

static void judge_sizes(struct rule_check *check) {
    for (size_t i = 0; i < check->command_count; i++) {
        const struct load_command *command = &check->commands[i];
        uint64_t size = exact_size(command);
        if (size != 0 && size != command->bytes.size)
            find(check, command, "cmdsize", "%zu bytes where dyld wants exactly %" PRIu64,
                 command->bytes.size, size);
    }
}

static void judge_strings(struct rule_check *check) {
    static const struct {
        uint32_t number;
        const char *field;
    } rows[] = {{LC_SUB_UMBRELLA, "sub_umbrella"},
                {LC_SUB_CLIENT, "client"},
                {LC_SUB_LIBRARY, "sub_library"}};
    enum { ROWS = sizeof rows / sizeof rows[0] };
    for (size_t i = 0; i < ROWS * check->command_count; i++) {
        const struct load_command *command = &check->commands[i / ROWS];
        if (command->number == rows[i % ROWS].number &&
            (command->bytes.size < 12 || !string_inside(command, bytes_u32(command->bytes, 8))))
            find(check, command, rows[i % ROWS].field, "the string does not end inside it");
    }
}

static void judge_linker_options(struct rule_check *check) {
    for (size_t i = 0; i < check->command_count; i++) {
        const struct load_command *command = &check->commands[i];
        size_t at = 12;
        if (command->number != LC_LINKER_OPTION)
            continue;
        for (uint32_t left = bytes_u32(command->bytes, 8); left > 0; left--) {
            if (!string_inside(command, at)) {
                find(check, command, "count", "%" PRIu32 " strings do not fit",
                     bytes_u32(command->bytes, 8));
                break;
            }
            at += strlen((const char *)command->bytes.data + at) + 1;
        }
    }
}

static void judge_uuid(struct rule_check *check) {
    if (!check->image->has_uuid)
        find(check, NULL, "load commands", "there is no LC_UUID");
}

static void add_platform(struct rule_check *check, const struct load_command *command,
                         const struct build_version *version) {
    const char *name = platform_name(version->platform);
    if (name == NULL)
        find(check, command, "platform", "dyld knows no platform %" PRIu32, version->platform);
    else if (!build_version_add(&check->build, version))
        find(check, command, "platform", "%s does not go with %s before it", name,
             platform_name(check->build.platform));
}

/* The first of all rules, since the platform is what the others' SDKs are told by. An image without
 * any is taken for an old one, not refused (UnsafeHeader.cpp, forEachPlatformLoadCommand). */
static void judge_platform(struct rule_check *check) {
    uint32_t cpu_type = check->image->architecture->cpu_type;
    struct build_version version;
    bool told = false;
    for (size_t i = 0; i < check->command_count; i++)
        if (build_version_read(&check->commands[i], cpu_type, &version)) {
            add_platform(check, &check->commands[i], &version);
            told = true;
        }
    if (!told)
        check->build = build_version_implied(cpu_type);
}

/* --- dylibs and rpaths --- */

/* dyld compares none but the first so many. */
enum { DYLIBS_COMPARED = 256, RPATHS_COMPARED = 64 };

struct path {
    const struct load_command *command;
    const char *text;
};

static void find_repeated(struct rule_check *check, const char *field, const struct path *paths,
                          size_t count) {
    for (size_t i = 1; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(paths[i].text, paths[j].text) == 0) {
                find(check, paths[i].command, field, "%.300s is that of load command %zu too",
                     paths[i].text, paths[j].command->index);
                break;
            }
}

static void judge_repeated_dylibs(struct rule_check *check) {
    const struct dylib_uses *dylibs = &check->image->dylibs;
    struct path paths[DYLIBS_COMPARED];
    size_t count = 0;
    for (size_t i = 0; i < dylibs->count && count < DYLIBS_COMPARED; i++)
        if (dylibs->items[i].command_number != LC_LAZY_LOAD_DYLIB)
            paths[count++] =
                (struct path){&check->commands[dylibs->items[i].command], dylibs->items[i].name};
    find_repeated(check, "name", paths, count);
}

static void judge_repeated_rpaths(struct rule_check *check) {
    struct path paths[RPATHS_COMPARED];
    size_t count = 0;
    for (size_t i = 0; i < check->command_count && count < RPATHS_COMPARED; i++)
        if (check->commands[i].number == LC_RPATH) {
            paths[count].text = check->image->rpaths.items[count];
            paths[count++].command = &check->commands[i];
        }
    find_repeated(check, "path", paths, count);
}

static void judge_some_dylib(struct rule_check *check) {
    static const char below[] = "/usr/lib/system/"; /* what libSystem itself is made of */
    const char *name = check->image->install_name;
    const struct dylib_uses *dylibs = &check->image->dylibs;
    if (name != NULL && strncmp(name, below, sizeof below - 1) == 0)
        return;
    for (size_t i = 0; i < dylibs->count; i++)
        if (dylibs->items[i].command_number != LC_LAZY_LOAD_DYLIB)
            return;
    find(check, NULL, "load commands", "no dylib is loaded, not even libSystem");
}

/* --- segments --- */

/* dyld looks no further at a segment that is in the file only (UnsafeHeader.cpp, validSegment). */
static bool is_mapped(const struct segment *segment) {
    return segment->file_size <= segment->vm_size;
}

static const char *protection_text(uint32_t protection, char text[4]) {
    text[0] = (protection & VM_PROT_READ) != 0 ? 'r' : '-';
    text[1] = (protection & VM_PROT_WRITE) != 0 ? 'w' : '-';
    text[2] = (protection & VM_PROT_EXECUTE) != 0 ? 'x' : '-';
    text[3] = '\0';
    return text;
}

/* Segments of the rule's name have exactly the rule's protection. */
static void judge_protection(struct rule_check *check) {
    const struct dyld_rule *rule = check->rule;
    char is[4], wanted[4];
    for (size_t i = 0; i < check->image->segments.count; i++) {
        const struct segment *segment = &check->image->segments.items[i];
        if (strcmp(segment->name, rule->segment) == 0 && is_mapped(segment) &&
            segment->protection != rule->protection)
            find(check, command_of(check, segment), "initprot", "%s is %s, not %s", segment->name,
                 protection_text(segment->protection, is),
                 protection_text(rule->protection, wanted));
    }
}

/* What dyld cannot or need not make read-only after the fixups. */
static bool needs_no_read_only(const struct rule_check *check) {
    const struct load_command *split = first_command(check, LC_SEGMENT_SPLIT_INFO);
    bool for_cache = split != NULL && bytes_u32(split->bytes, 12) != 0;
    return (check->flags & MH_DYLIB_IN_CACHE) != 0 || (check->type == DYLIB && for_cache) ||
           ((check->type & EXECUTABLE) != 0 && first_command(check, LC_LOAD_DYLINKER) == NULL);
}

static void judge_read_only(struct rule_check *check) {
    if (needs_no_read_only(check))
        return;
    for (size_t i = 0; i < check->image->segments.count; i++) {
        const struct segment *segment = &check->image->segments.items[i];
        if (strcmp(segment->name, "__DATA_CONST") == 0 && is_mapped(segment) &&
            (flags_of(check, segment) & SG_READ_ONLY) == 0)
            find(check, command_of(check, segment), "flags", "__DATA_CONST lacks SG_READ_ONLY");
    }
}

static int by_name(const void *left, const void *right) {
    const struct segment *a = *(const struct segment *const *)left;
    const struct segment *b = *(const struct segment *const *)right;
    int order = strcmp(a->name, b->name);
    return order != 0 ? order : (a > b) - (a < b);
}

static void judge_names(struct rule_check *check) {
    const struct segments *segments = &check->image->segments;
    const struct segment **sorted = calloc(segments->count + 1, sizeof *sorted);
    if (sorted == NULL)
        out_of_memory();
    for (size_t i = 0; i < segments->count; i++)
        sorted[i] = &segments->items[i];
    qsort(sorted, segments->count, sizeof *sorted, by_name);
    for (size_t i = 1; i < segments->count; i++)
        if (strcmp(sorted[i]->name, sorted[i - 1]->name) == 0)
            find(check, command_of(check, sorted[i]), "segname",
                 "%s is that of load command %zu too", sorted[i]->name, sorted[i - 1]->command);
    free(sorted);
}

/* dyld's loop ends one too early, so that the last segment may lie anywhere (UnsafeHeader.cpp,
 * validSemanticsSegments). */
static size_t ordered_segments(const struct rule_check *check) {
    size_t count = check->image->segments.count;
    return (check->flags & MH_DYLIB_IN_CACHE) != 0 || count == 0 ? 0 : count - 1;
}

/* Segment i of the commands lies before the one ahead of it. */
static void find_before(struct rule_check *check, size_t i, const char *field, uint64_t place) {
    const struct segment *segment = &check->image->segments.items[i];
    find(check, command_of(check, segment), field,
         "%s at 0x%" PRIx64 " lies before %s, whose load command comes first", segment->name, place,
         segment[-1].name);
}

static void judge_file_order(struct rule_check *check) {
    const struct segment *segments = check->image->segments.items;
    for (size_t i = 1; i < ordered_segments(check); i++)
        if (segments[i].file_offset < segments[i - 1].file_offset && segments[i].file_size != 0)
            find_before(check, i, "fileoff", segments[i].file_offset);
}

static void judge_memory_order(struct rule_check *check) {
    const struct segment *segments = check->image->segments.items;
    bool free_order = !on_arm64(check) && (check->flags & MH_PIE) == 0 &&
                      (check->type & EXECUTABLE) != 0 &&
                      first_command(check, LC_LOAD_DYLINKER) != NULL;
    for (size_t i = 1; i < ordered_segments(check) && !free_order; i++)
        if (segments[i].address < segments[i - 1].address)
            find_before(check, i, "vmaddr", segments[i].address);
}

/* --- executables --- */

static void judge_in_cache(struct rule_check *check) {
    if ((check->flags & MH_DYLIB_IN_CACHE) != 0)
        find(check, NULL, "mach_header flags", "an executable has MH_DYLIB_IN_CACHE");
}

/* The first register state of an LC_UNIXTHREAD is that of the architecture (UnsafeHeader.cpp,
 * entryAddrFromThreadCmd). */
static void judge_thread(struct rule_check *check, const struct load_command *command) {
    uint32_t wanted = on_arm64(check) ? 6 : 4;
    uint32_t flavor = command->bytes.size < 16 ? 0 : bytes_u32(command->bytes, 8);
    if (flavor != wanted)
        find(check, command, "flavor", "%" PRIu32 " is not that of %s, %" PRIu32, flavor,
             check->image->architecture->family, wanted);
}

static void judge_entry(struct rule_check *check) {
    bool driver = check->build.platform == PLATFORM_DRIVERKIT;
    const struct load_command *entry = NULL;
    for (size_t i = 0; i < check->command_count; i++) {
        const struct load_command *command = &check->commands[i];
        if (command->number != LC_MAIN && command->number != LC_UNIXTHREAD)
            continue;
        if (command->number == LC_UNIXTHREAD)
            judge_thread(check, command);
        if (driver)
            find(check, command, "cmd", "a DriverKit program has no entry");
        else if (entry != NULL)
            find(check, command, "cmd", "load command %zu is the program's entry already",
                 entry->index);
        else
            entry = command;
    }
    if (entry == NULL && !driver)
        find(check, NULL, "load commands", "there is neither LC_MAIN nor LC_UNIXTHREAD");
}

static void judge_program_flags(struct rule_check *check) {
    const char *lacks = check->type == STATIC ? "MH_DYLDLINK" : "MH_PIE";
    if (on_arm64(check) && (check->type == STATIC || (check->flags & MH_PIE) == 0))
        find(check, NULL, "mach_header flags", "no %s, which arm64 programs need", lacks);
}

static void judge_one_read_only(struct rule_check *check) {
    const struct segment *first = NULL;
    for (size_t i = 0; i < check->image->segments.count; i++) {
        const struct segment *segment = &check->image->segments.items[i];
        if (segment->vm_size == 0 || (flags_of(check, segment) & SG_READ_ONLY) == 0)
            continue;
        if (first != NULL)
            find(check, command_of(check, segment), "flags",
                 "%s has SG_READ_ONLY as %s has, and there can be only one", segment->name,
                 first->name);
        else
            first = segment;
    }
}

static void judge_pages(struct rule_check *check) {
    uint32_t page = check->image->architecture->page_size;
    for (size_t i = 0; i < check->image->segments.count; i++) {
        const struct segment *segment = &check->image->segments.items[i];
        if (segment->file_offset % page != 0)
            find(check, command_of(check, segment), "fileoff",
                 "%s begins at 0x%" PRIx64 ", no multiple of the page size, 0x%" PRIx32,
                 segment->name, segment->file_offset, page);
    }
}

/* That there is but one such segment image_parse has seen to: two would overlap in the file. */
static void judge_header_segment(struct rule_check *check) {
    const struct segment *text = segments_find(&check->image->segments, "__TEXT");
    char is[4];
    if ((text->protection & (VM_PROT_READ | VM_PROT_EXECUTE)) != (VM_PROT_READ | VM_PROT_EXECUTE))
        find(check, command_of(check, text), "initprot",
             "%s is %s, but what holds the header is read and executed", text->name,
             protection_text(text->protection, is));
}

/* --- what is read of __LINKEDIT --- */

/* Each of these fields of LC_DYSYMTAB is the sum of others. */
static void judge_symbol_order(struct rule_check *check) {
    static const struct {
        uint32_t at, summands[2]; /* bytes in the command; 0: none */
        const char *field, *sum;
    } rows[] = {{8, {0, 0}, "ilocalsym", ""},
                {16, {12, 0}, "iextdefsym", ", nlocalsym"},
                {24, {16, 20}, "iundefsym", ", iextdefsym + nextdefsym"}};
    const struct load_command *command = first_command(check, LC_DYSYMTAB);
    for (size_t i = 0; command != NULL && i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t is = bytes_u32(command->bytes, rows[i].at), wanted = 0;
        for (size_t j = 0; j < 2 && rows[i].summands[j] != 0; j++)
            wanted += bytes_u32(command->bytes, rows[i].summands[j]);
        if (is != wanted)
            find(check, command, rows[i].field, "%" PRIu32 ", not %" PRIu32 "%s", is, wanted,
                 rows[i].sum);
    }
}

static void judge_symbol_count(struct rule_check *check) {
    const struct load_command *command = first_command(check, LC_DYSYMTAB);
    if (command == NULL)
        return;
    uint32_t end = bytes_u32(command->bytes, 24) + bytes_u32(command->bytes, 28);
    if (end != check->image->symtab.symbol_count)
        find(check, command, "nundefsym",
             "the undefined symbols end at %" PRIu32 ", LC_SYMTAB has %" PRIu64, end,
             check->image->symtab.symbol_count);
}

/* No relocations beside the fixups of the rule's command. */
static void judge_relocations(struct rule_check *check) {
    static const struct {
        uint32_t at;
        const char *field;
    } counts[] = {{68, "nextrel"}, {76, "nlocrel"}};
    const struct load_command *command = first_command(check, LC_DYSYMTAB);
    if (command == NULL || first_command(check, check->rule->command) == NULL)
        return;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        uint32_t count = bytes_u32(command->bytes, counts[i].at);
        char name[16];
        if (count != 0)
            find(check, command, counts[i].field, "%" PRIu32 " relocations beside %s", count,
                 load_command_name(check->rule->command, name));
    }
}

/* --- the rules --- */

/* The seasons are dyld's names for releases (mach_o/Platform.h): spring2025 is macOS 15.4, and the
 * others as the column has them; which rule holds from which is in mach_o/Policy.cpp. Rules without
 * a source of their own here are functions of mach_o/UnsafeHeader.cpp.
 *
 * Not here, since image_parse holds every image to them: one LC_UUID at most, LC_ID_DYLIB once in
 * dylibs and in nothing else, contents and sections inside their segments (dyld: from SDK 11.0, but
 * what lies outside is of no use before it either), segments apart from each other, __TEXT with the
 * header, LC_DYSYMTAB only with LC_SYMTAB, one kind of fixups. */
static const struct dyld_rule rules[] = {
    /* validSemanticsPlatform */
    {"one-platform", ALL, 0, judge_platform, NULL, 0, 0},
    /* validStructureLoadCommands */
    {"known-command", ALL, 0, judge_known, NULL, 0, 0},
    {"command-size", ALL, 0, judge_sizes, NULL, 0, 0},
    {"command-string", ALL, 0, judge_strings, NULL, 0, 0},
    /* validSemanticsLinkerOptions */
    {"linker-option", ALL, 0, judge_linker_options, NULL, 0, 0},
    /* validSemanticsUUID; Policy::enforceHasUUID, fall2021 and fall2025 */
    {"uuid", LIBRARY, VERSION(12, 0), judge_uuid, NULL, 0, 0},
    {"uuid", EXECUTABLE, VERSION(26, 0), judge_uuid, NULL, 0, 0},
    /* validSemanticsLinkedDylibs; Policy::enforceNoDuplicateDylibs, fall2025 */
    {"dylib-once", ALL, VERSION(26, 0), judge_repeated_dylibs, NULL, 0, 0},
    /* validSemanticsLinkedDylibs; Policy::enforceHasLinkedDylibs, spring2025 */
    {"some-dylib", MANAGED, VERSION(15, 4), judge_some_dylib, NULL, 0, 0},
    /* validSemanticsRPath; Policy::enforceNoDuplicateRPaths, fall2025 */
    {"rpath-once", ALL, VERSION(26, 0), judge_repeated_rpaths, NULL, 0, 0},
    /* validSegment; Policy::enforceTextSegmentPermissions, fall2019 */
    {"text-protection", MANAGED, VERSION(10, 15), judge_protection, "__TEXT",
     VM_PROT_READ | VM_PROT_EXECUTE, 0},
    /* validSegment; Policy::enforceReadOnlyLinkedit, fall2015 and fall2025 */
    {"linkedit-protection", LIBRARY, VERSION(10, 11), judge_protection, "__LINKEDIT", VM_PROT_READ,
     0},
    {"linkedit-protection", EXECUTABLE, VERSION(26, 0), judge_protection, "__LINKEDIT",
     VM_PROT_READ, 0},
    /* validSegment; Policy::enforceDataSegmentPermissions, fall2025 */
    {"data-protection", ALL, VERSION(26, 0), judge_protection, "__DATA",
     VM_PROT_READ | VM_PROT_WRITE, 0},
    {"data-protection", ALL, VERSION(26, 0), judge_protection, "__DATA_CONST",
     VM_PROT_READ | VM_PROT_WRITE, 0},
    /* validSegment; Policy::enforceDataConstSegmentPermissions says spring2025, but is asked only
     * where enforceDataSegmentPermissions holds, fall2025 */
    {"data-const-flag", ALL, VERSION(26, 0), judge_read_only, NULL, 0, 0},
    /* validSemanticsSegments; Policy::enforceUniqueSegmentNames, fall2025 */
    {"segment-names", MANAGED, VERSION(26, 0), judge_names, NULL, 0, 0},
    /* validSemanticsSegments; Policy::enforceSegmentOrderMatchesLoadCmds, fall2019 and fall2025 */
    {"file-order", LIBRARY, VERSION(10, 15), judge_file_order, NULL, 0, 0},
    {"file-order", EXECUTABLE, VERSION(26, 0), judge_file_order, NULL, 0, 0},
    {"memory-order", LIBRARY, VERSION(10, 15), judge_memory_order, NULL, 0, 0},
    {"memory-order", EXECUTABLE, VERSION(26, 0), judge_memory_order, NULL, 0, 0},
    /* validSemanticsMain; Policy::enforceMainFlagsCorrect, fall2021 */
    {"executable-flags", EXECUTABLE, VERSION(12, 0), judge_in_cache, NULL, 0, 0},
    {"one-entry", EXECUTABLE, 0, judge_entry, NULL, 0, 0},
    /* xnu, bsd/kern/mach_loader.c: parse_machfile, then load_segment */
    {"program-flags", EXECUTABLE, 0, judge_program_flags, NULL, 0, 0},
    {"header-segment", EXECUTABLE, 0, judge_header_segment, NULL, 0, 0},
    {"one-read-only", EXECUTABLE, 0, judge_one_read_only, NULL, 0, 0},
    {"page-aligned", EXECUTABLE, 0, judge_pages, NULL, 0, 0},
    /* mach_o/Image.cpp, validStructureLinkedit; Policy::enforceOneFixupEncoding, fall2018 */
    {"symbol-order", ALL, 0, judge_symbol_order, NULL, 0, 0},
    {"symbol-count", ALL, 0, judge_symbol_count, NULL, 0, 0},
    {"one-fixup-kind", ALL, 0, judge_relocations, NULL, 0, LC_DYLD_CHAINED_FIXUPS},
    {"one-fixup-kind", ALL, VERSION(10, 14), judge_relocations, NULL, 0, LC_DYLD_INFO_ONLY},
};

static bool applies(const struct dyld_rule *rule, const struct rule_check *check) {
    if ((rule->applies_to & check->type) == 0)
        return false;
    return rule->since == 0 || platform_release(check->build.platform, check->build.sdk) >=
                                   platform_release(PLATFORM_MACOS, rule->since);
}

static unsigned type_of(enum image_type type, uint32_t flags) {
    if (type == MH_EXECUTE)
        return (flags & MH_DYLDLINK) != 0 ? LINKED : STATIC;
    return type == MH_DYLIB ? DYLIB : BUNDLE;
}

/* image_parse has walked them all, so that no walk fails. */
static void read_commands(struct rule_check *check, struct bytes head) {
    struct load_command_walk walk = image_commands(head);
    struct load_command command;
    struct error error;
    check->commands = calloc((size_t)walk.count + 1, sizeof *check->commands);
    if (check->commands == NULL)
        out_of_memory();
    while (load_command_next(&walk, &command, &error))
        check->commands[check->command_count++] = command;
}

bool dyld_rules_check(struct bytes head, const struct image *image, struct errors *errors) {
    struct rule_check check = {.image = image, .flags = bytes_u32(head, 24), .errors = errors};
    size_t before = errors->count;
    read_commands(&check, head);
    check.type = type_of(image->type, check.flags);
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        check.rule = &rules[i];
        check.found = 0;
        if (applies(check.rule, &check))
            check.rule->judge(&check);
    }
    free(check.commands);
    return errors->count == before;
}
