#include "report/why_report.h"

#include "base/json.h"
#include "base/size.h"

#include <string.h>

static const char *path_of(const struct program *program, size_t image) {
    return program->images.items[image].file->path;
}

/* "LC_LOAD_DYLIB, upward": how a loader asks. */
static void add_use(const struct dylib_use *use, struct text *out) {
    char buffer[16];
    text_add(out, load_command_name(use->command_number, buffer));
    if (use->weak && use->command_number != LC_LOAD_WEAK_DYLIB)
        text_add(out, ", weak");
    if (use->reexport && use->command_number != LC_REEXPORT_DYLIB)
        text_add(out, ", re-exported");
    if (use->upward && use->command_number != LC_LOAD_UPWARD_DYLIB)
        text_add(out, ", upward");
    if (use->delayed)
        text_add(out, ", delayed");
}

static void add_path(const struct why_report *report, size_t image, struct text *out) {
    text_add_printable(out, path_of(report->program, image));
}

static const char *name_of(const struct why_report *report) {
    return report->system != NULL ? report->system->name : path_of(report->program, report->image);
}

static void write_chain(const struct why_report *report, struct text *out) {
    text_add(out, "  shortest chain:");
    for (size_t i = 0; i < report->chain.count; i++) {
        text_add(out, i == 0 ? " " : " -> ");
        add_path(report, report->chain.items[i], out);
    }
    if (report->system != NULL) {
        text_add(out, " -> ");
        text_add_printable(out, report->system->name);
    }
    text_add(out, "\n");
}

static void write_loaders(const struct why_report *report, bool verbose, struct text *out) {
    size_t count = report->loaders.count;
    size_t shown = verbose || count <= WHY_MOST_LOADERS ? count : WHY_MOST_LOADERS;
    text_addf(out, "  asked for by %zu image%s%s\n", report->loaders.count,
              report->loaders.count == 1 ? "" : "s", report->loaders.count == 0 ? "" : ":");
    for (size_t i = 0; i < shown; i++) {
        const struct loader *loader = &report->loaders.items[i];
        text_add(out, "    ");
        add_path(report, loader->image, out);
        text_add(out, " (");
        text_add_printable(out, loader->use->name);
        text_add(out, " as ");
        add_use(loader->use, out);
        text_add(out, ")\n");
    }
    if (shown != count)
        text_addf(out, "    and %zu more; -v lists them\n", count - shown);
}

static uint64_t size_of(const struct why_report *report, size_t image) {
    return report->program->images.items[image].image->vm_space;
}

static void write_only_through(const struct why_report *report, struct text *out) {
    size_t others = report->only_through.count - 1;
    text_addf(out, "  without it %s would not be loaded: %s of its own%s\n",
              size_text(report->bytes).text, size_text(size_of(report, report->image)).text,
              others == 0 ? "" : ", and");
    for (size_t i = 0; i < report->only_through.count; i++) {
        size_t image = report->only_through.items[i];
        if (image == report->image)
            continue;
        text_addf(out, "    %-11s ", size_text(size_of(report, image)).text);
        add_path(report, image, out);
        text_add(out, "\n");
    }
}

static void write_size(const struct why_report *report, struct text *out) {
    if (report->system == NULL)
        write_only_through(report, out);
    else
        text_add(out, "  a system image, which takes none of the program's address space\n");
}

void why_write_text(const struct why_reports *reports, bool verbose, struct text *out) {
    for (size_t i = 0; i < reports->count; i++) {
        const struct why_report *report = &reports->items[i];
        text_add_printable(out, name_of(report));
        text_add(out, " in ");
        text_add_printable(out, report->program->path);
        text_addf(out, " (%s)\n", report->program->architecture->name);
        write_chain(report, out);
        write_loaders(report, verbose, out);
        write_size(report, out);
    }
}

static json_t *paths(const struct program *program, const struct image_list *list) {
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++)
        json_array_append_new(array, json_text(path_of(program, list->items[i])));
    return array;
}

static json_t *loaders_to_json(const struct why_report *report) {
    json_t *array = json_array();
    for (size_t i = 0; i < report->loaders.count; i++) {
        const struct loader *loader = &report->loaders.items[i];
        struct text use = {0};
        json_t *object = json_object();
        add_use(loader->use, &use);
        json_object_set_new(object, "path", json_text(path_of(report->program, loader->image)));
        json_object_set_new(object, "name", json_text(loader->use->name));
        json_object_set_new(object, "use", json_text(use.data));
        json_array_append_new(array, object);
        text_free(&use);
    }
    return array;
}

static json_t *chain_to_json(const struct why_report *report) {
    json_t *array = paths(report->program, &report->chain);
    if (report->system != NULL)
        json_array_append_new(array, json_text(report->system->name));
    return array;
}

void why_write_json(const struct why_reports *reports, struct text *out) {
    json_t *root = json_object(), *programs = json_array();
    json_object_set_new(root, "schema", json_text("vafit.why/1"));
    json_object_set_new(root, "programs", programs);
    for (size_t i = 0; i < reports->count; i++) {
        const struct why_report *report = &reports->items[i];
        const struct program *program = report->program;
        json_t *object = json_object();
        json_object_set_new(object, "executable", json_text(program->path));
        json_object_set_new(object, "arch", json_text(program->architecture->name));
        json_object_set_new(object, "image", json_text(name_of(report)));
        json_object_set_new(object, "system", json_boolean(report->system != NULL));
        json_object_set_new(object, "chain", chain_to_json(report));
        json_object_set_new(object, "loaders", loaders_to_json(report));
        json_object_set_new(object, "only_through", paths(program, &report->only_through));
        json_object_set_new(object, "bytes", json_bytes(report->bytes));
        json_array_append_new(programs, object);
    }
    json_write(root, out);
}
