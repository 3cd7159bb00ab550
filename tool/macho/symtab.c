#include "macho/symtab.h"

#include <string.h>

/* The first place from `at` on where a string begins; `size` when there is none. */
static size_t next_start(const uint8_t *starts, size_t at, size_t size) {
    uint64_t eight = 0;
    while (at + sizeof eight <= size) {
        memcpy(&eight, starts + at, sizeof eight);
        if (eight != 0)
            break;
        at += sizeof eight;
    }
    while (at < size && starts[at] == SYMBOL_NONE)
        at++;
    return at;
}

/* The bytes of one string, of `size` with its NUL: each belongs to the greatest use that begins at
 * or before it. Returns the use of the last. */
static uint8_t feed_string(struct string_owners *owners, const uint8_t *starts, size_t size,
                           uint8_t owner) {
    size_t at = 0;
    while (at < size) {
        size_t next = next_start(starts, at + 1, size);
        if (starts[at] > owner)
            owner = starts[at];
        owners->bytes[owner] += next - at;
        at = next;
    }
    return owner;
}

void string_owners_feed(struct string_owners *owners, struct bytes window, const uint8_t *starts) {
    size_t at = 0;
    while (at < window.size) {
        size_t start = owners->carried != SYMBOL_NONE ? at : next_start(starts, at, window.size);
        owners->bytes[SYMBOL_NONE] += start - at;
        if (start == window.size)
            return;
        const uint8_t *end = memchr(window.data + start, '\0', window.size - start);
        size_t past = end == NULL ? window.size : (size_t)(end - window.data) + 1;
        uint8_t owner = feed_string(owners, starts + start, past - start, owners->carried);
        owners->carried = end == NULL ? owner : SYMBOL_NONE;
        at = past;
    }
}

bool nlist_has_address(const struct nlist *symbol) {
    static const uint8_t stabs[] = {N_FUN, N_STSYM, N_LCSYM, N_BNSYM, N_SLINE, N_SOL};
    if ((symbol->type & N_STAB) == 0)
        return (symbol->type & N_TYPE) == N_SECT;
    return symbol->section != 0 && memchr(stabs, symbol->type, sizeof stabs) != NULL;
}
