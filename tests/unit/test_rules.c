#include "base/size.h"
#include "space/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct row {
    enum rule_id id;
    const char *name;
    enum severity severity;
} rows[] = {
    {RULE_IMAGE_SUM, "image-sum", SEVERITY_ERROR},
    {RULE_MALLOC_WINDOW, "malloc-window", SEVERITY_ERROR},
    {RULE_SHARED_REGION, "shared-region", SEVERITY_ERROR},
    {RULE_IMAGE_SIZE, "image-size", SEVERITY_ERROR},
    {RULE_LINKEDIT_ALIGNMENT, "linkedit-alignment", SEVERITY_WARNING},
    {RULE_UNRESOLVED, "unresolved", SEVERITY_ERROR},
    {RULE_GROWTH, "growth", SEVERITY_ERROR},
};

static void a_rule_is_found_by_its_name(void **state) {
    (void)state;
    assert_int_equal(sizeof rows / sizeof rows[0], RULE_COUNT);
    for (size_t i = 0; i < RULE_COUNT; i++) {
        enum rule_id id = RULE_COUNT;
        assert_true(rule_named(rows[i].name, &id));
        assert_int_equal(id, rows[i].id);
        assert_string_equal(rule_row(id)->name, rows[i].name);
    }
}

static void an_unknown_name_is_no_rule(void **state) {
    (void)state;
    enum rule_id id;
    assert_false(rule_named("image", &id));
    assert_false(rule_named("image-sums", &id));
    assert_false(rule_named("", &id));
}

static void every_rule_says_what_it_is_and_what_to_do(void **state) {
    (void)state;
    for (size_t i = 0; i < RULE_COUNT; i++) {
        const struct help *help = &rule_row(rows[i].id)->help;
        const char *const texts[] = {help->what, help->why, help->what_to_do,
                                     help->if_not_possible};
        for (size_t j = 0; j < 4; j++)
            if (strlen(texts[j]) == 0 || texts[j][strlen(texts[j]) - 1] == '.')
                fail_msg("%s: text %zu is empty or ends in a full stop", rows[i].name, j);
    }
}

static void the_default_limits_are_the_rules_own(void **state) {
    (void)state;
    struct limits limits;
    limits_default(&limits);
    for (size_t i = 0; i < RULE_COUNT; i++) {
        assert_int_equal(limits.severities[rows[i].id], rows[i].severity);
        assert_int_equal(rule_row(rows[i].id)->severity, rows[i].severity);
    }
    assert_int_equal(limits.headroom, 64 * MIB);
    assert_int_equal(limits.warn_at, 0);
    assert_false(limits.has_limit || limits.has_max_growth);
}

static void levels_and_verdicts_have_the_names_of_the_reports(void **state) {
    (void)state;
    assert_string_equal(severity_name(SEVERITY_OFF), "off");
    assert_string_equal(severity_name(SEVERITY_NOT_APPLICABLE), "not-applicable");
    assert_string_equal(severity_name(SEVERITY_PASS), "pass");
    assert_string_equal(severity_name(SEVERITY_WARNING), "warning");
    assert_string_equal(severity_name(SEVERITY_ERROR), "error");
    assert_string_equal(verdict_name(VERDICT_FITS), "fits");
    assert_string_equal(verdict_name(VERDICT_WARNING), "warning");
    assert_string_equal(verdict_name(VERDICT_EXCEEDS), "exceeds");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_is_found_by_its_name),
        cmocka_unit_test(an_unknown_name_is_no_rule),
        cmocka_unit_test(every_rule_says_what_it_is_and_what_to_do),
        cmocka_unit_test(the_default_limits_are_the_rules_own),
        cmocka_unit_test(levels_and_verdicts_have_the_names_of_the_reports),
    };
    return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
