#include "verify/compare_code.h"

#include "macho/data_in_code.h"
#include "macho/function_starts.h"
#include "verify/differences.h"

#include <inttypes.h>
#include <string.h>

/* --- function starts --- */

struct starts_side {
    struct function_starts starts;
    bool there; /* false after the last one */
    struct error error;
};

static struct starts_side first_start(struct bytes bytes) {
    struct starts_side side = {.starts = {.bytes = bytes}};
    side.there = function_starts_next(&side.starts, &side.error);
    return side;
}

/* Compares what comes next and steps past it. */
static void compare_next(struct starts_side *old, struct starts_side *new,
                         struct differences *differences) {
    uint64_t before = old->starts.offset, after = new->starts.offset;
    bool is_old = old->there && (!new->there || before <= after);
    bool is_new = new->there && (!old->there || after <= before);
    if (!is_new)
        differences_add(differences, "0x%" PRIx64 " is gone", before);
    if (!is_old)
        differences_add(differences, "0x%" PRIx64 " is new", after);
    if (is_old)
        old->there = function_starts_next(&old->starts, &old->error);
    if (is_new)
        new->there = function_starts_next(&new->starts, &new->error);
}

void compare_function_starts(struct bytes old, struct bytes new, struct errors *errors) {
    struct differences differences = {errors, "function starts", 0};
    struct starts_side before = first_start(old), after = first_start(new);
    while ((before.there || after.there) && before.error.kind == ERROR_NONE &&
           after.error.kind == ERROR_NONE)
        compare_next(&before, &after, &differences);
    if (!differences_unreadable(&differences, &before.error, &after.error))
        differences_end(&differences);
}

/* --- data in code --- */

static void compare_entries(struct bytes old, struct bytes new, size_t i,
                            struct differences *differences) {
    struct data_in_code before = data_in_code_at(old, i), after = data_in_code_at(new, i);
    if (before.offset != after.offset || before.length != after.length || before.kind != after.kind)
        differences_add(differences,
                        "entry %zu is %u bytes of kind %u at 0x%" PRIx32
                        ", was %u bytes of kind %u at 0x%" PRIx32,
                        i, after.length, after.kind, after.offset, before.length, before.kind,
                        before.offset);
}

void compare_data_in_code(struct bytes old, struct bytes new, struct errors *errors) {
    struct differences differences = {errors, "data in code", 0};
    struct error before, after;
    data_in_code_valid(old, &before);
    data_in_code_valid(new, &after);
    if (differences_unreadable(&differences, &before, &after))
        return;
    size_t count = data_in_code_count(new);
    if (data_in_code_count(old) != count)
        differences_add(&differences, "%zu entries, were %zu", count, data_in_code_count(old));
    else
        for (size_t i = 0; i < count; i++)
            compare_entries(old, new, i, &differences);
    differences_end(&differences);
}
