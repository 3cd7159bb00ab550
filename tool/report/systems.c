#include "report/systems.h"

#include <string.h>

const char *severity_color(enum severity severity) {
    switch (severity) {
    case SEVERITY_ERROR:
        return "\033[1;31m";
    case SEVERITY_WARNING:
        return "\033[1;33m";
    case SEVERITY_PASS:
        return "\033[32m";
    case SEVERITY_OFF:
    case SEVERITY_NOT_APPLICABLE:
        break;
    }
    return "\033[2m";
}

/* Whether it would fit but for what the baseline allows. */
static bool has_only_grown(const struct judgement *judgement) {
    for (size_t i = 0; i < judgement->findings.count; i++) {
        const struct finding *finding = &judgement->findings.items[i];
        if (finding->severity == SEVERITY_ERROR && finding->rule != RULE_GROWTH)
            return false;
    }
    return true;
}

enum fit fit_of(const struct judgement *judgement) {
    if (judgement->verdict == VERDICT_EXCEEDS && !judgement_exceeds(judgement))
        return CANNOT_BE_JUDGED;
    if (judgement->verdict == VERDICT_EXCEEDS)
        return has_only_grown(judgement) ? HAS_GROWN : DOES_NOT_FIT;
    return judgement->verdict == VERDICT_WARNING ? FITS_WITH_WARNINGS : FITS;
}

bool systems_all_fit(const struct systems *systems) {
    for (size_t i = 0; i < systems->count; i++)
        if (fit_of(systems->items[i].judgement) != FITS)
            return false;
    return true;
}

/* --- the verdict --- */

static const struct {
    const char *before, *after; /* the names of the systems */
    enum severity severity;
} standings[] = {
    [CANNOT_BE_JUDGED] = {"cannot be judged for ", ", since dylibs are missing", SEVERITY_ERROR},
    [DOES_NOT_FIT] = {"does not fit under ", "", SEVERITY_ERROR},
    [HAS_GROWN] = {"fits under ", ", but has grown by more than is allowed", SEVERITY_ERROR},
    [FITS_WITH_WARNINGS] = {"fits, with warnings, under ", "", SEVERITY_WARNING},
    [FITS] = {"fits under ", "", SEVERITY_PASS},
};

static void add_name(struct text *text, const char *name, size_t i, size_t count) {
    text_addf_printable(text, "%s%s", i == 0 ? "" : i + 1 == count ? " and " : ", ", name);
}

/* The names of those that stand so; how many there are. */
static size_t add_standing(const struct systems *systems, enum fit fit, struct text *names) {
    size_t count = 0, added = 0;
    for (size_t i = 0; i < systems->count; i++)
        count += fit_of(systems->items[i].judgement) == fit;
    for (size_t i = 0; i < systems->count; i++)
        if (fit_of(systems->items[i].judgement) == fit)
            add_name(names, systems->items[i].name, added++, count);
    return count;
}

void systems_add_verdict(const struct systems *systems, bool color, struct text *text) {
    const char *between = "";
    for (size_t i = 0; i < sizeof standings / sizeof standings[0]; i++) {
        struct text names = {0};
        if (add_standing(systems, (enum fit)i, &names) != 0) {
            text_addf(text, "%s%s", between, color ? severity_color(standings[i].severity) : "");
            text_addf(text, "%s%s%s%s", standings[i].before, names.data, standings[i].after,
                      color ? COLOR_END : "");
            between = "; ";
        }
        text_free(&names);
    }
}

void systems_add_names(const struct systems *systems, struct text *text) {
    size_t count = 0, added = 0;
    for (size_t i = 0; i < systems->count; i++)
        count += fit_of(systems->items[i].judgement) != FITS;
    for (size_t i = 0; i < systems->count; i++)
        if (fit_of(systems->items[i].judgement) != FITS)
            add_name(text, systems->items[i].name, added++, count);
}

/* --- findings --- */

/* Findings stand in the order of the rules: those of a rule are compared one by one. */
static bool finds(const struct judgement *judgement, const struct judgement *of, size_t number) {
    const struct finding *finding = &of->findings.items[number];
    size_t other = judgement->starts[finding->rule] + number - of->starts[finding->rule];
    if (other >= judgement->findings.count)
        return false;
    const struct finding *found = &judgement->findings.items[other];
    return found->rule == finding->rule && found->severity == finding->severity &&
           strcmp(found->message, finding->message) == 0;
}

/* The system's name where others that find fault do not find just that, else NULL; whether an
 * earlier system has told it. */
static const char *label_of(const struct finding_walk *walk, bool *is_told) {
    const struct systems *systems = walk->systems;
    const struct judgement *own = systems->items[walk->system].judgement;
    bool is_fault = walk->finding->severity >= SEVERITY_WARNING, all = true;
    *is_told = false;
    for (size_t i = 0; i < systems->count; i++) {
        const struct judgement *other = systems->items[i].judgement;
        bool same = finds(other, own, walk->number);
        *is_told |= same && i < walk->system;
        all &= same || (is_fault && fit_of(other) == FITS);
    }
    return all ? NULL : systems->items[walk->system].name;
}

bool finding_walk_next(struct finding_walk *walk) {
    for (; walk->system < walk->systems->count; walk->system++, walk->next = 0) {
        const struct findings *findings = &walk->systems->items[walk->system].judgement->findings;
        while (walk->next < findings->count) {
            bool is_told;
            walk->number = walk->next++;
            walk->finding = &findings->items[walk->number];
            if (walk->finding->severity < walk->least || walk->finding->severity > walk->most)
                continue;
            walk->label = label_of(walk, &is_told);
            if (!is_told)
                return true;
        }
    }
    return false;
}

void finding_walk_add(const struct finding_walk *walk, struct text *text) {
    text_add(text, rule_row(walk->finding->rule)->name);
    if (walk->label != NULL)
        text_addf_printable(text, " (%s)", walk->label);
    text_addf_printable(text, ": %s", walk->finding->message);
}

void severity_add(enum severity severity, bool color, struct text *text) {
    text_addf(text, "%s%s%s", color ? severity_color(severity) : "", severity_name(severity),
              color ? COLOR_END : "");
}

const struct finding *systems_error(const struct systems *systems, enum rule_id rule) {
    for (size_t i = 0; i < systems->count; i++) {
        const struct judgement *judgement = systems->items[i].judgement;
        const struct findings *findings = &judgement->findings;
        for (size_t j = judgement->starts[rule];
             j < findings->count && findings->items[j].rule == rule; j++)
            if (findings->items[j].severity == SEVERITY_ERROR)
                return &findings->items[j];
    }
    return NULL;
}
