/* What the tests of judge() share: programs of given sizes, judged, and findings held against
 * others. */
#ifndef VAFIT_UNIT_JUDGING_H
#define VAFIT_UNIT_JUDGING_H

#include "base/size.h"
#include "space/rules.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static inline int release(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

/* The findings of one rule: how many, and the first. */
static inline size_t findings_of(const struct judgement *judgement, enum rule_id rule,
                                 struct finding *first) {
    size_t count = 0;
    for (size_t i = judgement->findings.count; i-- > 0;)
        if (judgement->findings.items[i].rule == rule) {
            *first = judgement->findings.items[i];
            count++;
        }
    return count;
}

static inline void expect_equal(const char *label, const struct finding *finding,
                                const struct finding *expected) {
    if (strcmp(finding->message, expected->message) != 0)
        fail_msg("%s: \"%s\", not \"%s\"", label, finding->message, expected->message);
    if (finding->severity != expected->severity)
        fail_msg("%s: %s, not %s", label, severity_name(finding->severity),
                 severity_name(expected->severity));
    if (finding->has_numbers != expected->has_numbers || finding->actual != expected->actual ||
        finding->limit != expected->limit || finding->margin != expected->margin)
        fail_msg("%s: actual %" PRIu64 ", limit %" PRIu64 ", margin %" PRId64, label,
                 finding->actual, finding->limit, finding->margin);
}

static inline void expect_finding(const char *label, const struct judgement *judgement,
                                  enum rule_id rule, const struct finding *expected) {
    struct finding finding = {0};
    if (findings_of(judgement, rule, &finding) != 1)
        fail_msg("%s: not one finding", label);
    expect_equal(label, &finding, expected);
}

/* What a finding with numbers is expected to say. */
#define NUMBERS(severity_, actual_, limit_, margin_, message_)                                     \
    {                                                                                              \
        .severity = severity_, .has_numbers = true, .actual = actual_, .limit = limit_,            \
        .margin = (int64_t)(margin_), .message = message_                                          \
    }
#define NOT_APPLICABLE(message_)                                                                   \
    { .severity = SEVERITY_NOT_APPLICABLE, .message = message_ }

/* An executable of 1 GiB at 4 GiB and two equal dylibs. When these have 0.75 GiB or more each they
 * lie side by side after the shared region at every slide, so that with their sum d the top is
 * 12 GiB + d for macos-26, while the sum is 4 + 1 + 6 GiB + d. */
struct situation {
    const char *profile; /* NULL: macos-26 */
    const char *family;  /* NULL: arm64 */
    bool no_executable;
    uint64_t dylibs; /* both */
    uint64_t limit;  /* --limit; 0: none */
    bool has_headroom;
    uint64_t headroom;
    unsigned warn_at;
};

/* The names of a list. */
static inline const char *listed_name(struct arena *unused, const void *names, size_t i) {
    (void)unused;
    return ((const char *const *)names)[i];
}

static inline struct measure measure_of(const struct situation *situation) {
    static const char *const names[] = {"program", "liba.dylib", "libb.dylib"};
    const struct extent images[] = {
        {4 * GIB, GIB, 0}, {0, situation->dylibs / 2, 0}, {0, situation->dylibs / 2, 0}};
    size_t first = situation->no_executable ? 1 : 0;
    struct extent *extents = arena_take(&arena, sizeof images);
    memcpy(extents, images, sizeof images);
    const char *family = situation->family == NULL ? "arm64" : situation->family;
    const char *profile = situation->profile == NULL ? "macos-26" : situation->profile;
    return (struct measure){
        .layout = profile_layout(profile_named(profile), family),
        .family = family,
        .extents = {.items = extents + first,
                    .count = 3 - first,
                    .has_executable = !situation->no_executable},
        .words = {names + first, listed_name, NULL},
        .page_zero = 4 * GIB,
        .executable = situation->no_executable ? 0 : GIB,
        .executable_end = situation->no_executable ? 0 : 5 * GIB,
        .dylibs = situation->dylibs,
    };
}

static inline struct limits limits_of(const struct situation *situation) {
    struct limits limits;
    limits_default(&limits);
    limits.has_limit = situation->limit != 0;
    limits.limit = situation->limit;
    limits.warn_at = situation->warn_at;
    if (situation->has_headroom)
        limits.headroom = situation->headroom;
    return limits;
}

static inline struct judgement judgement_of(const struct situation *situation) {
    struct judgement judgement;
    struct measure measure = measure_of(situation);
    struct limits limits = limits_of(situation);
    judge(&arena, &measure, &limits, &judgement);
    return judgement;
}

struct row {
    const char *label;
    struct situation situation;
    struct finding expected;
};

static inline void expect_rows(enum rule_id rule, const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct judgement judgement = judgement_of(&rows[i].situation);
        expect_finding(rows[i].label, &judgement, rule, &rows[i].expected);
    }
}

static inline struct measure executable_of(const char *family, uint64_t end,
                                           struct extent *extent) {
    static const char *const names[] = {"program"};
    *extent = (struct extent){4 * GIB, end - 4 * GIB, 0};
    return (struct measure){
        .layout = profile_layout(profile_named("macos-26"), family),
        .family = family,
        .extents = {.items = extent, .count = 1, .has_executable = true},
        .words = {names, listed_name, NULL},
        .page_zero = 4 * GIB,
        .executable = extent->vm_size,
        .executable_end = end,
    };
}

#endif
