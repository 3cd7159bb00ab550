#include "fix/plan.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* A file that a rewriting at the current level changes. */
struct plan_candidate {
    size_t file;
    uint64_t gain; /* bytes of address space, over all programs */
    uint64_t file_gain;
    bool executable; /* it begins a program */
};

struct planner {
    struct arena *arena;
    const struct plan_problem *problem;
    int *levels; /* the set that is tried */
    struct plan_candidate *candidates;
    size_t candidate_count;
    size_t hardest;    /* the program that failed last: the first to be asked again */
    bool is_too_large; /* it failed by what all its images take, and by nothing else */
    uint64_t *refused; /* one a program: bytes by which an image grew in vain; NULL where every file
                          is asked about */
};

/* --- one set of levels --- */

/* NULL when it was not predicted yet. */
static const struct predicted_size *predicted_at(const struct planner *planner, size_t file,
                                                 int level) {
    return planner->problem->predicted(planner->problem->context, file, (size_t)level);
}

/* What is known of its sizes: at least these. */
static const struct predicted_size *known_at(const struct planner *planner, size_t file,
                                             int level) {
    const struct predicted_size *predicted = predicted_at(planner, file, level);
    return predicted != NULL
               ? predicted
               : planner->problem->least(planner->problem->context, file, (size_t)level);
}

static struct extent extent_of(const struct planner *planner, const struct planned_program *program,
                               size_t image) {
    const struct image_source *source = &program->sources[image];
    struct extent extent = program->measure->extents.items[image];
    if (planner->levels[source->file] == STAYS)
        return extent;
    const struct predicted_size *sizes =
        known_at(planner, source->file, planner->levels[source->file]);
    extent.vm_size = sizes->vm_spaces[source->slice];
    extent.file_size = sizes->file_size;
    return extent;
}

/* The misaligned parts of the images that stay as they are. */
static void measure_alignment(const struct planner *planner, struct arena *scratch,
                              const struct planned_program *program, struct measure *measure) {
    const struct measure *old = program->measure;
    const char **left = arena_take(scratch, (old->misaligned_count + 1) * sizeof *left);
    size_t next = 0;
    measure->misaligned_count = 0;
    for (size_t i = 0; i < old->extents.count; i++)
        for (size_t j = 0; j < program->sources[i].misaligned; j++, next++)
            if (planner->levels[program->sources[i].file] == STAYS)
                left[measure->misaligned_count++] = old->misaligned[next];
    measure->misaligned = left;
}

/* The program as it would be. */
static struct measure measure_of(const struct planner *planner, struct arena *scratch,
                                 const struct planned_program *program) {
    struct measure measure = *program->measure;
    size_t count = measure.extents.count;
    struct extent *extents = arena_take(scratch, (count + 1) * sizeof *extents);
    measure.dylibs = 0;
    for (size_t i = 0; i < count; i++) {
        extents[i] = extent_of(planner, program, i);
        if (i > 0 || !measure.extents.has_executable)
            measure.dylibs += extents[i].vm_size;
    }
    measure.extents.items = extents;
    if (measure.extents.has_executable) {
        measure.executable = extents[0].vm_size;
        measure.executable_end = extents[0].address + extents[0].vm_size;
    }
    measure_alignment(planner, scratch, program, &measure);
    return measure;
}

static bool is_too_large(const struct judgement *judgement) {
    for (size_t i = 0; i < judgement->findings.count; i++) {
        const struct finding *finding = &judgement->findings.items[i];
        bool is_of_all = finding->rule == RULE_IMAGE_SUM || finding->rule == RULE_MALLOC_WINDOW;
        if (finding->severity == SEVERITY_ERROR && !is_of_all)
            return false;
    }
    return true;
}

static bool program_fits(struct planner *planner, size_t i) {
    const struct planned_program *program = &planner->problem->programs[i];
    struct arena scratch = {0};
    struct judgement judgement;
    struct measure measure = measure_of(planner, &scratch, program);
    judge(&scratch, &measure, program->limits, &judgement);
    bool exceeds = judgement_exceeds(&judgement);
    planner->is_too_large = exceeds && is_too_large(&judgement);
    arena_free(&scratch);
    return !exceeds;
}

/* Whether every program fits with planner->levels; of files that were not predicted, with the least
 * they can be. */
static bool fits(struct planner *planner) {
    size_t count = planner->problem->program_count;
    for (size_t i = 0; i < count; i++) {
        size_t program = (planner->hardest + i) % count;
        if (!program_fits(planner, program)) {
            planner->hardest = program;
            return false;
        }
    }
    return true;
}

/* --- candidates --- */

static int better_first(const void *left, const void *right) {
    const struct plan_candidate *a = left, *b = right;
    if (a->gain != b->gain)
        return a->gain > b->gain ? -1 : 1;
    if (a->executable != b->executable)
        return a->executable ? -1 : 1;
    if (a->file_gain != b->file_gain)
        return a->file_gain > b->file_gain ? -1 : 1;
    return a->file < b->file ? -1 : a->file > b->file;
}

/* What the programs gain from each file at `level`. */
static void add_gains(const struct planner *planner, int level, struct plan_candidate *gains,
                      bool *aligns) {
    const struct plan_problem *problem = planner->problem;
    for (size_t i = 0; i < problem->program_count; i++) {
        const struct planned_program *program = &problem->programs[i];
        for (size_t j = 0; j < program->measure->extents.count; j++) {
            const struct image_source *source = &program->sources[j];
            struct plan_candidate *gain = &gains[source->file];
            uint64_t before = program->measure->extents.items[j].vm_size;
            if (!problem->files[source->file].may_change)
                continue;
            const struct predicted_size *sizes = known_at(planner, source->file, level);
            if (sizes->vm_spaces[source->slice] < before)
                gain->gain += before - sizes->vm_spaces[source->slice];
            if (sizes->file_size < problem->files[source->file].size)
                gain->file_gain = problem->files[source->file].size - sizes->file_size;
            gain->executable |= j == 0 && program->measure->extents.has_executable;
            aligns[source->file] |= source->misaligned != 0;
        }
    }
}

/* By what is known now: a file that was not predicted may turn out to gain less. */
static void find_candidates(struct planner *planner, int level) {
    size_t count = planner->problem->file_count;
    struct plan_candidate *gains = memory_zeros(count, sizeof *gains);
    bool *aligns = memory_zeros(count, sizeof *aligns);
    add_gains(planner, level, gains, aligns);
    planner->candidate_count = 0;
    for (size_t i = 0; i < count; i++) {
        gains[i].file = i;
        if (gains[i].gain != 0 || gains[i].file_gain != 0 || aligns[i])
            planner->candidates[planner->candidate_count++] = gains[i];
    }
    if (planner->candidate_count > 1)
        qsort(planner->candidates, planner->candidate_count, sizeof *planner->candidates,
              better_first);
    free(gains);
    free(aligns);
}

static void set_all(struct planner *planner, int level) {
    for (size_t i = 0; i < planner->problem->file_count; i++)
        planner->levels[i] = STAYS;
    for (size_t i = 0; level != STAYS && i < planner->candidate_count; i++)
        planner->levels[planner->candidates[i].file] = level;
}

static void set_first(struct planner *planner, size_t count, int level) {
    set_all(planner, STAYS);
    for (size_t i = 0; i < count; i++)
        planner->levels[planner->candidates[i].file] = level;
}

/* Predicts the files that are set to this level; false when all of them were. */
static bool predict_set(struct planner *planner, int level) {
    const struct plan_problem *problem = planner->problem;
    size_t *files = memory_zeros(problem->file_count, sizeof *files), count = 0;
    for (size_t i = 0; level != STAYS && i < problem->file_count; i++)
        if (planner->levels[i] == level && predicted_at(planner, i, level) == NULL)
            files[count++] = i;
    if (count != 0)
        problem->predict(problem->context, (size_t)level, files, count);
    free(files);
    return count != 0;
}

/* Likewise; where something was learnt, the candidates are found anew. Those that were predicted
 * before keep their order, and none comes further to the front than it was. */
static bool learn(struct planner *planner, int level) {
    if (!predict_set(planner, level))
        return false;
    find_candidates(planner, level);
    return true;
}

/* All candidates, of which then everything is known. */
static void set_known(struct planner *planner, int level) {
    do
        set_all(planner, level);
    while (level != STAYS && learn(planner, level));
}

/* --- the fewest files at one level --- */

/* How many sets of `size` of `count` there are, at most `most` + 1. */
static size_t set_count(size_t count, size_t size, size_t most) {
    size_t sets = 1;
    for (size_t i = 0; i < size && sets <= most; i++)
        sets = sets * (count - i) / (i + 1);
    return sets > most ? most + 1 : sets;
}

/* Moves to the next set of `size` candidates, those that shrink the most first; false after the
 * last. */
static bool next_set(size_t *members, size_t size, size_t count) {
    for (size_t i = size; i-- > 0;)
        if (members[i] + (size - i) < count) {
            members[i]++;
            for (size_t j = i + 1; j < size; j++)
                members[j] = members[j - 1] + 1;
            return true;
        }
    return false;
}

/* The first set of `size` candidates by which the programs fit. */
static bool find_set(struct planner *planner, size_t size, int level) {
    size_t *members = memory_zeros(size, sizeof *members);
    bool found = false, more = size <= planner->candidate_count;
    for (size_t i = 0; i < size; i++)
        members[i] = i;
    while (more && !found) {
        set_all(planner, STAYS);
        for (size_t i = 0; i < size; i++)
            planner->levels[planner->candidates[members[i]].file] = level;
        found = fits(planner);
        more = !found && next_set(members, size, planner->candidate_count);
    }
    free(members);
    return found;
}

/* Tries every set of `size` candidates; what a set that fits was not predicted to be is predicted,
 * until one fits of which everything is known. */
static bool try_sets(struct planner *planner, size_t size, int level) {
    while (find_set(planner, size, level))
        if (!learn(planner, level))
            return true;
    return false;
}

static bool first_fit(struct planner *planner, size_t count, int level) {
    set_first(planner, count, level);
    return fits(planner);
}

/* How many of the first candidates are needed. All together are known to suffice. */
static size_t needed_count(struct planner *planner, size_t at_least, int level) {
    size_t low = at_least, high = planner->candidate_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (first_fit(planner, middle, level))
            high = middle;
        else
            low = middle + 1;
    }
    return high;
}

/* Bytes by which a program grows when a file goes from its level to another. */
static uint64_t growth_of(struct planner *planner, size_t number, size_t file, int level) {
    const struct planned_program *program = &planner->problem->programs[number];
    uint64_t before = 0, after = 0;
    int now = planner->levels[file];
    for (size_t i = 0; i < program->measure->extents.count; i++) {
        if (program->sources[i].file != file)
            continue;
        before += extent_of(planner, program, i).vm_size;
        planner->levels[file] = level;
        after += extent_of(planner, program, i).vm_size;
        planner->levels[file] = now;
    }
    return after > before ? after - before : 0;
}

/* Whether a program did not bear another image that grew by less. It has no more room since. */
static bool was_refused(struct planner *planner, size_t file, int level) {
    for (size_t i = 0; planner->refused != NULL && i < planner->problem->program_count; i++)
        if (growth_of(planner, i, file, level) >= planner->refused[i])
            return true;
    return false;
}

/* Sets the file to a lower level if the programs still fit then. */
static bool set_lower(struct planner *planner, size_t file, int level) {
    int now = planner->levels[file];
    if (was_refused(planner, file, level))
        return false;
    planner->levels[file] = level;
    if (fits(planner))
        return true;
    planner->levels[file] = now;
    uint64_t growth = growth_of(planner, planner->hardest, file, level);
    if (planner->refused != NULL && planner->is_too_large && growth != 0 &&
        growth < planner->refused[planner->hardest])
        planner->refused[planner->hardest] = growth;
    return false;
}

/* Whether placing all images for each of so many files takes long. */
static bool are_many(const struct plan_problem *problem, size_t count) {
    size_t images = 0;
    for (size_t i = 0; i < problem->program_count; i++)
        images += problem->programs[i].measure->extents.count;
    return count > problem->most_placed / (images + 1);
}

/* Those that gain the least come first. */
static void drop_needless(struct planner *planner, size_t count) {
    size_t size = (planner->problem->program_count + 1) * sizeof *planner->refused;
    if (are_many(planner->problem, count)) {
        planner->refused = arena_take(planner->arena, size);
        memset(planner->refused, 0xff, size);
    }
    for (size_t i = count; i-- > 0;)
        set_lower(planner, planner->candidates[i].file, STAYS);
}

/* Takes files by what they gain until the programs fit, and drops those that were not needed; false
 * when all together do not suffice. */
static bool take_by_gain(struct planner *planner, size_t at_least, int level) {
    size_t count;
    do {
        if (!first_fit(planner, planner->candidate_count, level))
            return false;
        count = needed_count(planner, at_least, level);
        set_first(planner, count, level);
    } while (learn(planner, level));
    drop_needless(planner, count);
    return true;
}

/* Whether there is a set at `level` by which the programs fit; planner->levels is then one of the
 * fewest files. */
static bool fewest_files(struct planner *planner, int level) {
    size_t most = planner->problem->most_sets;
    for (size_t size = 1; size <= planner->candidate_count; size++) {
        if (set_count(planner->candidate_count, size, most) > most)
            return take_by_gain(planner, size, level);
        if (try_sets(planner, size, level))
            return true;
    }
    return false;
}

/* The lowest level of one file by which the programs still fit; whether that is another than now.
 */
static bool lower_level(struct planner *planner, size_t file) {
    int now = planner->levels[file];
    for (int level = STAYS; level < now; level++) {
        bool is_lower = set_lower(planner, file, level);
        if (is_lower && predict_set(planner, level)) {
            planner->levels[file] = now;
            is_lower =
                predicted_at(planner, file, level) != NULL && set_lower(planner, file, level);
        }
        if (is_lower)
            return true;
    }
    return false;
}

/* Each file at the lowest level that still suffices, the one that gains the least first. Placement
 * is not monotonic: what one file gives up can make another's rewriting needless, so that it goes
 * on until nothing changes. */
static void lower_levels(struct planner *planner) {
    bool lowered = true;
    while (lowered) {
        lowered = false;
        for (size_t i = planner->candidate_count; i-- > 0;)
            lowered |= lower_level(planner, planner->candidates[i].file);
    }
}

/* Whether files of this level suffice. Few are all predicted before. */
static bool search_level(struct planner *planner, int level) {
    size_t most = planner->problem->most_sets;
    planner->problem->prepare(planner->problem->context, (size_t)level);
    find_candidates(planner, level);
    set_all(planner, level);
    if (set_count(planner->candidate_count, 2, most) <= most)
        learn(planner, level);
    return fewest_files(planner, level);
}

static void search(struct planner *planner, struct plan *plan) {
    int count = (int)planner->problem->level_count;
    set_all(planner, STAYS);
    plan->suffices = fits(planner);
    for (int level = 0; !plan->suffices && level < count; level++)
        plan->suffices = search_level(planner, level);
    if (plan->suffices)
        lower_levels(planner);
    else
        set_known(planner, count - 1);
}

/* --- the plan --- */

static void judge_all(const struct planner *planner, struct judgement *judgements) {
    for (size_t i = 0; i < planner->problem->program_count; i++) {
        const struct planned_program *program = &planner->problem->programs[i];
        struct measure measure = measure_of(planner, planner->arena, program);
        judge(planner->arena, &measure, program->limits, &judgements[i]);
    }
}

void plan_make(struct arena *arena, const struct plan_problem *problem, struct plan *plan) {
    size_t files = problem->file_count;
    struct planner planner = {.arena = arena, .problem = problem};
    planner.levels = arena_take(arena, (files + 1) * sizeof *planner.levels);
    planner.candidates = arena_take(arena, (files + 1) * sizeof *planner.candidates);
    *plan = (struct plan){.levels = planner.levels, .highest = STAYS};
    search(&planner, plan);
    for (size_t i = 0; i < files; i++) {
        plan->changed += plan->levels[i] != STAYS;
        if (plan->levels[i] > plan->highest)
            plan->highest = plan->levels[i];
    }
    plan->judgements = arena_take(arena, (problem->program_count + 1) * sizeof *plan->judgements);
    judge_all(&planner, plan->judgements);
}
