#include "verbs/report_file.h"

#include "base/file.h"
#include "base/output.h"
#include "base/size.h"

/* No report is larger: each of a hundred thousand images takes less than 400 bytes. */
#define LARGEST_REPORT (64 * MIB)

bool report_file_read(struct arena *arena, const char *path, struct crash_report *report,
                      struct error *error) {
    char *data;
    size_t size;
    bool is_input = output_is_standard(path);
    if (!(is_input ? file_read_input(arena, LARGEST_REPORT, &data, &size, error)
                   : file_read_all(arena, path, LARGEST_REPORT, &data, &size, error)))
        return false;
    return crash_report_read(arena, data, size, report, error) ||
           error_in_file(error, is_input ? "standard input" : path);
}
