/* Fixing: what a plan says is done to all files, and can be taken back until it is kept. */
#include "fix/apply.h"

#include "base/budget.h"
#include "small_images.h"

static const struct small_image one = {6, "@rpath/libone.dylib", 1, 40};
static const struct small_image two = {6, "@rpath/libtwo.dylib", 2, 30};
static const struct small_image three = {6, "@rpath/libthree.dylib", 3, 20};

static const char *const names[] = {"one", "two", "three"};

enum { FILES = 3 };

/* A problem of three files and a plan that rewrites the first two at debug-map or locals. */
struct setting {
    struct image_file files[FILES];
    struct predicted_file items[FILES];
    struct budget budget;
    struct predictions predictions;
    int levels[FILES];
    struct plan plan;
    const char *targets[FILES];
    struct output_paths placed;
    struct fix_job job;
};

static void set(struct setting *setting, const char *unstripped) {
    memset(setting, 0, sizeof *setting);
    small_write("one", &one);
    small_write("two", &two);
    small_write("three", &three);
    budget_begin(&setting->budget, UINT64_C(1) << 30);
    for (size_t i = 0; i < FILES; i++) {
        char was[16];
        snprintf(was, sizeof was, "%s.was", names[i]);
        unlink(was);
        setting->files[i] = small_read(names[i]);
        setting->items[i].file = &setting->files[i];
        setting->targets[i] = names[i];
        setting->levels[i] = i == 2 ? STAYS : 3;
    }
    small_write("one.was", &one);
    small_write("two.was", &two);
    small_write("three.was", &three);
    setting->predictions = (struct predictions){
        .files = setting->items, .plan = {.file_count = FILES}, .budget = &setting->budget};
    setting->plan = (struct plan){.suffices = true, .levels = setting->levels};
    setting->placed.targets = setting->targets;
    setting->job = (struct fix_job){.predictions = &setting->predictions,
                                    .plan = &setting->plan,
                                    .placed = &setting->placed,
                                    .options = {.unstripped = unstripped, .verify = true},
                                    .quiet = true};
}

static void unset(struct setting *setting) {
    for (size_t i = 0; i < FILES; i++)
        file_close(&setting->files[i].file);
    budget_end(&setting->budget);
}

static void expect_files(bool one_is_old, bool two_is_old) {
    assert_int_equal(small_same("one", "one.was"), one_is_old);
    assert_int_equal(small_same("two", "two.was"), two_is_old);
    assert_true(small_same("three", "three.was"));
}

static void expect_nothing_left(void) {
    for (size_t i = 0; i < FILES; i++) {
        char path[32];
        snprintf(path, sizeof path, "%s.vafit-new", names[i]);
        assert_int_equal(path_look(path), PATH_ABSENT);
        snprintf(path, sizeof path, "%s.vafit-journal", names[i]);
        assert_int_equal(path_look(path), PATH_ABSENT);
        snprintf(path, sizeof path, "%s.unstripped.vafit-new", names[i]);
        assert_int_equal(path_look(path), PATH_ABSENT);
    }
}

static void what_is_kept_is_done(void **state) {
    (void)state;
    struct setting setting;
    struct applied_fix fixed = {0};
    struct errors errors = {0};
    set(&setting, NULL);
    assert_true(fix_apply(&setting.job, &fixed, &errors));
    /* Until then the next run could end it. */
    assert_int_equal(path_look("one.vafit-journal"), PATH_FILE);
    assert_int_equal(path_look("three.vafit-journal"), PATH_ABSENT);
    applied_fix_keep(&fixed);
    expect_files(false, false);
    assert_true(small_same("one.unstripped", "one.was"));
    assert_true(small_same("two.unstripped", "two.was"));
    assert_int_equal(path_look("three.unstripped"), PATH_ABSENT);
    expect_nothing_left();
    unset(&setting);
}

static void what_is_taken_back_was_never_there(void **state) {
    (void)state;
    struct setting setting;
    struct applied_fix fixed = {0};
    struct errors errors = {0};
    set(&setting, NULL);
    assert_true(fix_apply(&setting.job, &fixed, &errors));
    expect_files(false, false);
    assert_true(applied_fix_take_back(&fixed, &errors));
    expect_files(true, true);
    assert_int_equal(path_look("one.unstripped"), PATH_ABSENT);
    assert_int_equal(path_look("two.unstripped"), PATH_ABSENT);
    expect_nothing_left();
    unset(&setting);
}

static void one_that_was_linked_anew_leaves_all(void **state) {
    (void)state;
    static const struct small_image again = {6, "@rpath/libtwo.dylib", 9, 31};
    struct setting setting;
    struct applied_fix fixed = {0};
    struct errors errors = {0};
    set(&setting, NULL);
    assert_int_equal(unlink("two"), 0);
    small_write("two", &again);
    small_write("two.was", &again);
    assert_false(fix_apply(&setting.job, &fixed, &errors));
    assert_int_equal(errors.count, 1);
    assert_int_equal(errors.items[0].kind, ERROR_IO);
    assert_string_equal(errors.items[0].file, "two");
    errors_free(&errors);
    expect_files(true, true);
    assert_int_equal(path_look("one.unstripped"), PATH_ABSENT);
    expect_nothing_left();
    unset(&setting);
}

static void an_original_of_somebody_leaves_all(void **state) {
    (void)state;
    struct setting setting;
    struct applied_fix fixed = {0};
    struct errors errors = {0};
    set(&setting, NULL);
    small_write("two.unstripped", &three);
    assert_false(fix_apply(&setting.job, &fixed, &errors));
    assert_string_equal(errors.items[0].file, "two.unstripped");
    errors_free(&errors);
    expect_files(true, true);
    assert_true(small_same("two.unstripped", "three.was"));
    assert_int_equal(path_look("one.unstripped"), PATH_ABSENT);
    expect_nothing_left();
    unset(&setting);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_SMALL_HOME(what_is_kept_is_done),
        IN_SMALL_HOME(what_is_taken_back_was_never_there),
        IN_SMALL_HOME(one_that_was_linked_anew_leaves_all),
        IN_SMALL_HOME(an_original_of_somebody_leaves_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
