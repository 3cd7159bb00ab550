/* JUnit XML: a test suite a program and profile, a test case a rule. There is no standard; what is
 * written here are the elements and attributes that the schemas of Ant, Surefire and Jenkins share:
 * at most one failure a test case. */
#include "base/xml.h"
#include "report/check_report.h"

/* The findings of one rule. */
struct junit_case {
    const struct finding *items;
    size_t count;
};

/* The next rule's findings from *position on, which moves behind them; false at the end. */
static bool next_case(const struct findings *findings, size_t *position, struct junit_case *test) {
    if (*position == findings->count)
        return false;
    *test = (struct junit_case){.items = &findings->items[*position]};
    while (*position < findings->count && findings->items[*position].rule == test->items->rule) {
        ++*position;
        test->count++;
    }
    return true;
}

static size_t count_of(const struct junit_case *test, enum severity severity) {
    size_t count = 0;
    for (size_t i = 0; i < test->count; i++)
        count += test->items[i].severity == severity;
    return count;
}

static bool fails(const struct junit_case *test) {
    return count_of(test, SEVERITY_ERROR) != 0;
}

/* Nothing of it was judged. */
static bool is_skipped(const struct junit_case *test) {
    for (size_t i = 0; i < test->count; i++)
        if (test->items[i].severity > SEVERITY_NOT_APPLICABLE)
            return false;
    return true;
}

struct junit_counts {
    size_t tests, failures, skipped;
};

static void count_cases(const struct program_report *report, struct junit_counts *counts) {
    struct junit_case test;
    for (size_t i = 0; next_case(&report->judgement.findings, &i, &test);) {
        counts->tests++;
        counts->failures += fails(&test);
        counts->skipped += is_skipped(&test);
    }
}

static void add_attribute(struct text *out, const char *name, const char *value) {
    text_addf(out, " %s=\"", name);
    xml_add(out, value);
    text_add(out, "\"");
}

static void add_counts(struct text *out, const struct junit_counts *counts) {
    text_addf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n", counts->tests,
              counts->failures, counts->skipped);
}

/* One line a finding of that severity, and what to do about each. */
static void add_messages(struct text *out, const struct junit_case *test, enum severity severity) {
    for (size_t i = 0; i < test->count; i++) {
        const struct finding *finding = &test->items[i];
        if (finding->severity != severity)
            continue;
        xml_add(out, finding->message);
        text_add(out, "\n  what to do: ");
        xml_add(out, finding_help(finding).what_to_do);
        text_add(out, "\n");
    }
}

static void write_failure(const struct junit_case *test, struct text *out) {
    const struct finding *first = test->items;
    size_t count = count_of(test, SEVERITY_ERROR);
    struct text message = {0};
    while (first->severity != SEVERITY_ERROR)
        first++;
    text_add(&message, first->message);
    if (count > 1)
        text_addf(&message, "; and %zu more", count - 1);
    text_add(out, "      <failure type=\"error\"");
    add_attribute(out, "message", message.data);
    text_add(out, ">");
    add_messages(out, test, SEVERITY_ERROR);
    text_add(out, "</failure>\n");
    text_free(&message);
}

static void write_case(const struct junit_case *test, const char *suite, struct text *out) {
    text_add(out, "    <testcase");
    add_attribute(out, "classname", suite);
    add_attribute(out, "name", rule_row(test->items->rule)->name);
    text_add(out, ">\n");
    if (is_skipped(test)) {
        text_add(out, "      <skipped");
        add_attribute(out, "message", test->items->message);
        text_add(out, "/>\n");
    }
    if (fails(test))
        write_failure(test, out);
    if (count_of(test, SEVERITY_WARNING) != 0) {
        text_add(out, "      <system-out>");
        add_messages(out, test, SEVERITY_WARNING);
        text_add(out, "</system-out>\n");
    }
    text_add(out, "    </testcase>\n");
}

static void write_suite(const struct program_report *report, struct text *out) {
    const struct program *program = report->judged.program;
    struct junit_counts counts = {0};
    struct junit_case test;
    struct text name = {0};
    text_addf(&name, "%s (%s, %s)", program->path, program->architecture->name,
              report->judged.profile->name);
    count_cases(report, &counts);
    text_add(out, "  <testsuite");
    add_attribute(out, "name", name.data);
    add_counts(out, &counts);
    for (size_t i = 0; next_case(&report->judgement.findings, &i, &test);)
        write_case(&test, name.data, out);
    text_add(out, "  </testsuite>\n");
    text_free(&name);
}

void check_write_junit(const struct check_report *report, const struct report_style *style,
                       struct text *out) {
    struct junit_counts counts = {0};
    (void)style;
    for (size_t i = 0; i < report->count; i++)
        count_cases(&report->items[i], &counts);
    text_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"vafit\"");
    add_counts(out, &counts);
    for (size_t i = 0; i < report->count; i++)
        write_suite(&report->items[i], out);
    text_add(out, "</testsuites>\n");
}
