#include "base/text.h"
#include "fix/consolidated.h"
#include "program/image_cache.h"
#include "verbs/common_options.h"
#include "verbs/shrink_options.h"
#include "verbs/verb.h"
#include "verify/compare_files.h"
#include "verify/cross_check.h"
#include "verify/validate.h"

#include <string.h>

struct verify_arguments {
    const char *color;
    const char *against;
    const char *level;
    bool drop_unclaimed;
    bool quiet;
};

static const struct option_choices lossy_levels = {.choice = level_name, .usual = "symbols"};

static const struct option_row rows[] = {
    {"against", 0, OPTION_TEXT, offsetof(struct verify_arguments, against), "ORIGINAL",
     "compare the image with the file it was made from, or a consolidated program with the old one",
     NULL},
    {"level", 0, OPTION_CHOICE, offsetof(struct verify_arguments, level), "LEVEL",
     "with --against: the highest level whose losses are no finding: " OPTION_CHOICES,
     &lossy_levels},
    {"drop-unclaimed", 0, OPTION_FLAG, offsetof(struct verify_arguments, drop_unclaimed), NULL,
     "with --against: bytes that no table reaches may be gone", NULL},
    {"quiet", 'q', OPTION_FLAG, offsetof(struct verify_arguments, quiet), NULL,
     "print nothing but errors", NULL},
    COLOR_ROW(struct verify_arguments),
};

/* Whether the same was said before: a part that is not aligned is found in both ways. */
static bool is_known(const struct errors *errors, const struct error *error) {
    for (size_t i = 0; i < errors->count; i++)
        if (strcmp(errors->items[i].field, error->field) == 0 &&
            strcmp(errors->items[i].what, error->what) == 0)
            return true;
    return false;
}

/* Which exports the programs import is not known here. */
static bool compare(const struct image_file *original, const struct image_file *file,
                    const struct losses *losses, struct errors *findings) {
    struct errors differences = {0};
    bool same = original != NULL && compare_files(original, file, losses, NULL, &differences);
    for (size_t i = 0; i < differences.count; i++)
        if (!is_known(findings, &differences.items[i]))
            errors_add(findings, &differences.items[i]);
    errors_free(&differences);
    return same;
}

/* One call of verify. */
struct verification {
    struct image_cache *cache;
    const struct verify_arguments *arguments;
    struct losses losses; /* what is no finding */
    const char *lief;     /* the path of vafit-lief; NULL when there is none */
    struct errors findings;
};

/* What is no finding is told beside. */
static void note(const struct verification *verification, const char *file,
                 const struct text *text) {
    struct error error;
    if (text->data == NULL || verification->arguments->quiet)
        return;
    error_io(&error, file, "%s", text->data);
    error_print(stderr, &error);
}

static void find_lief(struct verification *verification) {
    struct text why = {0};
    verification->lief = cross_check_program(cache_arena(verification->cache), &why);
    note(verification, "", &why);
    text_free(&why);
}

/* False when LIEF reads something else. Where it agrees, there is nothing to add. */
static bool lief_agrees(struct verification *verification, const struct image_file *file,
                        const struct image_file *original) {
    struct text why = {0};
    if (verification->lief == NULL)
        return true;
    enum cross_check_result result =
        cross_check(verification->lief, file, original, &why, &verification->findings);
    note(verification, file->path, &why);
    text_free(&why);
    return result != CROSS_CHECK_DIFFERS;
}

/* Holds a file against what it was made from; false where that is not known. *original is set where
 * it is one file; *good goes where they differ. */
static bool compare_with_old(struct verification *verification, struct image_file *file,
                             struct image_file **original, bool *good) {
    const char *against = verification->arguments->against;
    size_t before = verification->findings.count;
    if (consolidated_compare(cache_arena(verification->cache), file->path, against,
                             &verification->losses, &verification->findings)) {
        *good &= verification->findings.count == before;
        return true;
    }
    if (against == NULL)
        return false;
    *original = operand_read(verification->cache, against);
    *good &= compare(*original, file, &verification->losses, &verification->findings);
    return true;
}

static void verify_file(struct verification *verification, const char *operand) {
    const struct verify_arguments *arguments = verification->arguments;
    struct image_file *file = operand_read(verification->cache, operand), *original = NULL;
    if (file == NULL)
        return;
    bool good = validate_file(file, &verification->findings);
    bool is_compared = compare_with_old(verification, file, &original, &good);
    if (lief_agrees(verification, file, original) && good && !arguments->quiet)
        text_print_line(stdout, "%s: %s", operand,
                        is_compared ? "well formed, and means the same" : "well formed");
}

/* What is found wrong with an image that can be read is a finding; what cannot be read is an error.
 */
static int verify(struct image_cache *cache, const struct verify_arguments *arguments,
                  const struct string_list *operands) {
    struct verification verification = {.cache = cache, .arguments = arguments};
    static const struct closed_world anything = {0};
    const char *level = arguments->level == NULL ? lossy_levels.usual : arguments->level;
    verification.losses = (struct losses){level_named(level), &anything, arguments->drop_unclaimed};
    find_lief(&verification);
    for (size_t i = 0; i < operands->count; i++)
        verify_file(&verification, operands->items[i]);
    errors_print(stderr, image_cache_errors(cache));
    errors_print(stderr, &verification.findings);
    int status = (int)errors_worst(image_cache_errors(cache));
    if (status == 0 && verification.findings.count != 0)
        status = EXIT_EXCEEDS;
    errors_free(&verification.findings);
    return status;
}

static bool arguments_valid(const struct verify_arguments *arguments,
                            const struct string_list *operands, struct error *error) {
    if (operands->count == 0 || (arguments->against != NULL && operands->count != 1))
        return error_usage(error, arguments->against == NULL ? "verify needs an image"
                                                             : "verify --against needs one image");
    if (arguments->against == NULL && arguments->drop_unclaimed)
        return error_usage(error, "verify --drop-unclaimed needs --against");
    return arguments->level == NULL || arguments->against != NULL ||
           error_usage(error, "verify --level needs --against");
}

static int run(const struct call *call) {
    struct verify_arguments arguments = {0};
    struct string_list operands = {0};
    struct error error;
    if (!call_parse(call, &verb_verify, &arguments, &operands, &error))
        return call_fail(&verb_verify, &error);
    if (!arguments_valid(&arguments, &operands, &error))
        return call_fail(&verb_verify, &error);
    struct image_cache *cache = image_cache_on_disk();
    int status = verify(cache, &arguments, &operands);
    image_cache_free(cache);
    return status;
}

const struct verb verb_verify = {
    "verify",
    "IMAGE... [--against ORIGINAL]",
    "is an image well formed, and does it mean the same as the original?",
    rows,
    sizeof rows / sizeof rows[0],
    run,
};
