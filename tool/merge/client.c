#include "merge/client.h"

#include "base/leb.h"
#include "base/memory.h"
#include "macho/code_signature.h"
#include "macho/fixup_walk.h"
#include "macho/symtab.h"

#include <stdlib.h>
#include <string.h>

enum { DYLIB_TIMESTAMP = 2 /* as linkers write it */, ORDINAL_SHIFT = 8, NLIST_DESCRIPTION = 6 };

static struct merge *merge_of(const struct image_graph *graph, struct merge *const *merge_of_node,
                              size_t node, size_t use) {
    size_t load = graph->items[node].loads[use];
    return load == NO_IMAGE ? NULL : merge_of_node[load];
}

bool client_is(const struct image_graph *graph, struct merge *const *merge_of_node, size_t node) {
    bool any = false;
    for (size_t i = 0; i < graph->items[node].image->dylibs.count; i++)
        any |= merge_of(graph, merge_of_node, node, i) != NULL;
    return any && merge_of_node[node] == NULL;
}

/* --- the load commands --- */

/* New load commands on their way. */
struct client_commands {
    struct client *client;
    size_t node;
    size_t use;   /* of the next command that names a dylib */
    int32_t next; /* ordinal */
    uint32_t count;
};

static void copy_command(struct client_commands *commands, struct bytes command) {
    buffer_add(&commands->client->head, command.data, command.size);
    commands->count++;
}

/* The command that says what all loads of a merge say. */
static uint32_t command_for(const struct client_commands *commands, const struct merge *merge) {
    const struct client *client = commands->client;
    const struct dylib_uses *uses = &client->image.image->dylibs;
    bool reexport = false, weak = true, upward = true;
    for (size_t i = 0; i < uses->count; i++) {
        const struct dylib_use *use = &uses->items[i];
        if (merge_of(client->graph, client->merge_of_node, commands->node, i) != merge)
            continue;
        reexport |= use->reexport;
        weak &= use->weak;
        upward &= use->upward;
    }
    return dylib_use_command_of(reexport, weak, upward);
}

static void name_merged(struct client_commands *commands, const struct merge *merge,
                        struct bytes old) {
    const struct client *client = commands->client;
    struct buffer *head = &commands->client->head;
    const char *name =
        merge_name_for(client->arena, merge, client->image.image->dylibs.items[commands->use].name);
    size_t start = head->size;
    buffer_add(head, old.data, DYLIB_COMMAND_SIZE);
    buffer_add(head, name, strlen(name) + 1);
    buffer_align(head, 8);
    bytes_store_little(head->data + start, 4, command_for(commands, merge));
    bytes_store_little(head->data + start + 4, 4, head->size - start);
    bytes_store_little(head->data + start + 8, 4, DYLIB_COMMAND_SIZE);
    bytes_store_little(head->data + start + 12, 4, DYLIB_TIMESTAMP);
    bytes_store_little(head->data + start + 20, 4, 0); /* any version will do */
    commands->count++;
}

/* The ordinal that an earlier command of the client has given the merge; 0 for none. */
static int32_t ordinal_of(const struct client_commands *commands, const struct merge *merge) {
    const struct client *client = commands->client;
    for (size_t i = 0; i < commands->use; i++)
        if (merge_of(client->graph, client->merge_of_node, commands->node, i) == merge)
            return client->ordinals[i];
    return 0;
}

static void add_dylib(struct client_commands *commands, struct bytes command) {
    struct client *client = commands->client;
    const struct merge *merge =
        merge_of(client->graph, client->merge_of_node, commands->node, commands->use);
    int32_t known = merge == NULL ? 0 : ordinal_of(commands, merge);
    client->ordinals[commands->use] = known != 0 ? known : ++commands->next;
    if (merge == NULL)
        copy_command(commands, command);
    else if (known == 0)
        name_merged(commands, merge, command);
    commands->use++;
}

static void make_head(struct client *client, size_t node) {
    struct client_commands commands = {.client = client, .node = node};
    struct load_command_walk walk = image_commands(client->image.head);
    struct load_command command;
    struct error ignored;
    buffer_add(&client->head, client->image.head.data, MACH_HEADER_SIZE);
    while (load_command_next(&walk, &command, &ignored))
        if (dylib_use_is(command.number))
            add_dylib(&commands, command.bytes);
        else
            copy_command(&commands, command.bytes);
    bytes_store_little(client->head.data + MACH_HEADER_NCMDS, 4, commands.count);
    bytes_store_little(client->head.data + MACH_HEADER_SIZEOFCMDS, 4,
                       client->head.size - MACH_HEADER_SIZE);
    if (client->head.size < client->image.head.size)
        buffer_take(&client->head, client->image.head.size - client->head.size);
}

/* --- whether it can be --- */

/* Bytes between the load commands and the first contents of the file. */
static uint64_t first_contents(const struct part *image) {
    uint64_t first = image->slice.size;
    for (size_t i = 0; i < image->section_count; i++)
        if (image->sections[i].file_offset != 0 && image->sections[i].size != 0 &&
            image->sections[i].file_offset < first)
            first = image->sections[i].file_offset;
    return first;
}

static bool head_fits(const struct client *client) {
    struct bytes slice = client->image.slice;
    if (client->head.size > first_contents(&client->image))
        return false;
    for (size_t i = client->image.head.size; i < client->head.size; i++)
        if (slice.data[i] != 0)
            return false;
    return true;
}

static const char *reason_of(const struct client *client) {
    struct bytes bytes = part_linkedit(&client->image, "code signature");
    struct code_signature signature;
    struct error ignored;
    if (!head_fits(client))
        return "its load commands have no room for the name of the merged image";
    if (bytes.size != 0 && !code_signature_parse(bytes, &signature, &ignored))
        return "its signature cannot be read";
    return part_has_identity(&client->image) && !client->may_sign ? "it is signed by an identity"
                                                                  : NULL;
}

bool client_plan(struct client *client, size_t node, struct error *error) {
    const struct graph_node *loader = &client->graph->items[node];
    if (!loader->file->thin) {
        client->reason = "it is a universal file";
        return true;
    }
    if (!part_read(client->arena, loader, &client->image, error))
        return false;
    client->ordinals =
        arena_take(client->arena, (loader->image->dylibs.count + 1) * sizeof *client->ordinals);
    make_head(client, node);
    client->reason = reason_of(client);
    return true;
}

void client_free(struct client *client) {
    part_free(&client->image);
    buffer_free(&client->head);
}

/* --- the new file --- */

/* What is written over a copy of the old one, and which pages of it that changes. */
struct client_writer {
    const struct client *client;
    struct atomic_file *file;
    struct code_signature signature;
    bool is_signed;
    bool *changed; /* owned; one for each page of the directory with the smallest pages */
    uint64_t page_size;
};

static bool overwrite(struct client_writer *writer, uint64_t offset, struct bytes new,
                      struct error *error) {
    uint64_t page = writer->page_size;
    const uint8_t *old = writer->client->image.slice.data + offset;
    for (size_t i = 0; writer->is_signed && i < new.size; i++)
        if (old[i] != new.data[i])
            writer->changed[(offset + i) / page] = true;
    return atomic_file_write(writer->file, offset, new.data, new.size, error);
}

static int32_t renumber(const struct client *client, int64_t ordinal) {
    bool counts = ordinal >= 1 && (uint64_t)ordinal <= client->image.image->dylibs.count;
    return counts ? client->ordinals[ordinal - 1] : (int32_t)ordinal;
}

static bool renumber_imports(const struct client *client, struct bytes part, uint8_t *copy,
                             struct error *error) {
    struct chained_fixups fixups;
    if (!chained_fixups_parse(part, client->image.image, &fixups, error))
        return false;
    for (uint32_t i = 0; i < fixups.import_count; i++) {
        int32_t ordinal = chained_fixups_import(&fixups, i).ordinal;
        if (ordinal > 0)
            chained_import_renumber(&fixups, i, renumber(client, ordinal), copy);
    }
    return true;
}

/* The number keeps its length, with empty groups at its end where it has become shorter. */
static void store_leb(struct bytes part, size_t at, uint64_t number, uint8_t *copy) {
    uint64_t old;
    size_t end = at;
    if (!leb_unsigned(part, &end, &old))
        return;
    for (; at < end; at++, number >>= 7)
        copy[at] = (uint8_t)((number & 0x7f) | (at + 1 < end ? 0x80 : 0));
}

static void store_ordinal(struct bytes part, size_t at, int32_t ordinal, uint8_t *copy) {
    uint8_t opcode = part.data[at] & 0xf0;
    if (opcode == BIND_OPCODE_SET_DYLIB_ORDINAL_IMM)
        copy[at] = (uint8_t)(opcode | ordinal);
    if (opcode == BIND_OPCODE_SET_DYLIB_ORDINAL_ULEB)
        store_leb(part, at + 1, (uint64_t)ordinal, copy);
}

static bool renumber_reexports(const struct client *client, struct bytes part, uint8_t *copy,
                               struct error *error) {
    struct exports_cursor cursor;
    struct export export;
    *error = (struct error){0};
    exports_trie_start(part, &cursor);
    while (exports_trie_next(&cursor, &export, error))
        if (export.ordinal_at != NULL && export.ordinal <= client->image.image->dylibs.count)
            store_leb(part, (size_t)(export.ordinal_at - part.data),
                      (uint64_t)renumber(client, (int64_t) export.ordinal), copy);
    exports_trie_end(&cursor);
    return error->kind == ERROR_NONE;
}

static bool renumber_opcodes(const struct client *client, const char *name, struct bytes part,
                             uint8_t *copy, struct error *error) {
    struct dyld_info_walk walk =
        dyld_info_walk(opcode_program_named(name), part, client->image.image, client->image.slice);
    struct fixup fixup;
    *error = (struct error){0};
    while (dyld_info_next(&walk, &fixup, error))
        if ((fixup.kind == FIXUP_BIND || fixup.kind == FIXUP_LAZY_BIND) && walk.has_ordinal &&
            walk.ordinal > 0)
            store_ordinal(part, walk.ordinal_at, renumber(client, walk.ordinal), copy);
    return error->kind == ERROR_NONE;
}

static void renumber_symbols(const struct client *client, struct bytes part, uint8_t *copy) {
    for (size_t i = 0; i < part.size / NLIST_SIZE; i++) {
        struct nlist symbol = nlist_at(part, i);
        int32_t ordinal = symbol.description >> ORDINAL_SHIFT;
        if ((symbol.type & N_STAB) == 0 && (symbol.type & N_TYPE) == N_UNDF)
            bytes_store_little(copy + i * NLIST_SIZE + NLIST_DESCRIPTION, 2,
                               (symbol.description & 0xffu) | (uint64_t)renumber(client, ordinal)
                                                                  << ORDINAL_SHIFT);
    }
}

static bool renumber_part(const struct client *client, const struct linkedit_part *placed,
                          struct bytes part, uint8_t *copy, struct error *error) {
    if (strcmp(placed->name, "chained fixups") == 0)
        return renumber_imports(client, part, copy, error);
    if (strcmp(placed->name, "exports trie") == 0)
        return renumber_reexports(client, part, copy, error);
    if (strcmp(placed->name, "symbol table") == 0)
        renumber_symbols(client, part, copy);
    else if (fixup_walk_reads(placed->name))
        return renumber_opcodes(client, placed->name, part, copy, error);
    return true;
}

bool client_rewrites(const char *part) {
    return strcmp(part, "symbol table") == 0 || strcmp(part, "exports trie") == 0 ||
           fixup_walk_reads(part);
}

static bool write_part(struct client_writer *writer, const struct linkedit_part *placed,
                       struct error *error) {
    struct bytes part = part_linkedit(&writer->client->image, placed->name);
    struct buffer copy = {0};
    if (!client_rewrites(placed->name))
        return true;
    buffer_add(&copy, part.data, part.size);
    bool done = renumber_part(writer->client, placed, part, copy.data, error) &&
                overwrite(writer, placed->file_offset, buffer_bytes(&copy), error);
    buffer_free(&copy);
    return done;
}

/* --- the signature --- */

static bool hash_page(const struct client_writer *writer, const struct code_directory *directory,
                      uint64_t page, uint64_t hash_at, struct error *error) {
    uint64_t start = page * directory->page_size;
    uint64_t left = directory->code_limit - start;
    size_t size = left < directory->page_size ? (size_t)left : directory->page_size;
    uint8_t hash[64], *bytes = malloc(size + 1);
    if (bytes == NULL)
        out_of_memory();
    bool done = file_read(&writer->file->file, start, bytes, size, error);
    if (done)
        code_directory_digest(directory, (struct bytes){bytes, size}, hash);
    free(bytes);
    return done && atomic_file_write(writer->file, hash_at, hash, directory->hash_size, error);
}

static bool page_changed(const struct client_writer *writer, const struct code_directory *directory,
                         uint64_t page) {
    uint64_t ratio = directory->page_size / writer->page_size;
    for (uint64_t i = page * ratio; i < (page + 1) * ratio; i++)
        if (writer->changed[i])
            return true;
    return false;
}

static bool sign(const struct client_writer *writer, struct error *error) {
    const uint8_t *slice = writer->client->image.slice.data;
    for (size_t i = 0; writer->is_signed && i < writer->signature.directory_count; i++) {
        const struct code_directory *directory = &writer->signature.directories[i];
        for (uint64_t page = 0; page < directory->page_count; page++) {
            const uint8_t *hash = code_directory_hash(directory, (size_t)page);
            if (page_changed(writer, directory, page) &&
                !hash_page(writer, directory, page, (uint64_t)(hash - slice), error))
                return false;
        }
    }
    return true;
}

static void begin_signature(struct client_writer *writer) {
    struct bytes bytes = part_linkedit(&writer->client->image, "code signature");
    struct error ignored;
    writer->page_size = UINT64_MAX;
    writer->is_signed =
        bytes.size != 0 && code_signature_parse(bytes, &writer->signature, &ignored);
    for (size_t i = 0; writer->is_signed && i < writer->signature.directory_count; i++)
        if (writer->signature.directories[i].page_size < writer->page_size)
            writer->page_size = writer->signature.directories[i].page_size;
    uint64_t pages = writer->is_signed ? writer->client->image.slice.size / writer->page_size : 0;
    writer->changed = memory_zeros((size_t)pages + 64 * 1024, sizeof *writer->changed);
}

/* Nearly all of a client stays as it is: the file system may share its blocks. */
static bool copy_old(const struct client_writer *writer, struct error *error) {
    const char *path = writer->client->image.node->file->path;
    uint64_t size = writer->client->image.slice.size;
    struct file old;
    if (!file_open(path, &old, error))
        return false;
    bool same = old.size == size;
    bool copied = same && atomic_file_copy(writer->file, 0, &old, 0, size, error);
    file_close(&old);
    return same ? copied : error_io(error, path, "was written to meanwhile");
}

static bool write_all(struct client_writer *writer, struct error *error) {
    const struct linkedit_parts *parts = &writer->client->image.image->parts;
    if (!copy_old(writer, error) ||
        !overwrite(writer, 0, buffer_bytes(&writer->client->head), error))
        return false;
    for (size_t i = 0; i < parts->count; i++)
        if (!write_part(writer, &parts->items[i], error))
            return false;
    return sign(writer, error);
}

bool client_write(const struct client *client, struct atomic_file *file, struct error *error) {
    struct client_writer writer = {.client = client, .file = file};
    begin_signature(&writer);
    bool done = write_all(&writer, error);
    free(writer.changed);
    return done || error_in_file(error, client->image.node->file->path);
}
