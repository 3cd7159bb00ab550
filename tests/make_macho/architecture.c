#include "architecture.h"

#include <string.h>

static const struct architecture architectures[] = {
    {.name = "arm64",
     .cpu_type = 0x0100000c,
     .cpu_subtype = 0,
     .page_size = 0x4000,
     .page_shift = 14,
     .is_signed = true,
     .code = {0x00, 0x00, 0x80, 0x52, 0xc0, 0x03, 0x5f, 0xd6},
     .code_size = 8},
    {.name = "x86_64",
     .cpu_type = 0x01000007,
     .cpu_subtype = 3,
     .page_size = 0x1000,
     .page_shift = 12,
     .is_signed = false,
     .code = {0x31, 0xc0, 0xc3},
     .code_size = 3},
};

const char *architecture_name(size_t i) {
    return i < sizeof architectures / sizeof architectures[0] ? architectures[i].name : NULL;
}

const struct architecture *architecture_named(const char *name) {
    for (size_t i = 0; i < sizeof architectures / sizeof architectures[0]; i++)
        if (strcmp(architectures[i].name, name) == 0)
            return &architectures[i];
    return NULL;
}

const struct architecture *architecture_of_type(uint32_t cpu_type) {
    for (size_t i = 0; i < sizeof architectures / sizeof architectures[0]; i++)
        if (architectures[i].cpu_type == cpu_type)
            return &architectures[i];
    return NULL;
}
