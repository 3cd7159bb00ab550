#include "crash/advice.h"

#include "base/text.h"

#include <string.h>

/* Where the row holds: with a build to look at, without one, or always. */
enum with_build { BUILD_ANY, BUILD_GIVEN, BUILD_NOT_GIVEN };

/* "{build}" is the executable with this run's options, "{path}" it alone, "{report}" the report. */
static const struct advice {
    enum cause signature;
    enum is_size is_size;
    enum with_build with_build;
    const char *command;
} rows[] = {
    {CAUSE_MALLOC_WINDOW, SIZE_IS, BUILD_ANY, "vafit fix --in-place{build}"},
    {CAUSE_MALLOC_WINDOW, SIZE_UNDECIDED, BUILD_NOT_GIVEN, "vafit explain {report} {path}"},
    {CAUSE_MALLOC_WINDOW, SIZE_UNDECIDED, BUILD_GIVEN, "vafit check{build}"},
    {CAUSE_MALLOC_WINDOW, SIZE_IS_NOT, BUILD_ANY, "env -u DYLD_INSERT_LIBRARIES {path}"},
    {CAUSE_SHARED_REGION, SIZE_IS, BUILD_GIVEN, "vafit fix --in-place{build}"},
    {CAUSE_SHARED_REGION, SIZE_IS, BUILD_NOT_GIVEN, "vafit check{build}"},
    {CAUSE_SHARED_REGION, SIZE_UNDECIDED, BUILD_NOT_GIVEN, "vafit explain {report} {path}"},
    {CAUSE_SHARED_REGION, SIZE_UNDECIDED, BUILD_GIVEN, "vafit check{build}"},
    {CAUSE_SHARED_REGION, SIZE_IS_NOT, BUILD_ANY,
     "ls /System/Volumes/Preboot/Cryptexes/OS/System/Library/dyld"},
    {CAUSE_LINKEDIT_ALIGNMENT, SIZE_IS_NOT, BUILD_ANY, "vafit fix --in-place{build}"},
    {CAUSE_LIBRARY_MISSING, SIZE_IS_NOT, BUILD_ANY, "vafit check{build}"},
    {CAUSE_SYMBOL_MISSING, SIZE_IS_NOT, BUILD_ANY, "dyld_info -linked_dylibs {path}"},
    {CAUSE_CODE_SIGNATURE, SIZE_IS_NOT, BUILD_ANY,
     "codesign --verify --deep --strict --verbose=2 {path}"},
    {CAUSE_LAUNCH_CONSTRAINT, SIZE_IS_NOT, BUILD_ANY, "codesign --display --verbose=4 {path}"},
};

static bool holds(const struct advice *row, const struct circumstances *circumstances,
                  enum cause signature, enum is_size is_size) {
    bool given = circumstances->executable != NULL;
    return row->signature == signature && row->is_size == is_size &&
           (row->with_build == BUILD_ANY || (row->with_build == BUILD_GIVEN) == given);
}

/* A path that means the same to who pastes it: whole, and not in a user's folder. */
static bool can_be_pasted(struct arena *arena, const char *path) {
    return path != NULL && path[0] == '/' && strpbrk(path, "*?") == NULL &&
           strcmp(crash_report_anonymous(arena, path), path) == 0;
}

static const char *executable_of(struct arena *arena, const struct circumstances *circumstances) {
    const struct crash_report *report = circumstances->report;
    if (circumstances->executable != NULL)
        return circumstances->executable;
    if (can_be_pasted(arena, report->path))
        return report->path;
    return report->process == NULL ? "EXECUTABLE" : report->process;
}

static void add_name(const char *name, struct arena *arena,
                     const struct circumstances *circumstances, struct text *out) {
    if (strncmp(name, "report}", 7) == 0) {
        text_add_shell_path(out, circumstances->report_path);
        return;
    }
    if (strncmp(name, "build}", 6) == 0) {
        text_add(out, circumstances->options);
        text_add(out, " ");
    }
    text_add_shell_path(out, executable_of(arena, circumstances));
}

static const char *command_of(struct arena *arena, const char *command,
                              const struct circumstances *circumstances) {
    struct text text = {0};
    for (; *command != '\0'; command++) {
        if (*command != '{') {
            text_add_bytes(&text, command, 1);
            continue;
        }
        add_name(command + 1, arena, circumstances, &text);
        command = strchr(command, '}');
    }
    const char *copy = arena_string(arena, text.data);
    text_free(&text);
    return copy;
}

void advice_make(struct arena *arena, const struct circumstances *circumstances,
                 enum cause signature, struct diagnosis *diagnosis) {
    if (signature == CAUSE_MALLOC_WINDOW && !circumstances->layout->has_limit)
        return;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (holds(&rows[i], circumstances, signature, diagnosis->is_size))
            *vector_push(arena, &diagnosis->advice) =
                command_of(arena, rows[i].command, circumstances);
}
