/* What went wrong: the one error idiom of the whole program.
 *
 * A function that can fail returns false (or NULL) and fills the `struct error` it was given. The
 * layers below images/ know no file names: they fill `field` and `what`, and whoever opened the
 * file names it with error_in_file(). Errors are plain values: copy them freely. */
#ifndef VAFIT_BASE_ERROR_H
#define VAFIT_BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Each kind is its own exit status. */
enum error_kind {
    ERROR_NONE = 0,
    ERROR_USAGE = 2,     /* the command line is wrong */
    ERROR_MALFORMED = 3, /* an input is not what it claims to be */
    ERROR_IO = 4,        /* the operating system refused */
};

struct error {
    enum error_kind kind;
    char file[1024]; /* the file it is about, as the user would write it; "" for none */
    char field[160]; /* the field in that file, e.g. "load command 3 (LC_SYMTAB) symoff"; "" for
                        none */
    char what[640];  /* one sentence without a full stop */
};

/* A growing list of errors, for inputs where a user wants all of them. Zero-initialise it. */
struct errors {
    struct error *items; /* owned by the list; released by errors_free */
    size_t count;
    size_t capacity;
};

/* Each fills *error and returns false, so that `return error_malformed(...)` reads well. */
bool error_usage(struct error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool error_malformed(struct error *error, const char *field, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool error_io(struct error *error, const char *file, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* As error_io, with the text of errno after `what`. */
bool error_errno(struct error *error, const char *file, const char *what);

/* Names the file of an error that has none yet. Returns false. */
bool error_in_file(struct error *error, const char *file);

/* Prints "vafit: FILE: FIELD: WHAT" with a newline; absent parts are left out. */
void error_print(FILE *stream, const struct error *error);

void errors_add(struct errors *errors, const struct error *error);
/* Prints all of them in the order they were added. */
void errors_print(FILE *stream, const struct errors *errors);
/* The highest kind among them, which is the exit status; ERROR_NONE for an empty list. */
enum error_kind errors_worst(const struct errors *errors);
void errors_free(struct errors *errors);

/* Ends the program with the status of ERROR_IO: memory has run out. */
_Noreturn void out_of_memory(void);

#endif
