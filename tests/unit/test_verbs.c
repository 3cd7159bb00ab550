/* What every row of every verb's options has to keep: help, completions and the manual rely on it.
 */
#include "verbs/completion.h"
#include "verbs/verb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* check(verb, row) for each option of each verb. */
static void for_each_row(void (*check)(const struct verb *verb, const struct option_row *row)) {
    const struct verb *verb;
    size_t i;
    for (i = 0; (verb = verb_row(i)) != NULL; i++)
        for (size_t j = 0; j < verb->row_count; j++)
            check(verb, &verb->rows[j]);
    assert_true(i >= 7);
}

static void expect_own_name(const struct verb *verb, const struct option_row *row) {
    for (const struct option_row *other = verb->rows; other != row; other++)
        if (strcmp(other->name, row->name) == 0 ||
            (row->letter != 0 && other->letter == row->letter))
            fail_msg("%s: --%s and --%s have one name", verb->name, row->name, other->name);
}

static void expect_placeholder(const struct verb *verb, const struct option_row *row) {
    if (option_takes_argument(row) != (row->placeholder != NULL))
        fail_msg("%s --%s: a placeholder for an argument, and for nothing else", verb->name,
                 row->name);
}

static void expect_completion(const struct verb *verb, const struct option_row *row) {
    unsigned kinds;
    if (!completion_kinds(row, &kinds))
        fail_msg("%s --%s: completion.c does not know %s", verb->name, row->name, row->placeholder);
}

static bool has_choice(const struct option_choices *choices, const char *name) {
    for (size_t i = 0; choices->choice(i) != NULL; i++)
        if (strcmp(choices->choice(i), name) == 0)
            return true;
    return false;
}

static void expect_choices(const struct verb *verb, const struct option_row *row) {
    bool lists = strstr(row->help, OPTION_CHOICES) != NULL;
    bool has = row->choices != NULL && row->kind != OPTION_SIZE;
    if (has != lists || (row->kind == OPTION_CHOICE && !has))
        fail_msg("%s --%s: help lists the choices", verb->name, row->name);
    char usual[64], *rest = usual, *name;
    snprintf(usual, sizeof usual, "%s",
             has && row->choices->usual != NULL ? row->choices->usual : "");
    while ((name = strtok_r(rest, " ", &rest)) != NULL)
        if (!has_choice(row->choices, name))
            fail_msg("%s --%s: the default is no choice", verb->name, row->name);
}

static void the_names_of_one_verb_differ(void **state) {
    (void)state;
    for_each_row(expect_own_name);
}

static void an_argument_has_a_placeholder(void **state) {
    (void)state;
    for_each_row(expect_placeholder);
}

static void completions_know_each_placeholder(void **state) {
    (void)state;
    for_each_row(expect_completion);
}

static void choices_are_listed_and_hold_the_default(void **state) {
    (void)state;
    for_each_row(expect_choices);
}

static void a_verb_is_found_by_its_name(void **state) {
    (void)state;
    const struct verb *verb;
    for (size_t i = 0; (verb = verb_row(i)) != NULL; i++)
        assert_ptr_equal(verb_named(verb->name), verb);
    assert_null(verb_named("chekc"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_names_of_one_verb_differ),
        cmocka_unit_test(an_argument_has_a_placeholder),
        cmocka_unit_test(completions_know_each_placeholder),
        cmocka_unit_test(choices_are_listed_and_hold_the_default),
        cmocka_unit_test(a_verb_is_found_by_its_name),
    };
    return cmocka_run_group_tests_name("verbs", tests, NULL, NULL);
}
