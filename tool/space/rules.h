/* The rules: does a program fit? Each is a row with its level, its judge and its help. */
#ifndef VAFIT_SPACE_RULES_H
#define VAFIT_SPACE_RULES_H

#include "base/arena.h"
#include "base/error.h"
#include "space/placement.h"
#include "space/profile.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rule_id {
    RULE_IMAGE_SUM,
    RULE_MALLOC_WINDOW,
    RULE_SHARED_REGION,
    RULE_IMAGE_SIZE,
    RULE_LINKEDIT_ALIGNMENT,
    RULE_UNRESOLVED,
    RULE_GROWTH,
    RULE_COUNT
};

/* How a rule came out, from best to worst. */
enum severity {
    SEVERITY_OFF,            /* switched off */
    SEVERITY_NOT_APPLICABLE, /* the rule is not about such a program */
    SEVERITY_PASS,
    SEVERITY_WARNING,
    SEVERITY_ERROR,
};

enum verdict { VERDICT_FITS, VERDICT_WARNING, VERDICT_EXCEEDS };

/* What someone who meets a finding wants to read, in this order. */
struct help {
    const char *what;
    const char *why;
    const char *what_to_do;
    const char *if_not_possible;
};

/* What an executable can be full of. */
enum bulk {
    BULK_UNKNOWN,
    BULK_LINKEDIT,  /* __LINKEDIT */
    BULK_ZERO_FILL, /* address space that the file has no bytes for */
    BULK_DATA,      /* other bytes of the file */
    BULK_CODE,      /* sections with instructions */
    BULK_COUNT
};

/* What there is most of in an image. */
struct heaviest {
    enum bulk bulk;
    uint64_t size;     /* bytes of it in the whole image */
    const char *where; /* the part that has the most of it, as it can stand in a message */
};

/* What findings say of images. Most say nothing of most images, so that it is asked for, by their
 * place in loading order. It lives in the arena, or as long as `images`. */
struct image_words {
    const void *images;
    const char *(*name)(struct arena *arena, const void *images, size_t i); /* printable */
    /* NULL where that is unknown. */
    struct heaviest (*heaviest)(struct arena *arena, const void *images, size_t i);
};

struct judge;

struct rule {
    const char *name;                   /* "malloc-window" */
    enum severity severity;             /* what it finds, unless told otherwise: error or warning */
    void (*judge)(struct judge *judge); /* space/judge.h */
    struct help help;
    bool is_cured; /* by less or another __LINKEDIT, which is what `vafit fix` makes */
};

/* The row of a rule. */
const struct rule *rule_row(enum rule_id id);
/* The name of rule i; NULL after the last. */
const char *rule_name(size_t i);
/* The rule of that name; false for an unknown one. */
bool rule_named(const char *name, enum rule_id *id);

/* What was measured of one program. Sizes in bytes. */
struct measure {
    const struct layout *layout;
    const char *family;       /* "arm64" or "x86_64" */
    struct extents extents;   /* the images, in loading order */
    struct image_words words; /* of them */
    uint64_t page_zero;  /* __PAGEZERO; the profile's image base for a program of dylibs alone */
    uint64_t executable; /* the executable without __PAGEZERO */
    uint64_t dylibs;     /* all other images */
    uint64_t executable_end;       /* unslid address after the executable */
    const char *const *misaligned; /* "libfoo.dylib (string pool at 0x8004)", one a part */
    size_t misaligned_count;
    const char *const *unresolved; /* what to say of each dylib that is missed */
    size_t unresolved_count;
    bool has_baseline;
    uint64_t baseline_sum; /* the sum that the baseline recorded */
    const char *grown;     /* which images grew most since; NULL where nobody knows */
};

/* What a program is judged by. */
struct limits {
    enum severity severities[RULE_COUNT]; /* SEVERITY_OFF, SEVERITY_WARNING or SEVERITY_ERROR */
    bool is_given[RULE_COUNT];            /* somebody said which: it holds for every profile */
    bool has_limit;
    uint64_t limit;    /* --limit: in place of the window's start */
    uint64_t headroom; /* bytes kept free below the window */
    unsigned warn_at;  /* percent of a limit from which a rule warns; 0 for never */
    bool has_max_growth;
    uint64_t max_growth; /* bytes that the sum may have grown over the baseline */
};

struct finding {
    enum rule_id rule;
    enum severity severity;
    bool has_numbers;
    uint64_t actual;
    uint64_t limit;
    int64_t
        margin; /* what is left before the rule fails, headroom taken off; negative when it does */
    const char *message; /* one sentence without a full stop */
    /* What helps here, where that is not what helps in general; else NULL. */
    const char *what_to_do;
    const char *if_not_possible;
};

/* The help of a finding: its rule's, with what helps in its case. */
struct help finding_help(const struct finding *finding);

struct findings {
    struct finding *items; /* in the order of the rules */
    size_t count;
    size_t capacity;
};

/* The outcome for one program; lives in the arena. */
struct judgement {
    enum verdict verdict;
    struct findings findings;  /* in the order of the rules */
    size_t starts[RULE_COUNT]; /* the first finding of each rule, or where it would be */
    uint64_t sum;              /* page_zero + executable + shared region + dylibs */
    uint64_t shared_region; /* bytes of the shared region; 0 where images do not have to pass it */
    uint64_t top;           /* highest end of an image, slide 0 */
    uint64_t top_slid;      /* the greatest over all slides */
    uint64_t *addresses;    /* one an image, slide 0; UINT64_MAX for one without room */
    struct placement worst; /* at the slide at which images end highest; in the arena */
    bool has_limit;         /* whether the profile, or --limit, sets one */
    uint64_t limit;
    size_t unplaced; /* images for which there is no room at all at the worst slide */
    size_t beyond;   /* images that end past the limit at the worst slide */
    bool has_window;
    uint64_t slots_hit; /* at the worst slide */
    uint64_t slots;
    bool has_slides;     /* an executable whose possible slides are known, on arm64 */
    uint64_t slides_hit; /* how many take the executable into the shared region */
    uint64_t slides;
};

/* The levels as the rules have them, headroom 64 MiB, nothing else. */
void limits_default(struct limits *limits);
/* Takes a --limit off that nobody meant for this system: its shared region alone is larger. */
void limits_drop_foreign(struct limits *limits, const struct profile *profile);
/* Sets the severities that a profile decides and nobody has given. */
void limits_for_profile(struct limits *limits, const struct profile *profile);
void judge(struct arena *arena, const struct measure *measure, const struct limits *limits,
           struct judgement *judgement);

/* Whether a rule about sizes failed or warned, so that less address space would help: any but
 * linkedit-alignment and unresolved. */
bool judgement_wants_space(const struct judgement *judgement);
/* Whether an error-level finding of another rule than `unresolved` is among the findings. */
bool judgement_exceeds(const struct judgement *judgement);
/* "error", "warning", "pass", "off", "not-applicable". */
const char *severity_name(enum severity severity);
/* "fits", "warning", "exceeds". */
const char *verdict_name(enum verdict verdict);

#endif
