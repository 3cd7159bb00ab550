#include "macho/dyld_info.h"

#include "base/leb.h"
#include "macho/format.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    OPCODES = 16,      /* the upper four bits */
    MOST_PADDING = 15, /* bytes after the end of rebases */
};

/* Does what an opcode says; false with *error filled. */
typedef bool opcode_step(struct dyld_info_walk *walk, uint8_t immediate, struct error *error);

struct opcode {
    const char *name;
    opcode_step *step; /* NULL for an unknown one */
};

#define OPCODE(name, step) [name / OPCODES] = {#name, step}

struct opcode_program {
    const char *part;
    enum fixup_kind kind;
    const struct opcode *opcodes; /* OPCODES of them */
};

/* --- errors --- */

static bool opcode_error(const struct dyld_info_walk *walk, struct error *error, const char *format,
                         ...) __attribute__((format(printf, 3, 4)));

static bool opcode_error(const struct dyld_info_walk *walk, struct error *error, const char *format,
                         ...) {
    const char *name = NULL;
    char field[sizeof error->field], what[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    if (walk->opcode < walk->opcodes.size)
        name = walk->program->opcodes[walk->opcodes.data[walk->opcode] / OPCODES].name;
    snprintf(field, sizeof field, "%s byte 0x%zx%s%s%s", walk->program->part, walk->opcode,
             name == NULL ? "" : " (", name == NULL ? "" : name, name == NULL ? "" : ")");
    return error_malformed(error, field, "%s", what);
}

/* --- operands --- */

static bool number(struct dyld_info_walk *walk, uint64_t *value, struct error *error) {
    return leb_unsigned(walk->opcodes, &walk->at, value) ||
           opcode_error(walk, error, "a number that does not end or does not fit in 64 bits");
}

static bool string(struct dyld_info_walk *walk, const char **value, struct error *error) {
    const uint8_t *start = walk->opcodes.data + walk->at;
    const uint8_t *end = memchr(start, 0, walk->opcodes.size - walk->at);
    if (end == NULL)
        return opcode_error(walk, error, "the symbol's name does not end inside the opcodes");
    *value = (const char *)start;
    walk->at += (size_t)(end - start) + 1;
    return true;
}

/* --- opcodes of both kinds --- */

static bool set_type(struct dyld_info_walk *walk, uint8_t immediate, struct error *error) {
    (void)error;
    walk->type = immediate;
    return true;
}

static bool set_place(struct dyld_info_walk *walk, uint8_t immediate, struct error *error) {
    const struct segments *segments = &walk->image->segments;
    if (immediate >= segments->count)
        return opcode_error(walk, error, "segment %d, but the image has %zu", immediate,
                            segments->count);
    walk->segment = &segments->items[immediate];
    return number(walk, &walk->offset, error);
}

static bool skip(struct dyld_info_walk *walk, uint8_t immediate, struct error *error) {
    uint64_t distance;
    (void)immediate;
    if (!number(walk, &distance, error))
        return false;
    walk->offset += distance;
    return true;
}

/* Has the next `count` fixups made, each `gap` bytes after the end of the one before. */
static bool make(struct dyld_info_walk *walk, uint64_t count, uint64_t gap) {
    walk->count = count;
    walk->step = FIXUP_SIZE + gap;
    return true;
}

static bool make_and_skip(struct dyld_info_walk *walk, uint8_t immediate, struct error *error) {
    uint64_t gap;
    (void)immediate;
    return number(walk, &gap, error) && make(walk, 1, gap);
}

static bool make_skipping(struct dyld_info_walk *walk, uint8_t immediate, struct error *error) {
    uint64_t count, gap;
    (void)immediate;
    return number(walk, &count, error) && number(walk, &gap, error) && make(walk, count, gap);
}

/* --- rebase opcodes --- */

static bool rebase_done(struct dyld_info_walk *walk, uint8_t immediate, struct error *error) {
    size_t after = walk->opcodes.size - walk->at;
    (void)immediate;
    walk->done = true;
    return after <= MOST_PADDING ||
           opcode_error(walk, error, "ends the opcodes %zu bytes before their end", after);
}

static bool rebase_skip_pointers(struct dyld_info_walk *walk, uint8_t immediate,
                                 struct error *error) {
    (void)error;
    walk->offset += (uint64_t)immediate * FIXUP_SIZE;
    return true;
}

static bool rebase_times(struct dyld_info_walk *walk, uint8_t immediate, struct error *error) {
    (void)error;
    return make(walk, immediate, 0);
}

static bool rebase_many_times(struct dyld_info_walk *walk, uint8_t immediate, struct error *error) {
    uint64_t count;
    (void)immediate;
    return number(walk, &count, error) && make(walk, count, 0);
}

static const struct opcode rebase_opcodes[OPCODES] = {
    OPCODE(REBASE_OPCODE_DONE, rebase_done),
    OPCODE(REBASE_OPCODE_SET_TYPE_IMM, set_type),
    OPCODE(REBASE_OPCODE_SET_SEGMENT_AND_OFFSET_ULEB, set_place),
    OPCODE(REBASE_OPCODE_ADD_ADDR_ULEB, skip),
    OPCODE(REBASE_OPCODE_ADD_ADDR_IMM_SCALED, rebase_skip_pointers),
    OPCODE(REBASE_OPCODE_DO_REBASE_IMM_TIMES, rebase_times),
    OPCODE(REBASE_OPCODE_DO_REBASE_ULEB_TIMES, rebase_many_times),
    OPCODE(REBASE_OPCODE_DO_REBASE_ADD_ADDR_ULEB, make_and_skip),
    OPCODE(REBASE_OPCODE_DO_REBASE_ULEB_TIMES_SKIPPING_ULEB, make_skipping),
};

/* --- bind opcodes --- */

/* Lazy binds end one by one, since each is read by itself; the others end here. */
static bool bind_done(struct dyld_info_walk *walk, uint8_t immediate, struct error *error) {
    (void)immediate;
    (void)error;
    walk->done = walk->program->kind != FIXUP_LAZY_BIND;
    walk->lazy_entry = walk->at;
    return true;
}

static bool set_ordinal(struct dyld_info_walk *walk, int64_t ordinal, struct error *error) {
    if (walk->program->kind == FIXUP_WEAK_BIND)
        return opcode_error(walk, error, "weak binds are of no dylib of their own");
    walk->ordinal = ordinal;
    walk->ordinal_at = walk->opcode;
    walk->has_ordinal = true;
    return true;
}

static bool bind_ordinal(struct dyld_info_walk *walk, uint8_t immediate, struct error *error) {
    return set_ordinal(walk, immediate, error);
}

static bool bind_large_ordinal(struct dyld_info_walk *walk, uint8_t immediate,
                               struct error *error) {
    uint64_t ordinal;
    (void)immediate;
    return number(walk, &ordinal, error) &&
           set_ordinal(walk, ordinal > INT32_MAX ? INT32_MAX : (int64_t)ordinal, error);
}

/* The immediate is the low half of a negative byte. */
static bool bind_special_ordinal(struct dyld_info_walk *walk, uint8_t immediate,
                                 struct error *error) {
    return set_ordinal(walk, immediate == 0 ? 0 : (int64_t)immediate - OPCODES, error);
}

static bool bind_symbol(struct dyld_info_walk *walk, uint8_t immediate, struct error *error) {
    walk->weak = (immediate & BIND_SYMBOL_FLAGS_WEAK_IMPORT) != 0;
    if (!string(walk, &walk->symbol, error))
        return false;
    if ((immediate & BIND_SYMBOL_FLAGS_NON_WEAK_DEFINITION) != 0 &&
        walk->program->kind == FIXUP_WEAK_BIND)
        walk->strong = walk->symbol;
    return true;
}

static bool bind_addend(struct dyld_info_walk *walk, uint8_t immediate, struct error *error) {
    (void)immediate;
    return leb_signed(walk->opcodes, &walk->at, &walk->addend) ||
           opcode_error(walk, error, "a number that does not end or does not fit in 64 bits");
}

static bool bind_one(struct dyld_info_walk *walk, uint8_t immediate, struct error *error) {
    (void)immediate;
    (void)error;
    return make(walk, 1, 0);
}

static bool bind_and_skip_pointers(struct dyld_info_walk *walk, uint8_t immediate,
                                   struct error *error) {
    (void)error;
    return make(walk, 1, (uint64_t)immediate * FIXUP_SIZE);
}

static bool bind_threaded(struct dyld_info_walk *walk, uint8_t immediate, struct error *error) {
    (void)immediate;
    return opcode_error(walk, error, "old arm64e binds are not read");
}

static const struct opcode bind_opcodes[OPCODES] = {
    OPCODE(BIND_OPCODE_DONE, bind_done),
    OPCODE(BIND_OPCODE_SET_DYLIB_ORDINAL_IMM, bind_ordinal),
    OPCODE(BIND_OPCODE_SET_DYLIB_ORDINAL_ULEB, bind_large_ordinal),
    OPCODE(BIND_OPCODE_SET_DYLIB_SPECIAL_IMM, bind_special_ordinal),
    OPCODE(BIND_OPCODE_SET_SYMBOL_TRAILING_FLAGS_IMM, bind_symbol),
    OPCODE(BIND_OPCODE_SET_TYPE_IMM, set_type),
    OPCODE(BIND_OPCODE_SET_ADDEND_SLEB, bind_addend),
    OPCODE(BIND_OPCODE_SET_SEGMENT_AND_OFFSET_ULEB, set_place),
    OPCODE(BIND_OPCODE_ADD_ADDR_ULEB, skip),
    OPCODE(BIND_OPCODE_DO_BIND, bind_one),
    OPCODE(BIND_OPCODE_DO_BIND_ADD_ADDR_ULEB, make_and_skip),
    OPCODE(BIND_OPCODE_DO_BIND_ADD_ADDR_IMM_SCALED, bind_and_skip_pointers),
    OPCODE(BIND_OPCODE_DO_BIND_ULEB_TIMES_SKIPPING_ULEB, make_skipping),
    OPCODE(BIND_OPCODE_THREADED, bind_threaded),
};

static const struct opcode_program programs[] = {
    {"rebase opcodes", FIXUP_REBASE, rebase_opcodes},
    {"bind opcodes", FIXUP_BIND, bind_opcodes},
    {"weak bind opcodes", FIXUP_WEAK_BIND, bind_opcodes},
    {"lazy bind opcodes", FIXUP_LAZY_BIND, bind_opcodes},
};

const struct opcode_program *opcode_program_named(const char *part) {
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++)
        if (strcmp(programs[i].part, part) == 0)
            return &programs[i];
    return NULL;
}

/* --- the walk --- */

struct dyld_info_walk dyld_info_walk(const struct opcode_program *program, struct bytes opcodes,
                                     const struct image *image, struct bytes slice) {
    struct dyld_info_walk walk = {
        .program = program, .image = image, .opcodes = opcodes, .slice = slice};
    bool implied = program->kind == FIXUP_WEAK_BIND || program->kind == FIXUP_LAZY_BIND;
    walk.type = implied ? BIND_TYPE_POINTER : 0;
    if (program->kind == FIXUP_WEAK_BIND) {
        walk.ordinal = ORDINAL_WEAK;
        walk.has_ordinal = true;
    }
    for (size_t i = 0; i < image->segments.count; i++)
        walk.left += fixup_segment_size(&image->segments.items[i]) / FIXUP_SIZE;
    return walk;
}

static bool place_valid(const struct dyld_info_walk *walk, struct error *error) {
    const struct segment *segment = walk->segment;
    if (segment == NULL)
        return opcode_error(walk, error, "no segment and offset were set before it");
    if (!range_within(walk->offset, FIXUP_SIZE, fixup_segment_size(segment)))
        return opcode_error(walk, error,
                            "offset 0x%" PRIx64 " lies past what the file holds of %s, 0x%" PRIx64
                            " bytes",
                            walk->offset, segment->name, fixup_segment_size(segment));
    if ((segment->protection & VM_PROT_WRITE) == 0)
        return opcode_error(walk, error, "%s cannot be written", segment->name);
    if (walk->type != BIND_TYPE_POINTER)
        return opcode_error(walk, error, "type %d is none of pointers", walk->type);
    if (walk->left == 0)
        return opcode_error(walk, error, "more fixups than the segments hold pointers");
    return true;
}

static bool import_valid(const struct dyld_info_walk *walk, struct error *error) {
    if (walk->symbol == NULL)
        return opcode_error(walk, error, "no symbol was set before it");
    if (!walk->has_ordinal)
        return opcode_error(walk, error, "no ordinal was set before it");
    if (!ordinal_valid(walk->ordinal, walk->image))
        return opcode_error(walk, error, "ordinal %" PRId64 ", but the image loads %zu dylibs",
                            walk->ordinal, walk->image->dylibs.count);
    return true;
}

static uint64_t target_of(const struct dyld_info_walk *walk) {
    struct bytes contents = fixup_segment_contents(walk->segment, walk->slice);
    return contents.size == 0 ? 0 : bytes_u64(contents, (size_t)walk->offset);
}

static bool take(struct dyld_info_walk *walk, struct fixup *fixup, struct error *error) {
    enum fixup_kind kind = walk->program->kind;
    if (!place_valid(walk, error) || (kind != FIXUP_REBASE && !import_valid(walk, error)))
        return false;
    *fixup = (struct fixup){.kind = kind, .address = walk->segment->address + walk->offset};
    if (kind == FIXUP_REBASE)
        fixup->target = target_of(walk);
    else
        fixup->import =
            (struct import){walk->symbol, (int32_t)walk->ordinal, walk->weak, walk->addend};
    if (kind == FIXUP_LAZY_BIND)
        fixup->lazy_entry = walk->lazy_entry;
    walk->offset += walk->step;
    walk->count--;
    walk->left--;
    return true;
}

static bool take_strong(struct dyld_info_walk *walk, struct fixup *fixup) {
    *fixup = (struct fixup){.kind = FIXUP_STRONG, .import = {.symbol = walk->strong}};
    walk->strong = NULL;
    return true;
}

static bool run_opcode(struct dyld_info_walk *walk, struct error *error) {
    walk->opcode = walk->at++;
    uint8_t byte = walk->opcodes.data[walk->opcode];
    opcode_step *step = walk->program->opcodes[byte / OPCODES].step;
    if (step == NULL)
        return opcode_error(walk, error, "opcode 0x%02x is unknown", byte);
    return step(walk, byte & BIND_IMMEDIATE_MASK, error);
}

bool dyld_info_next(struct dyld_info_walk *walk, struct fixup *fixup, struct error *error) {
    error->kind = ERROR_NONE;
    for (;;) {
        if (walk->strong != NULL)
            return take_strong(walk, fixup);
        if (walk->count > 0)
            return take(walk, fixup, error);
        if (walk->done || walk->at == walk->opcodes.size)
            return false;
        if (!run_opcode(walk, error))
            return false;
    }
}
