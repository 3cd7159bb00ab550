/* Originals: what has the name NAME.unstripped already decides. */
#include "rewrite/original.h"

#include "small_images.h"

#include <sys/stat.h>

static const struct small_image image = {6, "@rpath/libself.dylib", 7, 20};

enum outcome { STAYS_THERE, IS_PUT_ASIDE, IS_REFUSED };

/* Puts "image" aside as "image.unstripped" and says what became of it. */
static enum outcome put_aside(void) {
    struct image_file file = small_read("image");
    struct replacement aside;
    struct error error = {0};
    enum outcome outcome = IS_REFUSED;
    if (original_put_aside(&file, "image.unstripped", &aside, &error)) {
        outcome = aside.is_made ? IS_PUT_ASIDE : STAYS_THERE;
        if (aside.is_made && !replacements_take(&aside, 1, &error))
            fail_msg("%s", error.what);
        replacements_keep(&aside, 1);
    } else {
        assert_int_equal(error.kind, ERROR_IO);
        assert_string_equal(error.file, "image.unstripped");
    }
    file_close(&file.file);
    return outcome;
}

static const struct {
    const char *label;
    struct small_image there;
    enum outcome outcome;
} rows[] = {
    {"the same bytes", {6, "@rpath/libself.dylib", 7, 20}, STAYS_THERE},
    {"the same link, with more symbols", {6, "@rpath/libself.dylib", 7, 21}, STAYS_THERE},
    {"the same link, with fewer", {6, "@rpath/libself.dylib", 7, 19}, IS_REFUSED},
    {"another link", {6, "@rpath/libself.dylib", 8, 19}, IS_PUT_ASIDE},
    {"another link, larger", {6, "@rpath/libself.dylib", 8, 30}, IS_PUT_ASIDE},
    {"another install name", {6, "@rpath/libother.dylib", 8, 20}, IS_REFUSED},
    {"another install name, the same UUID", {6, "@rpath/libother.dylib", 7, 30}, IS_REFUSED},
    {"another file type", {8, NULL, 8, 20}, IS_REFUSED},
    {"no UUID", {6, "@rpath/libself.dylib", 0, 20}, IS_REFUSED},
};

static void an_image_of_the_name_decides(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        small_write("image", &image);
        small_write("image.unstripped", &rows[i].there);
        small_write("there", &rows[i].there);
        enum outcome outcome = put_aside();
        if (outcome != rows[i].outcome)
            fail_msg("%s: outcome %d", rows[i].label, outcome);
        const char *left = outcome == IS_PUT_ASIDE ? "image" : "there";
        if (!small_same("image.unstripped", left))
            fail_msg("%s: not what should have the name", rows[i].label);
        if (path_look("image.unstripped.vafit-new") != PATH_ABSENT)
            fail_msg("%s: something is left", rows[i].label);
        unlink("image.unstripped");
    }
}

static void without_a_uuid_only_what_it_was_made_from_stays(void **state) {
    (void)state;
    static const struct small_image plain = {6, "@rpath/libself.dylib", 0, 0};
    static const struct small_image full = {6, "@rpath/libself.dylib", 0, 20};
    small_write("image", &plain);
    small_write("image.unstripped", &full);
    assert_int_equal(put_aside(), STAYS_THERE);
    small_write("image", &full);
    small_write("image.unstripped", &plain);
    assert_int_equal(put_aside(), IS_REFUSED);
}

static void what_is_no_image_is_somebodys(void **state) {
    (void)state;
    small_write("image", &image);
    FILE *file = fopen("image.unstripped", "w");
    assert_non_null(file);
    assert_true(fputs("dear", file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(put_aside(), IS_REFUSED);
    assert_int_equal(unlink("image.unstripped"), 0);
    assert_int_equal(mkdir("image.unstripped", 0700), 0);
    assert_int_equal(put_aside(), IS_REFUSED);
    assert_int_equal(rmdir("image.unstripped"), 0);
    /* It would lead to the new file, and the old one would have no name. */
    assert_int_equal(symlink("image", "image.unstripped"), 0);
    assert_int_equal(put_aside(), IS_REFUSED);
}

static void the_original_is_a_hard_link(void **state) {
    (void)state;
    struct stat status;
    small_write("image", &image);
    assert_int_equal(put_aside(), IS_PUT_ASIDE);
    assert_true(original_is_itself("image.unstripped", "image"));
    assert_int_equal(stat("image", &status), 0);
    assert_int_equal(status.st_nlink, 2);
    assert_int_equal(put_aside(), STAYS_THERE);
}

static void paths_are_beside_in_a_folder_or_nowhere(void **state) {
    (void)state;
    assert_string_equal(original_path(&arena, NULL, "out/a.dylib"), "out/a.dylib.unstripped");
    assert_string_equal(original_path(&arena, "kept", "out/a.dylib"), "kept/a.dylib.unstripped");
    assert_null(original_path(&arena, "none", "out/a.dylib"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_SMALL_HOME(an_image_of_the_name_decides),
        IN_SMALL_HOME(without_a_uuid_only_what_it_was_made_from_stays),
        IN_SMALL_HOME(what_is_no_image_is_somebodys),
        IN_SMALL_HOME(the_original_is_a_hard_link),
        IN_SMALL_HOME(paths_are_beside_in_a_folder_or_nowhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
