/* Pasted text: a report as it comes from a mail, an issue or a terminal, made readable again. */
#ifndef VAFIT_CRASH_PASTED_H
#define VAFIT_CRASH_PASTED_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text in the arena, with a NUL after it and none in it. */
struct pasted {
    const char *data;
    size_t size; /* bytes without the NUL */
};

/* Takes off what pasting adds: line ends of Windows, quote marks before lines ("> "), HTML's names
 * of characters, blank lines; NULs go. Nothing else changes, so that what a string of
 * the report says stays what it says. */
struct pasted pasted_clean(struct arena *arena, const char *data, size_t size);

/* The lines of a text, one at a time. */
struct pasted_line {
    const char *at;
    size_t size;    /* bytes without the newline and the blanks around */
    bool has_ended; /* a newline follows: the line was not cut */
};

/* The next line from *at on; false at the end. */
bool pasted_next_line(const struct pasted *pasted, size_t *at, struct pasted_line *line);
/* Reads a hexadecimal number of at most 64 bits, with or without "0x", and what blanks are before
 * it; *at is then behind it. */
bool pasted_hex(const char **at, const char *end, uint64_t *number);
bool pasted_line_begins(const struct pasted_line *line, const char *words);

#endif
