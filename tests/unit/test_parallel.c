#include "base/parallel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

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
            parallel_set_jobs(jobs[j]);
            parallel_for(counts[i], visit, &visits);
            for (size_t k = 0; k < MOST_PIECES; k++)
                if (atomic_load(&visits.of[k]) != (k < counts[i] ? 1 : 0))
                    fail_msg("piece %zu of %zu with %u jobs", k, counts[i], jobs[j]);
        }
}

/* How many pieces are worked on at a time, those of pieces among them. */
struct crowd {
    atomic_uint now;
    atomic_uint most;
};

static void join_crowd(void *context, size_t i) {
    static const struct timespec moment = {0, 200000};
    struct crowd *crowd = context;
    (void)i;
    unsigned now = atomic_fetch_add(&crowd->now, 1) + 1, most = atomic_load(&crowd->most);
    while (now > most && !atomic_compare_exchange_weak(&crowd->most, &most, now))
        ;
    nanosleep(&moment, NULL);
    atomic_fetch_sub(&crowd->now, 1);
}

static void join_crowd_alone(void *context) {
    join_crowd(context, 0);
}

static void have_pieces(void *context, size_t i) {
    struct background background = {0};
    (void)i;
    background_begin(&background, join_crowd_alone, context);
    parallel_for(20, join_crowd, context);
    background_end(&background);
}

static void jobs_are_a_limit_for_pieces_of_pieces_too(void **state) {
    (void)state;
    for (unsigned jobs = 1; jobs <= 5; jobs++) {
        struct crowd crowd = {0};
        parallel_set_jobs(jobs);
        parallel_for(10, have_pieces, &crowd);
        if (atomic_load(&crowd.most) > jobs)
            fail_msg("%u at a time with %u jobs", atomic_load(&crowd.most), jobs);
        assert_true(jobs == 1 || atomic_load(&crowd.most) > 1);
        /* All threads were given back. */
        struct crowd again = {0};
        parallel_for(100, join_crowd, &again);
        assert_true(jobs == 1 || atomic_load(&again.most) > 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_piece_is_worked_on_once),
        cmocka_unit_test(jobs_are_a_limit_for_pieces_of_pieces_too),
    };
    return cmocka_run_group_tests_name("parallel", tests, NULL, NULL);
}
