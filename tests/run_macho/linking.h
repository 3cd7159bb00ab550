/* Linking at run time: dlopen and its kin as the program calls them. */
#ifndef VAFIT_RUN_MACHO_LINKING_H
#define VAFIT_RUN_MACHO_LINKING_H

#include "process.h"

/* What dladdr fills; the layout is macOS's, which is glibc's. */
struct address_info {
    const char *image;  /* its path */
    void *image_start;  /* its header */
    const char *symbol; /* the nearest at or below the address, without "_"; NULL for none */
    void *symbol_start;
};

/* Which process the functions below speak of. */
void linking_begin(struct process *process);

/* dlopen: a handle of an image that is loaded, or is loaded now with all it needs; its initialisers
 * have run then. The executable for NULL. NULL when there is no such file; what is wrong with an
 * image or is missing further down ends the run. */
void *linking_open(const char *path, int mode);
/* dlsym: looks in the image and the dylibs it names, or in all for RTLD_DEFAULT. RTLD_NEXT and
 * RTLD_SELF are not known. */
void *linking_symbol(void *handle, const char *name);
/* dladdr: 0 when no image holds the address. */
int linking_address(const void *address, struct address_info *info);
/* dlclose: nothing is ever unloaded. */
int linking_close(void *handle);
/* dlerror: what the last failure was; NULL when there was none since the last call. */
const char *linking_error(void);

#endif
