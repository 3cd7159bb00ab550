/* Undo: the originals of fixed files back in place. */
#ifndef VAFIT_FIX_UNDO_H
#define VAFIT_FIX_UNDO_H

#include "base/error.h"
#include "fix/predict.h"

#include <stdbool.h>
#include <stddef.h>

/* Puts the original of every file that has one back in its place, under all names by which programs
 * load the file, from `unstripped` as original_path reads it; *restored counts the files. An
 * original that is only another name of its file, as an ended fix leaves it, goes. One that its
 * file was not made from stays where it is and is an error; all errors are added to *errors. False
 * when there are any. */
bool undo_fix(const struct predictions *predictions, const char *unstripped, size_t *restored,
              struct errors *errors);

#endif
