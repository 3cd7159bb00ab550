#include "report/link_switches.h"

#include <string.h>

static bool debug_map(const struct program_report *report, uint64_t *bytes) {
    *bytes = freed_by_heaviest(report).debug_map;
    return true;
}

static bool local_symbols(const struct program_report *report, uint64_t *bytes) {
    struct freed_bytes freed = freed_by_heaviest(report);
    *bytes = freed.locals - freed.debug_map;
    return true;
}

static const struct loaded_image *heavy_image(const struct program_report *report, size_t i) {
    return &report->judged.program->images.items[report->heaviest[i]];
}

static bool repeated_strings(const struct program_report *report, uint64_t *bytes) {
    *bytes = 0;
    for (size_t i = 0; i < report->heaviest_count; i++)
        *bytes += image_slice_linkedit_sizes(heavy_image(report, i)->slice).repeated;
    return freed_by_heaviest(report).has_lossless;
}

static bool unused_exports(const struct program_report *report, uint64_t *bytes) {
    *bytes = report->unused_exports.bytes;
    return report->unused_exports.known;
}

static uint64_t size_of_parts(const struct program_report *report, const char *name) {
    uint64_t bytes = 0;
    for (size_t i = 0; i < report->heaviest_count; i++) {
        const struct linkedit_parts *parts = &heavy_image(report, i)->image->parts;
        for (size_t j = 0; j < parts->count; j++)
            if (strcmp(parts->items[j].name, name) == 0)
                bytes += parts->items[j].size;
    }
    return bytes;
}

static bool function_starts(const struct program_report *report, uint64_t *bytes) {
    *bytes = size_of_parts(report, "function starts");
    return true;
}

static bool data_in_code(const struct program_report *report, uint64_t *bytes) {
    *bytes = size_of_parts(report, "data in code");
    return true;
}

/* Sources: ld64.lld --help of lld 19 for -S, -x, -exported_symbols_list, -no_function_starts and
 * -no_data_in_code_info, each of which Apple's ld(1) has too; clang's command line reference for
 * -fvisibility; llvm-project pull request 123874 for the strings. */
static const struct link_switch table[] = {
    {"-Wl,-S", "the debug map", "dsymutil finds no object files", debug_map},
    {"-Wl,-x", "local symbols", "backtraces name no static functions", local_symbols},
    {"lld 22 or Apple's ld in place of lld 19", "names written twice", NULL, repeated_strings},
    {"-fvisibility=hidden or -Wl,-exported_symbols_list,FILE",
     "exports that no image of the programs asks for", "dlsym does not find them", unused_exports},
    {"-Wl,-no_function_starts", "function starts", "profilers guess where functions begin",
     function_starts},
    {"-Wl,-no_data_in_code_info", "data in code", "disassemblers take data for code", data_in_code},
};

const struct link_switch *link_switch_row(size_t i) {
    return i < sizeof table / sizeof table[0] ? &table[i] : NULL;
}
