#include "base/options.h"

#include "base/near_name.h"
#include "base/size.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The value getopt_long gives for row i; clear of every character. */
enum { FIRST_ROW = 256 };

const struct option_choices option_in_mib = {.usual = "MiB"}, option_in_gib = {.usual = "GiB"};

bool option_takes_argument(const struct option_row *row) {
    return row->kind != OPTION_FLAG;
}

/* Both forms of the option table that getopt_long wants. The leading '-' makes it report operands
 * in their place, which OPTION_MANY needs; the ':' tells a missing argument from an unknown option.
 */
static struct option *long_options(struct arena *arena, const struct option_row *rows, size_t count,
                                   char **letters) {
    struct option *options = arena_take(arena, (count + 1) * sizeof *options);
    char *letter = *letters = arena_take(arena, 2 * count + 3);
    *letter++ = '-';
    *letter++ = ':';
    for (size_t i = 0; i < count; i++) {
        options[i].name = rows[i].name;
        options[i].has_arg = option_takes_argument(&rows[i]) ? required_argument : no_argument;
        options[i].val = FIRST_ROW + (int)i;
        if (rows[i].letter != 0) {
            *letter++ = rows[i].letter;
            if (option_takes_argument(&rows[i]))
                *letter++ = ':';
        }
    }
    return options;
}

static const struct option_row *row_of(const struct option_row *rows, size_t count, int code) {
    if (code >= FIRST_ROW)
        return &rows[code - FIRST_ROW];
    for (size_t i = 0; i < count; i++)
        if (rows[i].letter == code)
            return &rows[i];
    return NULL;
}

static bool set_count(const struct option_row *row, unsigned *member, const char *text,
                      struct error *error) {
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || value > 1000000)
        return error_usage(error, "--%s takes a whole number of at most 1000000, not '%s'",
                           row->name, text);
    *member = (unsigned)value;
    return true;
}

static bool lacks_unit(const struct option_row *row, const char *text, uint64_t bytes) {
    return row->choices != NULL && bytes != 0 && bytes < MIB &&
           strspn(text, "0123456789") == strlen(text);
}

static bool set_size(const struct option_row *row, struct size_option *member, const char *text,
                     struct error *error) {
    if (!size_parse(text, &member->bytes))
        return error_usage(error, "--%s takes a size such as 64MiB, 1.5GiB or 1048576, not '%s'",
                           row->name, text);
    if (lacks_unit(row, text, member->bytes))
        return error_usage(error,
                           "--%s %s: %s bytes or %s%s? less than 1048576 needs a unit: K, M, G, T",
                           row->name, text, text, text, row->choices->usual);
    member->given = true;
    return true;
}

static bool set_choice(const struct option_row *row, const char **member, const char *text,
                       struct error *error) {
    struct text all = {0};
    struct near_name near = {.word = text};
    char question[NEAR_NAME_QUESTION];
    const char *choice;
    for (size_t i = 0; (choice = row->choices->choice(i)) != NULL; i++) {
        if (strcmp(choice, text) == 0) {
            *member = choice;
            text_free(&all);
            return true;
        }
        text_addf(&all, "%s%s", i == 0 ? "" : ", ", choice);
        near_name_offer(&near, choice);
    }
    error_usage(error, "--%s takes one of %s, not '%s'%s", row->name, all.data, text,
                near_name_question(&near, "", question));
    text_free(&all);
    return false;
}

static bool set_member(struct arena *arena, const struct option_row *row, void *target,
                       const char *text, struct error *error) {
    void *member = (char *)target + row->member;
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)member = true;
        return true;
    case OPTION_TEXT:
        *(const char **)member = text;
        return true;
    case OPTION_SIZE:
        return set_size(row, member, text, error);
    case OPTION_COUNT:
        return set_count(row, member, text, error);
    case OPTION_CHOICE:
        return set_choice(row, member, text, error);
    case OPTION_EACH:
    case OPTION_MANY:
        *vector_push(arena, (struct string_list *)member) = text;
        return true;
    }
    return false;
}

/* getopt_long takes any beginning of a name for the whole; a build file that relied on one would
 * break with the next option. Whether the option was spelled out; *spelled is what was written. */
static bool is_spelled_out(const struct option_row *row, char **argv, const char **spelled) {
    bool apart = option_takes_argument(row) && optarg == argv[optind - 1];
    size_t size = strlen(row->name);
    *spelled = argv[optind - (apart ? 2 : 1)];
    return strncmp(*spelled + 2, row->name, size) == 0 &&
           ((*spelled)[2 + size] == '\0' || (*spelled)[2 + size] == '=');
}

static void reset_getopt(void) {
    opterr = 0;
#ifdef __APPLE__
    optreset = 1;
    optind = 1;
#else
    optind = 0;
#endif
}

/* "--formats=json": an option that there is not, or a flag with an argument. */
static bool reject_long(const struct command_line *line, const char *spelled, struct error *error) {
    char name[64], question[NEAR_NAME_QUESTION];
    struct near_name near = {.word = name};
    snprintf(name, sizeof name, "%.*s", (int)strcspn(spelled + 2, "="), spelled + 2);
    for (size_t i = 0; i < line->row_count; i++)
        near_name_offer(&near, line->rows[i].name);
    if (near.name == NULL || near.distance == 0)
        return error_usage(error, "there is no option %s, or it takes no argument", spelled);
    return error_usage(error, "there is no option %s%s", spelled,
                       near_name_question(&near, "--", question));
}

/* What getopt_long could not read: optopt is the letter, or beyond letters the row, or 0. */
static bool reject(int code, const struct command_line *line, struct error *error) {
    bool is_letter = optopt > 0 && optopt < FIRST_ROW;
    if (code == ':')
        return error_usage(error, "%s needs an argument", line->argv[optind - 1]);
    if (is_letter)
        return error_usage(error, "there is no option -%c", optopt);
    return reject_long(line, line->argv[optind - 1], error);
}

bool options_parse(struct arena *arena, const struct command_line *line, void *target,
                   struct string_list *operands, struct error *error) {
    char *letters, **argv = line->argv;
    struct option *options = long_options(arena, line->rows, line->row_count, &letters);
    struct string_list *list = operands;
    int code;
    reset_getopt();
    while ((code = getopt_long(line->argc, argv, letters, options, NULL)) != -1) {
        if (code == 1) {
            *vector_push(arena, list) = optarg;
            continue;
        }
        const struct option_row *row = row_of(line->rows, line->row_count, code);
        const char *spelled;
        if (row == NULL)
            return reject(code, line, error);
        if (code >= FIRST_ROW && !is_spelled_out(row, argv, &spelled))
            return error_usage(error, "there is no option %s; did you mean --%s?", spelled,
                               row->name);
        if (!set_member(arena, row, target, optarg, error))
            return false;
        list = operands;
        if (row->kind == OPTION_MANY)
            list = (struct string_list *)(void *)((char *)target + row->member);
    }
    while (optind < line->argc)
        *vector_push(arena, operands) = argv[optind++];
    return true;
}

/* Whether a name is one of those that `usual` has, with spaces between them. */
static bool is_usual_name(const char *usual, const char *name) {
    size_t size = strlen(name);
    for (const char *word = usual; word != NULL && *word != '\0';
         word += strcspn(word, " "), word += strspn(word, " "))
        if (strcspn(word, " ") == size && memcmp(word, name, size) == 0)
            return true;
    return false;
}

/* "text (default), json or sarif"; "macos-15, macos-26 (default), or a JSON file". */
static void list_choices(const struct option_choices *choices, struct text *out) {
    const char *(*name)(size_t i) = choices->value == NULL ? choices->choice : choices->value;
    for (size_t i = 0; name(i) != NULL; i++) {
        bool ends = name(i + 1) == NULL && choices->other == NULL;
        text_addf(out, "%s%s%s",
                  i == 0 ? ""
                  : ends ? " or "
                         : ", ",
                  name(i), is_usual_name(choices->usual, name(i)) ? " (default)" : "");
    }
    if (choices->other != NULL)
        text_addf(out, ", or %s", choices->other);
}

void option_help(const struct option_row *row, struct text *out) {
    const char *mark = strstr(row->help, OPTION_CHOICES);
    if (mark == NULL) {
        text_addf(out, "%s", row->help);
        return;
    }
    text_addf(out, "%.*s", (int)(mark - row->help), row->help);
    list_choices(row->choices, out);
    text_addf(out, "%s", mark + strlen(OPTION_CHOICES));
}

void options_print(FILE *stream, const struct option_row *rows, size_t row_count) {
    for (size_t i = 0; i < row_count; i++) {
        struct text form = {0}, help = {0};
        if (rows[i].letter != 0)
            text_addf(&form, "-%c, ", rows[i].letter);
        text_addf(&form, "--%s", rows[i].name);
        if (rows[i].placeholder != NULL)
            text_addf(&form, " %s", rows[i].placeholder);
        option_help(&rows[i], &help);
        fprintf(stream, "  %-28s %s\n", form.data, help.data);
        text_free(&form);
        text_free(&help);
    }
}

void options_add(struct text *text, const char *name, const char *value) {
    if (value == NULL)
        return;
    text_addf(text, " --%s ", name);
    text_add_shell_word(text, value);
}

void options_add_each(struct text *text, const char *name, const struct string_list *values) {
    for (size_t i = 0; i < values->count; i++)
        options_add(text, name, values->items[i]);
}

void options_add_size(struct text *text, const char *name, const struct size_option *size) {
    if (size->given)
        text_addf(text, " --%s %" PRIu64, name, size->bytes);
}
