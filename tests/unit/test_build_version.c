#include "macho/build_version.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { CPU_TYPE_ARM64 = 0x0100000c, CPU_TYPE_X86_64 = 0x01000007 };

static void a_version_belongs_to_a_release(void **state) {
    (void)state;
    static const struct {
        uint32_t platform, version, release;
    } releases[] = {
        {PLATFORM_MACOS, VERSION(10, 11), 20155},
        {PLATFORM_MACOS, VERSION(10, 15), 20195},
        /* In 10.x dyld takes the fourth patch for a release of the spring before. */
        {PLATFORM_MACOS, VERSION(10, 15) | 4, 20180},
        {PLATFORM_MACOS, VERSION(11, 0), 20205},
        {PLATFORM_MACOS, VERSION(11, 3), 20210},
        {PLATFORM_MACOS, VERSION(12, 0), 20215},
        {PLATFORM_MACOS, VERSION(14, 3), 20235},
        {PLATFORM_MACOS, VERSION(15, 3), 20245},
        {PLATFORM_MACOS, VERSION(15, 4), 20250},
        {PLATFORM_MACOS, VERSION(16, 0), 20255},
        {PLATFORM_MACOS, VERSION(25, 0), 20265},
        {PLATFORM_MACOS, VERSION(26, 0), 20255},
        {PLATFORM_MACOS, VERSION(26, 4), 20260},
        {PLATFORM_MACOS, 0, 649805},
        {PLATFORM_ZIPPERED, VERSION(26, 0), 20255},
        {PLATFORM_MAC_CATALYST, VERSION(18, 4), 20250},
        {PLATFORM_MAC_CATALYST, VERSION(26, 0), 20255},
        {4, VERSION(8, 0), 20215},
        {5, VERSION(8, 3), 20240},
        {PLATFORM_DRIVERKIT, VERSION(25, 0), 20255},
        {11, VERSION(1, 1), 20240},
        {13, VERSION(1, 0), 20205},
        {99, VERSION(26, 0), 0},
    };
    for (size_t i = 0; i < sizeof releases / sizeof releases[0]; i++)
        assert_int_equal(platform_release(releases[i].platform, releases[i].version),
                         releases[i].release);
}

static void the_sdk_is_that_of_macos_or_of_the_only_platform(void **state) {
    (void)state;
    static const struct {
        uint32_t had, comes, platform, sdk; /* `had` is of SDK 1, `comes` of SDK 2 */
    } pairs[] = {
        {0, PLATFORM_MACOS, PLATFORM_MACOS, 2},
        {PLATFORM_MACOS, PLATFORM_MACOS, PLATFORM_MACOS, 2},
        {PLATFORM_MACOS, PLATFORM_MAC_CATALYST, PLATFORM_ZIPPERED, 1},
        {PLATFORM_MAC_CATALYST, PLATFORM_MACOS, PLATFORM_ZIPPERED, 2},
        {PLATFORM_ZIPPERED, PLATFORM_MACOS, PLATFORM_ZIPPERED, 2},
        {PLATFORM_ZIPPERED, PLATFORM_MAC_CATALYST, PLATFORM_ZIPPERED, 1},
        {PLATFORM_MACOS, 2, PLATFORM_MACOS, 1},
        {2, PLATFORM_MAC_CATALYST, 2, 1},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct build_version version = {pairs[i].had, 1, 1}, other = {pairs[i].comes, 2, 2};
        assert_int_equal(build_version_add(&version, &other), i < 6);
        assert_int_equal(version.platform, pairs[i].platform);
        assert_int_equal(version.sdk, pairs[i].sdk);
        assert_int_equal(version.minimum, pairs[i].sdk);
    }
}

static void a_load_command_tells_the_platform(void **state) {
    (void)state;
    static const struct {
        uint32_t words[6];
        uint32_t cpu_type, platform, sdk;
    } commands[] = {
        {{LC_BUILD_VERSION, 24, 1, 5, 7}, CPU_TYPE_ARM64, PLATFORM_MACOS, 7},
        {{LC_VERSION_MIN_MACOSX, 16, 5, 7}, CPU_TYPE_ARM64, PLATFORM_MACOS, 7},
        {{LC_VERSION_MIN_MACOSX, 16, 5, 0}, CPU_TYPE_X86_64, PLATFORM_MACOS, 5},
        {{LC_VERSION_MIN_IPHONEOS, 16, 5, 0}, CPU_TYPE_ARM64, 2, 0},
        {{LC_VERSION_MIN_IPHONEOS, 16, 5, 7}, CPU_TYPE_X86_64, 7, 7},
        {{LC_VERSION_MIN_TVOS, 16, 5, 7}, CPU_TYPE_ARM64, 3, 7},
        {{LC_VERSION_MIN_WATCHOS, 16, 5, 7}, CPU_TYPE_X86_64, 9, 7},
        {{LC_VERSION_MIN_WATCHOS, 8}, CPU_TYPE_X86_64, 0, 0},
        {{LC_UUID, 24}, CPU_TYPE_ARM64, 0, 0},
    };
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        const struct load_command command = {
            .number = commands[i].words[0],
            .bytes = {(const uint8_t *)commands[i].words, commands[i].words[1]}};
        struct build_version version = {0};
        assert_int_equal(build_version_read(&command, commands[i].cpu_type, &version),
                         commands[i].platform != 0);
        assert_int_equal(version.platform, commands[i].platform);
        assert_int_equal(version.sdk, commands[i].sdk);
    }
}

/* As old as the first macOS of the architecture could be (mach_o/UnsafeHeader.cpp,
 * platformAndVersions). */
static void no_command_implies_an_old_macos(void **state) {
    (void)state;
    static const struct {
        uint32_t cpu_type, sdk, release;
    } implied[] = {{CPU_TYPE_ARM64, 0xb0000, 20205}, {CPU_TYPE_X86_64, 0xa0500, 20095}};
    for (size_t i = 0; i < sizeof implied / sizeof implied[0]; i++) {
        struct build_version version = build_version_implied(implied[i].cpu_type);
        assert_int_equal(version.platform, PLATFORM_MACOS);
        assert_int_equal(version.sdk, implied[i].sdk);
        assert_int_equal(platform_release(version.platform, version.sdk), implied[i].release);
    }
}

static void a_platform_that_dyld_knows_has_a_name(void **state) {
    (void)state;
    for (uint32_t i = 1; i <= 24; i++)
        assert_non_null(platform_name(i));
    assert_string_equal(platform_name(PLATFORM_MACOS), "macOS");
    assert_null(platform_name(0));
    assert_null(platform_name(25));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_version_belongs_to_a_release),
        cmocka_unit_test(the_sdk_is_that_of_macos_or_of_the_only_platform),
        cmocka_unit_test(a_load_command_tells_the_platform),
        cmocka_unit_test(no_command_implies_an_old_macos),
        cmocka_unit_test(a_platform_that_dyld_knows_has_a_name),
    };
    return cmocka_run_group_tests_name("build_version", tests, NULL, NULL);
}
