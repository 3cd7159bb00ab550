#include "verbs/shrink_options.h"

#include "base/atomic_file.h"
#include "base/parallel.h"
#include "base/size.h"
#include "base/text.h"
#include "rewrite/original.h"
#include "rewrite/reseal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const struct option_choices level_choices = {.choice = level_name_alone, .usual = "debug-map"};

bool shrink_options_valid(const struct shrink_options *options, struct error *error) {
    bool kept = options->unstripped == NULL || strcmp(options->unstripped, "none") != 0;
    return kept || !options->drop_unclaimed ||
           error_usage(error, "--drop-unclaimed needs the original kept, not --unstripped none");
}

struct rewrite_options rewrite_options_of(const struct shrink_options *options, const char *level) {
    parallel_set_jobs(options->jobs);
    return (struct rewrite_options){
        .losses = {.level = level_named(level == NULL ? level_choices.usual : level),
                   .unclaimed = options->drop_unclaimed},
        .unstripped = options->unstripped,
        .identity = options->identity,
        .verify = !options->no_verify,
    };
}

void shrink_print_resumed(const struct shrink_options *options, const char *operand,
                          const struct resumed *resumed) {
    if (options->quiet || resumed->finished + resumed->discarded == 0)
        return;
    text_print_line(stderr,
                    "vafit: %s: an earlier run was cut off; finished %zu of its new files, "
                    "discarded %zu",
                    operand, resumed->finished, resumed->discarded);
}

void shrink_print_sizes(const struct shrink_options *options, const char *target,
                        const struct shrunk *shrunk) {
    if (options->quiet)
        return;
    text_print_line(stdout, "%s: __LINKEDIT %s, was %s", target, size_text(shrunk->after).text,
                    size_text(shrunk->before).text);
    if (shrunk->unclaimed != 0)
        text_print_line(stdout, "%s: dropped %" PRIu64 " bytes that no table reached", target,
                        shrunk->unclaimed);
}

bool shrink_resume(struct arena *arena, const struct shrink_options *options, const char *operand,
                   bool take_back, struct error *error) {
    struct resumed resumed = {0};
    const char *target = path_followed(arena, operand);
    const char *original = original_path(arena, options->unstripped, target);
    if (!journal_resume(target, take_back, &resumed, error) || !atomic_file_sweep(target, error) ||
        !reseal_sweep(target, error) || (original != NULL && !atomic_file_sweep(original, error)))
        return false;
    shrink_print_resumed(options, operand, &resumed);
    return true;
}

bool shrink_has_one_name(struct arena *arena, const struct shrink_options *options,
                         const struct image_file *file, struct error *error) {
    const char *original = original_path(arena, options->unstripped, file->path);
    uint64_t own = original != NULL && original_is_itself(original, file->path) ? 2 : 1;
    return file->file.names <= own ||
           error_io(error, file->path,
                    "has %" PRIu64 " names (hard links), and would get its new file under one; "
                    "write that elsewhere, or make each name a file of its own",
                    file->file.names - own + 1);
}
