#include "report/depfile.h"

#include "base/map.h"

#include <stdbool.h>
#include <string.h>

/* How many backslashes stand at `path`. */
static size_t backslashes(const char *path) {
    return strspn(path, "\\");
}

/* A backslash means itself, unless a space or # comes after it. */
static void add_path(struct text *out, const char *path) {
    while (*path != '\0') {
        size_t run = backslashes(path);
        bool doubled = path[run] == ' ' || path[run] == '#';
        for (size_t i = 0; i < run; i++)
            text_add(out, doubled ? "\\\\" : "\\");
        path += run;
        if (*path == ' ' || *path == '#' || *path == ':')
            text_add(out, "\\");
        else if (*path == '$')
            text_add(out, "$");
        if (*path != '\0')
            text_add_bytes(out, path++, 1);
    }
}

static void write_rule(const char *target, const struct string_list *inputs, struct text *out) {
    struct arena scratch = {0};
    struct map seen = {0};
    add_path(out, target);
    text_add(out, ":");
    for (size_t i = 0; i < inputs->count; i++) {
        if (map_get(&seen, inputs->items[i]) != NULL)
            continue;
        map_put(&seen, &scratch, inputs->items[i], out);
        text_add(out, " ");
        add_path(out, inputs->items[i]);
    }
    text_add(out, "\n");
    map_free(&seen);
    arena_free(&scratch);
}

static bool can_be_held(const char *path, struct error *error) {
    size_t size = strlen(path);
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)path[i] < 0x20 || path[i] == 0x7f || strchr("*;<>^`|", path[i]) != NULL)
            return error_io(error, path, "a depfile cannot hold this name: '%c' in it", path[i]);
    if (size != 0 && (path[size - 1] == ':' || path[size - 1] == '\\'))
        return error_io(error, path, "a depfile cannot hold this name: '%c' at its end",
                        path[size - 1]);
    return true;
}

bool depfile_write(const char *target, const struct string_list *inputs, struct text *out,
                   struct error *error) {
    bool held = can_be_held(target, error);
    for (size_t i = 0; i < inputs->count && held; i++)
        held = can_be_held(inputs->items[i], error);
    if (held)
        write_rule(target, inputs, out);
    return held;
}
