/* Judged programs: each program with each system that it is judged for. */
#ifndef VAFIT_PROGRAM_JUDGED_PROGRAM_H
#define VAFIT_PROGRAM_JUDGED_PROGRAM_H

#include "base/arena.h"
#include "program/load_order.h"
#include "space/profile.h"
#include "space/rules.h"

#include <stdbool.h>
#include <stddef.h>

/* A system, and by what programs are judged for it. */
struct judged_profile {
    struct profile profile;
    struct limits limits;
};

struct judged_profiles {
    struct judged_profile *items; /* the oldest system first */
    size_t count;
    size_t capacity;
    bool is_default; /* nobody named them: a program is not judged for systems that it does not run
                        on */
};

/* Nothing here is owned. */
struct judged_program {
    struct program *program;
    const struct profile *profile;
    const struct limits *limits;
};

struct judged_programs {
    struct judged_program *items; /* in the order of the programs, and then of the profiles */
    size_t count;
    size_t capacity;
};

/* The version of macOS that an executable asks for at least ("26"); 0 where that is not known or it
 * is of another platform. */
unsigned program_minimum_version(const struct program *program);
/* Each of the programs with each profile. Of the default ones, those of its minimum version and
 * later; the newest for a program that asks for a later one than is known. */
void judged_programs_make(struct arena *arena, struct program *const *programs, size_t count,
                          const struct judged_profiles *profiles, struct judged_programs *judged);

#endif
