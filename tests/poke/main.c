/* poke: changes one field of a Mach-O file, to make the malformed inputs of the tests.
 *
 *     poke FILE FIELD VALUE
 *
 * FIELD is one of
 *     @OFFSET:SIZE           a little-endian number of SIZE bytes at byte OFFSET of the file
 *     @OFFSET:SIZEb          the same, big-endian
 *     header+OFFSET:SIZE     of the mach_header_64
 *     lcN+OFFSET:SIZE        of load command N, from 0
 *     LC_NAME[N]+OFFSET:SIZE of the Nth command, from 0, of that name
 *     size                   the length of the file, which is cut or filled with a hole
 * VALUE is a number, or +NUMBER or -NUMBER for a change of what stands there. The file is a thin
 * one that was well formed before. Exit status 2 for anything else. */
#include "base/arena.h"
#include "base/bytes.h"
#include "base/file.h"
#include "macho/image.h"
#include "macho/load_command.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where a field is. */
struct place {
    uint64_t offset; /* bytes from the start of the file */
    size_t size;     /* bytes, at most 8 */
    bool big_endian;
};

static _Noreturn void fail(const char *what, const char *detail) {
    fprintf(stderr, "poke: %s: %s\n", what, detail);
    exit(2);
}

/* Whether a walk stands on the command that `name` means: "lc3" or "LC_SYMTAB[0]". */
static bool is_meant(const struct load_command *command, const char *name, size_t *seen) {
    char buffer[16];
    size_t size = strcspn(name, "[");
    if (strncmp(name, "lc", 2) == 0)
        return command->index == strtoul(name + 2, NULL, 10);
    const char *own = load_command_name(command->number, buffer);
    if (strlen(own) != size || strncmp(own, name, size) != 0)
        return false;
    size_t wanted = name[size] == '[' ? strtoul(name + size + 1, NULL, 10) : 0;
    return (*seen)++ == wanted;
}

static uint64_t command_offset(const char *path, const char *name) {
    struct arena arena = {0};
    struct error error;
    struct load_command command;
    char *data;
    size_t size, seen = 0;
    if (!file_read_all(&arena, path, 1 << 30, &data, &size, &error) || size < IMAGE_HEADER_SIZE)
        fail(path, "cannot be read");
    struct bytes file = {(const uint8_t *)data, size};
    struct load_command_walk walk = {.count = bytes_u32(file, 16)};
    if (!bytes_part(file, IMAGE_HEADER_SIZE, bytes_u32(file, 20), &walk.list))
        fail(path, "has no load commands");
    while (load_command_next(&walk, &command, &error))
        if (is_meant(&command, name, &seen)) {
            uint64_t offset = (uint64_t)(command.bytes.data - file.data);
            arena_free(&arena);
            return offset;
        }
    fail(name, "no such load command");
}

static struct place find(const char *path, const char *field) {
    struct place place = {0};
    char name[64];
    const char *rest = strpbrk(field, "+:");
    if (field[0] == '@')
        rest = field;
    if (rest == NULL || (size_t)(rest - field) >= sizeof name)
        fail(field, "not a field");
    snprintf(name, sizeof name, "%.*s", (int)(rest - field), field);
    if (name[0] != '\0' && strcmp(name, "header") != 0)
        place.offset = command_offset(path, name);
    char *end;
    place.offset += strtoull(rest + 1, &end, 0);
    if (*end != ':')
        fail(field, "has no size");
    place.size = strtoul(end + 1, &end, 10);
    place.big_endian = *end == 'b';
    if (place.size == 0 || place.size > 8)
        fail(field, "the size is not 1 to 8");
    return place;
}

/* Which byte of the number stands at byte i of its field. */
static unsigned shift_of(const struct place *place, size_t i) {
    return 8 * (unsigned)(place->big_endian ? place->size - 1 - i : i);
}

static void change(const char *path, const struct place *place, const char *value) {
    uint8_t bytes[8] = {0};
    uint64_t number = 0;
    int descriptor = open(path, O_RDWR);
    if (descriptor < 0 || pread(descriptor, bytes, place->size, (off_t)place->offset) < 0)
        fail(path, "cannot be read");
    for (size_t i = 0; i < place->size; i++)
        number |= (uint64_t)bytes[i] << shift_of(place, i);
    if (value[0] == '+')
        number += strtoull(value + 1, NULL, 0);
    else if (value[0] == '-')
        number -= strtoull(value + 1, NULL, 0);
    else
        number = strtoull(value, NULL, 0);
    for (size_t i = 0; i < place->size; i++)
        bytes[i] = (uint8_t)(number >> shift_of(place, i));
    if (pwrite(descriptor, bytes, place->size, (off_t)place->offset) != (ssize_t)place->size ||
        close(descriptor) != 0)
        fail(path, "cannot be written");
}

int main(int argc, char **argv) {
    if (argc != 4)
        fail("usage", "poke FILE FIELD VALUE");
    if (strcmp(argv[2], "size") == 0) {
        if (truncate(argv[1], (off_t)strtoull(argv[3], NULL, 0)) != 0)
            fail(argv[1], "cannot be cut");
        return 0;
    }
    struct place place = find(argv[1], argv[2]);
    change(argv[1], &place, argv[3]);
    return 0;
}
