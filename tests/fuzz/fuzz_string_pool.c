/* String pools: every name is in the new pool, and planning that again changes nothing. The first
 * byte says how many names there are; two bytes each say where they begin. */
#include "fuzz.h"

#include "macho/write/string_pool.h"

#include <stdlib.h>
#include <string.h>

static size_t length_at(struct bytes pool, uint32_t index) {
    return strnlen((const char *)pool.data + index, pool.size - index);
}

static void check_names(struct bytes old, const struct pool_name *names, size_t count,
                        struct bytes new) {
    for (size_t i = 0; i < count; i++) {
        size_t length = length_at(old, names[i].old_index);
        if (!range_within(names[i].new_index, length + 1, new.size) ||
            memcmp(new.data + names[i].new_index, old.data + names[i].old_index, length) != 0 ||
            new.data[names[i].new_index + length] != '\0')
            abort();
    }
}

static uint8_t *plan(struct bytes old, struct pool_name *names, size_t count, uint64_t *size) {
    struct pool_plan plan;
    string_pool_plan(old, names, count, &plan);
    uint8_t *pool = malloc((size_t)plan.size + 1);
    if (pool == NULL)
        abort();
    string_pool_write(old, &plan, pool);
    *size = plan.size;
    string_pool_free(&plan);
    return pool;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct pool_name names[256], again[256];
    size_t count = size == 0 ? 0 : data[0];
    if (size <= 1 + 2 * count)
        return 0;
    struct bytes old = {data + 1 + 2 * count, size - 1 - 2 * count};
    for (size_t i = 0; i < count; i++)
        names[i].old_index =
            (uint32_t)((size_t)(data[1 + 2 * i] | data[2 + 2 * i] << 8) % old.size);
    uint64_t new_size, second_size;
    uint8_t *pool = plan(old, names, count, &new_size);
    struct bytes new = {pool, (size_t)new_size};
    check_names(old, names, count, new);
    for (size_t i = 0; i < count; i++)
        again[i].old_index = names[i].new_index;
    uint8_t *second = plan(new, again, count, &second_size);
    if (second_size != new_size || memcmp(second, pool, (size_t)new_size) != 0)
        abort();
    free(pool);
    free(second);
    return 0;
}
