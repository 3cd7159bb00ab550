#include "verify/compare_summaries.h"

#include "macho/load_command.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

struct summary_comparison {
    const char *where;
    struct errors *errors;
};

/* "0x10", "'__TEXT'"; "nothing" for what is neither a number nor a string. */
static const char *shown(const json_t *value, char buffer[96]) {
    if (json_is_integer(value))
        snprintf(buffer, 96, "0x%" PRIx64, (uint64_t)json_integer_value(value));
    else if (json_is_string(value))
        snprintf(buffer, 96, "'%.80s'", json_string_value(value));
    else
        snprintf(buffer, 96, "nothing");
    return buffer;
}

static void report(const struct summary_comparison *comparison, const char *what,
                   const char *member, const json_t *vafit, const json_t *lief) {
    char field[160], left[96], right[96];
    struct error error;
    snprintf(field, sizeof field, "%s%s %s", comparison->where, what, member);
    error_malformed(&error, field, "LIEF reads %s, vafit %s", shown(lief, left),
                    shown(vafit, right));
    errors_add(comparison->errors, &error);
}

/* False after the first member that differs. */
static bool same_members(const struct summary_comparison *comparison, const char *what,
                         json_t *vafit, const json_t *lief) {
    const char *member;
    json_t *value;
    json_object_foreach(vafit, member, value) {
        const json_t *other = json_object_get(lief, member);
        if (json_equal(value, other))
            continue;
        report(comparison, what, member, value, other);
        return false;
    }
    return true;
}

static bool same_count(const struct summary_comparison *comparison, const char *item, size_t vafit,
                       size_t lief) {
    struct error error;
    char field[160];
    if (vafit == lief)
        return true;
    snprintf(field, sizeof field, "%s%ss", comparison->where, item);
    error_malformed(&error, field, "LIEF reads %zu, vafit %zu", lief, vafit);
    errors_add(comparison->errors, &error);
    return false;
}

/* "segment 2 (__LINKEDIT)", "load command 3 (LC_SYMTAB)". */
static void describe(const char *item, size_t i, const json_t *object, char what[120]) {
    const json_t *number = json_object_get(object, "number");
    const char *name = json_string_value(json_object_get(object, "name"));
    char buffer[16];
    if (number != NULL)
        name = load_command_name((uint32_t)json_integer_value(number), buffer);
    snprintf(what, 120, "%s %zu (%.60s)", item, i, name == NULL ? "" : name);
}

static void compare_list(const struct summary_comparison *comparison, const char *item,
                         const json_t *vafit, const json_t *lief) {
    if (!same_count(comparison, item, json_array_size(vafit), json_array_size(lief)))
        return;
    for (size_t i = 0; i < json_array_size(vafit); i++) {
        json_t *object = json_array_get(vafit, i);
        char what[120];
        describe(item, i, object, what);
        if (!same_members(comparison, what, object, json_array_get(lief, i)))
            return;
    }
}

void compare_summaries(const json_t *vafit, const json_t *lief, const char *where,
                       struct errors *errors) {
    static const struct {
        const char *member;
        const char *shown;
    } members[] = {
        {"header", "mach_header"}, {"commands", "load command"}, {"segments", "segment"},
        {"sections", "section"},   {"symbols", "symbol"},        {"symbol_table", "symbol table"},
    };
    const struct summary_comparison comparison = {where, errors};
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        json_t *ours = json_object_get(vafit, members[i].member);
        const json_t *theirs = json_object_get(lief, members[i].member);
        if (json_is_array(ours))
            compare_list(&comparison, members[i].shown, ours, theirs);
        else
            same_members(&comparison, members[i].shown, ours, theirs);
    }
}
