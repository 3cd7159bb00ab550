/* MAP_ANONYMOUS and MAP_NORESERVE are in no version of POSIX. */
#define _DEFAULT_SOURCE
#include "module.h"

#include "base/mapping.h"
#include "fail.h"
#include "macho/universal.h"

#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

#if defined(__aarch64__)
#define HOST_ARCHITECTURE "arm64"
#elif defined(__x86_64__)
#define HOST_ARCHITECTURE "x86_64"
#else
#error "no Mach-O program runs on this architecture"
#endif

enum {
    SPAN_ALIGNMENT = 16384, /* of images in memory, whatever the architecture */
    LINUX_PAGE = 4096,
    SECTIONS_AT = SEGMENT_COMMAND_SIZE /* bytes into LC_SEGMENT_64 */
};

/* The top byte of a pointer is the program's own: RTTI on arm64 has a flag there. */
#define ADDRESS_BITS UINT64_C(0x00ffffffffffffff)

static struct slice find_slice(const char *path, const struct file *file) {
    struct mapping mapping;
    struct universal universal;
    struct error error = {0};
    uint64_t size = file->size < UNIVERSAL_HEAD ? file->size : UNIVERSAL_HEAD;
    if (!mapping_make(file, 0, size, &mapping, &error) ||
        !universal_parse(mapping.bytes, file->size, &universal, &error))
        fail_error(path, &error);
    mapping_free(&mapping);
    const struct slice *slice = universal_find(&universal, HOST_ARCHITECTURE);
    if (slice == NULL)
        fail(path, "file", "there is no slice for " HOST_ARCHITECTURE);
    return *slice;
}

static void read_image(struct arena *arena, struct module *module, const struct file *file,
                       const struct slice *slice) {
    struct mapping mapping;
    struct error error = {0};
    if (!mapping_make(file, slice->offset, slice->size, &mapping, &error) ||
        !image_parse(arena, mapping.bytes, slice->size, slice->architecture, &module->image,
                     &error))
        fail_error(module->path, &error);
    module->file = mapping.bytes;
}

static uint8_t *reserve(const struct module *module) {
    size_t size = (size_t)round_up(module->image.vm_space, SPAN_ALIGNMENT) + SPAN_ALIGNMENT;
    void *span = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (span == MAP_FAILED)
        fail(module->path, "memory", "no %zu bytes of address space are left", size);
    return (uint8_t *)span + (SPAN_ALIGNMENT - (uintptr_t)span % SPAN_ALIGNMENT) % SPAN_ALIGNMENT;
}

static bool is_mapped(const struct segment *segment) {
    return segment->vm_size != 0 && strcmp(segment->name, "__PAGEZERO") != 0;
}

static uint8_t *segment_memory(const struct module *module, const struct segment *segment) {
    return module->memory + (segment->address - module->image.lowest_address);
}

static void check_pages(const struct module *module, const struct segment *segment,
                        uint64_t file_offset) {
    uint32_t page = module->image.architecture->page_size;
    if (segment->address % page != 0)
        fail(module->path, segment->name, "its address is no multiple of %" PRIu32, page);
    if (segment->file_size != 0 && file_offset % page != 0)
        fail(module->path, segment->name, "its file offset is no multiple of %" PRIu32, page);
}

static void map_at(const struct module *module, const struct segment *segment, uint64_t from,
                   uint64_t size, int descriptor, uint64_t file_offset) {
    int protection = PROT_READ | ((segment->protection & 2) != 0 ? PROT_WRITE : 0);
    int flags = MAP_PRIVATE | MAP_FIXED | (descriptor == -1 ? MAP_ANONYMOUS | MAP_NORESERVE : 0);
    void *wanted = segment_memory(module, segment) + from;
    if (mmap(wanted, (size_t)size, protection, flags, descriptor, (off_t)file_offset) != wanted)
        fail(module->path, segment->name, "cannot be mapped");
}

static void map_segment(const struct module *module, const struct segment *segment,
                        const struct file *file, uint64_t slice_offset) {
    uint64_t in_file = round_up(segment->file_size, LINUX_PAGE);
    check_pages(module, segment, slice_offset + segment->file_offset);
    if (segment->file_size != 0)
        map_at(module, segment, 0, segment->file_size, file->descriptor,
               slice_offset + segment->file_offset);
    if (segment->vm_size > in_file)
        map_at(module, segment, in_file, segment->vm_size - in_file, -1, 0);
}

static void read_sections(struct arena *arena, struct module *module,
                          const struct load_command *command) {
    for (size_t at = SECTIONS_AT; at < command->bytes.size; at += SECTION_SIZE) {
        struct section *section = vector_push(arena, &module->sections);
        uint64_t address = bytes_u64(command->bytes, at + 32);
        memset(section, 0, sizeof *section);
        memcpy(section->name, command->bytes.data + at, 16);
        memcpy(section->segment, command->bytes.data + at + 16, 16);
        section->type = (enum section_type)(bytes_u32(command->bytes, at + 64) & 0xff);
        section->data = module->memory + (address - module->image.lowest_address);
        section->size = bytes_u64(command->bytes, at + 40);
    }
}

struct module *module_map(struct arena *arena, const char *path, struct file *file) {
    struct module *module = arena_take(arena, sizeof *module);
    struct load_command command;
    module->path = path;
    module->identity = file->identity;
    struct slice slice = find_slice(path, file);
    read_image(arena, module, file, &slice);
    module->memory = reserve(module);
    module->slide = (uint64_t)module->memory - module->image.lowest_address;
    for (size_t i = 0; i < module->image.segments.count; i++)
        if (is_mapped(&module->image.segments.items[i]))
            map_segment(module, &module->image.segments.items[i], file, slice.offset);
    file_close(file);
    struct load_command_walk walk = module_commands(module);
    while (module_next_command(module, &walk, &command))
        if (command.number == LC_SEGMENT_64)
            read_sections(arena, module, &command);
    return module;
}

static int final_protection(const struct segment *segment, uint32_t flags) {
    int protection = 0;
    if ((segment->protection & 1) != 0)
        protection |= PROT_READ;
    if ((segment->protection & 2) != 0 && (flags & SG_READ_ONLY) == 0)
        protection |= PROT_WRITE;
    if ((segment->protection & 4) != 0)
        protection |= PROT_EXEC;
    return protection;
}

void module_protect(const struct module *module) {
    struct load_command_walk walk = module_commands(module);
    struct load_command command;
    size_t i = 0;
    while (module_next_command(module, &walk, &command)) {
        if (command.number != LC_SEGMENT_64)
            continue;
        const struct segment *segment = &module->image.segments.items[i++];
        int protection = final_protection(segment, bytes_u32(command.bytes, 68));
        if (is_mapped(segment) &&
            mprotect(segment_memory(module, segment), (size_t)segment->vm_size, protection) != 0)
            fail(module->path, segment->name, "cannot be protected");
    }
}

struct load_command_walk module_commands(const struct module *module) {
    return image_commands(module->file);
}

bool module_next_command(const struct module *module, struct load_command_walk *walk,
                         struct load_command *command) {
    struct error error = {0};
    if (load_command_next(walk, command, &error))
        return true;
    if (error.kind != ERROR_NONE)
        fail_error(module->path, &error);
    return false;
}

struct cursor module_linkedit(const struct module *module, const char *part) {
    struct cursor cursor = {.image = module->path, .part = part};
    const struct linkedit_parts *parts = &module->image.parts;
    for (size_t i = 0; i < parts->count; i++)
        if (strcmp(parts->items[i].name, part) == 0)
            bytes_part(module->file, parts->items[i].file_offset, parts->items[i].size,
                       &cursor.bytes);
    return cursor;
}

struct cursor module_section(const struct module *module, const char *segment, const char *name) {
    struct cursor cursor = {.image = module->path, .part = name};
    for (size_t i = 0; i < module->sections.count && cursor.bytes.data == NULL; i++) {
        const struct section *section = &module->sections.items[i];
        if (strcmp(section->segment, segment) == 0 && strcmp(section->name, name) == 0)
            cursor.bytes = (struct bytes){section->data, (size_t)section->size};
    }
    return cursor;
}

uint8_t *module_slot(const struct module *module, size_t index, uint64_t offset) {
    if (index >= module->image.segments.count)
        fail(module->path, "fixups", "there is no segment %zu", index);
    const struct segment *segment = &module->image.segments.items[index];
    if (!is_mapped(segment) || (segment->protection & 2) == 0)
        fail(module->path, segment->name, "has a fixup but cannot be written");
    if (!range_within(offset, 8, segment->vm_size))
        fail(module->path, segment->name, "has a fixup at 0x%" PRIx64 ", past its end", offset);
    return segment_memory(module, segment) + offset;
}

uint64_t module_slid(const struct module *module, uint64_t unslid) {
    uint64_t address = unslid & ADDRESS_BITS;
    if (address - module->image.lowest_address > module->image.vm_space)
        fail(module->path, "fixups", "0x%" PRIx64 " is no address of the image", unslid);
    return (unslid & ~ADDRESS_BITS) | (address + module->slide);
}

bool module_has(const struct module *module, uint64_t address) {
    return address - (uint64_t)module->memory < module->image.vm_space;
}

uint64_t slot_load(const uint8_t *slot) {
    uint64_t value;
    memcpy(&value, slot, sizeof value);
    return value;
}

void slot_store(uint8_t *slot, uint64_t value) {
    memcpy(slot, &value, sizeof value);
}
