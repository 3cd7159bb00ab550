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

static void write_program(const struct program_report *report, struct text *out) {
    const struct findings *findings = &report->judgement.findings;
    const char *separator = "";
    if (report->judgement.verdict == VERDICT_FITS)
        return;
    text_addf(out,
              "::%s file=", report->judgement.verdict == VERDICT_EXCEEDS ? "error" : "warning");
    add_escaped(out, report->program->path, true);
    text_addf(out, ",title=vafit (%s%%2C ", report->program->architecture->name);
    add_escaped(out, report->profile->name, true);
    text_add(out, ")::");
    for (size_t i = 0; i < findings->count; i++) {
        if (findings->items[i].severity < SEVERITY_WARNING)
            continue;
        text_addf(out, "%s%s: ", separator, rule_row(findings->items[i].rule)->name);
        add_escaped(out, findings->items[i].message, false);
        separator = "%0A";
    }
    text_add(out, "\n");
}

void check_write_github(const struct check_report *report, const struct report_style *style,
                        struct text *out) {
    (void)style;
    for (size_t i = 0; i < report->count; i++)
        write_program(&report->items[i], out);
}
