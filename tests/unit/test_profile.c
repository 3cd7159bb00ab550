#include "base/size.h"
#include "space/profile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static int release(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

static bool read_profile(const char *text, struct profile *profile, struct error *error) {
    *error = (struct error){0};
    return profile_from_json(&arena, text, strlen(text), profile, error);
}

static void the_built_in_profiles_are_valid(void **state) {
    (void)state;
    size_t count = 0;
    for (; profile_row(count) != NULL; count++) {
        const struct profile *profile = profile_row(count);
        struct error error;
        assert_ptr_equal(profile_named(profile->name), profile);
        assert_true(layout_valid(profile->arm64, "arm64", &error));
        assert_true(layout_valid(profile->x86_64, "x86_64", &error));
    }
    assert_int_equal(count, 3);
}

static void the_default_profile_is_the_strictest(void **state) {
    (void)state;
    assert_string_equal(profile_row(0)->name, "macos-26");
    assert_null(profile_named("macos-99"));
}

static void a_family_has_its_own_layout(void **state) {
    (void)state;
    const struct profile *profile = profile_named("macos-26");
    assert_ptr_equal(profile_layout(profile, "arm64"), profile->arm64);
    assert_ptr_equal(profile_layout(profile, "x86_64"), profile->x86_64);
}

/* The facts about each system, sections 1, 2 and 8. */
static const struct facts {
    const char *name;
    struct span shared_region;
    struct malloc_window window;
} facts[] = {
    {"macos-26", {6 * GIB, 12 * GIB}, {16 * GIB, 24 * GIB, 32 * MIB, 736}},
    {"macos-27", {6 * GIB, 448 * GIB}, {454 * GIB, 24 * GIB, 32 * MIB, 1088}},
    {"macos-15", {6 * GIB, 12 * GIB}, {0, 0, 0, 0}},
};

static void a_profile_states_the_published_figures(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        const struct layout *layout = profile_named(facts[i].name)->arm64;
        assert_int_equal(layout->page_size, 16 * KIB);
        assert_int_equal(layout->image_base, 4 * GIB);
        assert_int_equal(layout->slide_most, 80 * MIB);
        assert_int_equal(layout_greatest_slide(layout), 64 * MIB + 1023 * 16 * KIB);
        assert_int_equal(layout_slide_count(layout), 3 * 1023);
        assert_int_equal(layout->stack_end, 0x16fe00000);
        assert_int_equal(layout->stack_size, 64 * MIB);
        assert_memory_equal(&layout->shared_region, &facts[i].shared_region, sizeof(struct span));
        assert_memory_equal(&layout->window, &facts[i].window, sizeof(struct malloc_window));
    }
}

#define BEGINNING "{\"schema\": \"vafit.profile/1\", \"name\": \"mine\", \"based_on\": \"macos-26\""

static void what_a_profile_leaves_out_is_as_in_its_base(void **state) {
    (void)state;
    struct profile profile;
    struct error error;
    assert_true(read_profile(BEGINNING "}", &profile, &error));
    assert_string_equal(profile.name, "mine");
    assert_ptr_equal(profile.arm64, profile_named("macos-26")->arm64);
    assert_ptr_equal(profile.x86_64, profile_named("macos-26")->x86_64);
}

static void every_member_can_be_said(void **state) {
    (void)state;
    struct profile profile;
    struct error error;
    assert_true(read_profile(
        BEGINNING
        ", \"arm64\": {\"page_size\": 4096, \"image_base\": \"2GiB\", \"address_end\": \"1T\","
        "\"slide_most\": \"1.5MiB\", \"slide_step\": 65536, \"loader_size\": 0,"
        "\"stack_end\": \"5G\", \"stack_size\": \"8MiB\", \"shared_region\": [\"7GiB\", \"9GiB\"],"
        "\"reserved\": [[10, 20], [\"30\", \"40\"]],"
        "\"window\": {\"start\": \"20GiB\", \"size\": \"2GiB\", \"stride\": 4096, \"slots\": 5}}}",
        &profile, &error));
    const struct layout *layout = profile.arm64;
    assert_int_equal(layout->page_size, 4096);
    assert_int_equal(layout->image_base, 2 * GIB);
    assert_int_equal(layout->address_end, 1024 * GIB);
    assert_int_equal(layout->slide_most, 1536 * KIB);
    assert_int_equal(layout->slide_step, 64 * KIB);
    assert_int_equal(layout->loader_size, 0);
    assert_int_equal(layout->stack_end, 5 * GIB);
    assert_int_equal(layout->stack_size, 8 * MIB);
    assert_int_equal(layout->shared_region.start, 7 * GIB);
    assert_int_equal(layout->shared_region.end, 9 * GIB);
    assert_int_equal(layout->reserved_count, 2);
    assert_int_equal(layout->reserved[1].start, 30);
    assert_int_equal(layout->reserved[1].end, 40);
    assert_int_equal(layout->window.start, 20 * GIB);
    assert_int_equal(layout->window.size, 2 * GIB);
    assert_int_equal(layout->window.stride, 4096);
    assert_int_equal(layout->window.slots, 5);
}

/* What arm64 holds beside what macos-26 says, at the edge of what is allowed. */
static const char *const good_layouts[] = {
    "\"window\": null",
    "\"window\": {\"start\": \"4GiB\", \"size\": 1, \"stride\": 1, \"slots\": 1000000}",
    "\"shared_region\": [0, 0]",
    "\"reserved\": []",
    "\"reserved\": [[0, 1], [1, 2], [2, 3], [3, 4]]",
    "\"slide_most\": 0",
    "\"slide_step\": \"20KiB\"", /* a 4096th of slide_most */
    "\"address_end\": 72057594037927936",
    "\"stack_size\": 0",
    "\"stack_size\": 6171918336", /* as large as stack_end */
};

static void a_layout_may_go_to_its_limits(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof good_layouts / sizeof good_layouts[0]; i++) {
        const char *text = arena_format(&arena, BEGINNING ", \"arm64\": {%s}}", good_layouts[i]);
        struct profile profile;
        struct error error;
        if (!read_profile(text, &profile, &error))
            fail_msg("%s: %s: %s", good_layouts[i], error.field, error.what);
    }
}

static void a_window_of_null_is_none(void **state) {
    (void)state;
    struct profile profile;
    struct error error;
    assert_true(read_profile(BEGINNING ", \"arm64\": {\"window\": null}}", &profile, &error));
    assert_int_equal(profile.arm64->window.slots, 0);
}

struct refusal {
    const char *text;
    const char *field;
    const char *what;
};

static void expect_refusal(const char *text, const struct refusal *row) {
    struct profile profile;
    struct error error;
    if (read_profile(text, &profile, &error))
        fail_msg("%s: is taken", row->text);
    assert_int_equal(error.kind, ERROR_MALFORMED);
    if (strcmp(error.field, row->field) != 0 || strcmp(error.what, row->what) != 0)
        fail_msg("%s: \"%s\": \"%s\"", row->text, error.field, error.what);
}

static const char no_number[] = "neither a whole number of bytes nor a size such as \"16GiB\"";
static const char no_pair[] = "not a pair of addresses, [start, end]";
static const char no_list[] = "not a list of at most 4 pairs of addresses";
static const char no_window[] = "needs a start past image_base, and size, stride and slots above 0";

/* Members of arm64's window. */
static const struct refusal window_refusals[] = {
    {"\"start\": \"x\"", "arm64.window.start", no_number},
    {"\"stride\": -1", "arm64.window.stride", no_number},
    {"\"slots\": null", "arm64.window.slots", no_number},
    {"\"end\": 1", "arm64.window.end", "no member of a window"},
};

static void a_bad_member_of_a_window_is_named_with_the_window(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof window_refusals / sizeof window_refusals[0]; i++) {
        const struct refusal *row = &window_refusals[i];
        expect_refusal(
            arena_format(&arena, BEGINNING ", \"arm64\": {\"window\": {%s}}}", row->text), row);
    }
}

/* Members of arm64. */
static const struct refusal layout_refusals[] = {
    {"\"page_size\": 0", "arm64.page_size", "not a power of two"},
    {"\"page_size\": 12288", "arm64.page_size", "not a power of two"},
    {"\"page_size\": -4096", "arm64.page_size", no_number},
    {"\"page_size\": 4096.0", "arm64.page_size", no_number},
    {"\"page_size\": \"4 KiB\"", "arm64.page_size", no_number},
    {"\"page_size\": null", "arm64.page_size", no_number},
    {"\"address_end\": \"4GiB\"", "arm64.address_end", "not between image_base and 2 to the 56th"},
    {"\"address_end\": 72057594037927937", "arm64.address_end",
     "not between image_base and 2 to the 56th"},
    {"\"slide_step\": 0", "arm64.slide_step", "not between slide_most / 4096 and slide_most"},
    {"\"slide_step\": \"16KiB\"", "arm64.slide_step",
     "not between slide_most / 4096 and slide_most"},
    {"\"slide_most\": \"256T\", \"slide_step\": \"1T\"", "arm64.slide_most",
     "reaches past address_end"},
    {"\"stack_end\": \"128T\"", "arm64.stack_end", "not between stack_size and address_end"},
    {"\"stack_size\": \"6GiB\"", "arm64.stack_end", "not between stack_size and address_end"},
    {"\"loader_size\": \"128T\"", "arm64.loader_size", "reaches past address_end"},
    {"\"shared_region\": [\"12GiB\", \"6GiB\"]", "arm64.shared_region",
     "not a range below address_end"},
    {"\"shared_region\": [\"6GiB\", \"128T\"]", "arm64.shared_region",
     "not a range below address_end"},
    {"\"shared_region\": [1]", "arm64.shared_region", no_pair},
    {"\"shared_region\": [1, 2, 3]", "arm64.shared_region", no_pair},
    {"\"shared_region\": \"6GiB\"", "arm64.shared_region", no_pair},
    {"\"shared_region\": [1, true]", "arm64.shared_region", no_number},
    {"\"reserved\": 5", "arm64.reserved", no_list},
    {"\"reserved\": [[0, 1], [1, 2], [2, 3], [3, 4], [4, 5]]", "arm64.reserved", no_list},
    {"\"reserved\": [[0, 1], 2]", "arm64.reserved", no_pair},
    {"\"reserved\": [[0, 1], [3, 2]]", "arm64.reserved", "not ranges below address_end"},
    {"\"window\": {\"slots\": 0}", "arm64.window", no_window},
    {"\"window\": 16", "arm64.window", "neither an object nor null"},
    {"\"window\": {\"start\": \"3GiB\", \"size\": 1, \"stride\": 1, \"slots\": 1}", "arm64.window",
     no_window},
    {"\"window\": {\"start\": \"16GiB\", \"size\": 0, \"stride\": 1, \"slots\": 1}", "arm64.window",
     no_window},
    {"\"window\": {\"start\": \"16GiB\", \"size\": 1, \"stride\": 0, \"slots\": 1}", "arm64.window",
     no_window},
    {"\"pagesize\": 4096", "arm64.pagesize", "no member of a layout"},
};

static void a_layout_that_makes_no_sense_is_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof layout_refusals / sizeof layout_refusals[0]; i++) {
        const struct refusal *row = &layout_refusals[i];
        expect_refusal(arena_format(&arena, BEGINNING ", \"arm64\": {%s}}", row->text), row);
    }
}

/* Whole files. */
static const struct refusal refusals[] = {
    {"[]", "", "not a JSON object"},
    {"{}", "schema", "not \"vafit.profile/1\""},
    {"{\"schema\": \"vafit.profile/2\"}", "schema", "not \"vafit.profile/1\""},
    {"{\"schema\": \"vafit.profile/1\", \"name\": 26}", "name", "not a string"},
    {"{\"schema\": \"vafit.profile/1\", \"name\": \"x\"}", "based_on",
     "not the name of a built-in profile"},
    {"{\"schema\": \"vafit.profile/1\", \"name\": \"x\", \"based_on\": \"x\"}", "based_on",
     "not the name of a built-in profile"},
    {BEGINNING ", \"arm64e\": {}}", "arm64e", "no member of a profile"},
    {BEGINNING ", \"arm64\": 1}", "arm64", "not an object"},
    {BEGINNING ", \"x86_64\": []}", "x86_64", "not an object"},
    {BEGINNING ", \"x86_64\": {\"page_size\": 3}}", "x86_64.page_size", "not a power of two"},
};

static void a_file_that_is_no_profile_is_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        expect_refusal(refusals[i].text, &refusals[i]);
}

static void text_that_is_not_json_is_refused_with_its_line(void **state) {
    (void)state;
    static const char *const texts[] = {"", "{\"schema\"", "{\"name\": 1, \"name\": 2}"};
    static const char beginning[] = "line 1: not JSON: ";
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct profile profile;
        struct error error;
        assert_false(read_profile(texts[i], &profile, &error));
        assert_string_equal(error.field, "");
        /* What follows is jansson's. */
        if (strncmp(error.what, beginning, strlen(beginning)) != 0)
            fail_msg("%s: \"%s\"", texts[i], error.what);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_profiles_are_valid),
        cmocka_unit_test(the_default_profile_is_the_strictest),
        cmocka_unit_test(a_family_has_its_own_layout),
        cmocka_unit_test(a_profile_states_the_published_figures),
        cmocka_unit_test(what_a_profile_leaves_out_is_as_in_its_base),
        cmocka_unit_test(every_member_can_be_said),
        cmocka_unit_test(a_layout_may_go_to_its_limits),
        cmocka_unit_test(a_window_of_null_is_none),
        cmocka_unit_test(a_bad_member_of_a_window_is_named_with_the_window),
        cmocka_unit_test(a_layout_that_makes_no_sense_is_refused),
        cmocka_unit_test(a_file_that_is_no_profile_is_refused),
        cmocka_unit_test(text_that_is_not_json_is_refused_with_its_line),
    };
    return cmocka_run_group_tests_name("profile", tests, NULL, release);
}
