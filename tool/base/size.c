#include "base/size.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct size_unit {
    char letter;
    unsigned shift;
};

static const struct size_unit units[] = {{'K', 10}, {'M', 20}, {'G', 30}, {'T', 40}};

/* The shift of a suffix such as "M" or "MiB"; false for an unknown one. */
static bool parse_suffix(const char *suffix, unsigned *shift) {
    *shift = 0;
    if (suffix[0] == '\0')
        return true;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (suffix[0] == units[i].letter) {
            *shift = units[i].shift;
            return suffix[1] == '\0' || strcmp(suffix + 1, "iB") == 0;
        }
    return false;
}

/* Digits, then at most one point with digits after it; nine fractional digits at most. */
static bool parse_number(const char **cursor, uint64_t *whole, uint64_t *fraction,
                         uint64_t *scale) {
    const char *text = *cursor;
    if (!isdigit((unsigned char)*text))
        return false;
    for (*whole = 0; isdigit((unsigned char)*text); text++)
        if (__builtin_mul_overflow(*whole, 10, whole) ||
            __builtin_add_overflow(*whole, (uint64_t)(*text - '0'), whole))
            return false;
    *fraction = 0;
    *scale = 1;
    if (*text == '.' && isdigit((unsigned char)text[1]))
        for (text++; isdigit((unsigned char)*text) && *scale < 1000000000; text++) {
            *fraction = *fraction * 10 + (uint64_t)(*text - '0');
            *scale *= 10;
        }
    *cursor = text;
    return true;
}

bool size_parse(const char *text, uint64_t *bytes) {
    uint64_t whole, fraction, scale;
    unsigned shift;
    if (!parse_number(&text, &whole, &fraction, &scale) || !parse_suffix(text, &shift))
        return false;
    if (whole > (uint64_t)INT64_MAX >> shift || (shift == 0 && scale != 1))
        return false;
    uint64_t part = (uint64_t)((double)fraction / (double)scale * (double)(UINT64_C(1) << shift));
    *bytes = (whole << shift) + part;
    return true;
}

/* `bytes` in units of 1 << shift with `digits` decimals, rounded to the nearest. */
static struct size_text in_units(uint64_t bytes, unsigned shift, int digits, const char *unit) {
    uint64_t power = 1;
    for (int i = 0; i < digits; i++)
        power *= 10;
    uint64_t rest = bytes & ((UINT64_C(1) << shift) - 1);
    uint64_t half = UINT64_C(1) << (shift - 1);
    uint64_t scaled = (bytes >> shift) * power + ((rest * power + half) >> shift);
    struct size_text result;
    snprintf(result.text, sizeof result.text, "%" PRIu64 ".%0*" PRIu64 " %s", scaled / power,
             digits, scaled % power, unit);
    return result;
}

struct size_text size_text(uint64_t bytes) {
    struct size_text result;
    if (bytes >= GIB)
        return size_text_gib(bytes);
    if (bytes >= MIB)
        return in_units(bytes, 20, 1, "MiB");
    if (bytes >= KIB)
        return in_units(bytes, 10, 1, "KiB");
    snprintf(result.text, sizeof result.text, "%" PRIu64 " byte%s", bytes, bytes == 1 ? "" : "s");
    return result;
}

struct size_text size_text_gib(uint64_t bytes) {
    return in_units(bytes, 30, 2, "GiB");
}

struct size_text size_text_gib_digits(uint64_t bytes, int digits) {
    return in_units(bytes, 30, digits, "GiB");
}

enum { MOST_DIGITS = 9 };

int size_digits_apart(uint64_t a, uint64_t b) {
    int digits = 2;
    while (a != b && digits < MOST_DIGITS &&
           strcmp(size_text_gib_digits(a, digits).text, size_text_gib_digits(b, digits).text) == 0)
        digits++;
    return digits;
}
