#include "crash/diagnosis.h"

#include "base/size.h"
#include "crash/advice.h"

#include <inttypes.h>
#include <string.h>

/* How far the parts of a dylib behind its __TEXT may go, which a report does not tell: none is
 * known of which they have more. */
#define REACH GIB

/* One report before the judge of its words. */
struct question {
    struct arena *arena;
    const struct circumstances *given;
    struct diagnosis *diagnosis;
};

static void answer(struct question *question, enum is_size is_size, const char *why) {
    question->diagnosis->is_size = is_size;
    question->diagnosis->why = why;
}

/* --- malloc-window --- */

/* The highest image, where it may go on past the limit and nothing says that it does not; NULL when
 * it cannot. The others end below the next. */
static const struct crash_image *open_end(const struct circumstances *given) {
    const struct observed_layout *layout = given->layout;
    const struct crash_image *image = &given->report->images.items[layout->highest];
    return image->vm_size == 0 && layout->limit - layout->top < REACH ? image : NULL;
}

static void judge_beyond(struct question *question) {
    const struct observed_layout *layout = question->given->layout;
    const struct malloc_window *window = &layout->layout->window;
    uint64_t window_end = window->start + window->slots * window->stride + window->size;
    if (layout->is_assumed && layout->top > window_end) {
        answer(question, SIZE_UNDECIDED,
               "the report does not say which system it was, and so not where malloc's window is");
        return;
    }
    answer(question, SIZE_IS,
           arena_format(question->arena,
                        "images of this program end at %s, and malloc's window begins at %s or "
                        "above: the program is too large",
                        size_text_gib(layout->top).text, size_text_gib(layout->limit).text));
}

static void judge_malloc_window(struct question *question) {
    const struct observed_layout *layout = question->given->layout;
    const struct crash_image *image;
    if (layout->layout == NULL)
        answer(question, SIZE_IS_NOT,
               "not applicable: only arm64 has malloc's window, and this process is x86_64");
    else if (!layout->has_limit)
        answer(question, SIZE_UNDECIDED, "no window of malloc's is known for this system");
    else if (layout->own.count == 0)
        answer(question, SIZE_UNDECIDED,
               "something was mapped where malloc reserves its window; the report has no images, "
               "so that it does not say whether this program's are too large");
    else if (layout->beyond != 0)
        judge_beyond(question);
    else if (!layout->has_all)
        answer(question, SIZE_UNDECIDED,
               "something was mapped where malloc reserves its window; the report is cut within "
               "its images, so that it does not say whether others lie there");
    else if ((image = open_end(question->given)) != NULL)
        answer(question, SIZE_UNDECIDED,
               arena_format(question->arena,
                            "the report does not say where %s ends: its __TEXT does at %s, and "
                            "malloc's window begins at %s or above",
                            image->name, size_text_gib(crash_image_end(image)).text,
                            size_text_gib(layout->limit).text));
    else
        answer(question, SIZE_IS_NOT,
               arena_format(question->arena,
                            "not this program's size: its images end at %s, and malloc's window "
                            "begins at %s or above; something else was mapped there before it",
                            size_text_gib(layout->top).text, size_text_gib(layout->limit).text));
}

/* --- shared-region --- */

#define OTHER_CAUSES "a chroot without the cache, or a cache that was replaced, says the same"

static void judge_end(struct question *question, uint64_t end) {
    uint64_t start = question->given->layout->layout->shared_region.start;
    answer(question, end > start ? SIZE_IS : SIZE_IS_NOT,
           arena_format(question->arena,
                        end > start ? "the executable ends at %s, past %s where the shared region "
                                      "begins: it is too large"
                                    : "not this program's size: the executable ends at %s, below "
                                      "%s where the shared region begins; " OTHER_CAUSES,
                        size_text_gib(end).text, size_text_gib(start).text));
}

/* Without the slide of the launch: by all that there are. */
static void judge_slides(struct question *question, uint64_t end) {
    const struct layout *layout = question->given->layout->layout;
    uint64_t start = layout->shared_region.start, count = layout_slide_count(layout);
    uint64_t past = end > start ? count : layout_slides_past(layout, start - end);
    if (past == 0 || past == count) {
        judge_end(question, end + layout_greatest_slide(layout));
        return;
    }
    answer(question, SIZE_UNDECIDED,
           arena_format(question->arena,
                        "the executable reaches the shared region at %s with %" PRIu64
                        " of %" PRIu64 " slides, and the report does not say which it had",
                        size_text_gib(start).text, past, count));
}

/* dyld's copy from disk, which lies right behind the executable (inferred from xnu's sources); NULL
 * where the report has none outside a shared cache. */
static const struct crash_image *dyld_of_disk(const struct crash_report *report) {
    for (size_t i = 0; i < report->images.count; i++) {
        const struct crash_image *image = &report->images.items[i];
        bool is_in_cache = image->base >= report->cache.start && image->base < report->cache.end;
        if (strcmp(image->name, "dyld") == 0 && strcmp(image->folder, "/usr/lib/") == 0 &&
            !is_in_cache)
            return image;
    }
    return NULL;
}

/* How far behind the executable it may begin: its own slide, and room. */
#define DYLD_REACH (8 * MIB)

/* By where dyld lies; false where that decides nothing. */
static bool judge_dyld(struct question *question, uint64_t executable) {
    uint64_t start = question->given->layout->layout->shared_region.start;
    const struct crash_image *dyld = dyld_of_disk(question->given->report);
    if (dyld == NULL || dyld->base < executable ||
        (dyld->base > start && dyld->base - start < DYLD_REACH))
        return false;
    answer(question, dyld->base > start ? SIZE_IS : SIZE_IS_NOT,
           arena_format(question->arena,
                        dyld->base > start
                            ? "dyld, which lies right behind the executable (inferred), is at %s, "
                              "past %s where the shared region begins: the executable is too large"
                            : "not this program's size: dyld, which lies right behind the "
                              "executable (inferred), is at %s, below %s where the shared region "
                              "begins; " OTHER_CAUSES,
                        size_text_gib(dyld->base).text, size_text_gib(start).text));
    return true;
}

/* The report has the executable's __TEXT alone. */
static void judge_report(struct question *question) {
    const struct circumstances *given = question->given;
    size_t executable = given->layout->executable;
    uint64_t end = executable == NO_CRASH_IMAGE
                       ? 0
                       : crash_image_end(&given->report->images.items[executable]);
    if (end > given->layout->layout->shared_region.start)
        judge_end(question, end);
    else if (executable == NO_CRASH_IMAGE || !judge_dyld(question, end))
        answer(question, SIZE_UNDECIDED,
               "an executable that reaches the shared region says so, and the report does not "
               "tell its size; " OTHER_CAUSES);
}

static void judge_shared_region(struct question *question) {
    const struct circumstances *given = question->given;
    const struct prediction *prediction = given->prediction;
    if (given->layout->layout == NULL) {
        answer(question, SIZE_IS_NOT,
               "not applicable: on x86_64 no executable reaches the shared region; " OTHER_CAUSES);
        return;
    }
    if (prediction == NULL || prediction->build == BUILD_OTHER ||
        !prediction->program->has_executable) {
        judge_report(question);
        return;
    }
    const struct image *image = prediction->program->images.items[0].image;
    uint64_t end = image->lowest_address + image->vm_space;
    if (prediction->has_slide)
        judge_end(question, end + prediction->slide);
    else
        judge_slides(question, end);
}

/* --- what it is about --- */

/* What stands behind the words, up to the end of the line; NULL when they are not there. */
static const char *behind(struct question *question, const char *words) {
    const char *found = strstr(crash_report_evidence(question->given->report), words);
    if (found == NULL)
        return NULL;
    found += strlen(words);
    found += strspn(found, " \t");
    const char *line = arena_copy(question->arena, found, strcspn(found, "\n"));
    return *line == '\0' ? NULL : crash_report_anonymous(question->arena, line);
}

/* The image in which the page lies that the signature does not hold for. */
static const char *image_of_page(struct question *question) {
    const struct crash_report *report = question->given->report;
    const char *at = behind(question, "UNKNOWN_0x32 at ");
    uint64_t address;
    if (at == NULL || !pasted_hex(&at, at + strlen(at), &address))
        return NULL;
    for (size_t i = 0; i < report->images.count; i++) {
        const struct crash_image *image = &report->images.items[i];
        if (address >= image->base && address < crash_image_end(image))
            return image->name[0] == '\0' ? NULL : image->name;
    }
    return NULL;
}

static const char *missing_library(struct question *question) {
    return behind(question, "Library not loaded:");
}

static const char *missing_symbol(struct question *question) {
    return behind(question, "Symbol not found:");
}

/* What a cause wants beside the words; those without a judge are not about size. */
static const struct cause_row {
    void (*judge)(struct question *question);
    const char *(*detail)(struct question *question);
} causes[CAUSE_COUNT] = {
    [CAUSE_MALLOC_WINDOW] = {judge_malloc_window, NULL},
    [CAUSE_SHARED_REGION] = {judge_shared_region, NULL},
    [CAUSE_LINKEDIT_ALIGNMENT] = {NULL, missing_library},
    [CAUSE_LIBRARY_MISSING] = {NULL, missing_library},
    [CAUSE_SYMBOL_MISSING] = {NULL, missing_symbol},
    [CAUSE_CODE_SIGNATURE] = {NULL, image_of_page},
};

static const struct diagnosis of_map = {
    .cause = CAUSE_UNKNOWN,
    .what = "has a memory map, which does not say why a process ended",
    .why = "a memory map says only where things lay",
};

static const struct diagnosis of_unknown = {
    .cause = CAUSE_UNKNOWN,
    .what = "ended for a reason that the report does not tell vafit",
    .why = "none of the words that vafit knows of a launch that failed are in the report",
};

void diagnosis_make(struct arena *arena, const struct circumstances *circumstances,
                    struct diagnosis *diagnosis) {
    struct question question = {arena, circumstances, diagnosis};
    const struct signature *signature =
        signature_find(crash_report_evidence(circumstances->report));
    *diagnosis = circumstances->report->is_map ? of_map : of_unknown;
    if (signature == NULL)
        return;
    const struct cause_row *row = &causes[signature->cause];
    *diagnosis = (struct diagnosis){.cause = signature->cause,
                                    .is_size = SIZE_IS_NOT,
                                    .what = signature->what,
                                    .why = signature->why};
    if (row->judge != NULL) {
        row->judge(&question);
        if (diagnosis->is_size == SIZE_IS_NOT)
            diagnosis->cause = CAUSE_OTHER;
    }
    if (row->detail != NULL)
        diagnosis->detail = row->detail(&question);
    if (signature->cause == CAUSE_LIBRARY_MISSING && diagnosis->detail == NULL)
        answer(&question, SIZE_UNDECIDED,
               "the report does not name the library: one of the system is missing too when the "
               "shared cache could not be mapped, which may be this program's size");
    advice_make(arena, circumstances, signature->cause, diagnosis);
}
