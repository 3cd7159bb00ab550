/* Build versions: the platform that an image was built for and the SDK it was built with, which
 * decide how much of dyld's rules it is held to. */
#ifndef VAFIT_MACHO_BUILD_VERSION_H
#define VAFIT_MACHO_BUILD_VERSION_H

#include "macho/load_command.h"

#include <stdbool.h>
#include <stdint.h>

/* The numbers of <mach-o/loader.h> that more than their row is about. PLATFORM_ZIPPERED is dyld's
 * own for what is of macOS and of Mac Catalyst at once (mach_o/Platform.h). */
#define PLATFORM_MACOS UINT32_C(1)
#define PLATFORM_MAC_CATALYST UINT32_C(6)
#define PLATFORM_DRIVERKIT UINT32_C(10)
#define PLATFORM_ZIPPERED UINT32_C(0xff000001)

/* A version as the load commands have it: 16 bits major, 8 minor, 8 patch. */
#define VERSION(major, minor) ((uint32_t)(major) << 16 | (uint32_t)(minor) << 8)

struct build_version {
    uint32_t platform; /* PLATFORM_...; 0 for none yet */
    uint32_t sdk;      /* a version */
    uint32_t minimum;  /* likewise, of the platform's system; 0 where nothing tells it */
};

/* Reads a load command that tells the platform; false for any other. */
bool build_version_read(const struct load_command *command, uint32_t cpu_type,
                        struct build_version *version);
/* What dyld of macOS takes an image to be that tells no platform. */
struct build_version build_version_implied(uint32_t cpu_type);
/* Takes what a further command tells into *version (mach_o/Platform.cpp, PlatformAndVersions::zip):
 * macOS and Mac Catalyst make a zippered image with the SDK of macOS, the same platform again takes
 * the place of the former; the minimum version is that of macOS too. False, with *version as it
 * was, for any other two. */
bool build_version_add(struct build_version *version, const struct build_version *other);

/* "macOS"; NULL for a number that dyld does not know. */
const char *platform_name(uint32_t platform);
/* Whether dyld loads an image of the one platform into a process of the other (mach_o/Header.cpp,
 * loadableIntoProcess). A process of an image that is zippered is one of macOS. */
bool platform_loads(uint32_t process, uint32_t image);
/* Which of the releases, one every autumn and one every spring, a version of the platform belongs
 * to: dyld's Epoch, ten times the year and 5 more for autumn. 0 for an unknown platform. */
uint32_t platform_release(uint32_t platform, uint32_t version);

#endif
