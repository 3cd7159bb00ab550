/* The names in a made-up program: of its source files, and the mangled names of what they define,
 * those of C++ and those of Rust.
 *
 * Every name follows from the component's name and two numbers, so that an image that imports a
 * symbol and the one that defines it agree without having met. All names of one component differ.
 */
#ifndef MAKE_MACHO_NAMES_H
#define MAKE_MACHO_NAMES_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    NAME_CAPACITY = 2048,
    COMPONENT_CAPACITY = 64,
    /* One class a source file, and so many things it can define; the numbers below go up to it. */
    NAME_DEFINITIONS = 8,
};

/* A name held in the value itself. */
struct name {
    char text[NAME_CAPACITY]; /* NUL-terminated */
    size_t length;            /* bytes without the NUL */
};

/* What a name stands for. Functions have parameters in their names, variables have none. */
enum name_kind {
    NAME_FUNCTION,
    NAME_VARIABLE,
    NAME_TABLE,           /* one of the compiler's own: a short name, and always local */
    NAME_EXCEPTION_TABLE, /* likewise; in numbered ones its length hardly differs */
};

/* The name of definition `definition` of source file `file`; those seen by its file alone live in
 * an anonymous namespace. */
void name_exported(struct name *name, enum name_kind kind, const char *component, size_t file,
                   unsigned definition);
void name_local(struct name *name, enum name_kind kind, const char *component, size_t file,
                unsigned definition);

/* A C++ name of `length` bytes, or as short as it can be where that is more: of definition
 * `definition`, below 64, of source file `file`, in an anonymous namespace or not. */
void name_sized(struct name *name, const char *component, bool is_anonymous, size_t file,
                unsigned definition, size_t length);
/* What clang calls the table of a function's exceptions. */
void name_exception_table(struct name *name, size_t number);

/* The name of function `index` of a Rust crate called as the component, in the v0 mangling: a
 * generic one, whose type arguments make it `length` bytes long, or a little longer where that is
 * fewer than about 100. A longer one than fits is cut off. */
void name_rust(struct name *name, const char *component, size_t index, size_t length);

/* The folder of a component's sources with a slash at its end; a source file in it, with its whole
 * path where `component` is not NULL; its object file with its whole path. */
void name_folder(struct name *name, const char *component);
void name_source(struct name *name, const char *component, size_t file);
void name_object(struct name *name, const char *component, size_t file);

/* A function of libSystem; those from name_system_count() on are made up. */
void name_system(struct name *name, size_t index);
size_t name_system_count(void);

/* What the image of that path or install name is called here: "blink_core" for
 * "@rpath/libblink_core.dylib". In the arena; letters, digits and underscores. */
const char *component_name(struct arena *arena, const char *path);

#endif
