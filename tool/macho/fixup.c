#include "macho/fixup.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What a message shows of a name, bytes. */
enum { NAME_SHOWN = 160 };

#define ORDER(left, right) ((left) < (right) ? -1 : (left) > (right))

bool ordinal_valid(int64_t ordinal, const struct image *image) {
    return ordinal >= ORDINAL_WEAK &&
           (ordinal <= 0 || (uint64_t)ordinal <= (uint64_t)image->dylibs.count);
}

/* The same symbol is mostly at the same place. */
static int name_order(const char *left, const char *right) {
    if (left == right)
        return 0;
    if (left == NULL || right == NULL)
        return left == NULL ? -1 : 1;
    return strcmp(left, right);
}

int import_order(const void *left, const void *right) {
    const struct import *a = left, *b = right;
    const int orders[] = {
        ORDER(a->ordinal, b->ordinal),
        ORDER(a->weak, b->weak),
        ORDER(a->addend, b->addend),
    };
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++)
        if (orders[i] != 0)
            return orders[i];
    return name_order(a->symbol, b->symbol);
}

bool import_same(const struct import *left, const struct import *right) {
    return import_order(left, right) == 0;
}

static bool signature_same(const struct pointer_signature *left,
                           const struct pointer_signature *right) {
    return left->present == right->present && left->key == right->key &&
           left->diversity == right->diversity &&
           left->address_diversity == right->address_diversity;
}

bool fixup_same(const struct fixup *left, const struct fixup *right) {
    return left->kind == right->kind && left->address == right->address &&
           left->target == right->target && left->high_byte == right->high_byte &&
           left->lazy_entry == right->lazy_entry &&
           signature_same(&left->signature, &right->signature) &&
           import_same(&left->import, &right->import);
}

int fixup_order(const void *left, const void *right) {
    const struct fixup *a = left, *b = right;
    if (a->address != b->address)
        return ORDER(a->address, b->address);
    if (a->kind != b->kind)
        return ORDER(a->kind, b->kind);
    if (a->lazy_entry != b->lazy_entry)
        return ORDER(a->lazy_entry, b->lazy_entry);
    if (a->target != b->target)
        return ORDER(a->target, b->target);
    return import_order(&a->import, &b->import);
}

/* --- in words --- */

static void describe_name(const char *name, struct text *text) {
    char shown[NAME_SHOWN + 1];
    if (name[0] == '\0')
        text_add(text, "a symbol without name");
    snprintf(shown, sizeof shown, "%.*s", NAME_SHOWN, name);
    text_add_printable(text, shown);
    if (strlen(name) > NAME_SHOWN)
        text_add(text, "...");
}

static void describe_symbol(const struct import *import, struct text *text) {
    uint64_t distance = (uint64_t)import->addend;
    describe_name(import->symbol, text);
    if (import->addend > 0)
        text_addf(text, " + 0x%" PRIx64, distance);
    if (import->addend < 0)
        text_addf(text, " - 0x%" PRIx64, -distance);
}

void import_describe(const struct import *import, struct text *text) {
    static const char *const special[] = {"this image", "the executable", "flat lookup",
                                          "weak lookup"};
    describe_symbol(import, text);
    text_addf(text, " of ordinal %" PRId32, import->ordinal);
    if (import->ordinal <= 0 && import->ordinal >= ORDINAL_WEAK)
        text_addf(text, " (%s)", special[-import->ordinal]);
    if (import->weak)
        text_add(text, ", which may be missing");
}

static void describe_signature(const struct pointer_signature *signature, struct text *text) {
    static const char *const keys[] = {"IA", "IB", "DA", "DB"};
    if (signature->present)
        text_addf(text, ", signed with key %s, diversity 0x%04x%s", keys[signature->key & 3],
                  signature->diversity, signature->address_diversity ? " and its address" : "");
}

static void describe_rebase(const struct fixup *fixup, struct text *text) {
    text_addf(text, "points to 0x%" PRIx64, fixup->target);
    if (fixup->high_byte != 0)
        text_addf(text, " with high byte 0x%02x", fixup->high_byte);
}

static void describe_bind(const struct fixup *fixup, struct text *text) {
    text_add(text, "binds ");
    import_describe(&fixup->import, text);
}

static void describe_weak_bind(const struct fixup *fixup, struct text *text) {
    text_add(text, "binds ");
    describe_symbol(&fixup->import, text);
    text_add(text, " to the definition that all images share");
}

static void describe_lazy_bind(const struct fixup *fixup, struct text *text) {
    text_add(text, "lazily binds ");
    import_describe(&fixup->import, text);
    text_addf(text, " by the opcodes at byte 0x%" PRIx64, fixup->lazy_entry);
}

static void describe_strong(const struct fixup *fixup, struct text *text) {
    text_add(text, "a strong definition of ");
    describe_name(fixup->import.symbol, text);
}

void fixup_describe(const struct fixup *fixup, struct text *text) {
    static void (*const kinds[])(const struct fixup *, struct text *) = {
        [FIXUP_REBASE] = describe_rebase,       [FIXUP_BIND] = describe_bind,
        [FIXUP_WEAK_BIND] = describe_weak_bind, [FIXUP_LAZY_BIND] = describe_lazy_bind,
        [FIXUP_STRONG] = describe_strong,
    };
    kinds[fixup->kind](fixup, text);
    describe_signature(&fixup->signature, text);
}

void fixup_describe_place(const struct image *image, uint64_t address, struct text *text) {
    text_addf(text, "0x%" PRIx64, address);
    for (size_t i = 0; i < image->segments.count; i++) {
        const struct segment *segment = &image->segments.items[i];
        if (address < segment->address || address - segment->address >= segment->vm_size)
            continue;
        text_add(text, " (");
        text_add_printable(text, segment->name);
        text_add(text, ")");
        return;
    }
}

/* --- segments --- */

uint64_t fixup_segment_size(const struct segment *segment) {
    return segment->file_size < segment->vm_size ? segment->file_size : segment->vm_size;
}

struct bytes fixup_segment_contents(const struct segment *segment, struct bytes slice) {
    struct bytes contents = {NULL, 0};
    bytes_part(slice, segment->file_offset, fixup_segment_size(segment), &contents);
    return contents;
}
