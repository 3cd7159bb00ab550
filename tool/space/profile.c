#include "space/profile.h"

#include "base/size.h"

#include <string.h>

/* The executable's place and slides and the stack: docs/model.md, "The kernel". dyld's copy from
 * disk is about 2 MiB after a slide of its own of at most 4. */
#define ARM64_OF_MACOS                                                                             \
    .page_size = 16 * KIB, .image_base = 4 * GIB, .address_end = UINT64_C(0x7ffffe000000),         \
    .slide_most = 80 * MIB, .slide_step = 8 * MIB, .loader_size = 6 * MIB,                         \
    .stack_end = UINT64_C(0x16fe00000), .stack_size = 64 * MIB,                                    \
    .slides = {.sections = 3, .stride = 32 * MIB, .pages = 1023, .page = 16 * KIB}

/* The shared region, the commpage with what the kernel keeps after it, and the window:
 * docs/model.md, "The malloc window". */
static const struct layout arm64_of_26 = {
    ARM64_OF_MACOS,
    .shared_region = {6 * GIB, 12 * GIB},
    .reserved = {{63 * GIB, 448 * GIB}},
    .reserved_count = 1,
    .window = {.start = 16 * GIB, .size = 24 * GIB, .stride = 32 * MIB, .slots = 736},
};

/* Figures published by others: docs/model.md, "macOS 27". */
static const struct layout arm64_of_27 = {
    ARM64_OF_MACOS,
    .shared_region = {6 * GIB, 448 * GIB},
    .window = {.start = 454 * GIB, .size = 24 * GIB, .stride = 32 * MIB, .slots = 1088},
};

/* The allocator without its window came first; the rest is as in 26, where it was read. */
static const struct layout arm64_of_15 = {
    ARM64_OF_MACOS,
    .shared_region = {6 * GIB, 12 * GIB},
    .reserved = {{63 * GIB, 448 * GIB}},
    .reserved_count = 1,
};

/* Intel Macs of all these versions: the shared region lies at the far end, and nothing is reserved
 * in the way of images. */
static const struct layout x86_64_of_all = {
    .page_size = 4 * KIB,
    .image_base = 4 * GIB,
    .address_end = UINT64_C(0x7fffffe00000),
    .slide_most = 256 * MIB,
    .slide_step = 16 * MIB,
    .loader_size = 6 * MIB,
    .stack_end = UINT64_C(0x7ff7c0000000),
    .stack_size = 64 * MIB,
    .reserved = {{UINT64_C(0x7ff800000000), UINT64_C(0x7fffffe00000)}},
    .reserved_count = 1,
};

static const struct profile table[] = {
    {"macos-26",
     "shared region 6 to 12 GiB, malloc window from 16 GiB (inferred from Apple's sources)", 26,
     &arm64_of_26, &x86_64_of_all, false},
    {"macos-27",
     "6 to 448 GiB closed, malloc window from 454 GiB (as others report; not in Apple's sources)",
     27, &arm64_of_27, &x86_64_of_all, true},
    {"macos-15", "shared region 6 to 12 GiB, no malloc window (inferred from Apple's sources)", 15,
     &arm64_of_15, &x86_64_of_all, false},
};

const struct profile *profile_named(const char *name) {
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

const struct profile *profile_row(size_t i) {
    return i < sizeof table / sizeof table[0] ? &table[i] : NULL;
}

bool profile_is_default(const struct profile *profile) {
    return profile->arm64->window.slots != 0;
}

const char *profile_name(size_t i) {
    const struct profile *profile = profile_row(i);
    return profile == NULL ? NULL : profile->name;
}

const struct layout *profile_layout(const struct profile *profile, const char *family) {
    return strcmp(family, "x86_64") == 0 ? profile->x86_64 : profile->arm64;
}
