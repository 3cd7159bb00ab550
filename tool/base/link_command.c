#include "base/link_command.h"

#include "base/response_file.h"

#include <string.h>

/* Options that begin like an output right after -o: of clang and ld64.lld (--autocomplete,
 * --help), ld64 (Options.cpp), the Swift driver (SwiftOptions/Options.swift), and GHC. One that
 * ends in a mark stands for all that begin so. The longest name wins, as in LLVM's option parser.
 */
static const char *const others[] = {
    "-objc_",
    "-objcmt-",
    "-object",
    "-object-file-name=",
    "-object_path_lto",
    "-offload-",
    "-openmp",
    "-order_file",
    "-oso_prefix",
    "-order_file_statistics",
    "-output-file-",
    "-odir",
    "-ohi",
    "-osuf",
    "-outputdir",
    "-optl-",
    "-optc-",
    "-odyn",
    "-os_",
};

/* Options whose next argument is for another program than the driver or its linker. */
static const char *const handing_on[] = {
    "-Xclang", "-Xpreprocessor", "-Xassembler",    "-Xcc",       "-Xfrontend",
    "-Xllvm",  "-mllvm",         "-Xclang-linker", "-Xanalyzer", "-Xopenmp-target"};

enum { OTHERS = sizeof others / sizeof others[0], HANDING_ON = sizeof handing_on / sizeof *others };

static bool begins(const char *text, const char *beginning) {
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

static bool is_other_option(const char *argument) {
    for (size_t i = 0; i < OTHERS; i++) {
        bool is_beginning = strchr("_-=", others[i][strlen(others[i]) - 1]) != NULL;
        if (is_beginning ? begins(argument, others[i]) : strcmp(argument, others[i]) == 0)
            return true;
    }
    return false;
}

static bool hands_on(const char *argument) {
    for (size_t i = 0; i < HANDING_ON; i++)
        if (strcmp(argument, handing_on[i]) == 0)
            return true;
    return false;
}

/* Adds the parts of "-Wl,A,B". */
static void add_parted(struct arena *arena, const char *text, struct string_list *parts) {
    for (;;) {
        size_t size = strcspn(text, ",");
        *vector_push(arena, parts) = arena_copy(arena, text, size);
        if (text[size] == '\0')
            return;
        text += size + 1;
    }
}

/* No table of options is whole. So what reads like the name of an option after -o is taken for an
 * output only where nothing else says one. */
struct outputs {
    const char *any;
    const char *certain;
};

static const char *output_of(const struct outputs *outputs) {
    return outputs->certain != NULL ? outputs->certain : outputs->any;
}

static void read_joined(const char *argument, struct outputs *outputs) {
    const char *output = argument + 2;
    if (!begins(argument, "-o") || output[0] == '\0' || is_other_option(argument))
        return;
    outputs->any = output;
    if (strpbrk(output + 1, "-_=") == NULL)
        outputs->certain = output;
}

/* What one argument of the driver says; how many arguments it takes. */
static size_t read_argument(struct arena *arena, const char *argument, const char *next,
                            struct string_list *for_linker, struct outputs *outputs) {
    if (strcmp(argument, "-o") == 0 || strcmp(argument, "--output") == 0) {
        outputs->certain = next == NULL ? outputs->certain : next;
        return 2;
    }
    if (strcmp(argument, "-Xlinker") == 0 && next != NULL) {
        *vector_push(arena, for_linker) = next;
        return 2;
    }
    if (hands_on(argument))
        return 2;
    if (begins(argument, "-Wl,"))
        add_parted(arena, argument + 4, for_linker);
    else if (begins(argument, "--output="))
        outputs->certain = argument + 9;
    else
        read_joined(argument, outputs);
    return 1;
}

/* What the driver itself is told; what it hands on goes to *for_linker. */
static const char *driver_output(struct arena *arena, const struct string_list *arguments,
                                 struct string_list *for_linker) {
    struct outputs outputs = {NULL, NULL};
    for (size_t i = 1; i < arguments->count;) {
        const char *next = i + 1 < arguments->count ? arguments->items[i + 1] : NULL;
        i += read_argument(arena, arguments->items[i], next, for_linker, &outputs);
    }
    return output_of(&outputs);
}

/* A linker takes its output apart from -o only. */
static const char *linker_output(const struct string_list *arguments) {
    const char *output = NULL;
    for (size_t i = 0; i + 1 < arguments->count; i++)
        if (strcmp(arguments->items[i], "-o") == 0)
            output = arguments->items[++i];
    return output;
}

bool link_command_output(struct arena *arena, const struct string_list *command,
                         const char **output, struct error *error) {
    struct string_list arguments, handed_on = {0}, for_linker;
    if (!response_files_expand_command(arena, command, &arguments, error))
        return false;
    *output = driver_output(arena, &arguments, &handed_on);
    if (!response_files_expand_command(arena, &handed_on, &for_linker, error))
        return false;
    const char *last = linker_output(&for_linker);
    *output = last == NULL ? *output : last;
    return true;
}
