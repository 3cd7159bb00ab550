#include "merge/compare_merge.h"

#include "merge/universal_part.h"
#include "verify/differences.h"
#include "verify/validate.h"

#include <stdlib.h>
#include <string.h>

/* A stub and the part whose name it has. */
struct stub_comparison {
    const struct merge *merge;
    const struct part *part;
    const struct part *stub;
    struct arena *arena;
    struct differences differences;
};

/* Whether the image has a load command of exactly these bytes. */
static bool has_command(const struct part *image, struct bytes wanted) {
    struct load_command_walk walk = image_commands(image->head);
    struct load_command command;
    struct error ignored;
    while (load_command_next(&walk, &command, &ignored))
        if (command.bytes.size == wanted.size &&
            memcmp(command.bytes.data, wanted.data, wanted.size) == 0)
            return true;
    return false;
}

/* Whoever asks for the part sees its name, versions, platform and paths. */
static void compare_kept(struct stub_comparison *comparison) {
    static const uint32_t kept[] = {LC_ID_DYLIB, LC_BUILD_VERSION, LC_VERSION_MIN_MACOSX, LC_RPATH};
    struct load_command_walk walk = image_commands(comparison->part->head);
    struct load_command command;
    struct error ignored;
    char name[16];
    while (load_command_next(&walk, &command, &ignored))
        for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
            if (command.number == kept[i] && !has_command(comparison->stub, command.bytes))
                differences_add(&comparison->differences, "its %s is not the dylib's",
                                load_command_name(command.number, name));
}

/* It has nothing of its own, and gives what the merged image has. */
static void compare_contents(struct stub_comparison *comparison) {
    const struct image *image = comparison->stub->image;
    const struct dylib_uses *uses = &image->dylibs;
    struct definitions exports = {0};
    struct error error = {0};
    bool reexports = uses->count == 1 && uses->items[0].reexport &&
                     strcmp(uses->items[0].name, comparison->merge->install_name) == 0;
    if (!reexports)
        differences_add(&comparison->differences, "does not re-export %s, and nothing else",
                        comparison->merge->install_name);
    if (image->type != MH_DYLIB || comparison->stub->section_count != 0)
        differences_add(&comparison->differences, "is more than a name");
    if (!definitions_add(comparison->arena, comparison->stub, 0, &exports, &error))
        errors_add(comparison->differences.errors, &error);
    else if (exports.count != 0)
        differences_add(&comparison->differences, "exports %s itself", exports.items[0].name);
}

static void compare_identity(struct stub_comparison *comparison) {
    const struct image *old = comparison->part->image, *new = comparison->stub->image;
    if (old->has_uuid && new->has_uuid && memcmp(old->uuid, new->uuid, sizeof old->uuid) == 0)
        differences_add(&comparison->differences, "has the UUID of the dylib");
    if (part_has_identity(comparison->part) && !part_has_identity(comparison->stub))
        differences_add(&comparison->differences, "is signed by no identity; the dylib was");
}

bool compare_stub(const struct merge *merge, size_t number, const char *path,
                  struct errors *errors) {
    struct lone_image lone;
    struct arena arena = {0};
    struct error error = {0};
    struct stub_comparison comparison = {
        .merge = merge,
        .part = &merge->parts[number],
        .arena = &arena,
        .differences = {.errors = errors, .field = "stub"},
    };
    size_t before = errors->count;
    if (lone_image_open_slice(&arena, path, comparison.part->image->architecture, &lone, &error)) {
        comparison.stub = &lone.part;
        compare_kept(&comparison);
        compare_contents(&comparison);
        compare_identity(&comparison);
        universal_part_compare(comparison.part, path, &comparison.differences);
        differences_end(&comparison.differences);
    } else {
        errors_add(errors, &error);
    }
    if (errors->count == before)
        validate_file(&lone.file, errors);
    lone_image_close(&lone);
    arena_free(&arena);
    return errors->count == before;
}
