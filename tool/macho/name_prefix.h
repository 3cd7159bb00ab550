/* Where a symbol's name comes from: the library, namespace or template that it begins with. */
#ifndef VAFIT_MACHO_NAME_PREFIX_H
#define VAFIT_MACHO_NAME_PREFIX_H

#include "base/bytes.h"

#include <stddef.h>

enum name_kind {
    NAME_OTHER, /* C, assembly, what linkers and compilers make up, no name at all */
    NAME_CXX,
    NAME_RUST,
    NAME_SWIFT,
    NAME_OBJC,
    NAME_PATH, /* of a source or an object file, in the debug map */
    NAME_KINDS
};

/* "c++", "rust", "swift", "objective-c", "path", "other". */
const char *name_kind_text(enum name_kind kind);

/* NAME_MOST_BYTES: no more of a name is looked at. */
enum { NAME_MOST_PARTS = 6, NAME_MOST_BYTES = 512 };

/* "absl::strings_internal::" has two parts. */
struct name_prefix {
    enum name_kind kind;
    size_t count;
    struct name_part {
        struct bytes text; /* in the name, or of static storage */
        const char *after; /* "::", "<", "/", "_", "(": what stands behind it when it is shown */
    } parts[NAME_MOST_PARTS];
};

/* Reads as much of a name as tells its scopes, and no more: the last identifier, the arguments of
 * templates and functions, and whatever is not understood are left out. A class template with
 * arguments ends a prefix, as "std::vector<". Sources: the Itanium C++ ABI, 5.1 "External Names";
 * the Rust reference of symbol mangling, v0 (RFC 2603) and legacy (`17h` and 16 hexadecimal digits
 * at the end); Swift's ABI/Mangling.rst, of which only the module is read. `name` is without its
 * NUL. */
void name_prefix_read(struct bytes name, struct name_prefix *prefix);

#endif
