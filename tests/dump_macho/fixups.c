#include "dump.h"

#include "macho/fixup_walk.h"

#include <inttypes.h>
#include <stdio.h>

static void print_import(const struct import *import) {
    printf(" %" PRId32 " %s %" PRId64 "%s\n", import->ordinal, import->symbol, import->addend,
           import->weak ? " weak" : "");
}

static void print_fixup(const struct fixup *fixup) {
    const struct import *import = &fixup->import;
    switch (fixup->kind) {
    case FIXUP_REBASE:
        printf("rebase 0x%" PRIx64 " 0x%" PRIx64 "\n", fixup->address,
               fixup->target | (uint64_t)fixup->high_byte << 56);
        break;
    case FIXUP_WEAK_BIND:
        printf("weak 0x%" PRIx64 " %s %" PRId64 "\n", fixup->address, import->symbol,
               import->addend);
        break;
    case FIXUP_STRONG:
        printf("strong %s\n", import->symbol);
        break;
    default:
        printf("%s 0x%" PRIx64, fixup->kind == FIXUP_BIND ? "bind" : "lazy", fixup->address);
        print_import(import);
    }
}

bool dump_fixups(const struct dumped *part, struct error *error) {
    struct fixup_walk walk;
    struct fixup fixup;
    if (!fixup_walk_begin(&walk, part->name, part->bytes, part->image, part->slice, error))
        return false;
    for (uint32_t i = 0; i < walk.chained.import_count; i++) {
        struct import import = chained_fixups_import(&walk.chained, i);
        printf("import");
        print_import(&import);
    }
    while (fixup_walk_next(&walk, &fixup, error))
        print_fixup(&fixup);
    return error->kind == ERROR_NONE;
}
