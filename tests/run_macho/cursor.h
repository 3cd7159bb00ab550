/* A cursor over one part of an image, which ends the run with a message when the part is shorter
 * than what is asked of it. */
#ifndef VAFIT_RUN_MACHO_CURSOR_H
#define VAFIT_RUN_MACHO_CURSOR_H

#include "base/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is read is trusted no further than this: set all members but `at` yourself. */
struct cursor {
    struct bytes bytes;
    size_t at;         /* bytes from their start */
    const char *image; /* for messages: the path */
    const char *part;  /* for messages: "exports trie" */
};

bool cursor_at_end(const struct cursor *cursor);
/* Continues at byte `at`. */
void cursor_move(struct cursor *cursor, uint64_t at);
/* Little-endian numbers. */
uint8_t cursor_u8(struct cursor *cursor);
uint16_t cursor_u16(struct cursor *cursor);
uint32_t cursor_u32(struct cursor *cursor);
uint64_t cursor_u64(struct cursor *cursor);
/* LEB128 numbers. */
uint64_t cursor_uleb(struct cursor *cursor);
int64_t cursor_sleb(struct cursor *cursor);
/* A NUL-terminated string; points into the bytes. */
const char *cursor_string(struct cursor *cursor);

#endif
