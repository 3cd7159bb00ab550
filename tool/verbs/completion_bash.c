#include "verbs/completion.h"

/* $1 is a verb: its options. */
static void add_options(struct text *out) {
    const struct verb *verb;
    text_add(out, "# The options of the verb $1.\n"
                  "_vafit_options() {\n"
                  "    case $1 in\n");
    for (size_t i = 0; (verb = verb_row(i)) != NULL; i++) {
        text_addf(out, "    %s) echo '", verb->name);
        for (size_t j = 0; j < verb->row_count; j++) {
            const struct option_row *row = &verb->rows[j];
            if (row->letter != 0)
                text_addf(out, "-%c ", row->letter);
            text_addf(out, "--%s ", row->name);
        }
        text_add(out, "--help' ;;\n");
    }
    text_add(out, "    esac\n}\n\n");
}

static const char *action_of(unsigned kinds) {
    return (kinds & COMPLETE_FILES) != 0      ? "files"
           : (kinds & COMPLETE_FOLDERS) != 0  ? "folders"
           : (kinds & COMPLETE_COMMANDS) != 0 ? "commands"
                                              : "";
}

static void add_argument(const struct verb *verb, const struct option_row *row, struct text *out) {
    struct text words = {0};
    unsigned kinds;
    completion_kinds(row, &kinds);
    completion_words(row, &words);
    text_addf(out, "    %s:--%s", verb->name, row->name);
    if (row->letter != 0)
        text_addf(out, " | %s:-%c", verb->name, row->letter);
    text_addf(out, ") kind='%s' words='%s' ;;\n", action_of(kinds),
              words.data == NULL ? "" : words.data + 1);
    text_free(&words);
}

static void add_arguments(struct text *out) {
    const struct verb *verb;
    text_add(out, "# Sets words and kind to what the option $2 of the verb $1 takes. False when it "
                  "takes nothing.\n"
                  "_vafit_argument() {\n"
                  "    case $1:$2 in\n");
    for (size_t i = 0; (verb = verb_row(i)) != NULL; i++)
        for (size_t j = 0; j < verb->row_count; j++)
            if (option_takes_argument(&verb->rows[j]))
                add_argument(verb, &verb->rows[j], out);
    text_add(out, "    *) return 1 ;;\n    esac\n}\n\n");
}

/* What stands behind the verb. */
static void add_operands(struct text *out) {
    const struct verb *verb;
    text_add(out, "# Sets words and kind to what the verb $1 is about.\n"
                  "_vafit_operand() {\n"
                  "    kind=files words=''\n"
                  "    case $1 in\n"
                  "    help) kind='' words=$_vafit_verbs ;;\n");
    text_addf(out, "    %s) kind='' words='", verb_completion.name);
    completion_shells(out);
    text_add(out, "' ;;\n");
    for (size_t i = 0; (verb = verb_row(i)) != NULL; i++)
        if (completion_ends_with_command(verb))
            text_addf(out, "    %s) kind='' words=-- ;;\n", verb->name);
    text_add(out, "    esac\n}\n\n");
}

static const char functions[] =
    "# Sets line to the words up to the cursor; bash takes --format=json for three.\n"
    "_vafit_line() {\n"
    "    local i word\n"
    "    line=() separator=0\n"
    "    for ((i = 0; i <= COMP_CWORD; i++)); do\n"
    "        word=${COMP_WORDS[i]}\n"
    "        if ((i > 1)) && [[ $word == = || ${COMP_WORDS[i - 1]} == = ]]; then\n"
    "            line[${#line[@]} - 1]+=$word\n"
    "        else\n"
    "            line[${#line[@]}]=$word\n"
    "        fi\n"
    "        if [[ $word == -- ]] && ((separator == 0 && i < COMP_CWORD)); then separator=$i; fi\n"
    "    done\n"
    "}\n"
    "\n"
    "# Offers those of the words that begin with $1. Where bash parts words at \"=\" it wants what\n"
    "# stands behind the last.\n"
    "_vafit_offer_words() {\n"
    "    local word before=''\n"
    "    if [[ $COMP_WORDBREAKS == *=* ]]; then\n"
    "        before=${1%\"${1##*=}\"}\n"
    "        prefix=''\n"
    "    fi\n"
    "    for word in $words; do\n"
    "        if [[ $word == \"$1\"* ]]; then COMPREPLY[${#COMPREPLY[@]}]=$prefix${word#\"$before\"}; "
    "fi\n"
    "    done\n"
    "}\n"
    "\n"
    "# Lets bash offer names of files, folders or commands that begin with $1; it knows how to quote\n"
    "# them. Before bash 4 there is no compopt.\n"
    "_vafit_offer_kind() {\n"
    "    case $kind in\n"
    "    files) compopt -o default 2>/dev/null || COMPREPLY+=($(compgen -f -- \"$1\")) ;;\n"
    "    folders) compopt -o plusdirs 2>/dev/null || COMPREPLY+=($(compgen -d -- \"$1\")) ;;\n"
    "    commands) COMPREPLY+=($(compgen -c -- \"$1\")) ;;\n"
    "    esac\n"
    "}\n"
    "\n"
    "# What stands behind \"--\": operands, or a command with completions of its own.\n"
    "_vafit_behind_separator() {\n"
    "    if [[ $kind != '' ]]; then\n"
    "        _vafit_offer_kind \"$1\"\n"
    "    elif declare -F _command_offset >/dev/null; then\n"
    "        _command_offset $((separator + 1))\n"
    "    else\n"
    "        kind=files\n"
    "        if ((COMP_CWORD == separator + 1)); then kind=commands; fi\n"
    "        _vafit_offer_kind \"$1\"\n"
    "    fi\n"
    "}\n"
    "\n"
    "_vafit() {\n"
    "    local line separator words kind prefix='' current previous verb\n"
    "    COMPREPLY=()\n"
    "    _vafit_line\n"
    "    current=${line[${#line[@]} - 1]} previous=${line[${#line[@]} - 2]} verb=${line[1]}\n"
    "    if ((${#line[@]} == 2)); then\n"
    "        words=\"$_vafit_verbs help --help --version\"\n"
    "        _vafit_offer_words \"$current\"\n"
    "        return\n"
    "    fi\n"
    "    _vafit_operand \"$verb\"\n"
    "    if ((separator > 0)); then\n"
    "        _vafit_behind_separator \"$current\"\n"
    "        return\n"
    "    fi\n"
    "    if [[ $current == --*=* ]] && _vafit_argument \"$verb\" \"${current%%=*}\"; then\n"
    "        prefix=${current%%=*}= current=${current#*=}\n"
    "    elif _vafit_argument \"$verb\" \"$previous\"; then\n"
    "        :\n"
    "    elif [[ $current == -* ]]; then\n"
    "        kind='' words=$(_vafit_options \"$verb\")\n"
    "    fi\n"
    "    _vafit_offer_words \"$current\"\n"
    "    _vafit_offer_kind \"$current\"\n"
    "}\n"
    "\n"
    "complete -F _vafit vafit\n";

void completion_write_bash(struct text *out) {
    struct text verbs = {0};
    completion_verbs(&verbs);
    text_add(out, "# bash completion for vafit, printed by `vafit completion bash`.\n"
                  "# shellcheck shell=bash\n\n"
                  "_vafit_verbs='");
    text_add(out, verbs.data + 1);
    text_add(out, "'\n\n");
    add_options(out);
    add_arguments(out);
    add_operands(out);
    text_add(out, functions);
    text_free(&verbs);
}
