#include "report/depfile.h"

#include "base/map.h"

static void add_path(struct text *out, const char *path) {
    for (; *path != '\0'; path++) {
        if (*path == ' ' || *path == '#' || *path == '\\')
            text_add(out, "\\");
        else if (*path == '$')
            text_add(out, "$");
        text_add_bytes(out, path, 1);
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
