/* Crash reports, in whatever form. */
#include "fuzz.h"

#include "crash/diagnosis.h"
#include "report/explain_report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena = {0};
    struct text out = {0};
    struct crash_report report;
    struct observed_layout layout;
    struct diagnosis diagnosis;
    struct error error;
    if (crash_report_read(&arena, (const char *)data, size, &report, &error)) {
        observed_layout_make(&arena, &report, &layout);
        const struct circumstances circumstances = {
            .report = &report, .layout = &layout, .report_path = "report", .options = ""};
        diagnosis_make(&arena, &circumstances, &diagnosis);
        const struct explain_report explained = {&circumstances, &diagnosis};
        explain_write_text(&explained, 80, true, &out);
        explain_write_json(&explained, &out);
    }
    text_free(&out);
    arena_free(&arena);
    return 0;
}
