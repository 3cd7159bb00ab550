#include "report/explain_report.h"

#include "base/json.h"

/* --- text --- */

static void add_line(struct text *line, size_t width, struct text *out) {
    text_add_wrapped(out, line->data, width, 4);
    text_free(line);
}

void explain_write_text(const struct explain_report *report, size_t width, struct text *out) {
    const struct diagnosis *diagnosis = report->diagnosis;
    const char *process = report->crash->process;
    struct text what = {0}, why = {0};
    text_addf_printable(&what, "%s %s (%s)", process == NULL ? "the program" : process,
                        diagnosis->what, cause_name(diagnosis->cause));
    add_line(&what, width, out);
    text_addf_printable(&why, "  why: %s", diagnosis->why);
    add_line(&why, width, out);
}

/* --- JSON --- */

void explain_write_json(const struct explain_report *report, struct text *out) {
    json_t *root = json_object();
    json_object_set_new(root, "schema", json_text("vafit.explain/1"));
    json_object_set_new(root, "cause", json_text(cause_name(report->diagnosis->cause)));
    json_object_set_new(root, "explanation", json_text(report->diagnosis->why));
    json_object_set_new(root, "os", json_text(report->crash->os));
    json_write(root, out);
}
