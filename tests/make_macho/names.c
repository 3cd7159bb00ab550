#include "names.h"

#include "random.h"

#include "base/path.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum {
    WORD_BITS = 6,
    WORD_MASK = (1 << WORD_BITS) - 1,
    SHORT_CLASS = 3, /* words of a class's name, up to 1 << 18 files */
    LONG_CLASS = 4,
};

/* One capital each, so that words run together can be told apart again. */
static const char *const words[1 << WORD_BITS] = {
    "Accessibility", "Animation", "Autofill", "Browser",  "Buffer",    "Cache",     "Channel",
    "Client",        "Codec",     "Context",  "Cookie",   "Database",  "Delegate",  "Device",
    "Display",       "Document",  "Download", "Element",  "Event",     "Factory",   "Filter",
    "Focus",         "Font",      "Frame",    "Gesture",  "Graphics",  "Handler",   "History",
    "Host",          "Image",     "Input",    "Layer",    "Layout",    "Manager",   "Media",
    "Message",       "Metrics",   "Model",    "Mojo",     "Network",   "Node",      "Observer",
    "Origin",        "Page",      "Paint",    "Policy",   "Process",   "Profile",   "Proxy",
    "Quota",         "Renderer",  "Request",  "Resource", "Scheduler", "Script",    "Service",
    "Session",       "Shader",    "Storage",  "Stream",   "Surface",   "Transport", "Video",
    "Worker",
};

static const char *const verbs[NAME_DEFINITIONS] = {
    "Create", "Update", "DidFinish", "Register", "Maybe", "Compute", "Serialize", "Reset",
};

/* Mangled parameter lists, a few short ones and the long ones that make up most of a string pool.
 */
struct parameter {
    const char *text;
    size_t length;
};
#define PARAMETER(text)                                                                            \
    { text, sizeof text - 1 }
static const struct parameter parameters[] = {
    PARAMETER("v"),
    PARAMETER("PKcm"),
    PARAMETER("RKNSt3__16vectorIiNSt3__19allocatorIiEEEE"),
    PARAMETER(
        "NSt3__110unique_ptrIN4base10TaskRunnerENSt3__114default_deleteIN4base10TaskRunnerEEEEE"),
    PARAMETER("RKN4base8LocationEN4base12OnceCallbackIFvvEEE"),
    PARAMETER("RKNSt3__112basic_stringIcNSt3__111char_traitsIcEENSt3__19allocatorIcEEEE"),
    PARAMETER("bbj"),
    PARAMETER("N4base7WeakPtrIN7content15RenderFrameHostEEERKN3url6OriginEb"),
    PARAMETER("N4base17RepeatingCallbackIFvN4mojo13PendingRemoteIN7network5mojom9URLLoaderEEEEEE"),
    PARAMETER("RKN3gfx4RectE"),
    PARAMETER("PN2v87IsolateEN2v85LocalIN2v87ContextEEE"),
    PARAMETER("NSt3__18optionalINSt3__14pairIxxEEEEd"),
    PARAMETER("RKN5blink9WebStringERKN4base16UnguessableTokenE"),
    PARAMETER("N4base9TimeDeltaEN4base9TimeDeltaE"),
    PARAMETER("RNSt3__113basic_ostreamIcNSt3__111char_traitsIcEEEE"),
    PARAMETER(
        "NSt3__13mapINSt3__112basic_stringIcNSt3__111char_traitsIcEENSt3__19allocatorIcEEEEiEE"),
};

/* Types as the v0 mangling has them, without references back: what generic functions are made for
 * fills the string pools of Rust's programs. */
static const char *const rust_types[] = {
    "NtNtCsaRfKvZxQ0Pj_5alloc6string6String",
    "INtNtCsaRfKvZxQ0Pj_5alloc3vec3VechE",
    "INtNtCs6tYHvBfNw2k_4core6option6OptionNtNtCs6tYHvBfNw2k_4core4time8DurationE",
    "INtNtCsaRfKvZxQ0Pj_5alloc5boxed3BoxDNtNtCs6tYHvBfNw2k_4core5error5ErrorEL_E",
    "INtNtNtCs6tYHvBfNw2k_4core6future5ready5ReadyuE",
    "NtNtNtCs3dMbVq8sLuX_5tokio7runtime6handle6Handle",
    "INtNtNtCs3dMbVq8sLuX_5tokio4sync5mutex5MutexINtNtCsaRfKvZxQ0Pj_5alloc3vec3VecmEE",
    "NtNtCsk1PzJcWy9Td_5hyper5error5Error",
    "TmmRShE",
    ("INtNtNtNtCs9hGgUxS4oVb_3std11collections4hash3map7HashMapjNtNtCsaRfKvZxQ0Pj_5alloc6string6"
     "StringE"),
    "NCNvNtCs2nLrEiCm7Ak_5tower7service4poll0",
    "QNtNtCs5wDqXjOe1Fv_4http6header9HeaderMap",
};

static const char *const system_functions[] = {
    "_malloc", "_free",    "_memcpy", "_memmove", "_memset", "_memcmp", "_strlen", "_strcmp",
    "_calloc", "_realloc", "_abort",  "_write",   "_read",   "_open",   "_close",  "_getenv",
};

static void add_bytes(struct name *name, const char *text, size_t length) {
    if (length > NAME_CAPACITY - 1 - name->length)
        length = NAME_CAPACITY - 1 - name->length;
    memcpy(name->text + name->length, text, length);
    name->length += length;
    name->text[name->length] = '\0';
}

static void add(struct name *name, const char *text) {
    add_bytes(name, text, strlen(text));
}

static void add_number(struct name *name, size_t number) {
    char digits[24];
    char *digit = digits + sizeof digits;
    do
        *--digit = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    add_bytes(name, digit, (size_t)(digits + sizeof digits - digit));
}

/* An identifier as mangled names have it: its length, then itself. */
static void add_identifier(struct name *name, const struct name *identifier) {
    add_number(name, identifier->length);
    add_bytes(name, identifier->text, identifier->length);
}

static void add_component(struct name *name, const char *component) {
    add_number(name, strlen(component));
    add(name, component);
}

static void clear(struct name *name) {
    name->length = 0;
    name->text[0] = '\0';
}

/* The words of a file's class. The odd factor spreads neighbouring files, one to one, over all
 * combinations of words. */
static size_t class_words(size_t file, const char *chosen[LONG_CLASS]) {
    size_t count = file >> (SHORT_CLASS * WORD_BITS) == 0 ? SHORT_CLASS : LONG_CLASS;
    size_t code = (file + 1) * 0x9e3779b1U;
    for (size_t i = 0; i < count; i++, code >>= WORD_BITS)
        chosen[i] = words[code & WORD_MASK];
    return count;
}

static void class_name(struct name *name, size_t file) {
    const char *chosen[LONG_CLASS];
    size_t count = class_words(file, chosen);
    clear(name);
    for (size_t i = 0; i < count; i++)
        add(name, chosen[i]);
}

static void member_name(struct name *name, enum name_kind kind, size_t file, unsigned definition) {
    uint64_t choice = hash_number(file * NAME_DEFINITIONS + definition + 1);
    clear(name);
    add(name, kind == NAME_VARIABLE ? "k" : "");
    add(name, verbs[definition]);
    add(name, words[choice & WORD_MASK]);
    add(name, words[(choice >> WORD_BITS) & WORD_MASK]);
}

static const char *parameters_of(size_t file, unsigned definition) {
    uint64_t choice = hash_number(~(uint64_t)(file * NAME_DEFINITIONS + definition));
    return parameters[choice % (sizeof parameters / sizeof parameters[0])].text;
}

static void mangle(struct name *name, enum name_kind kind, const char *component, const char *inner,
                   size_t file, unsigned definition) {
    struct name part;
    clear(name);
    add(name, "__ZN");
    add_component(name, component);
    add(name, inner);
    class_name(&part, file);
    add_identifier(name, &part);
    member_name(&part, kind, file, definition);
    add_identifier(name, &part);
    add(name, "E");
    if (kind == NAME_FUNCTION)
        add(name, parameters_of(file, definition));
}

void name_exported(struct name *name, enum name_kind kind, const char *component, size_t file,
                   unsigned definition) {
    mangle(name, kind, component, "", file, definition);
}

void name_local(struct name *name, enum name_kind kind, const char *component, size_t file,
                unsigned definition) {
    if (kind != NAME_TABLE) {
        mangle(name, kind, component, "12_GLOBAL__N_1", file, definition);
        return;
    }
    clear(name);
    add(name, "___block_descriptor_tmp.");
    add_number(name, file * NAME_DEFINITIONS + definition);
}

/* --- Names of a given length --- */

/* Six bits of `code` a syllable, `count` syllables. */
static void add_syllables(struct name *name, size_t code, unsigned count) {
    static const char consonants[] = "bdfghjklmnprstvw", vowels[] = "aeiu";
    for (; count > 0; count--, code >>= WORD_BITS) {
        const char syllable[] = {consonants[code & 15], vowels[code >> 4 & 3]};
        add_bytes(name, syllable, sizeof syllable);
    }
}

/* A short identifier that no other file's class has. */
static void short_class(struct name *name, size_t file) {
    static const char *const ends[] = {"Host", "Node", "Page", "Layer"};
    unsigned count = file >> (SHORT_CLASS * WORD_BITS) == 0 ? SHORT_CLASS : LONG_CLASS;
    clear(name);
    add(name, "C");
    add_syllables(name, (file + 1) * 0x9e3779b1U, count);
    add(name, ends[hash_number(file) & 3]);
}

/* One that no other definition of its file has, of about `length` bytes. */
static void short_member(struct name *name, size_t file, unsigned definition, size_t length) {
    uint64_t choice = hash_number(file * NAME_DEFINITIONS + definition + 1);
    clear(name);
    add_syllables(name, definition, 1);
    for (; name->length + 6 < length; choice = hash_number(choice))
        add(name, words[choice & WORD_MASK]);
}

/* A parameter list of at most `length` bytes; NULL where all are longer. */
static const struct parameter *parameter_within(size_t length, uint64_t choice) {
    size_t count = sizeof parameters / sizeof *parameters - 1;
    for (size_t i = 0; i < count; i++) {
        const struct parameter *parameter = &parameters[1 + (choice + i) % count];
        if (parameter->length <= length)
            return parameter;
    }
    return NULL;
}

/* Parameters of `length` bytes in all. */
static void add_parameters(struct name *name, size_t length, uint64_t choice) {
    static const char fundamental[] = "bijdmxcf";
    size_t end = name->length + length;
    for (; name->length < end; choice = hash_number(choice + 1)) {
        const struct parameter *parameter = parameter_within(end - name->length, choice);
        if (parameter != NULL)
            add_bytes(name, parameter->text, parameter->length);
        else
            add_bytes(name, &fundamental[choice & 7], 1);
    }
}

void name_sized(struct name *name, const char *component, bool is_anonymous, size_t file,
                unsigned definition, size_t length) {
    struct name part;
    clear(name);
    add(name, "__ZN");
    add_component(name, component);
    add(name, is_anonymous ? "12_GLOBAL__N_1" : "");
    short_class(&part, file);
    add_identifier(name, &part);
    size_t left = length > name->length ? length - name->length : 0;
    short_member(&part, file, definition, left < 60 ? left / 2 : 30);
    add_identifier(name, &part);
    add(name, "E");
    left = length > name->length ? length - name->length : 0;
    add_parameters(name, left == 0 ? 1 : left, hash_number(file + 1) + definition);
}

void name_exception_table(struct name *name, size_t number) {
    clear(name);
    add(name, "GCC_except_table");
    add_number(name, number);
}

/* What is left is an array of so many references; two bytes are the shortest type. */
static void fill(struct name *name, size_t length) {
    while (name->length + 2 <= length)
        add(name, "R");
    add(name, "u");
}

void name_rust(struct name *name, const char *component, size_t index, size_t length) {
    size_t types = sizeof rust_types / sizeof rust_types[0];
    struct name part;
    clear(name);
    add(name, "__RINvNtCsb8WfIuRz3Hy_");
    add_component(name, component);
    class_name(&part, index);
    add_identifier(name, &part);
    add(name, "s");
    add_number(name, index);
    add(name, "_");
    member_name(&part, NAME_FUNCTION, index, index % NAME_DEFINITIONS);
    add_identifier(name, &part);
    for (uint64_t choice = hash_number(index + 1);; choice = hash_number(choice)) {
        const char *type = rust_types[choice % types];
        if (name->length + strlen(type) + 2 > length)
            break;
        add(name, type);
    }
    fill(name, length == 0 ? 0 : length - 1);
    add(name, "E");
}

void name_folder(struct name *name, const char *component) {
    clear(name);
    add(name, "/Volumes/build/src/components/");
    add(name, component);
    add(name, "/");
}

/* The class's words in lower case with underscores between them. */
static void add_stem(struct name *name, size_t file) {
    const char *chosen[LONG_CLASS];
    size_t count = class_words(file, chosen);
    for (size_t i = 0; i < count; i++) {
        size_t start = name->length + (i != 0);
        add(name, i == 0 ? "" : "_");
        add(name, chosen[i]);
        name->text[start] = (char)tolower((unsigned char)name->text[start]);
    }
}

void name_source(struct name *name, const char *component, size_t file) {
    clear(name);
    if (component != NULL)
        name_folder(name, component);
    add_stem(name, file);
    add(name, ".cc");
}

void name_object(struct name *name, const char *component, size_t file) {
    clear(name);
    add(name, "/Volumes/build/src/out/component/obj/components/");
    add(name, component);
    add(name, "/");
    add(name, component);
    add(name, "/");
    add_stem(name, file);
    add(name, ".o");
}

size_t name_system_count(void) {
    return sizeof system_functions / sizeof system_functions[0];
}

void name_system(struct name *name, size_t index) {
    uint64_t choice = hash_number(index + 1);
    clear(name);
    if (index < name_system_count()) {
        add(name, system_functions[index]);
        return;
    }
    add(name, "_dispatch_queue_");
    for (int i = 0; i < 3; i++, choice >>= WORD_BITS)
        add(name, words[choice & WORD_MASK]);
    add(name, "_f");
    add_number(name, index);
}

const char *component_name(struct arena *arena, const char *path) {
    const char *leaf = path_leaf(path);
    if (strncmp(leaf, "lib", 3) == 0 && leaf[3] != '\0')
        leaf += 3;
    size_t length = strcspn(leaf, ".");
    if (length >= COMPONENT_CAPACITY)
        length = COMPONENT_CAPACITY - 1;
    char *component = arena_copy(arena, leaf, length);
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)component[i]))
            component[i] = '_';
    return length == 0 ? "image" : component;
}
