#include "base/text.h"
#include "program/open_world.h"
#include "verbs/fix_run.h"

#include <stdio.h>

bool fix_world_is_open(struct fix *fix, const struct walked_programs *walked) {
    size_t count = walked->predictions.plan.file_count;
    struct image_file **files = arena_take(fix->arena, (count + 1) * sizeof *files);
    struct string_list reasons = {0};
    for (size_t i = 0; i < count; i++)
        files[i] = walked->predictions.files[i].file;
    open_world_find(fix->arena, walked->programs.items, walked->programs.count, files, count,
                    &reasons);
    if (reasons.count == 0)
        return false;
    fix->report.open_world = reasons.items[0];
    fix->report.open_world_more = reasons.count - 1;
    return true;
}

static void print_open_world(const struct fix_report *report) {
    struct text more = {0};
    text_add(&more, "");
    if (report->open_world_more != 0)
        text_addf(&more, " (and %zu more reason%s)", report->open_world_more,
                  report->open_world_more == 1 ? "" : "s");
    text_print_line(stderr,
                    "vafit: no export goes, as with --up-to symbols: %s%s; --assume-closed says "
                    "that nobody else asks for exports",
                    report->open_world, more.data);
    text_free(&more);
}

void fix_keep_open_world(struct fix *fix, const struct walked_programs *walked) {
    if (fix->arguments.assume_closed || !level_named(fix->arguments.up_to)->drops_exports ||
        !fix_world_is_open(fix, walked))
        return;
    print_open_world(&fix->report);
    fix->arguments.up_to = "symbols";
    fix->is_open = true;
}
