#include "program/image_cache.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char home[] = "/tmp/test_image_cache.XXXXXX";

static int enter_folder(void **state) {
    (void)state;
    return mkdtemp(home) == NULL || chdir(home) != 0 || mkdir("images", 0700) != 0 ||
                   symlink("images", "link") != 0
               ? -1
               : 0;
}

static int leave_folder(void **state) {
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", home);
    return chdir("/") != 0 || system(command) != 0 ? -1 : 0;
}

static void make(const char *path) {
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(descriptor >= 0);
    close(descriptor);
}

static void leads(struct image_cache *cache, const char *path, const struct image_file *wanted) {
    struct image_file *found;
    assert_int_equal(image_cache_find(cache, path, &found), LOOKUP_FOUND);
    assert_ptr_equal(found, wanted);
}

/* Whatever is on disk, by whichever way, symbolic links of folders and of the file among them. */
static void what_was_put_stands_for_its_path(void **state) {
    (void)state;
    struct image_file is_there = {.path = "images/old"}, is_new = {.path = "images/new"}, *found;
    struct image_cache *cache = image_cache_on_disk();
    make("images/old");
    assert_int_equal(symlink("old", "images/name"), 0);
    assert_int_equal(symlink("new", "images/later"), 0);
    image_cache_put(cache, &is_there);
    image_cache_put(cache, &is_new);
    leads(cache, "images/old", &is_there);
    leads(cache, "link/./old", &is_there);
    leads(cache, "images/../images/name", &is_there);
    leads(cache, "images/new", &is_new);
    leads(cache, "link/new", &is_new);
    leads(cache, "link/later", &is_new);
    assert_int_equal(image_cache_find(cache, "images/gone", &found), LOOKUP_ABSENT);
    assert_int_equal(image_cache_find(cache, "new", &found), LOOKUP_ABSENT);
    assert_int_equal(image_cache_find(cache, "images", &found), LOOKUP_OTHER);
    image_cache_free(cache);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_put_stands_for_its_path, enter_folder,
                                        leave_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
