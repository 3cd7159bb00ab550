#include "base/link_command.h"

#include "base/response_file.h"

#include <string.h>

/* ld's options that begin like an output right behind -o, and those of clang that do. */
static const char *const others[] = {"-object",    "-object_path_lto", "-objc_",
                                     "-objcmt-",   "-order_file",      "-order_file_statistics",
                                     "-oso_prefix"};

static bool begins(const char *text, const char *beginning) {
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

/* The names that end in a mark stand for all that begin so. */
static bool is_other_option(const char *argument) {
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        char last = others[i][strlen(others[i]) - 1];
        bool is_beginning = last == '_' || last == '-';
        if (is_beginning ? begins(argument, others[i]) : strcmp(argument, others[i]) == 0)
            return true;
    }
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

/* What the driver itself is told; what it hands on goes to *for_linker. */
static const char *driver_output(struct arena *arena, const struct string_list *arguments,
                                 struct string_list *for_linker) {
    const char *output = NULL;
    for (size_t i = 1; i < arguments->count; i++) {
        const char *argument = arguments->items[i];
        const char *next = i + 1 < arguments->count ? arguments->items[i + 1] : NULL;
        if (strcmp(argument, "-o") == 0 || strcmp(argument, "--output") == 0) {
            output = next == NULL ? output : next;
            i++;
        } else if (strcmp(argument, "-Xlinker") == 0 && next != NULL) {
            *vector_push(arena, for_linker) = next;
            i++;
        } else if (begins(argument, "-Wl,")) {
            add_parted(arena, argument + 4, for_linker);
        } else if (begins(argument, "--output=")) {
            output = argument + 9;
        } else if (begins(argument, "-o") && !is_other_option(argument)) {
            output = argument + 2;
        }
    }
    return output;
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
