#include "images/breakdown_json.h"

#include "base/json.h"

static const struct breakdown_member members[] = {
    {"fixups", offsetof(struct breakdown, fixups), false},
    {"exports", offsetof(struct breakdown, exports), false},
    {"symbols", offsetof(struct breakdown, symbols), false},
    {"strings", offsetof(struct breakdown, strings), false},
    {"debug_map", offsetof(struct breakdown, debug_map), true},
    {"local_symbols", offsetof(struct breakdown, local_symbols), true},
    {"signature", offsetof(struct breakdown, signature), false},
    {"other", offsetof(struct breakdown, other), false},
};

const struct breakdown_member *breakdown_member(size_t i) {
    return i < sizeof members / sizeof members[0] ? &members[i] : NULL;
}

uint64_t breakdown_bytes(const struct breakdown *breakdown, const struct breakdown_member *member) {
    return *(const uint64_t *)(const void *)((const char *)breakdown + member->offset);
}

json_t *breakdown_to_json(const struct breakdown *breakdown) {
    json_t *object = json_object();
    for (size_t i = 0; breakdown_member(i) != NULL; i++) {
        const struct breakdown_member *member = breakdown_member(i);
        bool known = breakdown->exact || !member->wants_symbols;
        json_object_set_new(object, member->name,
                            known ? json_bytes(breakdown_bytes(breakdown, member)) : json_null());
    }
    return object;
}
