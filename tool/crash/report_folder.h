/* Report folders: where the system puts the reports of crashes, and which came in since.
 *
 * macOS writes them to ~/Library/Logs/DiagnosticReports as NAME-DATE.ips, some time after the
 * process has ended. That is read in public reports; it was never tried on a Mac. */
#ifndef VAFIT_CRASH_REPORT_FOLDER_H
#define VAFIT_CRASH_REPORT_FOLDER_H

#include "base/map.h"
#include "crash/crash_report.h"

#include <stdbool.h>
#include <stddef.h>

struct new_report {
    const char *path;
    struct crash_report report;
};

struct new_reports {
    struct new_report *items;
    size_t count;
    size_t capacity;
};

/* Release it with report_folder_close. */
struct report_folder {
    const char *path;
    struct arena *arena;
    struct map known; /* by name: the folder itself for those that were there before or have been
                         read, else the stamp of the file that was no report */
};

/* The folder of the user whose $HOME it is, in the arena; NULL without one. */
const char *report_folder_default(struct arena *arena);
/* Begins to watch it; false when there is no such folder, or it cannot be read. */
bool report_folder_open(struct arena *arena, const char *path, struct report_folder *folder);
/* Adds what came in since: reports of crashes with the number of the process and all images. What
 * is none is passed over, and looked at again once it has changed, since it may be half written. */
void report_folder_look(struct report_folder *folder, struct new_reports *reports);
void report_folder_close(struct report_folder *folder);

#endif
