#include "judging.h"

static const struct growth {
    const char *label;
    bool has_baseline;
    uint64_t baseline;
    uint64_t max_growth;
    struct finding expected;
} growths[] = {
    {"unknown program", false, 0, GIB,
     NOT_APPLICABLE("does not apply: the baseline does not know this program; --update-baseline "
                    "adds it")},
    {"unchanged", true, 13 * GIB, MIB,
     NUMBERS(SEVERITY_PASS, 0, MIB, 1048576,
             "the images grew by 0 bytes since the baseline; 1.0 MiB are allowed")},
    {"grown as far as is allowed", true, 13 * GIB - MIB, MIB,
     NUMBERS(SEVERITY_PASS, MIB, MIB, 0,
             "the images grew by 1.0 MiB since the baseline; 1.0 MiB are allowed")},
    {"grown further", true, 12 * GIB, 512 * MIB,
     NUMBERS(SEVERITY_ERROR, GIB, 512 * MIB, -512 * 1048576,
             "the images grew by 1.00 GiB since the baseline; 512.0 MiB are allowed")},
    {"no growth allowed, and none", true, 13 * GIB, 0,
     NUMBERS(SEVERITY_PASS, 0, 0, 0,
             "the images grew by 0 bytes since the baseline; 0 bytes are allowed")},
    {"no growth allowed", true, 13 * GIB - 16 * KIB, 0,
     NUMBERS(SEVERITY_ERROR, 16 * KIB, 0, -16 * 1024,
             "the images grew by 16.0 KiB since the baseline; 0 bytes are allowed")},
    {"shrunk", true, 15 * GIB, MIB,
     NUMBERS(SEVERITY_PASS, 0, MIB, 1048576,
             "the images shrank by 2.00 GiB since the baseline; 1.0 MiB are allowed")},
};

static void growth_is_held_against_the_baseline(void **state) {
    (void)state;
    const struct situation situation = {.dylibs = 2 * GIB};
    for (size_t i = 0; i < sizeof growths / sizeof growths[0]; i++) {
        struct judgement judgement;
        struct limits limits = limits_of(&situation);
        struct measure measure = measure_of(&situation);
        measure.has_baseline = growths[i].has_baseline;
        measure.baseline_sum = growths[i].baseline;
        limits.has_max_growth = true;
        limits.max_growth = growths[i].max_growth;
        judge(&arena, &measure, &limits, &judgement);
        expect_finding(growths[i].label, &judgement, RULE_GROWTH, &growths[i].expected);
    }
}

static void growth_is_not_judged_unless_it_was_limited(void **state) {
    (void)state;
    struct finding finding = {0};
    struct judgement judgement = judgement_of(&(struct situation){.dylibs = 2 * GIB});
    assert_int_equal(findings_of(&judgement, RULE_GROWTH, &finding), 0);
}

static void a_rule_that_is_off_is_not_judged(void **state) {
    (void)state;
    const struct situation situation = {.dylibs = 6 * GIB};
    struct limits limits = limits_of(&situation);
    struct measure measure = measure_of(&situation);
    struct judgement judgement;
    for (int rule = 0; rule < RULE_COUNT; rule++)
        limits.severities[rule] = SEVERITY_OFF;
    judge(&arena, &measure, &limits, &judgement);
    for (int rule = 0; rule < RULE_COUNT; rule++)
        expect_finding(rule_row((enum rule_id)rule)->name, &judgement, (enum rule_id)rule,
                       &(struct finding){.severity = SEVERITY_OFF, .message = "switched off"});
    assert_int_equal(judgement.verdict, VERDICT_FITS);
}

static void a_rule_turned_down_to_warn_only_warns(void **state) {
    (void)state;
    const struct situation situation = {.dylibs = 6 * GIB};
    struct limits limits = limits_of(&situation);
    struct measure measure = measure_of(&situation);
    struct judgement judgement;
    struct finding finding = {0};
    limits.severities[RULE_IMAGE_SUM] = limits.severities[RULE_MALLOC_WINDOW] = SEVERITY_WARNING;
    judge(&arena, &measure, &limits, &judgement);
    findings_of(&judgement, RULE_MALLOC_WINDOW, &finding);
    assert_int_equal(finding.severity, SEVERITY_WARNING);
    assert_true(finding.margin < 0);
    assert_int_equal(judgement.verdict, VERDICT_WARNING);
    assert_false(judgement_exceeds(&judgement));
}

static void findings_come_in_the_order_of_the_rules(void **state) {
    (void)state;
    struct judgement judgement = judgement_of(&(struct situation){.dylibs = 2 * GIB});
    for (size_t i = 1; i < judgement.findings.count; i++)
        assert_true(judgement.findings.items[i - 1].rule <= judgement.findings.items[i].rule);
}

static const struct outcome {
    const char *label;
    struct situation situation;
    enum verdict verdict;
} outcomes[] = {
    {"fits", {.dylibs = 2 * GIB}, VERDICT_FITS},
    {"warned of", {.dylibs = 2 * GIB, .warn_at = 80}, VERDICT_WARNING},
    {"too large", {.dylibs = 5 * GIB}, VERDICT_EXCEEDS},
    {"too large for arm64, on Intel", {.family = "x86_64", .dylibs = 5 * GIB}, VERDICT_FITS},
    {"too large for macOS 26, on 15", {.profile = "macos-15", .dylibs = 5 * GIB}, VERDICT_FITS},
};

static void the_verdict_is_that_of_the_worst_finding(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
        struct judgement judgement = judgement_of(&outcomes[i].situation);
        if (judgement.verdict != outcomes[i].verdict)
            fail_msg("%s: %s", outcomes[i].label, verdict_name(judgement.verdict));
        assert_int_equal(judgement_exceeds(&judgement), outcomes[i].verdict == VERDICT_EXCEEDS);
    }
}

static void a_judgement_holds_the_numbers_of_the_placement(void **state) {
    (void)state;
    struct judgement judgement = judgement_of(&(struct situation){.dylibs = 4 * GIB + 471 * MIB});
    assert_int_equal(judgement.sum, 15 * GIB + 471 * MIB);
    assert_int_equal(judgement.shared_region, 6 * GIB);
    assert_int_equal(judgement.top, 16 * GIB + 471 * MIB);
    assert_int_equal(judgement.top_slid, 16 * GIB + 471 * MIB);
    assert_int_equal(judgement.addresses[0], 4 * GIB);
    assert_int_equal(judgement.addresses[1], 12 * GIB);
    assert_int_equal(judgement.addresses[2], 14 * GIB + 471 * MIB / 2);
    assert_true(judgement.has_limit && judgement.has_window);
    assert_int_equal(judgement.limit, 16 * GIB);
    assert_int_equal(judgement.beyond, 1);
    assert_int_equal(judgement.slots_hit, 15);
    assert_int_equal(judgement.slots, 736);
}

static void the_slid_top_is_that_of_the_greatest_slide(void **state) {
    (void)state;
    static const struct {
        const char *family;
        uint64_t slide;
    } rows[] = {{"arm64", 80 * MIB}, {"x86_64", 256 * MIB}};
    struct limits limits;
    limits_default(&limits);
    for (size_t i = 0; i < 2; i++) {
        struct extent extent;
        struct judgement judgement;
        struct measure measure = executable_of(rows[i].family, 5 * GIB, &extent);
        judge(&arena, &measure, &limits, &judgement);
        assert_int_equal(judgement.top, 5 * GIB);
        assert_int_equal(judgement.top_slid, 5 * GIB + rows[i].slide);
    }
}

/* Two dylibs of 3 GiB, and room for one of them after the shared region. */
static struct judgement crowded_judgement(uint64_t limit) {
    struct layout layout = *profile_named("macos-26")->arm64;
    const struct situation situation = {.dylibs = 6 * GIB, .limit = limit};
    struct limits limits = limits_of(&situation);
    struct measure measure = measure_of(&situation);
    struct judgement judgement;
    layout.address_end = 17 * GIB;
    measure.layout = &layout;
    judge(&arena, &measure, &limits, &judgement);
    return judgement;
}

static void an_image_without_room_reaches_the_end_of_all_addresses(void **state) {
    (void)state;
    struct judgement judgement = crowded_judgement(0);
    static const struct finding expected = {.severity = SEVERITY_ERROR,
                                            .message = "there is no room for 1 image at all"};
    assert_int_equal(judgement.top, 15 * GIB);
    assert_int_equal(judgement.top_slid, 17 * GIB);
    assert_int_equal(judgement.unplaced, 1);
    assert_int_equal(judgement.beyond, 1);
    assert_true(judgement.addresses[2] == UINT64_MAX);
    assert_int_equal(judgement.verdict, VERDICT_EXCEEDS);
    expect_finding("no room", &judgement, RULE_MALLOC_WINDOW, &expected);
}

static void an_image_without_room_fails_whatever_the_limit(void **state) {
    (void)state;
    struct judgement judgement = crowded_judgement(30 * GIB);
    struct finding finding = {0};
    findings_of(&judgement, RULE_MALLOC_WINDOW, &finding);
    assert_string_equal(finding.message, "there is no room for 1 image at all");
    assert_int_equal(finding.severity, SEVERITY_ERROR);
    assert_int_equal(judgement.verdict, VERDICT_EXCEEDS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(growth_is_held_against_the_baseline),
        cmocka_unit_test(growth_is_not_judged_unless_it_was_limited),
        cmocka_unit_test(a_rule_that_is_off_is_not_judged),
        cmocka_unit_test(a_rule_turned_down_to_warn_only_warns),
        cmocka_unit_test(findings_come_in_the_order_of_the_rules),
        cmocka_unit_test(the_verdict_is_that_of_the_worst_finding),
        cmocka_unit_test(a_judgement_holds_the_numbers_of_the_placement),
        cmocka_unit_test(the_slid_top_is_that_of_the_greatest_slide),
        cmocka_unit_test(an_image_without_room_reaches_the_end_of_all_addresses),
        cmocka_unit_test(an_image_without_room_fails_whatever_the_limit),
    };
    return cmocka_run_group_tests_name("verdict", tests, NULL, release);
}
