#include "macho/lazy_load_info.h"

#include <inttypes.h>

/* Byte offsets in the part. */
enum { AT_SYMBOL_COUNT = 16, AT_NAMES = 20, INFO_SIZE = 24 };

static const char part[] = "lazy load info";

bool lazy_load_info_parse(struct bytes bytes, struct lazy_load_info *info, struct error *error) {
    if (bytes.size < INFO_SIZE)
        return error_malformed(error, part, "%zu bytes are too few", bytes.size);
    *info = (struct lazy_load_info){bytes, bytes_u32(bytes, AT_SYMBOL_COUNT),
                                    bytes_u32(bytes, AT_NAMES), bytes_strings_end(bytes, 0)};
    if (!range_within(info->names_offset, (uint64_t)info->symbol_count * 4, bytes.size))
        return error_malformed(error, part,
                               "the names of %" PRIu32 " symbols at 0x%" PRIx32
                               " run past its end, %zu bytes",
                               info->symbol_count, info->names_offset, bytes.size);
    return true;
}

bool lazy_load_info_symbol(const struct lazy_load_info *info, uint32_t i, const char **symbol,
                           struct error *error) {
    uint32_t offset = bytes_u32(info->bytes, info->names_offset + (size_t)4 * i);
    if (offset >= info->strings_end)
        return error_malformed(error, part, "the name of symbol %" PRIu32 " does not end inside it",
                               i);
    *symbol = (const char *)info->bytes.data + offset;
    return true;
}
