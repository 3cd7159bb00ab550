#include "verbs/shrinking_options.h"

#include "base/parallel.h"
#include "base/size.h"
#include "base/text.h"

#include <stdio.h>

const char *const level_choices[] = {"lossless", "debug-map", "locals", "symbols", NULL};
const char *const closed_level_choices[] = {"lossless", "debug-map", "locals",
                                            "symbols",  "exports",   NULL};

struct shrinking shrinking_of(const struct shrinking_options *options, const char *level) {
    return (struct shrinking){
        .level = level_named(level == NULL ? "debug-map" : level),
        .unstripped = options->unstripped,
        .identity = options->identity,
        .verify = !options->no_verify,
        .jobs = options->jobs == 0 ? parallel_default_jobs() : options->jobs,
    };
}

void shrunk_print(const struct shrinking_options *options, const char *target,
                  const struct shrunk *shrunk) {
    if (!options->quiet)
        text_print_line(stdout, "%s: __LINKEDIT %s, was %s", target, size_text(shrunk->after).text,
                        size_text(shrunk->before).text);
}
