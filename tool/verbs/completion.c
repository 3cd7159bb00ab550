#include "verbs/completion.h"

#include "verbs/common_options.h"

#include <stdio.h>
#include <string.h>

static const struct shell shells[] = {
    {"bash", completion_write_bash},
    {"zsh", completion_write_zsh},
    {"fish", completion_write_fish},
};

const struct shell *shell_row(size_t i) {
    return i < sizeof shells / sizeof shells[0] ? &shells[i] : NULL;
}

/* The words of placeholders in capital letters. */
static const struct placeholder {
    const char *word;
    enum completion_kind kind;
} placeholders[] = {
    {"FILE", COMPLETE_FILES},         {"DIR", COMPLETE_FOLDERS},
    {"PATH", COMPLETE_FILES},         {"ORIGINAL", COMPLETE_FILES},
    {"CMD", COMPLETE_COMMANDS},       {"ARCH", COMPLETE_NOTHING},
    {"FORMAT", COMPLETE_NOTHING},     {"GLOB", COMPLETE_NOTHING},
    {"LEVEL", COMPLETE_NOTHING},      {"N", COMPLETE_NOTHING},
    {"NAME=GLOBS", COMPLETE_NOTHING}, {"NAME", COMPLETE_NOTHING},
    {"NAME=LEVEL", COMPLETE_NOTHING}, {"SIZE", COMPLETE_NOTHING},
    {"PERCENT", COMPLETE_NOTHING},    {"WHEN", COMPLETE_NOTHING},
    {"SECONDS", COMPLETE_NOTHING},
};

static const struct placeholder *find_placeholder(const char *word, size_t size) {
    for (size_t i = 0; i < sizeof placeholders / sizeof placeholders[0]; i++)
        if (strlen(placeholders[i].word) == size && memcmp(placeholders[i].word, word, size) == 0)
            return &placeholders[i];
    return NULL;
}

/* A word that stands for itself, as in "DIR|none". */
static bool is_literal(const char *word) {
    return word[0] >= 'a' && word[0] <= 'z';
}

/* The words of a placeholder, which '|' parts; the dots of "FILE..." are none. False at the end. */
static bool next_word(const char **at, const char **word, size_t *size) {
    if (*at == NULL || **at == '\0')
        return false;
    *word = *at;
    *size = strcspn(*word, "|.");
    *at = strchr(*word, '|');
    if (*at != NULL)
        (*at)++;
    return true;
}

bool completion_kinds(const struct option_row *row, unsigned *kinds) {
    const char *at = row->placeholder, *word;
    size_t size;
    *kinds = COMPLETE_NOTHING;
    while (next_word(&at, &word, &size)) {
        if (is_literal(word))
            continue;
        const struct placeholder *known = find_placeholder(word, size);
        if (known == NULL)
            return false;
        *kinds |= (unsigned)known->kind;
    }
    return true;
}

static void add_choice(const struct option_choices *choices, const char *choice, struct text *out) {
    const char *value;
    if (choices->value == NULL)
        text_addf(out, " %s", choice);
    for (size_t i = 0; choices->value != NULL && (value = choices->value(i)) != NULL; i++)
        text_addf(out, " %s=%s", choice, value);
}

void completion_words(const struct option_row *row, struct text *out) {
    const char *at = row->placeholder, *word, *choice;
    size_t size;
    bool has = row->choices != NULL && row->choices->choice != NULL;
    for (size_t i = 0; has && (choice = row->choices->choice(i)) != NULL; i++)
        add_choice(row->choices, choice, out);
    while (next_word(&at, &word, &size))
        if (is_literal(word))
            text_addf(out, " %.*s", (int)size, word);
}

void completion_verbs(struct text *out) {
    const struct verb *verb;
    for (size_t i = 0; (verb = verb_row(i)) != NULL; i++)
        text_addf(out, " %s", verb->name);
}

void completion_shells(struct text *out) {
    for (size_t i = 0; shell_row(i) != NULL; i++)
        text_addf(out, " %s", shell_row(i)->name);
}

bool completion_ends_with_command(const struct verb *verb) {
    return strstr(verb->arguments, " -- ") != NULL;
}

void completion_quote(const char *string, const char *apostrophe, struct text *out) {
    text_add(out, "'");
    for (; *string != '\0'; string++) {
        if (*string == '\'')
            text_add(out, apostrophe);
        else
            text_add_bytes(out, string, 1);
    }
    text_add(out, "'");
}

/* --- the verb --- */

struct completion_arguments {
    const char *color;
};

static const struct option_row rows[] = {COLOR_ROW(struct completion_arguments)};

static const struct shell *shell_named(const char *name, struct error *error) {
    struct text names = {0};
    for (size_t i = 0; shell_row(i) != NULL; i++)
        if (strcmp(shell_row(i)->name, name) == 0)
            return shell_row(i);
    completion_shells(&names);
    error_usage(error, "completions are there for%s, not for '%s'", names.data, name);
    text_free(&names);
    return NULL;
}

static bool print(const struct shell *shell, struct error *error) {
    struct text script = {0};
    shell->write(&script);
    bool printed =
        fwrite(script.data, 1, script.size, stdout) == script.size && fflush(stdout) == 0;
    text_free(&script);
    return printed || error_errno(error, "standard output", "cannot write");
}

static int run(const struct call *call) {
    struct string_list operands = {0};
    struct error error;
    struct completion_arguments arguments = {0};
    if (!call_parse(call, &verb_completion, &arguments, &operands, &error))
        return call_fail(&verb_completion, &error);
    if (operands.count != 1) {
        error_usage(&error, "completion needs one shell");
        return call_fail(&verb_completion, &error);
    }
    const struct shell *shell = shell_named(operands.items[0], &error);
    if (shell == NULL || !print(shell, &error))
        return call_fail(&verb_completion, &error);
    return EXIT_FITS;
}

const struct verb verb_completion = {
    "completion",
    "bash|zsh|fish",
    "print the completions for a shell",
    rows,
    sizeof rows / sizeof rows[0],
    run,
};
