#include "merge/stub.h"

#include "base/digest.h"
#include "base/path.h"
#include "macho/write/code_signature.h"
#include "macho/write/exports_trie.h"

#include <stdlib.h>
#include <string.h>

enum {
    EMPTY_POOL = 8, /* bytes: an empty name, and zeros */
    SIGNATURE_ALIGNMENT = 16
};

#define STUB_FLAGS (MH_NOUNDEFS | MH_DYLDLINK | MH_TWOLEVEL)

/* A stub on its way. */
struct stub_writer {
    const struct merge *merge;
    const struct part *part;
    struct buffer *file;
    uint64_t page;
    uint64_t linkedit_size;
    struct rebuilt_trie trie; /* an empty one */
    uint32_t count;
};

static void write_segment(struct stub_writer *writer, const char *name, uint64_t place,
                          uint64_t file_size, uint32_t protection) {
    struct buffer *file = writer->file;
    size_t start = file->size;
    buffer_little(file, 4, LC_SEGMENT_64);
    buffer_little(file, 4, SEGMENT_COMMAND_SIZE);
    buffer_take(file, 16);
    memcpy(file->data + start + 8, name, strlen(name));
    buffer_little(file, 8, place);
    buffer_little(file, 8, round_up(file_size, merge_page_size(writer->merge)));
    buffer_little(file, 8, place);
    buffer_little(file, 8, file_size);
    buffer_little(file, 4, protection);
    buffer_little(file, 4, protection);
    buffer_take(file, 8);
    writer->count++;
}

static void write_merged_name(struct stub_writer *writer) {
    struct buffer *file = writer->file;
    const char *name = writer->merge->install_name;
    buffer_little(file, 4, LC_REEXPORT_DYLIB);
    buffer_little(file, 4, round_up(DYLIB_COMMAND_SIZE + strlen(name) + 1, 8));
    buffer_little(file, 4, DYLIB_COMMAND_SIZE);
    buffer_little(file, 4, 2);
    buffer_take(file, 8); /* any version will do */
    buffer_add(file, name, strlen(name) + 1);
    buffer_align(file, 8);
    writer->count++;
}

/* The part's own name, versions and paths. The UUID is another one: it is another file. */
static void copy_command(struct stub_writer *writer, const struct load_command *command) {
    static const uint32_t kept[] = {LC_ID_DYLIB, LC_UUID, LC_BUILD_VERSION, LC_VERSION_MIN_MACOSX,
                                    LC_RPATH};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (command->number == kept[i]) {
            buffer_add(writer->file, command->bytes.data, command->bytes.size);
            writer->count++;
        }
    if (command->number == LC_UUID)
        writer->file->data[writer->file->size - 1] ^= 1;
}

/* The merged image lies beside the stub: linkers look for what a dylib re-exports by its LC_RPATHs.
 */
static void write_own_folder(struct stub_writer *writer) {
    static const char folder[] = "@loader_path/.";
    const struct rpaths *rpaths = &writer->part->image->rpaths;
    for (size_t i = 0; i < rpaths->count; i++)
        if (strcmp(rpaths->items[i], folder) == 0) /* dyld refuses one that is there twice */
            return;
    buffer_little(writer->file, 4, LC_RPATH);
    buffer_little(writer->file, 4, round_up(RPATH_COMMAND_SIZE + sizeof folder, 8));
    buffer_little(writer->file, 4, RPATH_COMMAND_SIZE);
    buffer_add(writer->file, folder, sizeof folder);
    buffer_align(writer->file, 8);
    writer->count++;
}

static void write_linkedit_commands(struct stub_writer *writer, uint64_t signature) {
    struct buffer *file = writer->file;
    bool old = writer->merge->has_opcodes; /* for dylds that know no other command */
    buffer_little(file, 4, old ? LC_DYLD_INFO_ONLY : LC_DYLD_EXPORTS_TRIE);
    buffer_little(file, 4, old ? 48 : 16);
    buffer_take(file, old ? 32 : 0);
    buffer_little(file, 4, writer->page);
    buffer_little(file, 4, writer->trie.size);
    buffer_little(file, 4, LC_SYMTAB);
    buffer_little(file, 4, 24);
    buffer_take(file, 8);
    buffer_little(file, 4, writer->page + round_up(writer->trie.size, 8));
    buffer_little(file, 4, EMPTY_POOL);
    buffer_little(file, 4, LC_DYSYMTAB);
    buffer_little(file, 4, 80);
    buffer_take(file, 72);
    writer->count += 3;
    if (signature == 0)
        return;
    buffer_little(file, 4, LC_CODE_SIGNATURE);
    buffer_little(file, 4, 16);
    buffer_little(file, 4, signature);
    buffer_little(file, 4, writer->page + writer->linkedit_size - signature);
    writer->count++;
}

static void write_head(struct stub_writer *writer, uint64_t signature) {
    struct load_command_walk walk = image_commands(writer->part->head);
    struct load_command command;
    struct error ignored;
    buffer_add(writer->file, writer->part->head.data, MACH_HEADER_SIZE);
    write_segment(writer, "__TEXT", 0, writer->page, VM_PROT_READ | VM_PROT_EXECUTE);
    write_segment(writer, "__LINKEDIT", writer->page, writer->linkedit_size, VM_PROT_READ);
    while (load_command_next(&walk, &command, &ignored))
        copy_command(writer, &command);
    write_own_folder(writer);
    write_merged_name(writer);
    write_linkedit_commands(writer, signature);
    bytes_store_little(writer->file->data + MACH_HEADER_NCMDS, 4, writer->count);
    bytes_store_little(writer->file->data + MACH_HEADER_SIZEOFCMDS, 4,
                       writer->file->size - MACH_HEADER_SIZE);
    bytes_store_little(writer->file->data + MACH_HEADER_FLAGS, 4, STUB_FLAGS);
}

static void sign(struct buffer *file, const struct adhoc_signature *signature) {
    uint8_t *target = file->data + signature->code_limit;
    uint8_t *hashes = code_signature_adhoc_write(signature, target);
    for (uint64_t at = 0; at < signature->code_limit; at += ADHOC_PAGE, hashes += SHA256_SIZE) {
        uint64_t left = signature->code_limit - at;
        digest(DIGEST_SHA256,
               (struct bytes){file->data + at, left < ADHOC_PAGE ? (size_t)left : ADHOC_PAGE},
               hashes);
    }
}

/* Whole pages that hold all load commands. */
static uint64_t head_pages(const struct part *part, size_t merged_name) {
    enum { OTHER_COMMANDS = 512 };
    return round_up(part->head.size + merged_name + OTHER_COMMANDS,
                    part->image->architecture->page_size);
}

uint64_t stub_bound(const struct part *part, size_t merged_leaf) {
    enum { TABLES = 64 };
    uint64_t pages = head_pages(part, strlen(part->image->install_name) + merged_leaf);
    struct adhoc_signature signature = {.identifier = path_leaf(part->node->file->path),
                                        .text_size = pages,
                                        .code_limit = pages + TABLES};
    return pages + TABLES + code_signature_adhoc_size(&signature) + SIGNATURE_ALIGNMENT;
}

void stub_make(const struct merge *merge, size_t number, struct buffer *file) {
    struct stub_writer writer = {
        .merge = merge,
        .part = &merge->parts[number],
        .file = file,
        .page = head_pages(&merge->parts[number], strlen(merge->install_name))};
    exports_trie_make(NULL, 0, &writer.trie);
    struct adhoc_signature signature = {.identifier = path_leaf(writer.part->node->file->path),
                                        .text_size = writer.page};
    uint64_t tables = round_up(writer.trie.size, 8) + EMPTY_POOL;
    signature.code_limit = round_up(writer.page + tables, SIGNATURE_ALIGNMENT);
    writer.linkedit_size =
        !merge->is_signed
            ? tables
            : round_up(signature.code_limit - writer.page + code_signature_adhoc_size(&signature),
                       8);
    write_head(&writer, merge->is_signed ? signature.code_limit : 0);
    buffer_take(file, (size_t)(writer.page - file->size));
    buffer_add(file, writer.trie.bytes, writer.trie.size);
    buffer_take(file, (size_t)(writer.page + writer.linkedit_size) - file->size);
    if (merge->is_signed)
        sign(file, &signature);
    free(writer.trie.bytes);
}
