#include "base/size.h"
#include "report/check_report.h"
#include "report/link_switches.h"

#include <inttypes.h>
#include <stdint.h>
#include <string.h>

struct writer {
    const struct report_style *style;
    struct text *out;
};

/* --- lines --- */

/* A line of prose; what follows its first line stands four columns further in. */
static void add_line(struct writer *writer, struct text *line) {
    size_t indent = line->data == NULL ? 0 : strspn(line->data, " ");
    text_add_wrapped(writer->out, line->data == NULL ? "" : line->data, writer->style->width,
                     indent + 4);
    text_free(line);
}

static void write_help_line(struct writer *writer, const char *head, const char *help) {
    struct text line = {0};
    text_addf(&line, "      %s: %s", head, help);
    add_line(writer, &line);
}

/* --- one program, for all systems that it is judged for --- */

/* What is the same under all systems, from the report that has the most of it. */
static const struct program_report *fullest(const struct program_reports *reports) {
    for (size_t i = 0; i < reports->systems.count; i++)
        if (reports->items[i].advises)
            return &reports->items[i];
    return &reports->items[0];
}

static void write_verdict(struct writer *writer, const struct program_reports *reports) {
    struct text line = {0};
    text_add_printable(&line, reports->program->path);
    text_addf_printable(&line, " (%s): ", reports->program->architecture->name);
    systems_add_verdict(&reports->systems, writer->style->color, &line);
    add_line(writer, &line);
}

static void write_hardened(struct writer *writer, const struct program *program) {
    const char *note = program_hardened_note(program);
    struct text line = {0};
    if (note == NULL)
        return;
    text_addf(&line, "  note: %s", note);
    add_line(writer, &line);
}

static void write_help(struct writer *writer, const struct finding *finding) {
    struct help help = finding_help(finding);
    write_help_line(writer, "what", help.what);
    write_help_line(writer, "why", help.why);
    write_help_line(writer, "do", help.what_to_do);
    write_help_line(writer, "else", help.if_not_possible);
}

/* Whether the next finding is of the same rule, so that the help can wait for it. */
static bool rule_goes_on(const struct findings *findings, size_t i) {
    return i + 1 < findings->count && findings->items[i + 1].rule == findings->items[i].rule;
}

static void write_findings_of(struct writer *writer, const struct systems *systems,
                              enum severity severity) {
    struct finding_walk walk = {.systems = systems, .least = severity, .most = severity};
    while (finding_walk_next(&walk)) {
        struct text line = {0};
        text_add(&line, "  ");
        severity_add(severity, writer->style->color, &line);
        text_add(&line, ": ");
        finding_walk_add(&walk, &line);
        add_line(writer, &line);
        if (writer->style->verbose &&
            !rule_goes_on(&systems->items[walk.system].judgement->findings, walk.number))
            write_help(writer, walk.finding);
    }
}

/* What failed comes first; what passed is for who asks for all. */
static void write_findings(struct writer *writer, const struct systems *systems) {
    write_findings_of(writer, systems, SEVERITY_ERROR);
    write_findings_of(writer, systems, SEVERITY_WARNING);
    for (int i = SEVERITY_PASS; writer->style->verbose && i >= SEVERITY_OFF; i--)
        write_findings_of(writer, systems, (enum severity)i);
}

/* --- what to do --- */

static void write_command(struct writer *writer, const struct program *program) {
    text_add(writer->out, "  do: vafit fix --in-place");
    text_add(writer->out, writer->style->options);
    text_add(writer->out, " ");
    text_add_shell_path(writer->out, program->path);
    text_add(writer->out, "\n");
}

/* What helps against what a rule found where `vafit fix` does not; NULL where it does. */
static const char *other_help(const struct finding *finding) {
    if (finding->what_to_do == NULL && rule_row(finding->rule)->is_cured)
        return NULL;
    return finding_help(finding).what_to_do;
}

static void write_others(struct writer *writer, const struct systems *systems) {
    for (int i = 0; i < RULE_COUNT; i++) {
        const struct finding *finding = systems_error(systems, (enum rule_id)i);
        const char *help = finding == NULL ? NULL : other_help(finding);
        struct text line = {0};
        if (help == NULL)
            continue;
        text_addf_printable(&line, "  do: %s", help);
        add_line(writer, &line);
    }
}

/* A command that can be pasted stands on a line of its own, whatever its length. */
static void write_what_to_do(struct writer *writer, const struct program_reports *reports) {
    struct text line = {0};
    bool is_cured = false;
    for (int i = 0; i < RULE_COUNT; i++) {
        const struct finding *finding = systems_error(&reports->systems, (enum rule_id)i);
        if (finding == NULL)
            continue;
        is_cured |= other_help(finding) == NULL;
        text_addf(&line, "%svafit help %s", line.size == 0 ? "  why: " : ", ",
                  rule_name((size_t)i));
    }
    if (is_cured && writer->style->options != NULL)
        write_command(writer, reports->program);
    write_others(writer, &reports->systems);
    if (line.size != 0)
        add_line(writer, &line);
}

/* --- the images --- */

/* A column of sizes; "-" for what is not known. */
static void add_cell(struct writer *writer, uint64_t bytes, bool known) {
    text_addf(writer->out, "%11s", known ? size_text(bytes).text : "-");
}

/* What is known of an image's size. A narrow terminal has room for the first columns and a path. */
enum { NARROW_COLUMNS = 4, COLUMNS = 7, NARROW = 110 };

static const char *const heads[COLUMNS] = {"space",   "__LINKEDIT", "debug map", "locals",
                                           "symbols", "exports",    "fixups"};

static size_t column_count(const struct writer *writer) {
    size_t width = writer->style->width;
    return width != 0 && width < NARROW ? NARROW_COLUMNS : COLUMNS;
}

static void write_row(struct writer *writer, const struct loaded_image *loaded) {
    const struct linkedit_sizes sizes = image_slice_linkedit_sizes(loaded->slice);
    const struct {
        uint64_t bytes;
        bool known;
    } cells[COLUMNS] = {
        {loaded->image->vm_space, true},
        {loaded->image->linkedit_size, true},
        {sizes.debug_map, sizes.exact},
        {sizes.local_symbols, sizes.exact},
        {sizes.symbols + sizes.strings, sizes.exact},
        {sizes.exports, true},
        {sizes.fixups, true},
    };
    text_add(writer->out, "  ");
    for (size_t i = 0; i < column_count(writer); i++)
        add_cell(writer, cells[i].bytes, cells[i].known);
    text_add(writer->out, "  ");
    text_add_printable(writer->out, loaded->file->path);
    text_add(writer->out, "\n");
}

/* Unless somebody said how many, as many as fit on a screen. */
enum { SHOWN = 5 };

static void write_table(struct writer *writer, const struct program_report *report) {
    const struct program *program = report->judged.program;
    bool all = writer->style->verbose;
    size_t count = all ? program->images.count : report->heaviest_count;
    if (count == 0)
        return;
    if (!all && !writer->style->names_heaviest && count > SHOWN)
        count = SHOWN;
    if (all)
        text_addf(writer->out, "  all %zu images, in dyld's loading order:\n", count);
    else
        text_addf(writer->out, "  the heaviest %zu of %zu images:\n", count, program->images.count);
    text_add(writer->out, "  ");
    for (size_t i = 0; i < column_count(writer); i++)
        text_addf(writer->out, "%11s", heads[i]);
    text_add(writer->out, "  image\n");
    for (size_t i = 0; i < count; i++)
        write_row(writer, &program->images.items[all ? i : report->heaviest[i]]);
}

static void write_freed(struct writer *writer, const struct program_report *report) {
    struct freed_bytes freed = freed_by_heaviest(report);
    struct text lossless = {0}, dropping = {0};
    if (freed.has_lossless && freed.lossless != 0) {
        text_addf(&lossless, "  rewriting the heaviest %zu without loss frees at least %s",
                  report->heaviest_count, size_text(freed.lossless).text);
        add_line(writer, &lossless);
    }
    if (freed.symbols == 0 || !writer->style->all_advice)
        return;
    text_addf(&dropping,
              "  dropping from the heaviest %zu the debug map frees %s, local symbols too %s, all "
              "symbols %s",
              report->heaviest_count, size_text(freed.debug_map).text, size_text(freed.locals).text,
              size_text(freed.symbols).text);
    add_line(writer, &dropping);
}

static void write_unused_exports(struct writer *writer, const struct program_report *report) {
    const struct unused_exports *unused = &report->unused_exports;
    struct text counted = {0}, unknown = {0};
    if (unused->known && unused->count != 0) {
        text_addf(&counted,
                  "  no image asks for %" PRIu64 " exports; without them the tries have %s less",
                  unused->count, size_text(unused->bytes).text);
        add_line(writer, &counted);
    }
    if (report->exports_unknown != NULL) {
        text_addf_printable(&unknown, "  unused exports are not counted: %s",
                            report->exports_unknown);
        add_line(writer, &unknown);
    }
}

static void write_names(struct writer *writer, const struct names_size *size, const char *kind,
                        const char *prefix) {
    text_addf(writer->out, "  %11s%11s", size_text(size->strings).text,
              size_text(size->entries).text);
    text_addf(writer->out, "%11" PRIu64 "  %s%s", size->count, kind, prefix[0] == '\0' ? "" : " ");
    text_add_printable(writer->out, prefix);
    text_add(writer->out, "\n");
}

static void write_top_names(struct writer *writer, const struct top_names *names) {
    if (names == NULL)
        return;
    text_add(writer->out, "  who fills the symbol tables of all images:\n");
    text_addf(writer->out, "  %11s%11s%11s  %s\n", "strings", "entries", "symbols",
              "names that begin with");
    for (size_t i = 0; i < names->count; i++) {
        const struct top_name *row = &names->items[i];
        write_names(writer, &row->size, name_kind_text(row->kind),
                    row->prefix[0] == '\0' ? "(all others)" : row->prefix);
    }
    write_names(writer, &names->rest, "the rest", "");
    write_names(writer, &names->total, "all", "");
}

/* Where there is nothing to avoid there is no line; a few are enough for who did not ask. */
enum { SHOWN_SWITCHES = 2 };

static void write_switches(struct writer *writer, const struct program_report *report) {
    size_t count = 0, most = writer->style->all_advice ? SIZE_MAX : SHOWN_SWITCHES;
    for (size_t i = 0; report->advises && count < most && link_switch_row(i) != NULL; i++) {
        const struct link_switch *row = link_switch_row(i);
        uint64_t bytes = 0;
        if (!row->bytes(report, &bytes) || bytes == 0)
            continue;
        if (count++ == 0)
            text_add(writer->out,
                     "  linked again with other switches, the program would not have:\n");
        struct text line = {0};
        text_addf(&line, "  %11s  %s, with %s%s%s", size_text(bytes).text, row->avoids, row->name,
                  row->price == NULL ? "" : "; then ", row->price == NULL ? "" : row->price);
        add_line(writer, &line);
    }
}

static void write_advice(struct writer *writer, const struct program_report *report) {
    write_switches(writer, report);
    write_freed(writer, report);
    write_unused_exports(writer, report);
}

static void write_sum(struct writer *writer, const struct program_report *report) {
    const struct measure *measure = &report->measure;
    size_t dylibs = measure->extents.count - (measure->extents.has_executable ? 1 : 0);
    struct text line = {0};
    text_addf(&line, "  %s of images: ",
              size_text_gib(measure->page_zero + measure->executable + measure->dylibs).text);
    text_addf(&line, "__PAGEZERO %s, ", size_text(measure->page_zero).text);
    text_addf(&line, "executable %s, ", size_text(measure->executable).text);
    text_addf(&line, "%zu dylib%s %s", dylibs, dylibs == 1 ? "" : "s",
              size_text(measure->dylibs).text);
    text_addf(&line, "; system images, at no cost: %zu", report->judged.program->system.count);
    add_line(writer, &line);
}

/* Where the images end; with the system where there are several. */
static void write_end(struct writer *writer, const struct program_report *report, bool of_several) {
    const struct judgement *judgement = &report->judgement;
    struct text line = {0};
    text_add(&line, "  ");
    if (of_several)
        text_addf_printable(&line, "under %s ", report->judged.profile->name);
    text_addf(&line, "they end at %s, and at %s with the greatest slide",
              size_text_gib(judgement->top).text, size_text_gib(judgement->top_slid).text);
    if (judgement->has_limit && judgement->beyond != 0)
        text_addf(&line, ", %zu of them past %s", judgement->beyond,
                  size_text_gib(judgement->limit).text);
    else if (judgement->has_limit && judgement->top_slid <= judgement->limit)
        text_addf(&line, ", %s below the limit",
                  size_text(judgement->limit - judgement->top_slid).text);
    add_line(writer, &line);
}

static void write_allowed(struct writer *writer, const struct program *program) {
    for (size_t i = 0; i < program->missing.count; i++) {
        const struct missing *missing = &program->missing.items[i];
        if (!missing->weak && !missing->allowed)
            continue;
        text_add(writer->out, "  not found, as it may be: ");
        text_add_printable(writer->out, missing->name);
        text_addf(writer->out, " (%s), asked for by ", missing->weak ? "weak" : "--allow-missing");
        text_add_printable(writer->out, program->images.items[missing->loaded_by].file->path);
        text_add(writer->out, "\n");
    }
}

static void write_images(struct writer *writer, const struct program_reports *reports) {
    const struct program_report *report = fullest(reports);
    const struct systems *systems = &reports->systems;
    bool all = writer->style->verbose || systems_all_fit(systems);
    if (all || systems_error(systems, RULE_IMAGE_SUM) == NULL)
        write_sum(writer, report);
    for (size_t i = 0; i < systems->count; i++)
        if (all || fit_of(systems->items[i].judgement) != FITS)
            write_end(writer, &reports->items[i], systems->count > 1);
    write_table(writer, report);
    write_top_names(writer, report->top_names);
}

static void write_program(struct writer *writer, const struct program_reports *reports) {
    if (writer->style->quiet && systems_all_fit(&reports->systems))
        return;
    write_verdict(writer, reports);
    write_findings(writer, &reports->systems);
    write_hardened(writer, reports->program);
    if (writer->style->quiet)
        return;
    write_what_to_do(writer, reports);
    write_advice(writer, fullest(reports));
    write_allowed(writer, reports->program);
    write_images(writer, reports);
}

void check_write_text(const struct check_report *report, const struct report_style *style,
                      struct text *out) {
    struct writer writer = {.style = style, .out = out};
    struct program_reports reports;
    for (size_t i = 0; program_reports_next(report, &i, &reports);) {
        write_program(&writer, &reports);
        program_reports_free(&reports);
    }
}
