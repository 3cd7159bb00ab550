#include "base/budget.h"
#include "base/parallel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <time.h>

#include <cmocka.h>

enum { TOTAL = 100, PIECES = 400 };

struct work {
    struct budget budget;
    atomic_int in_use;
    atomic_int most;
    atomic_int done;
};

/* What is larger than all there is takes all of it. */
static uint64_t wish_of(size_t i) {
    static const uint64_t wishes[] = {0, 1, 30, 50, 100, 250};
    return wishes[i % (sizeof wishes / sizeof wishes[0])];
}

static void use(void *context, size_t i) {
    struct work *work = context;
    uint64_t taken = budget_take(&work->budget, wish_of(i));
    int now = atomic_fetch_add(&work->in_use, (int)taken) + (int)taken;
    int most = atomic_load(&work->most);
    while (now > most && !atomic_compare_exchange_weak(&work->most, &most, now))
        ;
    nanosleep(&(struct timespec){0, 10000}, NULL);
    atomic_fetch_sub(&work->in_use, (int)taken);
    budget_give(&work->budget, taken);
    atomic_fetch_add(&work->done, 1);
}

static void never_more_than_there_is(void **state) {
    (void)state;
    struct work work = {.most = 0};
    budget_begin(&work.budget, TOTAL);
    parallel_set_jobs(8);
    parallel_for(PIECES, use, &work);
    assert_int_equal(atomic_load(&work.done), PIECES);
    assert_int_equal(atomic_load(&work.in_use), 0);
    assert_true(atomic_load(&work.most) <= TOTAL);
    budget_end(&work.budget);
}

static void what_is_taken_is_told(void **state) {
    (void)state;
    struct budget budget;
    budget_begin(&budget, TOTAL);
    assert_int_equal(budget_take(&budget, 40), 40);
    budget_give(&budget, 40);
    assert_int_equal(budget_take(&budget, 101), TOTAL);
    budget_give(&budget, TOTAL);
    assert_true(budget_try(&budget, 60));
    assert_false(budget_try(&budget, 41));
    assert_true(budget_try(&budget, 40));
    assert_int_equal(budget.taken, TOTAL);
    budget_give(&budget, TOTAL);
    budget_end(&budget);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(never_more_than_there_is),
        cmocka_unit_test(what_is_taken_is_told),
    };
    return cmocka_run_group_tests_name("budget", tests, NULL, NULL);
}
