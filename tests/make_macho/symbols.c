#include "symbols.h"

#include "names.h"
#include "random.h"

#include <stdlib.h>
#include <string.h>

enum {
    N_EXT = 0x01,
    N_SECT = 0x0e,
    N_GSYM = 0x20,
    N_FUN = 0x24,
    N_STSYM = 0x26,
    N_BNSYM = 0x2e,
    N_ENSYM = 0x4e,
    N_SO = 0x64,
    N_OSO = 0x66,
    N_WEAK_REF = 0x40, /* in n_desc */
};

enum {
    DEFINITIONS = NAME_DEFINITIONS, /* of a source file */
    EXPORTABLE = 4,                 /* the first so many of them */
    FUNCTIONS = 5,                  /* how many of them are functions */
    RUST_FUNCTIONS = 1000,          /* of an object file */
    STRINGS_START = 2,              /* " \0": offset 1 is the empty name */
    TEXT_ALIGNMENT = 4,
    OBJECT_TIME = 0x68000000, /* when every object file was written */
};

struct definition {
    enum name_kind kind;
    unsigned place; /* which of the file's functions, or of its other definitions */
};

static const struct definition definitions[DEFINITIONS] = {
    {NAME_FUNCTION, 0}, {NAME_FUNCTION, 1}, {NAME_FUNCTION, 2}, {NAME_VARIABLE, 0},
    {NAME_FUNCTION, 3}, {NAME_FUNCTION, 4}, {NAME_VARIABLE, 1}, {NAME_TABLE, 2},
};

struct symbol {
    const char *name; /* NULL for the empty one */
    size_t length;
    uint8_t type;
    uint8_t section;
    uint16_t description;
    uint64_t value;
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

static bool lies_in_data(const struct symbols *symbols, unsigned definition) {
    return definitions[definition].kind != NAME_FUNCTION && symbols->data.section != 0;
}

static uint64_t address_of(const struct symbols *symbols, size_t file, unsigned definition) {
    unsigned place = definitions[definition].place;
    if (lies_in_data(symbols, definition))
        return variable_address(symbols, file * (DEFINITIONS - FUNCTIONS) + place);
    return symbols_function(symbols, file * FUNCTIONS + place);
}

static uint8_t section_of(const struct symbols *symbols, unsigned definition) {
    return lies_in_data(symbols, definition) ? symbols->data.section : symbols->text.section;
}

/* The files that exports, or debug maps, come from; loose symbols lie after them. */
static size_t known_files(const struct symbols *symbols) {
    return at_least(symbols->files, divide_up(symbols->export_count, EXPORTABLE));
}

static size_t function_count(const struct symbols *symbols) {
    if (symbols->request.functions != 0)
        return symbols->request.functions;
    size_t files = known_files(symbols) + divide_up(symbols->loose, DEFINITIONS);
    return files * FUNCTIONS;
}

/* --- What they are called --- */

static bool is_exported(const struct symbols *symbols, size_t file, unsigned definition) {
    return definition < EXPORTABLE && file * EXPORTABLE + definition < symbols->export_count;
}

static void name_of(const struct symbols *symbols, size_t file, unsigned definition,
                    struct name *name) {
    enum name_kind kind = definitions[definition].kind;
    if (!is_exported(symbols, file, definition))
        name_local(name, kind, symbols->component, file, definition);
    else
        name_exported(name, kind, symbols->component, file, definition);
    if (symbols->has_main && file == 0 && definition == 0)
        name->length = strlen(strcpy(name->text, "_main"));
}

/* --- The table, walked in its order --- */

static void emit(const struct visitor *visitor, const struct name *name, uint8_t type,
                 uint8_t section, uint64_t value) {
    struct symbol symbol = {.type = type, .section = section, .value = value};
    symbol.description = type == N_OSO;
    if (name != NULL) {
        symbol.name = name->text;
        symbol.length = name->length;
    }
    visitor->visit(visitor->context, &symbol);
}

static void visit_function_stabs(const struct symbols *symbols, size_t index,
                                 const struct name *name, const struct visitor *visitor) {
    uint64_t address = symbols_function(symbols, index), size = function_size(symbols, index);
    uint8_t section = symbols->text.section;
    emit(visitor, NULL, N_BNSYM, section, address);
    emit(visitor, name, N_FUN, section, address);
    emit(visitor, NULL, N_FUN, 0, size);
    emit(visitor, NULL, N_ENSYM, section, size);
}

static void visit_definition_stabs(const struct symbols *symbols, size_t file, unsigned definition,
                                   const struct visitor *visitor) {
    enum name_kind kind = definitions[definition].kind;
    uint64_t address = address_of(symbols, file, definition);
    uint8_t section = section_of(symbols, definition);
    struct name name;
    name_of(symbols, file, definition, &name);
    if (kind == NAME_VARIABLE && is_exported(symbols, file, definition)) {
        emit(visitor, &name, N_GSYM, 0, 0);
    } else if (kind == NAME_VARIABLE) {
        emit(visitor, &name, N_STSYM, section, address);
    } else if (kind == NAME_FUNCTION) {
        visit_function_stabs(symbols, file * FUNCTIONS + definitions[definition].place, &name,
                             visitor);
    }
}

static void visit_object(const struct symbols *symbols, size_t file,
                         const struct visitor *visitor) {
    struct name name;
    name_folder(&name, symbols->component);
    emit(visitor, &name, N_SO, 0, 0);
    name_source(&name, file);
    emit(visitor, &name, N_SO, 0, 0);
    name_object(&name, symbols->component, file);
    emit(visitor, &name, N_OSO, 0, OBJECT_TIME);
}

static void visit_stabs(const struct symbols *symbols, size_t file, const struct visitor *visitor) {
    visit_object(symbols, file, visitor);
    for (unsigned i = 0; i < DEFINITIONS; i++)
        visit_definition_stabs(symbols, file, i, visitor);
    emit(visitor, NULL, N_SO, symbols->text.section, 0);
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
            emit(visitor, NULL, N_SO, symbols->text.section, 0);
        if (i % RUST_FUNCTIONS == 0)
            visit_object(symbols, i / RUST_FUNCTIONS, visitor);
        rust_name(symbols, i, &name);
        visit_function_stabs(symbols, i, &name, visitor);
    }
    if (symbols->request.functions != 0)
        emit(visitor, NULL, N_SO, symbols->text.section, 0);
}

static void visit_local(const struct symbols *symbols, size_t file, unsigned definition,
                        const struct visitor *visitor) {
    struct name name;
    name_of(symbols, file, definition, &name);
    emit(visitor, &name, N_SECT, section_of(symbols, definition),
         address_of(symbols, file, definition));
}

static void visit_locals(const struct symbols *symbols, size_t file,
                         const struct visitor *visitor) {
    for (unsigned i = 0; i < DEFINITIONS; i++)
        if (!is_exported(symbols, file, i))
            visit_local(symbols, file, i, visitor);
}

static void visit_loose(const struct symbols *symbols, const struct visitor *visitor) {
    size_t first = known_files(symbols);
    for (size_t i = 0; i < symbols->loose; i++)
        visit_local(symbols, first + i / DEFINITIONS, i % DEFINITIONS, visitor);
}

static void visit_globals(const struct symbols *symbols, const struct visitor *visitor) {
    for (size_t i = 0; i < symbols->export_count; i++) {
        const struct export_symbol *export = &symbols->exports[i];
        struct symbol symbol = {.name = export->name,
                                .length = strlen(export->name),
                                .type = N_SECT | N_EXT,
                                .section = export->section,
                                .value = export->address};
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
    size_t entries;
    uint64_t strings; /* bytes */
};

static void count_symbol(void *context, const struct symbol *symbol) {
    struct tally *tally = context;
    tally->entries++;
    tally->strings += symbol->name == NULL ? 0 : symbol->length + 1;
}

static uint64_t tally_bytes(const struct tally *tally) {
    return tally->entries * (uint64_t)NLIST_SIZE + tally->strings;
}

static uint64_t file_bytes(const struct symbols *symbols, size_t file) {
    struct tally tally = {0};
    struct visitor visitor = {count_symbol, &tally};
    visit_stabs(symbols, file, &visitor);
    visit_locals(symbols, file, &visitor);
    return tally_bytes(&tally);
}

struct symbols_size symbols_measure(const struct symbols *symbols) {
    struct tally tally = {.strings = STRINGS_START};
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

/* About how many source files fill the bytes asked for: by the average of some files none of whose
 * definitions are exported, and an eighth for the imports. */
static size_t expected_files(const char *component, const struct symbol_request *request) {
    enum { SAMPLE = 32 };
    struct symbols sample = {.component = component, .slots = 1};
    uint64_t bytes = 0;
    for (size_t i = 0; i < SAMPLE; i++)
        bytes += file_bytes(&sample, i);
    return (size_t)(request->bytes / (bytes / SAMPLE * 9 / 8));
}

/* Whether the entries are counted, the bytes being too few to be filled with whole files. */
static bool is_counted(const char *component, const struct symbol_request *request) {
    return request->bytes == 0 || request->functions != 0 || expected_files(component, request) < 3;
}

size_t symbols_export_count(const char *component, const struct symbol_request *request) {
    if (request->functions != 0)
        return 1;
    size_t count = is_counted(component, request) ? request->entries / 9
                                                  : expected_files(component, request) * EXPORTABLE;
    return at_most(count, EXPORTS_MOST);
}

/* So many that every supplier is used where that leaves room for the rest. */
static size_t wanted_imports(const struct symbols *symbols) {
    size_t entries = symbols->request.entries;
    if (symbols->request.functions != 0)
        return symbols->supplier_count;
    if (is_counted(symbols->component, &symbols->request))
        return at_most(at_least(entries / 18, symbols->supplier_count), entries / 4);
    return at_least(2 * symbols->files, symbols->supplier_count);
}

static size_t available_imports(const struct symbols *symbols) {
    size_t available = 0;
    for (size_t i = 0; i < symbols->supplier_count; i++)
        available += symbols->suppliers[i].exports;
    return available;
}

/* As many whole files as `entries` allow, and the rest as loose locals. */
static void take_files(struct symbols *symbols, size_t entries) {
    size_t stabs = 4 + 4 * FUNCTIONS + 2;
    symbols->files = 0;
    for (;;) {
        size_t exported = at_most(symbols->export_count -
                                      at_most(symbols->files * EXPORTABLE, symbols->export_count),
                                  EXPORTABLE);
        size_t needed = stabs + DEFINITIONS - exported;
        if (needed > entries)
            break;
        entries -= needed;
        symbols->files++;
    }
    symbols->loose = entries;
}

void symbols_expect(struct symbols *symbols, size_t import_limit) {
    const struct symbol_request *request = &symbols->request;
    bool counted = is_counted(symbols->component, request);
    symbols->export_count = symbols_export_count(symbols->component, request);
    symbols->files = counted ? 0 : expected_files(symbols->component, request);
    symbols->import_count = at_most(at_most(wanted_imports(symbols), available_imports(symbols)),
                                    at_most(import_limit, IMPORTS_MOST));
    if (counted && request->functions == 0)
        take_files(symbols, request->entries - symbols->export_count - symbols->import_count);
}

/* --- Exports and imports --- */

static int by_name(const void *left, const void *right) {
    return strcmp(((const struct export_symbol *)left)->name,
                  ((const struct export_symbol *)right)->name);
}

static void make_exports(struct symbols *symbols, struct arena *arena) {
    struct name name;
    symbols->exports = arena_take(arena, symbols->export_count * sizeof *symbols->exports);
    for (size_t i = 0; i < symbols->export_count; i++) {
        size_t file = i / EXPORTABLE;
        unsigned definition = i % EXPORTABLE;
        name_of(symbols, file, definition, &name);
        symbols->exports[i].name = arena_copy(arena, name.text, name.length);
        symbols->exports[i].address = address_of(symbols, file, definition);
        symbols->exports[i].section = section_of(symbols, definition);
    }
    if (symbols->export_count != 0)
        qsort(symbols->exports, symbols->export_count, sizeof *symbols->exports, by_name);
}

/* Export number `index` of a supplier. */
static const char *supplied_name(const struct supplier *supplier, size_t index,
                                 struct arena *arena) {
    unsigned definition = index % EXPORTABLE;
    struct name name;
    if (supplier->component == NULL)
        return name_system(index);
    name_exported(&name, definitions[definition].kind, supplier->component, index / EXPORTABLE,
                  definition);
    return arena_copy(arena, name.text, name.length);
}

/* In turn from all suppliers, leaving out those that have no more. */
static void make_imports(struct symbols *symbols, struct arena *arena) {
    size_t count = 0;
    symbols->imports = arena_take(arena, symbols->import_count * sizeof *symbols->imports);
    for (size_t round = 0; count < symbols->import_count; round++)
        for (size_t i = 0; i < symbols->supplier_count && count < symbols->import_count; i++) {
            const struct supplier *supplier = &symbols->suppliers[i];
            if (round >= supplier->exports)
                continue;
            symbols->imports[count].name = supplied_name(supplier, round, arena);
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
    return (uint64_t)files * FUNCTIONS * uleb128_size(2 * symbols->spacing) + 16;
}

void symbols_fit(struct symbols *symbols, uint64_t room) {
    const struct symbol_request *request = &symbols->request;
    struct tally tally = {.strings = STRINGS_START};
    struct visitor visitor = {count_symbol, &tally};
    if (is_counted(symbols->component, request))
        return;
    visit_globals(symbols, &visitor);
    symbols->files = 0;
    for (uint64_t bytes = tally_bytes(&tally);; symbols->files++) {
        bytes += file_bytes(symbols, symbols->files);
        uint64_t starts =
            function_starts_bound(symbols, at_least(known_files(symbols), symbols->files + 1));
        if (bytes > request->bytes || bytes + starts > room)
            break;
    }
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
    uint32_t offset; /* of the next string in the pool */
};

static void write_symbol(void *context, const struct symbol *symbol) {
    struct writer *writer = context;
    uint8_t entry[NLIST_SIZE];
    uint32_t offset = symbol->name == NULL ? 1 : writer->offset;
    for (unsigned i = 0; i < 4; i++)
        entry[i] = (uint8_t)(offset >> (8 * i));
    entry[4] = symbol->type;
    entry[5] = symbol->section;
    entry[6] = (uint8_t)symbol->description;
    entry[7] = (uint8_t)(symbol->description >> 8);
    for (unsigned i = 0; i < 8; i++)
        entry[8 + i] = (uint8_t)(symbol->value >> (8 * i));
    stream_add(writer->entries, entry, sizeof entry);
    if (symbol->name != NULL) {
        stream_add(writer->strings, symbol->name, symbol->length + 1);
        writer->offset += (uint32_t)symbol->length + 1;
    }
}

void symbols_write(const struct symbols *symbols, struct stream *entries, struct stream *strings) {
    struct writer writer = {entries, strings, STRINGS_START};
    struct visitor visitor = {write_symbol, &writer};
    stream_add(strings, " ", STRINGS_START);
    visit_all_locals(symbols, &visitor);
    visit_globals(symbols, &visitor);
}
