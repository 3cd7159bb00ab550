#include "base/near_name.h"
#include "base/response_file.h"
#include "base/terminal.h"
#include "base/text.h"
#include "report/version.h"
#include "space/rules.h"
#include "verbs/limit_options.h"
#include "verbs/manual.h"
#include "verbs/verb.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void print_usage(FILE *stream) {
    fprintf(stream, "vafit %s: does a macOS program with its dylibs fit in the address space?\n\n",
            vafit_version);
    const struct verb *verb;
    for (size_t i = 0; (verb = verb_row(i)) != NULL; i++)
        fprintf(stream, "  vafit %-6s %s\n%15s%s\n", verb->name, verb->arguments, "", verb->about);
    fprintf(
        stream,
        "\n`vafit help VERB` lists a verb's options, `vafit help RULE` says what a rule is about; @FILE stands for the arguments in "
        "FILE.\nExit status: 0 fits, 1 does not fit, 2 usage, 3 malformed or "
        "unresolved input, 4 input/output.\n");
}

static int unknown_verb(const char *name, bool of_rules) {
    struct near_name near = {.word = name};
    char question[NEAR_NAME_QUESTION];
    for (size_t i = 0; verb_row(i) != NULL; i++)
        near_name_offer(&near, verb_row(i)->name);
    near_name_offer(&near, "help");
    for (size_t i = 0; of_rules && rule_name(i) != NULL; i++)
        near_name_offer(&near, rule_name(i));
    text_print_line(stderr, "vafit: there is no verb '%s'%s", name,
                    near_name_question(&near, "", question));
    fputs("vafit: see `vafit help`\n", stderr);
    return ERROR_USAGE;
}

/* What --rule can be given, for a verb that has it. */
static void print_rules(const struct verb *verb) {
    size_t row = 0;
    while (row < verb->row_count && verb->rows[row].choices != &rule_choices)
        row++;
    if (row == verb->row_count)
        return;
    printf("\nRules, and when each finds something:\n");
    for (size_t i = 0; rule_name(i) != NULL; i++)
        printf("  %-20s %s\n", rule_name(i), rule_row((enum rule_id)i)->help.what);
}

static int print_verb_help(const struct verb *verb) {
    printf("vafit %s %s\n%s\n\n", verb->name, verb->arguments, verb->about);
    options_print(stdout, verb->rows, verb->row_count);
    print_rules(verb);
    return EXIT_FITS;
}

static void print_paragraph(const char *head, const char *text) {
    struct text line = {0}, wrapped = {0};
    text_addf(&line, "%s: %s", head, text);
    text_add_wrapped(&wrapped, line.data, terminal_width(STDOUT_FILENO), 4);
    fputs(wrapped.data, stdout);
    text_free(&line);
    text_free(&wrapped);
}

/* `vafit help RULE` */
static int print_rule_help(enum rule_id id) {
    const struct rule *rule = rule_row(id);
    printf("%s, a rule of vafit check\n\n", rule->name);
    print_paragraph("what", rule->help.what);
    print_paragraph("why", rule->help.why);
    print_paragraph("do", rule->help.what_to_do);
    print_paragraph("else", rule->help.if_not_possible);
    return EXIT_FITS;
}

/* `vafit help --man`: what scripts/update-manual puts into the manual page. */
static int print_manual(void) {
    struct text options = {0};
    manual_write_options(&options);
    fputs(options.data, stdout);
    text_free(&options);
    return EXIT_FITS;
}

static int help(int argc, char **argv) {
    if (argc < 2) {
        print_usage(stdout);
        return EXIT_FITS;
    }
    if (strcmp(argv[1], "--man") == 0)
        return print_manual();
    const struct verb *verb = verb_named(argv[1]);
    enum rule_id rule;
    if (verb == NULL && rule_named(argv[1], &rule))
        return print_rule_help(rule);
    if (verb == NULL)
        return unknown_verb(argv[1], true);
    return print_verb_help(verb);
}

/* `vafit VERB --help`: as `vafit help VERB`. */
static bool asks_for_help(const struct call *call) {
    return call->argc == 2 &&
           (strcmp(call->argv[1], "--help") == 0 || strcmp(call->argv[1], "-h") == 0);
}

static int dispatch(struct call *call) {
    if (call->argc == 0) {
        print_usage(stderr);
        return ERROR_USAGE;
    }
    const char *name = call->argv[0];
    if (strcmp(name, "--version") == 0) {
        printf("vafit %s\n", vafit_version);
        return EXIT_FITS;
    }
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return help(call->argc, call->argv);
    const struct verb *verb = verb_named(name);
    if (verb == NULL)
        return unknown_verb(name, false);
    return asks_for_help(call) ? print_verb_help(verb) : verb->run(call);
}

int main(int argc, char **argv) {
    struct arena arena = {0};
    struct call call = {.arena = &arena, .argc = argc - 1, .argv = argv + 1};
    struct error error;
    int status;
    /* A closed pipe is an error of write like any other, and so is a file that may not grow. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    if (response_files_expand(&arena, &call.argc, &call.argv, &error)) {
        status = dispatch(&call);
    } else {
        error_print(stderr, &error);
        status = (int)error.kind;
    }
    arena_free(&arena);
    return status;
}
