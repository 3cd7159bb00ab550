#include "verify/compare_fixups.h"

#include "base/text.h"
#include "macho/fixup_walk.h"
#include "verify/differences.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SORTED = 1 << 22 /* fixups of one side */ };

/* One of the two, and where it is. */
struct fixup_side {
    struct fixup_walk walk;
    struct fixup fixup; /* the current one, when there is one */
    bool has_fixup;
    bool is_original;
};

struct fixup_comparison {
    const char *part;
    const struct image *image;
    struct fixup_side old;
    struct fixup_side new;
    struct differences differences;
};

/* An original that is malformed is said to be that, since the errors are reported of the new one.
 */
static void report_malformed(struct fixup_comparison *comparison, const struct fixup_side *side,
                             const struct error *error) {
    char field[sizeof error->field];
    struct error named = *error;
    snprintf(field, sizeof field, "%.140s of the original", error->field);
    if (side->is_original)
        error_malformed(&named, field, "%s", error->what);
    errors_add(comparison->differences.errors, &named);
}

/* Either may be NULL: there is none. */
static void report_fixup(struct fixup_comparison *comparison, const struct fixup *old,
                         const struct fixup *new) {
    const struct fixup *either = old == NULL ? new : old;
    struct text text = {0};
    if (either->kind != FIXUP_STRONG) {
        text_add(&text, "at ");
        fixup_describe_place(comparison->image, either->address, &text);
        text_add(&text, ": ");
    }
    if (new == NULL)
        text_add(&text, "there is none");
    else
        fixup_describe(new, &text);
    text_add(&text, old == NULL ? ", there was none" : ", was ");
    if (old != NULL)
        fixup_describe(old, &text);
    differences_add(&comparison->differences, "%s", text.data);
    text_free(&text);
}

/* --- imports that no fixup need use --- */

struct imports {
    struct import *items;
    size_t count;
};

static struct imports sorted_imports(const struct chained_fixups *fixups) {
    struct imports imports = {.count = fixups->import_count};
    imports.items = calloc(imports.count + 1, sizeof *imports.items);
    if (imports.items == NULL)
        out_of_memory();
    for (uint32_t i = 0; i < fixups->import_count; i++)
        imports.items[i] = chained_fixups_import(fixups, i);
    qsort(imports.items, imports.count, sizeof *imports.items, import_order);
    return imports;
}

static void report_import(struct fixup_comparison *comparison, const char *verb,
                          const struct import *import) {
    struct text text = {0};
    text_add(&text, verb);
    import_describe(import, &text);
    differences_add(&comparison->differences, "%s", text.data);
    text_free(&text);
}

/* Steps over an import and all like it. */
static size_t behind_import(const struct imports *imports, size_t i) {
    size_t next = i + 1;
    while (next < imports->count && import_same(&imports->items[i], &imports->items[next]))
        next++;
    return next;
}

static void compare_sorted_imports(struct fixup_comparison *comparison, const struct imports *old,
                                   const struct imports *new) {
    size_t i = 0, k = 0;
    while (i < old->count || k < new->count) {
        int order = i == old->count   ? 1
                    : k == new->count ? -1
                                      : import_order(&old->items[i], &new->items[k]);
        if (order < 0)
            report_import(comparison, "no more imports ", &old->items[i]);
        if (order > 0)
            report_import(comparison, "now imports ", &new->items[k]);
        if (order <= 0)
            i = behind_import(old, i);
        if (order >= 0)
            k = behind_import(new, k);
    }
}

static bool same_imports(const struct chained_fixups *old, const struct chained_fixups *new) {
    bool same = old->import_count == new->import_count;
    for (uint32_t i = 0; same && i < old->import_count; i++) {
        struct import before = chained_fixups_import(old, i);
        struct import after = chained_fixups_import(new, i);
        same = import_same(&before, &after);
    }
    return same;
}

/* dyld looks up every import, whether a pointer uses it or not. */
static void compare_imports(struct fixup_comparison *comparison) {
    const struct chained_fixups *old = &comparison->old.walk.chained;
    const struct chained_fixups *new = &comparison->new.walk.chained;
    if (same_imports(old, new))
        return;
    struct imports before = sorted_imports(old), after = sorted_imports(new);
    compare_sorted_imports(comparison, &before, &after);
    free(before.items);
    free(after.items);
}

/* --- fixups --- */

/* False for what is malformed, which is reported. */
static bool advance(struct fixup_comparison *comparison, struct fixup_side *side) {
    struct error error;
    side->has_fixup = fixup_walk_next(&side->walk, &side->fixup, &error);
    if (side->has_fixup || error.kind == ERROR_NONE)
        return true;
    report_malformed(comparison, side, &error);
    return false;
}

static bool advance_both(struct fixup_comparison *comparison) {
    bool new_good = advance(comparison, &comparison->new);
    return advance(comparison, &comparison->old) && new_good;
}

struct fixups {
    struct fixup *items;
    size_t count;
    size_t capacity;
};

static void add_fixup(struct fixups *fixups, const struct fixup *fixup) {
    if (fixups->count == fixups->capacity) {
        fixups->capacity = fixups->capacity == 0 ? 64 : 2 * fixups->capacity;
        fixups->items = realloc(fixups->items, fixups->capacity * sizeof *fixups->items);
        if (fixups->items == NULL)
            out_of_memory();
    }
    fixups->items[fixups->count++] = *fixup;
}

/* Takes the current fixup and all after it. False when they cannot all be read, or are too many.
 */
static bool gather(struct fixup_comparison *comparison, struct fixup_side *side,
                   struct fixups *fixups) {
    while (side->has_fixup) {
        if (fixups->count == MOST_SORTED)
            return false;
        add_fixup(fixups, &side->fixup);
        if (!advance(comparison, side))
            return false;
    }
    if (fixups->count > 1)
        qsort(fixups->items, fixups->count, sizeof *fixups->items, fixup_order);
    return true;
}

/* Of the same pointer and kind, so that one has become the other; otherwise which comes first. */
static int place_order(const struct fixup *old, const struct fixup *new) {
    if (old->address == new->address && old->kind == new->kind && old->kind != FIXUP_STRONG)
        return 0;
    return fixup_order(old, new);
}

static void compare_sorted(struct fixup_comparison *comparison, const struct fixups *old,
                           const struct fixups *new) {
    size_t i = 0, k = 0;
    while (i < old->count || k < new->count) {
        const struct fixup *before = i < old->count ? &old->items[i] : NULL;
        const struct fixup *after = k < new->count ? &new->items[k] : NULL;
        int order = before == NULL ? 1 : after == NULL ? -1 : place_order(before, after);
        if (order != 0 || !fixup_same(before, after))
            report_fixup(comparison, order > 0 ? NULL : before, order < 0 ? NULL : after);
        if (order <= 0)
            i++;
        if (order >= 0)
            k++;
    }
}

/* What is left of both from the first two that are not the same. */
static void compare_rest(struct fixup_comparison *comparison) {
    struct fixup_side *old = &comparison->old, *new = &comparison->new;
    struct fixup first_old = old->fixup, first_new = new->fixup;
    bool has_old = old->has_fixup, has_new = new->has_fixup;
    size_t before = comparison->differences.errors->count;
    struct fixups old_fixups = {0}, new_fixups = {0};
    if (gather(comparison, new, &new_fixups) && gather(comparison, old, &old_fixups))
        compare_sorted(comparison, &old_fixups, &new_fixups);
    else if (comparison->differences.errors->count == before)
        report_fixup(comparison, has_old ? &first_old : NULL, has_new ? &first_new : NULL);
    free(old_fixups.items);
    free(new_fixups.items);
}

static void compare_walks(struct fixup_comparison *comparison) {
    struct fixup_side *old = &comparison->old, *new = &comparison->new;
    do {
        if (!advance_both(comparison))
            return;
    } while (old->has_fixup && new->has_fixup && fixup_same(&old->fixup, &new->fixup));
    if (old->has_fixup || new->has_fixup)
        compare_rest(comparison);
    else
        compare_imports(comparison);
}

static bool begin(struct fixup_comparison *comparison, struct fixup_side *side,
                  const struct compared_fixups *compared) {
    struct error error;
    if (fixup_walk_begin(&side->walk, comparison->part, compared->part, compared->image,
                         compared->slice, &error))
        return true;
    report_malformed(comparison, side, &error);
    return false;
}

void compare_fixups(const char *part, const struct compared_fixups *old,
                    const struct compared_fixups *new, struct errors *errors) {
    struct fixup_comparison comparison = {.part = part,
                                          .image = new->image,
                                          .old = {.is_original = true},
                                          .differences = {.errors = errors, .field = part}};
    bool new_begins = begin(&comparison, &comparison.new, new);
    if (begin(&comparison, &comparison.old, old) && new_begins)
        compare_walks(&comparison);
    differences_end(&comparison.differences);
}
