#include "base/near_name.h"
#include "base/response_file.h"
#include "base/text.h"
#include "report/version.h"
#include "space/rules.h"
#include "verbs/limit_options.h"
#include "verbs/manual.h"
#include "verbs/verb.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static void print_usage(FILE *stream) {
    fprintf(stream, "vafit %s: does a macOS program with its dylibs fit in the address space?\n\n",
            vafit_version);
    const struct verb *verb;
    for (size_t i = 0; (verb = verb_row(i)) != NULL; i++)
        fprintf(stream, "  vafit %-6s %s\n%15s%s\n", verb->name, verb->arguments, "", verb->about);
    fprintf(stream, "\n`vafit help VERB` lists a verb's options; @FILE stands for the arguments in "
                    "FILE.\nExit status: 0 fits, 1 does not fit, 2 usage, 3 malformed or "
                    "unresolved input, 4 input/output.\n");
}

static int unknown_verb(const char *name) {
    struct near_name near = {.word = name};
    char question[NEAR_NAME_QUESTION];
    for (size_t i = 0; verb_row(i) != NULL; i++)
        near_name_offer(&near, verb_row(i)->name);
    near_name_offer(&near, "help");
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
    if (verb == NULL)
        return unknown_verb(argv[1]);
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
        return unknown_verb(name);
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
