#include "macho/write/code_signature.h"

#include "base/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PAGE = 4096, LIMIT = PAGE + 10, MOST = 4096, SPECIAL = 2 };

struct super {
    uint8_t bytes[MOST];
    size_t size;
    uint32_t count;
};

/* Where the blobs begin: room for an index of 8. */
enum { FIRST_BLOB = 12 + 8 * 8 };

/* After the fields of every version: the identifier, then the hashes. */
enum { IDENTIFIER = 112, HASHES = IDENTIFIER + 8 };

static void add_blob(struct super *super, uint32_t slot, const uint8_t *blob, size_t size) {
    if (super->size == 0)
        super->size = FIRST_BLOB;
    uint8_t *entry = super->bytes + 12 + 8 * super->count++;
    bytes_store_big(entry, 4, slot);
    bytes_store_big(entry + 4, 4, (uint32_t)super->size);
    memcpy(super->bytes + super->size, blob, size);
    super->size += size;
    bytes_store_big(super->bytes, 4, 0xfade0cc0);
    bytes_store_big(super->bytes + 4, 4, super->size);
    bytes_store_big(super->bytes + 8, 4, super->count);
}

/* A CodeDirectory of version 0x20400 with two special slots, whose hashes are of the byte `type`.
 */
static void add_directory(struct super *super, uint32_t slot, uint8_t type, uint8_t size) {
    uint8_t blob[1024] = {0};
    size_t hashes = HASHES + SPECIAL * (size_t)size, end = hashes + 2 * (size_t)size;
    static const struct {
        uint8_t at;
        uint32_t value;
    } words[] = {{0, 0xfade0c02}, {8, 0x20400}, {12, 0x10002}, {20, IDENTIFIER},
                 {24, SPECIAL},   {28, 2},      {32, LIMIT}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        bytes_store_big(blob + words[i].at, 4, words[i].value);
    bytes_store_big(blob + 4, 4, end);
    bytes_store_big(blob + 16, 4, hashes);
    blob[36] = size;
    blob[37] = type;
    blob[39] = 12;
    memcpy(blob + IDENTIFIER, "program", 8);
    memset(blob + HASHES, type, SPECIAL * (size_t)size);
    add_blob(super, slot, blob, end);
}

static bool parse(const struct super *super, struct code_signature *signature,
                  struct error *error) {
    return code_signature_parse((struct bytes){super->bytes, super->size}, signature, error);
}

/* CodeDirectories by type, the first in slot 0, and the type that the kernel goes by. */
static const struct row {
    uint8_t types[3];
    uint8_t best;
} rows[] = {{{2}, 2},    {{1}, 1},    {{3}, 3},    {{4}, 4},       {{1, 2}, 2},
            {{2, 1}, 2}, {{1, 3}, 3}, {{2, 3}, 2}, {{1, 2, 4}, 4}, {{4, 2}, 4}};

static const uint8_t sizes[] = {0, SHA1_SIZE, SHA256_SIZE, 20, SHA384_SIZE};

static struct super with_directories(const struct row *row) {
    struct super super = {.size = 0};
    for (size_t i = 0; i < 3 && row->types[i] != 0; i++)
        add_directory(&super, i == 0 ? 0 : 0x1000 + (uint32_t)i - 1, row->types[i],
                      sizes[row->types[i]]);
    return super;
}

static void the_best_hash_is_the_kernels(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct super super = with_directories(&rows[i]);
        struct code_signature signature;
        struct error error;
        if (!parse(&super, &signature, &error))
            fail_msg("row %zu: %s: %s", i, error.field, error.what);
        assert_int_equal(signature.directory_count,
                         1 + (rows[i].types[1] != 0) + (rows[i].types[2] != 0));
        assert_int_equal(signature.directory.hash_size, sizes[rows[i].best]);
        assert_int_equal(bytes_u8(signature.directory.bytes, 37), rows[i].best);
        assert_string_equal(signature.directory.identifier, "program");
    }
}

/* One CodeDirectory is left: the best one, with its special hashes, and other blobs as they were.
 */
static void a_new_signature_has_the_best_directory(void **state) {
    static const uint8_t entitlements[] = {0xfa, 0xde, 0x71, 0x71, 0, 0, 0, 10, 'x', 'y'};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct super super = with_directories(&rows[i]);
        add_blob(&super, CSSLOT_ENTITLEMENTS, entitlements, sizeof entitlements);
        struct code_signature signature, again;
        struct error error;
        uint8_t *page_hashes, *target = calloc(1, MOST);
        assert_true(parse(&super, &signature, &error));
        struct bytes bytes = {target, (size_t)code_signature_new_size(&signature, LIMIT)};
        code_signature_write(&signature, LIMIT, target, &page_hashes);
        assert_true(code_signature_parse(bytes, &again, &error));
        assert_int_equal(again.directory_count, 1);
        assert_int_equal(again.blob_count, 2);
        assert_int_equal(bytes_u8(again.directory.bytes, 37), rows[i].best);
        assert_ptr_equal(page_hashes, code_directory_hash(&again.directory, 0));
        assert_true(code_directories_alike(&signature.directory, &again.directory));
        assert_memory_equal(again.directory.bytes.data + HASHES,
                            signature.directory.bytes.data + HASHES,
                            SPECIAL * again.directory.hash_size);
        assert_memory_equal(code_signature_blob(&again, CSSLOT_ENTITLEMENTS)->bytes.data,
                            entitlements, sizeof entitlements);
        assert_null(code_signature_blob(&again, CSSLOT_REQUIREMENTS));
        free(target);
    }
}

/* By sha1sum and its kin, of "abc" (FIPS 180). */
static void each_kind_has_its_digest(void **state) {
    static const struct {
        uint8_t type;
        uint8_t start[4];
    } digests[] = {{1, {0xa9, 0x99, 0x3e, 0x36}},
                   {2, {0xba, 0x78, 0x16, 0xbf}},
                   {3, {0xba, 0x78, 0x16, 0xbf}},
                   {4, {0xcb, 0x00, 0x75, 0x3f}}};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct row row = {{digests[i].type}, digests[i].type};
        struct super super = with_directories(&row);
        struct code_signature signature;
        struct error error;
        uint8_t hash[DIGEST_MOST + 1];
        memset(hash, 0x5a, sizeof hash);
        assert_true(parse(&super, &signature, &error));
        code_directory_digest(&signature.directory, (struct bytes){(const uint8_t *)"abc", 3},
                              hash);
        assert_memory_equal(hash, digests[i].start, 4);
        assert_int_equal(hash[sizes[digests[i].type]], 0x5a);
    }
}

static void expect_refused(const struct super *super, const char *what) {
    struct code_signature signature;
    struct error error;
    char said[900];
    assert_false(parse(super, &signature, &error));
    snprintf(said, sizeof said, "%s: %s", error.field, error.what);
    assert_string_equal(said, what);
}

static void what_the_kernel_refuses_is_refused(void **state) {
    struct super twice = {.size = 0}, unknown = {.size = 0}, longer = {.size = 0};
    struct super alternate = {.size = 0};
    (void)state;
    add_directory(&twice, 0, 2, SHA256_SIZE);
    add_directory(&twice, 0x1000, 2, SHA256_SIZE);
    expect_refused(&twice, "code signature hashType: 0x2 is that of two CodeDirectories");
    add_directory(&unknown, 0, 5, SHA256_SIZE);
    expect_refused(&unknown, "code signature hashType: 0x5 is no hash that the kernel takes");
    add_directory(&longer, 0, 1, SHA256_SIZE);
    expect_refused(&longer, "code signature hashSize: 0x20 is not the size of its hash");
    add_directory(&alternate, 0x1000, 2, SHA256_SIZE);
    expect_refused(&alternate, "code signature: there is no CodeDirectory");
}

/* Sets a field of the only CodeDirectory, and its version. */
static void set_field(struct super *super, uint32_t version, size_t at, uint32_t value) {
    size_t start = 0;
    while (bytes_u32_big((struct bytes){super->bytes, super->size}, start) != 0xfade0c02)
        start++;
    bytes_store_big(super->bytes + start + 8, 4, version);
    bytes_store_big(super->bytes + start + at, 4, value);
}

/* A slot stands once: which of two counts, readers do not agree on. */
static void a_slot_stands_once(void **state) {
    static const uint8_t blob[] = {0xfa, 0xde, 0x0b, 0x01, 0, 0, 0, 9, 1};
    struct super directories = {.size = 0}, cms = {.size = 0};
    (void)state;
    add_directory(&directories, 0, 1, SHA1_SIZE);
    add_directory(&directories, 0, 2, SHA256_SIZE);
    expect_refused(&directories, "code signature slot: 0x0 is that of two blobs");
    add_directory(&cms, 0, 2, SHA256_SIZE);
    add_blob(&cms, CSSLOT_SIGNATURESLOT, blob, sizeof blob);
    add_blob(&cms, CSSLOT_SIGNATURESLOT, blob, sizeof blob);
    expect_refused(&cms, "code signature slot: 0x10000 is that of two blobs");
}

/* A field is there from the first version that has it on, and not before. */
static void fields_come_with_their_versions(void **state) {
    (void)state;
    static const struct {
        size_t at;
        uint32_t since, before;
        const char *refusal;
    } fields[] = {
        {44, 0x20100, 0x20001,
         "code signature scatterOffset: 0x7777 means scattered code, which vafit does not sign"},
        {48, 0x20200, 0x20100,
         "code signature teamOffset: 0x7777 is not of a string before the hashes"},
        {92, 0x20500, 0x20400,
         "code signature preEncryptOffset: 0x7777 means encrypted code, which vafit does not sign"},
        {104, 0x20600, 0x20500,
         "code signature linkageSize: 0x7777 bytes are of another signature, which vafit does not "
         "sign"},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        struct super super = {.size = 0};
        struct code_signature signature;
        struct error error;
        add_directory(&super, 0, 2, SHA256_SIZE);
        set_field(&super, fields[i].since, fields[i].at, 0x7777);
        expect_refused(&super, fields[i].refusal);
        set_field(&super, fields[i].before, fields[i].at, 0x7777);
        if (!parse(&super, &signature, &error))
            fail_msg("before 0x%x: %s: %s", fields[i].since, error.field, error.what);
    }
}

/* Strings and hashes lie after the fields of the version: a new codeLimit would be written over
 * them. */
static void nothing_lies_among_the_fields(void **state) {
    static const struct {
        uint32_t version, end;
    } versions[] = {{0x20001, 44}, {0x20100, 48}, {0x20200, 52}, {0x20300, 64},
                    {0x20400, 88}, {0x20500, 96}, {0x20600, 108}};
    (void)state;
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        struct super super = {.size = 0};
        struct code_signature signature;
        struct error error;
        char refusal[100];
        uint32_t end = versions[i].end;
        add_directory(&super, 0, 2, SHA256_SIZE);
        set_field(&super, versions[i].version, 20, end);
        assert_true(parse(&super, &signature, &error));
        set_field(&super, versions[i].version, 20, end - 1);
        snprintf(refusal, sizeof refusal,
                 "code signature identOffset: 0x%x is not of a string before the hashes", end - 1);
        expect_refused(&super, refusal);
        set_field(&super, versions[i].version, 16, end + SPECIAL * SHA256_SIZE - 1);
        expect_refused(
            &super, "code signature nSpecialSlots: 0x2 hashes reach into the fields before them");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_hash_is_the_kernels),
        cmocka_unit_test(a_new_signature_has_the_best_directory),
        cmocka_unit_test(each_kind_has_its_digest),
        cmocka_unit_test(what_the_kernel_refuses_is_refused),
        cmocka_unit_test(fields_come_with_their_versions),
        cmocka_unit_test(nothing_lies_among_the_fields),
        cmocka_unit_test(a_slot_stands_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
