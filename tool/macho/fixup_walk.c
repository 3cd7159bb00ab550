#include "macho/fixup_walk.h"

#include <string.h>

static bool is_chained(const char *part) {
    return strcmp(part, "chained fixups") == 0;
}

bool fixup_walk_reads(const char *part) {
    return is_chained(part) || opcode_program_named(part) != NULL;
}

bool fixup_walk_begin(struct fixup_walk *walk, const char *part, struct bytes bytes,
                      const struct image *image, struct bytes slice, struct error *error) {
    *walk = (struct fixup_walk){.program = opcode_program_named(part)};
    walk->chain = (struct chained_fixups_walk){.fixups = &walk->chained, .slice = slice};
    if (walk->program != NULL)
        walk->opcodes = dyld_info_walk(walk->program, bytes, image, slice);
    return walk->program != NULL || bytes.size == 0 ||
           chained_fixups_parse(bytes, image, &walk->chained, error);
}

bool fixup_walk_next(struct fixup_walk *walk, struct fixup *fixup, struct error *error) {
    return walk->program == NULL ? chained_fixups_next(&walk->chain, fixup, error)
                                 : dyld_info_next(&walk->opcodes, fixup, error);
}

bool fixup_part_valid(const char *part, struct bytes bytes, const struct image *image,
                      struct error *error) {
    struct bytes nothing = {NULL, 0};
    struct fixup_walk walk;
    struct fixup fixup;
    if (!fixup_walk_begin(&walk, part, bytes, image, nothing, error))
        return false;
    if (walk.program == NULL)
        return true;
    while (fixup_walk_next(&walk, &fixup, error))
        ;
    return error->kind == ERROR_NONE;
}
