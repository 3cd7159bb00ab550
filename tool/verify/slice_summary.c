#include "verify/slice_summary.h"

#include "base/json.h"
#include "macho/format.h"

#include <stdbool.h>
#include <string.h>

/* FNV-1a: to tell things apart that differ by mistake, not on purpose. */
#define FINGERPRINT_START UINT64_C(0xcbf29ce484222325)
#define FINGERPRINT_PRIME UINT64_C(0x100000001b3)

static uint64_t fingerprint(uint64_t state, struct bytes bytes) {
    for (size_t i = 0; i < bytes.size; i++)
        state = (state ^ bytes.data[i]) * FINGERPRINT_PRIME;
    return state;
}

static uint64_t fingerprint_number(uint64_t state, uint64_t number) {
    for (int i = 0; i < 8; i++, number >>= 8)
        state = (state ^ (number & 0xff)) * FINGERPRINT_PRIME;
    return state;
}

static void set(json_t *object, const char *name, uint64_t value) {
    json_object_set_new(object, name, json_bytes(value));
}

/* A new object at the end of a list, with its name unless that is NULL. */
static json_t *add(struct slice_summary *summary, const char *list, const char *name) {
    json_t *object = json_object();
    json_array_append_new(json_object_get(summary->slice, list), object);
    if (name != NULL)
        json_object_set_new(object, "name", json_text(name));
    return object;
}

void summary_begin(struct slice_summary *summary, const struct summary_header *header) {
    static const char *const lists[] = {"commands", "segments", "sections", "symbols"};
    json_t *object = json_object();
    *summary = (struct slice_summary){json_object(), 0, FINGERPRINT_START};
    json_object_set_new(summary->slice, "header", object);
    set(object, "cpu_type", header->cpu_type);
    set(object, "cpu_subtype", header->cpu_subtype);
    set(object, "file_type", header->file_type);
    set(object, "ncmds", header->ncmds);
    set(object, "sizeofcmds", header->sizeofcmds);
    set(object, "flags", header->flags);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        json_object_set_new(summary->slice, lists[i], json_array());
}

void summary_command(struct slice_summary *summary, uint32_t number, uint32_t size, uint64_t offset,
                     struct bytes command) {
    json_t *object = add(summary, "commands", NULL);
    set(object, "number", number);
    set(object, "size", size);
    set(object, "offset", offset);
    set(object, "fingerprint", fingerprint(FINGERPRINT_START, command));
}

void summary_segment(struct slice_summary *summary, const struct summary_segment *segment) {
    json_t *object = add(summary, "segments", segment->name);
    set(object, "vmaddr", segment->vmaddr);
    set(object, "vmsize", segment->vmsize);
    set(object, "fileoff", segment->fileoff);
    set(object, "filesize", segment->filesize);
    set(object, "maxprot", segment->maxprot);
    set(object, "initprot", segment->initprot);
    set(object, "nsects", segment->nsects);
    set(object, "flags", segment->flags);
}

static bool in_file(uint32_t section_type) {
    return section_type != S_ZEROFILL && section_type != S_GB_ZEROFILL &&
           section_type != S_THREAD_LOCAL_ZEROFILL;
}

void summary_section(struct slice_summary *summary, const struct summary_section *section) {
    json_t *object = add(summary, "sections", section->name);
    set(object, "addr", section->addr);
    if (in_file(section->type))
        set(object, "size", section->size);
    set(object, "offset", section->offset);
    set(object, "align", section->align);
    set(object, "type", section->type);
    set(object, "reserved1", section->reserved[0]);
    set(object, "reserved2", section->reserved[1]);
    set(object, "reserved3", section->reserved[2]);
}

void summary_symbol(struct slice_summary *summary, const struct summary_symbol *symbol) {
    struct bytes name = {(const uint8_t *)symbol->name, strlen(symbol->name) + 1};
    uint64_t numbers =
        (uint64_t)symbol->type << 24 | (uint64_t)symbol->section << 16 | symbol->description;
    uint64_t state = fingerprint(summary->symbol_fingerprint, name);
    state = fingerprint_number(state, numbers);
    summary->symbol_fingerprint = fingerprint_number(state, symbol->value);
    if (summary->symbol_count++ >= SUMMARY_SYMBOLS)
        return;
    json_t *object = add(summary, "symbols", symbol->name);
    set(object, "type", symbol->type);
    set(object, "sect", symbol->section);
    set(object, "desc", symbol->description);
    set(object, "value", symbol->value);
}

json_t *summary_end(struct slice_summary *summary) {
    json_t *object = json_object();
    json_object_set_new(summary->slice, "symbol_table", object);
    set(object, "count", summary->symbol_count);
    set(object, "fingerprint", summary->symbol_fingerprint);
    return summary->slice;
}
