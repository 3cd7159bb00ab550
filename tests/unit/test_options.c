#include "base/options.h"

#include "base/size.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_ARGUMENTS = 12 };

static struct arena arena;

static int release(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

struct options {
    bool quiet;
    bool all;
    const char *output;
    struct size_option limit;
    struct size_option room;
    struct size_option text;
    unsigned jobs;
    const char *color;
    struct string_list rules;
    struct string_list facts;
};

static const char *color(size_t i) {
    static const char *const names[] = {"auto", "always", "never", NULL};
    return names[i];
}
static const char *shade(size_t i) {
    static const char *const names[] = {"dark", "light", NULL};
    return names[i];
}
static const struct option_choices colors = {.choice = color};

static const struct option_row rows[] = {
    {"quiet", 'q', OPTION_FLAG, offsetof(struct options, quiet), NULL, "say less", NULL},
    {"all", 'a', OPTION_FLAG, offsetof(struct options, all), NULL, "show all", NULL},
    {"output", 'o', OPTION_TEXT, offsetof(struct options, output), "FILE", "write there", NULL},
    {"limit", 0, OPTION_SIZE, offsetof(struct options, limit), "SIZE", "hold against",
     &option_in_gib},
    {"room", 0, OPTION_SIZE, offsetof(struct options, room), "SIZE", "keep", &option_in_mib},
    {"text", 0, OPTION_SIZE, offsetof(struct options, text), "SIZE", "any bytes", NULL},
    {"jobs", 'j', OPTION_COUNT, offsetof(struct options, jobs), "N", "threads", NULL},
    {"color", 0, OPTION_CHOICE, offsetof(struct options, color), "WHEN", "colour", &colors},
    {"rule", 0, OPTION_EACH, offsetof(struct options, rules), "NAME", "repeatable", NULL},
    {"facts", 0, OPTION_MANY, offsetof(struct options, facts), "FILE...", "files", NULL},
};

enum { ROWS = sizeof rows / sizeof rows[0] };

static bool parse(const char *const *arguments, struct options *options,
                  struct string_list *operands, struct error *error) {
    char *argv[MOST_ARGUMENTS + 2] = {"check"};
    int argc = 1;
    for (; arguments[argc - 1] != NULL; argc++)
        argv[argc] = arena_string(&arena, arguments[argc - 1]);
    memset(options, 0, sizeof *options);
    memset(operands, 0, sizeof *operands);
    memset(error, 0, sizeof *error);
    const struct command_line line = {argc, argv, rows, ROWS};
    return options_parse(&arena, &line, options, operands, error);
}

/* "a b c" */
static const char *listed(const struct string_list *list) {
    const char *text = "";
    for (size_t i = 0; i < list->count; i++)
        text = arena_format(&arena, "%s%s%s", text, i == 0 ? "" : " ", list->items[i]);
    return text;
}

static void an_option_that_is_not_given_leaves_its_member_alone(void **state) {
    (void)state;
    static const char *const none[] = {NULL};
    struct options options;
    struct string_list operands;
    struct error error;
    assert_true(parse(none, &options, &operands, &error));
    assert_false(options.quiet || options.all || options.limit.given);
    assert_null(options.output);
    assert_int_equal(options.rules.count + options.facts.count + operands.count, 0);
}

static void every_kind_fills_its_member(void **state) {
    (void)state;
    static const char *const arguments[] = {"--quiet", "--output", "x",      "--limit",
                                            "1.5KiB",  "--jobs",   "7",      "--color",
                                            "never",   "--rule",   "a=warn", NULL};
    struct options options;
    struct string_list operands;
    struct error error;
    assert_true(parse(arguments, &options, &operands, &error));
    assert_true(options.quiet && !options.all);
    assert_string_equal(options.output, "x");
    assert_true(options.limit.given);
    assert_int_equal(options.limit.bytes, 1536);
    assert_int_equal(options.jobs, 7);
    assert_string_equal(options.color, "never");
    assert_string_equal(listed(&options.rules), "a=warn");
}

/* Ways to write the same: what --output, -q, -a, --rule, --facts and the operands become. */
static const struct spelling {
    const char *label;
    const char *arguments[MOST_ARGUMENTS];
    const char *output;
    const char *flags;
    const char *rules;
    const char *facts;
    const char *operands;
} spellings[] = {
    {"apart", {"--output", "x"}, "x", "", "", "", ""},
    {"with =", {"--output=x"}, "x", "", "", "", ""},
    {"empty with =", {"--output="}, "", "", "", "", ""},
    {"a letter, apart", {"-o", "x"}, "x", "", "", "", ""},
    {"a letter, joined", {"-ox"}, "x", "", "", "", ""},
    {"letters joined", {"-qao", "x"}, "x", "qa", "", "", ""},
    {"an argument like an option", {"-o", "-q"}, "-q", "", "", "", ""},
    {"an argument like a long option", {"--output", "--quiet"}, "--quiet", "", "", "", ""},
    {"the last of several", {"-o", "x", "--output", "y"}, "y", "", "", "", ""},
    {"repeated", {"--rule", "a", "--rule=b", "--rule", "a"}, NULL, "", "a b a", "", ""},
    {"operands between options", {"a", "-q", "b", "-o", "x", "c"}, "x", "q", "", "", "a b c"},
    {"after --", {"-q", "--", "-a", "--output", "--"}, NULL, "q", "", "", "-a --output --"},
    {"a dash alone", {"-", "-q"}, NULL, "q", "", "", "-"},
    {"many", {"--facts", "a", "b", "c"}, NULL, "", "", "a b c", ""},
    {"many up to an option", {"--facts", "a", "b", "-q", "c"}, NULL, "q", "", "a b", "c"},
    {"many twice", {"--facts", "a", "-q", "b", "--facts", "c", "d"}, NULL, "q", "", "a c d", "b"},
    {"many with =", {"x", "--facts=a", "b"}, NULL, "", "", "a b", "x"},
    {"many up to --", {"--facts", "a", "--", "b"}, NULL, "", "", "a", "b"},
};

static bool same(const char *a, const char *b) {
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void an_option_can_be_spelled_in_several_ways(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        const struct spelling *row = &spellings[i];
        struct options options;
        struct string_list operands;
        struct error error;
        if (!parse(row->arguments, &options, &operands, &error))
            fail_msg("%s: %s", row->label, error.what);
        if (!same(options.output, row->output) ||
            options.quiet != (strchr(row->flags, 'q') != NULL) ||
            options.all != (strchr(row->flags, 'a') != NULL) ||
            !same(listed(&options.rules), row->rules) ||
            !same(listed(&options.facts), row->facts) || !same(listed(&operands), row->operands))
            fail_msg("%s: output %s, rules \"%s\", facts \"%s\", operands \"%s\"", row->label,
                     options.output == NULL ? "(none)" : options.output, listed(&options.rules),
                     listed(&options.facts), listed(&operands));
    }
}

static const struct refusal {
    const char *arguments[MOST_ARGUMENTS];
    const char *what;
} refusals[] = {
    {{"--limit", "much"}, "--limit takes a size such as 64MiB, 1.5GiB or 1048576, not 'much'"},
    {{"--limit="}, "--limit takes a size such as 64MiB, 1.5GiB or 1048576, not ''"},
    {{"--limit", "16"},
     "--limit 16: 16 bytes or 16GiB? less than 1048576 needs a unit: K, M, G, T"},
    {{"--limit=1"}, "--limit 1: 1 bytes or 1GiB? less than 1048576 needs a unit: K, M, G, T"},
    {{"--limit=007"},
     "--limit 007: 007 bytes or 007GiB? less than 1048576 needs a unit: K, M, G, T"},
    {{"--limit", "1048575"},
     "--limit 1048575: 1048575 bytes or 1048575GiB? less than 1048576 needs a unit: K, M, G, T"},
    {{"--room", "64"}, "--room 64: 64 bytes or 64MiB? less than 1048576 needs a unit: K, M, G, T"},
    {{"--jobs", "x"}, "--jobs takes a whole number of at most 1000000, not 'x'"},
    {{"--jobs", ""}, "--jobs takes a whole number of at most 1000000, not ''"},
    {{"-j4x"}, "--jobs takes a whole number of at most 1000000, not '4x'"},
    {{"-j", "-1"}, "--jobs takes a whole number of at most 1000000, not '-1'"},
    {{"-j", " 1"}, "--jobs takes a whole number of at most 1000000, not ' 1'"},
    {{"-j1000001"}, "--jobs takes a whole number of at most 1000000, not '1000001'"},
    {{"-j99999999999999999999"},
     "--jobs takes a whole number of at most 1000000, not '99999999999999999999'"},
    {{"--color", "red"}, "--color takes one of auto, always, never, not 'red'"},
    {{"a", "--output"}, "--output needs an argument"},
    {{"-q", "-o"}, "-o needs an argument"},
    {{"--facts"}, "--facts needs an argument"},
    {{"-x"}, "there is no option -x"},
    {{"-qx"}, "there is no option -x"},
    {{"-xq"}, "there is no option -x"},
    {{"--nothing"}, "there is no option --nothing, or it takes no argument"},
    {{"--quiet=1"}, "there is no option --quiet=1, or it takes no argument"},
    {{"--out", "x"}, "there is no option --out; did you mean --output?"},
    {{"--limi=5"}, "there is no option --limi=5; did you mean --limit?"},
    {{"a", "--qui"}, "there is no option --qui; did you mean --quiet?"},
    {{"a", "--nothing", "b"}, "there is no option --nothing, or it takes no argument"},
};

static void expect_refusal(const char *const *arguments, const char *what) {
    struct options options;
    struct string_list operands;
    struct error error;
    if (parse(arguments, &options, &operands, &error))
        fail_msg("%s is taken", arguments[0]);
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_string_equal(error.what, what);
}

static void a_wrong_option_is_refused_by_its_name(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        expect_refusal(refusals[i].arguments, refusals[i].what);
}

static void an_unknown_letter_is_named_behind_a_long_option(void **state) {
    (void)state;
    static const char *const arguments[] = {"--quiet", "-xq", NULL};
    expect_refusal(arguments, "there is no option -x");
}

static void letters_may_be_joined_behind_a_long_option(void **state) {
    (void)state;
    static const char *const arguments[] = {"--limit=5M", "-aq", NULL};
    struct options options;
    struct string_list operands;
    struct error error = {0};
    if (!parse(arguments, &options, &operands, &error))
        fail_msg("%s", error.what);
    assert_true(options.quiet && options.all);
}

static void a_size_without_a_unit_is_whole_bytes_from_a_mebibyte_on(void **state) {
    (void)state;
    static const struct {
        const char *arguments[2];
        uint64_t bytes;
    } sizes[] = {{{"--limit=0"}, 0},         {{"--limit=000"}, 0},
                 {{"--limit=1048576"}, MIB}, {{"--limit=17179869184"}, 16 * GIB},
                 {{"--limit=1K"}, KIB},      {{"--limit=0.5K"}, 512}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct options options;
        struct string_list operands;
        struct error error = {0};
        if (!parse(sizes[i].arguments, &options, &operands, &error))
            fail_msg("%s", error.what);
        assert_true(options.limit.given);
        assert_int_equal(options.limit.bytes, sizes[i].bytes);
    }
}

static void few_bytes_are_taken_where_they_may_be_meant(void **state) {
    (void)state;
    static const char *const arguments[] = {"--text", "16", NULL};
    struct options options;
    struct string_list operands;
    struct error error;
    assert_true(parse(arguments, &options, &operands, &error));
    assert_int_equal(options.text.bytes, 16);
}

static void the_greatest_count_is_taken(void **state) {
    (void)state;
    static const char *const arguments[] = {"-j1000000", NULL};
    struct options options;
    struct string_list operands;
    struct error error;
    assert_true(parse(arguments, &options, &operands, &error));
    assert_int_equal(options.jobs, 1000000);
}

static void options_are_listed_one_a_line(void **state) {
    (void)state;
    char *text;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    options_print(stream, rows, 4);
    fclose(stream);
    assert_string_equal(text, "  -q, --quiet                  say less\n"
                              "  -a, --all                    show all\n"
                              "  -o, --output FILE            write there\n"
                              "  --limit SIZE                 hold against\n");
    free(text);
}

/* What a row's help says of its choices. */
static void help_lists_the_choices_that_the_table_has(void **state) {
    (void)state;
    static const struct {
        const char *help;
        struct option_choices choices;
        const char *said;
    } helps[] = {
        {"a colour", {.choice = color}, "a colour"},
        {OPTION_CHOICES, {.choice = color}, "auto, always or never"},
        {OPTION_CHOICES, {.choice = color, .usual = "auto"}, "auto (default), always or never"},
        {OPTION_CHOICES, {.choice = color, .usual = "never"}, "auto, always or never (default)"},
        {"in " OPTION_CHOICES "; twice", {.choice = shade}, "in dark or light; twice"},
        {OPTION_CHOICES, {.choice = shade, .other = "a number"}, "dark, light, or a number"},
        {"a colour as " OPTION_CHOICES, {color, shade, NULL, NULL}, "a colour as dark or light"},
    };
    for (size_t i = 0; i < sizeof helps / sizeof helps[0]; i++) {
        const struct option_row row = {.help = helps[i].help, .choices = &helps[i].choices};
        struct text text = {0};
        option_help(&row, &text);
        assert_string_equal(text.data, helps[i].said);
        text_free(&text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_option_that_is_not_given_leaves_its_member_alone),
        cmocka_unit_test(every_kind_fills_its_member),
        cmocka_unit_test(an_option_can_be_spelled_in_several_ways),
        cmocka_unit_test(a_wrong_option_is_refused_by_its_name),
        cmocka_unit_test(an_unknown_letter_is_named_behind_a_long_option),
        cmocka_unit_test(letters_may_be_joined_behind_a_long_option),
        cmocka_unit_test(a_size_without_a_unit_is_whole_bytes_from_a_mebibyte_on),
        cmocka_unit_test(few_bytes_are_taken_where_they_may_be_meant),
        cmocka_unit_test(the_greatest_count_is_taken),
        cmocka_unit_test(options_are_listed_one_a_line),
        cmocka_unit_test(help_lists_the_choices_that_the_table_has),
    };
    return cmocka_run_group_tests_name("options", tests, NULL, release);
}
