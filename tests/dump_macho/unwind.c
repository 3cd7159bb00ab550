#include "dump.h"

#include "macho/eh_frame.h"
#include "macho/unwind_info.h"

#include <inttypes.h>
#include <stdio.h>

bool dump_unwind(const struct dumped *part, struct error *error) {
    struct unwind_cursor cursor;
    struct unwind_entry entry;
    if (!unwind_info_start(part->bytes, &cursor, error))
        return false;
    while (unwind_info_next(&cursor, &entry, error))
        printf("0x%08" PRIx32 " 0x%08" PRIx32 " 0x%08" PRIx32 " 0x%08" PRIx32 "\n", entry.function,
               entry.encoding, entry.personality, entry.lsda);
    printf("0x%08" PRIx32 " end\n", cursor.end);
    return error->kind == ERROR_NONE;
}

static void print_record(const struct eh_record *record) {
    printf("%08zx %s", record->offset, record->is_cie ? "CIE" : "FDE");
    if (!record->is_cie)
        printf(" cie=%08zx", record->cie);
    for (size_t i = 0; i < record->pointer_count; i++) {
        const struct eh_pointer *pointer = &record->pointers[i];
        if (pointer->kind == EH_FUNCTION)
            printf(" pc=%08" PRIx64 "...%08" PRIx64, pointer->target,
                   pointer->target + record->range);
        else
            printf(" %s=%016" PRIx64, pointer->kind == EH_LSDA ? "lsda" : "personality",
                   pointer->target);
    }
    printf("\n");
}

bool dump_eh_frame(const struct dumped *part, struct error *error) {
    struct eh_cursor cursor;
    struct eh_record record;
    eh_frame_start(part->bytes, part->address, &cursor);
    while (eh_frame_next(&cursor, &record, error))
        print_record(&record);
    eh_frame_end(&cursor);
    return error->kind == ERROR_NONE;
}
