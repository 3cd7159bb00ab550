/* The page around a picture: how it looks, and what it does, as lines. */
#ifndef VAFIT_MAP_PAGE_H
#define VAFIT_MAP_PAGE_H

#include <stddef.h>

extern const char *const page_style[], *const page_style_dark[], *const page_style_print[];
/* It names what is pointed at or has the focus, and finds images. The page tells all the same
 * without it. */
extern const char *const page_script[];

#endif
