/* Undo: the originals of fixed files back in place. */
#ifndef VAFIT_PLAN_UNDO_H
#define VAFIT_PLAN_UNDO_H

#include "base/error.h"
#include "plan/problem.h"

#include <stdbool.h>
#include <stddef.h>

/* Lets the twin of every file that has one take its name, from `unstripped` as twin_path reads it;
 * *restored counts them. A twin that is the file itself, as an ended fix leaves it, only goes. A
 * twin that its file was not made from stays where it is and is an error; all errors are added to
 * *errors. False when there are any. */
bool undo_do(const struct problem *problem, const char *unstripped, size_t *restored,
             struct errors *errors);

#endif
