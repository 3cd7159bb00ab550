#include "program/linkedit_sizes_json.h"

#include "base/json.h"

static const struct linkedit_sizes_member members[] = {
    {"fixups", offsetof(struct linkedit_sizes, fixups), false},
    {"exports", offsetof(struct linkedit_sizes, exports), false},
    {"symbols", offsetof(struct linkedit_sizes, symbols), false},
    {"strings", offsetof(struct linkedit_sizes, strings), false},
    {"debug_map", offsetof(struct linkedit_sizes, debug_map), true},
    {"local_symbols", offsetof(struct linkedit_sizes, local_symbols), true},
    {"signature", offsetof(struct linkedit_sizes, signature), false},
    {"other", offsetof(struct linkedit_sizes, other), false},
};

const struct linkedit_sizes_member *linkedit_sizes_member(size_t i) {
    return i < sizeof members / sizeof members[0] ? &members[i] : NULL;
}

uint64_t linkedit_sizes_bytes(const struct linkedit_sizes *linkedit_sizes,
                              const struct linkedit_sizes_member *member) {
    return *(const uint64_t *)(const void *)((const char *)linkedit_sizes + member->offset);
}

json_t *linkedit_sizes_to_json(const struct linkedit_sizes *linkedit_sizes) {
    json_t *object = json_object();
    for (size_t i = 0; linkedit_sizes_member(i) != NULL; i++) {
        const struct linkedit_sizes_member *member = linkedit_sizes_member(i);
        bool known = linkedit_sizes->exact || !member->wants_symbols;
        json_object_set_new(object, member->name,
                            known ? json_bytes(linkedit_sizes_bytes(linkedit_sizes, member))
                                  : json_null());
    }
    return object;
}
