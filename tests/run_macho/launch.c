#include "launch.h"

#include "chained_fixups.h"
#include "fail.h"
#include "initializers.h"
#include "linking.h"
#include "opcode_fixups.h"
#include "thread_locals.h"
#include "unwind.h"

#include <stdlib.h>

typedef int entry_point(int count, char **arguments, char **environment, char **apple);

static struct launch_arguments given;

/* Everything that is to be done with the modules from `first` on before their code may run. */
static void make_ready(struct process *process, size_t first) {
    for (size_t i = first; i < process->count; i++) {
        chained_fixups_apply(process, process->items[i]);
        opcode_fixups_apply(process, process->items[i]);
    }
    for (size_t i = first; i < process->count; i++)
        opcode_fixups_coalesce(process, process->items[i]);
    for (size_t i = first; i < process->count; i++) {
        thread_locals_prepare(&process->arena, process->items[i]);
        module_protect(process->items[i]);
        unwind_register(&process->arena, process->items[i]);
    }
}

struct module *launch_image(struct process *process, const char *path) {
    size_t first = process->count;
    struct module *module = process_load(process, path);
    if (module == NULL)
        return NULL;
    make_ready(process, first);
    initializers_call(process, module, &given);
    return module;
}

static entry_point *entry_of(const struct module *module) {
    struct load_command_walk walk = module_commands(module);
    struct load_command command;
    while (module_next_command(module, &walk, &command))
        if (command.number == LC_MAIN) {
            uint64_t offset = bytes_u64(command.bytes, 8);
            uint64_t entry = module_slid(module, module->image.lowest_address + offset);
            return (entry_point *)(uintptr_t)entry;
        }
    fail(module->path, "LC_MAIN", "there is none");
}

_Noreturn void launch_program(struct process *process, const char *path,
                              const struct launch_arguments *arguments) {
    char *none = NULL;
    given = *arguments;
    linking_begin(process);
    struct module *module = launch_image(process, path);
    if (module == NULL)
        fail(path, "file", "cannot be opened");
    exit(entry_of(module)(given.count, given.items, given.environment, &none));
}
