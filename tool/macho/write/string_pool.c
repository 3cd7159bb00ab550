#include "macho/write/string_pool.h"

#include "base/memory.h"
#include "macho/write/suffix_merge.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A string begins at the first place where a name begins. Names that begin further on in it are
 * its tails. */
struct pool_planner {
    struct bytes old;
    struct pool_name *names; /* until they are placed, new_index is the number of their string;
                                STRING_NONE for the null name and names without characters */
    size_t name_count;
    struct pool_string *strings; /* by rising index */
    size_t string_count;
};

/* --- strings --- */

enum { DIGITS = 3, DIGIT_BITS = 11, DIGIT_VALUES = 1 << DIGIT_BITS };

static uint32_t digit(const struct pool_name *name, unsigned number) {
    return name->old_index >> DIGIT_BITS * number & (DIGIT_VALUES - 1);
}

/* Sorts numbers of names by rising old_index, from the lowest digit to the highest. Releases
 * `order` and yields another. */
static uint32_t *sort(const struct pool_name *names, uint32_t *order, size_t count) {
    uint32_t *other = memory_zeros(count, sizeof *other);
    size_t(*starts)[DIGIT_VALUES + 1] = memory_zeros(DIGITS, sizeof *starts);
    for (size_t i = 0; i < count; i++)
        for (unsigned number = 0; number < DIGITS; number++)
            starts[number][digit(&names[order[i]], number) + 1]++;
    for (unsigned number = 0; number < DIGITS; number++) {
        for (size_t i = 1; i <= DIGIT_VALUES; i++)
            starts[number][i] += starts[number][i - 1];
        for (size_t i = 0; i < count; i++)
            other[starts[number][digit(&names[order[i]], number)]++] = order[i];
        uint32_t *sorted = other;
        other = order;
        order = sorted;
    }
    free(starts);
    free(other);
    return order;
}

/* The numbers of the names that have a string, by rising old_index. Most tables rise already. */
static uint32_t *by_index(struct pool_planner *planner, size_t *count) {
    uint32_t *order = memory_zeros(planner->name_count, sizeof *order);
    uint32_t last = 0;
    bool rises = true;
    *count = 0;
    for (size_t i = 0; i < planner->name_count; i++) {
        uint32_t index = planner->names[i].old_index;
        planner->names[i].new_index = STRING_NONE;
        if (index == 0 || bytes_u8(planner->old, index) == '\0')
            continue;
        rises = rises && last <= index;
        last = index;
        order[(*count)++] = (uint32_t)i;
    }
    return rises ? order : sort(planner->names, order, *count);
}

static uint32_t characters_at(struct bytes old, uint32_t index) {
    size_t left = old.size - index;
    const uint8_t *end = memchr(old.data + index, '\0', left);
    return (uint32_t)(end == NULL ? left : (size_t)(end - (old.data + index)));
}

static void find_strings(struct pool_planner *planner) {
    size_t count;
    uint32_t *order = by_index(planner, &count);
    planner->strings = memory_zeros(count, sizeof *planner->strings);
    uint64_t end = 0;
    for (size_t i = 0; i < count; i++) {
        struct pool_name *name = &planner->names[order[i]];
        if (name->old_index >= end) {
            uint32_t size = characters_at(planner->old, name->old_index);
            planner->strings[planner->string_count++] =
                (struct pool_string){.index = name->old_index, .size = size};
            end = (uint64_t)name->old_index + size;
        }
        name->new_index = (uint32_t)planner->string_count - 1;
    }
    free(order);
}

/* --- hosts --- */

/* Of the strings that equal a name the one that stands for all; NULL for a name that begins
 * inside a string or has none. A host that is no equal is longer. */
static struct pool_string *whole_string(const struct pool_planner *planner,
                                        const struct pool_name *name) {
    if (name->new_index == STRING_NONE)
        return NULL;
    struct pool_string *string = &planner->strings[name->new_index];
    if (name->old_index != string->index)
        return NULL;
    struct pool_string *host = &planner->strings[string->host];
    return host->size == string->size ? host : string;
}

/* Each string that is the longest tail of others gets the one of them that is used first as host.
 * All tails get one: the shortest name that ends in a tail has no longer tail. */
static void find_hosts(struct pool_planner *planner) {
    struct pool_string *strings = planner->strings;
    for (size_t i = 0; i < planner->name_count; i++) {
        struct pool_string *string = whole_string(planner, &planner->names[i]);
        if (string == NULL || string->tail == STRING_NONE)
            continue;
        uint32_t *host = &strings[string->tail].host;
        if (*host == string->tail)
            *host = (uint32_t)(string - strings);
        string->tail = STRING_NONE;
    }
}

/* The string that is written for one, found by way of its hosts; shortens the way. */
static const struct pool_string *written_for(struct pool_string *strings, uint32_t number) {
    while (strings[number].host != number) {
        strings[number].host = strings[strings[number].host].host;
        number = strings[number].host;
    }
    return &strings[number];
}

/* --- the new pool --- */

static void add_copy(struct pool_plan *plan, uint32_t index, uint32_t size) {
    plan->copies[plan->count++] = (struct pool_copy){index, size};
    plan->size += (uint64_t)size + 1;
}

/* In the order in which names use them from their first character: which host a tail has does not
 * show in it. */
static void place_strings(struct pool_planner *planner, struct pool_plan *plan) {
    for (size_t i = 0; i < planner->name_count; i++) {
        struct pool_string *string = whole_string(planner, &planner->names[i]);
        if (string == NULL || string->placed != STRING_NONE ||
            &planner->strings[string->host] != string)
            continue;
        string->placed = (uint32_t)plan->size;
        add_copy(plan, string->index, string->size);
    }
}

/* `null_size` is the number of characters of the null name. */
static void place_names(struct pool_planner *planner, uint32_t null_size) {
    for (size_t i = 0; i < planner->name_count; i++) {
        struct pool_name *name = &planner->names[i];
        if (name->new_index == STRING_NONE) {
            name->new_index = name->old_index == 0 ? 0 : null_size;
            continue;
        }
        const struct pool_string *string = &planner->strings[name->new_index];
        const struct pool_string *host = written_for(planner->strings, name->new_index);
        uint32_t size = string->size - (name->old_index - string->index);
        name->new_index = host->placed + (host->size - size);
    }
}

void string_pool_plan(struct bytes old, struct pool_name *names, size_t count,
                      struct pool_plan *plan) {
    struct pool_planner planner = {.old = old, .names = names, .name_count = count};
    find_strings(&planner);
    suffix_merge(old, planner.strings, planner.string_count);
    find_hosts(&planner);
    *plan =
        (struct pool_plan){.copies = memory_zeros(planner.string_count + 1, sizeof *plan->copies)};
    uint32_t null_size = old.size == 0 ? 0 : characters_at(old, 0);
    if (old.size != 0)
        add_copy(plan, 0, null_size);
    place_strings(&planner, plan);
    place_names(&planner, null_size);
    free(planner.strings);
}

void string_pool_write(struct bytes old, const struct pool_plan *plan, uint8_t *target) {
    for (uint64_t i = 0; i < plan->count; i++) {
        const struct pool_copy *copy = &plan->copies[i];
        memcpy(target, old.data + copy->old_index, copy->size);
        target[copy->size] = '\0';
        target += (size_t)copy->size + 1;
    }
}

enum { WINDOW = 1 << 20 };

/* The window that is being filled. */
struct string_stream {
    uint8_t *window;
    size_t filled;
    string_sink *sink;
    void *context;
};

static bool flush(struct string_stream *stream, struct error *error) {
    struct bytes window = {stream->window, stream->filled};
    stream->filled = 0;
    return window.size == 0 || stream->sink(stream->context, window, error);
}

static bool stream_bytes(struct string_stream *stream, struct bytes bytes, struct error *error) {
    for (size_t at = 0; at < bytes.size;) {
        size_t left = bytes.size - at, room = WINDOW - stream->filled;
        size_t size = left < room ? left : room;
        memcpy(stream->window + stream->filled, bytes.data + at, size);
        stream->filled += size;
        at += size;
        if (stream->filled == WINDOW && !flush(stream, error))
            return false;
    }
    return true;
}

bool string_pool_stream(struct bytes old, const struct pool_plan *plan, string_sink *sink,
                        void *context, struct error *error) {
    static const uint8_t end = '\0';
    struct string_stream stream = {.window = malloc(WINDOW), .sink = sink, .context = context};
    bool done = true;
    if (stream.window == NULL)
        out_of_memory();
    for (uint64_t i = 0; i < plan->count && done; i++) {
        struct bytes name = {old.data + plan->copies[i].old_index, plan->copies[i].size};
        done = stream_bytes(&stream, name, error) &&
               stream_bytes(&stream, (struct bytes){&end, 1}, error);
    }
    done = done && flush(&stream, error);
    free(stream.window);
    return done;
}

void string_pool_free(struct pool_plan *plan) {
    free(plan->copies);
    *plan = (struct pool_plan){0};
}
