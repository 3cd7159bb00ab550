/* Options of the verbs that judge programs: against what, and which rules count how. */
#ifndef VAFIT_VERBS_LIMIT_OPTIONS_H
#define VAFIT_VERBS_LIMIT_OPTIONS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/options.h"
#include "program/judged_program.h"

#include <stdbool.h>

struct limit_options {
    struct string_list allow_missing;
    struct string_list profiles; /* none for the default */
    struct size_option limit;
    struct size_option headroom;
    struct string_list rules; /* NAME=LEVEL */
};

#define PROFILE_ROW_THAT(type, group, help, choices)                                               \
    { "profile", 0, OPTION_EACH, offsetof(type, group.profiles), "NAME|FILE", help, choices }

#define PROFILE_ROW(type, group)                                                                   \
    PROFILE_ROW_THAT(type, group, "judge for that system: " OPTION_CHOICES "; repeatable",         \
                     &profile_choices)

#define LIMIT_ROWS(type, group) LIMIT_ROWS_AND(type, group, PROFILE_ROW(type, group))
/* The same, where --profile is another row. */
#define LIMIT_ROWS_AND(type, group, profile_row)                                                   \
    {"allow-missing",                                                                              \
     0,                                                                                            \
     OPTION_EACH,                                                                                  \
     offsetof(type, group.allow_missing),                                                          \
     "GLOB",                                                                                       \
     "install names like GLOB may be missing; repeatable",                                         \
     NULL},                                                                                        \
        profile_row,                                                                               \
        {"limit",       0,                                                                         \
         OPTION_SIZE,   offsetof(type, group.limit),                                               \
         "SIZE",        "the limit of image-sum and malloc-window, in place of the profile's",     \
         &option_in_gib},                                                                          \
        {"headroom",    0,                                                                         \
         OPTION_SIZE,   offsetof(type, group.headroom),                                            \
         "SIZE",        "keep SIZE free below the malloc window (64MiB)",                          \
         &option_in_mib},                                                                          \
    {                                                                                              \
        "rule", 0, OPTION_EACH, offsetof(type, group.rules), "NAME=LEVEL",                         \
            "judge a rule as " OPTION_CHOICES "; repeatable", &rule_choices                        \
    }

/* Of --profile and --rule. */
extern const struct option_choices profile_choices, rule_choices;
/* Where one system is taken, and none is the default. */
extern const struct option_choices one_profile;

/* What the options say of limits and rules. Errors: ERROR_USAGE. */
bool limit_options_limits(const struct limit_options *options, struct limits *limits,
                          struct error *error);
/* Adds the options as a command line has them, each after a space. */
void limit_options_again(const struct limit_options *options, struct text *text);
/* The profiles they name, or all built-in ones of systems with a malloc window, each with *limits,
 * which were read, and what it says of rules; those that are files are added to *inputs. Errors:
 * ERROR_USAGE for an unknown name or one that is there twice, ERROR_IO, ERROR_MALFORMED naming the
 * file. */
bool limit_options_profiles(struct arena *arena, const struct limit_options *options,
                            struct string_list *inputs, const struct limits *limits,
                            struct judged_profiles *profiles, struct error *error);

#endif
