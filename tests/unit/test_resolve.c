#include "program/resolve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_IMAGES = 3, MOST_RPATHS = 3, MOST_FOLDERS = 2 };

static struct arena arena;

static int release(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

/* An image that leads to the one asking, or asks. */
struct asking {
    const char *path;
    const char *rpaths[MOST_RPATHS];
};

static const struct row {
    const char *label;
    struct asking chain[MOST_IMAGES]; /* the executable first */
    const char *sysroot;
    const char *folders[MOST_FOLDERS];
    const char *name;
    const char *expected; /* in order; a system image has a * after it */
} rows[] = {
    {"absolute", {{"app", {NULL}}}, NULL, {NULL}, "/opt/libx.dylib", "/opt/libx.dylib"},
    {"absolute, below the sysroot first",
     {{"app", {NULL}}},
     "/sdk",
     {NULL},
     "/opt/libx.dylib",
     "/sdk/opt/libx.dylib /opt/libx.dylib"},
    {"a system image",
     {{"app", {NULL}}},
     NULL,
     {NULL},
     "/usr/lib/libSystem.B.dylib",
     "/usr/lib/libSystem.B.dylib*"},
    {"a system image below the sysroot",
     {{"app", {NULL}}},
     "/sdk",
     {NULL},
     "/usr/lib/libz.dylib",
     "/sdk/usr/lib/libz.dylib /usr/lib/libz.dylib*"},
    {"relative", {{"out/app", {NULL}}}, "/sdk", {NULL}, "lib/libx.dylib", "lib/libx.dylib"},
    {"@loader_path",
     {{"out/app", {NULL}}, {"out/lib/liba.dylib", {NULL}}},
     "/sdk",
     {NULL},
     "@loader_path/libx.dylib",
     "out/lib/libx.dylib"},
    {"@loader_path and up",
     {{"/out/app", {NULL}}},
     "/sdk",
     {NULL},
     "@loader_path/../libx.dylib",
     "/out/../libx.dylib"},
    {"@loader_path without a folder",
     {{"app", {NULL}}},
     NULL,
     {NULL},
     "@loader_path/libx.dylib",
     "libx.dylib"},
    {"@executable_path",
     {{"out/app", {NULL}}, {"out/lib/liba.dylib", {NULL}}},
     NULL,
     {NULL},
     "@executable_path/lib/libx.dylib",
     "out/lib/libx.dylib"},
    {"only a whole part is a variable",
     {{"out/app", {"rpath"}}},
     NULL,
     {NULL},
     "@rpaths/libx.dylib",
     "@rpaths/libx.dylib"},
    {"@rpath without LC_RPATHs", {{"out/app", {NULL}}}, NULL, {NULL}, "@rpath/libx.dylib", ""},
    {"@rpath in order",
     {{"out/app", {"b", "a", "c"}}},
     NULL,
     {NULL},
     "@rpath/libx.dylib",
     "b/libx.dylib a/libx.dylib c/libx.dylib"},
    {"@rpath, the nearest image first",
     {{"out/app", {"app1", "app2"}}, {"out/liba.dylib", {"a"}}, {"out/libb.dylib", {"b"}}},
     NULL,
     {NULL},
     "@rpath/libx.dylib",
     "b/libx.dylib a/libx.dylib app1/libx.dylib app2/libx.dylib"},
    {"@loader_path is that of the LC_RPATH's own image",
     {{"out/app", {"@loader_path/lib"}}, {"out/deep/liba.dylib", {"@loader_path"}}},
     NULL,
     {NULL},
     "@rpath/libx.dylib",
     "out/deep/libx.dylib out/lib/libx.dylib"},
    {"@executable_path in a dylib's LC_RPATH",
     {{"out/app", {NULL}}, {"out/deep/liba.dylib", {"@executable_path/../lib/"}}},
     NULL,
     {NULL},
     "@rpath/libx.dylib",
     "out/../lib/libx.dylib"},
    {"an absolute LC_RPATH, below the sysroot first",
     {{"out/app", {"/opt/lib"}}},
     "/sdk",
     {NULL},
     "@rpath/libx.dylib",
     "/sdk/opt/lib/libx.dylib /opt/lib/libx.dylib"},
    {"an LC_RPATH of the system",
     {{"out/app", {"/usr/lib/swift", "@loader_path"}}},
     NULL,
     {NULL},
     "@rpath/libswiftCore.dylib",
     "/usr/lib/swift/libswiftCore.dylib* out/libswiftCore.dylib"},
    {"the same path twice",
     {{"out/app", {"lib", "@loader_path", "lib"}}, {"out/liba.dylib", {"@loader_path/."}}},
     NULL,
     {NULL},
     "@rpath/libx.dylib",
     "out/./libx.dylib lib/libx.dylib out/libx.dylib lib/libx.dylib"},
    {"folders last",
     {{"out/app", {"lib"}}},
     NULL,
     {"s1", "s2/"},
     "@rpath/sub/libx.dylib",
     "lib/sub/libx.dylib s1/libx.dylib s2/libx.dylib"},
    {"folders for absolute names",
     {{"out/app", {NULL}}},
     "/sdk",
     {"s1"},
     "/opt/libx.dylib",
     "/sdk/opt/libx.dylib /opt/libx.dylib s1/libx.dylib"},
    {"a framework in a folder",
     {{"out/app", {NULL}}},
     NULL,
     {"s1"},
     "@rpath/Foo.framework/Versions/A/Foo",
     "s1/Foo.framework/Versions/A/Foo s1/Foo"},
    {"a framework in a framework",
     {{"out/app", {NULL}}},
     NULL,
     {"s1"},
     "@rpath/Foo.framework/Frameworks/Bar.framework/Bar",
     "s1/Bar.framework/Bar s1/Bar"},
    {"a dylib in a framework",
     {{"out/app", {NULL}}},
     NULL,
     {"s1"},
     "@rpath/Foo.framework/Libraries/libx.dylib",
     "s1/libx.dylib"},
    {"a framework of a longer name",
     {{"out/app", {NULL}}},
     NULL,
     {"s1"},
     "@rpath/FooBar.framework/Foo",
     "s1/Foo"},
};

static struct program program_of(const struct asking *chain) {
    struct program program = {.path = chain[0].path};
    for (size_t i = 0; i < MOST_IMAGES && chain[i].path != NULL; i++) {
        struct image *image = arena_take(&arena, sizeof *image);
        struct image_file *file = arena_take(&arena, sizeof *file);
        file->path = chain[i].path;
        for (size_t j = 0; j < MOST_RPATHS && chain[i].rpaths[j] != NULL; j++)
            *vector_push(&arena, &image->rpaths) = chain[i].rpaths[j];
        *vector_push(&arena, &program.images) = (struct loaded_image){.file = file, .image = image};
    }
    return program;
}

static struct search search_of(const struct row *row) {
    struct search search = {.sysroot = row->sysroot};
    for (size_t i = 0; i < MOST_FOLDERS && row->folders[i] != NULL; i++)
        *vector_push(&arena, &search.folders) = row->folders[i];
    return search;
}

/* What a search visits, as "path path*", a star after what the shared cache would have. */
struct visits {
    const char *text;
    size_t count;
    size_t last; /* the visit that ends the search, from 1; 0 for none */
};

static bool note(void *context, const char *path, bool system) {
    struct visits *visits = context;
    visits->text = arena_format(&arena, "%s%s%s%s", visits->text, visits->count == 0 ? "" : " ",
                                path, system ? "*" : "");
    return ++visits->count == visits->last;
}

static const char *visited(const struct search *search, const struct program *program,
                           struct load_chain chain, const char *name, size_t last) {
    struct visits visits = {"", 0, last};
    resolve_visit(search, program, chain, name, note, &visits);
    return visits.text;
}

static void candidates_come_in_the_order_of_dyld(void **state) {
    (void)state;
    static const size_t indexes[MOST_IMAGES] = {0, 1, 2};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct program program = program_of(rows[i].chain);
        struct search search = search_of(&rows[i]);
        struct load_chain chain = {indexes, program.images.count};
        const char *actual = visited(&search, &program, chain, rows[i].name, 0);
        if (strcmp(actual, rows[i].expected) != 0)
            fail_msg("%s: \"%s\"", rows[i].label, actual);
    }
}

static const struct asking three_images[MOST_IMAGES] = {
    {"out/app", {"app"}}, {"out/a/liba.dylib", {"a"}}, {"out/b/libb.dylib", {"b"}}};

/* The chain need not be that of the loading order. */
static void the_chain_says_whose_paths_count(void **state) {
    (void)state;
    static const size_t indexes[] = {0, 2};
    struct program program = program_of(three_images);
    const struct search search = {.sysroot = NULL};
    struct load_chain chain = {indexes, 2};
    assert_string_equal(visited(&search, &program, chain, "@rpath/libx.dylib", 0),
                        "b/libx.dylib app/libx.dylib");
    assert_string_equal(visited(&search, &program, chain, "@loader_path/libx.dylib", 0),
                        "out/b/libx.dylib");
}

static void a_search_ends_where_the_visitor_says(void **state) {
    (void)state;
    static const size_t indexes[] = {0, 1, 2};
    struct program program = program_of(three_images);
    struct search search = {.sysroot = NULL};
    struct load_chain chain = {indexes, 3};
    *vector_push(&arena, &search.folders) = "s";
    assert_string_equal(visited(&search, &program, chain, "@rpath/libx.dylib", 2),
                        "b/libx.dylib a/libx.dylib");
    assert_string_equal(visited(&search, &program, chain, "@rpath/libx.dylib", 0),
                        "b/libx.dylib a/libx.dylib app/libx.dylib s/libx.dylib");
}

static const struct system {
    const char *name;
    bool is_system;
} systems[] = {
    {"/usr/lib/libSystem.B.dylib", true},
    {"/usr/lib/swift/libswiftCore.dylib", true},
    {"/System/Library/Frameworks/AppKit.framework/Versions/C/AppKit", true},
    {"/System/iOSSupport/System/Library/Frameworks/UIKit.framework/UIKit", true},
    {"/Library/Apple/usr/lib/libx.dylib", true},
    {"/Library/Apple/System/Library/Frameworks/X.framework/X", true},
    {"/usr/local/lib/libx.dylib", false},
    {"/usr/libexec/libx.dylib", false},
    {"/Library/Frameworks/X.framework/X", false},
    {"/Systems/libx.dylib", false},
    {"usr/lib/libx.dylib", false},
    {"@rpath/usr/lib/libx.dylib", false},
};

static void a_name_tells_whether_the_cache_may_have_it(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof systems / sizeof systems[0]; i++)
        if (name_is_system(systems[i].name) != systems[i].is_system)
            fail_msg("%s", systems[i].name);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(candidates_come_in_the_order_of_dyld),
        cmocka_unit_test(the_chain_says_whose_paths_count),
        cmocka_unit_test(a_search_ends_where_the_visitor_says),
        cmocka_unit_test(a_name_tells_whether_the_cache_may_have_it),
    };
    return cmocka_run_group_tests_name("resolve", tests, NULL, release);
}
