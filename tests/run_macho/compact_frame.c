#include "compact_frame.h"

#include <stddef.h>
#include <string.h>

#define MODE_MASK UINT32_C(0x0f000000)

/* The `width` bits from bit `shift` on. */
static uint32_t bits(uint32_t encoding, unsigned shift, unsigned width) {
    return encoding >> shift & ((UINT32_C(1) << width) - 1);
}

uint32_t compact_personality(uint32_t encoding) {
    return bits(encoding, 28, 2);
}

#if defined(__x86_64__)

enum mode {
    MODE_RBP_FRAME = 0x01000000,
    MODE_STACK_IMMEDIATE = 0x02000000,
    MODE_STACK_INDIRECT = 0x03000000,
    MODE_DWARF = 0x04000000
};

enum { DWARF_RSP = 7, DWARF_RBP = 6, DWARF_RETURN = 16, SAVED_REGISTERS = 6 };

/* DWARF's numbers of the registers 1 to 6 of an encoding: rbx, r12 to r15, rbp. */
static const uint8_t dwarf_registers[] = {0, 3, 12, 13, 14, 15, DWARF_RBP};

static bool write_rbp_frame(struct cfi *cfi, uint32_t encoding) {
    uint32_t below = 16 + 8 * bits(encoding, 16, 8);
    cfi_define_frame(cfi, DWARF_RBP, 16);
    cfi_saved(cfi, DWARF_RBP, 16);
    for (unsigned i = 0; i < 5; i++) {
        uint32_t number = bits(encoding, 3 * i, 3);
        if (number > 5)
            return false;
        if (number != 0)
            cfi_saved(cfi, dwarf_registers[number], below - 8 * i);
    }
    return true;
}

/* The numbers of `count` different registers, of which `permutation` says which and in what order:
 * digit i counts in the registers that digits before it left. */
static void registers_of(uint32_t permutation, uint32_t count, uint8_t numbers[SAVED_REGISTERS]) {
    bool used[SAVED_REGISTERS + 1] = {false};
    for (uint32_t i = 0; i < count; i++) {
        uint32_t weight = 1, number = 1;
        for (uint32_t j = i + 1; j < count; j++)
            weight *= SAVED_REGISTERS - j;
        for (uint32_t digit = permutation / weight; used[number] || digit > 0; number++)
            digit -= !used[number];
        permutation %= weight;
        used[number] = true;
        numbers[i] = (uint8_t)number;
    }
}

static bool write_stack_frame(struct cfi *cfi, uint32_t encoding, uint64_t size) {
    uint8_t numbers[SAVED_REGISTERS];
    uint32_t count = bits(encoding, 10, 3), permutation = bits(encoding, 0, 10);
    if (count > SAVED_REGISTERS || permutation >= 720)
        return false;
    registers_of(permutation, count, numbers);
    cfi_define_frame(cfi, DWARF_RSP, size);
    for (uint32_t i = 0; i < count; i++)
        cfi_saved(cfi, dwarf_registers[numbers[i]], 8 + 8 * (uint64_t)(count - i));
    return true;
}

/* The size of a large frame stands in the instruction that makes it. */
static uint64_t indirect_size(uint32_t encoding, uint64_t start) {
    uint32_t immediate;
    const char *instruction = (const char *)(uintptr_t)start;
    memcpy(&immediate, instruction + bits(encoding, 16, 8), sizeof immediate);
    return immediate + UINT64_C(8) * bits(encoding, 13, 3);
}

bool compact_frame_write(struct cfi *cfi, uint32_t encoding, uint64_t start) {
    cfi_saved(cfi, DWARF_RETURN, 8);
    switch (encoding & MODE_MASK) {
    case MODE_RBP_FRAME:
        return write_rbp_frame(cfi, encoding);
    case MODE_STACK_IMMEDIATE:
        return write_stack_frame(cfi, encoding, UINT64_C(8) * bits(encoding, 16, 8));
    case MODE_STACK_INDIRECT:
        return write_stack_frame(cfi, encoding, indirect_size(encoding, start));
    default:
        return false;
    }
}

#else

enum mode { MODE_FRAMELESS = 0x02000000, MODE_DWARF = 0x03000000, MODE_FRAME = 0x04000000 };

enum {
    DWARF_X19 = 19,
    DWARF_FP = 29,
    DWARF_RETURN = 30,
    DWARF_SP = 31,
    DWARF_D8 = 72,
    PAIRS_OF_X = 5,
    PAIRS_OF_D = 4
};

/* Pairs of registers whose bits from `shift` on are set, one below the other. */
static uint64_t write_pairs(struct cfi *cfi, uint32_t encoding, unsigned shift, unsigned count,
                            unsigned first, uint64_t below) {
    for (unsigned i = 0; i < count; i++) {
        if (bits(encoding, shift + i, 1) == 0)
            continue;
        cfi_saved(cfi, first + 2 * i, below);
        cfi_saved(cfi, first + 2 * i + 1, below + 8);
        below += 16;
    }
    return below;
}

bool compact_frame_write(struct cfi *cfi, uint32_t encoding, uint64_t start) {
    uint64_t below = 8;
    (void)start;
    switch (encoding & MODE_MASK) {
    case MODE_FRAMELESS:
        cfi_define_frame(cfi, DWARF_SP, UINT64_C(16) * bits(encoding, 12, 12));
        break;
    case MODE_FRAME:
        cfi_define_frame(cfi, DWARF_FP, 16);
        cfi_saved(cfi, DWARF_RETURN, 8);
        cfi_saved(cfi, DWARF_FP, 16);
        below = 24;
        break;
    default:
        return false;
    }
    below = write_pairs(cfi, encoding, 0, PAIRS_OF_X, DWARF_X19, below);
    write_pairs(cfi, encoding, 8, PAIRS_OF_D, DWARF_D8, below);
    return true;
}

#endif

bool compact_is_dwarf(uint32_t encoding, uint32_t *offset) {
    *offset = bits(encoding, 0, 24);
    return (encoding & MODE_MASK) == MODE_DWARF;
}

struct cfi_common compact_common(void) {
    return (struct cfi_common){.code_unit = 1, .data_unit = -8, .return_register = DWARF_RETURN};
}
