/* What the tests of images and of dyld's rules share: headers with load commands, made command by
 * command. */
#ifndef VAFIT_UNIT_HEADS_H
#define VAFIT_UNIT_HEADS_H

#include "macho/image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_BYTES = 0x4000, ARM64 = 0x0100000c, X86_64 = 0x01000007 };

static struct arena arena;

static inline int release(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

/* A header with load commands: little-endian, as are the machines that this runs on. */
struct head {
    _Alignas(8) uint8_t bytes[MOST_BYTES];
    uint32_t size;
};

static inline void set_word(struct head *head, size_t at, uint32_t word) {
    memcpy(head->bytes + at, &word, sizeof word);
}

static inline uint32_t word_at(const struct head *head, size_t at) {
    return bytes_u32((struct bytes){head->bytes, MOST_BYTES}, at);
}

static inline struct head head_of(uint32_t cpu_type, uint32_t cpu_subtype, uint32_t type) {
    struct head head = {.size = IMAGE_HEADER_SIZE};
    set_word(&head, 0, 0xfeedfacf);
    set_word(&head, 4, cpu_type);
    set_word(&head, 8, cpu_subtype);
    set_word(&head, 12, type);
    return head;
}

/* Adds a command of `size` bytes and counts it in the header. */
static inline void add(struct head *head, const void *command, uint32_t size) {
    assert_true(head->size + size <= MOST_BYTES);
    memcpy(head->bytes + head->size, command, size);
    head->size += size;
    set_word(head, 16, word_at(head, 16) + 1);
    set_word(head, 20, head->size - IMAGE_HEADER_SIZE);
}

#define ADD_WORDS(head, ...)                                                                       \
    add(head, (const uint32_t[]){__VA_ARGS__}, sizeof((const uint32_t[]){__VA_ARGS__}))

/* A command with a string after `fields` bytes of fields. */
static inline void add_string(struct head *head, uint32_t number, uint32_t fields,
                              const char *string) {
    uint8_t command[256] = {0};
    uint32_t size = (fields + (uint32_t)strlen(string) + 8) / 8 * 8;
    const uint32_t words[] = {number, size, fields};
    assert_true(size <= sizeof command);
    memcpy(command, words, sizeof words);
    memcpy(command + fields, string, strlen(string));
    add(head, command, size);
}

#endif
