#include "base/xml.h"

#include "base/json.h"

#include <string.h>

static const struct entity {
    const char *part; /* of the string */
    const char *text; /* what stands for it */
} entities[] = {
    {"&", "&amp;"},
    {"<", "&lt;"},
    {">", "&gt;"},
    {"\"", "&quot;"},
    {"'", "&apos;"},
    {"\xef\xbf\xbe", "\xef\xbf\xbd"}, /* U+FFFE */
    {"\xef\xbf\xbf", "\xef\xbf\xbd"}, /* U+FFFF */
};

static const struct entity *entity_at(const char *at) {
    for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++)
        if (strncmp(at, entities[i].part, strlen(entities[i].part)) == 0)
            return &entities[i];
    return NULL;
}

void xml_add(struct text *out, const char *string) {
    struct text printable = {0};
    text_add(&printable, "");
    text_add_printable(&printable, string);
    json_t *repaired = json_text(printable.data);
    for (const char *at = json_string_value(repaired); *at != '\0';) {
        const struct entity *entity = entity_at(at);
        if (entity == NULL)
            text_add_bytes(out, at++, 1);
        else
            text_add(out, entity->text);
        at += entity == NULL ? 0 : strlen(entity->part);
    }
    json_decref(repaired);
    text_free(&printable);
}
