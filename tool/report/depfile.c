#include "report/depfile.h"

#include "base/map.h"

#include <stdbool.h>
#include <string.h>

/* How many backslashes stand at `path`. */
static size_t backslashes(const char *path) {
    return strspn(path, "\\");
}

/* A backslash means itself, unless a space or # comes behind it. */
static void add_path(struct text *out, const char *path) {
    while (*path != '\0') {
        size_t run = backslashes(path);
        bool doubled = path[run] == ' ' || path[run] == '#';
        for (size_t i = 0; i < run; i++)
            text_add(out, doubled ? "\\\\" : "\\");
        path += run;
        if (*path == ' ' || *path == '#')
            text_add(out, "\\");
        else if (*path == '$')
            text_add(out, "$");
        if (*path != '\0')
            text_add_bytes(out, path++, 1);
    }
}

void depfile_write(const char *target, const struct string_list *inputs, struct text *out) {
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
