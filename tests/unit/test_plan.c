/* Plans are held against a search that tries everything. */
#include "fix/plan.h"

#include "judging.h"

#include <stdlib.h>

enum { MOST_FILES = 8, LEVELS = 3, MOST_PROGRAMS = 2 };

/* A build: programs that share files, file i being image i of those that load it. */
struct build {
    size_t file_count;
    size_t program_count;
    uint64_t sizes[MOST_FILES];         /* address space and file, as they are */
    uint64_t after[MOST_FILES][LEVELS]; /* at each level */
    bool loads[MOST_PROGRAMS][MOST_FILES];
    bool fixed[MOST_FILES];
    struct predicted_size predicted[MOST_FILES][LEVELS]; /* the same, as a plan asks for it */
    uint64_t bounds[MOST_FILES][LEVELS];                 /* at least so much */
    struct predicted_size least[MOST_FILES][LEVELS];
    bool is_predicted[MOST_FILES][LEVELS];
    bool refuses[MOST_FILES]; /* that it may not change is told when it is predicted */
    struct planned_file *planned;
    size_t asked[LEVELS]; /* how often a level was prepared */
};

/* How a plan is searched for. */
struct effort {
    size_t most_sets;
    size_t most_placed;
    uint64_t most_loose; /* percent that a file may be smaller than it is at least said to be */
};

static uint64_t state;

static uint64_t random_below(uint64_t limit) {
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (state >> 33) % limit;
}

/* Program p has file p as its executable. The sums lie around what the address space holds. What a
 * file is at least may be so many percent too small. */
static void random_build(struct build *build, uint64_t most_loose) {
    memset(build, 0, sizeof *build);
    build->file_count = 3 + random_below(MOST_FILES - 2);
    build->program_count = 1 + random_below(MOST_PROGRAMS);
    uint64_t typical = 2 * UINT64_C(4600) * MIB / (build->file_count - 1);
    for (size_t i = 0; i < build->file_count; i++) {
        uint64_t size = i < build->program_count ? 200 * MIB + random_below(1500) * MIB
                                                 : random_below(typical / MIB) * MIB + MIB;
        build->sizes[i] = size;
        for (size_t level = 0; level < LEVELS; level++) {
            uint64_t percent = level == 0 ? random_below(6) : random_below(30);
            size -= size / 100 * percent / (16 * 1024) * (16 * 1024);
            build->after[i][level] = size;
            build->predicted[i][level] = (struct predicted_size){size, &build->after[i][level]};
            build->bounds[i][level] = size / 100 * (100 - random_below(most_loose + 1));
            build->least[i][level] =
                (struct predicted_size){build->bounds[i][level], &build->bounds[i][level]};
        }
        build->fixed[i] = random_below(12) == 0;
        build->refuses[i] = build->fixed[i] && random_below(2) == 0;
        for (size_t p = 0; p < build->program_count; p++)
            build->loads[p][i] = i == p || (i >= build->program_count && random_below(8) != 0);
    }
}

static void prepare(void *context, size_t level) {
    struct build *build = context;
    build->asked[level]++;
}

static void expect_may_be_asked(const struct build *build, size_t file, size_t level) {
    if (build->asked[level] == 0 || !build->planned[file].may_change)
        fail_msg("asked for file %zu at level %zu", file, level);
}

static const struct predicted_size *least_at(void *context, size_t file, size_t level) {
    const struct build *build = context;
    expect_may_be_asked(build, file, level);
    return &build->least[file][level];
}

static void predict(void *context, size_t level, const size_t *files, size_t count) {
    struct build *build = context;
    for (size_t i = 0; i < count; i++) {
        expect_may_be_asked(build, files[i], level);
        build->is_predicted[files[i]][level] = !build->fixed[files[i]];
        build->planned[files[i]].may_change = !build->fixed[files[i]];
    }
}

static const struct predicted_size *predicted_at(void *context, size_t file, size_t level) {
    const struct build *build = context;
    expect_may_be_asked(build, file, level);
    return build->is_predicted[file][level] ? &build->predicted[file][level] : NULL;
}

static const char *const names[MOST_FILES] = {"a", "b", "c", "d", "e", "f", "g", "h"};

static const char *name_of_file(struct arena *unused, const void *list, size_t i) {
    (void)unused;
    return ((const char *const *)list)[i];
}

/* One program of a build, by the sizes of its files. */
static struct measure measure_program(const struct build *build, size_t program,
                                      const uint64_t *sizes, struct image_source *sources) {
    struct extent *extents = arena_take(&arena, MOST_FILES * sizeof *extents);
    struct measure measure = {
        .family = "arm64", .words = {names, name_of_file, NULL}, .page_zero = 4 * GIB};
    measure.layout = profile_layout(profile_named("macos-26"), "arm64");
    extents[0] = (struct extent){4 * GIB, sizes[program], sizes[program]};
    sources[0] = (struct image_source){.file = program};
    size_t count = 1;
    for (size_t i = build->program_count; i < build->file_count; i++) {
        if (!build->loads[program][i])
            continue;
        extents[count] = (struct extent){0, sizes[i], sizes[i]};
        sources[count++] = (struct image_source){.file = i};
        measure.dylibs += sizes[i];
    }
    measure.extents = (struct extents){.items = extents, .count = count, .has_executable = true};
    measure.executable = sizes[program];
    measure.executable_end = 4 * GIB + sizes[program];
    return measure;
}

static bool all_fit(const struct build *build, const uint64_t *sizes, const struct limits *limits) {
    for (size_t i = 0; i < build->program_count; i++) {
        struct image_source sources[MOST_FILES];
        struct measure measure = measure_program(build, i, sizes, sources);
        struct judgement judgement;
        judge(&arena, &measure, limits, &judgement);
        if (judgement_exceeds(&judgement))
            return false;
    }
    return true;
}

/* Everything: the fewest files that suffice at the lowest level at which any do. */
static bool brute_force(const struct build *build, const struct limits *limits, int *level,
                        size_t *fewest) {
    *level = STAYS;
    *fewest = 0;
    if (all_fit(build, build->sizes, limits))
        return true;
    for (*level = 0; *level < LEVELS; ++*level) {
        *fewest = MOST_FILES + 1;
        for (unsigned set = 1; set < 1U << build->file_count; set++) {
            uint64_t sizes[MOST_FILES];
            size_t members = (size_t)__builtin_popcount(set);
            bool allowed = members < *fewest;
            for (size_t i = 0; i < build->file_count; i++) {
                bool member = (set >> i & 1) != 0;
                sizes[i] = member ? build->after[i][*level] : build->sizes[i];
                allowed &= !(member && build->fixed[i]);
            }
            if (allowed && all_fit(build, sizes, limits))
                *fewest = members;
        }
        if (*fewest <= MOST_FILES)
            return true;
    }
    return false;
}

static void make(struct build *build, const struct limits *limits, const struct effort *effort,
                 struct plan *plan) {
    struct planned_program *programs = arena_take(&arena, MOST_PROGRAMS * sizeof *programs);
    struct planned_file *files = arena_take(&arena, MOST_FILES * sizeof *files);
    struct measure *measures = arena_take(&arena, MOST_PROGRAMS * sizeof *measures);
    for (size_t i = 0; i < build->program_count; i++) {
        struct image_source *sources = arena_take(&arena, MOST_FILES * sizeof *sources);
        measures[i] = measure_program(build, i, build->sizes, sources);
        programs[i] = (struct planned_program){&measures[i], limits, sources};
    }
    for (size_t i = 0; i < build->file_count; i++)
        files[i] = (struct planned_file){build->sizes[i], !build->fixed[i] || build->refuses[i]};
    build->planned = files;
    memset(build->is_predicted, 0, sizeof build->is_predicted);
    struct plan_problem problem = {
        .programs = programs,
        .program_count = build->program_count,
        .files = files,
        .file_count = build->file_count,
        .level_count = LEVELS,
        .prepare = prepare,
        .least = least_at,
        .predict = predict,
        .predicted = predicted_at,
        .context = build,
        .most_sets = effort->most_sets,
        .most_placed = effort->most_placed,
    };
    plan_make(&arena, &problem, plan);
}

static void sizes_of(const struct build *build, const int *levels, uint64_t *sizes) {
    for (size_t i = 0; i < build->file_count; i++)
        sizes[i] = levels[i] == STAYS ? build->sizes[i] : build->after[i][levels[i]];
}

/* Whether no file can be left out or done by a lower level. Every plan that suffices does so, and
 * what must stay stays. */
static bool is_least(const struct build *build, const struct limits *limits,
                     const struct plan *plan) {
    uint64_t sizes[MOST_FILES];
    bool least = true;
    sizes_of(build, plan->levels, sizes);
    assert_true(all_fit(build, sizes, limits));
    for (size_t i = 0; i < build->file_count; i++) {
        if (plan->levels[i] == STAYS)
            continue;
        assert_false(build->fixed[i]);
        for (int lower = STAYS; lower < plan->levels[i]; lower++) {
            uint64_t old = sizes[i];
            sizes[i] = lower == STAYS ? build->sizes[i] : build->after[i][lower];
            least &= !all_fit(build, sizes, limits);
            sizes[i] = old;
        }
    }
    return least;
}

/* Three files that gain 1, 10 and 8 MiB in memory, but most in the file where it is 8: the one that
 * gives up the most memory is enough. */
static void what_frees_the_most_memory_comes_first(void **unused) {
    (void)unused;
    static const uint64_t gains[] = {1 * MIB, 10 * MIB, 8 * MIB};
    struct limits limits;
    struct plan plan;
    struct judgement judgement;
    struct image_source sources[MOST_FILES];
    struct build build = {
        .file_count = 3, .program_count = 1, .sizes = {100 * MIB, 100 * MIB, 100 * MIB}};
    for (size_t i = 0; i < 3; i++) {
        build.loads[0][i] = true;
        for (size_t level = 0; level < LEVELS; level++) {
            build.after[i][level] = build.sizes[i] - gains[i];
            build.predicted[i][level] = (struct predicted_size){
                build.sizes[i] - (i == 2 ? 50 : 20) * MIB, &build.after[i][level]};
            build.bounds[i][level] = build.sizes[i] - 60 * MIB;
            build.least[i][level] =
                (struct predicted_size){build.sizes[i] / 2, &build.bounds[i][level]};
        }
    }
    limits_default(&limits);
    struct measure measure = measure_program(&build, 0, build.sizes, sources);
    judge(&arena, &measure, &limits, &judgement);
    limits.has_limit = true;
    limits.limit = judgement.sum - 9 * MIB;
    make(&build, &limits, &(struct effort){0, PLAN_MOST_PLACED, 0}, &plan);
    assert_true(plan.suffices);
    assert_int_equal(plan.changed, 1);
    assert_int_equal(plan.levels[1], 0);
}

struct plan_counts {
    size_t sufficed[LEVELS];
    size_t in_vain;
    size_t several;
    size_t worse;     /* plans of more files or a higher level than is needed */
    size_t not_least; /* of which a file could be left out or be at a lower level */
};

/* Files at different levels can do better than all at one. */
static bool plan_is_best(const struct build *build, const struct limits *limits,
                         const struct plan *plan, struct plan_counts *counts) {
    int level;
    size_t fewest;
    bool suffices = brute_force(build, limits, &level, &fewest);
    if (suffices && level != STAYS)
        counts->sufficed[level]++;
    counts->in_vain += !suffices;
    counts->several += suffices && fewest > 1;
    if (plan->suffices && !suffices)
        fail_msg("no files suffice, but the plan");
    counts->not_least += plan->suffices && !is_least(build, limits, plan);
    return !suffices || (plan->suffices && plan->highest <= level &&
                         (plan->highest < level || plan->changed <= fewest));
}

static void plan_builds(const struct effort *effort, struct plan_counts *counts) {
    struct limits limits;
    *counts = (struct plan_counts){0};
    limits_default(&limits);
    for (uint64_t seed = 1; seed < 1200; seed++) {
        struct build build;
        struct plan plan;
        state = seed;
        random_build(&build, effort->most_loose);
        make(&build, &limits, effort, &plan);
        counts->worse += !plan_is_best(&build, &limits, &plan, counts);
        arena_free(&arena);
    }
    /* The builds are of every kind. */
    for (size_t i = 0; i < LEVELS; i++)
        assert_true(counts->sufficed[i] > 20);
    assert_true(counts->in_vain > 20);
    assert_true(counts->several > 50);
}

static size_t sum_of(const size_t *counts) {
    size_t sum = 0;
    for (size_t i = 0; i < LEVELS; i++)
        sum += counts[i];
    return sum;
}

static void plans_are_the_least(void **unused) {
    (void)unused;
    struct plan_counts counts;
    plan_builds(&(struct effort){PLAN_MOST_SETS, PLAN_MOST_PLACED, 29}, &counts);
    assert_int_equal(counts.worse, 0);
    assert_int_equal(counts.not_least, 0);
}

/* Of many files not every set is tried; what is then found suffices and holds nothing needless. It
 * is seldom more than the fewest. */
static void plans_by_gain_hold_nothing_needless(void **unused) {
    (void)unused;
    struct plan_counts counts;
    plan_builds(&(struct effort){0, PLAN_MOST_PLACED, 0}, &counts);
    assert_int_equal(counts.not_least, 0);
    assert_true(counts.worse * 7 <= sum_of(counts.sufficed));
}

/* Likewise where a file is known only to be of some size at least; smaller images are seldom placed
 * worse. */
static void plans_from_least_sizes_are_little_worse(void **unused) {
    (void)unused;
    struct plan_counts counts;
    plan_builds(&(struct effort){0, PLAN_MOST_PLACED, 29}, &counts);
    assert_true(counts.not_least * 50 <= sum_of(counts.sufficed));
    assert_true(counts.worse * 7 <= sum_of(counts.sufficed));
}

/* Likewise where not every file is asked about, as of thousands: here, where a build has eight
 * files of GiB, a third of the plans has one too many. */
static void plans_of_very_many_suffice(void **unused) {
    (void)unused;
    struct plan_counts counts;
    plan_builds(&(struct effort){0, 0, 29}, &counts);
    assert_true(counts.not_least * 3 <= sum_of(counts.sufficed));
    assert_true(counts.worse * 5 <= sum_of(counts.sufficed) * 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(plans_are_the_least, release),
        cmocka_unit_test_teardown(plans_by_gain_hold_nothing_needless, release),
        cmocka_unit_test_teardown(plans_from_least_sizes_are_little_worse, release),
        cmocka_unit_test_teardown(plans_of_very_many_suffice, release),
        cmocka_unit_test_teardown(what_frees_the_most_memory_comes_first, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
