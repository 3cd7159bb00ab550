#include "shape.h"

#include "random.h"

#include <string.h>

const struct shape shape_simple = {
    .name = "simple",
    .groups = {{NAME_FUNCTION, VISIBILITY_EXPORTED, 3},
               {NAME_VARIABLE, VISIBILITY_EXPORTED, 1},
               {NAME_FUNCTION, VISIBILITY_LOCAL, 2},
               {NAME_VARIABLE, VISIBILITY_LOCAL, 1},
               {NAME_TABLE, VISIBILITY_LOCAL, 1}},
    .definitions = NAME_DEFINITIONS,
    .exportable = 4,
    .importable = 4,
    .functions = 5,
    .imports = 2,
    .object_stabs = 4,
    .marks_functions = true,
};

const struct shape shape_real = {
    .name = "real",
    .groups = {{NAME_FUNCTION, VISIBILITY_EXPORTED, 26},
               {NAME_VARIABLE, VISIBILITY_EXPORTED, 3},
               {NAME_FUNCTION, VISIBILITY_HIDDEN, 23},
               {NAME_FUNCTION, VISIBILITY_LOCAL, 3},
               {NAME_VARIABLE, VISIBILITY_LOCAL, 5},
               {NAME_EXCEPTION_TABLE, VISIBILITY_LOCAL, 20},
               {NAME_TABLE, VISIBILITY_LOCAL, 3}},
    .definitions = 83,
    .exportable = 29,
    .importable = 11,
    .functions = 52,
    .imports = 15,
    .object_stabs = 3,
    .hides = true,
    .fits_names = true,
};

static const struct shape *const shapes[] = {&shape_real, &shape_simple};

const char *shape_name_at(size_t i) {
    return i < sizeof shapes / sizeof shapes[0] ? shapes[i]->name : NULL;
}

const struct shape *shape_named(const char *name) {
    return strcmp(name, shape_real.name) == 0 ? &shape_real : &shape_simple;
}

struct definition shape_definition(const struct shape *shape, unsigned index) {
    unsigned functions = 0, others = 0;
    const struct shape_group *group = shape->groups;
    for (; index >= group->count; index -= group++->count)
        *(group->kind == NAME_FUNCTION ? &functions : &others) += group->count;
    return (struct definition){
        group->kind,
        group->visibility,
        index + (group->kind == NAME_FUNCTION ? functions : others),
    };
}

static size_t stabs_of(const struct shape *shape, enum name_kind kind) {
    if (kind == NAME_FUNCTION)
        return shape->marks_functions ? 4 : 2;
    return kind == NAME_TABLE ? 0 : 1;
}

size_t shape_stabs(const struct shape *shape) {
    size_t stabs = shape->object_stabs;
    for (size_t i = 0; i < SHAPE_GROUPS; i++)
        stabs += stabs_of(shape, shape->groups[i].kind) * shape->groups[i].count;
    return stabs;
}

size_t shape_importable(const struct shape *shape, size_t exports) {
    size_t rest = exports % shape->exportable;
    return exports / shape->exportable * shape->importable +
           (rest < shape->importable ? rest : shape->importable);
}

/* --- Lengths of names --- */

/* So many thousandths of the names are no longer than that. */
struct quantile {
    unsigned thousandths;
    unsigned length; /* bytes */
};

static const struct quantile exported_functions[] = {
    {0, 30},    {50, 34},   {250, 43},  {500, 56},   {750, 78},
    {900, 105}, {950, 125}, {990, 150}, {1000, 200},
};

static const struct quantile inner_functions[] = {
    {0, 45},    {50, 60},   {200, 85},  {500, 136},  {750, 200},
    {900, 298}, {960, 400}, {990, 500}, {1000, 643},
};

static const struct quantile variables[] = {{0, 42}, {1000, 62}};

/* `part` of `parts` equal parts, `hash` saying where in it. */
static size_t length_at(const struct quantile *quantiles, unsigned part, unsigned parts,
                        uint64_t hash) {
    double at = ((double)part + (double)(hash >> 11) / 9007199254740992.0) * 1000 / parts;
    size_t i = 1;
    while (quantiles[i].thousandths < at)
        i++;
    const struct quantile *low = &quantiles[i - 1], *high = &quantiles[i];
    double share = (at - low->thousandths) / (high->thousandths - low->thousandths);
    return (size_t)(low->length + share * (high->length - low->length) + 0.5);
}

static size_t name_length(const struct shape *shape, struct definition definition, size_t file,
                          unsigned index) {
    uint64_t hash = hash_number(file * shape->definitions + index + 1);
    unsigned exported = shape->groups[0].count;
    if (definition.kind == NAME_VARIABLE)
        return length_at(variables, 0, 1, hash);
    if (definition.visibility == VISIBILITY_EXPORTED)
        return length_at(exported_functions, definition.place, exported, hash);
    /* Each file has all lengths, and in each they begin at another function. */
    unsigned inner = shape->functions - exported;
    unsigned first = (unsigned)(hash_number(file + 1) % inner);
    return length_at(inner_functions, (definition.place - exported + first) % inner, inner, hash);
}

void shape_name(const struct shape *shape, struct name *name, const char *component, size_t file,
                unsigned index, bool is_exported) {
    struct definition definition = shape_definition(shape, index);
    bool is_sized = definition.kind == NAME_FUNCTION || definition.kind == NAME_VARIABLE;
    if (definition.kind == NAME_EXCEPTION_TABLE)
        name_exception_table(name, file * shape->definitions + index);
    else if (shape->fits_names && is_sized)
        name_sized(name, component, definition.visibility == VISIBILITY_LOCAL, file, index,
                   name_length(shape, definition, file, index));
    else if (is_exported)
        name_exported(name, definition.kind, component, file, index);
    else
        name_local(name, definition.kind, component, file, index);
}
