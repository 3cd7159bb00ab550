/* The report of `check`: what was found, for every format to write. */
#ifndef VAFIT_REPORT_CHECK_REPORT_H
#define VAFIT_REPORT_CHECK_REPORT_H

#include "base/text.h"
#include "program/judged_program.h"
#include "program/top_names.h"
#include "report/systems.h"
#include "space/rules.h"

#include <stdbool.h>
#include <stddef.h>

/* One executable in one architecture. Nothing here is owned. */
struct program_report {
    struct judged_program judged;
    struct measure measure;
    struct judgement judgement;
    const size_t
        *heaviest; /* indexes of the images of the greatest address space, greatest first */
    size_t heaviest_count;
    bool advises;                         /* what advice needs was counted */
    struct unused_exports unused_exports; /* of all its images */
    const struct top_names *top_names;    /* NULL where they are not asked for */
    const char *exports_unknown;          /* where they were to be counted: why they were not */
};

struct check_report {
    const char *source; /* "files" or "facts" */
    struct program_report *items;
    size_t count;
    size_t capacity;
};

/* The reports of one program, one a system; release with program_reports_free. */
struct program_reports {
    const struct program *program;
    const struct program_report *items; /* of the check_report */
    struct systems systems;             /* likewise many; owned */
};

/* Those of the program whose reports begin at *position, which moves behind them; false at the end
 * of the list. */
bool program_reports_next(const struct check_report *report, size_t *position,
                          struct program_reports *reports);
void program_reports_free(struct program_reports *reports);

/* How much a report says, and how. */
struct report_style {
    bool color;          /* text: ANSI colours */
    size_t width;        /* text: columns that a line may have; 0 for any */
    bool quiet;          /* text: findings that failed, and nothing for a program that fits */
    bool verbose;        /* text: every rule's help, and all images */
    bool names_heaviest; /* text: somebody said how many of the heaviest images are shown */
    bool all_advice;     /* text: all that would free something, not the first few */
    const char *options; /* text: what a command that helps is to be given too, "" or " --arch
                            arm64"; NULL for no command */
};

/* A format that reports can be written in. */
struct report_format {
    const char *name; /* of --format */
    void (*write)(const struct check_report *report, const struct report_style *style,
                  struct text *out);
    /* With --compact; NULL where there is no such form. */
    void (*write_compact)(const struct check_report *report, const struct report_style *style,
                          struct text *out);
};

/* The format of that name; NULL for an unknown one. */
const struct report_format *report_format_named(const char *name);
/* The name of format i; NULL after the last. */
const char *report_format_name(size_t i);

/* What is to be said of a program that asks for a hardened process, whose placement may not be what
 * was judged; NULL for any other. */
const char *program_hardened_note(const struct program *program);
/* Whether its executable asks for a hardened process. */
bool program_is_hardened(const struct program *program);

/* The worst of all programs. */
enum verdict check_report_verdict(const struct check_report *report);

/* What a level of shrinking would free of a __LINKEDIT, bytes: from its exact sizes, so that it
 * is 0 where the symbol table was not read. */
struct freed_bytes {
    bool has_lossless;  /* it was counted, of all images summed up */
    uint64_t lossless;  /* level lossless at least; the others do not have it in them */
    uint64_t debug_map; /* level debug-map */
    uint64_t locals;    /* level locals, that before it included */
    uint64_t symbols;   /* level symbols, likewise */
    bool has_exports;   /* they were counted */
    uint64_t exports;   /* level exports, likewise */
};
struct freed_bytes freed_by_image(const struct linkedit_sizes *linkedit_sizes);
/* The sum over the heaviest images of a program. */
struct freed_bytes freed_by_heaviest(const struct program_report *report);

/* The writers. */
void check_write_text(const struct check_report *report, const struct report_style *style,
                      struct text *out);
void check_write_json(const struct check_report *report, const struct report_style *style,
                      struct text *out);
void check_write_json_compact(const struct check_report *report, const struct report_style *style,
                              struct text *out);
void check_write_sarif(const struct check_report *report, const struct report_style *style,
                       struct text *out);
void check_write_github(const struct check_report *report, const struct report_style *style,
                        struct text *out);
void check_write_junit(const struct check_report *report, const struct report_style *style,
                       struct text *out);

#endif
