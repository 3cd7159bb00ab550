#include "macho/name_prefix.h"

#include <string.h>

/* Parts are read with the entity's own name, which then goes. */
enum { MOST_READ = NAME_MOST_PARTS + 2, LEGACY_HASH = 17 };

struct name_reader {
    struct bytes name;
    size_t at;
    size_t count;
    struct name_part parts[MOST_READ];
};

static const char scope[] = "::", arguments[] = "<";

const char *name_kind_text(enum name_kind kind) {
    static const char *const texts[NAME_KINDS] = {"other", "c++",         "rust",
                                                  "swift", "objective-c", "path"};
    return texts[kind];
}

static uint8_t peek(const struct name_reader *reader) {
    return reader->at < reader->name.size ? reader->name.data[reader->at] : '\0';
}

static bool takes(struct name_reader *reader, const char *text) {
    size_t size = strlen(text);
    if (reader->name.size - reader->at < size ||
        memcmp(reader->name.data + reader->at, text, size) != 0)
        return false;
    reader->at += size;
    return true;
}

static bool takes_one_of(struct name_reader *reader, const char *characters) {
    if (peek(reader) == '\0' || strchr(characters, peek(reader)) == NULL)
        return false;
    reader->at++;
    return true;
}

static void add_part(struct name_reader *reader, struct bytes text, const char *after) {
    if (reader->count < MOST_READ)
        reader->parts[reader->count++] = (struct name_part){text, after};
}

static void add_text(struct name_reader *reader, const char *text) {
    add_part(reader, (struct bytes){(const uint8_t *)text, strlen(text)}, scope);
}

static bool is_digit(uint8_t character) {
    return character >= '0' && character <= '9';
}

/* A decimal size and as many characters. */
static bool read_identifier(struct name_reader *reader, struct bytes *text) {
    size_t size = 0;
    if (!is_digit(peek(reader)) || peek(reader) == '0')
        return false;
    while (is_digit(peek(reader)) && size < NAME_MOST_BYTES)
        size = 10 * size + (size_t)(reader->name.data[reader->at++] - '0');
    if (size == 0 || size > reader->name.size - reader->at)
        return false;
    *text = (struct bytes){reader->name.data + reader->at, size};
    reader->at += size;
    return true;
}

static void finish(const struct name_reader *reader, size_t dropped, struct name_prefix *prefix) {
    size_t count = reader->count > dropped ? reader->count - dropped : 0;
    prefix->count = count < NAME_MOST_PARTS ? count : NAME_MOST_PARTS;
    memcpy(prefix->parts, reader->parts, prefix->count * sizeof prefix->parts[0]);
}

/* --- Rust, legacy --- */

/* "_$LT$alloc..vec..Vec$LT$T$GT$..." is of alloc::vec::Vec. */
static void add_legacy_type(struct name_reader *reader, struct bytes text) {
    size_t from = 5;
    for (size_t at = from; at <= text.size; at++) {
        bool ends = at == text.size || text.data[at] == '$';
        if (!ends && !(at + 1 < text.size && text.data[at] == '.' && text.data[at + 1] == '.'))
            continue;
        if (at > from)
            add_part(reader, (struct bytes){text.data + from, at - from}, scope);
        if (ends)
            return;
        from = at + 2;
        at++;
    }
}

static bool is_legacy_hash(struct bytes text) {
    if (text.size != LEGACY_HASH || text.data[0] != 'h')
        return false;
    for (size_t i = 1; i < text.size; i++)
        if (!is_digit(text.data[i]) && !(text.data[i] >= 'a' && text.data[i] <= 'f'))
            return false;
    return true;
}

/* Adds the scopes of one identifier; false for one after which there are none. */
static bool add_legacy(struct name_reader *reader, struct bytes text) {
    if (text.size > 5 && memcmp(text.data, "_$LT$", 5) == 0) {
        add_legacy_type(reader, text);
        return false;
    }
    if (memchr(text.data, '$', text.size) != NULL)
        return false;
    add_part(reader, text, scope);
    return true;
}

/* After "__ZN"; false where it is no such name. Its last part is the function's own name. */
static bool read_rust_legacy(struct name_reader reader, struct name_prefix *prefix) {
    struct bytes text = {NULL, 0}, next;
    bool plain = true;
    while (read_identifier(&reader, &next)) {
        plain = plain && (is_legacy_hash(next) || add_legacy(&reader, next));
        text = next;
    }
    if (text.data == NULL || !is_legacy_hash(text) || peek(&reader) != 'E')
        return false;
    prefix->kind = NAME_RUST;
    finish(&reader, plain ? 1 : 0, prefix);
    return true;
}

/* --- C++ --- */

/* Vtables, thunks, guards: what stands before the name that they are of. True for a type's. */
static bool skip_special(struct name_reader *reader) {
    if (takes(reader, "TV") || takes(reader, "TT") || takes(reader, "TI") || takes(reader, "TS"))
        return true;
    if (takes(reader, "Th") || takes(reader, "Tv")) {
        unsigned numbers = reader->name.data[reader->at - 1] == 'v' ? 2 : 1;
        while (numbers > 0 && peek(reader) != '\0')
            numbers -= reader->name.data[reader->at++] == '_';
        return false;
    }
    if (!takes(reader, "GV") && !takes(reader, "GR") && !takes(reader, "TW"))
        takes(reader, "TH");
    return false;
}

static bool read_standard(struct name_reader *reader) {
    static const struct {
        const char *code, *name;
    } rows[] = {{"Sa", "allocator"}, {"Sb", "basic_string"}, {"Ss", "string"},
                {"Si", "istream"},   {"So", "ostream"},      {"Sd", "iostream"}};
    if (takes(reader, "St")) {
        add_text(reader, "std");
        return true;
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (takes(reader, rows[i].code)) {
            add_text(reader, "std");
            add_text(reader, rows[i].name);
            return true;
        }
    return false;
}

/* Parts as far as they are plain; the number of those at the end that are no scopes. */
static size_t read_scopes(struct name_reader *reader, bool nested, bool is_type) {
    struct bytes text;
    size_t own = 0;
    for (bool first = true;; first = false) {
        while (takes_one_of(reader, "L"))
            continue;
        if (first && read_standard(reader)) {
            own = 0;
        } else if ((nested || own == 0) && read_identifier(reader, &text)) {
            bool hidden = text.size == 12 && memcmp(text.data, "_GLOBAL__N_1", 12) == 0;
            if (hidden)
                add_text(reader, "(anonymous namespace)");
            else
                add_part(reader, text, scope);
            own = 1;
        } else {
            break;
        }
        while (takes_one_of(reader, "B") && read_identifier(reader, &text))
            continue;
    }
    if (peek(reader) == 'I' && own == 1 && reader->count > 0) {
        reader->parts[reader->count - 1].after = arguments;
        return 0;
    }
    bool ends = peek(reader) == 'E' || !nested;
    return ends && !is_type ? own : 0;
}

/* After "__Z". */
static void read_cxx(struct name_reader *reader, struct name_prefix *prefix) {
    prefix->kind = NAME_CXX;
    bool is_type = skip_special(reader);
    while (takes_one_of(reader, "Z"))
        is_type = skip_special(reader);
    bool nested = takes_one_of(reader, "N");
    while (nested && takes_one_of(reader, "rVKRO"))
        continue;
    size_t own = read_scopes(reader, nested, is_type);
    finish(reader, own, prefix);
}

/* --- Rust, v0 --- */

static void skip_disambiguator(struct name_reader *reader) {
    if (takes_one_of(reader, "s"))
        while (peek(reader) != '\0' && reader->name.data[reader->at++] != '_')
            continue;
}

static bool read_v0_identifier(struct name_reader *reader) {
    struct bytes text;
    skip_disambiguator(reader);
    takes_one_of(reader, "u");
    size_t at = reader->at, size = 0;
    if (takes_one_of(reader, "0"))
        return true; /* no name, as closures have none */
    while (is_digit(peek(reader)) && size < NAME_MOST_BYTES)
        size = 10 * size + (size_t)(reader->name.data[reader->at++] - '0');
    bool sized = reader->at > at;
    takes_one_of(reader, "_");
    if (!sized || size > reader->name.size - reader->at)
        return false;
    text = (struct bytes){reader->name.data + reader->at, size};
    reader->at += size;
    add_part(reader, text, scope);
    return true;
}

/* What leads to the crate of a path: how many plain steps lie inside the last one that is none. */
struct v0_steps {
    size_t count;
    bool generic; /* the path has arguments */
    bool within;  /* it is of an implementation, of which the module or the type is read */
};

static bool read_v0_steps(struct name_reader *reader, struct v0_steps *steps) {
    *steps = (struct v0_steps){0, false, false};
    while (!takes_one_of(reader, "C")) {
        if (takes_one_of(reader, "N") && peek(reader) != '\0') {
            reader->at++;
            steps->count++;
        } else if (takes_one_of(reader, "I")) {
            *steps = (struct v0_steps){0, true, steps->within};
        } else if (takes_one_of(reader, "MXY")) {
            *steps = (struct v0_steps){0, false, true};
            skip_disambiguator(reader);
        } else {
            return false;
        }
    }
    return true;
}

/* After "__R": the outer steps of a path come first, its crate last. */
static bool read_rust_v0(struct name_reader *reader, struct name_prefix *prefix) {
    struct v0_steps steps;
    if (!read_v0_steps(reader, &steps) || !read_v0_identifier(reader))
        return false;
    size_t before = reader->count;
    for (size_t i = 0; i < steps.count; i++) {
        before = reader->count;
        if (!read_v0_identifier(reader))
            break;
    }
    /* A closure has no name of its own; it is in what comes before. */
    size_t own = steps.count == 0 ? 0 : reader->count - before;
    if (steps.generic && reader->count > 0)
        reader->parts[reader->count - 1].after = arguments;
    prefix->kind = NAME_RUST;
    finish(reader, steps.generic || steps.within ? 0 : own, prefix);
    return true;
}

/* --- others --- */

static void read_swift(struct name_reader *reader, struct name_prefix *prefix) {
    struct bytes text;
    prefix->kind = NAME_SWIFT;
    if (takes_one_of(reader, "sS"))
        add_text(reader, "Swift");
    else if (read_identifier(reader, &text))
        add_part(reader, text, ".");
    finish(reader, 0, prefix);
}

/* Up to the first of `ends`. */
static bool read_until(struct name_reader *reader, const char *ends, struct bytes *text) {
    size_t from = reader->at;
    while (peek(reader) != '\0' && strchr(ends, peek(reader)) == NULL)
        reader->at++;
    *text = (struct bytes){reader->name.data + from, reader->at - from};
    return peek(reader) != '\0';
}

static bool read_objc(struct name_reader *reader, struct name_prefix *prefix) {
    static const char *const beginnings[] = {"-[", "+[", "_OBJC_CLASS_$_", "_OBJC_METACLASS_$_",
                                             "_OBJC_IVAR_$_"};
    struct bytes text;
    bool begins = false;
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0] && !begins; i++)
        begins = takes(reader, beginnings[i]);
    if (!begins)
        return false;
    read_until(reader, " (.", &text);
    add_part(reader, text, " ");
    prefix->kind = NAME_OBJC;
    finish(reader, 0, prefix);
    return true;
}

/* Folders, and the archive of a member. */
static void read_path(struct name_reader *reader, struct name_prefix *prefix) {
    struct bytes text;
    prefix->kind = NAME_PATH;
    while (read_until(reader, "/(", &text) && reader->count < NAME_MOST_PARTS) {
        add_part(reader, text, peek(reader) == '/' ? "/" : "(");
        reader->at++;
    }
    finish(reader, 0, prefix);
}

/* "_SSL_CTX_new" is one of "SSL_". */
static void read_plain(struct name_reader *reader, struct name_prefix *prefix) {
    struct bytes text;
    takes_one_of(reader, "_");
    size_t from = reader->at;
    while (takes_one_of(reader, "_"))
        continue;
    if (read_until(reader, "_.$", &text)) {
        const char *after = peek(reader) == '_' ? "_" : peek(reader) == '.' ? "." : "$";
        text = (struct bytes){reader->name.data + from, reader->at - from};
        add_part(reader, text, after);
    }
    finish(reader, 0, prefix);
}

void name_prefix_read(struct bytes name, struct name_prefix *prefix) {
    size_t size = name.size < NAME_MOST_BYTES ? name.size : NAME_MOST_BYTES;
    struct name_reader reader = {.name = {name.data, size}};
    *prefix = (struct name_prefix){.kind = NAME_OTHER};
    if (takes(&reader, "__Z") || takes(&reader, "____Z")) {
        struct name_reader legacy = reader;
        if (!takes(&legacy, "N") || !read_rust_legacy(legacy, prefix))
            read_cxx(&reader, prefix);
        return;
    }
    struct name_reader rust = reader;
    if (takes(&rust, "__R") && read_rust_v0(&rust, prefix))
        return;
    if (takes(&reader, "_$s") || takes(&reader, "_$S"))
        read_swift(&reader, prefix);
    else if (read_objc(&reader, prefix))
        return;
    else if (size != 0 && memchr(name.data, '/', size) != NULL)
        read_path(&reader, prefix);
    else
        read_plain(&reader, prefix);
}
