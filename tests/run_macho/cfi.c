#include "cfi.h"

#include <string.h>

enum {
    DW_CFA_nop = 0x00,
    DW_CFA_offset_extended = 0x05,
    DW_CFA_def_cfa = 0x0c,
    LENGTH_SIZE = 4,
    UNIT = 8 /* lengths are multiples of it */
};

/* libgcc's. */
void __register_frame(void *table);

static void put(struct cfi *cfi, uint64_t value, size_t size) {
    for (size_t i = 0; i < size; i++)
        *vector_push(cfi->arena, cfi) = (uint8_t)(value >> 8 * i);
}

static void put_uleb(struct cfi *cfi, uint64_t value) {
    for (; value >= 0x80; value >>= 7)
        put(cfi, value | 0x80, 1);
    put(cfi, value, 1);
}

static void put_sleb(struct cfi *cfi, int64_t value) {
    for (; value < -0x40 || value >= 0x40; value >>= 7)
        put(cfi, (uint64_t)value | 0x80, 1);
    put(cfi, (uint64_t)value & 0x7f, 1);
}

void cfi_instructions(struct cfi *cfi, struct bytes instructions) {
    for (size_t i = 0; i < instructions.size; i++)
        put(cfi, instructions.data[i], 1);
}

/* Pads the entry that begins at `start` and fills in its length. */
static void end_entry(struct cfi *cfi, size_t start) {
    while ((cfi->count - start) % UNIT != 0)
        put(cfi, DW_CFA_nop, 1);
    uint32_t length = (uint32_t)(cfi->count - start - LENGTH_SIZE);
    memcpy(cfi->items + start, &length, sizeof length);
}

static void put_common(struct cfi *cfi, const struct cfi_common *common) {
    static const char augmentation[] = "zPLR";
    cfi->common = *common;
    cfi->common_at = cfi->count;
    put(cfi, 0, LENGTH_SIZE);
    put(cfi, 0, 4); /* that it is a CIE */
    put(cfi, 1, 1); /* version */
    for (size_t i = 0; i < sizeof augmentation; i++)
        put(cfi, (uint8_t)augmentation[i], 1);
    put_uleb(cfi, common->code_unit);
    put_sleb(cfi, common->data_unit);
    put(cfi, common->return_register, 1);
    put_uleb(cfi, 11); /* bytes that follow: three encodings, each of plain pointers, and one */
    put(cfi, 0, 1);
    put(cfi, common->personality, 8);
    put(cfi, 0, 1);
    put(cfi, 0, 1);
    cfi_instructions(cfi, common->instructions);
    end_entry(cfi, cfi->common_at);
}

static bool same_common(const struct cfi_common *a, const struct cfi_common *b) {
    return a->personality == b->personality && a->code_unit == b->code_unit &&
           a->data_unit == b->data_unit && a->return_register == b->return_register &&
           a->instructions.data == b->instructions.data;
}

void cfi_begin_function(struct cfi *cfi, const struct cfi_function *function) {
    if (cfi->count == 0 || !same_common(&cfi->common, &function->common))
        put_common(cfi, &function->common);
    cfi->function_at = cfi->count;
    put(cfi, 0, LENGTH_SIZE);
    put(cfi, cfi->count - cfi->common_at, 4);
    put(cfi, function->start, 8);
    put(cfi, function->end - function->start, 8);
    put_uleb(cfi, 8); /* bytes that follow: a pointer */
    put(cfi, function->lsda, 8);
}

void cfi_end_function(struct cfi *cfi) {
    end_entry(cfi, cfi->function_at);
}

void cfi_define_frame(struct cfi *cfi, unsigned dwarf_register, uint64_t offset) {
    put(cfi, DW_CFA_def_cfa, 1);
    put_uleb(cfi, dwarf_register);
    put_uleb(cfi, offset);
}

void cfi_saved(struct cfi *cfi, unsigned dwarf_register, uint64_t below) {
    put(cfi, DW_CFA_offset_extended, 1);
    put_uleb(cfi, dwarf_register);
    put_uleb(cfi, below / (uint64_t)-cfi->common.data_unit);
}

void cfi_register(struct cfi *cfi) {
    if (cfi->count == 0)
        return;
    put(cfi, 0, LENGTH_SIZE);
    __register_frame(cfi->items);
}
