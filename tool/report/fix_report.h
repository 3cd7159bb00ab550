/* The report of `fix`: what programs were, what was rewritten, and what they are then. */
#ifndef VAFIT_REPORT_FIX_REPORT_H
#define VAFIT_REPORT_FIX_REPORT_H

#include "base/text.h"
#include "program/judged_program.h"
#include "space/rules.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fix_outcome {
    FIX_NEEDLESS,     /* every program fits as it is */
    FIX_COPIED,       /* likewise; the folder holds copies now */
    FIX_PLANNED,      /* a dry run: these rewritings would suffice */
    FIX_DONE,         /* they were done */
    FIX_INSUFFICIENT, /* no rewritings suffice; nothing was written */
};

/* One program for one system, before and after. After is predicted, unless the outcome is FIX_DONE.
 */
struct fix_program {
    struct judged_program judged;
    struct judgement before;
    struct judgement after;
};

/* One file that is rewritten. Bytes. */
struct fix_image {
    const char *path;
    const char *target; /* where the new file is, or would be */
    const char *level;
    uint64_t va_before; /* address space, of all its slices */
    uint64_t va_after;
    uint64_t size_before; /* of the file */
    uint64_t size_after;
    uint64_t unclaimed; /* that no table reached, and that go with --drop-unclaimed */
};

/* A file that could not be rewritten, and why. */
struct fix_refusal {
    const char *path;
    const char *reason;
};

/* Dylibs that become one image. */
struct fix_group {
    const char *target;       /* where that image is, or would be */
    struct string_list parts; /* paths, in the order of their initialisers */
};

struct fix_report {
    enum fix_outcome outcome;
    const char *up_to;      /* the highest level that was allowed */
    bool consolidates;      /* and whether dylibs may be consolidated */
    bool is_merged;         /* that was tried: no level suffices, and some can be */
    bool after_is_merged;   /* of FIX_INSUFFICIENT: programs[].after is consolidated */
    size_t file_count;      /* different files of all programs */
    size_t file_count_then; /* of the consolidated ones; 0 where they are not */
    struct fix_group *groups;
    size_t group_count;
    struct fix_program *programs;
    size_t program_count;
    struct fix_image *images; /* in the order in which the programs load them */
    size_t image_count;
    struct fix_refusal *refusals;
    size_t refusal_count;
    const char *open_world; /* why exports could be asked for by others; NULL where that was not
                               looked for, or the world is closed */
    size_t open_world_more; /* further reasons */
    const char *next_level; /* of FIX_INSUFFICIENT: the level after up_to; NULL for none */
    bool next_suffices;     /* with it the programs would fit */
    struct judgement *with_next; /* one a program */
};

/* How the text is written. */
struct fix_style {
    bool color;   /* ANSI colours */
    size_t width; /* columns that a line may have; 0 for any */
};

/* Bytes that a finding misses; 0 when it is no error or is not about bytes. */
uint64_t finding_misses(const struct finding *finding);

/* The writers: text; JSON of schema "vafit.fix/1", docs/reports.md. */
void fix_write_text(const struct fix_report *report, const struct fix_style *style,
                    struct text *out);
void fix_write_json(const struct fix_report *report, struct text *out);

#endif
