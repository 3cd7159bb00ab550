#include "macho/string_claims.h"

#include "base/memory.h"
#include "macho/symtab.h"

#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { WORD = 64 };

static void mark(struct string_claims *claims, uint64_t index) {
    if (index < claims->pool.size)
        claims->starts[index / WORD] |= UINT64_C(1) << index % WORD;
}

void string_claims_begin(struct bytes pool, struct bytes table, struct string_claims *claims) {
    *claims = (struct string_claims){.pool = pool};
    claims->starts = memory_zeros(pool.size / WORD + 1, sizeof *claims->starts);
    if (pool.size < 2 || pool.data[0] == '\0' || (pool.data[0] == ' ' && pool.data[1] == '\0'))
        mark(claims, 0);
    for (size_t i = 0; i < table.size / NLIST_SIZE; i++) {
        struct nlist symbol = nlist_at(table, i);
        if (symbol.string_index != 0)
            mark(claims, symbol.string_index);
        if ((symbol.type & N_STAB) == 0 && (symbol.type & N_TYPE) == N_INDR && symbol.value != 0)
            mark(claims, symbol.value);
    }
}

/* Bit i of what zeros_of_word returns tells whether byte i of the word is 0. */
#ifdef __SSE2__
static uint64_t zeros_of_word(const uint8_t *data) {
    uint64_t zeros = 0;
    for (unsigned i = 0; i < WORD; i += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(data + i));
        __m128i equal = _mm_cmpeq_epi8(bytes, _mm_setzero_si128());
        zeros |= (uint64_t)(unsigned)_mm_movemask_epi8(equal) << i;
    }
    return zeros;
}
#else
static uint64_t zeros_of_eight(const uint8_t *data) {
    const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
    uint64_t eight = 0;
    for (unsigned i = 0; i < 8; i++)
        eight |= (uint64_t)data[i] << 8 * i;
    uint64_t zeros = ~(((eight & low) + low) | eight | low);
    return (zeros >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

static uint64_t zeros_of_word(const uint8_t *data) {
    uint64_t zeros = 0;
    for (unsigned i = 0; i < 8; i++)
        zeros |= zeros_of_eight(data + 8 * i) << 8 * i;
    return zeros;
}
#endif

/* Whether every piece that begins in the word at `at` is a name's; the byte before it is a NUL, or
 * there is none. */
static bool word_is_claimed(const struct string_claims *claims, size_t at, bool *after_zero) {
    uint64_t zeros = zeros_of_word(claims->pool.data + at);
    uint64_t begins = (zeros << 1 | *after_zero) & ~zeros;
    *after_zero = zeros >> (WORD - 1) != 0;
    return (begins & ~claims->starts[at / WORD]) == 0;
}

/* Skips whole words of names, which is nearly all of a pool. */
static size_t skip_claimed(const struct string_claims *claims, size_t at) {
    bool after_zero = at == 0 || claims->pool.data[at - 1] == '\0';
    while (at % WORD == 0 && at + WORD <= claims->pool.size) {
        bool before = after_zero;
        if (!word_is_claimed(claims, at, &after_zero)) {
            after_zero = before;
            break;
        }
        at += WORD;
    }
    /* Back to where a piece begins. */
    while (at > 0 && at < claims->pool.size && claims->pool.data[at - 1] != '\0')
        at--;
    return at;
}

/* The first place from `at` on where a name begins; the pool's end for none. */
static size_t next_mark(const struct string_claims *claims, size_t at) {
    while (at < claims->pool.size) {
        uint64_t word = claims->starts[at / WORD] >> at % WORD;
        if (word != 0)
            return at + (size_t)__builtin_ctzll(word);
        at = (at / WORD + 1) * WORD;
    }
    return claims->pool.size;
}

static size_t end_of_piece(struct bytes pool, size_t at) {
    const uint8_t *end = memchr(pool.data + at, '\0', pool.size - at);
    return end == NULL ? pool.size : (size_t)(end - pool.data);
}

static bool looks_like_name(struct bytes piece) {
    static const char *const beginnings[] = {"_", "-[", "+[", "l_", "L_", "ltmp"};
    bool begins = false;
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0] && !begins; i++) {
        size_t size = strlen(beginnings[i]);
        begins = piece.size >= size && memcmp(piece.data, beginnings[i], size) == 0;
    }
    for (size_t i = 0; i < piece.size && begins; i++)
        begins = piece.data[i] >= 0x20 && piece.data[i] < 0x7f;
    return begins;
}

static bool looks_like_names(struct bytes pool, size_t start, size_t end) {
    while (start < end) {
        size_t piece_end = end_of_piece(pool, start);
        if (piece_end > end)
            piece_end = end;
        struct bytes piece = {pool.data + start, piece_end - start};
        if (piece.size != 0 && !looks_like_name(piece))
            return false;
        start = piece_end + 1;
    }
    return true;
}

bool string_claims_next(struct string_claims *claims, size_t *start, size_t *end) {
    struct bytes pool = claims->pool;
    while (claims->at < pool.size) {
        size_t at = skip_claimed(claims, claims->at), next = next_mark(claims, at);
        if (at == pool.size)
            break;
        claims->at = next == pool.size ? next : end_of_piece(pool, next) + 1;
        if (claims->at > pool.size)
            claims->at = pool.size;
        *start = at;
        *end = next;
        if (next > at && !looks_like_names(pool, at, next))
            return true;
    }
    return false;
}

void string_claims_end(struct string_claims *claims) {
    free(claims->starts);
    *claims = (struct string_claims){0};
}
