#include "base/response_file.h"

#include "base/file.h"
#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { DEEPEST = 8, LARGEST = 64 * 1024 * 1024, MOST_FILES = 1000 };

struct expansion {
    struct arena *arena;
    bool is_command; /* of a compiler or linker, and read as they do */
    bool ended;      /* "--" was met */
    struct string_list arguments;
    size_t file_count;
    struct error *error;
};

static bool add_argument(struct expansion *expansion, const char *argument, unsigned depth);

/* Reads one argument at *cursor, which stands on no white space; false for an open quote. */
static bool next_argument(const char **cursor, struct text *argument) {
    const char *text = *cursor;
    char quote = 0;
    for (; *text != '\0' && (quote != 0 || !isspace((unsigned char)*text)); text++) {
        if (*text == '\\' && text[1] != '\0')
            text_add_bytes(argument, ++text, 1);
        else if (quote == 0 && (*text == '"' || *text == '\''))
            quote = *text;
        else if (quote != 0 && *text == quote)
            quote = 0;
        else
            text_add_bytes(argument, text, 1);
    }
    *cursor = text;
    return quote == 0;
}

/* "@PATH" as an argument of its own. */
static bool add_literally(struct expansion *expansion, const char *path) {
    *vector_push(expansion->arena, &expansion->arguments) =
        arena_format(expansion->arena, "@%s", path);
    return true;
}

/* The arguments that the text of a file holds. */
static bool add_arguments(struct expansion *expansion, const char *cursor, const char *path,
                          unsigned depth) {
    for (;;) {
        while (isspace((unsigned char)*cursor))
            cursor++;
        if (*cursor == '\0')
            return true;
        struct text argument = {0};
        text_add(&argument, "");
        bool closed = next_argument(&cursor, &argument);
        const char *kept = arena_string(expansion->arena, argument.data);
        text_free(&argument);
        if (!closed && !expansion->is_command)
            return error_usage(expansion->error, "a quote is left open in response file %s", path);
        if (!add_argument(expansion, kept, depth + 1))
            return false;
    }
}

/* Where there is no such file a path was meant, perhaps: that of an npm scope begins with '@'. */
static bool say_how_to_name(struct error *error, const char *path) {
    size_t size = strlen(error->what);
    if (path_look(path) != PATH_ABSENT)
        return false;
    snprintf(error->what + size, sizeof error->what - size,
             "; @%.200s reads arguments from that file; write ./@%.200s for a path", path, path);
    return false;
}

static bool add_file(struct expansion *expansion, const char *path, unsigned depth) {
    char *data;
    size_t size;
    if (depth == DEEPEST)
        return error_usage(expansion->error, "response files are nested too deeply at '@%s'", path);
    if (++expansion->file_count > MOST_FILES)
        return error_usage(expansion->error, "more than %d response files at '@%s'", MOST_FILES,
                           path);
    if (!file_read_all(expansion->arena, path, LARGEST, &data, &size, expansion->error))
        return expansion->is_command ? add_literally(expansion, path)
                                     : say_how_to_name(expansion->error, path);
    if (memchr(data, '\0', size) == NULL)
        return add_arguments(expansion, data, path, depth);
    if (expansion->is_command)
        return add_literally(expansion, path);
    return error_usage(expansion->error, "there is a NUL in response file %s", path);
}

static bool add_argument(struct expansion *expansion, const char *argument, unsigned depth) {
    expansion->ended |= !expansion->is_command && strcmp(argument, "--") == 0;
    /* "@rpath/..." and its like are names, never files. */
    if (!expansion->ended && argument[0] == '@' && argument[1] != '\0' &&
        strncmp(argument, "@rpath/", 7) != 0 && strncmp(argument, "@loader_path/", 13) != 0 &&
        strncmp(argument, "@executable_path/", 17) != 0)
        return add_file(expansion, argument + 1, depth);
    *vector_push(expansion->arena, &expansion->arguments) = argument;
    return true;
}

bool response_files_expand(struct arena *arena, int *argc, char ***argv, struct error *error) {
    struct expansion expansion = {.arena = arena, .error = error};
    for (int i = 0; i < *argc; i++)
        if (!add_argument(&expansion, (*argv)[i], 0))
            return false;
    *argc = (int)expansion.arguments.count;
    *argv = arena_take(arena, (expansion.arguments.count + 1) * sizeof **argv);
    for (size_t i = 0; i < expansion.arguments.count; i++)
        (*argv)[i] = arena_string(arena, expansion.arguments.items[i]);
    return true;
}

bool response_files_expand_command(struct arena *arena, const struct string_list *command,
                                   struct string_list *expanded, struct error *error) {
    struct expansion expansion = {.arena = arena, .is_command = true, .error = error};
    for (size_t i = 0; i < command->count; i++)
        if (!add_argument(&expansion, command->items[i], 0))
            return false;
    *expanded = expansion.arguments;
    return true;
}
