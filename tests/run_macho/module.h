/* A module: an image in memory, with the file it came from. */
#ifndef VAFIT_RUN_MACHO_MODULE_H
#define VAFIT_RUN_MACHO_MODULE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/file.h"
#include "cursor.h"
#include "macho/format.h"
#include "macho/image.h"
#include "macho/load_command.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct section {
    char name[17];    /* "__unwind_info" */
    char segment[17]; /* "__TEXT" */
    enum section_type type;
    uint8_t *data; /* in memory */
    uint64_t size; /* bytes */
};

struct sections {
    struct section *items; /* in load-command order: nlist's n_sect is an index from 1 */
    size_t count;
    size_t capacity;
};

/* Lives in the arena given to module_map, as long as the process. */
struct module {
    const char *path; /* as it was found */
    struct file_identity identity;
    struct bytes file; /* the slice, for reading */
    struct image image;
    uint8_t *memory; /* where the lowest address is: the header */
    uint64_t slide;  /* what to add to an unslid address, modulo 2^64 */
    struct sections sections;
    struct module **dylibs; /* of image.dylibs, filled by process.h; NULL for a weak missing one */
    bool has_dylibs;        /* that was done */
    bool host;              /* no image: stands for all system dylibs (host.h) */
    bool initialised;       /* its initialisers ran or are running */
};

/* Parses the slice for this machine's architecture and maps its segments into address space of its
 * own, writable where they are to be, fixups not applied. Closes the file. Ends the run for a file
 * that is no such image or whose segments are off the architecture's pages, which macOS refuses and
 * Linux would not. */
struct module *module_map(struct arena *arena, const char *path, struct file *file);
/* Gives segments their protection; those with SG_READ_ONLY can no longer be written. */
void module_protect(const struct module *module);

/* The next load command: start with a walk from module_commands. */
struct load_command_walk module_commands(const struct module *module);
bool module_next_command(const struct module *module, struct load_command_walk *walk,
                         struct load_command *command);
/* A cursor at the start of the part of __LINKEDIT with that name of linkedit.h; empty without. */
struct cursor module_linkedit(const struct module *module, const char *part);
/* A cursor over a section; empty without. */
struct cursor module_section(const struct module *module, const char *segment, const char *name);
/* The 8 bytes of memory at `offset` of segment `index`, for a fixup, which ends the run when they
 * are not in it or it is not to be written. */
uint8_t *module_slot(const struct module *module, size_t index, uint64_t offset);
/* `unslid` in memory, its top byte kept. Ends the run when it is no address of the image. */
uint64_t module_slid(const struct module *module, uint64_t unslid);
/* Whether `address` lies in the module. */
bool module_has(const struct module *module, uint64_t address);

/* Eight bytes of memory, aligned or not. */
uint64_t slot_load(const uint8_t *slot);
void slot_store(uint8_t *slot, uint64_t value);

#endif
