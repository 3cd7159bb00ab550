/* Crash reports, in whatever form, explained and drawn. */
#include "fuzz.h"

#include "crash/diagnosis.h"
#include "map/html.h"
#include "map/svg.h"
#include "report/explain_report.h"

static void draw(struct arena *arena, const struct circumstances *circumstances, struct text *out) {
    struct address_map map;
    const struct map_list maps = {&map, 1};
    struct map_scene scene;
    address_map_of_report(arena, circumstances, &map);
    scene_make(arena, &maps, false, &scene);
    svg_write(&scene, out);
    html_write(&scene, out);
}

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
        draw(&arena, &circumstances, &out);
    }
    text_free(&out);
    arena_free(&arena);
    return 0;
}
