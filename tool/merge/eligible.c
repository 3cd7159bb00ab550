#include "merge/eligible.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/path.h"
#include "base/seed.h"
#include "macho/code_signature.h"
#include "macho/unclaimed.h"
#include "merge/bind_judge.h"
#include "merge/export_judge.h"
#include "merge/parts_file.h"
#include "merge/terminators.h"
#include "merge/universal_part.h"
#include "program/resolve.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What takes reader a file from end to end: done for all images side by side. One a node each. */
struct image_facts {
    struct export_list *exports;
    uint64_t *unclaimed; /* bytes of __LINKEDIT that no table reaches */
};

/* An image that is looked at. */
struct candidate {
    struct arena *arena;
    const struct image_graph *graph;
    const struct merge_rules *rules;
    const struct graph_node *node;
    const struct part *part;           /* of judges that look into the file */
    const struct export_list *exports; /* likewise */
    uint64_t unclaimed;                /* likewise, bytes */
    struct merge_needs *needs;
    struct load_command command; /* of judges of commands */
};

/* NULL when there is nothing against it. */
typedef const char *candidate_judge(const struct candidate *candidate);

/* --- of the image as it is loaded --- */

static const char *judge_kind(const struct candidate *candidate) {
    if (candidate->node->is_root)
        return "is a program";
    return candidate->node->image->type == MH_DYLIB ? NULL : "is no dylib";
}

static const char *judge_exclude(const struct candidate *candidate) {
    const struct string_list *globs = &candidate->rules->exclude;
    for (size_t i = 0; i < globs->count; i++)
        if (fnmatch(globs->items[i], path_leaf(candidate->node->file->path), 0) == 0)
            return arena_format(candidate->arena, "is excluded by %s", globs->items[i]);
    return NULL;
}

static const char *judge_bound(const struct candidate *candidate) {
    const struct string_list *bound = &candidate->rules->bound;
    for (size_t i = 0; i < bound->count; i++)
        if (strcmp(bound->items[i], candidate->node->file->path) == 0)
            return "is found by an absolute path, so that a copy would not be loaded";
    return NULL;
}

/* Symbolic links lead to the stub; another hard link would keep the old dylib. */
static const char *judge_file(const struct candidate *candidate) {
    const struct image_file *file = candidate->node->file;
    const char *real = file_real(candidate->arena, file->path);
    if (candidate->node->image->install_name == NULL)
        return "has no install name";
    for (size_t i = 0; i < file->names.count; i++)
        if (strcmp(file_real(candidate->arena, file->names.items[i]), real) != 0)
            return arena_format(candidate->arena, "is also loaded as %s, a hard link",
                                file->names.items[i]);
    return NULL;
}

static bool is_merged(const struct candidate *candidate, const struct graph_node *node) {
    struct replaced_files ignored;
    return parts_file_of(candidate->arena, node->file->path, node->image, &ignored);
}

/* A stub is nothing to be merged: its part is in a merged image. */
static const char *judge_merged(const struct candidate *candidate) {
    const struct graph_node *node = candidate->node;
    if (is_merged(candidate, node))
        return "is a merged image; --undo takes it back";
    for (size_t i = 0; i < node->image->dylibs.count; i++)
        if (node->image->dylibs.items[i].reexport && node->loads[i] != NO_IMAGE &&
            is_merged(candidate, &candidate->graph->items[node->loads[i]]))
            return "re-exports a merged image; --undo takes it back";
    return NULL;
}

static const char *judge_loads(const struct candidate *candidate) {
    if (candidate->node->is_ambiguous)
        return "loads other dylibs in one program than in another";
    if (candidate->node->misses_dylib)
        return "misses a dylib";
    return candidate->node->is_late ? "is loaded lazily, or its initialisers are delayed" : NULL;
}

bool group_rule_matches(const struct group_rule *group, const char *path) {
    size_t size = group->folder == NULL ? 0 : (size_t)(path_leaf(path) - path);
    if (size != 0 &&
        (strncmp(group->folder, path, size - 1) != 0 || group->folder[size - 1] != '\0'))
        return false;
    for (size_t i = 0; i < group->globs.count; i++)
        if (fnmatch(group->globs.items[i], path_leaf(path), 0) == 0)
            return true;
    return false;
}

/* Parts lie in one folder, so that whoever finds them finds the merged image, which it asks for by
 * the same name but for the leaf. */
static const char *judge_groups(const struct candidate *candidate) {
    const struct group_rules *groups = &candidate->rules->groups;
    const char *path = file_real(candidate->arena, candidate->node->file->path);
    candidate->needs->folder = path_folder(candidate->arena, path);
    candidate->needs->leaf = groups->count == 0 ? MERGED_LEAF : NULL;
    for (size_t i = groups->count; i-- > 0;)
        if (group_rule_matches(&groups->items[i], path))
            candidate->needs->leaf = groups->items[i].leaf;
    return candidate->needs->leaf == NULL ? "is in no --group" : NULL;
}

static candidate_judge *const loading_judges[] = {
    judge_kind, judge_exclude, judge_bound, judge_file, judge_merged, judge_loads, judge_groups};

/* --- of its load commands --- */

static const char *judge_encryption(const struct candidate *candidate) {
    return bytes_u32(candidate->command.bytes, 16) != 0 ? "is encrypted" : NULL;
}

static const char *judge_routines(const struct candidate *candidate) {
    (void)candidate;
    return "has an initialiser of LC_ROUTINES_64";
}

/* Commands that a part may have: their content is merged, made anew or of no use to what is merged.
 * All others are a reason. */
static const struct command_rule {
    uint32_t number;
    candidate_judge *judge; /* NULL: any */
} command_rules[] = {
    {LC_SEGMENT_64, NULL},
    {LC_ID_DYLIB, NULL},
    {LC_LOAD_DYLIB, NULL},
    {LC_LOAD_WEAK_DYLIB, NULL},
    {LC_LOAD_UPWARD_DYLIB, NULL},
    {LC_REEXPORT_DYLIB, NULL},
    {LC_RPATH, NULL},
    {LC_SYMTAB, NULL},
    {LC_DYSYMTAB, NULL},
    {LC_DYLD_INFO, NULL},
    {LC_DYLD_INFO_ONLY, NULL},
    {LC_DYLD_CHAINED_FIXUPS, NULL},
    {LC_DYLD_EXPORTS_TRIE, NULL},
    {LC_UUID, NULL},
    {LC_BUILD_VERSION, NULL},
    {LC_VERSION_MIN_MACOSX, NULL},
    {LC_SOURCE_VERSION, NULL},
    {LC_FUNCTION_STARTS, NULL},
    {LC_DATA_IN_CODE, NULL},
    {LC_CODE_SIGNATURE, NULL},
    {LC_SEGMENT_SPLIT_INFO, NULL},       /* for the shared cache */
    {LC_DYLIB_CODE_SIGN_DRS, NULL},      /* for static linking */
    {LC_LINKER_OPTIMIZATION_HINT, NULL}, /* likewise */
    {LC_ATOM_INFO, NULL},                /* likewise */
    {LC_ENCRYPTION_INFO_64, judge_encryption},
    {LC_ROUTINES_64, judge_routines},
};

static const char *judge_command(const struct candidate *candidate) {
    char buffer[16];
    for (size_t i = 0; i < sizeof command_rules / sizeof command_rules[0]; i++)
        if (command_rules[i].number == candidate->command.number)
            return command_rules[i].judge == NULL ? NULL : command_rules[i].judge(candidate);
    return arena_format(candidate->arena, "has load command %s",
                        load_command_name(candidate->command.number, buffer));
}

static const char *judge_commands(const struct candidate *candidate) {
    struct candidate each = *candidate;
    struct load_command_walk walk = image_commands(candidate->part->head);
    struct error ignored;
    const char *reason = NULL;
    while (reason == NULL && load_command_next(&walk, &each.command, &ignored))
        reason = judge_command(&each);
    return reason;
}

static const char *judge_flags(const struct candidate *candidate) {
    return (bytes_u32(candidate->part->head, MACH_HEADER_FLAGS) & MH_TWOLEVEL) != 0
               ? NULL
               : "has a flat namespace";
}

/* --- of its sections --- */

static const struct section_rule {
    uint8_t type;
    const char *reason;
} section_rules[] = {
    {S_INTERPOSING, "interposes functions"},
    {S_DTRACE_DOF, "has DTrace probes"},
};

static const char *judge_section(const struct part_section *section) {
    for (size_t i = 0; i < sizeof section_rules / sizeof section_rules[0]; i++)
        if (section_type_of(section) == section_rules[i].type)
            return section_rules[i].reason;
    if (strcmp(section->name, "__interpose") == 0)
        return section_rules[0].reason;
    return strncmp(section->name, "__swift5_", 9) == 0 ? "has metadata of Swift" : NULL;
}

static const char *judge_sections(const struct candidate *candidate) {
    const char *reason = NULL;
    for (size_t i = 0; reason == NULL && i < candidate->part->section_count; i++) {
        reason = judge_section(&candidate->part->sections[i]);
        candidate->needs->has_objective_c |=
            strncmp(candidate->part->sections[i].name, "__objc_", 7) == 0;
    }
    return reason;
}

static const char *judge_terminators(const struct candidate *candidate) {
    return terminators_judge(candidate->part);
}

static const char *judge_relocations(const struct candidate *candidate) {
    bool any = part_linkedit(candidate->part, "external relocations").size != 0 ||
               part_linkedit(candidate->part, "local relocations").size != 0;
    return any ? "is bound by relocations" : NULL;
}

static const char *judge_trie(const struct candidate *candidate) {
    return part_has_trie(candidate->part) ? NULL : "has no exports trie";
}

static const char *judge_signature(const struct candidate *candidate) {
    struct bytes bytes = part_linkedit(candidate->part, "code signature");
    struct code_signature signature;
    struct error ignored;
    if (bytes.size == 0)
        return NULL;
    if (!code_signature_parse(bytes, &signature, &ignored))
        return "has a signature that cannot be read";
    return signature.has_identity && candidate->rules->identity == NULL
               ? "is signed by an identity; --identity CMD says how to sign again"
               : NULL;
}

static const char *judge_unclaimed(const struct candidate *candidate) {
    uint64_t size = candidate->unclaimed;
    const struct segment *linkedit = segments_find(&candidate->node->image->segments, "__LINKEDIT");
    if (linkedit == NULL)
        return "has no __LINKEDIT";
    size += candidate->part->slice.size - (linkedit->file_offset + linkedit->file_size);
    return size == 0 ? NULL
                     : arena_format(candidate->arena, "has %" PRIu64 " bytes that no table reaches",
                                    size);
}

/* --- of what parts must have in common --- */

static const char *judge_fixups(const struct candidate *candidate) {
    uint16_t format = part_pointer_format(candidate->part);
    if (format != 0 && format != DYLD_CHAINED_PTR_64 && format != DYLD_CHAINED_PTR_64_OFFSET)
        return arena_format(candidate->arena, "has pointers of format %u", format);
    if (part_needs_opcodes(candidate->part) &&
        (part_linkedit(candidate->part, "chained fixups").size != 0 ||
         part_has_type(candidate->part, S_INIT_FUNC_OFFSETS)))
        return "has opcodes (LC_DYLD_INFO) with chained fixups or offsets of initialisers";
    return NULL;
}

static const char *judge_universal(const struct candidate *candidate) {
    return candidate->node->file->thin
               ? NULL
               : universal_part_judge(candidate->graph, candidate->part, candidate->needs->leaf);
}

static candidate_judge *const file_judges[] = {
    judge_universal,   judge_flags, judge_commands,  judge_sections,  judge_terminators,
    judge_relocations, judge_trie,  judge_signature, judge_unclaimed, judge_fixups};

/* What the first that can be merged has. */
struct common_traits {
    bool is_set;
    const char *path;
    uint32_t platform, minimum;
    uint16_t format; /* 0 until a part has one */
};

static const char *judge_common(struct arena *arena, const struct part *part,
                                struct common_traits *common) {
    uint32_t minimum = part_minimum_version(part);
    uint16_t format = part_pointer_format(part);
    if (!common->is_set)
        *common =
            (struct common_traits){true, part->node->file->path, part->image->platform, minimum, 0};
    if (part->image->platform != common->platform)
        return arena_format(arena, "is of another platform than %s", common->path);
    if (minimum != common->minimum)
        return arena_format(arena, "has another minimum version than %s", common->path);
    if (format != 0 && common->format != 0 && format != common->format)
        return arena_format(arena, "has pointers of format %u, other dylibs %u", format,
                            common->format);
    common->format = format == 0 ? common->format : format;
    return NULL;
}

/* --- what it takes of limits --- */

/* Headers where runs of sections with symbols share one: of each segment one for what the file
 * holds, one for zeros, and one more on each side of thread-local variables and terminators. */
static size_t count_sections(struct arena *arena, const struct part *part) {
    size_t count = 0;
    bool *named = arena_take(arena, part->section_count + 1);
    part_mark_named(part, named);
    for (size_t i = 0; i < part->image->segments.count; i++) {
        bool any = false, zeros = false;
        for (size_t j = 0; j < part->section_count; j++) {
            const struct part_section *section = &part->sections[j];
            if (section->segment != i)
                continue;
            any |= named[j] && !section_is_zero_filled(section);
            zeros |= named[j] && section_is_zero_filled(section);
            count += part_section_is_typed(section) ? 2 : 0;
        }
        count += (size_t)any + zeros;
    }
    return count;
}

static size_t count_segments(const struct part *part) {
    size_t count = 0;
    for (size_t i = 0; i < part->image->segments.count; i++)
        count += segment_moves(&part->image->segments.items[i]);
    return count;
}

static void measure(struct arena *arena, const struct part *part, struct merge_needs *needs) {
    needs->sections = count_sections(arena, part);
    needs->fixup_style =
        part_needs_opcodes(part)                                                     ? NEEDS_OPCODES
        : part_pointer_format(part) != 0 || part_has_type(part, S_INIT_FUNC_OFFSETS) ? NEEDS_CHAINS
                                                                                     : 0;
    needs->segments = count_segments(part);
    needs->has_initialisers = part_has_initialisers(part);
    needs->has_terminators = part_has_terminators(part);
    needs->address_space = part->extent + 2 * part->linkedit.size + part->head.size +
                           (UINT64_C(64) << 10); /* rounding, names and its initialisers */
}

/* --- exports and what is bound --- */

/* *reason is NULL when nothing is against the part's exports. */
static bool judge_exports(const struct candidate *candidate, struct export_judge *judge,
                          const char **reason, struct error *error) {
    *error = candidate->exports->error;
    if (error->kind != ERROR_NONE)
        return false;
    size_t node = (size_t)(candidate->node - candidate->graph->items);
    *reason = bind_judge_part(judge, candidate->part, node);
    if (*reason == NULL)
        *reason = export_judge_part(judge, candidate->part, node);
    return true;
}

/* --- what takes long --- */

struct image_facts_reader {
    const struct image_graph *graph;
    struct image_facts facts;
    struct merge_needs *needs;
};

static uint64_t unclaimed_bytes(const struct part *part) {
    struct unclaimed_list list = {0};
    unclaimed_find(part->image, part->linkedit, &list);
    uint64_t size = list.size;
    unclaimed_list_free(&list);
    return size;
}

/* The exports of all images count, merged or not, since weak ones are coalesced. What cannot be
 * read is for others to say. */
static void read_facts(void *context, size_t i) {
    const struct image_facts_reader *reader = context;
    const struct graph_node *node = &reader->graph->items[i];
    struct part part;
    struct arena scratch = {0};
    struct error ignored;
    if (part_read(&scratch, node, &part, &ignored)) {
        export_list_read(&part, &reader->facts.exports[i]);
        if (reader->needs[i].reason == NULL) {
            reader->facts.unclaimed[i] = unclaimed_bytes(&part);
            measure(&scratch, &part, &reader->needs[i]);
        }
        part_free(&part);
    }
    arena_free(&scratch);
}

/* --- all of it --- */

static const char *first_reason(candidate_judge *const *judges, size_t count,
                                const struct candidate *candidate) {
    const char *reason = NULL;
    for (size_t i = 0; reason == NULL && i < count; i++)
        reason = judges[i](candidate);
    return reason;
}

static bool judge_file_of(struct candidate *candidate, struct common_traits *common,
                          struct export_judge *judge, struct error *error) {
    struct part part;
    if (!part_read(candidate->arena, candidate->node, &part, error))
        return false;
    candidate->part = &part;
    const char *reason =
        first_reason(file_judges, sizeof file_judges / sizeof file_judges[0], candidate);
    if (reason == NULL)
        reason = judge_common(candidate->arena, &part, common);
    bool done = reason != NULL || judge_exports(candidate, judge, &reason, error);
    candidate->needs->reason = reason;
    part_free(&part);
    return done;
}

/* All images of one architecture. */
static bool judge_architecture(struct candidate *candidate, struct merge_needs *needs,
                               const struct image_facts *facts, const struct architecture *which,
                               struct error *error) {
    struct common_traits common = {0};
    struct export_judge judge = {.arena = candidate->arena,
                                 .graph = candidate->graph,
                                 .lists = facts->exports,
                                 .exporters.seed = seed() | 1};
    bool done = true, *may_merge = arena_take(candidate->arena, candidate->graph->count);
    for (size_t i = 0; i < candidate->graph->count; i++)
        may_merge[i] = needs[i].reason == NULL;
    export_judge_begin(&judge, which, may_merge);
    for (size_t i = 0; done && i < candidate->graph->count; i++) {
        candidate->node = &candidate->graph->items[i];
        candidate->exports = &facts->exports[i];
        candidate->unclaimed = facts->unclaimed[i];
        candidate->needs = &needs[i];
        if (needs[i].reason == NULL && needs[i].architecture == which)
            done = judge_file_of(candidate, &common, &judge, error);
    }
    export_judge_free(&judge);
    return done;
}

/* Images of several architectures are in several processes. */
static bool judge_all(struct candidate *candidate, struct merge_needs *needs,
                      const struct image_facts *facts, struct error *error) {
    for (size_t i = 0; i < candidate->graph->count; i++) {
        size_t first = 0;
        while (needs[first].architecture != needs[i].architecture)
            first++;
        if (first == i &&
            !judge_architecture(candidate, needs, facts, needs[i].architecture, error))
            return false;
    }
    return true;
}

static void judge_loading(struct candidate *candidate, struct merge_needs *needs) {
    for (size_t i = 0; i < candidate->graph->count; i++) {
        candidate->node = &candidate->graph->items[i];
        candidate->needs = &needs[i];
        needs[i].architecture = candidate->node->image->architecture;
        needs[i].reason = first_reason(loading_judges,
                                       sizeof loading_judges / sizeof loading_judges[0], candidate);
    }
}

bool eligible_judge(struct arena *arena, const struct image_graph *graph,
                    const struct merge_rules *rules, struct merge_needs *needs,
                    struct error *error) {
    struct candidate candidate = {.arena = arena, .graph = graph, .rules = rules};
    struct image_facts_reader reader = {.graph = graph, .needs = needs};
    reader.facts.exports = memory_zeros(graph->count, sizeof *reader.facts.exports);
    reader.facts.unclaimed = memory_zeros(graph->count, sizeof *reader.facts.unclaimed);
    judge_loading(&candidate, needs);
    parallel_for(graph->count, read_facts, &reader);
    bool done = judge_all(&candidate, needs, &reader.facts, error);
    for (size_t i = 0; i < graph->count; i++)
        export_list_free(&reader.facts.exports[i]);
    free(reader.facts.exports);
    free(reader.facts.unclaimed);
    return done;
}
