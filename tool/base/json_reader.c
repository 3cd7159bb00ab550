#include "base/json_reader.h"

#include <stdio.h>
#include <string.h>

bool json_reject(const struct json_reader *reader, const char *member, const char *what) {
    char field[160];
    snprintf(field, sizeof field, "%s%s%s", reader->at, reader->at[0] == '\0' ? "" : ".", member);
    return error_malformed(reader->error, field, "%s", what);
}

struct json_reader json_reader_element(const struct json_reader *reader, const char *name,
                                       size_t i) {
    struct json_reader result = *reader;
    size_t size = strlen(reader->at);
    snprintf(result.at + size, sizeof result.at - size, "%s%s[%zu]", size == 0 ? "" : ".", name, i);
    return result;
}

struct json_reader json_reader_member(const struct json_reader *reader, const char *name) {
    struct json_reader result = *reader;
    size_t size = strlen(reader->at);
    snprintf(result.at + size, sizeof result.at - size, "%s%s", size == 0 ? "" : ".", name);
    return result;
}

bool json_read_number(const struct json_reader *reader, const json_t *object, const char *member,
                      uint64_t most, const char *what, uint64_t *number) {
    const json_t *value = json_object_get(object, member);
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        (uint64_t)json_integer_value(value) > most)
        return json_reject(reader, member, what);
    *number = (uint64_t)json_integer_value(value);
    return true;
}

bool json_read_string(const struct json_reader *reader, const json_t *object, const char *member,
                      const char **string) {
    const char *value = json_string_value(json_object_get(object, member));
    *string = NULL;
    if (value == NULL)
        return json_reject(reader, member, "not a string");
    *string = arena_string(reader->arena, value);
    return true;
}

bool json_read_flag(const struct json_reader *reader, const json_t *object, const char *member,
                    bool *flag) {
    const json_t *value = json_object_get(object, member);
    if (!json_is_boolean(value))
        return json_reject(reader, member, "neither true nor false");
    *flag = json_is_true(value);
    return true;
}

bool json_read_each(const struct json_reader *reader, const json_t *object, const char *member,
                    bool (*read)(struct json_reader *, const json_t *, void *), void *context) {
    const json_t *list = json_object_get(object, member);
    if (!json_is_array(list))
        return json_reject(reader, member, "not a list");
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct json_reader element = json_reader_element(reader, member, i);
        if (!read(&element, json_array_get(list, i), context))
            return false;
    }
    return true;
}
