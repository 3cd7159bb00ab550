/* The header and load commands of an image. */
#ifndef MAKE_MACHO_COMMANDS_H
#define MAKE_MACHO_COMMANDS_H

#include "buffer.h"
#include "layout.h"

/* Adds them. Their size depends on the image and on the number of sections alone, so that it can be
 * had before anything has a place. */
void commands_write(const struct layout *layout, struct buffer *buffer);

#endif
