#include "macho/eh_frame.h"

#include "base/text.h"
#include "bytes_literal.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* A CIE of 24 bytes as clang writes it: functions by 8 bytes from their own place. */
#define CIE "\x14\0\0\0\0\0\0\0\1zR\0\1\x78\x10\1\x10\x0c\7\x08\x90\1\0\0"
/* Its FDE at 24, 32 bytes: the function is 0x1000 bytes before its field at 32, and has 0x20. */
#define FDE                                                                                        \
    "\x1c\0\0\0\x1c\0\0\0\0\xf0\xff\xff\xff\xff\xff\xff\x20\0\0\0\0\0\0\0"                         \
    "\0\x44\x0e\x10\0\0\0\0"
/* A CIE of 28 bytes with a personality of 4 bytes at 19, and LSDAs; its FDE of 40 bytes at 28 with
 * an LSDA at 53. */
#define CIE_LSDA "\x18\0\0\0\0\0\0\0\3zPLR\0\1\x78\x10\7\x9b\0\2\0\0\x1b\x1b\0\0\0"
#define FDE_LSDA                                                                                   \
    "\x24\0\0\0\x20\0\0\0\x10\xff\xff\xff\x30\0\0\0"                                               \
    "\4\x40\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

static void list_record(const struct eh_record *record, struct text *text) {
    static const char *const kinds[] = {"personality", "function", "LSDA"};
    text_addf(text, "%zx+%zx %s %zx", record->offset, record->size, record->is_cie ? "CIE" : "FDE",
              record->cie);
    if (!record->is_cie)
        text_addf(text, " range %" PRIx64, record->range);
    for (size_t i = 0; i < record->pointer_count; i++) {
        const struct eh_pointer *pointer = &record->pointers[i];
        text_addf(text, " %s %zx:%d%s%s -> %" PRIx64, kinds[pointer->kind], pointer->at,
                  pointer->size, pointer->is_signed ? "s" : "", pointer->indirect ? "*" : "",
                  pointer->target);
    }
    text_add(text, "; ");
}

static void list_records(struct bytes section, struct text *text) {
    struct eh_cursor cursor;
    struct eh_record record;
    struct error error;
    text_add(text, "");
    eh_frame_start(section, 0x10000, &cursor);
    while (eh_frame_next(&cursor, &record, &error))
        list_record(&record, text);
    if (error.kind != ERROR_NONE)
        text_addf(text, "%s: %s", error.field, error.what);
    else
        text_addf(text, "end %zx", cursor.at);
    eh_frame_end(&cursor);
}

static const struct row {
    const char *label;
    struct bytes section;
    const char *expected;
} rows[] = {
    {"no bytes", {NULL, 0}, "end 0"},
    {"a terminator and padding", BYTES("\0\0\0\0\0\0"), "end 0"},
    {"as clang writes it", BYTES(CIE FDE),
     "0+18 CIE 0; 18+20 FDE 0 range 20 function 20:8 -> f020; end 38"},
    {"a terminator", BYTES(CIE FDE "\0\0\0\0\0\0\0\0"),
     "0+18 CIE 0; 18+20 FDE 0 range 20 function 20:8 -> f020; end 38"},
    {"personality and LSDA", BYTES(CIE_LSDA FDE_LSDA),
     "0+1c CIE 0 personality 13:4s* -> 10213; "
     "1c+28 FDE 0 range 30 function 24:4s -> ff34 LSDA 2d:4s -> 1006d; end 44"},
    {"no LSDA",
     BYTES(CIE_LSDA "\x18\0\0\0\x20\0\0\0\x10\xff\xff\xff\x30\0\0\0"
                    "\4\0\0\0\0\0\0\0\0\0\0\0"),
     "0+1c CIE 0 personality 13:4s* -> 10213; "
     "1c+1c FDE 0 range 30 function 24:4s -> ff34; end 38"},
    {"LSDAs are omitted",
     BYTES("\x10\0\0\0\0\0\0\0\1zLR\0\1\x78\x10\2\xff\x1b\0"
           "\x10\0\0\0\x18\0\0\0\x10\xff\xff\xff\x30\0\0\0\0\0\0\0"),
     "0+14 CIE 0; 14+14 FDE 0 range 30 function 1c:4s -> ff2c; end 28"},
    {"lengths of 64 bits",
     BYTES("\xff\xff\xff\xff\x14\0\0\0\0\0\0\0\0\0\0\0\1zR\0\1\x78\x10\1\x10\x0c\7\x08\x90\1\0\0"
           "\xff\xff\xff\xff\x18\0\0\0\0\0\0\0\x2c\0\0\0\0\xf0\xff\xff\xff\xff\xff\xff"
           "\x20\0\0\0\0\0\0\0\0\0\0\0"),
     "0+20 CIE 0; 20+24 FDE 0 range 20 function 30:8 -> f030; end 44"},
    {"unsigned, a signal's, signed with the other key, tagged",
     BYTES("\x14\0\0\0\0\0\0\0\1zRSBG\0\1\x78\x10\1\x13\0\0\0\0"
           "\x0d\0\0\0\x1c\0\0\0\xf0\xff\xff\xff\x20\0\0\0\0"),
     "0+18 CIE 0; 18+11 FDE 0 range 20 function 20:4 -> 100010010; end 29"},
    {"8 bytes of each sign",
     BYTES("\x0d\0\0\0\0\0\0\0\1zR\0\1\x78\x10\1\x1c"
           "\x15\0\0\0\x15\0\0\0\xf8\xff\xff\xff\xff\xff\xff\xff\1\0\0\0\0\0\0\0\0"
           "\x0d\0\0\0\0\0\0\0\1zR\0\1\x78\x10\1\x14"
           "\x15\0\0\0\x15\0\0\0\x08\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0"),
     "0+11 CIE 0; 11+19 FDE 0 range 1 function 19:8 -> 10011; "
     "2a+11 CIE 2a; 3b+19 FDE 2a range 1 function 43:8 -> 1004b; end 54"},
    {"absolute and 0, no augmentation",
     BYTES("\x0c\0\0\0\0\0\0\0\1\0\1\x78\x10\0\0\0"
           "\x14\0\0\0\x14\0\0\0\0\0\0\0\0\0\0\0\x20\0\0\0\0\0\0\0"),
     "0+10 CIE 0; 10+18 FDE 0 range 20; end 28"},
    {"all instructions",
     BYTES("\x3d\0\0\0\0\0\0\0\1\0\1\x78\x10"
           "\0\2\7\3\7\7\4\7\7\7\7\5\x81\1\1\6\1\7\1\x08\1\x09\1\2\x0a\x0b\x0c\1\2\x0d\1\x0e\1"
           "\x0f\2\3\3\x10\1\1\3\x11\1\x7f\x12\1\x7f\x13\x7f\x14\1\1"),
     "0+41 CIE 0; end 41"},
    {"more instructions",
     BYTES("\x1d\0\0\0\0\0\0\0\1\0\1\x78\x10"
           "\x15\1\x7f\x16\1\2\3\3\x2c\x2d\x2e\x80\1\x2f\1\2\x44\x83\1\xc3"),
     "0+21 CIE 0; end 21"},
    {"2 bytes at the end", BYTES("\x0c\0\0\0\0\0\0\0\1\0\1\x78\x10\3\x17\x17"),
     "0+10 CIE 0; end 10"},
    {"4 bytes at the end", BYTES("\x0e\0\0\0\0\0\0\0\1\0\1\x78\x10\4\x17\x17\x17\x17"),
     "0+12 CIE 0; end 12"},
    {"version 1 has a byte for the return address", BYTES("\x09\0\0\0\0\0\0\0\1\0\1\x78\x81"),
     "0+d CIE 0; end d"},
    {"version 3 has a number", BYTES("\x0a\0\0\0\0\0\0\0\3\0\1\x78\x81\1"), "0+e CIE 0; end e"},
    /* What is refused. */
    {"half a length", BYTES("\x14\0\0"), "eh_frame record at 0x0: its length does not end in it"},
    {"half a length of 64 bits", BYTES("\xff\xff\xff\xff\x14\0\0"),
     "eh_frame record at 0x0: its length does not end in it"},
    {"past the end", BYTES("\x05\0\0\0\0\0\0\0"),
     "eh_frame record at 0x0: its length of 0x5 is past the section's end"},
    {"far past the end", BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0"),
     "eh_frame record at 0x0: its length of 0xffffffffffffffff is past the section's end"},
    {"shorter than its CIE", BYTES("\x03\0\0\0\0\0\0\0"),
     "eh_frame record at 0x0: its CIE does not end in it"},
    {"more after the terminator", BYTES("\0\0\0\0\0\1"),
     "eh_frame record at 0x0: its length of 0 ends them, but 0x5 is 0x01"},
    {"no version", BYTES("\4\0\0\0\0\0\0\0"),
     "eh_frame record at 0x0: the version does not end in it"},
    {"version", BYTES("\6\0\0\0\0\0\0\0\4\0"), "eh_frame record at 0x0: the version 4 is unknown"},
    {"an augmentation without an end", BYTES("\6\0\0\0\0\0\0\0\1z"),
     "eh_frame record at 0x0: its augmentation does not end in it"},
    {"a long augmentation", BYTES("\x12\0\0\0\0\0\0\0\1zRPLSBGRRRRR\0"),
     "eh_frame record at 0x0: its augmentation is unknown"},
    {"eh", BYTES("\x10\0\0\0\0\0\0\0\1eh\0\0\0\0\0\0\0\0\0"),
     "eh_frame record at 0x0: its augmentation does not begin with z"},
    {"a letter", BYTES("\x0c\0\0\0\0\0\0\0\1zX\0\1\x78\x10\0"),
     "eh_frame record at 0x0: the letter 0x58 of its augmentation is unknown"},
    {"a letter twice", BYTES("\x0e\0\0\0\0\0\0\0\1zSS\0\1\x78\x10\0\0"),
     "eh_frame record at 0x0: its augmentation has a letter twice"},
    {"data that is longer", BYTES("\x0e\0\0\0\0\0\0\0\1zR\0\1\x78\x10\2\x10\0"),
     "eh_frame record at 0x0: the data of its augmentation ends at 0x11, not at 0x12"},
    {"data past the end", BYTES("\x0d\0\0\0\0\0\0\0\1zR\0\1\x78\x10\2\x10"),
     "eh_frame record at 0x0: the data of its augmentation does not end in it"},
    {"a factor without an end", BYTES("\7\0\0\0\0\0\0\0\1\0\x81"),
     "eh_frame record at 0x0: the code alignment factor does not end in it, or is too great"},
    {"aligned", BYTES("\x0d\0\0\0\0\0\0\0\1zR\0\1\x78\x10\1\x50"),
     "eh_frame record at 0x0: the encoding 0x50 of functions is unknown"},
    {"from __TEXT", BYTES("\x0d\0\0\0\0\0\0\0\1zR\0\1\x78\x10\1\x2b"),
     "eh_frame record at 0x0: the encoding 0x2b of functions is unknown"},
    {"from data", BYTES("\x0d\0\0\0\0\0\0\0\1zL\0\1\x78\x10\1\x3b"),
     "eh_frame record at 0x0: the encoding 0x3b of LSDAs is unknown"},
    {"from the function", BYTES("\x0d\0\0\0\0\0\0\0\1zL\0\1\x78\x10\1\x4b"),
     "eh_frame record at 0x0: the encoding 0x4b of LSDAs is unknown"},
    {"LEB128", BYTES("\x0d\0\0\0\0\0\0\0\1zR\0\1\x78\x10\1\x11"),
     "eh_frame record at 0x0: the encoding 0x11 of functions is unknown"},
    {"2 bytes", BYTES("\x0f\0\0\0\0\0\0\0\1zP\0\1\x78\x10\3\x1a\0\0"),
     "eh_frame record at 0x0: the encoding 0x1a of the personality is unknown"},
    {"omitted functions", BYTES("\x0d\0\0\0\0\0\0\0\1zR\0\1\x78\x10\1\xff"),
     "eh_frame record at 0x0: the encoding 0xff of functions is unknown"},
    {"an absolute personality", BYTES("\x15\0\0\0\0\0\0\0\1zP\0\1\x78\x10\x09\0\1\0\0\0\0\0\0\0"),
     "eh_frame record at 0x0: the personality is absolute: 0x1"},
    {"an absolute function",
     BYTES("\x0c\0\0\0\0\0\0\0\1\0\1\x78\x10\0\0\0"
           "\x14\0\0\0\x14\0\0\0\0\x10\0\0\0\0\0\0\x20\0\0\0\0\0\0\0"),
     "0+10 CIE 0; eh_frame record at 0x10: the function is absolute: 0x1000"},
    {"a CIE that is none", BYTES(CIE "\x14\0\0\0\x1b\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
     "0+18 CIE 0; eh_frame record at 0x18: no CIE begins 0x1b bytes before 0x1c"},
    {"a CIE before the section", BYTES("\4\0\0\0\5\0\0\0"),
     "eh_frame record at 0x0: no CIE begins 0x5 bytes before 0x4"},
    {"an FDE for a CIE", BYTES(CIE FDE "\4\0\0\0\x24\0\0\0"),
     "0+18 CIE 0; 18+20 FDE 0 range 20 function 20:8 -> f020; "
     "eh_frame record at 0x38: no CIE begins 0x24 bytes before 0x3c"},
    {"no function", BYTES(CIE "\x08\0\0\0\x1c\0\0\0\0\0\0\0"),
     "0+18 CIE 0; eh_frame record at 0x18: the function does not end in it"},
    {"no size", BYTES(CIE "\x0c\0\0\0\x1c\0\0\0\0\0\0\0\0\0\0\0"),
     "0+18 CIE 0; eh_frame record at 0x18: the function's size does not end in it"},
    {"an LSDA past its data",
     BYTES(CIE_LSDA "\x18\0\0\0\x20\0\0\0\x10\xff\xff\xff\x30\0\0\0"
                    "\3\1\0\0\0\0\0\0\0\0\0\0"),
     "0+1c CIE 0 personality 13:4s* -> 10213; "
     "eh_frame record at 0x1c: the LSDA is past the data of its augmentation"},
    {"an LSDA without an end", BYTES(CIE_LSDA "\x0d\0\0\0\x20\0\0\0\x10\xff\xff\xff\x30\0\0\0\0"),
     "0+1c CIE 0 personality 13:4s* -> 10213; "
     "eh_frame record at 0x1c: the LSDA does not end in it"},
    {"an absolute LSDA",
     BYTES("\x10\0\0\0\0\0\0\0\1zLR\0\1\x78\x10\2\x0b\x1b\0"
           "\x14\0\0\0\x18\0\0\0\x10\xff\xff\xff\x30\0\0\0\4\xff\xff\xff\xff\0\0\0"),
     "0+14 CIE 0; eh_frame record at 0x14: the LSDA is absolute: 0xffffffffffffffff"},
    {"an FDE's data past the end",
     BYTES(CIE "\x15\0\0\0\x1c\0\0\0\0\xf0\xff\xff\xff\xff\xff\xff\x20\0\0\0\0\0\0\0\1"),
     "0+18 CIE 0; eh_frame record at 0x18: the data of its augmentation does not end in it"},
    {"no size of an FDE's data",
     BYTES(CIE "\x14\0\0\0\x1c\0\0\0\0\xf0\xff\xff\xff\xff\xff\xff\x20\0\0\0\0\0\0\0"),
     "0+18 CIE 0; eh_frame record at 0x18: the data of its augmentation does not end in it, or is "
     "too great"},
    {"no size of a CIE's data", BYTES("\x0b\0\0\0\0\0\0\0\1zR\0\1\x78\x10"),
     "eh_frame record at 0x0: the data of its augmentation does not end in it, or is too great"},
    {"half a number of an instruction", BYTES("\x0b\0\0\0\0\0\0\0\1\0\1\x78\x10\6\x81"),
     "eh_frame record at 0x0: an instruction does not end in it, or is too great"},
    {"half a signed number of an instruction", BYTES("\x0b\0\0\0\0\0\0\0\1\0\1\x78\x10\x13\x81"),
     "eh_frame record at 0x0: an instruction does not end in it, or is too great"},
    {"an address in an instruction", BYTES("\x0a\0\0\0\0\0\0\0\1\0\1\x78\x10\1"),
     "eh_frame record at 0x0: there is an address among its instructions"},
    {"an instruction", BYTES("\x0a\0\0\0\0\0\0\0\1\0\1\x78\x10\x17"),
     "eh_frame record at 0x0: the instruction 0x17 is unknown"},
    {"half an instruction", BYTES("\x0b\0\0\0\0\0\0\0\1\0\1\x78\x10\3\1"),
     "eh_frame record at 0x0: an instruction does not end in it"},
    {"a block past the end", BYTES("\x0b\0\0\0\0\0\0\0\1\0\1\x78\x10\x0f\1"),
     "eh_frame record at 0x0: an instruction does not end in it"},
};

static void every_record_is_read_or_what_is_wrong_is_named(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text text = {0};
        list_records(rows[i].section, &text);
        if (strcmp(text.data, rows[i].expected) != 0)
            fail_msg("%s: %s, expected %s", rows[i].label, text.data, rows[i].expected);
        text_free(&text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_record_is_read_or_what_is_wrong_is_named),
    };
    return cmocka_run_group_tests_name("eh_frame", tests, NULL, NULL);
}
