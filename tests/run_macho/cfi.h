/* Call frame information: how to leave each function, in the DWARF form that the host's unwinder
 * reads (the .eh_frame of the Linux Standard Base). */
#ifndef VAFIT_RUN_MACHO_CFI_H
#define VAFIT_RUN_MACHO_CFI_H

#include "base/arena.h"
#include "base/bytes.h"

#include <stddef.h>
#include <stdint.h>

/* What several functions have in common: a CIE. */
struct cfi_common {
    uint64_t personality; /* its address; 0 for none */
    uint64_t code_unit;   /* bytes a step of the program counter */
    int64_t data_unit;    /* bytes a step of a saved register's place */
    uint64_t return_register;
    struct bytes instructions; /* that hold at the start of each */
};

/* One function: a FDE. */
struct cfi_function {
    struct cfi_common common;
    uint64_t start; /* address */
    uint64_t end;
    uint64_t lsda; /* the personality's table; 0 for none */
};

/* A table under construction. Zero-initialise it but for the arena. */
struct cfi {
    struct arena *arena;
    uint8_t *items; /* the table so far, in the arena */
    size_t count;   /* bytes */
    size_t capacity;
    size_t function_at;       /* where the function under construction begins */
    size_t common_at;         /* where the last CIE begins */
    struct cfi_common common; /* what it says; code_unit is 0 before there is one */
};

/* Begins a function; then come its instructions, then cfi_end_function. */
void cfi_begin_function(struct cfi *cfi, const struct cfi_function *function);
/* The caller's stack pointer is the register plus `offset` bytes. */
void cfi_define_frame(struct cfi *cfi, unsigned dwarf_register, uint64_t offset);
/* The caller's register is saved `below` bytes below that stack pointer, a multiple of the
 * common data_unit, which is negative. */
void cfi_saved(struct cfi *cfi, unsigned dwarf_register, uint64_t below);
/* Instructions as they are. */
void cfi_instructions(struct cfi *cfi, struct bytes instructions);
void cfi_end_function(struct cfi *cfi);
/* Hands the table to the host's unwinder, for good. */
void cfi_register(struct cfi *cfi);

#endif
