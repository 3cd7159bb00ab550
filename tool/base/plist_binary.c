#include "base/plist.h"

#include <string.h>

/* The trailer, its fields, and what bounds them. */
enum {
    HEADER = 8,
    TRAILER = 32,
    OFFSET_SIZE = 6,
    REFERENCE_SIZE = 7,
    OBJECT_COUNT = 8,
    TOP_OBJECT = 16,
    TABLE_OFFSET = 24,
};

/* The high half of an object's first byte. */
enum { MARK_INTEGER = 1, MARK_ASCII = 5, MARK_UTF16 = 6, MARK_DICT = 13 };

struct binary_list {
    struct bytes bytes;
    struct bytes table; /* offsets of the objects */
    uint64_t count;     /* of objects */
    size_t offset_size;
    size_t reference_size;
    uint64_t top;
};

/* The kind of an object, and its contents. */
struct binary_object {
    unsigned mark;
    uint64_t count; /* of what it has: characters, pairs */
    size_t at;      /* of the first */
};

static bool reject(struct error *error, const char *what) {
    return error_malformed(error, "binary property list", "%s", what);
}

static bool good_size(size_t size) {
    return size >= 1 && size <= 8;
}

static bool read_trailer(struct bytes bytes, struct binary_list *list, struct error *error) {
    struct bytes trailer;
    if (bytes.size < HEADER + TRAILER)
        return reject(error, "it ends before its trailer");
    bytes_part(bytes, bytes.size - TRAILER, TRAILER, &trailer);
    list->bytes = (struct bytes){bytes.data, bytes.size - TRAILER};
    list->offset_size = bytes_u8(trailer, OFFSET_SIZE);
    list->reference_size = bytes_u8(trailer, REFERENCE_SIZE);
    list->count = bytes_u64_big(trailer, OBJECT_COUNT);
    list->top = bytes_u64_big(trailer, TOP_OBJECT);
    if (!good_size(list->offset_size) || !good_size(list->reference_size) ||
        list->count > bytes.size)
        return reject(error, "its trailer has sizes that no list has");
    return bytes_part(list->bytes, bytes_u64_big(trailer, TABLE_OFFSET),
                      list->count * list->offset_size, &list->table) ||
           reject(error, "its table of offsets runs past its end");
}

/* The number of `size` bytes at *at, which goes on behind it. */
static bool take_number(const struct binary_list *list, size_t *at, size_t size, uint64_t *value) {
    if (!range_within(*at, size, list->bytes.size))
        return false;
    *value = bytes_big(list->bytes, *at, size);
    *at += size;
    return true;
}

/* Counts from 15 on stand in an integer behind the first byte. */
static bool take_count(const struct binary_list *list, unsigned low, struct binary_object *object) {
    uint64_t first;
    object->count = low;
    return low != 15 || (take_number(list, &object->at, 1, &first) && first >> 4 == MARK_INTEGER &&
                         (first & 15) <= 3 &&
                         take_number(list, &object->at, (size_t)1 << (first & 15), &object->count));
}

static bool read_object(const struct binary_list *list, uint64_t i, struct binary_object *object,
                        struct error *error) {
    uint64_t first = 0;
    if (i >= list->count)
        return reject(error, "it refers to an object that is not there");
    uint64_t at = bytes_big(list->table, (size_t)i * list->offset_size, list->offset_size);
    if (at >= list->bytes.size)
        return reject(error, "an object lies past its end");
    object->at = (size_t)at;
    bool read = take_number(list, &object->at, 1, &first);
    object->mark = (unsigned)first >> 4;
    return (read && take_count(list, (unsigned)first & 15, object)) ||
           reject(error, "an object runs past its end");
}

/* A unit of UTF-16, or two. */
static uint32_t take_unit(const uint8_t **at, const uint8_t *end) {
    uint32_t high = (uint32_t)((*at)[0] << 8 | (*at)[1]);
    *at += 2;
    if (high < 0xd800 || high >= 0xdc00 || end - *at < 2)
        return high;
    uint32_t low = (uint32_t)((*at)[0] << 8 | (*at)[1]);
    if (low < 0xdc00 || low >= 0xe000)
        return high;
    *at += 2;
    return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

static char *utf8_of(struct arena *arena, struct bytes units) {
    char *out = arena_take(arena, units.size * 2 + 1);
    size_t size = 0;
    const uint8_t *at = units.data, *end = at + units.size;
    while (end - at >= 2) {
        uint32_t code = take_unit(&at, end);
        size_t extra = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
        static const unsigned char leads[] = {0, 0xc0, 0xe0, 0xf0};
        out[size++] = (char)(leads[extra] | code >> 6 * extra);
        while (extra-- > 0)
            out[size++] = (char)(0x80 | (code >> 6 * extra & 0x3f));
    }
    return out;
}

/* NULL for an object that is no string. */
static bool string_of(struct arena *arena, const struct binary_list *list, uint64_t i, char **value,
                      struct error *error) {
    struct binary_object object;
    struct bytes part;
    *value = NULL;
    if (!read_object(list, i, &object, error))
        return false;
    if (object.mark != MARK_ASCII && object.mark != MARK_UTF16)
        return true;
    uint64_t size = object.mark == MARK_ASCII ? object.count : object.count * 2;
    if (object.count > list->bytes.size || !bytes_part(list->bytes, object.at, size, &part))
        return reject(error, "a string runs past its end");
    *value = object.mark == MARK_ASCII ? arena_copy(arena, (const char *)part.data, part.size)
                                       : utf8_of(arena, part);
    return true;
}

/* Without a copy: many keys of a hostile list may be one long string. */
static bool is_text(const struct binary_list *list, uint64_t i, const char *text, bool *is,
                    struct error *error) {
    struct binary_object object;
    struct bytes part;
    if (!read_object(list, i, &object, error))
        return false;
    *is = object.mark == MARK_ASCII && object.count == strlen(text) &&
          bytes_part(list->bytes, object.at, object.count, &part) &&
          memcmp(part.data, text, part.size) == 0;
    return true;
}

bool plist_binary_string(struct arena *arena, struct bytes bytes, const char *key, char **value,
                         struct error *error) {
    struct binary_list list;
    struct binary_object top;
    *value = NULL;
    if (!read_trailer(bytes, &list, error) || !read_object(&list, list.top, &top, error))
        return false;
    if (top.mark != MARK_DICT || top.count > list.count)
        return reject(error, "it is no dictionary");
    size_t values = top.at + (size_t)top.count * list.reference_size;
    for (uint64_t i = 0; i < top.count; i++) {
        uint64_t name_index, value_index;
        bool is_it;
        if (!take_number(&list, &top.at, list.reference_size, &name_index) ||
            !take_number(&list, &values, list.reference_size, &value_index))
            return reject(error, "its dictionary runs past its end");
        if (!is_text(&list, name_index, key, &is_it, error))
            return false;
        if (is_it)
            return string_of(arena, &list, value_index, value, error);
    }
    return true;
}
