/* make_macho: writes Mach-O files with real load commands and symbol tables, and holes for content.
 */
#include "architecture.h"
#include "component.h"
#include "image.h"
#include "names.h"
#include "shape.h"
#include "universal.h"

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/options.h"
#include "base/path.h"
#include "base/size.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
    NOT_GIVEN = 1000001, /* more than any count can be */
    DEFAULT_SYMBOLS = 76,
    USUAL_DYLIBS_TEXT = 377, /* 1.755 GiB of 4.65 */
    MOST_DYLIBS_TEXT = 900,
    DEFAULT_NAME_LENGTH = 100,
    MOST_NAME_LENGTH = NAME_CAPACITY / 2, /* some are half as long again */
    BYTES_PER_SYMBOL = 16, /* of __TEXT, so that every function has a place of its own */
    ASSUMED_EXPORTS = 8,   /* what an image of that many symbols has */
};

#define ROWS(rows) (rows), sizeof(rows) / sizeof(rows)[0]

struct verb {
    const char *name;
    const char *usage;
    const struct option_row *rows;
    size_t row_count;
    bool (*run)(struct arena *arena, const struct command_line *line, struct error *error);
};

static bool refuse_operands(const struct string_list *operands, struct error *error) {
    if (operands->count == 0)
        return true;
    return error_usage(error, "unexpected argument '%s'", operands->items[0]);
}

static uint64_t size_or(const struct size_option *option, uint64_t otherwise) {
    return option->given ? option->bytes : otherwise;
}

static const struct option_choices architectures = {.choice = architecture_name, .usual = "arm64"};
static const struct option_choices shapes = {.choice = shape_name_at, .usual = "real"};

/* --- component --- */

struct component_options {
    const char *out;
    const char *arch;
    struct size_option executable_text;
    struct size_option executable_linkedit;
    struct size_option dylibs_total;
    unsigned dylibs;
    unsigned density;
    unsigned executable_density;
    unsigned seed;
    unsigned programs;
    unsigned dylibs_text;
    const char *shape;
    bool merge_strings;
    bool hashes;
};

#define MEMBER(name) offsetof(struct component_options, name)
static const struct option_row component_rows[] = {
    {"out", 'o', OPTION_TEXT, MEMBER(out), "DIR", "where all files go", NULL},
    {"arch", 0, OPTION_CHOICE, MEMBER(arch), "ARCH", OPTION_CHOICES, &architectures},
    {"executable-text", 0, OPTION_SIZE, MEMBER(executable_text), "SIZE", "its __TEXT (517MiB)",
     NULL},
    {"executable-linkedit", 0, OPTION_SIZE, MEMBER(executable_linkedit), "SIZE",
     "its __LINKEDIT (1.04GiB)", NULL},
    {"dylibs", 0, OPTION_COUNT, MEMBER(dylibs), "N", "how many (516)", NULL},
    {"dylibs-total", 0, OPTION_SIZE, MEMBER(dylibs_total), "SIZE",
     "memory of all of them (4.65GiB)", NULL},
    {"dylibs-text", 0, OPTION_COUNT, MEMBER(dylibs_text), "THOUSANDTHS",
     "how much of a dylib's memory is __TEXT (377)", NULL},
    {"shape", 0, OPTION_CHOICE, MEMBER(shape), "SHAPE",
     OPTION_CHOICES ": symbols as in a build that was measured, by ld64.lld-19; or as ld64 "
                    "writes them, of eight definitions a file",
     &shapes},
    {"merge-strings", 0, OPTION_FLAG, MEMBER(merge_strings), NULL,
     "no name is in a string pool twice, as newer linkers write them", NULL},
    {"density", 0, OPTION_COUNT, MEMBER(density), "PERCENT",
     "how much of __LINKEDIT is real symbols (0: a handful of them)", NULL},
    {"executable-density", 0, OPTION_COUNT, MEMBER(executable_density), "PERCENT",
     "the same for the executable (as --density)", NULL},
    {"seed", 0, OPTION_COUNT, MEMBER(seed), "N", "another build of the same kind (1)", NULL},
    {"programs", 0, OPTION_COUNT, MEMBER(programs), "N", "executables that share the dylibs (1)",
     NULL},
    {"hashes", 0, OPTION_FLAG, MEMBER(hashes), NULL,
     "write the page hashes of signatures, without which verify refuses an image", NULL},
};
#undef MEMBER

static bool run_component(struct arena *arena, const struct command_line *line,
                          struct error *error) {
    struct component_options options = {.arch = "arm64",
                                        .dylibs = 516,
                                        .dylibs_text = USUAL_DYLIBS_TEXT,
                                        .shape = shape_real.name,
                                        .executable_density = NOT_GIVEN,
                                        .seed = 1,
                                        .programs = 1};
    struct string_list operands = {0};
    if (!options_parse(arena, line, &options, &operands, error) ||
        !refuse_operands(&operands, error))
        return false;
    if (options.executable_density == NOT_GIVEN)
        options.executable_density = options.density;
    if (options.out == NULL)
        return error_usage(error, "--out is missing");
    if (options.density > 100 || options.executable_density > 100)
        return error_usage(error, "a density is at most 100 percent");
    if (options.dylibs_text > MOST_DYLIBS_TEXT)
        return error_usage(error, "--dylibs-text is at most %d thousandths", MOST_DYLIBS_TEXT);
    const struct component component = {
        .folder = options.out,
        .architecture = architecture_named(options.arch),
        .executable_text = size_or(&options.executable_text, 517 * MIB),
        .executable_linkedit = size_or(&options.executable_linkedit, GIB * 104 / 100),
        .dylibs = options.dylibs,
        .dylibs_total = size_or(&options.dylibs_total, GIB * 465 / 100),
        .density = options.density,
        .executable_density = options.executable_density,
        .shape = shape_named(options.shape),
        .dylibs_text = options.dylibs_text,
        .merges_strings = options.merge_strings,
        .programs = options.programs,
        .seed = options.seed,
        .has_hashes = options.hashes,
    };
    return component_write(&component, error);
}

/* --- image --- */

struct image_options {
    const char *out;
    const char *arch;
    const char *type;
    const char *id;
    struct string_list segments;
    struct string_list loads[LOAD_USE + 1]; /* by kind */
    struct string_list rpaths;
    struct size_option text;
    struct size_option linkedit;
    struct size_option rust_names;
    unsigned symbols;
    unsigned name_length;
    unsigned seed;
    bool misaligned_strings;
    bool hashes;
};

static const char *type_name(size_t i) {
    static const char *const names[] = {"execute", "dylib", "bundle"};
    return i < sizeof names / sizeof names[0] ? names[i] : NULL;
}

static const struct option_choices types = {.choice = type_name};

#define MEMBER(name) offsetof(struct image_options, name)
static const struct option_row image_rows[] = {
    {"out", 'o', OPTION_TEXT, MEMBER(out), "FILE", "the file to write", NULL},
    {"arch", 0, OPTION_CHOICE, MEMBER(arch), "ARCH", OPTION_CHOICES, &architectures},
    {"type", 0, OPTION_CHOICE, MEMBER(type), "TYPE",
     OPTION_CHOICES " (dylib with --id, execute without)", &types},
    {"segment", 0, OPTION_EACH, MEMBER(segments), "NAME=VMADDR+VMSIZE",
     "one of the segments, in their order, in place of the usual ones", NULL},
    {"load", 0, OPTION_EACH, MEMBER(loads[LOAD_NORMAL]), "NAME",
     "a library; loads stand in the order given, and only without any is libSystem loaded", NULL},
    {"weak", 0, OPTION_EACH, MEMBER(loads[LOAD_WEAK]), "NAME", "one that may be missing", NULL},
    {"reexport", 0, OPTION_EACH, MEMBER(loads[LOAD_REEXPORT]), "NAME",
     "one whose exports are the image's too", NULL},
    {"upward", 0, OPTION_EACH, MEMBER(loads[LOAD_UPWARD]), "NAME", "one that is initialised later",
     NULL},
    {"lazy", 0, OPTION_EACH, MEMBER(loads[LOAD_LAZY]), "NAME", "LC_LAZY_LOAD_DYLIB", NULL},
    {"use", 0, OPTION_EACH, MEMBER(loads[LOAD_USE]), "NAME:FLAGS",
     "LC_LOAD_WEAK_DYLIB as a dylib_use_command", NULL},
    {"id", 0, OPTION_TEXT, MEMBER(id), "NAME", "install name (@rpath/ and the file's name)", NULL},
    {"rpath", 0, OPTION_EACH, MEMBER(rpaths), "PATH", "where @rpath leads", NULL},
    {"linkedit", 0, OPTION_SIZE, MEMBER(linkedit), "SIZE", "__LINKEDIT (as its content needs)",
     NULL},
    {"text", 0, OPTION_SIZE, MEMBER(text), "SIZE", "__TEXT (64KiB, or as loads and symbols need)",
     NULL},
    {"symbols", 0, OPTION_COUNT, MEMBER(symbols), "N", "entries of the symbol table (76)", NULL},
    {"rust-names", 0, OPTION_SIZE, MEMBER(rust_names), "SIZE",
     "instead, functions of a Rust program with names of SIZE in all, in the debug map alone",
     NULL},
    {"name-length", 0, OPTION_COUNT, MEMBER(name_length), "BYTES",
     "what the names of these functions have on average (100)", NULL},
    {"misaligned-strings", 0, OPTION_FLAG, MEMBER(misaligned_strings), NULL,
     "string pool at offset % 8 == 4", NULL},
    {"hashes", 0, OPTION_FLAG, MEMBER(hashes), NULL,
     "write the page hashes of its signature, without which verify refuses it", NULL},
    {"seed", 0, OPTION_COUNT, MEMBER(seed), "N", "another UUID (1)", NULL},
};
#undef MEMBER

/* Bytes in hexadecimal, or as any size. */
static bool parse_number(const char *text, uint64_t *number) {
    char *end;
    if (strncmp(text, "0x", 2) != 0)
        return size_parse(text, number);
    errno = 0;
    *number = strtoull(text, &end, 16);
    return text[2] != '\0' && *end == '\0' && errno == 0;
}

static bool parse_segment(struct arena *arena, const char *text, struct segment *segment,
                          struct error *error) {
    const char *equals = strchr(text, '=');
    const char *plus = equals == NULL ? NULL : strchr(equals, '+');
    if (plus == NULL || equals == text || equals - text > 16 ||
        !parse_number(arena_copy(arena, equals + 1, (size_t)(plus - equals - 1)),
                      &segment->address) ||
        !parse_number(plus + 1, &segment->size) ||
        !range_within(segment->address, segment->size, UINT64_MAX))
        return error_usage(error, "--segment takes NAME=VMADDR+VMSIZE, not '%s'", text);
    memcpy(segment->name, text, (size_t)(equals - text));
    return true;
}

static bool parse_segments(struct arena *arena, const struct image_options *options,
                           struct image *image, struct error *error) {
    size_t count = options->segments.count;
    struct segment *segments = arena_take(arena, count * sizeof *segments);
    if (options->text.given || options->linkedit.given)
        return error_usage(error, "--segment leaves no room for --text and --linkedit");
    for (size_t i = 0; i < count; i++)
        if (!parse_segment(arena, options->segments.items[i], &segments[i], error))
            return false;
    image->segments = segments;
    image->segment_count = count;
    return true;
}

/* Which argument `value` is part of. */
static size_t argument_of(int argc, char **argv, const char *value) {
    size_t index = 0;
    for (; index < (size_t)argc; index++)
        for (const char *c = argv[index];; c++) {
            if (c == value)
                return index;
            if (*c == '\0')
                break;
        }
    return index;
}

static bool parse_load(struct arena *arena, enum load_kind kind, const char *text,
                       struct load *load, struct error *error) {
    uint64_t flags = 0;
    load->name = text;
    load->kind = kind;
    load->exports = ASSUMED_EXPORTS;
    if (kind != LOAD_USE)
        return true;
    const char *colon = strrchr(text, ':');
    if (colon == NULL || !parse_number(colon + 1, &flags) || flags > UINT32_MAX)
        return error_usage(error, "--use takes NAME:FLAGS, not '%s'", text);
    load->name = arena_copy(arena, text, (size_t)(colon - text));
    load->flags = (uint32_t)flags;
    return true;
}

/* The loads of all kinds in the order of the command line: each goes into the place of its
 * argument, and then they close ranks. */
static bool parse_loads(struct arena *arena, const struct image_options *options, int argc,
                        char **argv, struct image *image, struct error *error) {
    static const struct load libsystem = {.name = LIBSYSTEM};
    struct load *loads = arena_take(arena, ((size_t)argc + 1) * sizeof *loads);
    for (int kind = 0; kind <= LOAD_USE; kind++)
        for (size_t i = 0; i < options->loads[kind].count; i++) {
            const char *text = options->loads[kind].items[i];
            if (!parse_load(arena, (enum load_kind)kind, text,
                            &loads[argument_of(argc, argv, text)], error))
                return false;
        }
    for (size_t i = 0; i < (size_t)argc; i++)
        if (loads[i].name != NULL)
            loads[image->load_count++] = loads[i];
    if (image->load_count == 0)
        loads[image->load_count++] = libsystem;
    image->loads = loads;
    return true;
}

static enum image_type type_of(const struct image_options *options) {
    if (options->type == NULL)
        return options->id == NULL ? IMAGE_EXECUTE : IMAGE_DYLIB;
    if (strcmp(options->type, "execute") == 0)
        return IMAGE_EXECUTE;
    return strcmp(options->type, "dylib") == 0 ? IMAGE_DYLIB : IMAGE_BUNDLE;
}

/* Each name has a NUL after it. */
static size_t rust_functions(const struct image_options *options) {
    return (size_t)(options->rust_names.bytes / (options->name_length + 1));
}

static void set_usual_segments(struct arena *arena, const struct image_options *options,
                               struct image *image) {
    uint64_t page = image->architecture->page_size;
    uint64_t usual = BYTES_PER_SYMBOL * (options->symbols + rust_functions(options));
    uint64_t text = size_or(&options->text, usual > 64 * KIB ? usual : 64 * KIB);
    uint64_t least = image_header_bound(image) + page;
    image_set_segments(image, arena,
                       (struct segment_sizes){text > least ? text : least,
                                              options->symbols / 18 * 8 + page, page,
                                              options->linkedit.bytes});
}

static void describe_image(struct arena *arena, const struct image_options *options,
                           struct image *image) {
    const char *id = options->id;
    image->path = options->out;
    image->architecture = architecture_named(options->arch);
    image->type = type_of(options);
    if (id == NULL)
        id = arena_format(arena, "@rpath/%s", path_leaf(options->out));
    if (image->type == IMAGE_DYLIB)
        image->install_name = id;
    image->component = component_name(arena, id);
    image->rpaths = options->rpaths.items;
    image->rpath_count = options->rpaths.count;
    image->symbols = (struct symbol_request){.entries = options->symbols,
                                             .functions = rust_functions(options),
                                             .name_length = options->name_length,
                                             .shape = &shape_simple};
    image->misaligned_strings = options->misaligned_strings;
    image->has_hashes = options->hashes;
    image->seed = options->seed;
}

static bool run_image(struct arena *arena, const struct command_line *line, struct error *error) {
    struct image_options options = {
        .arch = "arm64", .symbols = DEFAULT_SYMBOLS, .name_length = DEFAULT_NAME_LENGTH, .seed = 1};
    struct string_list operands = {0};
    struct image image = {0};
    if (!options_parse(arena, line, &options, &operands, error) ||
        !refuse_operands(&operands, error))
        return false;
    if (options.out == NULL)
        return error_usage(error, "--out is missing");
    if (options.name_length > MOST_NAME_LENGTH)
        return error_usage(error, "--name-length is at most %d", MOST_NAME_LENGTH);
    describe_image(arena, &options, &image);
    if (!parse_loads(arena, &options, line->argc, line->argv, &image, error))
        return false;
    if (options.segments.count == 0)
        set_usual_segments(arena, &options, &image);
    else if (!parse_segments(arena, &options, &image, error))
        return false;
    return image_write(&image, error);
}

/* --- universal --- */

struct universal_options {
    const char *out;
    bool fat64;
};

static const struct option_row universal_rows[] = {
    {"out", 'o', OPTION_TEXT, offsetof(struct universal_options, out), "FILE", "the file to write",
     NULL},
    {"fat64", 0, OPTION_FLAG, offsetof(struct universal_options, fat64), NULL,
     "64-bit offsets and sizes", NULL},
};

static bool run_universal(struct arena *arena, const struct command_line *line,
                          struct error *error) {
    struct universal_options options = {0};
    struct string_list slices = {0};
    if (!options_parse(arena, line, &options, &slices, error))
        return false;
    if (options.out == NULL)
        return error_usage(error, "--out is missing");
    if (slices.count == 0)
        return error_usage(error, "there is no slice");
    return universal_write(options.out, slices.items, slices.count, options.fat64, error);
}

/* --- The program --- */

static const struct verb verbs[] = {
    {"component", "--out DIR [OPTIONS]", ROWS(component_rows), run_component},
    {"image", "--out FILE [OPTIONS]", ROWS(image_rows), run_image},
    {"universal", "--out FILE [OPTIONS] SLICE...", ROWS(universal_rows), run_universal},
};

static void print_usage(void) {
    puts(
        "make_macho writes Mach-O files for tests: real load commands and symbols, holes for content.");
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        printf("\nmake_macho %s %s\n", verbs[i].name, verbs[i].usage);
        options_print(stdout, verbs[i].rows, verbs[i].row_count);
    }
}

static bool run_verb(const struct verb *verb, struct arena *arena, int argc, char **argv,
                     struct error *error) {
    const struct command_line line = {argc, argv, verb->rows, verb->row_count};
    return verb->run(arena, &line, error);
}

static bool run(struct arena *arena, int argc, char **argv, struct error *error) {
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (argc > 1 && strcmp(argv[1], verbs[i].name) == 0)
            return run_verb(&verbs[i], arena, argc - 1, argv + 1, error);
    if (argc > 1 && (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0)) {
        print_usage();
        return true;
    }
    return error_usage(error, "the first argument is component, image, universal or help");
}

static void print_error(const struct error *error) {
    fputs("make_macho: ", stderr);
    if (error->file[0] != '\0')
        fprintf(stderr, "%s: ", error->file);
    fprintf(stderr, "%s\n", error->what);
}

int main(int argc, char **argv) {
    struct arena arena = {0};
    struct error error = {0};
    bool done = run(&arena, argc, argv, &error);
    arena_free(&arena);
    if (!done)
        print_error(&error);
    return done ? 0 : (int)error.kind;
}
