#include "symbols.h"

#include "names.h"
#include "random.h"

#include <stdlib.h>
#include <string.h>

enum {
    N_EXT = 0x01,
    N_PEXT = 0x10,
    N_SECT = 0x0e,
    N_GSYM = 0x20,
    N_FUN = 0x24,
    N_STSYM = 0x26,
    N_BNSYM = 0x2e,
    N_ENSYM = 0x4e,
    N_STAB = 0xe0, /* any bit of it: a stab */
    N_SO = 0x64,
    N_OSO = 0x66,
    N_WEAK_REF = 0x40, /* in n_desc */
};

enum {
    RUST_FUNCTIONS = 1000, /* of an object file */
    STRINGS_START = 2,     /* " \0": offset 1 is the empty name */
    TEXT_ALIGNMENT = 4,
    OBJECT_TIME = 0x68000000, /* when every object file was written */
};

struct symbol {
    const char *name; /* NULL for the empty one */
    size_t length;
    uint8_t type;
    uint8_t section;
    uint16_t description;
    uint64_t value;
    size_t definition; /* whose name it is, counted through all files from 1; 0 for another's */
};

struct visitor {
    void (*visit)(void *context, const struct symbol *symbol);
    void *context;
};

static size_t at_most(size_t value, size_t limit) {
    return value < limit ? value : limit;
}

static size_t at_least(size_t value, size_t limit) {
    return value > limit ? value : limit;
}

static size_t divide_up(size_t value, size_t unit) {
    return (value + unit - 1) / unit;
}

/* --- Where things lie --- */

uint64_t symbols_function(const struct symbols *symbols, size_t index) {
    uint64_t slot = index % symbols->slots;
    uint64_t steps = symbols->spacing / 2 / TEXT_ALIGNMENT;
    uint64_t jitter = slot == 0 || steps == 0 ? 0 : hash_number(slot) % steps;
    return symbols->text.address + slot * symbols->spacing + jitter * TEXT_ALIGNMENT;
}

static uint64_t function_size(const struct symbols *symbols, size_t index) {
    uint64_t start = symbols_function(symbols, index);
    uint64_t next = symbols_function(symbols, index + 1);
    return next > start ? next - start : symbols->text.address + symbols->text.size - start;
}

static uint64_t variable_address(const struct symbols *symbols, size_t index) {
    uint64_t room = symbols->data.size / 16;
    return symbols->data.address + (room == 0 ? 0 : index % room * 16);
}

static struct definition definition_of(const struct symbols *symbols, unsigned definition) {
    return shape_definition(symbols->request.shape, definition);
}

static bool lies_in_data(const struct symbols *symbols, unsigned definition) {
    return definition_of(symbols, definition).kind != NAME_FUNCTION && symbols->data.section != 0;
}

static uint64_t address_of(const struct symbols *symbols, size_t file, unsigned definition) {
    const struct shape *shape = symbols->request.shape;
    unsigned place = definition_of(symbols, definition).place;
    if (lies_in_data(symbols, definition))
        return variable_address(symbols, file * (shape->definitions - shape->functions) + place);
    return symbols_function(symbols, file * shape->functions + place);
}

static uint8_t section_of(const struct symbols *symbols, unsigned definition) {
    return lies_in_data(symbols, definition) ? symbols->data.section : symbols->text.section;
}

/* The files that exports, or debug maps, come from; loose symbols lie after them. */
static size_t known_files(const struct symbols *symbols) {
    return at_least(symbols->files,
                    divide_up(symbols->export_count, symbols->request.shape->exportable));
}

static size_t function_count(const struct symbols *symbols) {
    if (symbols->request.functions != 0)
        return symbols->request.functions;
    const struct shape *shape = symbols->request.shape;
    size_t files = known_files(symbols) + divide_up(symbols->loose, shape->definitions);
    return files * shape->functions;
}

/* --- What they are called --- */

static bool is_exported(const struct symbols *symbols, size_t file, unsigned definition) {
    unsigned exportable = symbols->request.shape->exportable;
    return definition < exportable && file * exportable + definition < symbols->export_count;
}

static void name_of(const struct symbols *symbols, size_t file, unsigned definition,
                    struct name *name) {
    shape_name(symbols->request.shape, name, symbols->component, file, definition,
               is_exported(symbols, file, definition));
    if (symbols->has_main && file == 0 && definition == 0)
        name->length = strlen(strcpy(name->text, "_main"));
}

/* --- The table, walked in its order --- */

static void emit(const struct visitor *visitor, const struct name *name, struct symbol symbol) {
    symbol.description = symbol.type == N_OSO;
    if (name != NULL) {
        symbol.name = name->text;
        symbol.length = name->length;
    }
    visitor->visit(visitor->context, &symbol);
}

/* As struct symbol has it. */
static size_t number_of(const struct symbols *symbols, size_t file, unsigned definition) {
    return file * symbols->request.shape->definitions + definition + 1;
}

/* Function `index`; `stab` has its definition. */
static void visit_function_stabs(const struct symbols *symbols, size_t index, struct symbol stab,
                                 const struct name *name, const struct visitor *visitor) {
    uint64_t address = symbols_function(symbols, index), size = function_size(symbols, index);
    uint8_t section = symbols->text.section;
    bool marks = symbols->request.shape->marks_functions;
    stab.type = N_FUN, stab.section = section, stab.value = address;
    if (marks)
        emit(visitor, NULL, (struct symbol){.type = N_BNSYM, .section = section, .value = address});
    emit(visitor, name, stab);
    emit(visitor, NULL, (struct symbol){.type = N_FUN, .value = size});
    if (marks)
        emit(visitor, NULL, (struct symbol){.type = N_ENSYM, .section = section, .value = size});
}

static void visit_definition_stabs(const struct symbols *symbols, size_t file, unsigned definition,
                                   const struct visitor *visitor) {
    struct definition defined = definition_of(symbols, definition);
    struct symbol stab = {.definition = number_of(symbols, file, definition)};
    struct name name;
    if (defined.kind == NAME_TABLE)
        return;
    name_of(symbols, file, definition, &name);
    if (defined.kind == NAME_FUNCTION) {
        size_t index = file * symbols->request.shape->functions + defined.place;
        visit_function_stabs(symbols, index, stab, &name, visitor);
        return;
    }
    stab.type = N_GSYM;
    if (!is_exported(symbols, file, definition)) {
        stab.type = N_STSYM;
        stab.section = section_of(symbols, definition);
        stab.value = address_of(symbols, file, definition);
    }
    emit(visitor, &name, stab);
}

static void visit_object(const struct symbols *symbols, size_t file,
                         const struct visitor *visitor) {
    const struct shape *shape = symbols->request.shape;
    struct name name;
    if (shape->object_stabs == 4) {
        name_folder(&name, symbols->component);
        emit(visitor, &name, (struct symbol){.type = N_SO});
        name_source(&name, NULL, file);
    } else {
        name_source(&name, symbols->component, file);
    }
    emit(visitor, &name, (struct symbol){.type = N_SO});
    name_object(&name, symbols->component, file);
    emit(visitor, &name, (struct symbol){.type = N_OSO, .value = OBJECT_TIME});
}

static void end_object(const struct symbols *symbols, const struct visitor *visitor) {
    emit(visitor, NULL, (struct symbol){.type = N_SO, .section = symbols->text.section});
}

static void visit_stabs(const struct symbols *symbols, size_t file, const struct visitor *visitor) {
    visit_object(symbols, file, visitor);
    for (unsigned i = 0; i < symbols->request.shape->definitions; i++)
        visit_definition_stabs(symbols, file, i, visitor);
    end_object(symbols, visitor);
}

/* Names from half the average length to half as much again. */
static void rust_name(const struct symbols *symbols, size_t index, struct name *name) {
    size_t average = symbols->request.name_length;
    size_t length = average / 2 + hash_number(index + 1) % (average + 1);
    if (symbols->has_main && index == 0)
        name->length = strlen(strcpy(name->text, "_main"));
    else
        name_rust(name, symbols->component, index, length);
}

static void visit_rust(const struct symbols *symbols, const struct visitor *visitor) {
    struct name name;
    for (size_t i = 0; i < symbols->request.functions; i++) {
        if (i % RUST_FUNCTIONS == 0 && i != 0)
            end_object(symbols, visitor);
        if (i % RUST_FUNCTIONS == 0)
            visit_object(symbols, i / RUST_FUNCTIONS, visitor);
        rust_name(symbols, i, &name);
        visit_function_stabs(symbols, i, (struct symbol){0}, &name, visitor);
    }
    if (symbols->request.functions != 0)
        end_object(symbols, visitor);
}

static void visit_local(const struct symbols *symbols, size_t file, unsigned definition,
                        const struct visitor *visitor) {
    struct definition defined = definition_of(symbols, definition);
    bool is_hidden = defined.visibility == VISIBILITY_HIDDEN ||
                     (symbols->request.shape->hides && defined.visibility == VISIBILITY_EXPORTED);
    bool has_stab = file < symbols->files && defined.kind != NAME_TABLE;
    struct name name;
    struct symbol symbol = {
        .type = is_hidden ? N_SECT | N_PEXT : N_SECT,
        .section = section_of(symbols, definition),
        .value = address_of(symbols, file, definition),
        .definition = has_stab ? number_of(symbols, file, definition) : 0,
    };
    name_of(symbols, file, definition, &name);
    emit(visitor, &name, symbol);
}

static void visit_locals(const struct symbols *symbols, size_t file,
                         const struct visitor *visitor) {
    for (unsigned i = 0; i < symbols->request.shape->definitions; i++)
        if (!is_exported(symbols, file, i))
            visit_local(symbols, file, i, visitor);
}

static void visit_loose(const struct symbols *symbols, const struct visitor *visitor) {
    unsigned definitions = symbols->request.shape->definitions;
    size_t first = known_files(symbols);
    for (size_t i = 0; i < symbols->loose; i++)
        visit_local(symbols, first + i / definitions, (unsigned)(i % definitions), visitor);
}

static void visit_globals(const struct symbols *symbols, const struct visitor *visitor) {
    size_t with_stabs = symbols->files * symbols->request.shape->definitions;
    for (size_t i = 0; i < symbols->export_count; i++) {
        const struct export_symbol *export = &symbols->exports[i];
        struct symbol symbol = {.name = export->name,
                                .length = strlen(export->name),
                                .type = N_SECT | N_EXT,
                                .section = export->section,
                                .value = export->address};
        symbol.definition = export->definition <= with_stabs ? export->definition : 0;
        visitor->visit(visitor->context, &symbol);
    }
    for (size_t i = 0; i < symbols->import_count; i++) {
        const struct import_symbol *import = &symbols->imports[i];
        struct symbol symbol = {
            .name = import->name, .length = strlen(import->name), .type = N_EXT};
        symbol.description = (uint16_t)(import->supplier->ordinal << 8);
        symbol.description |= import->supplier->is_weak ? N_WEAK_REF : 0;
        visitor->visit(visitor->context, &symbol);
    }
}

static void visit_all_locals(const struct symbols *symbols, const struct visitor *visitor) {
    for (size_t i = 0; i < symbols->files; i++)
        visit_stabs(symbols, i, visitor);
    for (size_t i = 0; i < symbols->files; i++)
        visit_locals(symbols, i, visitor);
    visit_loose(symbols, visitor);
    visit_rust(symbols, visitor);
}

/* --- Measuring --- */

struct tally {
    bool merges; /* as the request */
    size_t entries;
    uint64_t strings; /* bytes */
};

/* Whether a stab before it has its name. */
static bool has_named_stab(const struct symbol *symbol) {
    return symbol->definition != 0 && (symbol->type & N_STAB) == 0;
}

static void count_symbol(void *context, const struct symbol *symbol) {
    struct tally *tally = context;
    bool is_in_pool = symbol->name == NULL || (tally->merges && has_named_stab(symbol));
    tally->entries++;
    tally->strings += is_in_pool ? 0 : symbol->length + 1;
}

static uint64_t tally_bytes(const struct tally *tally) {
    return tally->entries * (uint64_t)NLIST_SIZE + tally->strings;
}

static uint64_t file_bytes(const struct symbols *symbols, size_t file) {
    struct tally tally = {.merges = symbols->request.merges_strings};
    struct visitor visitor = {count_symbol, &tally};
    visit_stabs(symbols, file, &visitor);
    visit_locals(symbols, file, &visitor);
    return tally_bytes(&tally);
}

struct symbols_size symbols_measure(const struct symbols *symbols) {
    struct tally tally = {.merges = symbols->request.merges_strings, .strings = STRINGS_START};
    struct visitor visitor = {count_symbol, &tally};
    struct symbols_size size;
    visit_all_locals(symbols, &visitor);
    size.locals = tally.entries;
    visit_globals(symbols, &visitor);
    size.entries = tally.entries;
    size.strings = tally.strings;
    return size;
}

/* --- How many of each --- */

/* About how many source files fill the bytes asked for: by the average of some files, and what
 * their exports and imports add to it: in the real shape all of what is exported, its trie and
 * fixups; in the simple one, whose sample exports nothing, an eighth. */
static size_t expected_files(const char *component, const struct symbol_request *request) {
    enum { SAMPLE = 32 };
    struct symbols sample = {
        .component = component, .slots = 1, .files = SAMPLE, .request = *request};
    uint64_t bytes = 0;
    sample.export_count = request->shape->fits_names ? SAMPLE * request->shape->exportable : 0;
    for (size_t i = 0; i < SAMPLE; i++)
        bytes += file_bytes(&sample, i);
    bytes /= SAMPLE;
    return (size_t)(request->bytes / (request->shape->fits_names ? bytes * 4 / 3 : bytes * 9 / 8));
}

/* Whether the entries are counted, the bytes being too few to be filled with whole files. */
static bool is_counted(const char *component, const struct symbol_request *request) {
    return request->bytes == 0 || request->functions != 0 ||
           expected_files(component, request) < (request->shape->fits_names ? 1 : 3);
}

size_t symbols_export_count(const char *component, const struct symbol_request *request) {
    if (request->functions != 0)
        return 1;
    size_t count = is_counted(component, request)
                       ? request->entries / 9
                       : expected_files(component, request) * request->shape->exportable;
    return at_most(count, EXPORTS_MOST);
}

/* So many that every supplier is used where that leaves room for the rest. */
static size_t wanted_imports(const struct symbols *symbols) {
    size_t entries = symbols->request.entries;
    if (symbols->request.functions != 0)
        return symbols->supplier_count;
    if (symbols->is_counted)
        return at_most(at_least(entries / 18, symbols->supplier_count), entries / 4);
    return at_least(symbols->request.shape->imports * symbols->files, symbols->supplier_count);
}

/* In the real shape libSystem has whatever the other libraries have not. */
static size_t available_of(const struct symbols *symbols, const struct supplier *supplier) {
    if (supplier->component != NULL)
        return shape_importable(symbols->request.shape, supplier->exports);
    return symbols->request.shape->fits_names && !symbols->is_counted ? IMPORTS_MOST
                                                                      : supplier->exports;
}

static size_t available_imports(const struct symbols *symbols) {
    size_t available = 0;
    for (size_t i = 0; i < symbols->supplier_count; i++)
        available += available_of(symbols, &symbols->suppliers[i]);
    return available;
}

/* As many whole files as `entries` allow, and the rest as loose locals. */
static void take_files(struct symbols *symbols, size_t entries) {
    const struct shape *shape = symbols->request.shape;
    size_t stabs = shape_stabs(shape);
    symbols->files = 0;
    for (;;) {
        size_t before = at_most(symbols->files * shape->exportable, symbols->export_count);
        size_t exported = at_most(symbols->export_count - before, shape->exportable);
        size_t needed = stabs + shape->definitions - exported;
        if (needed > entries)
            break;
        entries -= needed;
        symbols->files++;
    }
    symbols->loose = entries;
}

void symbols_expect(struct symbols *symbols, size_t import_limit) {
    const struct symbol_request *request = &symbols->request;
    symbols->is_counted = is_counted(symbols->component, request);
    symbols->export_count = symbols_export_count(symbols->component, request);
    symbols->files = symbols->is_counted ? 0 : expected_files(symbols->component, request);
    symbols->import_count = at_most(at_most(wanted_imports(symbols), available_imports(symbols)),
                                    at_most(import_limit, IMPORTS_MOST));
    if (symbols->is_counted && request->functions == 0)
        take_files(symbols, request->entries - symbols->export_count - symbols->import_count);
}

/* --- Exports and imports --- */

static int by_name(const void *left, const void *right) {
    return strcmp(((const struct export_symbol *)left)->name,
                  ((const struct export_symbol *)right)->name);
}

static void make_exports(struct symbols *symbols, struct arena *arena) {
    unsigned exportable = symbols->request.shape->exportable;
    struct name name;
    symbols->exports = arena_take(arena, symbols->export_count * sizeof *symbols->exports);
    for (size_t i = 0; i < symbols->export_count; i++) {
        size_t file = i / exportable;
        unsigned definition = (unsigned)(i % exportable);
        name_of(symbols, file, definition, &name);
        symbols->exports[i].name = arena_copy(arena, name.text, name.length);
        symbols->exports[i].address = address_of(symbols, file, definition);
        symbols->exports[i].section = section_of(symbols, definition);
        symbols->exports[i].definition = number_of(symbols, file, definition);
    }
    if (symbols->export_count != 0)
        qsort(symbols->exports, symbols->export_count, sizeof *symbols->exports, by_name);
}

/* Number `index` of what may be asked of a supplier. */
static const char *supplied_name(const struct symbols *symbols, const struct supplier *supplier,
                                 size_t index, struct arena *arena) {
    const struct shape *shape = symbols->request.shape;
    struct name name;
    if (supplier->component == NULL)
        name_system(&name, index);
    else
        shape_name(shape, &name, supplier->component, index / shape->importable,
                   (unsigned)(index % shape->importable), true);
    return arena_copy(arena, name.text, name.length);
}

/* In turn from all suppliers, leaving out those that have no more. */
static void make_imports(struct symbols *symbols, struct arena *arena) {
    size_t count = 0;
    symbols->imports = arena_take(arena, symbols->import_count * sizeof *symbols->imports);
    for (size_t round = 0; count < symbols->import_count; round++)
        for (size_t i = 0; i < symbols->supplier_count && count < symbols->import_count; i++) {
            const struct supplier *supplier = &symbols->suppliers[i];
            if (round >= available_of(symbols, supplier))
                continue;
            symbols->imports[count].name = supplied_name(symbols, supplier, round, arena);
            symbols->imports[count++].supplier = supplier;
        }
}

void symbols_place(struct symbols *symbols, struct arena *arena, struct place text,
                   struct place data) {
    uint64_t functions = at_least(function_count(symbols), 1);
    symbols->text = text;
    symbols->data = data;
    symbols->spacing = text.size / functions / TEXT_ALIGNMENT * TEXT_ALIGNMENT;
    if (symbols->spacing < 2 * TEXT_ALIGNMENT)
        symbols->spacing = 2 * TEXT_ALIGNMENT;
    symbols->slots = text.size < symbols->spacing ? 1 : text.size / symbols->spacing;
    make_exports(symbols, arena);
    make_imports(symbols, arena);
}

static uint64_t function_starts_bound(const struct symbols *symbols, size_t files) {
    uint64_t functions = (uint64_t)files * symbols->request.shape->functions;
    return functions * uleb128_size(2 * symbols->spacing) + 16;
}

/* What a file's stabs save, their names being those of exported symbols. */
static uint64_t merged_bytes(const struct symbols *symbols, size_t file) {
    uint64_t bytes = 0;
    struct name name;
    for (unsigned i = 0; symbols->request.merges_strings && is_exported(symbols, file, i); i++) {
        name_of(symbols, file, i, &name);
        bytes += name.length + 1;
    }
    return bytes;
}

/* Local symbols until nothing more fits into `room` bytes. */
static void fill(struct symbols *symbols, uint64_t room) {
    struct tally tally = {0};
    struct visitor visitor = {count_symbol, &tally};
    size_t first = known_files(symbols);
    unsigned definitions = symbols->request.shape->definitions;
    uint64_t starts = function_starts_bound(symbols, first + 1);
    for (;; symbols->loose++) {
        size_t file = symbols->loose / definitions;
        visit_local(symbols, first + file, (unsigned)(symbols->loose % definitions), &visitor);
        if (tally_bytes(&tally) + starts + function_starts_bound(symbols, file) > room)
            break;
    }
}

void symbols_fit(struct symbols *symbols, uint64_t room) {
    const struct symbol_request *request = &symbols->request;
    struct tally tally = {.merges = request->merges_strings, .strings = STRINGS_START};
    struct visitor visitor = {count_symbol, &tally};
    if (symbols->is_counted)
        return;
    symbols->files = 0;
    visit_globals(symbols, &visitor);
    uint64_t used = tally_bytes(&tally);
    for (;;) {
        size_t file = symbols->files++;
        uint64_t bytes = used + file_bytes(symbols, file) - merged_bytes(symbols, file);
        uint64_t starts = function_starts_bound(symbols, known_files(symbols));
        if (bytes > request->bytes || bytes + starts > room)
            break;
        used = bytes;
    }
    symbols->files--;
    if (request->shape->fits_names)
        fill(symbols, at_least(at_most(request->bytes, room), used) - used);
}

/* --- Writing --- */

void symbols_function_starts(const struct symbols *symbols, uint64_t base, struct buffer *buffer) {
    size_t count = at_most(function_count(symbols), (size_t)symbols->slots);
    uint64_t last = base;
    for (size_t i = 0; i < count; i++) {
        uint64_t address = symbols_function(symbols, i);
        buffer_uleb128(buffer, address - last);
        last = address;
    }
    buffer_u8(buffer, 0);
}

struct writer {
    struct stream *entries;
    struct stream *strings;
    uint32_t offset;      /* of the next string in the pool */
    uint32_t *stab_names; /* where they are, by definition; NULL where nothing is merged */
};

/* Where the symbol's name is; adds it to the pool where it is not there. */
static uint32_t place_name(struct writer *writer, const struct symbol *symbol) {
    uint32_t offset = writer->offset;
    if (symbol->name == NULL)
        return 1;
    if (writer->stab_names != NULL && has_named_stab(symbol))
        return writer->stab_names[symbol->definition];
    if (writer->stab_names != NULL && symbol->definition != 0)
        writer->stab_names[symbol->definition] = offset;
    stream_add(writer->strings, symbol->name, symbol->length + 1);
    writer->offset += (uint32_t)symbol->length + 1;
    return offset;
}

static void write_symbol(void *context, const struct symbol *symbol) {
    struct writer *writer = context;
    uint8_t entry[NLIST_SIZE];
    uint32_t offset = place_name(writer, symbol);
    for (unsigned i = 0; i < 4; i++)
        entry[i] = (uint8_t)(offset >> (8 * i));
    entry[4] = symbol->type;
    entry[5] = symbol->section;
    entry[6] = (uint8_t)symbol->description;
    entry[7] = (uint8_t)(symbol->description >> 8);
    for (unsigned i = 0; i < 8; i++)
        entry[8 + i] = (uint8_t)(symbol->value >> (8 * i));
    stream_add(writer->entries, entry, sizeof entry);
}

void symbols_write(const struct symbols *symbols, struct stream *entries, struct stream *strings) {
    size_t definitions = symbols->files * symbols->request.shape->definitions;
    struct writer writer = {entries, strings, STRINGS_START, NULL};
    struct visitor visitor = {write_symbol, &writer};
    if (symbols->request.merges_strings)
        writer.stab_names = calloc(definitions + 1, sizeof *writer.stab_names);
    if (symbols->request.merges_strings && writer.stab_names == NULL)
        out_of_memory();
    stream_add(strings, " ", STRINGS_START);
    visit_all_locals(symbols, &visitor);
    visit_globals(symbols, &visitor);
    free(writer.stab_names);
}
