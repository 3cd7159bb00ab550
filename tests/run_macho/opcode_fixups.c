#include "opcode_fixups.h"

#include "fail.h"
#include "symbols.h"

#include <inttypes.h>

enum { OPCODE_MASK = 0xf0, IMMEDIATE_MASK = 0x0f, POINTER_SIZE = 8, TYPE_POINTER = 1 };

enum rebase_opcode {
    REBASE_DONE = 0x00,
    REBASE_SET_TYPE = 0x10,
    REBASE_SET_PLACE = 0x20, /* segment and offset */
    REBASE_SKIP = 0x30,
    REBASE_SKIP_POINTERS = 0x40,
    REBASE_TIMES = 0x50,
    REBASE_MANY_TIMES = 0x60,
    REBASE_AND_SKIP = 0x70,
    REBASE_TIMES_SKIPPING = 0x80
};

enum bind_opcode {
    BIND_DONE = 0x00,
    BIND_SET_ORDINAL = 0x10,
    BIND_SET_LARGE_ORDINAL = 0x20,
    BIND_SET_SPECIAL_ORDINAL = 0x30,
    BIND_SET_SYMBOL = 0x40,
    BIND_SET_TYPE = 0x50,
    BIND_SET_ADDEND = 0x60,
    BIND_SET_PLACE = 0x70,
    BIND_SKIP = 0x80,
    BIND_ONE = 0x90,
    BIND_AND_SKIP = 0xa0,
    BIND_AND_SKIP_POINTERS = 0xb0,
    BIND_TIMES_SKIPPING = 0xc0
};

enum symbol_flag { FLAG_WEAK_IMPORT = 0x1 };

/* Where an opcode program stands. */
struct machine {
    const struct process *process;
    const struct module *module;
    struct cursor cursor;
    size_t segment;
    uint64_t offset; /* bytes from the segment's start */
    struct wish wish;
    int64_t addend;
    bool coalesce; /* the weak bind opcodes: no ordinals */
    bool lazy;     /* each DONE only ends the opcodes of one symbol */
    bool resolved; /* `address` is that of the wish */
    uint64_t address;
};

static struct machine machine_of(const struct process *process, const struct module *module,
                                 const char *part) {
    return (struct machine){.process = process,
                            .module = module,
                            .cursor = module_linkedit(module, part),
                            .wish = {.module = module}};
}

static void set_place(struct machine *machine, uint8_t segment) {
    machine->segment = segment;
    machine->offset = cursor_uleb(&machine->cursor);
}

static void check_type(const struct machine *machine, uint8_t type) {
    if (type != TYPE_POINTER)
        fail(machine->module->path, machine->cursor.part, "type %d is unknown", type);
}

static _Noreturn void unknown_opcode(const struct machine *machine, uint8_t byte) {
    fail(machine->module->path, machine->cursor.part, "opcode 0x%02x is unknown", byte);
}

static void rebase(struct machine *machine, uint64_t count, uint64_t skip) {
    for (; count > 0; count--) {
        uint8_t *slot = module_slot(machine->module, machine->segment, machine->offset);
        slot_store(slot, module_slid(machine->module, slot_load(slot)));
        machine->offset += POINTER_SIZE + skip;
    }
}

static void rebase_skipping(struct machine *machine) {
    uint64_t count = cursor_uleb(&machine->cursor);
    uint64_t skip = cursor_uleb(&machine->cursor);
    rebase(machine, count, skip);
}

/* False at the end. */
static bool rebase_step(struct machine *machine) {
    uint8_t byte = cursor_u8(&machine->cursor), immediate = byte & IMMEDIATE_MASK;
    switch (byte & OPCODE_MASK) {
    case REBASE_DONE:
        return false;
    case REBASE_SET_TYPE:
        return check_type(machine, immediate), true;
    case REBASE_SET_PLACE:
        return set_place(machine, immediate), true;
    case REBASE_SKIP:
        return machine->offset += cursor_uleb(&machine->cursor), true;
    case REBASE_SKIP_POINTERS:
        return machine->offset += (uint64_t)immediate * POINTER_SIZE, true;
    case REBASE_TIMES:
        return rebase(machine, immediate, 0), true;
    case REBASE_MANY_TIMES:
        return rebase(machine, cursor_uleb(&machine->cursor), 0), true;
    case REBASE_AND_SKIP:
        return rebase(machine, 1, cursor_uleb(&machine->cursor)), true;
    case REBASE_TIMES_SKIPPING:
        return rebase_skipping(machine), true;
    default:
        unknown_opcode(machine, byte);
    }
}

/* Finds the address for the current symbol unless that was done. */
static void resolve(struct machine *machine) {
    struct definition definition;
    if (machine->wish.name == NULL)
        fail(machine->module->path, machine->cursor.part, "binds before it names a symbol");
    if (machine->resolved)
        return;
    machine->resolved = true;
    if (!machine->coalesce)
        machine->address = symbols_bind(machine->process, &machine->wish);
    else if (symbols_coalesced(machine->process, machine->wish.name, &definition))
        machine->address = definition.address;
    else
        machine->address = 0;
}

static void bind(struct machine *machine, uint64_t count, uint64_t skip) {
    resolve(machine);
    uint64_t value = machine->address == 0 ? 0 : machine->address + (uint64_t)machine->addend;
    bool stays = machine->coalesce && machine->address == 0; /* as the bind opcodes made it */
    for (; count > 0; count--) {
        uint8_t *slot = module_slot(machine->module, machine->segment, machine->offset);
        if (!stays)
            slot_store(slot, value);
        machine->offset += POINTER_SIZE + skip;
    }
}

static void bind_skipping(struct machine *machine) {
    uint64_t count = cursor_uleb(&machine->cursor);
    uint64_t skip = cursor_uleb(&machine->cursor);
    bind(machine, count, skip);
}

static void set_ordinal(struct machine *machine, int64_t ordinal) {
    machine->wish.ordinal = ordinal;
    machine->resolved = false;
}

static void set_symbol(struct machine *machine, uint8_t flags) {
    machine->wish.name = cursor_string(&machine->cursor);
    machine->wish.may_miss = (flags & FLAG_WEAK_IMPORT) != 0;
    machine->resolved = false;
}

/* The opcodes that bind; false for others. */
static bool bind_now(struct machine *machine, uint8_t byte) {
    switch (byte & OPCODE_MASK) {
    case BIND_ONE:
        return bind(machine, 1, 0), true;
    case BIND_AND_SKIP:
        return bind(machine, 1, cursor_uleb(&machine->cursor)), true;
    case BIND_AND_SKIP_POINTERS:
        return bind(machine, 1, (uint64_t)(byte & IMMEDIATE_MASK) * POINTER_SIZE), true;
    case BIND_TIMES_SKIPPING:
        return bind_skipping(machine), true;
    default:
        return false;
    }
}

/* False at the end. */
static bool bind_step(struct machine *machine) {
    uint8_t byte = cursor_u8(&machine->cursor), immediate = byte & IMMEDIATE_MASK;
    if (bind_now(machine, byte))
        return true;
    switch (byte & OPCODE_MASK) {
    case BIND_DONE:
        return machine->lazy;
    case BIND_SET_ORDINAL:
        return set_ordinal(machine, immediate), true;
    case BIND_SET_LARGE_ORDINAL:
        return set_ordinal(machine, (int64_t)cursor_uleb(&machine->cursor)), true;
    case BIND_SET_SPECIAL_ORDINAL:
        return set_ordinal(machine, immediate == 0 ? 0 : (int8_t)(OPCODE_MASK | immediate)), true;
    case BIND_SET_SYMBOL:
        return set_symbol(machine, immediate), true;
    case BIND_SET_TYPE:
        return check_type(machine, immediate), true;
    case BIND_SET_ADDEND:
        return machine->addend = cursor_sleb(&machine->cursor), true;
    case BIND_SET_PLACE:
        return set_place(machine, immediate), true;
    case BIND_SKIP:
        return machine->offset += cursor_uleb(&machine->cursor), true;
    default:
        unknown_opcode(machine, byte);
    }
}

static void run_program(struct machine machine, bool (*step)(struct machine *machine)) {
    while (!cursor_at_end(&machine.cursor) && step(&machine))
        ;
}

void opcode_fixups_apply(const struct process *process, const struct module *module) {
    struct machine lazy = machine_of(process, module, "lazy bind opcodes");
    lazy.lazy = true;
    run_program(machine_of(process, module, "rebase opcodes"), rebase_step);
    run_program(machine_of(process, module, "bind opcodes"), bind_step);
    run_program(lazy, bind_step);
}

void opcode_fixups_coalesce(const struct process *process, const struct module *module) {
    struct machine machine = machine_of(process, module, "weak bind opcodes");
    machine.coalesce = true;
    run_program(machine, bind_step);
}
