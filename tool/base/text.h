/* Text under construction: a string that grows. */
#ifndef VAFIT_BASE_TEXT_H
#define VAFIT_BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Zero-initialise it. */
struct text {
    char *data;      /* owned, NUL-terminated once anything was added; NULL before */
    size_t size;     /* bytes without the NUL */
    size_t capacity; /* bytes */
};

void text_add(struct text *text, const char *string);
void text_add_bytes(struct text *text, const char *bytes, size_t size);
void text_addf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Adds a number's decimal digits. */
void text_add_number(struct text *text, uint64_t number);
/* The one way of names from files and arguments into what is printed. Adds the name with its
 * control characters (C0, DEL, and C1 as UTF-8 or as a byte of its own) spelled out as "\x0a", so
 * that it makes no lines of its own and no colours; a "::" that it begins with and any "##[" are
 * broken, so that it begins no command of a build log (GitHub: ActionCommand.TryParse). What is
 * printable already stays as it is. */
void text_add_printable(struct text *text, const char *name);
/* Adds what the format makes, all of it printable in that way. */
void text_addf_printable(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Prints one line, all of it printable in that way, and the newline after it. */
void text_print_line(FILE *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* How many bytes the control character at `at` takes; 0 where there is none. */
size_t text_control_size(const char *at);
/* Adds a word as a shell reads it, in quotes where it needs them; printable, like a name. */
void text_add_shell_word(struct text *text, const char *word);
/* Likewise a path, which no command takes for an option. */
void text_add_shell_path(struct text *text, const char *path);
/* Adds a line and the newline after it, broken at spaces where it would have more than `width`
 * columns; 0 for one line whatever its length. What follows the first line has `indent` spaces
 * before it. A word is never broken, and of escape sequences (colours) and UTF-8 the columns are
 * counted. */
void text_add_wrapped(struct text *text, const char *line, size_t width, size_t indent);
/* Likewise all lines of a string; what follows a first line stands four columns further in. */
void text_add_wrapped_lines(struct text *text, const char *lines, size_t width);
/* Takes away the last `size` bytes, which are there. */
void text_shorten(struct text *text, size_t size);
void text_free(struct text *text);

#endif
