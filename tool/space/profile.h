/* Profiles: what a version of macOS does with a process's address space, as numbers.
 *
 * All of it is read or inferred from Apple's published sources and public reports and was never
 * tried on a Mac; each row of the table says which. */
#ifndef VAFIT_SPACE_PROFILE_H
#define VAFIT_SPACE_PROFILE_H

#include "base/arena.h"
#include "base/error.h"
#include "space/free_ranges.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PROFILE_MOST_RESERVED = 4 };

/* Where the system allocator reserves its space at launch, by chance in one of `slots` places; an
 * image in its way ends the process. slots 0: there is no such window. */
struct malloc_window {
    uint64_t start;  /* lowest address of slot 0 */
    uint64_t size;   /* bytes reserved */
    uint64_t stride; /* bytes from one slot to the next */
    uint64_t slots;
};

/* Which slides the kernel chooses from, each equally likely: s * stride + p * page for s of 0 to
 * sections - 1 and p of 1 to pages (docs/model.md, "The kernel"). sections 0:
 * only the greatest slide is known. */
struct slides {
    uint64_t sections;
    uint64_t stride; /* bytes */
    uint64_t pages;
    uint64_t page; /* bytes */
};

/* One architecture family. Addresses are of a process, sizes in bytes. */
struct layout {
    uint64_t page_size;   /* what first fit rounds to */
    uint64_t image_base;  /* lowest address that can be mapped, at slide 0 */
    uint64_t address_end; /* end of what a process may map */
    uint64_t slide_most;  /* no slide of the executable is greater */
    uint64_t slide_step;  /* placements are tried at every multiple of it, and at slide_most */
    uint64_t loader_size; /* dyld's copy from disk, kept reserved after the executable */
    uint64_t stack_end;   /* of the main stack, at slide 0; the slide is taken off */
    uint64_t stack_size;
    struct span shared_region;                   /* empty where an executable cannot reach it */
    struct span reserved[PROFILE_MOST_RESERVED]; /* closed to images beside the shared region */
    size_t reserved_count;
    struct malloc_window window;
    struct slides slides;
};

struct profile {
    const char *name;
    const char *about; /* one line, with what is inferred */
    unsigned version;  /* of macOS */
    const struct layout *arm64;
    const struct layout *x86_64;
    bool refuses_misaligned; /* its dyld loads no image with parts of __LINKEDIT off their
                                alignment: rule linkedit-alignment is an error */
};

/* The built-in profile of that name, or NULL. */
const struct profile *profile_named(const char *name);
/* Built-in profile i; NULL after the last. */
const struct profile *profile_row(size_t i);

/* Whether programs are judged by it when no profile is named: its system's allocator has a window.
 */
bool profile_is_default(const struct profile *profile);
/* Its name; NULL after the last. */
const char *profile_name(size_t i);

/* Reads a profile from the text of a JSON file: an object of schema "vafit.profile/1" with "name",
 * "based_on" (a built-in profile) and the members of its "arm64" and "x86_64" objects that differ;
 * see docs/model.md. Everything lives in the arena. Errors: ERROR_MALFORMED naming the member. */
bool profile_from_json(struct arena *arena, const char *text, size_t size, struct profile *profile,
                       struct error *error);

/* What is said of a window that lacks something. */
#define WINDOW_NEEDS "needs a start past image_base, and size, stride and slots above 0"
/* Whether the numbers make sense together. Errors: ERROR_MALFORMED naming "FAMILY.MEMBER". */
bool layout_valid(const struct layout *layout, const char *family, struct error *error);

/* The greatest slide there really is: that of `slides` where these are known, else slide_most. */
uint64_t layout_greatest_slide(const struct layout *layout);
/* How many of the slides there are; 0 where that is not known. */
uint64_t layout_slide_count(const struct layout *layout);
/* How many of these are more than `room` bytes. */
uint64_t layout_slides_past(const struct layout *layout, uint64_t room);

/* The layout of an architecture family: "arm64" or "x86_64". */
const struct layout *profile_layout(const struct profile *profile, const char *family);

#endif
