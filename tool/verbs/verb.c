#include "verbs/verb.h"

bool call_parse(const struct call *call, const struct verb *verb, void *target,
                struct string_list *operands, struct error *error) {
    return options_parse(call->arena, verb->rows, verb->row_count, call->argc, call->argv, target,
                         operands, error);
}

int call_fail(const struct verb *verb, const struct error *error) {
    error_print(stderr, error);
    if (error->kind == ERROR_USAGE)
        fprintf(stderr, "vafit: see `vafit help %s`\n", verb->name);
    return (int)error->kind;
}
