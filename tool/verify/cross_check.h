/* The second reader: does LIEF, which shares nothing with vafit, read the same in a file? It judges
 * reading, not validity: LIEF takes files that dyld refuses. */
#ifndef VAFIT_VERIFY_CROSS_CHECK_H
#define VAFIT_VERIFY_CROSS_CHECK_H

#include "base/arena.h"
#include "base/error.h"
#include "base/size.h"
#include "base/text.h"
#include "program/image_file.h"

/* What vafit-lief may take, and what it is not asked about, since LIEF 0.9.0 would not keep within
 * that: it takes four times the size of the file in memory and the square of the number of exports
 * in time where LC_DYLD_INFO places the trie. All are bytes but the seconds. */
enum { CROSS_CHECK_SECONDS = 10 };
#define CROSS_CHECK_MEMORY GIB
#define CROSS_CHECK_MOST_LINKEDIT (64 * MIB)
#define CROSS_CHECK_MOST_DYLD_INFO (2 * MIB)
#define CROSS_CHECK_MOST_FILE (192 * MIB)

enum cross_check_result {
    CROSS_CHECK_SAME,
    CROSS_CHECK_DIFFERS, /* a finding */
    CROSS_CHECK_NONE,    /* LIEF was not asked, or gave no answer */
};

/* The path of vafit-lief: the one that the environment's VAFIT_LIEF names, the one beside vafit, or
 * the first in PATH; NULL when there is none, with the reason in *why. */
const char *cross_check_program(struct arena *arena, struct text *why);

/* Runs the program on a file that is open and whose images were read, and holds what LIEF sees of
 * every slice against what vafit sees: header, load commands, segments, sections, symbols.
 * `original` is the file that it was made from, likewise open and read, or NULL. The first
 * difference of each kind is added to *errors, naming the file: CROSS_CHECK_DIFFERS. So is it when
 * LIEF says that it cannot read this file, and reads the original. Otherwise no answer is no
 * finding, above all none that comes of time or memory running out, and *why is what to tell the
 * user: "LIEF: not asked, __LINKEDIT has 70.0 MiB, ...". */
enum cross_check_result cross_check(const char *program, const struct image_file *file,
                                    const struct image_file *original, struct text *why,
                                    struct errors *errors);

#endif
