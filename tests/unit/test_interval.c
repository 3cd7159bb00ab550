#include "base/interval.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Worked out by hand from Wilson's formula, (p + z2/2n -+ z sqrt(p(1-p)/n + z2/4n2)) / (1 + z2/n);
 * without hits it is z2 / (n + z2). */
static const struct known {
    uint64_t hits, trials;
    double low, high;
} known[] = {
    {0, 20, 0, 0.16113},
    {20, 20, 0.83887, 1},
    {7, 20, 0.18119, 0.56715},
    {1, 4, 0.04559, 0.69936},
    {0, 1, 0, 0.79346},
    {10, 20, 0.29930, 0.70070},
    {0, 0, 0, 1},
};

static void an_interval_is_wilsons(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct interval interval = interval_of(known[i].hits, known[i].trials);
        assert_float_equal((float)interval.low, (float)known[i].low, 0.00001F);
        assert_float_equal((float)interval.high, (float)known[i].high, 0.00001F);
    }
}

static void a_share_agrees_when_it_lies_within(void **state) {
    (void)state;
    struct interval interval = interval_of(7, 20), none = interval_of(0, 20);
    assert_int_equal(interval_agreement(&interval, 1.0 / 3), AGREES);
    assert_int_equal(interval_agreement(&interval, 0.1811), MORE_THAN_EXPECTED);
    assert_int_equal(interval_agreement(&interval, 0.5672), LESS_THAN_EXPECTED);
    assert_int_equal(interval_agreement(&none, 0), AGREES);
    assert_int_equal(interval_agreement(&none, 0.1612), LESS_THAN_EXPECTED);
}

static void few_trials_tell_little(void **state) {
    (void)state;
    assert_float_equal((float)interval_chance_of_none(0.25, 3), 0.421875F, 0.0000001F);
    assert_float_equal((float)interval_chance_of_none(0.25, 0), 1.0F, 0);
    assert_float_equal((float)interval_chance_of_none(1, 2), 0.0F, 0);
    /* 0.5^4 is more than 0.05, 0.5^5 is less. */
    assert_int_equal(interval_trials_for_hit(0.5), 5);
    /* ln 0.05 / ln (734/736) = 1100.9 */
    assert_int_equal(interval_trials_for_hit(2.0 / 736), 1101);
    assert_int_equal(interval_trials_for_hit(1), 1);
    assert_int_equal(interval_trials_for_hit(0), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_interval_is_wilsons),
        cmocka_unit_test(a_share_agrees_when_it_lies_within),
        cmocka_unit_test(few_trials_tell_little),
    };
    return cmocka_run_group_tests_name("interval", tests, NULL, NULL);
}
