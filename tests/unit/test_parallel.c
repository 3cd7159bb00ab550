#include "base/parallel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>

#include <cmocka.h>

enum { MOST_PIECES = 10000 };

struct visits {
    atomic_uint of[MOST_PIECES];
};

static void visit(void *context, size_t i) {
    struct visits *visits = context;
    atomic_fetch_add(&visits->of[i], 1);
}

static void every_piece_is_worked_on_once(void **state) {
    (void)state;
    static const size_t counts[] = {0, 1, 2, 7, 1000, MOST_PIECES};
    static const unsigned jobs[] = {0, 1, 2, 3, 8, 64, 100000};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        for (size_t j = 0; j < sizeof jobs / sizeof jobs[0]; j++) {
            static struct visits visits;
            for (size_t k = 0; k < MOST_PIECES; k++)
                atomic_store(&visits.of[k], 0);
            parallel_for(counts[i], jobs[j], visit, &visits);
            for (size_t k = 0; k < MOST_PIECES; k++)
                if (atomic_load(&visits.of[k]) != (k < counts[i] ? 1 : 0))
                    fail_msg("piece %zu of %zu with %u jobs", k, counts[i], jobs[j]);
        }
}

static void this_machine_has_a_job_at_least(void **state) {
    (void)state;
    assert_true(parallel_default_jobs() >= 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_piece_is_worked_on_once),
        cmocka_unit_test(this_machine_has_a_job_at_least),
    };
    return cmocka_run_group_tests_name("parallel", tests, NULL, NULL);
}
