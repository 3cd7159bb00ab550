/* The order of fixups tells every two apart that do not mean the same where opcodes can differ. */
#include "macho/fixup.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct fixup base = {.kind = FIXUP_LAZY_BIND,
                                  .address = 0x1000,
                                  .target = 0x2000,
                                  .import = {"_b", 2, false, 16},
                                  .lazy_entry = 7};

static int sign(int order) {
    return (order > 0) - (order < 0);
}

static void every_member_counts(void **state) {
    (void)state;
    struct fixup after[8];
    size_t count = sizeof after / sizeof after[0];
    for (size_t i = 0; i < count; i++)
        after[i] = base;
    after[0].address++;
    after[1].kind = FIXUP_STRONG;
    after[2].lazy_entry++;
    after[3].target++;
    after[4].import.ordinal++;
    after[5].import.weak = true;
    after[6].import.addend++;
    after[7].import.symbol = "_c";
    assert_int_equal(fixup_order(&base, &base), 0);
    for (size_t i = 0; i < count; i++) {
        if (sign(fixup_order(&base, &after[i])) != -1 || sign(fixup_order(&after[i], &base)) != 1)
            fail_msg("member %zu does not count", i);
        assert_false(fixup_same(&base, &after[i]));
    }
}

/* A member that counts more decides against all that count less. */
static void members_count_in_their_order(void **state) {
    (void)state;
    struct fixup a = base, b = base;
    b.import.symbol = "_a"; /* before */
    assert_int_equal(sign(fixup_order(&a, &b)), 1);
    b.target++;
    assert_int_equal(sign(fixup_order(&a, &b)), -1);
    b.lazy_entry--;
    assert_int_equal(sign(fixup_order(&a, &b)), 1);
    b.kind = FIXUP_STRONG;
    assert_int_equal(sign(fixup_order(&a, &b)), -1);
    b.address--;
    assert_int_equal(sign(fixup_order(&a, &b)), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_counts),
        cmocka_unit_test(members_count_in_their_order),
    };
    return cmocka_run_group_tests_name("fixup", tests, NULL, NULL);
}
