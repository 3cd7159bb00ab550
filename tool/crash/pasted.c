#include "crash/pasted.h"

#include <string.h>

/* What pasting makes of characters. */
static const struct spelling {
    const char *pasted;
    const char *meant;
} spellings[] = {
    {"&gt;", ">"},          {"&lt;", "<"},          {"&quot;", "\""},     {"&#34;", "\""},
    {"&#39;", "'"},         {"&nbsp;", " "},        {"&amp;", "&"},       {"\xc2\xa0", " "},
    {"\xe2\x80\x9c", "\""}, {"\xe2\x80\x9d", "\""}, {"\xef\xbb\xbf", ""},
};

static const struct spelling *spelling_at(const char *at, size_t left) {
    if (*at != '&' && (unsigned char)*at < 0x80)
        return NULL;
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        size_t size = strlen(spellings[i].pasted);
        if (size <= left && memcmp(at, spellings[i].pasted, size) == 0)
            return &spellings[i];
    }
    return NULL;
}

/* The characters as they were meant. Never longer than what was pasted. */
static size_t respell(const char *data, size_t size, char *out) {
    size_t count = 0;
    for (size_t i = 0; i < size;) {
        const struct spelling *spelling = spelling_at(data + i, size - i);
        if (spelling != NULL) {
            size_t length = strlen(spelling->meant);
            memcpy(out + count, spelling->meant, length);
            count += length;
            i += strlen(spelling->pasted);
            continue;
        }
        char character = data[i++];
        if (character == '\0')
            character = ' ';
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
