/* The numbers that Mach-O files begin with, by the names of <mach-o/loader.h> and <mach-o/fat.h>,
 * as read in the byte order that their format has: universal headers big-endian, images
 * little-endian. */
#ifndef VAFIT_MACHO_MAGIC_H
#define VAFIT_MACHO_MAGIC_H

#include <stdint.h>

#define FAT_MAGIC UINT32_C(0xcafebabe)
#define FAT_MAGIC_64 UINT32_C(0xcafebabf)
#define MH_MAGIC UINT32_C(0xfeedface)    /* 32-bit image */
#define MH_MAGIC_64 UINT32_C(0xfeedfacf) /* 64-bit image */
#define MH_CIGAM UINT32_C(0xcefaedfe)    /* MH_MAGIC of the other byte order */
#define MH_CIGAM_64 UINT32_C(0xcffaedfe)

#endif
