#include "macho/chained_fixups.h"

#include "fixups.h"

#include <stdlib.h>

/* Where the parts of the part are. */
enum {
    STARTS = 32,
    DATA_STARTS = STARTS + 16, /* of __DATA */
    PAGES = DATA_STARTS + 22,
    IMPORTS = 80,
    NAMES = 128,
    SIZE = 144
};

/* Two imports, _one of ordinal 1 and _two of ordinal 2, in the given format; no pointer yet. */
static void make(struct fixture *fixture, uint32_t import_format, uint16_t pointer_format) {
    static const uint32_t sizes[] = {4, 8, 16};
    fixture_make(fixture);
    fixture->size = SIZE;
    put(fixture->part, 4, 4, STARTS);
    put(fixture->part, 8, 4, IMPORTS);
    put(fixture->part, 12, 4, NAMES);
    put(fixture->part, 16, 4, 2);
    put(fixture->part, 20, 4, import_format);
    put(fixture->part, STARTS, 4, 3);
    put(fixture->part, STARTS + 8, 4, DATA_STARTS - STARTS);
    put(fixture->part, DATA_STARTS, 4, 24);
    put(fixture->part, DATA_STARTS + 4, 2, 0x4000);
    put(fixture->part, DATA_STARTS + 6, 2, pointer_format);
    put(fixture->part, DATA_STARTS + 8, 8, 0x4000);
    put(fixture->part, DATA_STARTS + 20, 2, 1);
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t at = IMPORTS + i * sizes[import_format - 1];
        put(fixture->part, at, 4, import_format == 3 ? i + 1 : (i + 1) | i * 5 << 9);
        if (import_format == 3)
            put(fixture->part, at + 4, 4, i * 5);
    }
    memcpy(fixture->part + NAMES, "_one\0_two", 10);
}

/* Walks all; false with the error of the first malformed pointer. */
static bool walk(const struct fixture *fixture, const struct chained_fixups *fixups,
                 struct fixup *found, size_t *count, struct error *error) {
    struct chained_fixups_walk walk = {.fixups = fixups, .slice = slice_of(fixture)};
    *count = 0;
    while (chained_fixups_next(&walk, &found[*count], error))
        ++*count;
    return error->kind == ERROR_NONE;
}

static bool parse(const struct fixture *fixture, struct chained_fixups *fixups,
                  struct error *error) {
    return chained_fixups_parse(part_of(fixture), &fixture->image, fixups, error);
}

/* --- imports --- */

static const struct import_row {
    uint32_t format;
    uint64_t bits;   /* of import 0 */
    uint64_t addend; /* after them */
    const char *text;
} import_rows[] = {
    {1, 0x001, 0, "_one of ordinal 1"},
    {1, 0x101, 0, "_one of ordinal 1, which may be missing"},
    {1, 0x002 | 5 << 9, 0, "_two of ordinal 2"},
    {1, 0x002 | 7 << 9, 0, "wo of ordinal 2"},
    {1, 0x000, 0, "_one of ordinal 0 (this image)"},
    {1, 0x0ff, 0, "_one of ordinal -1 (the executable)"},
    {1, 0x0fe, 0, "_one of ordinal -2 (flat lookup)"},
    {1, 0x1fd, 0, "_one of ordinal -3 (weak lookup), which may be missing"},
    {2, 0x001, 0, "_one of ordinal 1"},
    {2, 0x101, 0x7fffffff, "_one + 0x7fffffff of ordinal 1, which may be missing"},
    {2, 0x0fe, 0xfffffff0, "_one - 0x10 of ordinal -2 (flat lookup)"},
    {3, 0x00001, 0, "_one of ordinal 1"},
    {3, 0x10002, 0x123456789a, "_one + 0x123456789a of ordinal 2, which may be missing"},
    {3, 0x0fffd, UINT64_MAX, "_one - 0x1 of ordinal -3 (weak lookup)"},
    {3, UINT64_C(5) << 32 | 1, UINT64_C(1) << 63, "_two - 0x8000000000000000 of ordinal 1"},
};

static void imports_of_each_format(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof import_rows / sizeof import_rows[0]; i++) {
        const struct import_row *row = &import_rows[i];
        struct fixture fixture;
        struct chained_fixups fixups;
        struct error error;
        struct text text = {0};
        make(&fixture, row->format, 6);
        put(fixture.part, IMPORTS, row->format == 3 ? 8 : 4, row->bits);
        if (row->format > 1)
            put(fixture.part, row->format == 3 ? IMPORTS + 8 : IMPORTS + 4,
                row->format == 3 ? 8 : 4, row->addend);
        assert_true(parse(&fixture, &fixups, &error));
        struct import import = chained_fixups_import(&fixups, 0);
        import_describe(&import, &text);
        assert_string_equal(text.data, row->text);
        text_free(&text);
    }
}

/* The ordinals of 240 and 65520 dylibs are the highest that count upwards; the next is -15. */
static void the_highest_ordinals(void **state) {
    static const struct {
        uint32_t format;
        uint32_t bits;
        size_t dylibs;
        int32_t ordinal;
    } rows[] = {{1, 0xf0, 240, 240}, {2, 0xf0, 300, 240}, {3, 0xfff0, 65520, 65520}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fixture fixture;
        struct chained_fixups fixups;
        struct error error;
        make(&fixture, rows[i].format, 6);
        fixture.image.dylibs.count = rows[i].dylibs;
        put(fixture.part, IMPORTS, 4, rows[i].bits);
        assert_true(parse(&fixture, &fixups, &error));
        assert_int_equal(chained_fixups_import(&fixups, 0).ordinal, rows[i].ordinal);
        put(fixture.part, IMPORTS, 4, rows[i].bits + 1);
        assert_false(parse(&fixture, &fixups, &error));
        assert_string_equal(error.field, "chained fixups import 0 lib_ordinal");
        assert_int_equal(strncmp(error.what, "-15, but", 8), 0);
    }
}

/* --- pointers --- */

#define BIT(number) (UINT64_C(1) << (number))

static const struct pointer_row {
    uint16_t format;
    uint64_t bits; /* without `next` */
    const char *text;
} pointer_rows[] = {
    {2, BASE + 0x123, "points to 0x100000123"},
    {2, (BASE + 0x123) | UINT64_C(0x80) << 36, "points to 0x100000123 with high byte 0x80"},
    {2, UINT64_C(0xfffffffff), "points to 0xfffffffff"},
    {2, BIT(63), "binds _one of ordinal 1"},
    {2, BIT(63) | 1 | UINT64_C(0xff) << 24, "binds _two + 0xff of ordinal 2"},
    /* The bits after the addend and after the high byte belong to nothing. */
    {2, BIT(63) | 1 | BIT(32), "binds _two of ordinal 2"},
    {2, (BASE + 0x123) | BIT(44), "points to 0x100000123"},
    {6, BIT(63) | 1 | BIT(32), "binds _two of ordinal 2"},
    {6, 0x123, "points to 0x100000123"},
    {6, 0x123 | UINT64_C(0xff) << 36, "points to 0x100000123 with high byte 0xff"},
    {6, BIT(63) | 1 | UINT64_C(1) << 24, "binds _two + 0x1 of ordinal 2"},
    {1, BASE + 0x123, "points to 0x100000123"},
    {1, UINT64_C(0x7ffffffffff), "points to 0x7ffffffffff"},
    {1, (BASE + 0x123) | UINT64_C(0x80) << 43, "points to 0x100000123 with high byte 0x80"},
    {1, BIT(63) | 0x123 | UINT64_C(0xabcd) << 32,
     "points to 0x100000123, signed with key IA, diversity 0xabcd"},
    {1, BIT(63) | 0x123 | BIT(48) | UINT64_C(3) << 49,
     "points to 0x100000123, signed with key DB, diversity 0x0000 and its address"},
    {1, BIT(62) | 1, "binds _two of ordinal 2"},
    {1, BIT(62) | UINT64_C(0x3ffff) << 32, "binds _one + 0x3ffff of ordinal 1"},
    {1, BIT(62) | UINT64_C(0x7ffff) << 32, "binds _one - 0x1 of ordinal 1"},
    {1, BIT(62) | UINT64_C(0x40000) << 32, "binds _one - 0x40000 of ordinal 1"},
    {1, BIT(63) | BIT(62) | 1 | UINT64_C(0x1234) << 32 | UINT64_C(1) << 49,
     "binds _two of ordinal 2, signed with key IB, diversity 0x1234"},
    {9, 0x123, "points to 0x100000123"},
    {9, BIT(63) | 0x123 | UINT64_C(2) << 49,
     "points to 0x100000123, signed with key DA, diversity 0x0000"},
    {9, BIT(62) | 1 | UINT64_C(0xff) << 16, "binds _two of ordinal 2"},
    {12, 0x123 | UINT64_C(0x12) << 43, "points to 0x100000123 with high byte 0x12"},
    {12, BIT(62) | 1 | UINT64_C(0x7fff8) << 32, "binds _two - 0x8 of ordinal 2"},
    {12, BIT(63) | BIT(62) | BIT(48),
     "binds _one of ordinal 1, signed with key IA, diversity "
     "0x0000 and its address"},
};

static void pointers_of_each_format(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof pointer_rows / sizeof pointer_rows[0]; i++) {
        const struct pointer_row *row = &pointer_rows[i];
        struct fixture fixture;
        struct chained_fixups fixups;
        struct fixup found[2];
        struct error error;
        char text[200];
        size_t count;
        make(&fixture, 1, row->format);
        put(fixture.slice, DATA_OFFSET, 8, row->bits);
        assert_true(parse(&fixture, &fixups, &error));
        assert_true(walk(&fixture, &fixups, found, &count, &error));
        assert_int_equal(count, 1);
        snprintf(text, sizeof text, "0x100004000 (__DATA): %s", row->text);
        assert_fixup(&fixture, &found[0], text);
    }
}

/* 0xffffff is the last of 24 bits and there is no such import; 0xffff of 16 bits, whatever the next
 * bits are. */
static void ordinals_of_each_format(void **state) {
    static const struct {
        uint16_t format;
        uint64_t bits;
        const char *text;
    } rows[] = {
        {1, BIT(62) | 0xffff, "there is no import 65535, but 2 in all"},
        {9, BIT(62) | BIT(63) | 0xffff, "there is no import 65535, but 2 in all"},
        {2, BIT(63) | 0xffffff, "there is no import 16777215, but 2 in all"},
        {12, BIT(62) | 0x10000, "there is no import 65536, but 2 in all"},
        {6, BIT(63) | 2, "there is no import 2, but 2 in all"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fixture fixture;
        struct chained_fixups fixups;
        struct fixup found[2];
        struct error error;
        char text[200];
        size_t count;
        make(&fixture, 1, rows[i].format);
        put(fixture.slice, DATA_OFFSET, 8, rows[i].bits);
        assert_true(parse(&fixture, &fixups, &error));
        assert_false(walk(&fixture, &fixups, found, &count, &error));
        snprintf(text, sizeof text, "chained fixups 0x100004000 (__DATA) ordinal: %s",
                 rows[i].text);
        assert_says(&error, text);
    }
}

/* Of 4 bytes a step in formats 2 and 6, of 8 in arm64e's. Both chains end at 0x1f8, the last
 * pointer in the file; a second page has its own start. */
static void chains_end_and_go_on(void **state) {
    static const struct {
        uint16_t format;
        uint64_t next;
        const char *second;
    } rows[] = {
        {2, 3, "0x10000400c (__DATA): points to 0x0"},
        {6, 126, "0x1000041f8 (__DATA): points to 0x100000000"},
        {9, 1, "0x100004008 (__DATA): points to 0x100000000"},
        {12, 63, "0x1000041f8 (__DATA): points to 0x100000000"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fixture fixture;
        struct chained_fixups fixups;
        struct fixup found[3];
        struct error error;
        size_t count;
        make(&fixture, 1, rows[i].format);
        put(fixture.slice, DATA_OFFSET, 8, rows[i].next << 51);
        assert_true(parse(&fixture, &fixups, &error));
        assert_true(walk(&fixture, &fixups, found, &count, &error));
        assert_int_equal(count, 2);
        assert_fixup(&fixture, &found[1], rows[i].second);
    }
}

/* __TEXT, whose starts stand after the others, and __DATA with an empty page between two. */
static void make_two_segments(struct fixture *fixture) {
    make(fixture, 1, 6);
    memset(&fixture->segments[0], 0, sizeof fixture->segments[0]);
    fixture->segments[0] =
        (struct segment){.name = "__TEXT", .address = BASE, .vm_size = 0x100, .file_size = 0x100};
    fixture->segments[1].file_size = 0x2100;
    put(fixture->part, 8, 4, 112);
    put(fixture->part, 12, 4, 120);
    memcpy(fixture->part + 112, fixture->part + IMPORTS, 8);
    memcpy(fixture->part + 120, "_one\0_two", 10);
    put(fixture->part, DATA_STARTS, 4, 28);
    put(fixture->part, DATA_STARTS + 4, 2, 0x1000);
    put(fixture->part, DATA_STARTS + 20, 2, 3);
    put(fixture->part, PAGES, 2, 8);
    put(fixture->part, PAGES + 2, 2, 0xffff);
    put(fixture->part, PAGES + 4, 2, 0xf8);
    put(fixture->part, STARTS + 4, 4, 80 - STARTS);
    memcpy(fixture->part + 80, fixture->part + DATA_STARTS, 22);
    put(fixture->part, 80, 4, 24);
    put(fixture->part, 88, 8, 0);
    put(fixture->part, 100, 2, 1);
    put(fixture->part, 102, 2, 0x10);
}

static void each_segment_and_page_in_order(void **state) {
    struct fixture fixture;
    struct chained_fixups fixups;
    struct fixup found[8];
    struct error error;
    uint8_t slice[0x3000] = {0};
    size_t count;
    (void)state;
    make_two_segments(&fixture);
    put(slice, 0x10, 8, UINT64_C(2) << 51 | 0x77);
    put(slice, DATA_OFFSET + 8, 8, UINT64_C(8) << 51 | BIT(63));
    assert_true(parse(&fixture, &fixups, &error));
    struct chained_fixups_walk walk = {.fixups = &fixups, .slice = {slice, sizeof slice}};
    for (count = 0; chained_fixups_next(&walk, &found[count], &error); count++)
        ;
    assert_int_equal(error.kind, ERROR_NONE);
    assert_int_equal(count, 5);
    assert_fixup(&fixture, &found[0], "0x100000010 (__TEXT): points to 0x100000077");
    assert_fixup(&fixture, &found[1], "0x100000018 (__TEXT): points to 0x100000000");
    assert_fixup(&fixture, &found[2], "0x100004008 (__DATA): binds _one of ordinal 1");
    assert_fixup(&fixture, &found[3], "0x100004028 (__DATA): points to 0x100000000");
    assert_fixup(&fixture, &found[4], "0x1000060f8 (__DATA): points to 0x100000000");
}

/* --- what is refused --- */

/* A number of the part changed. */
static const struct bad_row {
    size_t at;
    size_t count;
    uint64_t value;
    const char *text;
} bad_rows[] = {
    {0, 4, 1, "fixups_version: 1 is unknown"},
    {4, 4, SIZE - 3, "starts_offset: 0x8d leaves no room in the part, 0x90 bytes"},
    {4, 4, UINT32_MAX, "starts_offset: 0xffffffff leaves no room in the part, 0x90 bytes"},
    {8, 4, SIZE + 1, "imports_offset: 0x91 lies past the end of the part, 0x90 bytes"},
    {12, 4, SIZE + 1, "symbols_offset: 0x91 lies past the end of the part, 0x90 bytes"},
    {16, 4, 13, "imports_count: 13 imports at 0x50 run into the names at 0x80"},
    {16, 4, UINT32_MAX, "imports_count: 4294967295 imports at 0x50 run into the names at 0x80"},
    {20, 4, 0, "imports_format: 0 is unknown"},
    {20, 4, 4, "imports_format: 4 is unknown"},
    {24, 4, 1, "symbols_format: 1 is unknown; only plain names are read"},
    {STARTS, 4, 4, "seg_count: 4 segments, but the image has 3"},
    {STARTS + 8, 4, UINT32_MAX,
     "segment 1 (__DATA) seg_info_offset: 0xffffffff leaves no room before the imports at 0x50"},
    {STARTS + 8, 4, IMPORTS - STARTS - 21,
     "segment 1 (__DATA) seg_info_offset: 0x1b leaves no room before the imports at 0x50"},
    {DATA_STARTS, 4, 21,
     "segment 1 (__DATA) size: 21 bytes are too few or run into the imports at 0x50"},
    {DATA_STARTS, 4, IMPORTS - DATA_STARTS + 1,
     "segment 1 (__DATA) size: 33 bytes are too few or run into the imports at 0x50"},
    {DATA_STARTS + 4, 2, 0x2000,
     "segment 1 (__DATA) page_size: 0x2000 bytes are neither 4 KiB nor 16 KiB"},
    {DATA_STARTS + 6, 2, 0,
     "segment 1 (__DATA) pointer_format: 0 is none of a program of 64 bits: 1, 2, 6, 9, 12"},
    {DATA_STARTS + 6, 2, 3,
     "segment 1 (__DATA) pointer_format: 3 is none of a program of 64 bits: 1, 2, 6, 9, 12"},
    {DATA_STARTS + 6, 2, 7,
     "segment 1 (__DATA) pointer_format: 7 is none of a program of 64 bits: 1, 2, 6, 9, 12"},
    {DATA_STARTS + 6, 2, 15,
     "segment 1 (__DATA) pointer_format: 15 is none of a program of 64 bits: 1, 2, 6, 9, 12"},
    {DATA_STARTS + 8, 8, 0x4008,
     "segment 1 (__DATA) segment_offset: 0x4008, but the segment is 0x4000 after the header"},
    {DATA_STARTS + 16, 4, 0x10000,
     "max_valid_pointer: 0x10000 lies before the end of the segments, 0x10000c000"},
    {DATA_STARTS + 20, 2, 2,
     "segment 1 (__DATA) page_count: 2 pages run past the segment's starts, 24 bytes"},
    {PAGES, 2, 0x8001,
     "segment 1 (__DATA) page_start[0]: 0x8001 begins several chains, which only 32-bit formats "
     "can"},
    {PAGES, 2, 0x3ff9,
     "segment 1 (__DATA) page_start[0]: 0x3ff9 leaves no room for a pointer in a page of 0x4000 "
     "bytes"},
    {PAGES, 2, 0x1f9,
     "segment 1 (__DATA) page_start[0]: 0x01f9 lies past what the file holds of the segment, 0x200 "
     "bytes"},
    {IMPORTS, 4, 3, "import 0 lib_ordinal: 3, but the image loads 2 dylibs"},
    {IMPORTS, 4, 0xfc, "import 0 lib_ordinal: -4, but the image loads 2 dylibs"},
    {IMPORTS, 4, 0xf0, "import 0 lib_ordinal: 240, but the image loads 2 dylibs"},
    {IMPORTS + 4, 4, 1 | 16 << 9, "import 1 name_offset: the name does not end inside the part"},
    {IMPORTS + 4, 4, 1 | UINT32_C(0x7fffff) << 9,
     "import 1 name_offset: the name does not end inside the part"},
};

static void what_dyld_refuses(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof bad_rows / sizeof bad_rows[0]; i++) {
        const struct bad_row *row = &bad_rows[i];
        struct fixture fixture;
        struct chained_fixups fixups;
        struct error error;
        char text[200];
        make(&fixture, 1, 6);
        put(fixture.part, row->at, row->count, row->value);
        assert_false(parse(&fixture, &fixups, &error));
        snprintf(text, sizeof text, "chained fixups %s", row->text);
        assert_says(&error, text);
    }
}

/* Every part that is cut short is refused, and no byte after its end is read. */
static void a_part_cut_short(void **state) {
    (void)state;
    for (size_t size = 0; size < NAMES + 10; size++) {
        struct fixture fixture;
        struct chained_fixups fixups;
        struct error error;
        make(&fixture, 1, 6);
        uint8_t *copy = malloc(size + 1);
        assert_non_null(copy);
        memcpy(copy, fixture.part, size);
        assert_false(
            chained_fixups_parse((struct bytes){copy, size}, &fixture.image, &fixups, &error));
        if (size < 28)
            assert_string_equal(error.field, "chained fixups header");
        free(copy);
    }
}

static void names_that_do_not_end(void **state) {
    struct fixture fixture;
    struct chained_fixups fixups;
    struct error error;
    (void)state;
    make(&fixture, 1, 6);
    memset(fixture.part + NAMES + 5, 'x', SIZE - NAMES - 5);
    assert_false(parse(&fixture, &fixups, &error));
    assert_says(&error,
                "chained fixups import 1 name_offset: the name does not end inside the part");
}

/* ctf_insert, postject and llvm-objcopy add a segment and leave the fixups alone; at load dyld asks
 * for no more than seg_count (dyld/Loader.cpp, setUpPageInLinking). */
static void a_segment_added_after_the_link_has_no_fixups(void **state) {
    static const char *const names[] = {"__CTF", "__BLOB"};
    struct fixture fixture;
    struct chained_fixups fixups;
    struct error error;
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        make(&fixture, 1, 6);
        fixture.segments[3] = fixture.segments[2];
        strcpy(fixture.segments[2].name, names[i]);
        fixture.image.segments.count = 4;
        assert_true(parse(&fixture, &fixups, &error));
        assert_int_equal(fixups.segment_count, 3);
    }
}

/* Its pages would be fixed where another segment lies now. */
static void a_segment_added_before_one_with_fixups_is_refused(void **state) {
    struct fixture fixture;
    struct chained_fixups fixups;
    struct error error;
    (void)state;
    make(&fixture, 1, 6);
    fixture.segments[3] = fixture.segments[2];
    fixture.segments[2] = fixture.segments[1];
    fixture.segments[1] = fixture.segments[0];
    fixture.image.segments.count = 4;
    assert_false(parse(&fixture, &fixups, &error));
    assert_non_null(strstr(error.what, "after the header"));
}

/* 16 bits tell 65535 apart, and dyld leaves the last one out. */
static void more_imports_than_a_pointer_can_tell_apart(void **state) {
    enum { COUNT = 65535, BYTES = IMPORTS + 4 * COUNT + 16 };
    struct fixture fixture;
    struct chained_fixups fixups;
    struct error error;
    uint8_t *part = calloc(1, BYTES);
    (void)state;
    assert_non_null(part);
    make(&fixture, 1, 9);
    memcpy(part, fixture.part, IMPORTS);
    put(part, 12, 4, IMPORTS + 4 * COUNT);
    put(part, 16, 4, COUNT);
    assert_false(
        chained_fixups_parse((struct bytes){part, BYTES}, &fixture.image, &fixups, &error));
    assert_says(&error, "chained fixups imports_count: 65535 imports, of which a pointer can tell "
                        "only 65534 apart");
    put(part, 16, 4, COUNT - 1);
    assert_true(chained_fixups_parse((struct bytes){part, BYTES}, &fixture.image, &fixups, &error));
    put(part, 16, 4, COUNT);
    put(part, DATA_STARTS + 6, 2, 12);
    assert_true(chained_fixups_parse((struct bytes){part, BYTES}, &fixture.image, &fixups, &error));
    put(part, STARTS + 8, 4, 0);
    assert_false(
        chained_fixups_parse((struct bytes){part, BYTES}, &fixture.image, &fixups, &error));
    free(part);
}

static void chains_that_leave_their_place(void **state) {
    struct fixture fixture;
    struct chained_fixups fixups;
    struct fixup found[2];
    struct error error;
    size_t count;
    (void)state;
    make(&fixture, 1, 6);
    put(fixture.slice, DATA_OFFSET, 8, UINT64_C(127) << 51);
    assert_true(parse(&fixture, &fixups, &error));
    assert_false(walk(&fixture, &fixups, found, &count, &error));
    assert_says(&error, "chained fixups 0x100004000 (__DATA) next: 0x1fc bytes on is past what the "
                        "file holds of the segment");
    put(fixture.slice, DATA_OFFSET, 8, UINT64_C(0xfff) << 51);
    assert_false(walk(&fixture, &fixups, found, &count, &error));
    assert_says(&error, "chained fixups 0x100004000 (__DATA) next: 0x3ffc bytes on there is no "
                        "room left in the page");
}

static void a_slice_without_the_segment(void **state) {
    struct fixture fixture;
    struct chained_fixups fixups;
    struct fixup fixup;
    struct error error;
    (void)state;
    make(&fixture, 1, 6);
    assert_true(parse(&fixture, &fixups, &error));
    struct chained_fixups_walk walk = {.fixups = &fixups, .slice = {fixture.slice, SLICE_SIZE - 1}};
    assert_false(chained_fixups_next(&walk, &fixup, &error));
    assert_says(&error, "chained fixups 0x100004000 (__DATA) place: past what the file holds of "
                        "the segment");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(imports_of_each_format),
        cmocka_unit_test(the_highest_ordinals),
        cmocka_unit_test(pointers_of_each_format),
        cmocka_unit_test(ordinals_of_each_format),
        cmocka_unit_test(chains_end_and_go_on),
        cmocka_unit_test(each_segment_and_page_in_order),
        cmocka_unit_test(what_dyld_refuses),
        cmocka_unit_test(a_part_cut_short),
        cmocka_unit_test(names_that_do_not_end),
        cmocka_unit_test(a_segment_added_after_the_link_has_no_fixups),
        cmocka_unit_test(a_segment_added_before_one_with_fixups_is_refused),
        cmocka_unit_test(more_imports_than_a_pointer_can_tell_apart),
        cmocka_unit_test(chains_that_leave_their_place),
        cmocka_unit_test(a_slice_without_the_segment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
