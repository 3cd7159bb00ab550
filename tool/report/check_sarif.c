/* SARIF 2.1.0, for code-scanning services: one result a finding that failed. */
#include "base/json.h"
#include "report/check_report.h"
#include "report/version.h"

static json_t *message(const char *string) {
    json_t *object = json_object();
    json_object_set_new(object, "text", json_text(string));
    return object;
}

static json_t *rule_to_json(enum rule_id id) {
    const struct rule *rule = rule_row(id);
    json_t *object = json_object();
    json_object_set_new(object, "id", json_text(rule->name));
    json_object_set_new(object, "shortDescription", message(rule->help.what));
    json_object_set_new(object, "fullDescription", message(rule->help.why));
    json_object_set_new(object, "help", message(rule->help.what_to_do));
    return object;
}

static json_t *tool(void) {
    json_t *driver = json_object(), *rules = json_array();
    json_object_set_new(driver, "name", json_text("vafit"));
    json_object_set_new(driver, "version", json_text(vafit_version));
    json_object_set_new(driver, "rules", rules);
    for (int i = 0; i < RULE_COUNT; i++)
        json_array_append_new(rules, rule_to_json((enum rule_id)i));
    json_t *object = json_object();
    json_object_set_new(object, "driver", driver);
    return object;
}

static json_t *location(const char *path) {
    json_t *artifact = json_object(), *physical = json_object(), *object = json_object();
    json_object_set_new(artifact, "uri", json_text(path));
    json_object_set_new(physical, "artifactLocation", artifact);
    json_object_set_new(object, "physicalLocation", physical);
    return object;
}

/* Of rules about where dylibs lie, with what is to be said of the program. */
static json_t *result_message(const struct program_report *report, const struct finding *finding) {
    const char *note = program_hardened_note(report->judged.program);
    bool is_placement = finding->rule == RULE_IMAGE_SUM || finding->rule == RULE_MALLOC_WINDOW;
    struct text text = {0};
    text_add(&text, finding->message);
    if (note != NULL && is_placement)
        text_addf(&text, "; note: %s", note);
    json_t *object = message(text.data);
    text_free(&text);
    return object;
}

static json_t *result(const struct program_report *report, const struct finding *finding) {
    json_t *object = json_object(), *locations = json_array();
    json_object_set_new(object, "ruleId", json_text(rule_row(finding->rule)->name));
    json_object_set_new(object, "ruleIndex", json_integer(finding->rule));
    json_object_set_new(object, "level", json_text(severity_name(finding->severity)));
    json_object_set_new(object, "message", result_message(report, finding));
    json_object_set_new(object, "locations", locations);
    json_array_append_new(locations, location(report->judged.program->path));
    return object;
}

/* What several systems find is one result. */
static void add_results(const struct program_reports *reports, json_t *results) {
    struct finding_walk walk = {
        .systems = &reports->systems, .least = SEVERITY_WARNING, .most = SEVERITY_ERROR};
    while (finding_walk_next(&walk))
        json_array_append_new(results, result(&reports->items[walk.system], walk.finding));
}

void check_write_sarif(const struct check_report *report, const struct report_style *style,
                       struct text *out) {
    json_t *root = json_object(), *runs = json_array(), *run = json_object();
    json_t *results = json_array();
    struct program_reports reports;
    (void)style;
    json_object_set_new(root, "$schema",
                        json_text("https://json.schemastore.org/sarif-2.1.0.json"));
    json_object_set_new(root, "version", json_text("2.1.0"));
    json_object_set_new(root, "runs", runs);
    json_array_append_new(runs, run);
    json_object_set_new(run, "tool", tool());
    json_object_set_new(run, "results", results);
    for (size_t i = 0; program_reports_next(report, &i, &reports);) {
        add_results(&reports, results);
        program_reports_free(&reports);
    }
    json_write(root, out);
}
