#include "macho/architecture.h"

#include "macho/format.h"

#include <string.h>

/* CPU_SUBTYPE_MASK. */

/* What each loads is dyld's grading, for a processor no older than Haswell: GradedArchitectures.cpp
 * in dyld's mach_o folder. arm64's second subtype is CPU_SUBTYPE_ARM64_V8, x86_64's second
 * CPU_SUBTYPE_X86_ARCH1. */
static const struct architecture table[] = {
    {"arm64", CPU_TYPE_ARM64, 0, 0x4000, "arm64", {"arm64", NULL}},
    {"arm64", CPU_TYPE_ARM64, 1, 0x4000, "arm64", {"arm64", NULL}},
    {"arm64e", CPU_TYPE_ARM64, 2, 0x4000, "arm64", {"arm64e", NULL}},
    {"x86_64", CPU_TYPE_X86_64, 3, 0x1000, "x86_64", {"x86_64h", "x86_64"}},
    {"x86_64", CPU_TYPE_X86_64, 4, 0x1000, "x86_64", {"x86_64h", "x86_64"}},
    {"x86_64h", CPU_TYPE_X86_64, 8, 0x1000, "x86_64", {"x86_64h", "x86_64"}},
};

enum { ROWS = sizeof table / sizeof table[0] };

const struct architecture *architecture_of(uint32_t cpu_type, uint32_t cpu_subtype) {
    for (size_t i = 0; i < ROWS; i++)
        if (table[i].cpu_type == cpu_type &&
            table[i].cpu_subtype == (cpu_subtype & ~CPU_SUBTYPE_MASK))
            return &table[i];
    return NULL;
}

const struct architecture *architecture_named(const char *name) {
    for (size_t i = 0; i < ROWS; i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

const struct architecture *architecture_row(size_t i) {
    return i < ROWS ? &table[i] : NULL;
}

const char *architecture_name(size_t i) {
    const char *name = NULL;
    for (size_t row = 0; row < ROWS; row++) {
        if (name != NULL && strcmp(table[row].name, name) == 0)
            continue;
        name = table[row].name;
        if (i-- == 0)
            return name;
    }
    return NULL;
}
