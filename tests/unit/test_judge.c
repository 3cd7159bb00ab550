#include "judging.h"

static const struct row sums[] = {
    {"well below",
     {.dylibs = 2 * GIB},
     NUMBERS(SEVERITY_PASS, 13 * GIB, 16 * GIB, 3 * GIB,
             "__PAGEZERO 4.00 GiB + executable 1.00 GiB + shared region 6.00 GiB + 2 dylibs 2.00 "
             "GiB = 13.00 GiB, 3.00 GiB below the limit of 16.00 GiB")},
    {"at the limit",
     {.dylibs = 5 * GIB},
     NUMBERS(SEVERITY_PASS, 16 * GIB, 16 * GIB, 0,
             "__PAGEZERO 4.00 GiB + executable 1.00 GiB + shared region 6.00 GiB + 2 dylibs 5.00 "
             "GiB = 16.00 GiB, 0 bytes below the limit of 16.00 GiB")},
    {"a page each past it",
     {.dylibs = 5 * GIB + 32 * KIB},
     NUMBERS(SEVERITY_ERROR, 16 * GIB + 32 * KIB, 16 * GIB, -32 * 1024,
             "__PAGEZERO 4.00 GiB + executable 1.00 GiB + shared region 6.00 GiB + 2 dylibs 5.00 "
             "GiB = 16.00003 GiB, 32.0 KiB past the limit of 16.00000 GiB")},
    /* 13 of 16 are 81.25 %. */
    {"warned of",
     {.dylibs = 2 * GIB, .warn_at = 81},
     NUMBERS(SEVERITY_WARNING, 13 * GIB, 16 * GIB, 3 * GIB,
             "__PAGEZERO 4.00 GiB + executable 1.00 GiB + shared region 6.00 GiB + 2 dylibs 2.00 "
             "GiB = 13.00 GiB, 3.00 GiB below the limit of 16.00 GiB")},
    {"warned of at exactly that much",
     {.dylibs = GIB, .warn_at = 75},
     NUMBERS(SEVERITY_WARNING, 12 * GIB, 16 * GIB, 4 * GIB,
             "__PAGEZERO 4.00 GiB + executable 1.00 GiB + shared region 6.00 GiB + 2 dylibs 1.00 "
             "GiB = 12.00 GiB, 4.00 GiB below the limit of 16.00 GiB")},
    {"not yet warned of",
     {.dylibs = 2 * GIB, .warn_at = 82},
     NUMBERS(SEVERITY_PASS, 13 * GIB, 16 * GIB, 3 * GIB,
             "__PAGEZERO 4.00 GiB + executable 1.00 GiB + shared region 6.00 GiB + 2 dylibs 2.00 "
             "GiB = 13.00 GiB, 3.00 GiB below the limit of 16.00 GiB")},
    {"held against --limit, whatever the headroom",
     {.dylibs = 2 * GIB, .limit = 13 * GIB, .has_headroom = true, .headroom = GIB},
     NUMBERS(SEVERITY_PASS, 13 * GIB, 13 * GIB, 0,
             "__PAGEZERO 4.00 GiB + executable 1.00 GiB + shared region 6.00 GiB + 2 dylibs 2.00 "
             "GiB = 13.00 GiB, 0 bytes below the limit of 13.00 GiB")},
    {"with the shared region of macOS 27",
     {.profile = "macos-27", .dylibs = 2 * GIB},
     NUMBERS(SEVERITY_PASS, 449 * GIB, 454 * GIB, 5 * GIB,
             "__PAGEZERO 4.00 GiB + executable 1.00 GiB + shared region 442.00 GiB + 2 dylibs 2.00 "
             "GiB = 449.00 GiB, 5.00 GiB below the limit of 454.00 GiB")},
    {"without an executable",
     {.no_executable = true, .dylibs = 2 * GIB},
     NUMBERS(SEVERITY_PASS, 12 * GIB, 16 * GIB, 4 * GIB,
             "__PAGEZERO 4.00 GiB + executable 0 bytes + shared region 6.00 GiB + 2 dylibs 2.00 "
             "GiB = 12.00 GiB, 4.00 GiB below the limit of 16.00 GiB")},
    {"without a window",
     {.profile = "macos-15", .dylibs = 2 * GIB},
     NOT_APPLICABLE("does not apply: this profile has no malloc window to end before")},
    {"without a window, against --limit",
     {.profile = "macos-15", .dylibs = 2 * GIB, .limit = 12 * GIB},
     NUMBERS(SEVERITY_ERROR, 13 * GIB, 12 * GIB, -1073741824,
             "__PAGEZERO 4.00 GiB + executable 1.00 GiB + shared region 6.00 GiB + 2 dylibs 2.00 "
             "GiB = 13.00 GiB, 1.00 GiB past the limit of 12.00 GiB")},
    {"on Intel",
     {.family = "x86_64", .dylibs = 2 * GIB},
     NOT_APPLICABLE("does not apply to x86_64: only arm64 programs are affected")},
};

static void the_sum_of_all_images_is_held_against_the_limit(void **state) {
    (void)state;
    expect_rows(RULE_IMAGE_SUM, sums, sizeof sums / sizeof sums[0]);
}

static const struct row windows[] = {
    {"well below",
     {.dylibs = 2 * GIB},
     NUMBERS(SEVERITY_PASS, 14 * GIB, 16 * GIB, 2 * GIB - 64 * MIB,
             "images reach 14.00 GiB, 2.00 GiB below the limit of 16.00 GiB")},
    {"up to the headroom",
     {.dylibs = 4 * GIB - 64 * MIB},
     NUMBERS(SEVERITY_PASS, 16 * GIB - 64 * MIB, 16 * GIB, 0,
             "images reach 15.94 GiB, 0.06 GiB below the limit of 16.00 GiB")},
    {"a page each into the headroom",
     {.dylibs = 4 * GIB - 64 * MIB + 32 * KIB},
     NUMBERS(SEVERITY_ERROR, 16 * GIB - 64 * MIB + 32 * KIB, 16 * GIB, -32 * 1024,
             "images reach 15.94 GiB, 0.06 GiB below the limit of 16.00 GiB, inside the headroom "
             "of 64.0 MiB")},
    {"up to the window",
     {.dylibs = 4 * GIB},
     NUMBERS(SEVERITY_ERROR, 16 * GIB, 16 * GIB, -64 * 1048576,
             "images reach 16.00 GiB, 0 bytes below the limit of 16.00 GiB, inside the headroom "
             "of 64.0 MiB")},
    {"up to the window, without a headroom",
     {.dylibs = 4 * GIB, .has_headroom = true},
     NUMBERS(SEVERITY_PASS, 16 * GIB, 16 * GIB, 0,
             "images reach 16.00 GiB, 0 bytes below the limit of 16.00 GiB")},
    /* 471 MiB are 14.7 strides of 32 MiB, and 15 of 736 are 2.038 %. */
    {"as far into the window as was reported",
     {.dylibs = 4 * GIB + 471 * MIB},
     NUMBERS(SEVERITY_ERROR, 16 * GIB + 471 * MIB, 16 * GIB, -(471 + 64) * 1048576,
             "images reach 16.46 GiB, 0.46 GiB past the limit of 16.00 GiB; 15 of the "
             "allocator's 736 places are blocked, so about 2.04 % of launches abort")},
    {"past --limit but not the window",
     {.dylibs = 2 * GIB, .limit = 13 * GIB},
     NUMBERS(SEVERITY_ERROR, 14 * GIB, 13 * GIB, -(1024 + 64) * INT64_C(1048576),
             "images reach 14.00 GiB, 1.00 GiB past the limit of 13.00 GiB")},
    {"into the window but not past --limit",
     {.dylibs = 4 * GIB + 64 * MIB, .limit = 17 * GIB},
     NUMBERS(SEVERITY_PASS, 16 * GIB + 64 * MIB, 17 * GIB, 960 * MIB - 64 * MIB,
             "images reach 16.06 GiB, 0.94 GiB below the limit of 17.00 GiB; 2 of the "
             "allocator's 736 places are blocked, so about 0.27 % of launches abort")},
    /* 14 of 16 are 87.5 %. */
    {"warned of",
     {.dylibs = 2 * GIB, .warn_at = 87},
     NUMBERS(SEVERITY_WARNING, 14 * GIB, 16 * GIB, 2 * GIB - 64 * MIB,
             "images reach 14.00 GiB, 2.00 GiB below the limit of 16.00 GiB")},
    {"past a limit that is warned of",
     {.dylibs = 4 * GIB, .warn_at = 87},
     NUMBERS(SEVERITY_ERROR, 16 * GIB, 16 * GIB, -64 * 1048576,
             "images reach 16.00 GiB, 0 bytes below the limit of 16.00 GiB, inside the headroom "
             "of 64.0 MiB")},
    {"below the window of macOS 27",
     {.profile = "macos-27", .dylibs = 2 * GIB},
     NUMBERS(SEVERITY_PASS, 450 * GIB, 454 * GIB, 4 * GIB - 64 * MIB,
             "images reach 450.00 GiB, 4.00 GiB below the limit of 454.00 GiB")},
    /* 1 GiB are 32 strides. */
    {"into the window of macOS 27",
     {.profile = "macos-27", .dylibs = 7 * GIB},
     NUMBERS(SEVERITY_ERROR, 455 * GIB, 454 * GIB, -(1024 + 64) * INT64_C(1048576),
             "images reach 455.00 GiB, 1.00 GiB past the limit of 454.00 GiB; 32 of the "
             "allocator's 1088 places are blocked, so about 2.94 % of launches abort")},
    {"without a window",
     {.profile = "macos-15", .dylibs = 2 * GIB},
     NOT_APPLICABLE("does not apply: this profile has no malloc window")},
    {"on Intel",
     {.family = "x86_64", .dylibs = 2 * GIB},
     NOT_APPLICABLE("does not apply to x86_64: only arm64 programs are affected")},
};

static void the_top_is_held_against_the_malloc_window(void **state) {
    (void)state;
    expect_rows(RULE_MALLOC_WINDOW, windows, sizeof windows / sizeof windows[0]);
}

static void a_headroom_larger_than_the_limit_holds_every_top(void **state) {
    (void)state;
    const struct row row = {
        "headroom past the limit",
        {.dylibs = 2 * GIB, .has_headroom = true, .headroom = 20 * GIB},
        NUMBERS(SEVERITY_ERROR, 14 * GIB, 16 * GIB, -18 * INT64_C(1073741824),
                "images reach 14.00 GiB, 2.00 GiB below the limit of 16.00 GiB, inside the "
                "headroom of 20.00 GiB")};
    expect_rows(RULE_MALLOC_WINDOW, &row, 1);
}

/* The executables of the facts, section 9, and others; slid by two sections of 32 MiB and 1023
 * pages of 16 KiB at most, 0x4ffc000, against 0x180000000. */
static const struct region {
    const char *label;
    uint64_t end;
    struct finding expected;
} regions[] = {
    {"HeliosSoftware/hfs #508", 0x183900000,
     NUMBERS(SEVERITY_ERROR, 0x1888fc000, 0x180000000, -0x88fc000,
             "the executable ends at 0x183900000, and slid by 80.0 MiB at "
             "0x1888fc000, 137.0 MiB past the shared region at 0x180000000; every "
             "slide reaches it, so every launch aborts")},
    {"its second build", 0x1508a4000,
     NUMBERS(SEVERITY_PASS, 0x1558a0000, 0x180000000, 0x2a760000,
             "the executable ends at 0x1508a4000, and slid by 80.0 MiB at "
             "0x1558a0000, 679.4 MiB below the shared region at 0x180000000")},
    {"its third build", 0x14bb38000,
     NUMBERS(SEVERITY_PASS, 0x150b34000, 0x180000000, 0x2f4cc000,
             "the executable ends at 0x14bb38000, and slid by 80.0 MiB at "
             "0x150b34000, 756.8 MiB below the shared region at 0x180000000")},
    {"risingwavelabs/risingwave #27001", 0x188758000,
     NUMBERS(SEVERITY_ERROR, 0x18d754000, 0x180000000, -0xd754000,
             "the executable ends at 0x188758000, and slid by 80.0 MiB at "
             "0x18d754000, 215.3 MiB past the shared region at 0x180000000; every "
             "slide reaches it, so every launch aborts")},
    {"a zero-fill array of 1 GiB", 0x140008000,
     NUMBERS(SEVERITY_PASS, 0x145004000, 0x180000000, 0x3affc000,
             "the executable ends at 0x140008000, and slid by 80.0 MiB at "
             "0x145004000, 944.0 MiB below the shared region at 0x180000000")},
    {"a zero-fill array of 2 GiB", 0x180008000,
     NUMBERS(SEVERITY_ERROR, 0x185004000, 0x180000000, -0x5004000,
             "the executable ends at 0x180008000, and slid by 80.0 MiB at "
             "0x185004000, 80.0 MiB past the shared region at 0x180000000; every "
             "slide reaches it, so every launch aborts")},
    {"an image of 1.90 GiB", 0x17999c000,
     NUMBERS(SEVERITY_PASS, 0x17e998000, 0x180000000, 0x1668000,
             "the executable ends at 0x17999c000, and slid by 80.0 MiB at "
             "0x17e998000, 22.4 MiB below the shared region at 0x180000000")},
    {"an image of 1.95 GiB: the third section", 0x17ccd0000,
     NUMBERS(SEVERITY_ERROR, 0x181ccc000, 0x180000000, -0x1ccc000,
             "the executable ends at 0x17ccd0000, and slid by 80.0 MiB at "
             "0x181ccc000, 28.8 MiB past the shared region at 0x180000000; 1023 of "
             "3069 slides reach it, so about 33.33 % of launches abort")},
    {"ends at the region with the greatest slide", 0x17b004000,
     NUMBERS(SEVERITY_PASS, 0x180000000, 0x180000000, 0x0,
             "the executable ends at 0x17b004000, and slid by 80.0 MiB at "
             "0x180000000, 0 bytes below the shared region at 0x180000000")},
    {"a page more", 0x17b008000,
     NUMBERS(SEVERITY_ERROR, 0x180004000, 0x180000000, -0x4000,
             "the executable ends at 0x17b008000, and slid by 80.0 MiB at "
             "0x180004000, 16.0 KiB past the shared region at 0x180000000; 1 of 3069 "
             "slides reach it, so about 0.03 % of launches abort")},
    {"the second section's last slide too", 0x17d008000,
     NUMBERS(SEVERITY_ERROR, 0x182004000, 0x180000000, -0x2004000,
             "the executable ends at 0x17d008000, and slid by 80.0 MiB at "
             "0x182004000, 32.0 MiB past the shared region at 0x180000000; 1024 of "
             "3069 slides reach it, so about 33.37 % of launches abort")},
    {"all but the least slide of the first section", 0x17fffc000,
     NUMBERS(SEVERITY_ERROR, 0x184ff8000, 0x180000000, -0x4ff8000,
             "the executable ends at 0x17fffc000, and slid by 80.0 MiB at "
             "0x184ff8000, 80.0 MiB past the shared region at 0x180000000; 3068 of "
             "3069 slides reach it, so about 99.97 % of launches abort")},
    {"ends where the region begins", 0x180000000,
     NUMBERS(SEVERITY_ERROR, 0x184ffc000, 0x180000000, -0x4ffc000,
             "the executable ends at 0x180000000, and slid by 80.0 MiB at "
             "0x184ffc000, 80.0 MiB past the shared region at 0x180000000; every "
             "slide reaches it, so every launch aborts")},
};

static void an_executable_must_end_before_the_shared_region(void **state) {
    (void)state;
    struct limits limits;
    limits_default(&limits);
    for (size_t i = 0; i < sizeof regions / sizeof regions[0]; i++) {
        struct extent extent;
        struct judgement judgement;
        struct measure measure = executable_of("arm64", regions[i].end, &extent);
        judge(&arena, &measure, &limits, &judgement);
        expect_finding(regions[i].label, &judgement, RULE_SHARED_REGION, &regions[i].expected);
    }
}

static void the_shared_region_concerns_executables_on_arm64_alone(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"dylibs alone",
         {.no_executable = true, .dylibs = 2 * GIB},
         NOT_APPLICABLE("does not apply: the program has no executable")},
        {"on Intel",
         {.family = "x86_64", .dylibs = 2 * GIB},
         NOT_APPLICABLE("does not apply to x86_64: only arm64 programs are affected")},
    };
    expect_rows(RULE_SHARED_REGION, rows, sizeof rows / sizeof rows[0]);
}

/* Two dylibs and how the worse of them comes out. */
static const struct sizes {
    const char *label;
    struct extent images[2];
    size_t findings;
    struct finding first;
} sizes[] = {
    {"the largest is shown",
     {{0, GIB, 0}, {0, 2 * GIB, 0}},
     1,
     NUMBERS(SEVERITY_PASS, 2 * GIB, 4 * GIB - 1, 2 * GIB - 1,
             "libb.dylib has 2.00 GiB, 2.00 GiB below the 4 GiB of 32-bit offsets")},
    {"a file counts as its address space does",
     {{0, GIB, 3 * GIB}, {0, 2 * GIB, GIB}},
     1,
     NUMBERS(SEVERITY_PASS, 3 * GIB, 4 * GIB - 1, GIB - 1,
             "liba.dylib has 3.00 GiB, 1.00 GiB below the 4 GiB of 32-bit offsets")},
    {"a page less than 4 GiB",
     {{0, GIB, GIB}, {0, 4 * GIB - 16 * KIB, GIB}},
     1,
     NUMBERS(SEVERITY_PASS, 4 * GIB - 16 * KIB, 4 * GIB - 1, 16 * 1024 - 1,
             "libb.dylib has 3.99998 GiB, 16.0 KiB below the 4 GiB of 32-bit offsets")},
    {"a page more than 4 GiB",
     {{0, 4 * GIB + 16 * KIB, 0}, {0, GIB, 0}},
     1,
     NUMBERS(SEVERITY_ERROR, 4 * GIB + 16 * KIB, 4 * GIB - 1, -16 * 1024 - 1,
             "liba.dylib has 4.00002 GiB, 16.0 KiB past the 4 GiB of 32-bit offsets")},
    {"each that fails",
     {{0, GIB, 5 * GIB}, {0, 6 * GIB, 0}},
     2,
     NUMBERS(SEVERITY_ERROR, 5 * GIB, 4 * GIB - 1, -1073741824 - 1,
             "liba.dylib has 5.00 GiB, 1.00 GiB past the 4 GiB of 32-bit offsets")},
};

static void no_image_may_have_4_gib(void **state) {
    (void)state;
    struct situation situation = {.no_executable = true, .family = "x86_64"};
    struct limits limits = limits_of(&situation);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct judgement judgement;
        struct finding first = {0};
        struct measure measure = measure_of(&situation);
        measure.extents.items = sizes[i].images;
        judge(&arena, &measure, &limits, &judgement);
        if (findings_of(&judgement, RULE_IMAGE_SIZE, &first) != sizes[i].findings)
            fail_msg("%s: not %zu findings", sizes[i].label, sizes[i].findings);
        expect_equal(sizes[i].label, &first, &sizes[i].first);
    }
}

static void an_image_of_exactly_4_gib_fails(void **state) {
    (void)state;
    const struct extent images[] = {{0, 4 * GIB, 0}, {0, 4 * GIB - 1, 0}};
    struct situation situation = {.no_executable = true};
    struct limits limits = limits_of(&situation);
    struct measure measure = measure_of(&situation);
    struct judgement judgement;
    struct finding finding = {0};
    measure.extents.items = images;
    judge(&arena, &measure, &limits, &judgement);
    assert_int_equal(findings_of(&judgement, RULE_IMAGE_SIZE, &finding), 1);
    assert_int_equal(finding.severity, SEVERITY_ERROR);
    assert_int_equal(finding.margin, -1);
}

static const char *const parts[] = {
    "a.dylib (string pool at 0x8004)",
    "b.dylib (exports trie at 0x14)",
    "c.dylib (code signature at 0x8)",
    "d.dylib (x at 0x1)",
    "e.dylib (y at 0x2)",
};

static const struct alignment {
    size_t misaligned; /* of `parts` */
    struct finding expected;
} alignments[] = {
    {0, NUMBERS(SEVERITY_PASS, 0, 0, 0, "every part of every __LINKEDIT is aligned")},
    {1, NUMBERS(SEVERITY_WARNING, 1, 0, -1,
                "1 part of __LINKEDIT is misaligned: a.dylib (string pool at 0x8004)")},
    {3, NUMBERS(SEVERITY_WARNING, 3, 0, -3,
                "3 parts of __LINKEDIT are misaligned: a.dylib (string pool at 0x8004), b.dylib "
                "(exports trie at 0x14), c.dylib (code signature at 0x8)")},
    {5, NUMBERS(SEVERITY_WARNING, 5, 0, -5,
                "5 parts of __LINKEDIT are misaligned: a.dylib (string pool at 0x8004), b.dylib "
                "(exports trie at 0x14), c.dylib (code signature at 0x8) and 2 more")},
};

static void misaligned_parts_are_counted_and_three_are_named(void **state) {
    (void)state;
    const struct situation situation = {.dylibs = 2 * GIB};
    struct limits limits = limits_of(&situation);
    for (size_t i = 0; i < sizeof alignments / sizeof alignments[0]; i++) {
        struct judgement judgement;
        struct measure measure = measure_of(&situation);
        measure.misaligned = parts;
        measure.misaligned_count = alignments[i].misaligned;
        judge(&arena, &measure, &limits, &judgement);
        expect_finding("alignment", &judgement, RULE_LINKEDIT_ALIGNMENT, &alignments[i].expected);
        assert_int_equal(judgement.verdict,
                         alignments[i].misaligned == 0 ? VERDICT_FITS : VERDICT_WARNING);
    }
}

static void every_unresolved_dylib_is_a_finding_of_its_own(void **state) {
    (void)state;
    static const char *const unresolved[] = {"a asks for b", "a asks for c", "b asks for d"};
    const struct situation situation = {.dylibs = 2 * GIB};
    struct limits limits = limits_of(&situation);
    struct measure measure = measure_of(&situation);
    struct judgement judgement;
    measure.unresolved = unresolved;
    measure.unresolved_count = 3;
    judge(&arena, &measure, &limits, &judgement);
    size_t found = 0;
    for (size_t i = 0; i < judgement.findings.count; i++) {
        const struct finding *finding = &judgement.findings.items[i];
        if (finding->rule != RULE_UNRESOLVED)
            continue;
        assert_true(found < 3);
        expect_equal("unresolved", finding,
                     &(struct finding){.severity = SEVERITY_ERROR, .message = unresolved[found++]});
    }
    assert_int_equal(found, 3);
    assert_int_equal(judgement.verdict, VERDICT_EXCEEDS);
    assert_false(judgement_exceeds(&judgement));
}

static void a_program_without_unresolved_dylibs_passes(void **state) {
    (void)state;
    struct judgement judgement = judgement_of(&(struct situation){.dylibs = 2 * GIB});
    expect_finding(
        "resolved", &judgement, RULE_UNRESOLVED,
        &(struct finding){.severity = SEVERITY_PASS, .message = "every dylib was found"});
}

/* The sum is 13 GiB. */

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sum_of_all_images_is_held_against_the_limit),
        cmocka_unit_test(the_top_is_held_against_the_malloc_window),
        cmocka_unit_test(a_headroom_larger_than_the_limit_holds_every_top),
        cmocka_unit_test(an_executable_must_end_before_the_shared_region),
        cmocka_unit_test(the_shared_region_concerns_executables_on_arm64_alone),
        cmocka_unit_test(no_image_may_have_4_gib),
        cmocka_unit_test(an_image_of_exactly_4_gib_fails),
        cmocka_unit_test(misaligned_parts_are_counted_and_three_are_named),
        cmocka_unit_test(every_unresolved_dylib_is_a_finding_of_its_own),
        cmocka_unit_test(a_program_without_unresolved_dylibs_passes),
    };
    return cmocka_run_group_tests_name("judge", tests, NULL, release);
}
