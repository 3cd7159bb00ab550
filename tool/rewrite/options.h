/* How image files are rewritten: what goes, who signs, where the originals stay. */
#ifndef VAFIT_REWRITE_OPTIONS_H
#define VAFIT_REWRITE_OPTIONS_H

#include "program/level.h"

#include <stdbool.h>

struct rewrite_options {
    struct losses losses; /* with bytes that no table reaches, the original stays at every level */
    const char *unstripped; /* the folder where originals stay; "none" for nowhere, NULL for beside
                               the new file */
    const char *identity;   /* the command that signs again what an identity signed. It is given a
                               file of the target's own name. NULL for none */
    bool keeps_original;    /* also at a level that loses nothing */
    bool verify;            /* compare the new file with the original before it takes its name */
    bool no_sync;           /* there is no fsync: the input stays, so that the new file can be made
                               again, or the linker that made it did none either */
    bool linked; /* the file was just linked: a rewriting in place is most likely needed, so it
                    begins before that is known */
};

#endif
