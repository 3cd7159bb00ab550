#include "report/explain_report.h"

#include "base/size.h"

#include <inttypes.h>
#include <string.h>

struct explain_writer {
    const struct circumstances *given;
    const struct diagnosis *diagnosis;
    size_t width;
    bool verbose;
    struct text *out;
};

static void add_line(struct explain_writer *writer, struct text *line) {
    text_add_wrapped(writer->out, line->data, writer->width, 4);
    text_free(line);
}

/* --- what happened --- */

static void write_cause(struct explain_writer *writer) {
    const struct crash_report *report = writer->given->report;
    const struct diagnosis *diagnosis = writer->diagnosis;
    struct text what = {0}, why = {0}, detail = {0};
    text_addf_printable(&what, "%s %s (%s)",
                        report->process == NULL ? "the program" : report->process, diagnosis->what,
                        cause_name(diagnosis->cause));
    add_line(writer, &what);
    text_addf_printable(&why, "  why: %s", diagnosis->why);
    add_line(writer, &why);
    if (diagnosis->detail == NULL)
        return;
    text_addf_printable(&detail, "  about: %s", diagnosis->detail);
    add_line(writer, &detail);
}

static void write_source(struct explain_writer *writer) {
    const struct crash_report *report = writer->given->report;
    const struct observed_layout *layout = writer->given->layout;
    struct text line = {0};
    text_addf_printable(&line, "  report: %s, %s", report->format,
                        report->os == NULL ? "of an unknown system" : report->os);
    if (report->cpu != NULL)
        text_addf_printable(&line, ", %s", report->cpu);
    if (layout->own.count != 0)
        text_addf(&line, "; %zu image%s outside the shared cache%s", layout->own.count,
                  layout->own.count == 1 ? "" : "s",
                  layout->has_all ? "" : ", and perhaps more that are cut off");
    add_line(writer, &line);
    if (layout->layout == NULL) {
        text_add(&line, "  not applicable: the limits of arm64, since this process is x86_64");
        add_line(writer, &line);
    }
}

/* --- how the images lay --- */

/* Whether the report tells where its highest image ends, and not only where its __TEXT does. */
static bool is_end_known(const struct circumstances *given) {
    return given->report->images.items[given->layout->highest].vm_size != 0 &&
           given->layout->has_all;
}

static void write_end(struct explain_writer *writer) {
    const struct observed_layout *layout = writer->given->layout;
    struct text line = {0};
    text_addf(&line, "  they end at %s%s", is_end_known(writer->given) ? "" : "or above ",
              size_text_gib(layout->top).text);
    if (layout->has_limit)
        text_addf(&line, ", %zu of them past %s, where malloc's window begins under %s%s",
                  layout->beyond, size_text_gib(layout->limit).text, layout->profile->name,
                  layout->is_assumed ? " (assumed)" : "");
    add_line(writer, &line);
}

static void write_blocked(struct explain_writer *writer) {
    const struct observed_layout *layout = writer->given->layout;
    const struct blocked_places *blocked = &layout->blocked;
    struct text line = {0};
    if (blocked->count == 0)
        return;
    const struct malloc_window *window = &layout->layout->window;
    text_addf(&line, "  they block %" PRIu64 " of the window's %" PRIu64 " places (%.2f %%): ",
              blocked->count, window->slots,
              100.0 * (double)blocked->count / (double)window->slots);
    text_addf(&line, "those that begin from %s to %s",
              size_text_gib(window->start + blocked->first * window->stride).text,
              size_text_gib(window->start + blocked->last * window->stride).text);
    add_line(writer, &line);
}

/* --- the build beside it --- */

static void write_build(struct explain_writer *writer) {
    static const char *const builds[] = {
        [BUILD_UNKNOWN] = "  whether the report is of this build, no UUID tells",
        [BUILD_SAME] = "  the report is of this build",
        [BUILD_OTHER] = "  this report is of another build: the executable's UUID differs",
    };
    const struct prediction *prediction = writer->given->prediction;
    struct text line = {0};
    text_add(&line, builds[prediction->build]);
    if (prediction->others != 0)
        text_addf(&line, "; of its dylibs %zu %s of another build", prediction->others,
                  prediction->others == 1 ? "is" : "are");
    add_line(writer, &line);
}

static void write_places(struct explain_writer *writer) {
    const struct prediction *prediction = writer->given->prediction;
    struct text line = {0};
    if (!prediction->has_slide) {
        text_add(&line, "  nothing is predicted: the report does not say at which slide the "
                        "executable was");
        add_line(writer, &line);
        return;
    }
    text_addf(&line, "  %zu of %zu images lay as predicted", prediction->exact,
              prediction->compared);
    if (prediction->first_different != prediction->count)
        text_addf_printable(&line, "; the first that did not is %s",
                            prediction->items[prediction->first_different].name);
    add_line(writer, &line);
}

/* As many as fit on a screen. */
enum { SHOWN = 5 };

static bool is_different(const struct circumstances *given,
                         const struct predicted_image *predicted) {
    return predicted->observed == NO_CRASH_IMAGE || !predicted->has_address ||
           given->report->images.items[predicted->observed].base != predicted->address;
}

static void add_address(bool is_known, uint64_t address, struct text *out) {
    if (is_known)
        text_addf(out, "%#16" PRIx64, address);
    else
        text_addf(out, "%16s", "-");
}

static void write_comparison(struct explain_writer *writer) {
    const struct prediction *prediction = writer->given->prediction;
    size_t shown = 0, left = 0;
    for (size_t i = 0; i < prediction->count; i++) {
        const struct predicted_image *predicted = &prediction->items[i];
        bool is_seen = predicted->observed != NO_CRASH_IMAGE;
        if (!writer->verbose && !is_different(writer->given, predicted))
            continue;
        if (!writer->verbose && shown == SHOWN) {
            left++;
            continue;
        }
        if (shown++ == 0)
            text_addf(writer->out, "  %16s%16s  image\n", "predicted", "observed");
        text_add(writer->out, "  ");
        add_address(predicted->has_address, predicted->address, writer->out);
        add_address(is_seen,
                    is_seen ? writer->given->report->images.items[predicted->observed].base : 0,
                    writer->out);
        text_addf_printable(writer->out, "  %s", predicted->name);
        text_add(writer->out, "\n");
    }
    if (left != 0)
        text_addf(writer->out, "  and %zu more; -v lists them\n", left);
}

/* --- the heaviest --- */

static void write_heaviest(struct explain_writer *writer) {
    const struct observed_layout *layout = writer->given->layout;
    size_t count = layout->heaviest.count;
    size_t shown = writer->verbose || count < SHOWN ? count : SHOWN;
    text_addf(writer->out, "  the heaviest %zu of %zu images:\n", shown, count);
    text_addf(writer->out, "  %11s%11s%16s  image\n", "space", "__TEXT", "address");
    for (size_t i = 0; i < shown; i++) {
        const struct crash_image *image =
            &writer->given->report->images.items[layout->heaviest.items[i]];
        text_addf(writer->out, "  %11s%11s%#16" PRIx64 "  ",
                  image->vm_size == 0 ? "-" : size_text(image->vm_size).text,
                  image->text_size == 0 ? "-" : size_text(image->text_size).text, image->base);
        text_add_printable(writer->out, image->name[0] == '\0' ? "(no name)" : image->name);
        text_add(writer->out, "\n");
    }
}

/* A command that can be pasted stands on a line of its own, whatever its length. */
static void write_advice(struct explain_writer *writer) {
    const struct string_list *advice = &writer->diagnosis->advice;
    for (size_t i = 0; i < advice->count; i++)
        text_addf(writer->out, "  do: %s\n", advice->items[i]);
}

void explain_write_text(const struct explain_report *report, size_t width, bool verbose,
                        struct text *out) {
    struct explain_writer writer = {report->circumstances, report->diagnosis, width, verbose, out};
    const struct circumstances *given = report->circumstances;
    write_cause(&writer);
    write_source(&writer);
    if (given->layout->own.count != 0) {
        write_end(&writer);
        write_blocked(&writer);
    }
    if (given->prediction != NULL) {
        write_build(&writer);
        write_places(&writer);
        if (given->prediction->has_slide)
            write_comparison(&writer);
    }
    if (given->layout->own.count != 0)
        write_heaviest(&writer);
    write_advice(&writer);
}
