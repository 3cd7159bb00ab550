#include "verbs/completion.h"

#include <string.h>

static const char apostrophe[] = "'\\''";

/* Help as _arguments takes it between brackets, or _describe behind a colon. */
static void add_escaped(const char *string, struct text *out) {
    for (; *string != '\0'; string++) {
        if (strchr("[]:\\", *string) != NULL)
            text_add(out, "\\");
        text_add_bytes(out, string, 1);
    }
}

/* What completes the row's argument. */
static void add_action(const struct option_row *row, struct text *out) {
    struct text words = {0};
    unsigned kinds;
    completion_kinds(row, &kinds);
    completion_words(row, &words);
    bool is_folder = (kinds & COMPLETE_FOLDERS) != 0;
    if ((kinds & COMPLETE_COMMANDS) != 0)
        text_add(out, "_cmdstring");
    else if (words.data != NULL && kinds != COMPLETE_NOTHING)
        text_addf(out, " _vafit_word_or_%s%s", is_folder ? "folder" : "file", words.data);
    else if (words.data != NULL)
        text_addf(out, "(%s)", words.data + 1);
    else
        text_add(out, kinds == COMPLETE_NOTHING ? " " : is_folder ? "_files -/" : "_files");
    text_free(&words);
}

/* "[HELP]:PLACEHOLDER:ACTION", behind an option's name. */
static void add_description(const struct option_row *row, struct text *out) {
    struct text help = {0};
    option_help(row, &help);
    text_add(out, "[");
    add_escaped(help.data, out);
    text_add(out, "]");
    if (option_takes_argument(row)) {
        text_addf(out, ":%s:", row->placeholder);
        add_action(row, out);
    }
    text_free(&help);
}

/* One argument of _arguments; both forms of an option by one, as braces make two of it. */
static void add_option(const struct option_row *row, struct text *out) {
    bool takes = option_takes_argument(row);
    bool repeats = row->kind == OPTION_EACH || row->kind == OPTION_MANY;
    struct text spec = {0};
    text_add(out, "            ");
    if (row->letter != 0)
        text_addf(out, "'(-%c --%s)'{-%c%s,--%s%s}", row->letter, row->name, row->letter,
                  takes ? "+" : "", row->name, takes ? "=" : "");
    else
        text_addf(&spec, "%s--%s%s", repeats ? "*" : "", row->name, takes ? "=" : "");
    add_description(row, &spec);
    completion_quote(spec.data, apostrophe, out);
    text_add(out, " \\\n");
    text_free(&spec);
}

static void add_verb(const struct verb *verb, struct text *out) {
    text_addf(out, "    %s)\n        _arguments -s -S \\\n", verb->name);
    for (size_t i = 0; i < verb->row_count; i++)
        add_option(&verb->rows[i], out);
    text_add(out, "            '(- *)'{-h,--help}'[list the options]' \\\n");
    if (completion_ends_with_command(verb)) {
        text_add(out, "            '*::command: _normal'\n        ;;\n");
    } else if (verb == &verb_completion) {
        text_add(out, "            ':shell:(");
        completion_shells(out);
        text_add(out, ")'\n        ;;\n");
    } else {
        text_add(out, "            '*:file:_files'\n        ;;\n");
    }
}

static void add_verb_names(struct text *out) {
    const struct verb *verb;
    text_add(out, "# $1 is a further one.\n_vafit_verbs() {\n    local -a verbs=(\n");
    for (size_t i = 0; (verb = verb_row(i)) != NULL; i++) {
        struct text name = {0};
        text_addf(&name, "%s:", verb->name);
        add_escaped(verb->about, &name);
        text_add(out, "        ");
        completion_quote(name.data, apostrophe, out);
        text_add(out, "\n");
        text_free(&name);
    }
    text_add(out, "        \"$@\"\n"
                  "    )\n"
                  "    _describe -t verbs verb verbs\n"
                  "}\n\n");
}

void completion_write_zsh(struct text *out) {
    const struct verb *verb;
    text_add(out, "#compdef vafit\n"
                  "# zsh completion for vafit, printed by `vafit completion zsh`.\n\n"
                  "_vafit_word_or_file() {\n"
                  "    _alternative \"words:word:($*)\" 'files:file:_files'\n"
                  "}\n\n"
                  "_vafit_word_or_folder() {\n"
                  "    _alternative \"words:word:($*)\" 'folders:folder:_files -/'\n"
                  "}\n\n");
    add_verb_names(out);
    text_add(out, "_vafit() {\n"
                  "    local curcontext=$curcontext state line verb=$words[2]\n"
                  "    if ((CURRENT == 2)); then\n"
                  "        _vafit_verbs 'help:list the verbs, or the options of one'\n"
                  "        return\n"
                  "    fi\n"
                  "    shift words\n"
                  "    ((CURRENT--))\n"
                  "    case $verb in\n"
                  "    help) ((CURRENT == 2)) && _vafit_verbs ;;\n");
    for (size_t i = 0; (verb = verb_row(i)) != NULL; i++)
        add_verb(verb, out);
    text_add(out, "    esac\n"
                  "}\n\n"
                  "# Read by `source` or from a folder of fpath.\n"
                  "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then\n"
                  "    _vafit \"$@\"\n"
                  "else\n"
                  "    compdef _vafit vafit\n"
                  "fi\n");
}
