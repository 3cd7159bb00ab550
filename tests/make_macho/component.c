#include "component.h"

#include "image.h"
#include "output.h"
#include "random.h"

#include "base/arena.h"
#include "base/bytes.h"
#include "base/path.h"
#include "base/size.h"

#include <string.h>

enum {
    TOKEN_SYMBOLS = 76,   /* of an image without density: two source files */
    SYMBOLS_PER_LOAD = 4, /* more of them for a program, which loads many libraries */
    LOWEST_LAYER = 24,    /* the dylibs that everything builds upon */
    NEIGHBOURS = 40,      /* a dylib's other dependencies are at most so far below it */
    MOST_DEPENDENCIES = 7,
    DIRECT_SHARE = 4, /* a program loads one in so many of the dylibs itself */
};

/* Component builds that were measured have about this spread. */
static const double sigma = 1.3;
/* The shares of a dylib's memory; __LINKEDIT has what these and __TEXT leave. */
static const double data_const_share = 0.010;
static const double data_share = 0.006;

static const uint64_t smallest_dylib = 128 * KIB;
static const uint64_t usual_largest_dylib = 320 * MIB;
static const uint64_t largest_dylib = 3 * GIB;

/* Small, so that a program of 517 MiB and 1.04 GiB stays at the 1.54 GiB that were reported. */
static const uint64_t executable_data_const = 48 * KIB;
static const uint64_t executable_data = 16 * KIB;

static const char *const executable_name = "browser_tests";
static const char *const rpath = "@loader_path/.";

/* From the bottom up. */
static const char *const first_names[] = {
    "base",
    "v8_libbase",
    "v8_libplatform",
    "icuuc",
    "url",
    "crypto",
    "boringssl",
    "perfetto",
    "mojo_core",
    "mojo_public",
    "net",
    "sql",
    "skia",
    "ui_base",
    "gfx",
    "gl",
    "gpu",
    "viz_common",
    "cc",
    "media",
    "v8",
    "network",
    "services",
    "storage",
    "blink_common",
    "blink_platform",
    "blink_core",
    "blink_modules",
    "device",
    "webrtc",
    "ppapi",
    "extensions",
    "content",
    "content_child",
    "content_renderer",
    "views",
    "headless",
    "chrome_common",
    "chrome_utility",
    "browser_ui",
};

static const char *const more_names[] = {
    "autofill", "bookmarks", "browsing", "cloud",    "dom",     "download", "enterprise",
    "feature",  "history",   "metrics",  "password", "policy",  "prefs",    "printing",
    "safety",   "search",    "sharing",  "sync",     "tracing", "update",
};

struct library {
    const char *component;
    const char *install_name;
    uint64_t size; /* bytes in memory */
    struct symbol_request symbols;
    size_t exports;                         /* symbols */
    size_t dependencies[MOST_DEPENDENCIES]; /* indexes, ascending */
    size_t dependency_count;
    bool is_loaded; /* by another library */
};

struct build {
    const struct component *component;
    struct arena arena;
    struct library *libraries; /* as many as the component has */
    struct random source;
};

static const char *library_name(struct arena *arena, size_t index) {
    size_t known = sizeof first_names / sizeof first_names[0];
    size_t words = sizeof more_names / sizeof more_names[0];
    if (index < known)
        return first_names[index];
    index -= known;
    return arena_format(arena, "%s_%02zu", more_names[index % words], index / words + 1);
}

/* --- Sizes --- */

static double clamp(double value, double least, double most) {
    return value < least ? least : value > most ? most : value;
}

static double sum_of(const double *weights, size_t count, double scale, double most) {
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += clamp(weights[i] * scale, (double)smallest_dylib, most);
    return sum;
}

/* What to multiply the weights with to get the total, with no size out of bounds. */
static double find_scale(const double *weights, size_t count, double total, double most) {
    double low = 0, high = 1;
    while (sum_of(weights, count, high, most) < total && high < 1e18)
        high *= 2;
    for (int i = 0; i < 100; i++) {
        double middle = (low + high) / 2;
        if (sum_of(weights, count, middle, most) < total)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static bool check_total(const struct component *component, struct error *error) {
    uint64_t least = component->dylibs * smallest_dylib;
    uint64_t most = component->dylibs * largest_dylib;
    if (component->dylibs_total < least || component->dylibs_total > most)
        return error_usage(error, "%u dylibs take from %s to %s in all, not %s", component->dylibs,
                           size_text(least).text, size_text(most).text,
                           size_text(component->dylibs_total).text);
    return true;
}

/* Whole pages; what rounding takes from one dylib the next one gets. */
static void choose_sizes(struct build *build) {
    const struct component *component = build->component;
    size_t count = component->dylibs;
    double total = (double)component->dylibs_total;
    double most =
        clamp(4 * total / (double)count, (double)usual_largest_dylib, (double)largest_dylib);
    double *weights = arena_take(&build->arena, count * sizeof *weights);
    for (size_t i = 0; i < count; i++)
        weights[i] = random_log_normal(&build->source, sigma);
    double scale = find_scale(weights, count, total, most);
    double wanted = 0;
    uint64_t given = 0;
    for (size_t i = 0; i < count; i++) {
        wanted += clamp(weights[i] * scale, (double)smallest_dylib, most);
        uint64_t end = round_up((uint64_t)wanted, component->architecture->page_size);
        build->libraries[i].size = end - given;
        given = end;
    }
}

static struct segment_sizes library_segments(const struct component *component,
                                             const struct library *library) {
    uint64_t page = component->architecture->page_size;
    double size = (double)library->size;
    struct segment_sizes sizes = {
        .text = round_up((uint64_t)(size * component->dylibs_text / 1000), page),
        .data_const = round_up((uint64_t)(size * data_const_share), page),
        .data = round_up((uint64_t)(size * data_share), page),
    };
    sizes.linkedit = library->size - sizes.text - sizes.data_const - sizes.data;
    return sizes;
}

/* --- Who loads whom --- */

static bool depends_on(const struct library *library, size_t index) {
    for (size_t i = 0; i < library->dependency_count; i++)
        if (library->dependencies[i] == index)
            return true;
    return false;
}

/* Keeps them ascending: the lowest layers are loaded first. */
static void add_dependency(struct build *build, struct library *library, size_t index) {
    size_t i = library->dependency_count;
    if (depends_on(library, index))
        return;
    for (; i > 0 && library->dependencies[i - 1] > index; i--)
        library->dependencies[i] = library->dependencies[i - 1];
    library->dependencies[i] = index;
    library->dependency_count++;
    build->libraries[index].is_loaded = true;
}

static size_t smaller(size_t left, size_t right) {
    return left < right ? left : right;
}

static void choose_dependencies(struct build *build, size_t index) {
    struct library *library = &build->libraries[index];
    if (index == 0)
        return;
    uint64_t low = 1 + random_below(&build->source, 3);
    uint64_t near = 2 + random_below(&build->source, 2);
    add_dependency(build, library, 0);
    for (uint64_t i = 0; i < low; i++)
        add_dependency(build, library, random_below(&build->source, smaller(index, LOWEST_LAYER)));
    for (uint64_t i = 0; i < near; i++)
        add_dependency(build, library,
                       index - 1 - random_below(&build->source, smaller(index, NEIGHBOURS)));
}

static struct symbol_request request_for(const struct component *component, uint64_t linkedit,
                                         unsigned density, size_t entries) {
    return (struct symbol_request){.entries = entries,
                                   .bytes = linkedit / 100 * density,
                                   .shape = component->shape,
                                   .merges_strings = component->merges_strings};
}

static void plan_libraries(struct build *build) {
    const struct component *component = build->component;
    build->libraries = arena_take(&build->arena, component->dylibs * sizeof *build->libraries);
    if (component->dylibs != 0)
        choose_sizes(build);
    for (size_t i = 0; i < component->dylibs; i++) {
        struct library *library = &build->libraries[i];
        library->component = library_name(&build->arena, i);
        library->install_name =
            arena_format(&build->arena, "@rpath/lib%s.dylib", library->component);
        library->symbols = request_for(component, library_segments(component, library).linkedit,
                                       component->density, TOKEN_SYMBOLS);
        library->exports = symbols_export_count(library->component, &library->symbols);
        choose_dependencies(build, i);
    }
}

/* --- Writing --- */

static void set_load(const struct build *build, struct load *load, size_t library) {
    load->name = build->libraries[library].install_name;
    load->exports = build->libraries[library].exports;
}

static bool write_library(struct build *build, size_t index, struct error *error) {
    const struct component *component = build->component;
    const struct library *library = &build->libraries[index];
    struct load loads[MOST_DEPENDENCIES + 1] = {{0}};
    for (size_t i = 0; i < library->dependency_count; i++)
        set_load(build, &loads[i], library->dependencies[i]);
    loads[library->dependency_count].name = LIBSYSTEM;
    struct image image = {
        .path = path_join(&build->arena, component->folder, path_leaf(library->install_name)),
        .architecture = component->architecture,
        .type = IMAGE_DYLIB,
        .component = library->component,
        .install_name = library->install_name,
        .loads = loads,
        .load_count = library->dependency_count + 1,
        .rpaths = &rpath,
        .rpath_count = 1,
        .symbols = library->symbols,
        .seed = component->seed,
        .has_hashes = component->has_hashes,
    };
    image_set_segments(&image, &build->arena, library_segments(component, library));
    return image_write(&image, error);
}

/* Marks the libraries that a program loads itself; returns how many. */
static size_t choose_direct(struct build *build, bool *is_direct) {
    size_t count = build->component->dylibs;
    size_t direct = 0;
    for (size_t i = 0; i < count; i++)
        if (!build->libraries[i].is_loaded) {
            is_direct[i] = true;
            direct++;
        }
    while (direct < count / DIRECT_SHARE) {
        size_t i = random_below(&build->source, count);
        direct += !is_direct[i];
        is_direct[i] = true;
    }
    return direct;
}

static struct load *program_loads(struct build *build, size_t *count) {
    size_t dylibs = build->component->dylibs;
    bool *is_direct = arena_take(&build->arena, dylibs * sizeof *is_direct);
    struct load *loads =
        arena_take(&build->arena, (choose_direct(build, is_direct) + 1) * sizeof *loads);
    *count = 0;
    for (size_t i = 0; i < dylibs; i++)
        if (is_direct[i])
            set_load(build, &loads[(*count)++], i);
    loads[(*count)++].name = LIBSYSTEM;
    return loads;
}

static bool write_program(struct build *build, unsigned number, struct error *error) {
    const struct component *component = build->component;
    struct segment_sizes sizes = {component->executable_text, executable_data_const,
                                  executable_data, component->executable_linkedit};
    const char *name = number == 1 ? executable_name
                                   : arena_format(&build->arena, "%s_%u", executable_name, number);
    struct image image = {
        .path = path_join(&build->arena, component->folder, name),
        .architecture = component->architecture,
        .type = IMAGE_EXECUTE,
        .component = name,
        .rpaths = &rpath,
        .rpath_count = 1,
        .seed = component->seed,
        .has_hashes = component->has_hashes,
    };
    image.loads = program_loads(build, &image.load_count);
    image.symbols = request_for(component, sizes.linkedit, component->executable_density,
                                TOKEN_SYMBOLS + SYMBOLS_PER_LOAD * image.load_count);
    image_set_segments(&image, &build->arena, sizes);
    return image_write(&image, error);
}

static bool write_all(struct build *build, struct error *error) {
    for (size_t i = 0; i < build->component->dylibs; i++)
        if (!write_library(build, i, error))
            return false;
    for (unsigned i = 1; i <= build->component->programs; i++)
        if (!write_program(build, i, error))
            return false;
    return true;
}

bool component_write(const struct component *component, struct error *error) {
    struct build build = {.component = component, .source = {.state = component->seed}};
    if (component->dylibs != 0 && !check_total(component, error))
        return false;
    plan_libraries(&build);
    bool written = folder_make(component->folder, error) && write_all(&build, error);
    arena_free(&build.arena);
    return written;
}
