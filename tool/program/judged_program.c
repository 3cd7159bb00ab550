#include "program/judged_program.h"

unsigned program_minimum_version(const struct program *program) {
    if (!program->has_executable)
        return 0;
    return program->images.items[0].image->minimum_version >> 16;
}

/* The first of the profiles that the program is judged for. */
static size_t first_profile(const struct program *program, const struct judged_profiles *profiles) {
    unsigned minimum = program_minimum_version(program);
    size_t first = 0;
    while (profiles->is_default && first + 1 < profiles->count &&
           profiles->items[first].profile.version < minimum)
        first++;
    return first;
}

void judged_programs_make(struct arena *arena, struct program *const *programs, size_t count,
                          const struct judged_profiles *profiles, struct judged_programs *judged) {
    for (size_t i = 0; i < count; i++)
        for (size_t j = first_profile(programs[i], profiles); j < profiles->count; j++)
            *vector_push(arena, judged) = (struct judged_program){
                programs[i], &profiles->items[j].profile, &profiles->items[j].limits};
}
