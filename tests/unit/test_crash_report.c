#include "crash/crash_report.h"
#include "crash/observed_layout.h"
#include "crash/signature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void read(struct arena *arena, const char *text, struct crash_report *report) {
    struct error error;
    assert_true(crash_report_read(arena, text, strlen(text), report, &error));
}

/* Lines of images as each system wrote them. */
static const struct image_line {
    const char *line;
    const char *name; /* NULL: no image */
    uint64_t base;
    uint64_t size;
    bool has_uuid;
} lines[] = {
    {"0x1000 - 0x1fff com.x.y (1.0) <00000000-0000-0000-0000-0000000000ff> /A b/c d.dylib",
     "c d.dylib", 0x1000, 0x1000, true},
    {"0x1000 - 0x1ffe +com.x.y (1 - 2) <000000000000000000000000000000FF> /a/d", "d", 0x1000, 0xfff,
     true},
    {"  0x1000 -   0x1fff Demo arm64  <000000000000000000000000000000ff> /a/Demo", "Demo", 0x1000,
     0x1000, true},
    {"0x1000 - 0x1fff com.x.y (*) <000000000000000000000000000000ff>", "com.x.y", 0x1000, 0x1000,
     true},
    {"0x1000 - 0x1fff libx (1) <00> /a/libx", "libx", 0x1000, 0x1000, false},
    {"0x0 - 0xffffffffffffffff ??? (*) <000000000000000000000000000000ff> ???", NULL, 0, 0, false},
    {"0x2000 - 0x1fff x (1) <000000000000000000000000000000ff> /a/x", NULL, 0, 0, false},
    {"0x10000000000000000 - 0x1fff x (1) <000000000000000000000000000000ff> /a/x", NULL, 0, 0,
     false},
    {"1000 - 0x1fff x (1) /a/x", NULL, 0, 0, false},
};

static void lines_of_images(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct arena arena = {0};
        struct crash_report report;
        read(&arena,
             arena_format(&arena, "Exception Type: X\nBinary Images:\n%s\n\nEOF\n", lines[i].line),
             &report);
        assert_int_equal(report.images.count, lines[i].name != NULL);
        if (lines[i].name != NULL) {
            const struct crash_image *image = &report.images.items[0];
            assert_string_equal(image->name, lines[i].name);
            assert_int_equal(image->base, lines[i].base);
            assert_int_equal(image->text_size, lines[i].size);
            assert_int_equal(image->has_uuid, lines[i].has_uuid);
            assert_true(!image->has_uuid || image->uuid[15] == 0xff);
        }
        arena_free(&arena);
    }
}

static const struct word_row {
    const char *text;
    const char *words;
    bool stand;
} words[] = {
    {"a Library not loaded: x", "Library not loaded", true},
    {"Libr\nary  notloaded", "Library not loaded", true},
    {"LIBRARY NOT LOADED", "Library not loaded", true},
    {"Library not", "Library not loaded", false},
    {"Code 4", "Code 4", true},
    {"Code 4,", "Code 4", true},
    {"Code 42", "Code 4", false},
    {"Code 42 Code 4", "Code 4", true},
    {"", "x", false},
};

static void words_whatever_pasting_did(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        assert_int_equal(words_stand_in(words[i].text, words[i].words), words[i].stand);
}

static const struct system_row {
    const char *os;
    const char *profile;
    bool is_assumed;
} systems[] = {
    {"macOS 26.3 (25D125)", "macos-26", false},
    {"macOS 27.0.1 (26A434)", "macos-27", false},
    {"macOS 28.0 (1A1)", "macos-27", false},
    {"macOS 15.6.1 (24G90)", "macos-15", false},
    {"macOS 13.1 (22C65)", "macos-15", false},
    {"Mac OS X 10.15.7 (19H2)", "macos-15", false},
    {"macOS", "macos-26", true},
    {NULL, "macos-26", true},
};

static void profiles_of_systems(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof systems / sizeof systems[0]; i++) {
        bool is_assumed;
        assert_string_equal(profile_of_system(systems[i].os, &is_assumed)->name,
                            systems[i].profile);
        assert_int_equal(is_assumed, systems[i].is_assumed);
    }
}

static void nobody_is_named(void **state) {
    (void)state;
    struct arena arena = {0};
    struct crash_image image;
    assert_string_equal(crash_report_anonymous(&arena, "x /Users/alice/b '/home/bob' /Users/carol"),
                        "x /Users/USER/b '/home/USER' /Users/USER");
    assert_string_equal(crash_report_anonymous(&arena, "/Users//x /opt/alice"),
                        "/Users//x /opt/alice");
    crash_image_name(&arena, "/Users/alice", &image);
    assert_string_equal(image.name, "USER");
    arena_free(&arena);
}

/* One image from `base` on in the window of macOS 26: place k begins at 16 GiB + k * 32 MiB and has
 * 24 GiB, and there are 736. */
static const struct place_row {
    uint64_t base;
    uint64_t size;
    uint64_t count;
    uint64_t first;
    uint64_t last;
} places[] = {
    {0x400000000, 0x4000, 1, 0, 0},          /* at 16 GiB */
    {0x3ffffc000, 0x4000, 0, 0, 0},          /* just below */
    {0x3ffffc000, 0x8000, 1, 0, 0},          /* from below into it */
    {0x402000000, 0x4000, 2, 0, 1},          /* 32 MiB further */
    {0x401ffc000, 0x4000, 1, 0, 0},          /* just below that */
    {0x9ffffc000, 0x4000, 736, 0, 735},      /* just below 40 GiB: where the first ends */
    {0xa00000000, 0x4000, 735, 1, 735},      /* at 40 GiB */
    {0xfbdffc000, 0x4000, 1, 735, 735},      /* just below where the last ends */
    {0xfbe000000, 0x4000, 0, 0, 0},          /* behind it */
    {0x100000000, 0xf00000000, 736, 0, 735}, /* all */
};

static void blocked_places(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct arena arena = {0};
        struct crash_image image = {"x", "", places[i].base, places[i].size, 0, false, {0}};
        struct crash_report report = {.os = "macOS 26", .images = {&image, 1, 1}};
        struct observed_layout layout;
        observed_layout_make(&arena, &report, &layout);
        assert_int_equal(layout.blocked.count, places[i].count);
        if (places[i].count != 0) {
            assert_int_equal(layout.blocked.first, places[i].first);
            assert_int_equal(layout.blocked.last, places[i].last);
        }
        arena_free(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_images),     cmocka_unit_test(words_whatever_pasting_did),
        cmocka_unit_test(profiles_of_systems), cmocka_unit_test(nobody_is_named),
        cmocka_unit_test(blocked_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
