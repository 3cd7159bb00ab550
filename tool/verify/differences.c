#include "verify/differences.h"

#include <stdarg.h>
#include <stdio.h>

static void add(const struct differences *differences, const char *field, const char *what) {
    struct error error;
    error_malformed(&error, field, "%s", what);
    errors_add(differences->errors, &error);
}

void differences_add(struct differences *differences, const char *format, ...) {
    char what[sizeof((struct error *)0)->what];
    va_list arguments;
    if (differences->count++ >= MOST_DIFFERENCES)
        return;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    add(differences, differences->field, what);
}

bool differences_unreadable(const struct differences *differences, const struct error *old,
                            const struct error *new) {
    char field[64];
    if (new->kind != ERROR_NONE) {
        add(differences, differences->field, new->what);
        return true;
    }
    if (old->kind == ERROR_NONE)
        return false;
    snprintf(field, sizeof field, "%s of the original", differences->field);
    add(differences, field, old->what);
    return true;
}

void differences_end(const struct differences *differences) {
    char what[64];
    if (differences->count <= MOST_DIFFERENCES)
        return;
    size_t more = differences->count - MOST_DIFFERENCES;
    snprintf(what, sizeof what, "%zu more difference%s", more, more == 1 ? "" : "s");
    add(differences, differences->field, what);
}
