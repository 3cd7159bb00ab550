/* Workflow commands of GitHub Actions. A step shows ten annotations, so that each program gets one,
 * of its worst level, with all that failed in it. */
#include "base/error.h"
#include "report/check_report.h"

#include <stdlib.h>
#include <string.h>

/* In a message %, CR and LF are escaped; in a property also : and ,. */
static void add_encoded(struct text *out, const char *string, bool property) {
    for (; *string != '\0'; string++) {
        bool special = *string == '%' || *string == '\r' || *string == '\n' ||
                       (property && (*string == ':' || *string == ','));
        if (special)
            text_addf(out, "%%%02X", (unsigned)*string);
        else
            text_add_bytes(out, string, 1);
    }
}

/* The runner decodes what is escaped, line breaks too; other control characters are spelled out. */
static void add_escaped(struct text *out, const char *string, bool property) {
    struct text printable = {0};
    for (size_t size = 0; *string != '\0'; string += size) {
        size = strcspn(string, "\r\n");
        char *part = strndup(string, size);
        if (part == NULL)
            out_of_memory();
        text_add_printable(&printable, part);
        free(part);
        if (string[size] != '\0')
            text_add_bytes(&printable, string + size++, 1);
    }
    if (printable.data != NULL)
        add_encoded(out, printable.data, property);
    text_free(&printable);
}

static void write_findings(const struct systems *systems, struct text *out) {
    struct finding_walk walk = {
        .systems = systems, .least = SEVERITY_WARNING, .most = SEVERITY_ERROR};
    const char *separator = "";
    while (finding_walk_next(&walk)) {
        struct text line = {0};
        finding_walk_add(&walk, &line);
        text_add(out, separator);
        add_encoded(out, line.data, false);
        text_free(&line);
        separator = "%0A";
    }
}

static bool is_error(const struct systems *systems) {
    for (size_t i = 0; i < systems->count; i++)
        if (systems->items[i].judgement->verdict == VERDICT_EXCEEDS)
            return true;
    return false;
}

static void write_program(const struct program_reports *reports, struct text *out) {
    struct text names = {0};
    if (systems_all_fit(&reports->systems))
        return;
    text_addf(out, "::%s file=", is_error(&reports->systems) ? "error" : "warning");
    add_escaped(out, reports->program->path, true);
    text_addf(out, ",title=vafit (%s%%2C ", reports->program->architecture->name);
    systems_add_names(&reports->systems, &names);
    add_encoded(out, names.data, true);
    text_free(&names);
    text_add(out, ")::");
    write_findings(&reports->systems, out);
    if (program_hardened_note(reports->program) != NULL)
        text_addf(out, "%%0Anote: %s", program_hardened_note(reports->program));
    text_add(out, "\n");
}

void check_write_github(const struct check_report *report, const struct report_style *style,
                        struct text *out) {
    struct program_reports reports;
    (void)style;
    for (size_t i = 0; program_reports_next(report, &i, &reports);) {
        write_program(&reports, out);
        program_reports_free(&reports);
    }
}
