/* Sizes as people write and read them. */
#ifndef VAFIT_BASE_SIZE_H
#define VAFIT_BASE_SIZE_H

#include <stdbool.h>
#include <stdint.h>

#define KIB (UINT64_C(1) << 10)
#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

/* Reads "4096", "64MiB", "1.5G": whole bytes, or a decimal number with K, M, G or T, alone or with
 * "iB" after, all powers of two. False when it is none of these or needs more than 63 bits. */
bool size_parse(const char *text, uint64_t *bytes);

/* A short text, held in the value itself so that several fit in one printf call. */
struct size_text {
    char text[32];
};

/* "16.46 GiB", "64.0 MiB", "12.0 KiB", "17 bytes", rounded to the last digit shown:
 * say a margin beside it where the rounding could hide a breach. */
struct size_text size_text(uint64_t bytes);
/* "16.46 GiB" whatever the size: for columns and sums that are compared by eye. */
struct size_text size_text_gib(uint64_t bytes);
/* With so many decimals, 2 to 9. */
struct size_text size_text_gib_digits(uint64_t bytes, int digits);
/* The least decimals, 2 or more, with which two sizes that differ differ as text too. */
int size_digits_apart(uint64_t a, uint64_t b);

#endif
