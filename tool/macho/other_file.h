/* Files that are no images: what they are, and what to give instead. The one place that knows. */
#ifndef VAFIT_MACHO_OTHER_FILE_H
#define VAFIT_MACHO_OTHER_FILE_H

#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* OTHER_FILE_HEAD: how many bytes of a file's beginning are looked at. */
enum { OTHER_FILE_HEAD = 512 };

/* What a file is that begins with `head` and is not Mach-O, and what to give instead: "an ELF file,
 * of Linux or another system; give the file that is built for macOS". `head` is the file's
 * beginning, of any size, or all of it. NULL where that cannot be told. Sources: ar(5), the ELF and
 * PE specifications, the Java virtual machine specification (4.1), LLVM's docs/BitCodeFormat.rst,
 * the first lines of Apple's text-based stubs (llvm/TextAPI). */
const char *other_file_by_contents(struct bytes head);

/* Of a text-based stub (.tbd), of any version: other_file_by_contents returns this very pointer. */
extern const char other_file_stub[];
/* Likewise of any other text. */
extern const char other_file_text[];
/* Whether it begins as a Mach-O file does, of any kind and byte order, universal or not. */
bool other_file_is_macho(struct bytes head);

/* The same of a Mach-O file of a filetype that is never loaded as an image: "an object file; give
 * what it is linked into". NULL for one that vafit does not know. Source: mach-o/loader.h. */
const char *other_file_by_type(uint32_t filetype);

/* Whether the universal header's magic is followed by the version of a Java class file, whose magic
 * is the same, and not by a number of slices. */
bool other_file_is_java(struct bytes head);

#endif
