#include "merge/consolidation.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/path.h"
#include "merge/merged_image.h"
#include "merge/parts_file.h"

#include <stdlib.h>
#include <string.h>

static bool is_taken(const struct consolidation *all, const char *path, const char *leaf) {
    for (size_t i = 0; i < all->merge_count; i++)
        if (strcmp(path_leaf(all->merges[i].path), leaf) == 0)
            return true;
    return !all->names_are_taken && (path_look(path) != PATH_ABSENT ||
                                     path_look(parts_file_path(all->arena, path)) != PATH_ABSENT);
}

/* A name that nobody has: what is there may be another program's merged image, or no work of
 * vafit's. One leaf in all folders, as install names of several folders may be the same. */
static const char *free_path(const struct consolidation *all, const char *folder,
                             const char *leaf) {
    for (size_t number = 0;; number++) {
        const char *numbered = merged_leaf(all->arena, leaf, number);
        const char *path = path_join(all->arena, folder, numbered);
        if (!is_taken(all, path, numbered))
            return path;
    }
}

/* The first of the group in loading order gives folder and name. */
static void name_merge(struct consolidation *all, const struct merge_group *group,
                       struct merge *merge) {
    size_t first = group->nodes[0];
    for (size_t i = 1; i < group->count; i++)
        first = group->nodes[i] < first ? group->nodes[i] : first;
    const struct graph_node *node = &all->graph.items[first];
    merge->arena = arena_take(all->arena, sizeof *merge->arena);
    merge->graph = &all->graph;
    merge->merge_of_node = all->merge_of_node;
    merge->path = free_path(all, path_folder(all->arena, node->file->path), all->needs[first].leaf);
    merge->install_name = merge_name_for(all->arena, merge, node->image->install_name);
    for (size_t i = 0; i < group->count; i++)
        all->merge_of_node[group->nodes[i]] = merge;
    all->merge_count++;
}

struct plan_task {
    struct consolidation *all;
    const struct merge_groups *groups;
    struct error *errors; /* one a merge */
};

static void plan_merge(void *context, size_t i) {
    const struct plan_task *task = context;
    const struct merge_group *group = &task->groups->items[i];
    struct merge *merge = &task->all->merges[i];
    struct error *error = &task->errors[i];
    if (merge_begin(merge, group->nodes, group->count, error) && merged_image_plan(merge, error))
        *error = (struct error){0};
}

/* Each by itself: what merges share is not changed any more. The first error counts. */
static bool plan_all(struct consolidation *all, const struct merge_groups *groups,
                     struct error *error) {
    struct plan_task task = {all, groups, memory_zeros(groups->count, sizeof *task.errors)};
    bool done = true;
    parallel_for(groups->count, plan_merge, &task);
    for (size_t i = 0; i < groups->count && done; i++) {
        done = task.errors[i].kind == ERROR_NONE;
        if (!done)
            *error = task.errors[i];
    }
    free(task.errors);
    return done;
}

static bool plan_merges(struct consolidation *all, const struct merge_groups *groups,
                        struct error *error) {
    size_t nodes = all->graph.count + 1;
    all->merges = arena_take(all->arena, (groups->count + 1) * sizeof *all->merges);
    all->merge_of_node = arena_take(all->arena, nodes * sizeof(struct merge *));
    for (size_t i = 0; i < groups->count; i++)
        name_merge(all, &groups->items[i], &all->merges[i]);
    return plan_all(all, groups, error);
}

static bool plan_clients(struct consolidation *all, const struct merge_rules *rules,
                         struct error *error) {
    all->clients = arena_take(all->arena, (all->graph.count + 1) * sizeof *all->clients);
    for (size_t i = 0; i < all->graph.count; i++) {
        all->clients[i] = (struct client){
            .arena = all->arena,
            .graph = &all->graph,
            .merge_of_node = all->merge_of_node,
            .may_sign = rules->identity != NULL,
        };
        if (client_is(&all->graph, all->merge_of_node, i) &&
            !client_plan(&all->clients[i], i, error))
            return false;
    }
    return true;
}

bool consolidation_plan(struct consolidation *all, struct program *const *programs, size_t count,
                        const struct merge_rules *rules, struct error *error) {
    struct merge_groups groups;
    all->names_are_taken = rules->names_are_taken;
    image_graph_make(all->arena, programs, count, &all->graph);
    all->needs = arena_take(all->arena, (all->graph.count + 1) * sizeof *all->needs);
    if (!eligible_judge(all->arena, &all->graph, rules, all->needs, error))
        return false;
    groups_make(all->arena, &all->graph, all->needs, &groups);
    return plan_merges(all, &groups, error) && plan_clients(all, rules, error);
}

void consolidation_free(struct consolidation *all) {
    for (size_t i = 0; i < all->merge_count; i++) {
        merge_free(&all->merges[i]);
        arena_free(all->merges[i].arena);
    }
    for (size_t i = 0; all->clients != NULL && i < all->graph.count; i++)
        client_free(&all->clients[i]);
}
