#include "base/near_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *const names[] = {"check", "why", "scan", "align", "shrink", "fix", "verify"};

static const char *nearest(const char *word) {
    struct near_name near = {.word = word};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        near_name_offer(&near, names[i]);
    return near.name;
}

static const struct near_row {
    const char *word;
    const char *expected; /* NULL: none */
} rows[] = {
    {"check", "check"},  {"chekc", "check"},                       /* two letters changed places */
    {"chck", "check"},                                             /* one is missing */
    {"cheeck", "check"},                                           /* one too many */
    {"chack", "check"},                                            /* another one */
    {"hcekc", "check"},                                            /* twice two letters */
    {"chec", "check"},   {"che", "check"},                         /* two are missing */
    {"hc", NULL},        {"chkec k", "check"}, {"check us", NULL}, /* three changes */
    {"wyh", "why"},      {"fx", "fix"},        {"x", NULL},        /* two of three letters */
    {"fo", NULL},        {"", NULL},           {"shirnk", "shrink"}, {"Scan", "scan"},
    {"scna", "scan"},    {"plan", NULL},       {"aligned", "align"}, {"unalign", "align"},
};

static void a_misspelt_word_is_near_the_name_that_was_meant(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *found = nearest(rows[i].word);
        if (found == NULL || rows[i].expected == NULL ? found != rows[i].expected
                                                      : strcmp(found, rows[i].expected) != 0)
            fail_msg("%s: %s", rows[i].word, found == NULL ? "(none)" : found);
    }
}

static void the_nearest_counts_and_the_first_of_equal_ones(void **state) {
    (void)state;
    struct near_name near = {.word = "locale"};
    near_name_offer(&near, "local-e");
    near_name_offer(&near, "locals");
    assert_string_equal(near.name, "local-e");
    near_name_offer(&near, "locale");
    assert_string_equal(near.name, "locale");
    assert_int_equal(near.distance, 0);
}

static void words_of_any_length_are_taken(void **state) {
    (void)state;
    char word[100];
    memset(word, 'a', sizeof word);
    for (size_t size = 0; size < sizeof word; size++) {
        struct near_name near = {.word = word};
        char name[sizeof word];
        word[size] = '\0';
        memcpy(name, word, sizeof name);
        near_name_offer(&near, name);
        assert_int_equal(near.name != NULL, size != 0 && size < 64);
        word[size] = 'a';
    }
}

static void the_question_is_asked_where_there_is_a_name(void **state) {
    (void)state;
    char question[NEAR_NAME_QUESTION];
    const struct near_name near = {.word = "forma", .name = "format"}, none = {.word = "x"};
    assert_string_equal(near_name_question(&near, "--", question), "; did you mean --format?");
    assert_string_equal(near_name_question(&near, "", question), "; did you mean format?");
    assert_string_equal(near_name_question(&none, "--", question), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_misspelt_word_is_near_the_name_that_was_meant),
        cmocka_unit_test(the_nearest_counts_and_the_first_of_equal_ones),
        cmocka_unit_test(words_of_any_length_are_taken),
        cmocka_unit_test(the_question_is_asked_where_there_is_a_name),
    };
    return cmocka_run_group_tests_name("near_name", tests, NULL, NULL);
}
