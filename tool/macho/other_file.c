#include "macho/other_file.h"

#include "macho/format.h"

#include <string.h>

/* A beginning; NULs are part of it. */
#define BEGINS(bytes) bytes, sizeof(bytes) - 1

#define LIBRARY_INSTEAD "give the program or dylib that it is linked into"
#define SYSTEM_INSTEAD "give the file that is built for macOS"
#define ARCHIVE_INSTEAD "unpack it and give the program in it"

const char other_file_stub[] = "a text-based stub for linkers; give the dylib that it stands for";
const char other_file_text[] = "a text file; give a program or dylib";

/* A longer beginning stands before a shorter one that it has. */
static const struct known_head {
    const char *bytes;
    size_t size;
    const char *says;
} known_heads[] = {
    {BEGINS("\x7f"
            "ELF"),
     "an ELF file, of Linux or another system; " SYSTEM_INSTEAD},
    {BEGINS("MZ"), "a Windows program (PE); " SYSTEM_INSTEAD},
    {BEGINS("\0asm"), "a WebAssembly module; " SYSTEM_INSTEAD},
    {BEGINS("!<arch>\n"), "a static library; " LIBRARY_INSTEAD},
    {BEGINS("!<thin>\n"), "a thin static library, which names its members; " LIBRARY_INSTEAD},
    {BEGINS("BC\xc0\xde"), "LLVM bitcode; " LIBRARY_INSTEAD},
    {BEGINS("\xde\xc0\x17\x0b"), "LLVM bitcode; " LIBRARY_INSTEAD},
    {BEGINS("--- !tapi"), other_file_stub},
    {BEGINS("---\narchs:"), other_file_stub},
    {BEGINS("dyld_v1"), "a shared cache of dyld, whose images cost a program nothing"},
    {BEGINS("PK\x03\x04"), "a zip archive; " ARCHIVE_INSTEAD},
    {BEGINS("\x1f\x8b"), "a gzip archive; " ARCHIVE_INSTEAD},
    {BEGINS("xar!"), "an installer package; " ARCHIVE_INSTEAD},
    {BEGINS("bplist00"), "a property list; give the program beside it"},
    {BEGINS("version https://git-lfs"),
     "a pointer of Git LFS, not the file itself; `git lfs pull` fetches it"},
    {BEGINS("#!"), "a script; give the program that it starts"},
};

/* Filetypes of a mach_header beside those of images. */
static const struct other_type {
    uint32_t filetype;
    const char *says;
} other_types[] = {
    {1, "an object file; " LIBRARY_INSTEAD},
    {4, "a core file; give the program that it is of"},
    {5, "a preloaded executable of firmware, which dyld does not load"},
    {7, "a dynamic linker; give the programs that it loads"},
    {9, "a stub of a dylib, without contents; give the dylib itself"},
    {10, "a dSYM, debug information alone; give the image that it is made from"},
    {11, "a kernel extension, which dyld does not load"},
    {12, "a set of kernel files, which dyld does not load"},
};

static bool begins(struct bytes head, const struct known_head *known) {
    return head.size >= known->size && memcmp(head.data, known->bytes, known->size) == 0;
}

static bool contains(struct bytes head, const char *word) {
    size_t size = strlen(word);
    for (size_t at = 0; at + size <= head.size; at++)
        if (memcmp(head.data + at, word, size) == 0)
            return true;
    return false;
}

/* No control characters but white space: whatever the encoding, if it is not UTF-16. */
static bool is_text(struct bytes head) {
    for (size_t i = 0; i < head.size; i++)
        if (head.data[i] < ' ' && memchr("\t\n\v\f\r", head.data[i], 5) == NULL)
            return false;
    return head.size != 0;
}

const char *other_file_by_contents(struct bytes head) {
    if (head.size > OTHER_FILE_HEAD)
        head.size = OTHER_FILE_HEAD;
    for (size_t i = 0; i < sizeof known_heads / sizeof known_heads[0]; i++)
        if (begins(head, &known_heads[i]))
            return known_heads[i].says;
    if (!is_text(head))
        return NULL;
    return contains(head, "\"tapi_tbd_version\"") ? other_file_stub : other_file_text;
}

bool other_file_is_macho(struct bytes head) {
    static const uint32_t magics[] = {FAT_MAGIC,   FAT_MAGIC_64, MH_MAGIC,
                                      MH_MAGIC_64, MH_CIGAM,     MH_CIGAM_64};
    for (size_t i = 0; head.size >= 4 && i < sizeof magics / sizeof magics[0]; i++)
        if (bytes_u32_big(head, 0) == magics[i])
            return true;
    return false;
}

const char *other_file_by_type(uint32_t filetype) {
    for (size_t i = 0; i < sizeof other_types / sizeof other_types[0]; i++)
        if (other_types[i].filetype == filetype)
            return other_types[i].says;
    return NULL;
}

/* Java's minor_version and major_version, of which the latter began at 45 and counts up by about
 * two a year; no universal file has as many slices. */
bool other_file_is_java(struct bytes head) {
    enum { FIRST_JAVA = 45, LAST_JAVA = 255 };
    if (head.size < 8 || bytes_u32_big(head, 0) != FAT_MAGIC)
        return false;
    uint32_t version = bytes_u32_big(head, 4), minor = version >> 16, major = version & 0xffff;
    return (minor <= 3 || minor == 0xffff) && major >= FIRST_JAVA && major <= LAST_JAVA;
}
