#include "macho/architecture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { ARM64 = 0x0100000c, X86_64 = 0x01000007 };

static const struct row {
    uint32_t cpu_type;
    uint32_t cpu_subtype;
    const char *name; /* NULL: not judged */
    const char *family;
    uint32_t page_size;
} rows[] = {
    {ARM64, 0, "arm64", "arm64", 0x4000},
    {ARM64, 1, "arm64", "arm64", 0x4000},
    {ARM64, 2, "arm64e", "arm64", 0x4000},
    {ARM64, 0x80000002, "arm64e", "arm64", 0x4000},
    {ARM64, 0xc1000002, "arm64e", "arm64", 0x4000},
    {X86_64, 3, "x86_64", "x86_64", 0x1000},
    {X86_64, 0x80000003, "x86_64", "x86_64", 0x1000},
    {X86_64, 4, "x86_64", "x86_64", 0x1000},
    {X86_64, 8, "x86_64h", "x86_64", 0x1000},
    {ARM64, 3, NULL, NULL, 0},
    {0x0200000c, 1, NULL, NULL, 0}, /* arm64_32 */
    {0x00000007, 3, NULL, NULL, 0}, /* i386 */
    {0x0000000c, 9, NULL, NULL, 0}, /* armv7 */
    {0x01000012, 0, NULL, NULL, 0}, /* ppc64 */
};

static void an_architecture_is_known_by_its_numbers(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct architecture *found = architecture_of(rows[i].cpu_type, rows[i].cpu_subtype);
        if ((found != NULL) != (rows[i].name != NULL))
            fail_msg("0x%x 0x%x", rows[i].cpu_type, rows[i].cpu_subtype);
        if (found == NULL)
            continue;
        assert_string_equal(found->name, rows[i].name);
        assert_string_equal(found->family, rows[i].family);
        assert_int_equal(found->page_size, rows[i].page_size);
    }
}

static void an_architecture_is_known_by_its_name(void **state) {
    (void)state;
    static const char *const names[] = {"arm64", "arm64e", "x86_64", "x86_64h"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_string_equal(architecture_named(names[i])->name, names[i]);
    assert_null(architecture_named("i386"));
    assert_null(architecture_named("arm64_32"));
    assert_null(architecture_named(""));
}

/* What dyld takes from a dylib for a program: x86_64h before x86_64 on any Mac of these days; for
 * arm64 and arm64e their own. */
static const struct loads {
    const char *program;
    const char *first;
    const char *second;
} loads[] = {
    {"arm64", "arm64", NULL},
    {"arm64e", "arm64e", NULL},
    {"x86_64", "x86_64h", "x86_64"},
    {"x86_64h", "x86_64h", "x86_64"},
};

static void a_program_loads_slices_as_dyld_grades_them(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof loads / sizeof loads[0]; i++) {
        const struct architecture *program = architecture_named(loads[i].program);
        assert_string_equal(program->loads[0], loads[i].first);
        if (loads[i].second == NULL)
            assert_null(program->loads[1]);
        else
            assert_string_equal(program->loads[1], loads[i].second);
    }
}

static void every_row_names_architectures_that_exist(void **state) {
    (void)state;
    size_t count = 0;
    for (const struct architecture *row; (row = architecture_row(count)) != NULL; count++) {
        assert_ptr_equal(architecture_of(row->cpu_type, row->cpu_subtype), row);
        for (size_t i = 0; i < 2 && row->loads[i] != NULL; i++)
            assert_non_null(architecture_named(row->loads[i]));
    }
    assert_int_equal(count, 6);
}

static void each_name_is_listed_once(void **state) {
    (void)state;
    static const char *const names[] = {"arm64", "arm64e", "x86_64", "x86_64h"};
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(architecture_name(i), names[i]);
    assert_null(architecture_name(4));
    assert_null(architecture_name(5));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_architecture_is_known_by_its_numbers),
        cmocka_unit_test(an_architecture_is_known_by_its_name),
        cmocka_unit_test(a_program_loads_slices_as_dyld_grades_them),
        cmocka_unit_test(every_row_names_architectures_that_exist),
        cmocka_unit_test(each_name_is_listed_once),
    };
    return cmocka_run_group_tests_name("architecture", tests, NULL, NULL);
}
