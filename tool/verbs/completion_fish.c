#include "verbs/completion.h"

static const char apostrophe[] = "\\'";

/* Whether the row's argument is words, paths or both, as options of `complete`. */
static void add_argument(const struct option_row *row, struct text *out) {
    struct text words = {0};
    unsigned kinds;
    completion_kinds(row, &kinds);
    completion_words(row, &words);
    text_add(out, (kinds & COMPLETE_FILES) != 0 ? " -r -F" : " -x");
    if ((kinds & COMPLETE_FOLDERS) != 0)
        text_add(&words, " (__fish_complete_directories)");
    if ((kinds & COMPLETE_COMMANDS) != 0)
        text_add(&words, " (__fish_complete_command)");
    if (words.data != NULL)
        text_addf(out, " -a '%s'", words.data + 1);
    text_free(&words);
}

static void add_option(const struct verb *verb, const struct option_row *row, struct text *out) {
    struct text help = {0};
    text_addf(out, "complete -c vafit -n '__vafit_verb %s'", verb->name);
    if (row->letter != 0)
        text_addf(out, " -s %c", row->letter);
    text_addf(out, " -l %s", row->name);
    if (option_takes_argument(row))
        add_argument(row, out);
    option_help(row, &help);
    text_add(out, " -d ");
    completion_quote(help.data, apostrophe, out);
    text_add(out, "\n");
    text_free(&help);
}

static void add_verb(const struct verb *verb, struct text *out) {
    text_addf(out, "\ncomplete -c vafit -n __vafit_no_verb -f -a %s -d ", verb->name);
    completion_quote(verb->about, apostrophe, out);
    text_add(out, "\n");
    for (size_t i = 0; i < verb->row_count; i++)
        add_option(verb, &verb->rows[i], out);
    if (verb == &verb_completion) {
        text_addf(out, "complete -c vafit -n '__vafit_verb %s' -f -a '", verb->name);
        completion_shells(out);
        text_add(out, "'\n");
    }
    if (completion_ends_with_command(verb))
        text_addf(out,
                  "complete -c vafit -n '__vafit_verb %s; and __vafit_behind_separator' "
                  "-a '(__vafit_command)'\n",
                  verb->name);
}

static const char functions[] =
    "# fish completion for vafit, printed by `vafit completion fish`.\n"
    "\n"
    "function __vafit_no_verb\n"
    "    test (count (commandline -opc)) -eq 1\n"
    "end\n"
    "\n"
    "function __vafit_verb -a verb\n"
    "    set -l words (commandline -opc)\n"
    "    test (count $words) -ge 2; and test \"$words[2]\" = $verb\n"
    "end\n"
    "\n"
    "function __vafit_behind_separator\n"
    "    contains -- -- (commandline -opc)\n"
    "end\n"
    "\n"
    "# What the command behind \"--\" would complete.\n"
    "function __vafit_command\n"
    "    set -l words (commandline -opc) (commandline -ct)\n"
    "    set -l at (contains -i -- -- $words)\n"
    "    complete -C (string join ' ' -- (string escape -- $words[(math $at + 1)..-2]) "
    "$words[-1])\n"
    "end\n"
    "\n";

void completion_write_fish(struct text *out) {
    const struct verb *verb;
    text_add(out, functions);
    text_add(out, "complete -c vafit -n __vafit_no_verb -f -l version -d 'print the version'\n"
                  "complete -c vafit -n __vafit_no_verb -f -a help -d 'list the verbs, or the "
                  "options of one'\n"
                  "complete -c vafit -n '__vafit_verb help' -f -a '");
    completion_verbs(out);
    text_add(out, "'\n");
    for (size_t i = 0; (verb = verb_row(i)) != NULL; i++)
        add_verb(verb, out);
}
