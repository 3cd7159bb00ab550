#include "verbs/verb.h"

#include "base/terminal.h"
#include "verbs/common_options.h"

#include <string.h>

static const struct verb *const verbs[] = {
    &verb_check,       &verb_why,    &verb_explain, &verb_map,       &verb_sample,
    &verb_diff,        &verb_scan,   &verb_align,   &verb_shrink,    &verb_fix,
    &verb_consolidate, &verb_verify, &verb_link,    &verb_completion};

const struct verb *verb_row(size_t i) {
    return i < sizeof verbs / sizeof verbs[0] ? verbs[i] : NULL;
}

const struct verb *verb_named(const char *name) {
    const struct verb *verb;
    for (size_t i = 0; (verb = verb_row(i)) != NULL; i++)
        if (strcmp(verb->name, name) == 0)
            return verb;
    return NULL;
}

bool call_parse(const struct call *call, const struct verb *verb, void *target,
                struct string_list *operands, struct error *error) {
    const struct command_line line = {call->argc, call->argv, verb->rows, verb->row_count};
    if (!options_parse(call->arena, &line, target, operands, error))
        return false;
    for (size_t i = 0; i < verb->row_count; i++)
        if (verb->rows[i].choices == &color_choices && strcmp(verb->rows[i].name, "color") == 0)
            terminal_set_color(*(const char **)(void *)((char *)target + verb->rows[i].member));
    return true;
}

struct call call_split(const struct call *call, struct string_list *after) {
    struct call before = *call;
    before.argc = 1;
    while (before.argc < call->argc && strcmp(call->argv[before.argc], "--") != 0)
        before.argc++;
    for (int i = before.argc + 1; i < call->argc; i++)
        *vector_push(call->arena, after) = call->argv[i];
    return before;
}

int call_fail(const struct verb *verb, const struct error *error) {
    error_print(stderr, error);
    if (error->kind == ERROR_USAGE)
        fprintf(stderr, "vafit: see `vafit help %s`\n", verb->name);
    return (int)error->kind;
}
