#include "base/size.h"
#include "report/check_report.h"
#include "report/link_switches.h"

#include <inttypes.h>
#include <string.h>

struct writer {
    const struct report_style *style;
    struct text *out;
    const struct program *noted; /* the program that the last note was of */
};

static const char *const reset = "\033[0m";

static const char *color_of(enum severity severity) {
    switch (severity) {
    case SEVERITY_ERROR:
        return "\033[1;31m";
    case SEVERITY_WARNING:
        return "\033[1;33m";
    case SEVERITY_PASS:
        return "\033[32m";
    case SEVERITY_OFF:
    case SEVERITY_NOT_APPLICABLE:
        break;
    }
    return "\033[2m";
}

static void add_colored(struct writer *writer, enum severity severity, const char *string) {
    if (writer->style->color)
        text_addf(writer->out, "%s%s%s", color_of(severity), string, reset);
    else
        text_add(writer->out, string);
}

static void write_verdict(struct writer *writer, const struct program_report *report) {
    static const struct {
        enum severity severity;
        const char *text;
    } verdicts[] = {
        [VERDICT_FITS] = {SEVERITY_PASS, "fits"},
        [VERDICT_WARNING] = {SEVERITY_WARNING, "fits, with warnings"},
        [VERDICT_EXCEEDS] = {SEVERITY_ERROR, "does not fit"},
    };
    const struct judgement *judgement = &report->judgement;
    enum severity severity = verdicts[judgement->verdict].severity;
    const char *text = verdicts[judgement->verdict].text;
    if (judgement->verdict == VERDICT_EXCEEDS && !judgement_exceeds(judgement))
        text = "cannot be judged, since dylibs are missing";
    text_add_printable(writer->out, report->program->path);
    text_addf_printable(writer->out, " (%s, %s): ", report->program->architecture->name,
                        report->profile->name);
    add_colored(writer, severity, text);
    text_add(writer->out, "\n");
}

static void write_help(struct writer *writer, const struct finding *finding) {
    struct help help = finding_help(finding);
    text_addf(writer->out, "      what: %s\n", help.what);
    text_addf(writer->out, "      why:  %s\n", help.why);
    text_addf(writer->out, "      do:   %s\n", help.what_to_do);
    text_addf(writer->out, "      else: %s\n", help.if_not_possible);
}

/* Whether the next finding is of the same rule, so that the help can wait for it. */
static bool rule_goes_on(const struct findings *findings, size_t i) {
    return i + 1 < findings->count && findings->items[i + 1].rule == findings->items[i].rule;
}

/* Once, however many profiles it is judged by. */
static void write_hardened(struct writer *writer, const struct program_report *report) {
    const struct program *program = report->program;
    if (writer->noted == program || !program_is_hardened(program) ||
        strcmp(program->architecture->family, "arm64") != 0)
        return;
    writer->noted = program;
    text_add(
        writer->out,
        "  note: a hardened process (entitlement hardened-process): its dylibs may be placed at "
        "random, so that image-sum and malloc-window may not apply\n");
}

static void write_findings(struct writer *writer, const struct findings *findings) {
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        if (writer->style->quiet && finding->severity < SEVERITY_WARNING)
            continue;
        text_add(writer->out, "  ");
        add_colored(writer, finding->severity, severity_name(finding->severity));
        text_addf_printable(writer->out, ": %s: %s", rule_row(finding->rule)->name,
                            finding->message);
        text_add(writer->out, "\n");
        bool helps = writer->style->verbose ||
                     (finding->severity == SEVERITY_ERROR && !writer->style->quiet);
        if (helps && !rule_goes_on(findings, i))
            write_help(writer, finding);
    }
}

/* A column of sizes; "-" for what is not known. */
static void add_cell(struct writer *writer, uint64_t bytes, bool known) {
    text_addf(writer->out, "%11s", known ? size_text(bytes).text : "-");
}

static void write_row(struct writer *writer, const struct loaded_image *loaded) {
    struct linkedit_sizes linkedit_sizes = image_slice_linkedit_sizes(loaded->slice);
    text_add(writer->out, "  ");
    add_cell(writer, loaded->image->vm_space, true);
    add_cell(writer, loaded->image->linkedit_size, true);
    add_cell(writer, linkedit_sizes.debug_map, linkedit_sizes.exact);
    add_cell(writer, linkedit_sizes.local_symbols, linkedit_sizes.exact);
    add_cell(writer, linkedit_sizes.symbols + linkedit_sizes.strings, linkedit_sizes.exact);
    add_cell(writer, linkedit_sizes.exports, true);
    add_cell(writer, linkedit_sizes.fixups, true);
    text_add(writer->out, "  ");
    text_add_printable(writer->out, loaded->file->path);
    text_add(writer->out, "\n");
}

static void write_table(struct writer *writer, const struct program_report *report) {
    const struct program *program = report->program;
    bool all = writer->style->verbose;
    size_t count = all ? program->images.count : report->heaviest_count;
    if (count == 0)
        return;
    if (all)
        text_addf(writer->out, "  all %zu images, in dyld's loading order:\n", count);
    else
        text_addf(writer->out, "  the heaviest %zu of %zu images:\n", count, program->images.count);
    text_addf(writer->out, "  %11s%11s%11s%11s%11s%11s%11s  %s\n", "space", "__LINKEDIT",
              "debug map", "locals", "symbols", "exports", "fixups", "image");
    for (size_t i = 0; i < count; i++)
        write_row(writer, &program->images.items[all ? i : report->heaviest[i]]);
}

static void write_freed(struct writer *writer, const struct program_report *report) {
    struct freed_bytes freed = freed_by_heaviest(report);
    if (freed.has_lossless && freed.lossless != 0)
        text_addf(writer->out, "  rewriting these %zu without loss frees at least %s\n",
                  report->heaviest_count, size_text(freed.lossless).text);
    if (freed.symbols == 0)
        return;
    text_addf(writer->out,
              "  dropping from these %zu the debug map frees %s, local symbols too %s, all symbols "
              "%s\n",
              report->heaviest_count, size_text(freed.debug_map).text, size_text(freed.locals).text,
              size_text(freed.symbols).text);
}

static void write_unused_exports(struct writer *writer, const struct program_report *report) {
    const struct unused_exports *unused = &report->unused_exports;
    if (unused->known && unused->count != 0)
        text_addf(writer->out,
                  "  no image asks for %" PRIu64 " exports; without them the tries have %s less\n",
                  unused->count, size_text(unused->bytes).text);
    if (report->exports_unknown != NULL) {
        text_addf_printable(writer->out, "  unused exports are not counted: %s",
                            report->exports_unknown);
        text_add(writer->out, "\n");
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

/* Where there is nothing to avoid there is no line. */
static void write_switches(struct writer *writer, const struct program_report *report) {
    bool begun = false;
    for (size_t i = 0; report->advises && link_switch_row(i) != NULL; i++) {
        const struct link_switch *row = link_switch_row(i);
        uint64_t bytes = 0;
        if (!row->bytes(report, &bytes) || bytes == 0)
            continue;
        if (!begun)
            text_add(writer->out,
                     "  linked again with other switches, the program would not have:\n");
        begun = true;
        text_addf(writer->out, "  %11s  %s, with %s%s%s\n", size_text(bytes).text, row->avoids,
                  row->name, row->price == NULL ? "" : "; then ",
                  row->price == NULL ? "" : row->price);
    }
}

static void write_sizes(struct writer *writer, const struct program_report *report) {
    const struct measure *measure = &report->measure;
    const struct judgement *judgement = &report->judgement;
    size_t dylibs = measure->extents.count - (measure->extents.has_executable ? 1 : 0);
    text_addf(writer->out, "  %s of images: ",
              size_text_gib(measure->page_zero + measure->executable + measure->dylibs).text);
    text_addf(writer->out, "__PAGEZERO %s, ", size_text(measure->page_zero).text);
    text_addf(writer->out, "executable %s, ", size_text(measure->executable).text);
    text_addf(writer->out, "%zu dylib%s %s", dylibs, dylibs == 1 ? "" : "s",
              size_text(measure->dylibs).text);
    text_addf(writer->out, "; system images, at no cost: %zu\n", report->program->system.count);
    text_addf(writer->out, "  they end at %s, and at %s with the greatest slide",
              size_text_gib(judgement->top).text, size_text_gib(judgement->top_slid).text);
    if (judgement->has_limit && judgement->beyond != 0)
        text_addf(writer->out, ", %zu of them past %s", judgement->beyond,
                  size_text_gib(judgement->limit).text);
    text_add(writer->out, "\n");
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

static void write_program(struct writer *writer, const struct program_report *report) {
    if (writer->style->quiet && report->judgement.verdict == VERDICT_FITS)
        return;
    write_verdict(writer, report);
    write_hardened(writer, report);
    write_findings(writer, &report->judgement.findings);
    if (writer->style->quiet)
        return;
    write_allowed(writer, report->program);
    write_sizes(writer, report);
    write_table(writer, report);
    write_freed(writer, report);
    write_unused_exports(writer, report);
    write_switches(writer, report);
    write_top_names(writer, report->top_names);
}

void check_write_text(const struct check_report *report, const struct report_style *style,
                      struct text *out) {
    struct writer writer = {.style = style, .out = out};
    for (size_t i = 0; i < report->count; i++)
        write_program(&writer, &report->items[i]);
}
