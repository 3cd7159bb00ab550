#include "base/bytes.h"
#include "space/profile.h"

#include <stdio.h>

enum { MOST_SLOTS = 1000000 };

static bool reject(struct error *error, const char *family, const char *member, const char *what) {
    char field[96];
    snprintf(field, sizeof field, "%s.%s", family, member);
    return error_malformed(error, field, "%s", what);
}

static bool span_valid(const struct layout *layout, const struct span *span) {
    return span->start <= span->end && span->end <= layout->address_end;
}

static bool window_valid(const struct layout *layout, const char *family, struct error *error) {
    uint64_t last;
    const struct malloc_window *window = &layout->window;
    if (window->slots == 0)
        return true;
    if (window->stride == 0 || window->size == 0 || window->start < layout->image_base)
        return reject(error, family, "window", WINDOW_NEEDS);
    if (window->slots > MOST_SLOTS)
        return reject(error, family, "window.slots", "more than 1000000");
    if (__builtin_mul_overflow(window->slots, window->stride, &last) ||
        !range_end(last, window->start, &last) || !range_end(last, window->size, &last))
        return reject(error, family, "window", "ends past 2 to the 64th");
    return true;
}

bool layout_valid(const struct layout *layout, const char *family, struct error *error) {
    if (layout->page_size == 0 || (layout->page_size & (layout->page_size - 1)) != 0)
        return reject(error, family, "page_size", "not a power of two");
    if (layout->address_end > UINT64_C(1) << 56 || layout->address_end <= layout->image_base)
        return reject(error, family, "address_end", "not between image_base and 2 to the 56th");
    if (layout->slide_step == 0 || layout->slide_most / layout->slide_step > 4096)
        return reject(error, family, "slide_step", "not between slide_most / 4096 and slide_most");
    if (layout->slide_most > layout->address_end - layout->image_base)
        return reject(error, family, "slide_most", "reaches past address_end");
    if (layout->stack_end > layout->address_end || layout->stack_size > layout->stack_end)
        return reject(error, family, "stack_end", "not between stack_size and address_end");
    if (layout->loader_size > layout->address_end)
        return reject(error, family, "loader_size", "reaches past address_end");
    if (!span_valid(layout, &layout->shared_region))
        return reject(error, family, "shared_region", "not a range below address_end");
    for (size_t i = 0; i < layout->reserved_count; i++)
        if (!span_valid(layout, &layout->reserved[i]))
            return reject(error, family, "reserved", "not ranges below address_end");
    return window_valid(layout, family, error);
}

uint64_t layout_greatest_slide(const struct layout *layout) {
    const struct slides *slides = &layout->slides;
    return slides->sections == 0
               ? layout->slide_most
               : (slides->sections - 1) * slides->stride + slides->pages * slides->page;
}

uint64_t layout_slide_count(const struct layout *layout) {
    return layout->slides.sections * layout->slides.pages;
}

uint64_t layout_slides_past(const struct layout *layout, uint64_t room) {
    const struct slides *slides = &layout->slides;
    uint64_t past = 0;
    for (uint64_t i = 0; i < slides->sections; i++) {
        uint64_t start = i * slides->stride;
        uint64_t inside = start > room ? 0 : (room - start) / slides->page;
        past += inside < slides->pages ? slides->pages - inside : 0;
    }
    return past;
}
