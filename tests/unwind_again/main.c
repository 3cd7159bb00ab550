/* unwind_again: makes the unwind information of a thin image anew, in the file.
 *
 *     unwind_again BLOCKS FILE
 *
 * The entries of __unwind_info are read and written again. The records of __eh_frame move to behind
 * them, as the last of BLOCKS blocks; those before it have the same records about functions 1 GiB
 * further on, where there are none. Both sections together take no more room than before.
 * Signatures are not made anew. Exit status 2 for anything else. */
#include "base/arena.h"
#include "base/bytes.h"
#include "base/file.h"
#include "macho/image.h"
#include "macho/load_command.h"
#include "macho/write/eh_frame.h"
#include "macho/write/unwind_info.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ELSEWHERE (UINT64_C(1) << 30)

/* A section of __TEXT; without a name there is none. */
struct text_section {
    uint8_t *header; /* section_64 */
    uint64_t address;
    struct bytes bytes;
};

struct rewritten {
    uint8_t *file;
    size_t size;
    uint32_t cpu_type;
    struct text_section unwind;
    struct text_section frames;
    size_t block_count; /* of __eh_frame */
    size_t block_size;  /* bytes of each */
};

static _Noreturn void fail(const char *what, const char *detail) {
    fprintf(stderr, "unwind_again: %s: %s\n", what, detail);
    exit(2);
}

static void must(bool good, const struct error *error) {
    if (!good)
        fail(error->field, error->what);
}

/* --- finding --- */

static void find_in_segment(struct rewritten *image, const struct load_command *command) {
    for (uint32_t i = 0; i < bytes_u32(command->bytes, 64); i++) {
        size_t at = 72 + (size_t)i * 80;
        struct text_section section = {
            .header = image->file + (command->bytes.data - image->file) + at,
            .address = bytes_u64(command->bytes, at + 32),
            .bytes = {image->file + bytes_u32(command->bytes, at + 48),
                      (size_t)bytes_u64(command->bytes, at + 40)},
        };
        if (strncmp((const char *)section.header, "__unwind_info", 16) == 0)
            image->unwind = section;
        if (strncmp((const char *)section.header, "__eh_frame", 16) == 0)
            image->frames = section;
    }
}

static void find_sections(struct rewritten *image) {
    struct bytes file = {image->file, image->size};
    struct load_command_walk walk = {.count = bytes_u32(file, 16)};
    struct load_command command;
    struct error error;
    image->cpu_type = bytes_u32(file, 4);
    bytes_part(file, IMAGE_HEADER_SIZE, bytes_u32(file, 20), &walk.list);
    while (load_command_next(&walk, &command, &error))
        if (command.number == LC_SEGMENT_64 && memcmp(command.bytes.data + 8, "__TEXT", 7) == 0)
            find_in_segment(image, &command);
    if (image->unwind.header == NULL)
        fail("__unwind_info", "is not there");
}

/* --- writing --- */

static struct unwind_functions read_entries(struct arena *arena, const struct rewritten *image) {
    struct bytes section = image->unwind.bytes;
    struct unwind_entry *entries = arena_take(arena, section.size / 4 * sizeof *entries);
    struct unwind_functions functions = {.entries = entries};
    size_t before = (image->block_count - 1) * image->block_size;
    struct unwind_cursor cursor;
    struct error error;
    must(unwind_info_start(section, &cursor, &error), &error);
    for (; unwind_info_next(&cursor, &entries[functions.count], &error); functions.count++) {
        uint32_t *encoding = &entries[functions.count].encoding;
        if (unwind_is_dwarf(image->cpu_type, *encoding))
            must(eh_frame_move_encoding(*encoding, before, encoding, &error), &error);
    }
    must(error.kind == ERROR_NONE, &error);
    functions.end = cursor.end;
    return functions;
}

static void place_section(const struct text_section *section, const struct rewritten *image,
                          const uint8_t *target, size_t size) {
    uint64_t distance = (uint64_t)(target - image->unwind.bytes.data);
    bytes_store_little(section->header + 32, 8, image->unwind.address + distance);
    bytes_store_little(section->header + 40, 8, size);
    bytes_store_little(section->header + 48, 4, (uint64_t)(target - image->file));
}

/* Writes all blocks to `blocks`, which will be at `target`. */
static void move_frames(const struct rewritten *image, const uint8_t *target, uint8_t *blocks) {
    struct error error;
    struct eh_frame_block block = {
        .section = image->frames.bytes,
        .address = image->frames.address,
        .new_address = image->unwind.address + (uint64_t)(target - image->unwind.bytes.data),
    };
    for (size_t i = 0; i < image->block_count; i++) {
        block.target_shift = i + 1 == image->block_count ? 0 : ELSEWHERE;
        must(eh_frame_move(&block, blocks + i * image->block_size, &error), &error);
        block.new_address += image->block_size;
    }
}

static void rewrite(struct rewritten *image, const struct unwind_section *section) {
    uint8_t *target = image->file + (image->unwind.bytes.data - image->file);
    uint8_t *frames = target + round_up(section->size, 8);
    size_t frames_size = image->block_count * image->block_size + EH_FRAME_END_SIZE;
    const struct bytes *last =
        image->frames.header == NULL ? &image->unwind.bytes : &image->frames.bytes;
    size_t room = (size_t)(last->data + last->size - target);
    uint8_t *blocks = calloc(frames_size, 1);
    if (blocks == NULL || round_up(section->size, 8) + frames_size > room + EH_FRAME_END_SIZE)
        fail("no room", "both sections together would be larger");
    if (image->frames.header != NULL)
        move_frames(image, frames, blocks);
    memset(target, 0, room);
    memcpy(target, section->bytes, section->size);
    place_section(&image->unwind, image, target, section->size);
    if (image->frames.header != NULL) {
        memcpy(frames, blocks, frames_size);
        place_section(&image->frames, image, frames, frames_size);
    }
    free(blocks);
}

static void write_file(const char *path, const struct rewritten *image) {
    int descriptor = open(path, O_WRONLY);
    if (descriptor < 0 || pwrite(descriptor, image->file, image->size, 0) != (ssize_t)image->size ||
        close(descriptor) != 0)
        fail(path, "cannot be written");
}

int main(int argc, char **argv) {
    struct arena arena = {0};
    struct rewritten image = {0};
    struct unwind_section section;
    struct error error;
    if (argc != 3 || (image.block_count = strtoul(argv[1], NULL, 10)) == 0)
        fail("usage", "unwind_again BLOCKS FILE");
    must(file_read_all(&arena, argv[2], 1 << 30, (char **)&image.file, &image.size, &error),
         &error);
    find_sections(&image);
    must(eh_frame_moved_size(image.frames.bytes, &image.block_size, &error), &error);
    struct unwind_functions functions = read_entries(&arena, &image);
    must(unwind_info_write(&functions, &section, &error), &error);
    rewrite(&image, &section);
    write_file(argv[2], &image);
    free(section.bytes);
    arena_free(&arena);
    return 0;
}
