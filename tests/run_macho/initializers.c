#include "initializers.h"

#include <string.h>

typedef void initializer(int count, char **arguments, char **environment, char **apple);

static void call(const struct launch_arguments *arguments, uint64_t address) {
    char *none = NULL;
    initializer *function = (initializer *)(uintptr_t)address;
    function(arguments->count, arguments->items, arguments->environment, &none);
}

static void call_pointers(const struct launch_arguments *arguments, const struct section *section) {
    for (uint64_t at = 0; range_within(at, 8, section->size); at += 8)
        call(arguments, slot_load(section->data + at));
}

static void call_offsets(const struct launch_arguments *arguments, const struct module *module,
                         const struct section *section) {
    for (uint64_t at = 0; range_within(at, 4, section->size); at += 4) {
        uint32_t offset;
        memcpy(&offset, section->data + at, sizeof offset);
        call(arguments, module_slid(module, module->image.lowest_address + offset));
    }
}

static void call_own(const struct launch_arguments *arguments, const struct module *module) {
    for (size_t i = 0; i < module->sections.count; i++)
        if (module->sections.items[i].type == S_MOD_INIT_FUNC_POINTERS)
            call_pointers(arguments, &module->sections.items[i]);
    for (size_t i = 0; i < module->sections.count; i++)
        if (module->sections.items[i].type == S_INIT_FUNC_OFFSETS)
            call_offsets(arguments, module, &module->sections.items[i]);
}

static void call_all(const struct launch_arguments *arguments, struct module *module) {
    if (module->host || module->initialised)
        return;
    module->initialised = true;
    for (size_t i = 0; i < module->image.dylibs.count; i++)
        if (module->dylibs[i] != NULL && !module->image.dylibs.items[i].upward)
            call_all(arguments, module->dylibs[i]);
    call_own(arguments, module);
}

void initializers_call(const struct process *process, struct module *module,
                       const struct launch_arguments *arguments) {
    call_all(arguments, module);
    for (size_t i = 0; i < process->count; i++)
        call_all(arguments, process->items[i]);
}
