/* A merge: parts, and the one image that they become.
 *
 * The image is a new leading __TEXT with the header, the load commands, the list of initialisers
 * and the unwind information of all; where parts have thread-local variables a __DATA with their
 * merged template; the segments of each part at unchanged distances, under names of their own; one
 * __LINKEDIT. Its lowest address is 0. */
#ifndef VAFIT_MERGE_MERGE_H
#define VAFIT_MERGE_MERGE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "macho/write/chained_fixups.h"
#include "macho/write/dyld_info.h"
#include "macho/write/string_pool.h"
#include "merge/definitions.h"
#include "merge/part.h"
#include "program/image_graph.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A dylib that the merged image loads. */
struct merged_dylib {
    const char *name;
    const struct merge *merge;   /* when it is another merged image; else NULL */
    bool reexport, weak, upward; /* of any, all and all of the parts that load it */
    uint32_t timestamp, current_version, compatibility_version;
};

struct merged_dylibs {
    struct merged_dylib *items; /* ordinals count them from 1 */
    size_t count;
    size_t capacity;
};

struct merged_section {
    char name[17];
    uint64_t address; /* in the merged image */
    uint64_t size;    /* bytes */
    uint64_t file_offset;
    uint32_t align;
    uint32_t flags;
};

struct merged_segment {
    char name[17];
    size_t part;      /* whose it is; NO_PART for the new ones */
    size_t old;       /* its index in the part's image */
    uint64_t address; /* in the merged image */
    uint64_t vm_size; /* bytes */
    uint64_t file_offset;
    uint64_t file_size;
    uint32_t most_protection, protection, flags;
    struct merged_section *sections;
    uint32_t section_count;
};
#define NO_PART SIZE_MAX

/* The initial contents of thread-local variables of all parts: what the file holds of them, then
 * what is filled with zeros. */
struct merged_template {
    uint64_t size;                    /* bytes that the file holds */
    uint64_t zero_size;               /* bytes of zeros after them */
    uint8_t *bytes;                   /* in the arena */
    struct chained_pointer *pointers; /* its fixups; owned */
    size_t pointer_count;
    size_t pointer_capacity;
};

/* The string pool as it is written. */
struct merged_strings {
    struct mapped_pieces pool; /* those of all parts */
    struct pool_plan plan;     /* what of them */
};

/* Parts of __LINKEDIT, and what of the leading __TEXT is made anew. Owned. */
struct merged_contents {
    struct buffer initialisers; /* 32-bit offsets from the header, in the order they run */
    struct buffer unwind_info;
    struct buffer eh_frame;
    struct buffer fixups; /* chained ones */
    struct opcode_parts opcodes;
    struct buffer exports;
    struct buffer function_starts;
    struct buffer data_in_code;
    struct buffer symbols;
    struct merged_strings strings;
    uint32_t local_count, exported_count, undefined_count; /* of symbols, in that order */
};

struct merge {
    struct arena *arena; /* its own, since merges are made side by side */
    const struct image_graph *graph;
    struct merge *const *merge_of_node; /* one a node of the graph; NULL for one that stays */
    const char *path;                   /* where the image goes */
    const char *install_name;
    struct part
        *parts; /* in the order in which their initialisers run, which is that of addresses */
    size_t part_count;
    size_t *part_numbers; /* one a node of the graph: the number of its part + 1, or 0 */
    size_t first_loaded;  /* the part that dyld loads first: it gives name and versions */

    struct arena names; /* of definitions */
    struct definitions definitions;
    struct merged_dylibs dylibs;
    struct string_list rpaths;
    uint16_t pointer_format; /* DYLD_CHAINED_PTR_... of the new image */
    bool has_opcodes;        /* and no chained fixups */
    bool is_signed;
    bool has_identity;     /* of a part: the merged image is signed by it */
    bool may_lack_symbols; /* set for comparing what was shrunk since */
    uint8_t uuid[16];

    struct merged_segment *segments;
    size_t segment_count;
    bool has_all_sections; /* all of the parts' sections have headers; otherwise one for each run of
                              them with symbols, since n_sect counts no further than 255 */
    struct merged_template template;
    struct merged_contents made;
    uint64_t commands_size;
    uint64_t text_size;       /* of the leading __TEXT, bytes: a multiple of a page */
    uint64_t file_size;       /* bytes */
    uint64_t linkedit_offset; /* in the file */
    struct new_chains chains; /* its imports are those of opcodes too */
    struct new_opcodes opcodes;
};

enum { MERGED_TEXT_SEGMENT }; /* the index of the leading one */

/* Sets up a merge of nodes of the graph, in the order of their initialisers, and reads them.
 * Release with merge_free. Errors: those of part_read and definitions_add. */
bool merge_begin(struct merge *merge, const size_t *nodes, size_t count, struct error *error);
void merge_free(struct merge *merge);
/* Releases what only writing needs, which is most of its memory: the image was written. */
void merge_written(struct merge *merge);
/* Releases the definitions: the image was compared, too. */
void merge_compared(struct merge *merge);

/* The part that is a node; NO_PART when it is none of this merge. */
size_t merge_part_of(const struct merge *merge, size_t node);
/* The name by which somebody finds the merged image who found a part of it as `name`: it lies in
 * the same folder. In the arena. */
const char *merge_name_for(struct arena *arena, const struct merge *merge, const char *name);
/* Whether `name` is what that makes of one of the names by which the node asks for parts of
 * `merge`.
 */
bool node_asks_for(const struct graph_node *node, struct merge *const *merge_of_node,
                   const struct merge *merge, const char *name);
/* The unslid address, in the merged image, of an address of a part. */
uint64_t merge_address(const struct part *part, uint64_t address);
uint32_t merge_page_size(const struct merge *merge);

/* The ordinal, from 1, that the merged image has for what a part's load command leads to, which is
 * no part. */
int32_t merge_ordinal(const struct merge *merge, const struct part *part, size_t use);
/* What an import of a part leads to in the merged image: an address of it, or another import. */
struct merged_import {
    bool is_inside;
    uint64_t address;     /* unslid */
    struct import import; /* with its new ordinal */
};
/* Errors: ERROR_MALFORMED naming the part, for an import that no part has though its dylib is one,
 * unless it may be missing from elsewhere. */
bool merge_import(const struct merge *merge, const struct part *part, const struct import *import,
                  struct merged_import *merged, struct error *error);

#endif
