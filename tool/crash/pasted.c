#include "crash/pasted.h"

#include <string.h>

/* What pasting makes of characters. */
static const struct pasted_character {
    const char *pasted;
    const char *meant;
} characters[] = {
    {"&gt;", ">"},          {"&lt;", "<"},          {"&quot;", "\""},     {"&#34;", "\""},
    {"&#39;", "'"},         {"&nbsp;", " "},        {"&amp;", "&"},       {"\xc2\xa0", " "},
    {"\xe2\x80\x9c", "\""}, {"\xe2\x80\x9d", "\""}, {"\xef\xbb\xbf", ""},
};

static const struct pasted_character *character_at(const char *at, size_t left) {
    if (*at != '&' && (unsigned char)*at < 0x80)
        return NULL;
    for (size_t i = 0; i < sizeof characters / sizeof characters[0]; i++) {
        size_t size = strlen(characters[i].pasted);
        if (size <= left && memcmp(at, characters[i].pasted, size) == 0)
            return &characters[i];
    }
    return NULL;
}

/* The characters as they were meant. Never longer than what was pasted. */
static size_t respell(const char *data, size_t size, char *out) {
    size_t count = 0;
    for (size_t i = 0; i < size;) {
        const struct pasted_character *meant_here = character_at(data + i, size - i);
        if (meant_here != NULL) {
            size_t length = strlen(meant_here->meant);
            memcpy(out + count, meant_here->meant, length);
            count += length;
            i += strlen(meant_here->pasted);
            continue;
        }
        char character = data[i++];
        if (character == '\0')
            continue;
        if (character != '\r')
            out[count++] = character;
        else if (i == size || data[i] != '\n')
            out[count++] = '\n';
    }
    return count;
}

static bool is_blank(char character) {
    return character == ' ' || character == '\t';
}

/* How much of a line's beginning quotes it: ">", "> >", with blanks between. */
static size_t quote_size(const char *line, size_t size) {
    size_t at = 0, quoted = 0;
    while (at < size && (is_blank(line[at]) || line[at] == '>'))
        if (line[at++] == '>')
            quoted = at;
    return quoted;
}

static bool is_empty(const char *line, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (!is_blank(line[i]))
            return false;
    return true;
}

struct pasted pasted_clean(struct arena *arena, const char *data, size_t size) {
    char *out = arena_take(arena, size + 1);
    size_t all = respell(data, size, out), count = 0;
    for (size_t at = 0; at < all;) {
        const char *newline = memchr(out + at, '\n', all - at);
        size_t next = newline == NULL ? all : (size_t)(newline - out) + 1;
        size_t start = at + quote_size(out + at, next - at);
        at = next;
        if (is_empty(out + start, next - start - (newline != NULL)))
            continue;
        memmove(out + count, out + start, next - start);
        count += next - start;
    }
    out[count] = '\0';
    return (struct pasted){out, count};
}

bool pasted_next_line(const struct pasted *pasted, size_t *at, struct pasted_line *line) {
    if (*at >= pasted->size)
        return false;
    const char *start = pasted->data + *at;
    const char *newline = memchr(start, '\n', pasted->size - *at);
    const char *end = newline == NULL ? pasted->data + pasted->size : newline;
    *at = (size_t)(end - pasted->data) + 1;
    while (start < end && is_blank(*start))
        start++;
    while (end > start && is_blank(end[-1]))
        end--;
    *line = (struct pasted_line){start, (size_t)(end - start), newline != NULL};
    return true;
}

bool pasted_line_begins(const struct pasted_line *line, const char *words) {
    size_t size = strlen(words);
    return line->size >= size && memcmp(line->at, words, size) == 0;
}

static int digit_of(char character) {
    if (character >= '0' && character <= '9')
        return character - '0';
    character = (char)(character | 0x20);
    return character >= 'a' && character <= 'f' ? character - 'a' + 10 : -1;
}

bool pasted_hex(const char **at, const char *end, uint64_t *number) {
    const char *digit = *at;
    while (digit < end && is_blank(*digit))
        digit++;
    if (end - digit > 2 && digit[0] == '0' && (digit[1] == 'x' || digit[1] == 'X'))
        digit += 2;
    const char *first = digit;
    for (*number = 0; digit < end && digit_of(*digit) >= 0; digit++) {
        if (*number >> 60 != 0)
            return false;
        *number = *number << 4 | (unsigned)digit_of(*digit);
    }
    *at = digit;
    return digit != first;
}
