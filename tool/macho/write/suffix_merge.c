#include "macho/write/suffix_merge.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/seed.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A place of the table in which the first of equal strings are found by their hash. */
struct string_slot {
    uint32_t mark;   /* the low half of the hash; the high half says where to look */
    uint32_t string; /* its number + 1; 0 for an empty slot */
};

/* What is asked of the table: is there a string of these characters? Questions are gathered, so
 * that the memory that answers one comes while others are being put. */
struct suffix_question {
    uint64_t hash;
    uint32_t string; /* the characters are the last ones of this */
    uint32_t size;   /* and so many */
};

enum { QUESTIONS = 64, BEGINNING_BITS = 18, STRINGS_A_PIECE = 1 << 16 };

struct string_comparison {
    struct bytes pool;
    struct pool_string *strings;
    size_t count;
    uint64_t key;
    struct string_slot *slots;
    uint64_t slot_count;
    uint8_t *beginnings; /* 1 for each value of beginning() that a string has */
};

typedef void take_answer(struct string_comparison *comparison,
                         const struct suffix_question *question);

/* The questions of one thread. */
struct question_list {
    struct string_comparison *comparison;
    take_answer *answer;
    struct suffix_question items[QUESTIONS];
    size_t count;
};

/* --- hashes --- */

__extension__ typedef unsigned __int128 product;

static uint64_t mix(uint64_t a, uint64_t b) {
    product both = (product)a * b;
    return (uint64_t)both ^ (uint64_t)(both >> 64);
}

/* `count` characters, at most eight, the first one lowest. */
static inline uint64_t load(struct bytes pool, size_t at, size_t count) {
    if (!range_within(at, 8, pool.size))
        return bytes_little(pool, at, count);
    return bytes_u64(pool, at) & UINT64_MAX >> (64 - 8 * count);
}

/* A hash takes eight characters at a time from the end, so that all tails of a string can be
 * hashed on one way; what is left at the beginning, one to eight of them, comes last. */
static uint64_t finish(const struct string_comparison *comparison, uint64_t state, uint64_t first) {
    return mix(state ^ first, ~comparison->key);
}

static uint64_t hash(const struct string_comparison *comparison, const struct pool_string *string) {
    uint64_t state = comparison->key;
    size_t left = string->size;
    for (; left > 8; left -= 8)
        state = mix(state ^ bytes_u64(comparison->pool, string->index + left - 8), comparison->key);
    return finish(comparison, state, load(comparison->pool, string->index, left));
}

/* --- the table --- */

static bool ends_in(const struct string_comparison *comparison, const struct pool_string *string,
                    const struct pool_string *tail) {
    const uint8_t *pool = comparison->pool.data;
    return string->size >= tail->size && memcmp(pool + string->index + (string->size - tail->size),
                                                pool + tail->index, tail->size) == 0;
}

static size_t home(const struct string_comparison *comparison, uint64_t hash) {
    return (size_t)((hash >> 32) * comparison->slot_count >> 32);
}

/* The slot of a string of those characters, or the empty one where it belongs. */
static struct string_slot *find(const struct string_comparison *comparison,
                                const struct suffix_question *question, bool believe) {
    const struct pool_string *asking = &comparison->strings[question->string];
    size_t at = home(comparison, question->hash);
    for (; comparison->slots[at].string != 0; at = at + 1 == comparison->slot_count ? 0 : at + 1) {
        if (comparison->slots[at].mark != (uint32_t)question->hash)
            continue;
        const struct pool_string *found = &comparison->strings[comparison->slots[at].string - 1];
        if (found->size == question->size && (believe || ends_in(comparison, asking, found)))
            break;
    }
    return &comparison->slots[at];
}

static void answer_all(struct question_list *questions) {
    for (size_t i = 0; i < questions->count; i++)
        questions->answer(questions->comparison, &questions->items[i]);
    questions->count = 0;
}

static void ask(struct question_list *questions, struct suffix_question question) {
    const struct string_comparison *comparison = questions->comparison;
    __builtin_prefetch(&comparison->slots[home(comparison, question.hash)]);
    questions->items[questions->count++] = question;
    if (questions->count == QUESTIONS)
        answer_all(questions);
}

/* --- equal ones --- */

static void join(struct string_comparison *comparison, const struct suffix_question *question) {
    struct string_slot *slot = find(comparison, question, false);
    if (slot->string == 0)
        *slot = (struct string_slot){(uint32_t)question->hash, question->string + 1};
    comparison->strings[question->string].host = slot->string - 1;
}

static void find_equal(struct string_comparison *comparison) {
    struct question_list questions = {.comparison = comparison, .answer = join};
    for (size_t i = 0; i < comparison->count; i++) {
        const struct pool_string *string = &comparison->strings[i];
        ask(&questions,
            (struct suffix_question){hash(comparison, string), (uint32_t)i, string->size});
    }
    answer_all(&questions);
}

/* --- tails --- */

/* A digest of the first five of up to eight characters, zeros after the last. The factor is small
 * enough for an instruction that loads and multiplies at once. */
static inline size_t beginning(uint64_t characters) {
    return (size_t)(characters * UINT64_C(0x7feb352d) >> 22 & ((1 << BEGINNING_BITS) - 1));
}

static void note_beginnings(struct string_comparison *comparison) {
    comparison->beginnings = memory_zeros((size_t)1 << BEGINNING_BITS, 1);
    for (size_t i = 0; i < comparison->count; i++) {
        const struct pool_string *string = &comparison->strings[i];
        size_t size = string->size < 8 ? string->size : 8;
        if (string->host == i)
            comparison->beginnings[beginning(load(comparison->pool, string->index, size))] = 1;
    }
}

static inline unsigned begins(const struct string_comparison *comparison, uint64_t characters,
                              unsigned i) {
    return (unsigned)comparison->beginnings[beginning(characters)] << i;
}

/* Bit i says whether a string may begin like character i of the eight at `at` and what follows it,
 * all in one string with the eight after. */
static inline unsigned beginnings_inside(const struct string_comparison *comparison, size_t at) {
    struct bytes pool = comparison->pool;
    return begins(comparison, bytes_u64(pool, at), 0) |
           begins(comparison, bytes_u64(pool, at + 1), 1) |
           begins(comparison, bytes_u64(pool, at + 2), 2) |
           begins(comparison, bytes_u64(pool, at + 3), 3) |
           begins(comparison, bytes_u64(pool, at + 4), 4) |
           begins(comparison, bytes_u64(pool, at + 5), 5) |
           begins(comparison, bytes_u64(pool, at + 6), 6) |
           begins(comparison, bytes_u64(pool, at + 7), 7);
}

static inline unsigned begins_between(const struct string_comparison *comparison,
                                      uint64_t characters, uint64_t following, unsigned i) {
    return begins(comparison, characters >> 8 * i | following << (64 - 8 * i), i);
}

/* The same at the edges of a string, of eight characters and the eight that follow. */
static inline unsigned beginnings_between(const struct string_comparison *comparison,
                                          uint64_t characters, uint64_t following) {
    return begins(comparison, characters, 0) |
           begins_between(comparison, characters, following, 1) |
           begins_between(comparison, characters, following, 2) |
           begins_between(comparison, characters, following, 3) |
           begins_between(comparison, characters, following, 4) |
           begins_between(comparison, characters, following, 5) |
           begins_between(comparison, characters, following, 6) |
           begins_between(comparison, characters, following, 7);
}

/* Asks for the tails of a string from the shortest to the longest, without itself. */
static void ask_for_tails(struct question_list *questions, uint32_t number) {
    const struct string_comparison *comparison = questions->comparison;
    const struct pool_string *string = &comparison->strings[number];
    uint64_t state = comparison->key, following = 0;
    for (size_t left = string->size; left != 0;) {
        size_t count = left < 8 ? left : 8, at = string->index + left - count;
        uint64_t characters = load(comparison->pool, at, count) << (64 - 8 * count);
        unsigned mask = count == 8 && left != string->size
                            ? beginnings_inside(comparison, at)
                            : beginnings_between(comparison, characters, following);
        mask &= left > 8 ? 0xff : 0xffU << (9 - left);
        while (mask != 0) {
            unsigned i = 31 - (unsigned)__builtin_clz(mask);
            mask ^= 1U << i;
            ask(questions,
                (struct suffix_question){finish(comparison, state, characters >> 8 * i), number,
                                         (uint32_t)(string->size - left + 8 - i)});
        }
        state = mix(state ^ characters, comparison->key);
        following = characters;
        left -= count;
    }
}

static void note_tail(struct string_comparison *comparison, const struct suffix_question *question,
                      bool believe) {
    const struct string_slot *slot = find(comparison, question, believe);
    if (slot->string != 0)
        comparison->strings[question->string].tail = slot->string - 1;
}

static void note_likely_tail(struct string_comparison *comparison,
                             const struct suffix_question *question) {
    note_tail(comparison, question, true);
}

static void note_compared_tail(struct string_comparison *comparison,
                               const struct suffix_question *question) {
    note_tail(comparison, question, false);
}

static void find_likely_tails(struct string_comparison *comparison, size_t from, size_t end) {
    struct question_list questions = {.comparison = comparison, .answer = note_likely_tail};
    for (size_t i = from; i < end; i++)
        if (comparison->strings[i].host == i)
            ask_for_tails(&questions, (uint32_t)i);
    answer_all(&questions);
}

/* Only the longest of the likely tails is compared, or names of one character each time more often
 * would take time by the square. That it is none comes of two hashes that share a mark: so rare
 * that then all may be compared. */
static void compare_tails(struct string_comparison *comparison, size_t from, size_t end) {
    struct question_list questions = {.comparison = comparison, .answer = note_compared_tail};
    struct pool_string *strings = comparison->strings;
    for (size_t i = from; i < end; i++)
        if (strings[i].tail != STRING_NONE &&
            !ends_in(comparison, &strings[i], &strings[strings[i].tail])) {
            strings[i].tail = STRING_NONE;
            ask_for_tails(&questions, (uint32_t)i);
            answer_all(&questions);
        }
}

/* Nothing of a string but its own tail is written meanwhile. */
static void find_tails_of_piece(void *context, size_t piece) {
    struct string_comparison *comparison = context;
    size_t from = piece * STRINGS_A_PIECE, left = comparison->count - from;
    size_t end = from + (left < STRINGS_A_PIECE ? left : STRINGS_A_PIECE);
    find_likely_tails(comparison, from, end);
    compare_tails(comparison, from, end);
}

static void find_tails(struct string_comparison *comparison) {
    size_t pieces =
        comparison->count / STRINGS_A_PIECE + (comparison->count % STRINGS_A_PIECE != 0);
    parallel_for(pieces, find_tails_of_piece, comparison);
}

void suffix_merge(struct bytes pool, struct pool_string *strings, size_t count) {
    struct string_comparison comparison = {
        .pool = pool, .strings = strings, .count = count, .key = seed()};
    for (size_t i = 0; i < count; i++)
        strings[i].tail = STRING_NONE;
    comparison.slot_count = count + count / 2 + 1;
    comparison.slots = memory_zeros(comparison.slot_count, sizeof *comparison.slots);
    find_equal(&comparison);
    note_beginnings(&comparison);
    find_tails(&comparison);
    free(comparison.slots);
    free(comparison.beginnings);
}
