#include "map/address_map.h"

#include "base/size.h"
#include "base/text.h"
#include "program/measure.h"
#include "report/check_report.h"
#include "report/systems.h"

#include <inttypes.h>
#include <string.h>

/* A program on its way into a map. */
struct program_view {
    const struct judged_program *judged;
    struct measure measure;
    struct judgement judgement;
};

static struct span linkedit_of(const struct image *image, uint64_t address) {
    for (size_t i = 0; i < image->segments.count; i++) {
        const struct segment *segment = &image->segments.items[i];
        if (strcmp(segment->name, "__LINKEDIT") == 0) {
            uint64_t start = address + (segment->address - image->lowest_address);
            return (struct span){start, start + segment->vm_size};
        }
    }
    return (struct span){0};
}

static void add_image(struct arena *arena, const struct program_view *view, size_t i,
                      struct address_map *map) {
    const struct program *program = view->judged->program;
    const struct loaded_image *loaded = &program->images.items[i];
    uint64_t address = view->judgement.worst.addresses[i];
    struct linkedit_sizes *sizes = arena_take(arena, sizeof *sizes);
    *sizes = image_slice_linkedit_sizes(loaded->slice);
    *vector_push(arena, &map->images) = (struct map_image){
        .name = map_name(arena, loaded->file->path),
        .span = {address, address + loaded->image->vm_space},
        .linkedit = linkedit_of(loaded->image, address),
        .is_executable = i == 0 && program->has_executable,
        .sizes = sizes,
    };
}

/* Messages have paths in them. */
static void add_note(struct arena *arena, struct address_map *map, enum severity severity,
                     const char *text) {
    address_map_add_note(arena, map, severity, crash_report_anonymous(arena, text));
}

/* What was not found is said in one line: a picture has no room for the paths that were tried. */
static void note_missing(struct arena *arena, const struct program_view *view,
                         struct address_map *map) {
    const struct program *program = view->judged->program;
    size_t count = view->measure.unresolved_count;
    if (count == 0)
        return;
    for (size_t i = 0; i < program->missing.count; i++) {
        const struct missing *missing = &program->missing.items[i];
        if (missing->weak || missing->allowed)
            continue;
        const char *name = map_name(arena, missing->name);
        map->missing = count == 1 ? arena_format(arena, "%s was not found and is not drawn", name)
                                  : arena_format(arena,
                                                 "%s and %zu more dylib%s were not found and are "
                                                 "not drawn",
                                                 name, count - 1, count == 2 ? "" : "s");
        add_note(arena, map, SEVERITY_ERROR, map->missing);
        return;
    }
}

static void note_verdict(struct arena *arena, const struct program_view *view,
                         struct address_map *map) {
    static const enum severity severities[] = {[CANNOT_BE_JUDGED] = SEVERITY_ERROR,
                                               [DOES_NOT_FIT] = SEVERITY_ERROR,
                                               [FITS_WITH_WARNINGS] = SEVERITY_WARNING,
                                               [FITS] = SEVERITY_PASS};
    struct system_view system = {view->judged->profile->name, &view->judgement};
    const struct systems systems = {&system, 1};
    struct text verdict = {0};
    systems_add_verdict(&systems, false, &verdict);
    add_note(arena, map, severities[fit_of(&view->judgement)], arena_string(arena, verdict.data));
    text_free(&verdict);
}

/* Of the first finding of a rule. */
static enum severity severity_of(const struct judgement *judgement, enum rule_id rule) {
    const struct findings *findings = &judgement->findings;
    size_t start = judgement->starts[rule];
    return start < findings->count && findings->items[start].rule == rule
               ? findings->items[start].severity
               : SEVERITY_OFF;
}

/* What the picture shows in the rule's words: where images end, and what is at fault. The sum is
 * only the lower bound of where they end. */
static bool is_said(const struct judgement *judgement, const struct finding *finding) {
    switch (finding->rule) {
    case RULE_MALLOC_WINDOW:
        return finding->severity >= SEVERITY_PASS;
    case RULE_IMAGE_SUM:
        return finding->severity >= SEVERITY_WARNING &&
               severity_of(judgement, RULE_MALLOC_WINDOW) < SEVERITY_WARNING;
    case RULE_UNRESOLVED:
        return false;
    default:
        return finding->severity >= SEVERITY_WARNING;
    }
}

static void note_findings(struct arena *arena, const struct program_view *view,
                          struct address_map *map) {
    const struct judgement *judgement = &view->judgement;
    const char *hardened = program_hardened_note(view->judged->program);
    for (size_t i = 0; i < judgement->findings.count; i++) {
        const struct finding *finding = &judgement->findings.items[i];
        if (is_said(judgement, finding))
            add_note(arena, map, finding->severity, finding->message);
    }
    if (hardened != NULL)
        add_note(arena, map, SEVERITY_WARNING, hardened);
    if (judgement->unplaced != 0)
        add_note(
            arena, map, SEVERITY_ERROR,
            arena_format(arena, "%zu images have no room and are not drawn", judgement->unplaced));
}

static const char *about(struct arena *arena, const struct program_view *view,
                         const struct address_map *map) {
    return arena_format(
        arena, "%s, %s; %zu image%s of %s, placed by vafit's model at a slide of %s",
        view->judged->program->architecture->name, view->judged->profile->name, map->images.count,
        map->images.count == 1 ? "" : "s", size_text(map->image_bytes).text,
        size_text(view->judgement.worst.slide).text);
}

/* They end where mapping begins; an executable of its own ideas may lie lower. */
static void add_unmapped(struct arena *arena, const struct program_view *view,
                         struct address_map *map) {
    const struct placement *worst = &view->judgement.worst;
    uint64_t base = view->measure.layout->image_base, end = base + worst->slide;
    if (view->judged->program->has_executable && worst->addresses[0] < end)
        end = worst->addresses[0];
    if (base > end)
        base = end;
    address_map_add_range(arena, map, MAP_PAGE_ZERO, (struct span){0, base});
    address_map_add_range(arena, map, MAP_SLIDE, (struct span){base, end});
}

static void add_blocked(struct arena *arena, const struct program_view *view,
                        struct address_map *map) {
    placement_blocks(arena, &view->judgement.worst, &view->measure.extents, &map->window,
                     &map->blocked);
}

void address_map_of_program(struct arena *arena, const struct judged_program *judged,
                            struct address_map *map) {
    struct program_view view = {.judged = judged};
    program_measure(arena, judged->program, judged->profile, &view.measure);
    judge(arena, &view.measure, judged->limits, &view.judgement);
    *map = (struct address_map){.name = map_name(arena, judged->program->path),
                                .has_limit = view.judgement.has_limit,
                                .limit = view.judgement.limit,
                                .headroom = judged->limits->headroom};
    for (size_t i = 0; i < judged->program->images.count; i++)
        if (view.judgement.worst.addresses[i] != UINT64_MAX)
            add_image(arena, &view, i, map);
    add_unmapped(arena, &view, map);
    address_map_add_range(arena, map, MAP_LOADER, view.judgement.worst.loader);
    address_map_add_range(arena, map, MAP_STACK, view.judgement.worst.stack);
    address_map_add_layout(arena, map, view.measure.layout);
    address_map_finish(arena, map);
    add_blocked(arena, &view, map);
    note_verdict(arena, &view, map);
    note_findings(arena, &view, map);
    note_missing(arena, &view, map);
    map->about = about(arena, &view, map);
}
