#include "initializers.h"

#include <string.h>

int __cxa_atexit(void (*function)(void *), void *argument, void *image);

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

static bool is_executable(const struct module *module, uint64_t address) {
    const struct segments *segments = &module->image.segments;
    for (size_t i = 0; i < segments->count; i++)
        if ((segments->items[i].protection & VM_PROT_EXECUTE) != 0 &&
            address - module->slide - segments->items[i].address < segments->items[i].vm_size)
            return true;
    return false;
}

/* Notes the terminators of a section, until one that is no function. */
static bool note_section(const struct module *module, const struct section *section) {
    for (uint64_t at = 0; range_within(at, 8, section->size); at += 8) {
        uint64_t address = slot_load(section->data + at);
        if (!is_executable(module, address))
            return false;
        __cxa_atexit((void (*)(void *))(uintptr_t)address, NULL, module->memory);
    }
    return true;
}

/* They run at the end, the last one first, among what was noted by __cxa_atexit otherwise (dyld:
 * Loader.cpp, findAndRunAllInitializers). */
static void note_terminators(const struct module *module) {
    for (size_t i = 0; i < module->sections.count; i++)
        if (module->sections.items[i].type == S_MOD_TERM_FUNC_POINTERS &&
            !note_section(module, &module->sections.items[i]))
            return;
}

static void call_all(const struct launch_arguments *arguments, struct module *module) {
    if (module->host || module->initialised)
        return;
    module->initialised = true;
    for (size_t i = 0; i < module->image.dylibs.count; i++)
        if (module->dylibs[i] != NULL && !module->image.dylibs.items[i].upward)
            call_all(arguments, module->dylibs[i]);
    call_own(arguments, module);
    note_terminators(module);
}

void initializers_call(const struct process *process, struct module *module,
                       const struct launch_arguments *arguments) {
    call_all(arguments, module);
    for (size_t i = 0; i < process->count; i++)
        call_all(arguments, process->items[i]);
}
