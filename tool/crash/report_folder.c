#include "crash/report_folder.h"

#include "base/file.h"
#include "base/path.h"

#include <stdlib.h>
#include <string.h>

/* Nobody's folder has more. */
enum { MOST_REPORTS = 100000 };

const char *report_folder_default(struct arena *arena) {
    const char *home = getenv("HOME");
    if (home == NULL || home[0] != '/')
        return NULL;
    return path_join(arena, home, "Library/Logs/DiagnosticReports");
}

/* Of a name that is not looked at again. */
static void know(struct report_folder *folder, const char *name) {
    map_put(&folder->known, folder->arena, name, folder);
}

/* Whether the file is as it was when it was looked at; it is taken for looked at now. */
static bool is_known(struct report_folder *folder, const char *name, const char *path) {
    struct file_stamp stamp, *kept;
    void *known = map_get(&folder->known, name);
    if (known == folder || !file_stamp(path, &stamp))
        return true;
    if (known != NULL && file_stamp_same(known, &stamp))
        return true;
    kept = arena_take(folder->arena, sizeof *kept);
    *kept = stamp;
    map_put(&folder->known, folder->arena, name, kept);
    return false;
}

bool report_folder_open(struct arena *arena, const char *path, struct report_folder *folder) {
    struct string_list names = {0};
    *folder = (struct report_folder){.path = path, .arena = arena};
    if (path == NULL || !file_list_folder(arena, path, MOST_REPORTS, &names))
        return false;
    for (size_t i = 0; i < names.count; i++)
        know(folder, names.items[i]);
    return true;
}

/* What the system has not finished has a dot before its name. */
static bool is_report_name(const char *name) {
    size_t size = strlen(name);
    return name[0] != '.' && size > 4 && strcmp(name + size - 4, ".ips") == 0;
}

/* What is half written can be read too, but says less than it will. */
static bool read_report(struct report_folder *folder, struct new_report *new) {
    char *data;
    size_t size;
    struct error ignored;
    return file_read_all(folder->arena, new->path, LARGEST_REPORT, &data, &size, &ignored) &&
           crash_report_read(folder->arena, data, size, &new->report, &ignored) &&
           new->report.process_number != 0 && new->report.has_all_images;
}

void report_folder_look(struct report_folder *folder, struct new_reports *reports) {
    struct string_list names = {0};
    if (!file_list_folder(folder->arena, folder->path, MOST_REPORTS, &names))
        return;
    for (size_t i = 0; i < names.count; i++) {
        struct new_report new = {.path = path_join(folder->arena, folder->path, names.items[i])};
        if (!is_report_name(names.items[i]) || is_known(folder, names.items[i], new.path) ||
            !read_report(folder, &new))
            continue;
        know(folder, names.items[i]);
        *vector_push(folder->arena, reports) = new;
    }
}

void report_folder_close(struct report_folder *folder) {
    map_free(&folder->known);
}
