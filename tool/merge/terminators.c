#include "merge/terminators.h"

#include <stdlib.h>

bool part_has_terminators(const struct part *part) {
    return part_has_type(part, S_MOD_TERM_FUNC_POINTERS);
}

bool part_has_initialisers(const struct part *part) {
    return part_has_type(part, S_MOD_INIT_FUNC_POINTERS) ||
           part_has_type(part, S_INIT_FUNC_OFFSETS);
}

static bool is_executable(const struct part *part, uint64_t address) {
    for (size_t i = 0; i < part->image->segments.count; i++) {
        const struct segment *segment = &part->image->segments.items[i];
        if ((segment->protection & VM_PROT_EXECUTE) != 0 &&
            address - segment->address < segment->vm_size)
            return true;
    }
    return false;
}

static bool all_noted(const struct part *part, const struct part_section *section,
                      const struct part_fixups *fixups) {
    if (section->size % FIXUP_SIZE != 0 || section->address % FIXUP_SIZE != 0)
        return false;
    for (uint64_t at = 0; at < section->size; at += FIXUP_SIZE) {
        const struct fixup *fixup = part_fixup_at(fixups, section->address + at);
        if (fixup == NULL || fixup->kind != FIXUP_REBASE || fixup->high_byte != 0 ||
            !is_executable(part, fixup->target))
            return false;
    }
    return true;
}

const char *terminators_judge(const struct part *part) {
    struct part_fixups fixups;
    struct error ignored;
    bool noted = true;
    if (!part_has_terminators(part) || !part_read_fixups(part, &fixups, &ignored))
        return NULL;
    for (size_t i = 0; i < part->section_count; i++)
        if (section_type_of(&part->sections[i]) == S_MOD_TERM_FUNC_POINTERS)
            noted &= all_noted(part, &part->sections[i], &fixups);
    free(fixups.items);
    return noted ? NULL : "has terminators that are no functions of its own";
}
