#include "macho/build_version.h"

#include "macho/format.h"

#include <stddef.h>

/* What mach_o/Platform.cpp knows of a platform. */
struct platform {
    uint32_t number;
    uint16_t base_year;  /* the autumn before version 1; 0 where dyld counts no releases */
    bool ten;            /* had versions 10.x, one minor version a year from 2004 on */
    bool aligned;        /* went on with version 26 in 2025 */
    uint8_t early_major; /* up to this version the release of spring was not .4 ... */
    uint8_t early_minor; /* ... but this */
    const char *name;
};

static const struct platform platforms[] = {
    {PLATFORM_MACOS, 2009, true, true, 13, 3, "macOS"},
    {2, 2006, false, true, 0, 0, "iOS"},
    {3, 2006, false, true, 0, 0, "tvOS"},
    {4, 2013, false, true, 0, 0, "watchOS"},
    {5, 2015, false, false, 8, 3, "bridgeOS"},
    {PLATFORM_MAC_CATALYST, 2006, false, true, 0, 0, "Mac Catalyst"},
    {7, 2006, false, true, 0, 0, "iOS Simulator"},
    {8, 2006, false, true, 0, 0, "tvOS Simulator"},
    {9, 2013, false, true, 0, 0, "watchOS Simulator"},
    {PLATFORM_DRIVERKIT, 2000, false, false, 0, 0, "DriverKit"},
    {11, 2022, false, true, 1, 1, "visionOS"},
    {12, 2022, false, true, 1, 1, "visionOS Simulator"},
    {13, 0, false, false, 0, 0, "firmware"},
    {14, 0, false, false, 0, 0, "sepOS"},
    {15, 2009, true, true, 13, 3, "macOS ExclaveCore"},
    {16, 2009, true, true, 13, 3, "macOS ExclaveKit"},
    {17, 2006, false, true, 0, 0, "iOS ExclaveCore"},
    {18, 2006, false, true, 0, 0, "iOS ExclaveKit"},
    {19, 2006, false, true, 0, 0, "tvOS ExclaveCore"},
    {20, 2006, false, true, 0, 0, "tvOS ExclaveKit"},
    {21, 2013, false, true, 0, 0, "watchOS ExclaveCore"},
    {22, 2013, false, true, 0, 0, "watchOS ExclaveKit"},
    {23, 2022, false, true, 1, 1, "visionOS ExclaveCore"},
    {24, 2022, false, true, 1, 1, "visionOS ExclaveKit"},
    {PLATFORM_ZIPPERED, 2009, true, true, 13, 3, "macOS and Mac Catalyst"},
};

/* The commands older than LC_BUILD_VERSION (mach_o/UnsafeHeader.cpp, forEachPlatformLoadCommand);
 * on Intel all but the first were a simulator's. */
static const struct {
    uint32_t command;
    uint32_t platform;
    uint32_t on_x86_64;
} older[] = {
    {LC_VERSION_MIN_MACOSX, PLATFORM_MACOS, PLATFORM_MACOS},
    {LC_VERSION_MIN_IPHONEOS, 2, 7},
    {LC_VERSION_MIN_TVOS, 3, 8},
    {LC_VERSION_MIN_WATCHOS, 4, 9},
};

static const struct platform *row_of(uint32_t number) {
    for (size_t i = 0; i < sizeof platforms / sizeof platforms[0]; i++)
        if (platforms[i].number == number)
            return &platforms[i];
    return NULL;
}

static bool read_older(const struct load_command *command, uint32_t cpu_type,
                       struct build_version *version) {
    for (size_t i = 0; i < sizeof older / sizeof older[0]; i++) {
        if (older[i].command != command->number || command->bytes.size < 16)
            continue;
        version->platform = cpu_type == CPU_TYPE_X86_64 ? older[i].on_x86_64 : older[i].platform;
        version->minimum = bytes_u32(command->bytes, 8);
        version->sdk = bytes_u32(command->bytes, 12);
        /* The first linkers to write LC_VERSION_MIN_MACOSX had no SDK to put there. */
        if (version->sdk == 0 && command->number == LC_VERSION_MIN_MACOSX)
            version->sdk = version->minimum;
        return true;
    }
    return false;
}

bool build_version_read(const struct load_command *command, uint32_t cpu_type,
                        struct build_version *version) {
    if (command->number != LC_BUILD_VERSION)
        return read_older(command, cpu_type, version);
    version->platform = bytes_u32(command->bytes, 8);
    version->minimum = bytes_u32(command->bytes, 12);
    version->sdk = bytes_u32(command->bytes, 16);
    return true;
}

struct build_version build_version_implied(uint32_t cpu_type) {
    uint32_t sdk = cpu_type == CPU_TYPE_X86_64 ? VERSION(10, 5) : VERSION(11, 0);
    return (struct build_version){PLATFORM_MACOS, sdk, 0};
}

bool build_version_add(struct build_version *version, const struct build_version *other) {
    uint32_t had = version->platform, comes = other->platform;
    if (had == 0 || had == comes) {
        *version = *other;
        return true;
    }
    bool mac = had == PLATFORM_MACOS || had == PLATFORM_ZIPPERED;
    if (mac && comes == PLATFORM_MAC_CATALYST) {
        version->platform = PLATFORM_ZIPPERED;
        return true;
    }
    if ((had == PLATFORM_MAC_CATALYST || had == PLATFORM_ZIPPERED) && comes == PLATFORM_MACOS) {
        *version = (struct build_version){PLATFORM_ZIPPERED, other->sdk, other->minimum};
        return true;
    }
    return false;
}

const char *platform_name(uint32_t platform) {
    const struct platform *row = row_of(platform);
    return row == NULL ? NULL : row->name;
}

bool platform_loads(uint32_t process, uint32_t image) {
    if (process == PLATFORM_ZIPPERED)
        process = PLATFORM_MACOS;
    return process == image || (image == PLATFORM_ZIPPERED &&
                                (process == PLATFORM_MACOS || process == PLATFORM_MAC_CATALYST));
}

static uint32_t release(uint16_t year, bool spring) {
    return (uint32_t)year * 10 + (spring ? 0 : 5);
}

/* As dyld reckons it, in 16 bits: an SDK of 0 is not the oldest but younger than all there are, and
 * what it takes for spring is the patch (PlatformInfo::yearForTenMinorVersion). */
static uint32_t release_of_ten(uint32_t version) {
    bool spring = (version & 0xff) >= 4;
    uint32_t year = 2004 + ((version - VERSION(10, 0)) >> 8);
    return release((uint16_t)(spring ? year - 1 : year), spring);
}

/* PlatformInfo::yearForMajorVersion; a number that was skipped before 26 is as young as 26. */
static uint32_t release_of_major(const struct platform *row, uint32_t version) {
    uint32_t major = version >> 16, minor = version >> 8 & 0xff;
    bool spring = minor >= (major <= row->early_major ? row->early_minor : 4);
    uint16_t year = (uint16_t)(row->base_year + major);
    if (row->aligned && major >= 26)
        year = (uint16_t)(1999 + major);
    else if (row->aligned && year > 2026)
        year = 2026;
    return release((uint16_t)(spring ? year + 1 : year), spring);
}

uint32_t platform_release(uint32_t platform, uint32_t version) {
    const struct platform *row = row_of(platform);
    if (row == NULL)
        return 0;
    if (row->base_year == 0)
        return release(2020, false);
    if (row->ten && version < VERSION(11, 0))
        return release_of_ten(version);
    return release_of_major(row, version);
}
