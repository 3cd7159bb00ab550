#include "macho/write/unwind_info.h"

#include "base/bytes.h"
#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER_SIZE = 28, INDEX_ENTRY_SIZE = 12, LSDA_ENTRY_SIZE = 8 };
enum { PAGE_SIZE = 4096, REGULAR_HEADER_SIZE = 8, COMPRESSED_HEADER_SIZE = 12 };
enum { PAGE_WORDS = (PAGE_SIZE - COMPRESSED_HEADER_SIZE) / 4 };
enum { MOST_COMMON = 127, MOST_NUMBERS = 256, SLOTS = 512, SLOT_SHIFT = 23 };
#define FARTHEST_FUNCTION UINT32_C(0xffffff)

/* The encodings that a page can name: the common ones, then its own. Found by a hash table, of
 * which at least half is empty. */
struct encoding_numbers {
    uint32_t encodings[MOST_NUMBERS];
    size_t count;
    uint16_t slots[SLOTS]; /* a number plus one; 0: empty */
};

/* What is written, the encodings as they are in the section. */
struct unwind_plan {
    struct unwind_entry *entries;
    size_t count;
    uint32_t end;
    uint32_t personalities[UNWIND_MOST_PERSONALITIES];
    uint32_t personality_count;
    struct encoding_numbers common;
    size_t lsda_count;
    size_t page_count;
    size_t pages_size; /* bytes */
};

/* The entries [first, first + count). */
struct unwind_page {
    size_t first;
    size_t count;
    struct encoding_numbers numbers;
    bool compressed;
    size_t size; /* bytes */
};

/* --- entries --- */

static bool personality_number(struct unwind_plan *plan, uint32_t personality, uint32_t *number,
                               struct error *error) {
    for (*number = 1; *number <= plan->personality_count; ++*number)
        if (plan->personalities[*number - 1] == personality)
            return true;
    if (*number > UNWIND_MOST_PERSONALITIES)
        return error_malformed(error, "unwind info personalities",
                               "the one by the pointer at 0x%" PRIx32
                               " is the fourth, and an image has room for three",
                               personality);
    plan->personalities[plan->personality_count++] = personality;
    return true;
}

static bool add_entry(struct unwind_plan *plan, struct unwind_entry entry, struct error *error) {
    uint32_t number = 0;
    if (entry.personality != 0 && !personality_number(plan, entry.personality, &number, error))
        return false;
    entry.encoding = unwind_with_personality(entry.encoding, number);
    entry.encoding &= ~(uint32_t)UNWIND_HAS_LSDA;
    if (entry.lsda != 0)
        entry.encoding |= UNWIND_HAS_LSDA;
    plan->lsda_count += entry.lsda != 0;
    plan->entries[plan->count++] = entry;
    return true;
}

static bool add_entries(struct unwind_plan *plan, const struct unwind_functions *functions,
                        struct error *error) {
    for (size_t i = 0; i < functions->count; i++) {
        bool is_last = i + 1 == functions->count;
        uint32_t function = functions->entries[i].function;
        uint32_t next = is_last ? functions->end : functions->entries[i + 1].function;
        if (function > next)
            return error_malformed(error, "unwind info functions",
                                   "0x%" PRIx32 " comes before 0x%" PRIx32, function, next);
        if ((is_last || function != next) && !add_entry(plan, functions->entries[i], error))
            return false;
    }
    return true;
}

/* --- numbers of encodings --- */

/* Where an encoding is in `slots`, or would be. */
static size_t slot_of(const struct encoding_numbers *numbers, uint32_t encoding) {
    size_t slot = encoding * UINT32_C(2654435761) >> SLOT_SHIFT;
    while (numbers->slots[slot] != 0 && numbers->encodings[numbers->slots[slot] - 1] != encoding)
        slot = (slot + 1) % SLOTS;
    return slot;
}

static void add_number(struct encoding_numbers *numbers, size_t slot, uint32_t encoding) {
    numbers->encodings[numbers->count++] = encoding;
    numbers->slots[slot] = (uint16_t)numbers->count;
}

struct encoding_frequency {
    uint32_t encoding;
    uint32_t count;
};

static int by_encoding(const void *left, const void *right) {
    const uint32_t *a = left, *b = right;
    return *a < *b ? -1 : *a > *b;
}

static int by_frequency(const void *left, const void *right) {
    const struct encoding_frequency *a = left, *b = right;
    return a->count != b->count ? (a->count > b->count ? -1 : 1)
                                : by_encoding(&a->encoding, &b->encoding);
}

/* Of sorted encodings, those that are there more than once; how many. */
static size_t count_frequencies(const uint32_t *encodings, size_t count,
                                struct encoding_frequency *frequencies) {
    size_t found = 0;
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && encodings[next] == encodings[i];)
            next++;
        if (next - i > 1)
            frequencies[found++] = (struct encoding_frequency){encodings[i], (uint32_t)(next - i)};
    }
    return found;
}

/* One that is there once would take its number from every page's own. */
static void choose_common(struct unwind_plan *plan) {
    uint32_t *encodings = memory_zeros(plan->count, sizeof *encodings);
    struct encoding_frequency *frequencies = memory_zeros(plan->count / 2, sizeof *frequencies);
    for (size_t i = 0; i < plan->count; i++)
        encodings[i] = plan->entries[i].encoding;
    qsort(encodings, plan->count, sizeof *encodings, by_encoding);
    size_t found = count_frequencies(encodings, plan->count, frequencies);
    qsort(frequencies, found, sizeof *frequencies, by_frequency);
    for (size_t i = 0; i < found && i < MOST_COMMON; i++) {
        uint32_t encoding = frequencies[i].encoding;
        add_number(&plan->common, slot_of(&plan->common, encoding), encoding);
    }
    free(frequencies);
    free(encodings);
}

/* --- pages --- */

/* Whether the next entry fits in a compressed page, which holds it then. */
static bool take_entry(struct unwind_page *page, const struct unwind_plan *plan) {
    struct encoding_numbers *numbers = &page->numbers;
    const struct unwind_entry *entry = &plan->entries[page->first + page->count];
    size_t words = page->count + numbers->count - plan->common.count;
    if (words == PAGE_WORDS ||
        entry->function - plan->entries[page->first].function > FARTHEST_FUNCTION)
        return false;
    size_t slot = slot_of(numbers, entry->encoding);
    if (numbers->slots[slot] == 0) {
        if (words + 2 > PAGE_WORDS || numbers->count == MOST_NUMBERS)
            return false;
        add_number(numbers, slot, entry->encoding);
    }
    page->count++;
    return true;
}

/* The page that begins with entry `first`: as many as fit in a compressed one. */
static void fill_page(struct unwind_page *page, const struct unwind_plan *plan, size_t first) {
    page->first = first;
    page->count = 0;
    page->numbers = plan->common;
    while (first + page->count < plan->count && take_entry(page, plan))
        continue;
    size_t own = page->numbers.count - plan->common.count;
    size_t compressed = COMPRESSED_HEADER_SIZE + 4 * (page->count + own);
    size_t regular = REGULAR_HEADER_SIZE + 8 * page->count;
    page->compressed = compressed <= regular;
    page->size = page->compressed ? compressed : regular;
}

static void count_pages(struct unwind_plan *plan) {
    struct unwind_page page;
    for (size_t first = 0; first < plan->count; first += page.count) {
        fill_page(&page, plan, first);
        plan->page_count++;
        plan->pages_size += page.size;
    }
}

/* --- writing --- */

static size_t lsdas_offset(const struct unwind_plan *plan) {
    return HEADER_SIZE + 4 * (plan->common.count + plan->personality_count) +
           INDEX_ENTRY_SIZE * (plan->page_count + 1);
}

static size_t pages_offset(const struct unwind_plan *plan) {
    return lsdas_offset(plan) + LSDA_ENTRY_SIZE * plan->lsda_count;
}

/* Where words go. */
static uint8_t *store(uint8_t *target, uint64_t word) {
    bytes_store_little(target, 4, word);
    return target + 4;
}

static uint8_t *store_halves(uint8_t *target, size_t first, size_t second) {
    return store(target, first | second << 16);
}

/* Header and tables up to the index, which begins where it returns. */
static uint8_t *write_tables(const struct unwind_plan *plan, uint8_t *target) {
    size_t personalities = HEADER_SIZE + 4 * plan->common.count;
    target = store(target, UNWIND_SECTION_VERSION);
    target = store(store(target, HEADER_SIZE), plan->common.count);
    target = store(store(target, personalities), plan->personality_count);
    target = store(target, personalities + 4 * plan->personality_count);
    target = store(target, plan->page_count + 1);
    for (size_t i = 0; i < plan->common.count; i++)
        target = store(target, plan->common.encodings[i]);
    for (size_t i = 0; i < plan->personality_count; i++)
        target = store(target, plan->personalities[i]);
    return target;
}

static void write_regular(const struct unwind_plan *plan, const struct unwind_page *page,
                          uint8_t *target) {
    target = store(target, UNWIND_SECOND_LEVEL_REGULAR);
    target = store_halves(target, REGULAR_HEADER_SIZE, page->count);
    for (size_t i = page->first; i < page->first + page->count; i++)
        target = store(store(target, plan->entries[i].function), plan->entries[i].encoding);
}

static void write_compressed(const struct unwind_plan *plan, const struct unwind_page *page,
                             uint8_t *target) {
    const struct encoding_numbers *numbers = &page->numbers;
    size_t common = plan->common.count, own_offset = COMPRESSED_HEADER_SIZE + 4 * page->count;
    target = store(target, UNWIND_SECOND_LEVEL_COMPRESSED);
    target = store_halves(target, COMPRESSED_HEADER_SIZE, page->count);
    target = store_halves(target, own_offset, numbers->count - common);
    for (size_t i = page->first; i < page->first + page->count; i++) {
        const struct unwind_entry *entry = &plan->entries[i];
        uint32_t number = numbers->slots[slot_of(numbers, entry->encoding)] - UINT32_C(1);
        uint32_t distance = entry->function - plan->entries[page->first].function;
        target = store(target, number << 24 | distance);
    }
    for (size_t i = common; i < numbers->count; i++)
        target = store(target, numbers->encodings[i]);
}

/* Writes the LSDAs of the page's functions; where the next page's go. */
static uint8_t *write_lsdas(const struct unwind_plan *plan, const struct unwind_page *page,
                            uint8_t *target) {
    for (size_t i = page->first; i < page->first + page->count; i++)
        if (plan->entries[i].lsda != 0)
            target = store(store(target, plan->entries[i].function), plan->entries[i].lsda);
    return target;
}

static uint8_t *write_index_entry(uint8_t *target, uint32_t function, size_t page, size_t lsdas) {
    return store(store(store(target, function), page), lsdas);
}

static void write_section(const struct unwind_plan *plan, uint8_t *section) {
    uint8_t *index = write_tables(plan, section);
    uint8_t *lsdas = section + lsdas_offset(plan), *at = section + pages_offset(plan);
    struct unwind_page page;
    for (size_t first = 0; first < plan->count; first += page.count) {
        fill_page(&page, plan, first);
        index = write_index_entry(index, plan->entries[first].function, (size_t)(at - section),
                                  (size_t)(lsdas - section));
        lsdas = write_lsdas(plan, &page, lsdas);
        (page.compressed ? write_compressed : write_regular)(plan, &page, at);
        at += page.size;
    }
    write_index_entry(index, plan->end, 0, (size_t)(lsdas - section));
}

/* Of a plan with entries. */
static bool build_section(struct unwind_plan *plan, struct unwind_section *section,
                          struct error *error) {
    choose_common(plan);
    count_pages(plan);
    size_t size = pages_offset(plan) + plan->pages_size;
    if (size > UINT32_MAX)
        return error_malformed(error, "unwind info section", "%zu bytes are past 32 bits", size);
    section->bytes = memory_zeros(size, 1);
    section->size = size;
    write_section(plan, section->bytes);
    return true;
}

bool unwind_info_write(const struct unwind_functions *functions, struct unwind_section *section,
                       struct error *error) {
    struct unwind_plan plan = {.end = functions->end};
    *section = (struct unwind_section){0};
    error->kind = ERROR_NONE;
    if (functions->count == 0)
        return true;
    plan.entries = memory_zeros(functions->count, sizeof *plan.entries);
    bool good = add_entries(&plan, functions, error) && build_section(&plan, section, error);
    free(plan.entries);
    return good;
}
