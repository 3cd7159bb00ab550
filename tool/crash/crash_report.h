/* Crash reports: what one says, whichever form it came in. */
#ifndef VAFIT_CRASH_CRASH_REPORT_H
#define VAFIT_CRASH_CRASH_REPORT_H

#include "base/arena.h"
#include "base/error.h"
#include "base/size.h"
#include "base/text.h"
#include "crash/pasted.h"
#include "space/free_ranges.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No report is larger, in bytes: each of a hundred thousand images takes less than 400. */
#define LARGEST_REPORT (64 * MIB)

/* An image of the process. */
struct crash_image {
    const char *name;   /* without its folder, so that no user's name is in it; "" for none */
    const char *folder; /* its path up to there, for questions only; "" for none */
    uint64_t base;      /* address of its Mach-O header */
    uint64_t text_size; /* vmsize of __TEXT, bytes; 0: not known */
    uint64_t vm_size;   /* bytes up to the end of __LINKEDIT; 0: not known */
    bool has_uuid;
    uint8_t uuid[16];
};

struct crash_images {
    struct crash_image *items;
    size_t count;
    size_t capacity;
};

/* What of a report says why the process ended, line by line. */
struct crash_evidence {
    char *items; /* with a NUL behind it, once there is something */
    size_t count;
    size_t capacity;
};

/* Lives in the arena; NULL and 0 are what the report does not say. */
struct crash_report {
    const char *format;      /* of the row that read it */
    bool is_map;             /* there is a memory map alone, and nothing of how it ended */
    const char *process;     /* the program's name */
    const char *path;        /* the executable's */
    const char *os;          /* "macOS 26.3 (25D125)" */
    const char *cpu;         /* "ARM-64", "X86-64" */
    const char *bug_type;    /* "309" is a crash */
    uint64_t process_number; /* "pid" */
    const char *incident;    /* the number of this one report */
    bool has_several;        /* another one follows it in the text */
    bool is_translated;      /* x86_64 on Apple silicon */
    uint64_t platform;       /* as build_version.h has platforms */
    bool has_uuid;           /* of the executable */
    uint8_t uuid[16];
    struct crash_evidence evidence;
    struct crash_images images; /* the executable first, in loading order where the format has it */
    bool has_all_images;        /* the list goes on to its end */
    bool lists_cache_last;      /* of the images, those in the shared cache come last */
    struct span cache;          /* the shared cache; empty where that is not known */
};

/* The schema of a document that vafit wrote, "vafit.check/1", in the arena; NULL for any other
 * text. Only that member is looked for, wherever it stands, so that the rest may be cut off. */
const char *vafit_schema_of(struct arena *arena, const char *text);
/* Reads a report: any of the formats of crash_format_row, several of them in one text, pasted or
 * cut. Errors: ERROR_MALFORMED, for what is no report of a crash on macOS, saying what it is
 * instead, and for several reports in one text. */
bool crash_report_read(struct arena *arena, const char *data, size_t size,
                       struct crash_report *report, struct error *error);

/* What the report says of why; "" for nothing. */
const char *crash_report_evidence(const struct crash_report *report);

/* A format: takes what it finds of itself in the text; false when there is nothing. What an earlier
 * row found stays. */
struct crash_format {
    const char *name;
    bool (*read)(struct arena *arena, const struct pasted *pasted, struct crash_report *report);
};

/* Format i, the most telling first; NULL after the last. */
const struct crash_format *crash_format_row(size_t i);

/* A copy of the text in which the folders of users have no names: "/Users/USER/". */
char *crash_report_anonymous(struct arena *arena, const char *text);

/* --- for the formats --- */

/* Gives the report its images, unless it has more already: `has_all` and `lists_cache_last` as
 * there. */
void crash_report_offer_images(struct crash_report *report, const struct crash_images *images,
                               bool has_all, bool lists_cache_last);
/* Splits a path as struct crash_image has it. */
void crash_image_name(struct arena *arena, const char *path, struct crash_image *image);
/* Reads 32 hexadecimal digits, with or without dashes. */
bool crash_image_uuid(const char *text, struct crash_image *image);
/* Fills *field unless an earlier row did. */
void crash_report_set(struct arena *arena, const char **field, const char *text, size_t size);
void crash_report_add_evidence(struct arena *arena, struct crash_report *report, const char *text,
                               size_t size);

#endif
