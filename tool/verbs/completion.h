/* Completions for shells, written from the tables of verbs and options. */
#ifndef VAFIT_VERBS_COMPLETION_H
#define VAFIT_VERBS_COMPLETION_H

#include "base/options.h"
#include "base/text.h"
#include "verbs/verb.h"

#include <stdbool.h>
#include <stddef.h>

/* What a shell can offer in place of an argument, beside words of vafit's own; added up. */
enum completion_kind {
    COMPLETE_NOTHING = 0,
    COMPLETE_FILES = 1,
    COMPLETE_FOLDERS = 2,
    COMPLETE_COMMANDS = 4,
};

/* A shell whose completions are known. */
struct shell {
    const char *name;
    void (*write)(struct text *out); /* the whole script */
};

/* Shell i; NULL after the last. */
const struct shell *shell_row(size_t i);

/* What the row's argument is, by the words of its placeholder: "FILE", "DIR|none". False for one
 * that completion.c does not list. */
bool completion_kinds(const struct option_row *row, unsigned *kinds);
/* Adds the words that may stand for the row's argument, a blank before each: choices,
 * CHOICE=VALUE, and what a placeholder has in small letters. Nothing for none. */
void completion_words(const struct option_row *row, struct text *out);
/* Likewise the names of all verbs, and of the shells. */
void completion_verbs(struct text *out);
void completion_shells(struct text *out);
/* Whether a command of its own stands behind the verb's "--". */
bool completion_ends_with_command(const struct verb *verb);
/* Adds a string in single quotes; `apostrophe` stands for one of its own. */
void completion_quote(const char *string, const char *apostrophe, struct text *out);

/* The writers; nothing in them needs another program than the shell. */
void completion_write_bash(struct text *out); /* from bash 3.2 on */
void completion_write_zsh(struct text *out);
void completion_write_fish(struct text *out); /* from fish 3.0 on */

#endif
