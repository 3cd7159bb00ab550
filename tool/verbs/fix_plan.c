#include "base/file.h"
#include "base/output.h"
#include "fix/level_plan.h"
#include "verbs/fix_run.h"

bool fix_plan_valid(const struct fix *fix, struct error *error) {
    const struct fix_arguments *arguments = &fix->arguments;
    if (arguments->plan == NULL)
        return true;
    if (!arguments->dry_run)
        return error_usage(error, "--plan needs --dry-run: it is for `vafit link --plan`");
    if (fix->consolidates || level_named(arguments->up_to)->drops_exports)
        return error_usage(error, "--plan: links neither drop exports nor consolidate");
    if (output_is_standard(arguments->plan) && arguments->output.output == NULL)
        return error_usage(error, "--plan -: standard output has the report; give --output FILE");
    if (output_collides(arguments->plan, arguments->output.output) ||
        output_collides(arguments->plan, arguments->output.depfile))
        return error_usage(error, "--plan %s: another file of this run has that name",
                           arguments->plan);
    return true;
}

/* A place that is only written to holds no plan. */
static bool read_plan(const struct fix *fix, struct level_plan *plan, struct error *error) {
    const char *path = fix->arguments.plan;
    *plan = (struct level_plan){0};
    return !output_replaces(path) || path_look(path_followed(fix->arena, path)) == PATH_ABSENT ||
           level_plan_read(fix->arena, path, plan, error);
}

bool fix_write_plan(const struct fix *fix, const struct walked_programs *walked,
                    const struct plan *plan, struct error *error) {
    struct level_plan levels;
    struct text text = {0};
    if (fix->arguments.plan == NULL)
        return true;
    if (!read_plan(fix, &levels, error))
        return false;
    for (size_t i = 0; i < walked->predictions.plan.file_count; i++)
        if (plan->levels[i] != STAYS &&
            !level_plan_add(fix->arena, &levels, walked->predictions.files[i].file->path,
                            level_row((size_t)plan->levels[i]), error))
            return false;
    level_plan_write(&levels, &text);
    bool written = output_put(fix->arguments.plan, text.data, text.size, error);
    text_free(&text);
    return written;
}
