#include "base/text.h"
#include "images/library.h"
#include "rewrite/inspect.h"
#include "rewrite/proof.h"
#include "rewrite/second_opinion.h"
#include "verbs/common_options.h"
#include "verbs/shrinking_options.h"
#include "verbs/verb.h"

#include <string.h>

struct options {
    const char *against;
    const char *level;
    bool drop_unclaimed;
    bool quiet;
};

static const struct option_row rows[] = {
    {"against", 0, OPTION_TEXT, offsetof(struct options, against), "ORIGINAL",
     "hold the one image against the file it was made from", NULL},
    {"level", 0, OPTION_CHOICE, offsetof(struct options, level), "LEVEL",
     "with --against: the highest level whose losses are no finding: lossless, debug-map, locals, "
     "symbols (default) or exports",
     closed_level_choices},
    {"drop-unclaimed", 0, OPTION_FLAG, offsetof(struct options, drop_unclaimed), NULL,
     "with --against: bytes that no table reaches may be gone", NULL},
    {"quiet", 'q', OPTION_FLAG, offsetof(struct options, quiet), NULL, "print nothing but errors",
     NULL},
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
    bool same = original != NULL && proof_compare(original, file, losses, &differences);
    for (size_t i = 0; i < differences.count; i++)
        if (!is_known(findings, &differences.items[i]))
            errors_add(findings, &differences.items[i]);
    errors_free(&differences);
    return same;
}

/* One call of verify. */
struct verification {
    struct library *library;
    const struct options *options;
    struct losses losses; /* what is no finding */
    const char *lief;     /* the path of vafit-lief; NULL when there is none */
    struct errors findings;
};

/* What is no finding is told beside. */
static void note(const struct verification *verification, const char *file,
                 const struct text *text) {
    struct error error;
    if (text->data == NULL || verification->options->quiet)
        return;
    error_io(&error, file, "%s", text->data);
    error_print(stderr, &error);
}

static void find_lief(struct verification *verification) {
    struct text why = {0};
    verification->lief = second_opinion_program(library_arena(verification->library), &why);
    note(verification, "", &why);
    text_free(&why);
}

/* False when LIEF reads something else. Where it agrees, there is nothing to add. */
static bool lief_agrees(struct verification *verification, const struct image_file *file,
                        const struct image_file *original) {
    struct text why = {0};
    if (verification->lief == NULL)
        return true;
    enum opinion opinion =
        second_opinion(verification->lief, file, original, &why, &verification->findings);
    note(verification, file->path, &why);
    text_free(&why);
    return opinion != OPINION_DIFFERS;
}

static void verify_file(struct verification *verification, const char *operand) {
    const struct options *options = verification->options;
    struct image_file *file = operand_read(verification->library, operand), *original = NULL;
    if (file == NULL)
        return;
    bool good = inspect_file(file, &verification->findings);
    if (options->against != NULL) {
        original = operand_read(verification->library, options->against);
        good = compare(original, file, &verification->losses, &verification->findings) && good;
    }
    if (lief_agrees(verification, file, original) && good && !options->quiet)
        text_print_line(stdout, "%s: %s", operand,
                        options->against == NULL ? "well formed"
                                                 : "well formed, and means the same");
}

/* What is found wrong with an image that can be read is a finding; what cannot be read is an error.
 */
static int verify(struct library *library, const struct options *options,
                  const struct string_list *operands) {
    struct verification verification = {.library = library, .options = options};
    static const struct closed_world anything = {0};
    const char *level = options->level == NULL ? "symbols" : options->level;
    verification.losses = (struct losses){level_named(level), &anything, options->drop_unclaimed};
    find_lief(&verification);
    for (size_t i = 0; i < operands->count; i++)
        verify_file(&verification, operands->items[i]);
    errors_print(stderr, library_errors(library));
    errors_print(stderr, &verification.findings);
    int status = (int)errors_worst(library_errors(library));
    if (status == 0 && verification.findings.count != 0)
        status = EXIT_EXCEEDS;
    errors_free(&verification.findings);
    return status;
}

static bool options_valid(const struct options *options, const struct string_list *operands,
                          struct error *error) {
    if (operands->count == 0 || (options->against != NULL && operands->count != 1))
        return error_usage(error, options->against == NULL ? "verify wants an image"
                                                           : "verify --against wants one image");
    if (options->against == NULL && options->drop_unclaimed)
        return error_usage(error, "verify --drop-unclaimed wants --against");
    return options->level == NULL || options->against != NULL ||
           error_usage(error, "verify --level wants --against");
}

static int run(const struct call *call) {
    struct options options = {0};
    struct string_list operands = {0};
    struct error error;
    if (!call_parse(call, &verb_verify, &options, &operands, &error))
        return call_fail(&verb_verify, &error);
    if (!options_valid(&options, &operands, &error))
        return call_fail(&verb_verify, &error);
    struct library *library = library_on_disk();
    int status = verify(library, &options, &operands);
    library_free(library);
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
