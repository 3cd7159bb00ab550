/* posix_openpt is XSI. */
#define _XOPEN_SOURCE 700
#include "base/progress.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* Standard error as a terminal, and what came out there. */
struct terminal {
    int master;
    int kept; /* what standard error was */
};

static struct terminal begin_terminal(void) {
    struct terminal terminal = {posix_openpt(O_RDWR | O_NOCTTY), dup(STDERR_FILENO)};
    assert_true(terminal.master >= 0 && grantpt(terminal.master) == 0 &&
                unlockpt(terminal.master) == 0);
    int slave = open(ptsname(terminal.master), O_RDWR | O_NOCTTY);
    assert_true(slave >= 0 && dup2(slave, STDERR_FILENO) >= 0);
    close(slave);
    return terminal;
}

static void end_terminal(struct terminal *terminal, char *text, size_t size) {
    /* So that reading what there is never waits. */
    fputs(".", stderr);
    fflush(stderr);
    size_t count = 0;
    while (count == 0 || text[count - 1] != '.') {
        ssize_t more = read(terminal->master, text + count, size - 1 - count);
        assert_true(more > 0);
        count += (size_t)more;
    }
    text[count - 1] = '\0';
    dup2(terminal->kept, STDERR_FILENO);
    close(terminal->kept);
    close(terminal->master);
}

static void pause_for(long milliseconds) {
    nanosleep(&(struct timespec){milliseconds / 1000, milliseconds % 1000 * 1000000}, NULL);
}

static void short_work_shows_nothing(void **state) {
    (void)state;
    char text[100];
    struct terminal terminal = begin_terminal();
    struct progress *progress = progress_begin("fixing", 2, false);
    progress_step(progress);
    progress_step(progress);
    progress_end(progress);
    end_terminal(&terminal, text, sizeof text);
    assert_string_equal(text, "");
}

static void long_work_shows_one_line(void **state) {
    (void)state;
    char text[100];
    struct terminal terminal = begin_terminal();
    struct progress *progress = progress_begin("fixing", 517, false);
    progress_step(progress);
    pause_for(1050);
    progress_step(progress);
    progress_step(progress); /* too soon after the last */
    progress_end(progress);
    end_terminal(&terminal, text, sizeof text);
    assert_string_equal(text, "\rfixing: 2 of 517\033[K\r\033[K");
}

static void quiet_work_shows_nothing(void **state) {
    (void)state;
    char text[100];
    struct terminal terminal = begin_terminal();
    struct progress *progress = progress_begin("fixing", 517, true);
    pause_for(1050);
    progress_step(progress);
    progress_end(progress);
    end_terminal(&terminal, text, sizeof text);
    assert_string_equal(text, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_work_shows_nothing),
        cmocka_unit_test(long_work_shows_one_line),
        cmocka_unit_test(quiet_work_shows_nothing),
    };
    return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}
