/* The terminal that text goes to: how wide it is, and whether it takes colours. */
#ifndef VAFIT_BASE_TERMINAL_H
#define VAFIT_BASE_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* Choice i of --color: "auto", "always", "never"; NULL after the last. */
const char *terminal_color_name(size_t i);
/* What --color says, for the whole process; NULL for the first choice. */
void terminal_set_color(const char *name);
/* Whether what goes to the descriptor is coloured: as --color says; by itself for a terminal where
 * the variable NO_COLOR is empty or not there (no-color.org). */
bool terminal_takes_color(int descriptor);
/* How many columns what goes to the descriptor may have: those of the variable COLUMNS, else those
 * of the terminal; 0 where there is no terminal and lines are not to be wrapped. */
size_t terminal_width(int descriptor);

#endif
