#include "verbs/manual.h"

#include "verbs/verb.h"

#include <ctype.h>
#include <string.h>

/* --- one option --- */

static void add_lower(const char *word, size_t size, struct text *out) {
    for (size_t i = 0; i < size; i++) {
        char letter = (char)tolower((unsigned char)word[i]);
        text_add_bytes(out, &letter, 1);
    }
}

/* "NAME=LEVEL" as "Ar name Ns = Ns Ar level"; a word in small letters stands for itself. */
static void add_placeholder(const char *at, struct text *out) {
    while (*at != '\0') {
        size_t size = strcspn(at, "|=.");
        text_add(out, islower((unsigned char)*at) ? " Cm " : " Ar ");
        add_lower(at, size, out);
        at += size;
        if (*at == '.') {
            text_add(out, " ...");
            return;
        }
        if (*at != '\0')
            text_add(out, *at++ == '=' ? " Ns = Ns" : " |");
    }
}

static void add_head(const struct option_row *row, struct text *out) {
    text_add(out, ".It");
    if (row->letter != 0)
        text_addf(out, " Fl %c ,", row->letter);
    text_addf(out, " Fl Fl %s", row->name);
    if (row->placeholder != NULL)
        add_placeholder(row->placeholder, out);
    text_add(out, "\n");
}

/* --- its help, a word at a time --- */

/* A word, the punctuation behind it apart. */
struct word {
    const char *at;
    size_t size;
    const char *behind;
    size_t behind_size;
};

/* What stands between two backquotes is one word. False at the end. */
static bool next_word(const char **at, struct word *word) {
    *at += strspn(*at, " ");
    if (**at == '\0')
        return false;
    bool quoted = **at == '`';
    size_t size = quoted ? strcspn(*at + 1, "`") + 2 : strcspn(*at, " ");
    *word = (struct word){.at = *at, .size = size};
    while (word->size > 1 && strchr(",;:", word->at[word->size - 1]) != NULL)
        word->size--;
    word->behind = word->at + word->size;
    word->behind_size = size - word->size;
    *at += size;
    return true;
}

static bool is_choice(const struct option_row *row, const struct word *word) {
    const struct option_choices *choices = row->choices;
    if (choices == NULL || choices->choice == NULL)
        return false;
    const char *(*name)(size_t i) = choices->value == NULL ? choices->choice : choices->value;
    for (size_t i = 0; name(i) != NULL; i++)
        if (strlen(name(i)) == word->size && memcmp(name(i), word->at, word->size) == 0)
            return true;
    return false;
}

/* Whether the word is one of the placeholder's. */
static bool is_argument(const struct option_row *row, const struct word *word) {
    const char *at = row->placeholder == NULL ? "" : row->placeholder;
    while (*at != '\0') {
        size_t size = strcspn(at, "|=.");
        if (size == word->size && memcmp(at, word->at, size) == 0)
            return true;
        at += size;
        at += strspn(at, "|=.");
    }
    return false;
}

/* Whether so many characters more would make the line too long to read in the source. */
static bool is_full(const struct text *out, size_t more) {
    size_t size = 0;
    while (size < out->size && out->data[out->size - 1 - size] != '\n')
        size++;
    return size + more > 78;
}

/* A word with a macro of its own is a line of its own; `*is_macro` is whether the last was. */
static void add_word(const struct option_row *row, const struct word *word, bool *is_macro,
                     struct text *out) {
    bool quoted = word->at[0] == '`';
    bool is_option = word->size > 2 && memcmp(word->at, "--", 2) == 0;
    bool argument = is_argument(row, word), choice = is_choice(row, word), was = *is_macro;
    *is_macro = quoted || is_option || argument || choice;
    text_add(out, was || *is_macro || is_full(out, word->size) ? "\n" : " ");
    if (quoted)
        text_addf(out, ".Ql %.*s", (int)word->size - 2, word->at + 1);
    else if (is_option)
        text_addf(out, ".Fl Fl %.*s", (int)word->size - 2, word->at + 2);
    else if (argument)
        text_add(out, ".Ar ");
    else
        text_addf(out, "%s%.*s", choice ? ".Cm " : "", (int)word->size, word->at);
    if (argument)
        add_lower(word->at, word->size, out);
    text_addf(out, "%s%.*s", *is_macro && word->behind_size != 0 ? " " : "", (int)word->behind_size,
              word->behind);
}

/* A sentence begins with a capital letter, unless with a choice, and ends with a full stop. */
static void add_help(const struct option_row *row, struct text *out) {
    struct text help = {0}, sentence = {0};
    struct word word;
    bool is_macro = false;
    option_help(row, &help);
    const char *at = help.data;
    while (next_word(&at, &word))
        add_word(row, &word, &is_macro, &sentence);
    char *first = sentence.data + 1;
    *first = (char)toupper((unsigned char)*first);
    text_addf(out, "%s%s\n", first, is_macro ? " ." : ".");
    text_free(&help);
    text_free(&sentence);
}

/* --- which verbs share it --- */

static bool same_text(const char *a, const char *b) {
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool has_option(const struct verb *verb, const struct option_row *row) {
    for (size_t i = 0; i < verb->row_count; i++) {
        const struct option_row *other = &verb->rows[i];
        if (other->letter == row->letter && other->kind == row->kind &&
            other->choices == row->choices && same_text(other->name, row->name) &&
            same_text(other->placeholder, row->placeholder) && same_text(other->help, row->help))
            return true;
    }
    return false;
}

/* The verbs that have the option, bit i for verb i. */
static unsigned long verbs_with(const struct option_row *row) {
    unsigned long verbs = 0;
    for (size_t i = 0; verb_row(i) != NULL; i++)
        if (has_option(verb_row(i), row))
            verbs |= 1UL << i;
    return verbs;
}

/* ".Ss For check, why and fix" */
static void add_heading(unsigned long verbs, struct text *out) {
    const char *before = ".Ss For ";
    for (size_t i = 0; verb_row(i) != NULL; i++) {
        if ((verbs & 1UL << i) == 0)
            continue;
        text_addf(out, "%s%s", before, verb_row(i)->name);
        unsigned long behind = verbs >> (i + 1);
        before = (behind & (behind - 1)) == 0 ? " and " : ", ";
    }
    text_add(out, "\n.Bl -tag -width Ds\n");
}

/* The options that exactly these verbs share, as the first of them lists them. */
static void add_group(const struct verb *first, unsigned long verbs, struct text *out) {
    add_heading(verbs, out);
    for (size_t i = 0; i < first->row_count; i++) {
        if (verbs_with(&first->rows[i]) != verbs)
            continue;
        add_head(&first->rows[i], out);
        add_help(&first->rows[i], out);
    }
    text_add(out, ".El\n");
}

/* Whether an earlier option of the verb, or an earlier verb, has brought the group already. */
static bool is_known(size_t verb, size_t row, unsigned long verbs) {
    if ((verbs & ((1UL << verb) - 1)) != 0)
        return true;
    for (size_t i = 0; i < row; i++)
        if (verbs_with(&verb_row(verb)->rows[i]) == verbs)
            return true;
    return false;
}

void manual_write_options(struct text *out) {
    const struct verb *verb;
    for (size_t i = 0; (verb = verb_row(i)) != NULL; i++)
        for (size_t j = 0; j < verb->row_count; j++) {
            unsigned long verbs = verbs_with(&verb->rows[j]);
            if (!is_known(i, j, verbs))
                add_group(verb, verbs, out);
        }
}
