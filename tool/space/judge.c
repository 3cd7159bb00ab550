#include "space/judge.h"

#include "base/size.h"
#include "base/text.h"
#include "space/placements.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static struct finding *add(struct judge *judge, enum rule_id rule, enum severity severity,
                           const char *message) {
    struct finding *finding = vector_push(judge->arena, &judge->judgement->findings);
    *finding = (struct finding){.rule = rule, .severity = severity, .message = message};
    return finding;
}

/* The severity of a rule about a limit: failed, close to it, or well. */
static enum severity severity_of(const struct judge *judge, enum rule_id rule, uint64_t actual,
                                 uint64_t limit, int64_t margin) {
    unsigned percent = judge->limits->warn_at;
    if (margin < 0)
        return judge->limits->severities[rule];
    if (percent != 0 && limit != 0 && (double)actual * 100 >= (double)limit * percent)
        return SEVERITY_WARNING;
    return SEVERITY_PASS;
}

static void add_numbers(struct judge *judge, enum rule_id rule, uint64_t actual, uint64_t limit,
                        uint64_t headroom, const char *message) {
    int64_t margin = (int64_t)(limit - headroom - actual);
    struct finding *finding =
        add(judge, rule, severity_of(judge, rule, actual, limit, margin), message);
    finding->has_numbers = true;
    finding->actual = actual;
    finding->limit = limit;
    finding->margin = margin;
}

/* "188.0 MiB below" or "188.0 MiB past". */
static const char *distance(struct judge *judge, uint64_t actual, uint64_t limit) {
    uint64_t apart = actual > limit ? actual - limit : limit - actual;
    return arena_format(judge->arena, "%s %s", size_text(apart).text,
                        actual > limit ? "past" : "below");
}

/* Likewise in GiB, beside a size in GiB, where that tells anything: "0.18 GiB below". */
static const char *distance_in_gib(struct judge *judge, uint64_t actual, uint64_t limit) {
    uint64_t apart = actual > limit ? actual - limit : limit - actual;
    if (apart < 10 * MIB)
        return distance(judge, actual, limit);
    return arena_format(judge->arena, "%s %s", size_text_gib(apart).text,
                        actual > limit ? "past" : "below");
}

/* "16.46 GiB, 0.46 GiB past the limit of 16.00 GiB", with as many digits as tell them apart. */
static const char *against_limit(struct judge *judge, uint64_t actual, uint64_t limit) {
    int digits = size_digits_apart(actual, limit);
    return arena_format(
        judge->arena, "%s, %s the limit of %s", size_text_gib_digits(actual, digits).text,
        distance_in_gib(judge, actual, limit), size_text_gib_digits(limit, digits).text);
}

static const char *plural(size_t count) {
    return count == 1 ? "" : "s";
}

static bool for_arm64(struct judge *judge, enum rule_id rule) {
    if (strcmp(judge->measure->family, "arm64") == 0)
        return true;
    add(judge, rule, SEVERITY_NOT_APPLICABLE,
        arena_format(judge->arena, "does not apply to %s: only arm64 programs are affected",
                     judge->measure->family));
    return false;
}

void judge_image_sum(struct judge *judge) {
    const struct measure *measure = judge->measure;
    const struct judgement *result = judge->judgement;
    size_t dylibs = measure->extents.count - (measure->extents.has_executable ? 1 : 0);
    if (!for_arm64(judge, RULE_IMAGE_SUM))
        return;
    if (!result->has_limit) {
        add(judge, RULE_IMAGE_SUM, SEVERITY_NOT_APPLICABLE,
            "does not apply: this profile has no malloc window to end before");
        return;
    }
    const char *message = arena_format(
        judge->arena, "__PAGEZERO %s + executable %s + shared region %s + %zu dylib%s %s = %s",
        size_text(measure->page_zero).text, size_text(measure->executable).text,
        size_text(result->shared_region).text, dylibs, plural(dylibs),
        size_text(measure->dylibs).text, against_limit(judge, result->sum, result->limit));
    add_numbers(judge, RULE_IMAGE_SUM, result->sum, result->limit, 0, message);
}

/* What the window costs: "15 of 736 places, 2.04 % of launches, abort". */
static const char *odds(struct judge *judge) {
    const struct judgement *result = judge->judgement;
    if (result->slots_hit == 0)
        return "";
    return arena_format(judge->arena,
                        "; %" PRIu64 " of the allocator's %" PRIu64
                        " places are blocked, so about %.2f %% of launches abort",
                        result->slots_hit, result->slots,
                        100.0 * (double)result->slots_hit / (double)result->slots);
}

static const char *window_message(struct judge *judge) {
    const struct judgement *result = judge->judgement;
    uint64_t headroom = judge->limits->headroom;
    const char *room = "";
    if (result->unplaced != 0)
        return arena_format(judge->arena, "there is no room for %zu image%s at all",
                            result->unplaced, plural(result->unplaced));
    if (result->top_slid <= result->limit && headroom > result->limit - result->top_slid)
        room = arena_format(judge->arena, ", inside the headroom of %s", size_text(headroom).text);
    return arena_format(judge->arena, "images reach %s%s%s",
                        against_limit(judge, result->top_slid, result->limit), room, odds(judge));
}

void judge_malloc_window(struct judge *judge) {
    const struct judgement *result = judge->judgement;
    if (!for_arm64(judge, RULE_MALLOC_WINDOW))
        return;
    /* An image without room is past every limit. */
    if (result->has_window && result->unplaced != 0)
        add(judge, RULE_MALLOC_WINDOW, judge->limits->severities[RULE_MALLOC_WINDOW],
            window_message(judge));
    else if (result->has_window)
        add_numbers(judge, RULE_MALLOC_WINDOW, result->top_slid, result->limit,
                    judge->limits->headroom, window_message(judge));
    else
        add(judge, RULE_MALLOC_WINDOW, SEVERITY_NOT_APPLICABLE,
            "does not apply: this profile has no malloc window");
}

/* What reaching into the region costs: "1023 of 3069 slides reach it, so about 33.33 % of launches
 * abort". */
static const char *region_odds(struct judge *judge) {
    const struct judgement *result = judge->judgement;
    if (!result->has_slides || result->slides_hit == 0)
        return "";
    if (result->slides_hit == result->slides)
        return "; every slide reaches it, so every launch aborts";
    return arena_format(judge->arena,
                        "; %" PRIu64 " of %" PRIu64
                        " slides reach it, so about %.2f %% of launches abort",
                        result->slides_hit, result->slides,
                        100.0 * (double)result->slides_hit / (double)result->slides);
}

/* What makes an image smaller that is mostly full of it: "2.00 GiB of the executable are zero-fill,
 * most of it in __DATA: ...". Where there is nothing the rule's own help is the right one. */
static const struct remedy {
    const char *content;
    const char *what_to_do;
    const char *if_not_possible;
} remedies[BULK_COUNT] = {
    [BULK_ZERO_FILL] = {"zero-fill",
                        "allocate it at run time (malloc, mmap; in Fortran allocatable arrays) "
                        "in place of static arrays",
                        "make the arrays smaller, or move them into a dylib, which is placed "
                        "elsewhere"},
    [BULK_DATA] = {"data",
                   "keep the data beside the program, in a file that it opens; bundlers of one "
                   "file can make a folder instead",
                   "compress the data, or move it into a dylib, which is placed elsewhere"},
    [BULK_CODE] = {"code",
                   "move code into dylibs, which are placed elsewhere, or link with -dead_strip",
                   "compile with -Os, and without sanitizers or coverage"},
};

static const char *name_of(struct judge *judge, size_t image) {
    const struct image_words *words = &judge->measure->words;
    return words->name(judge->arena, words->images, image);
}

/* To the last finding, which is about that image. */
static void add_remedy(struct judge *judge, size_t image) {
    const struct measure *measure = judge->measure;
    bool is_executable = image == 0 && measure->extents.has_executable;
    struct findings *findings = &judge->judgement->findings;
    struct finding *finding = &findings->items[findings->count - 1];
    if (measure->words.heaviest == NULL || finding->margin >= 0)
        return;
    struct heaviest heaviest = measure->words.heaviest(judge->arena, measure->words.images, image);
    const struct remedy *remedy = &remedies[heaviest.bulk];
    if (remedy->what_to_do == NULL)
        return;
    finding->what_to_do = arena_format(judge->arena, "%s of %s are %s, most of it in %s: %s",
                                       size_text(heaviest.size).text,
                                       is_executable ? "the executable" : name_of(judge, image),
                                       remedy->content, heaviest.where, remedy->what_to_do);
    finding->if_not_possible = remedy->if_not_possible;
}

void judge_shared_region(struct judge *judge) {
    const struct measure *measure = judge->measure;
    uint64_t region = measure->layout->shared_region.start;
    uint64_t slide = layout_greatest_slide(measure->layout);
    uint64_t end = measure->executable_end + slide;
    if (!for_arm64(judge, RULE_SHARED_REGION))
        return;
    if (!measure->extents.has_executable) {
        add(judge, RULE_SHARED_REGION, SEVERITY_NOT_APPLICABLE,
            "does not apply: the program has no executable");
        return;
    }
    if (judge->judgement->shared_region == 0) {
        add(judge, RULE_SHARED_REGION, SEVERITY_NOT_APPLICABLE,
            "does not apply: this profile has no shared region");
        return;
    }
    const char *message =
        arena_format(judge->arena,
                     "the executable ends at 0x%" PRIx64 ", and slid by %s at 0x%" PRIx64
                     ", %s the shared region at 0x%" PRIx64 "%s",
                     measure->executable_end, size_text(slide).text, end,
                     distance(judge, end, region), region, region_odds(judge));
    add_numbers(judge, RULE_SHARED_REGION, end, region, 0, message);
    add_remedy(judge, 0);
}

static uint64_t size_of(const struct extent *extent) {
    return extent->vm_size > extent->file_size ? extent->vm_size : extent->file_size;
}

static void add_image_size(struct judge *judge, size_t image) {
    uint64_t size = size_of(&judge->measure->extents.items[image]);
    uint64_t limit = 4 * GIB - 1;
    bool in_gib = size >= GIB;
    struct size_text text =
        in_gib ? size_text_gib_digits(size, size_digits_apart(size, 4 * GIB)) : size_text(size);
    const char *message = arena_format(
        judge->arena, "%s has %s, %s the 4 GiB of 32-bit offsets", name_of(judge, image), text.text,
        (in_gib ? distance_in_gib : distance)(judge, size, limit + (size > limit ? 0 : 1)));
    add_numbers(judge, RULE_IMAGE_SIZE, size, limit, 0, message);
    add_remedy(judge, image);
}

/* One finding an image that fails; where none does, one for the largest. */
void judge_image_size(struct judge *judge) {
    const struct extents *extents = &judge->measure->extents;
    size_t largest = 0, failed = 0;
    for (size_t i = 0; i < extents->count; i++) {
        if (size_of(&extents->items[i]) >= 4 * GIB) {
            add_image_size(judge, i);
            failed++;
        }
        if (size_of(&extents->items[i]) > size_of(&extents->items[largest]))
            largest = i;
    }
    if (failed == 0 && extents->count != 0)
        add_image_size(judge, largest);
}

void judge_linkedit_alignment(struct judge *judge) {
    const struct measure *measure = judge->measure;
    size_t count = measure->misaligned_count;
    struct text text = {0};
    if (count == 0)
        text_add(&text, "every part of every __LINKEDIT is aligned");
    else
        text_addf(&text, "%zu part%s of __LINKEDIT %s misaligned: ", count, plural(count),
                  count == 1 ? "is" : "are");
    for (size_t i = 0; i < count && i < 3; i++)
        text_addf(&text, "%s%s", i == 0 ? "" : ", ", measure->misaligned[i]);
    if (count > 3)
        text_addf(&text, " and %zu more", count - 3);
    add_numbers(judge, RULE_LINKEDIT_ALIGNMENT, count, 0, 0, arena_string(judge->arena, text.data));
    text_free(&text);
}

void judge_unresolved(struct judge *judge) {
    const struct measure *measure = judge->measure;
    for (size_t i = 0; i < measure->unresolved_count; i++)
        add(judge, RULE_UNRESOLVED, judge->limits->severities[RULE_UNRESOLVED],
            measure->unresolved[i]);
    if (measure->unresolved_count == 0)
        add(judge, RULE_UNRESOLVED, SEVERITY_PASS, "every dylib was found");
}

void judge_growth(struct judge *judge) {
    const struct measure *measure = judge->measure;
    uint64_t sum = judge->judgement->sum, before = measure->baseline_sum;
    if (!judge->limits->has_max_growth)
        return;
    if (!measure->has_baseline) {
        add(judge, RULE_GROWTH, SEVERITY_NOT_APPLICABLE,
            "does not apply: the baseline does not know this program; --update-baseline adds it");
        return;
    }
    const char *message =
        arena_format(judge->arena, "the images %s by %s since the baseline; %s are allowed%s%s",
                     sum < before ? "shrank" : "grew",
                     size_text(sum < before ? before - sum : sum - before).text,
                     size_text(judge->limits->max_growth).text,
                     sum > before && measure->grown != NULL ? "; most of it: " : "",
                     sum > before && measure->grown != NULL ? measure->grown : "");
    add_numbers(judge, RULE_GROWTH, sum < before ? 0 : sum - before, judge->limits->max_growth, 0,
                message);
}

/* How many slides take the executable into the shared region. */
static void measure_slides(struct judge *judge) {
    const struct measure *measure = judge->measure;
    uint64_t region = measure->layout->shared_region.start, end = measure->executable_end;
    struct judgement *result = judge->judgement;
    result->slides = layout_slide_count(measure->layout);
    result->has_slides =
        measure->extents.has_executable && result->shared_region != 0 && result->slides != 0;
    if (result->has_slides)
        result->slides_hit =
            end > region ? result->slides : layout_slides_past(measure->layout, region - end);
}

/* Addresses in the arena, from a placement that is about to be freed. */
static uint64_t *keep_addresses(const struct judge *judge, const struct placement *placement) {
    size_t count = judge->measure->extents.count;
    uint64_t *kept = arena_take(judge->arena, (count + 1) * sizeof *kept);
    memcpy(kept, placement->addresses, count * sizeof *kept);
    return kept;
}

/* The numbers that rules and reports share. */
static void measure_all(struct judge *judge) {
    const struct measure *measure = judge->measure;
    const struct layout *layout = measure->layout;
    struct judgement *result = judge->judgement;
    struct placements placements;
    placements_over_slides(layout, &measure->extents, &placements);
    result->shared_region = layout->shared_region.end - layout->shared_region.start;
    measure_slides(judge);
    result->sum =
        measure->page_zero + measure->executable + result->shared_region + measure->dylibs;
    result->top = placements.unslid.top;
    result->top_slid = placements.worst.top;
    result->unplaced = placements.worst.unplaced;
    if (result->unplaced != 0)
        result->top_slid = layout->address_end;
    result->addresses = keep_addresses(judge, &placements.unslid);
    result->worst = placements.worst;
    result->worst.addresses = keep_addresses(judge, &placements.worst);
    result->has_window = layout->window.slots != 0;
    result->has_limit = result->has_window || judge->limits->has_limit;
    result->limit = judge->limits->has_limit ? judge->limits->limit : layout->window.start;
    result->slots = layout->window.slots;
    result->slots_hit = placement_slots_hit(&placements.worst, &measure->extents, &layout->window);
    if (result->has_limit)
        result->beyond = placement_beyond(&placements.worst, &measure->extents, result->limit);
    placements_free(&placements);
}

static enum verdict worst_of(const struct findings *findings) {
    enum verdict verdict = VERDICT_FITS;
    for (size_t i = 0; i < findings->count; i++)
        if (findings->items[i].severity == SEVERITY_ERROR)
            verdict = VERDICT_EXCEEDS;
        else if (findings->items[i].severity == SEVERITY_WARNING && verdict == VERDICT_FITS)
            verdict = VERDICT_WARNING;
    return verdict;
}

void judge(struct arena *arena, const struct measure *measure, const struct limits *limits,
           struct judgement *judgement) {
    struct judge context = {arena, measure, limits, judgement};
    memset(judgement, 0, sizeof *judgement);
    measure_all(&context);
    for (int i = 0; i < RULE_COUNT; i++) {
        judgement->starts[i] = judgement->findings.count;
        if (limits->severities[i] == SEVERITY_OFF)
            add(&context, (enum rule_id)i, SEVERITY_OFF, "switched off");
        else
            rule_row((enum rule_id)i)->judge(&context);
    }
    judgement->verdict = worst_of(&judgement->findings);
}
