#include "verbs/limit_options.h"

#include "base/file.h"
#include "base/near_name.h"

#include <stdio.h>
#include <string.h>

/* What --rule can make of a rule. */
static const struct {
    const char *name;
    enum severity severity;
} levels[] = {{"error", SEVERITY_ERROR}, {"warn", SEVERITY_WARNING}, {"off", SEVERITY_OFF}};

static const char *severity_choice(size_t i) {
    return i < sizeof levels / sizeof levels[0] ? levels[i].name : NULL;
}

const struct option_choices profile_choices = {
    .choice = profile_name, .usual = "macos-26 macos-27", .other = "a JSON file"};
const struct option_choices one_profile = {.choice = profile_name, .other = "a JSON file"};
const struct option_choices rule_choices = {.choice = rule_name, .value = severity_choice};

static bool no_such_rule(const char *name, struct error *error) {
    struct near_name near = {.word = name};
    char question[NEAR_NAME_QUESTION];
    for (size_t i = 0; rule_name(i) != NULL; i++)
        near_name_offer(&near, rule_name(i));
    return error_usage(error, "--rule: there is no rule '%s'%s", name,
                       near_name_question(&near, "", question));
}

static bool set_rule(struct limits *limits, const char *text, struct error *error) {
    char name[64];
    enum rule_id rule;
    size_t size = strcspn(text, "=");
    snprintf(name, sizeof name, "%.*s", (int)size, text);
    if (!rule_named(name, &rule))
        return no_such_rule(name, error);
    struct near_name near = {.word = text[size] == '=' ? text + size + 1 : ""};
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        if (strcmp(near.word, levels[i].name) == 0) {
            limits->severities[rule] = levels[i].severity;
            limits->is_given[rule] = true;
            return true;
        }
        near_name_offer(&near, levels[i].name);
    }
    char question[NEAR_NAME_QUESTION];
    return error_usage(error, "--rule %s: the severity is error, warn or off%s", text,
                       near_name_question(&near, "", question));
}

bool limit_options_limits(const struct limit_options *options, struct limits *limits,
                          struct error *error) {
    limits_default(limits);
    limits->has_limit = options->limit.given;
    limits->limit = options->limit.bytes;
    if (options->headroom.given)
        limits->headroom = options->headroom.bytes;
    for (size_t i = 0; i < options->rules.count; i++)
        if (!set_rule(limits, options->rules.items[i], error))
            return false;
    return true;
}

static bool read_profile(struct arena *arena, const char *name, struct string_list *inputs,
                         struct profile *profile, struct error *error) {
    enum { LARGEST = 16 << 20 };
    const struct profile *known = profile_named(name);
    char *text;
    size_t size;
    if (known != NULL) {
        *profile = *known;
        return true;
    }
    if (strchr(name, '/') == NULL && strchr(name, '.') == NULL)
        return error_usage(error, "there is no profile '%s'", name);
    *vector_push(arena, inputs) = name;
    return file_read_all(arena, name, LARGEST, &text, &size, error) &&
           (profile_from_json(arena, text, size, profile, error) || error_in_file(error, name));
}

static bool is_there(const struct judged_profiles *profiles, const char *name) {
    for (size_t i = 0; i < profiles->count; i++)
        if (strcmp(profiles->items[i].profile.name, name) == 0)
            return true;
    return false;
}

/* Those of one version stay in the order in which they were given. */
static void put_in_order(struct judged_profiles *profiles) {
    for (size_t i = profiles->count; i-- > 1;) {
        struct judged_profile *last = &profiles->items[i], *before = last - 1;
        if (before->profile.version <= last->profile.version)
            continue;
        const struct judged_profile older = *last;
        *last = *before;
        *before = older;
    }
}

static bool add_profile(struct arena *arena, const char *name, struct string_list *inputs,
                        const struct limits *limits, struct judged_profiles *profiles,
                        struct error *error) {
    struct judged_profile judged = {.limits = *limits};
    if (!read_profile(arena, name, inputs, &judged.profile, error))
        return false;
    if (is_there(profiles, judged.profile.name))
        return error_usage(error, "--profile %s: that profile is given twice", name);
    if (profiles->is_default && profiles->count != 0)
        limits_drop_foreign(&judged.limits, &judged.profile);
    limits_for_profile(&judged.limits, &judged.profile);
    *vector_push(arena, profiles) = judged;
    put_in_order(profiles);
    return true;
}

bool limit_options_profiles(struct arena *arena, const struct limit_options *options,
                            struct string_list *inputs, const struct limits *limits,
                            struct judged_profiles *profiles, struct error *error) {
    profiles->is_default = options->profiles.count == 0;
    for (size_t i = 0; i < options->profiles.count; i++)
        if (!add_profile(arena, options->profiles.items[i], inputs, limits, profiles, error))
            return false;
    for (size_t i = 0; profiles->is_default && profile_row(i) != NULL; i++)
        if (profile_is_default(profile_row(i)) &&
            !add_profile(arena, profile_name(i), inputs, limits, profiles, error))
            return false;
    return true;
}

void limit_options_again(const struct limit_options *options, struct text *text) {
    options_add_each(text, "allow-missing", &options->allow_missing);
    options_add_each(text, "profile", &options->profiles);
    options_add_size(text, "limit", &options->limit);
    options_add_size(text, "headroom", &options->headroom);
    options_add_each(text, "rule", &options->rules);
}
