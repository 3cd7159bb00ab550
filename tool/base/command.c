#include "base/command.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

extern char **environ;

static const int passed_on[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};

enum { PASSED_ON = sizeof passed_on / sizeof passed_on[0] };

static volatile sig_atomic_t caught;
/* 0 when there is none to pass signals to. */
static volatile pid_t running;

static void pass_on(int number) {
    int kept = errno;
    caught = number;
    if (running > 0)
        kill(running, number);
    errno = kept;
}

static void catch_signals(void) {
    struct sigaction action = {.sa_handler = pass_on, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < PASSED_ON; i++) {
        struct sigaction old;
        if (sigaction(passed_on[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(passed_on[i], &action, NULL);
    }
}

/* Starts it with the signals of `mask` blocked. vafit ignores SIGPIPE and SIGXFSZ, which is not
 * for others. Returns an errno. */
static int spawn(char **arguments, const sigset_t *mask, pid_t *process) {
    posix_spawnattr_t attributes;
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigaddset(&defaults, SIGXFSZ);
    int status = posix_spawnattr_init(&attributes);
    if (status != 0)
        return status;
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setsigmask(&attributes, mask);
    status = posix_spawnp(process, arguments[0], NULL, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    return status;
}

/* A signal that comes while it is started waits until there is someone to pass it to. */
static int start(char **arguments) {
    sigset_t held, mask;
    pid_t process;
    sigemptyset(&held);
    for (size_t i = 0; i < PASSED_ON; i++)
        sigaddset(&held, passed_on[i]);
    sigprocmask(SIG_BLOCK, &held, &mask);
    catch_signals();
    int status = spawn(arguments, &mask, &process);
    if (status == 0)
        running = process;
    sigprocmask(SIG_SETMASK, &mask, NULL);
    return status;
}

/* Until it is waited for its number is nobody else's, so that no signal goes astray. */
static bool wait_for_end(struct command_end *end) {
    pid_t process = running;
    siginfo_t info;
    int status;
    while (waitid(P_PID, (id_t)process, &info, WEXITED | WNOWAIT) != 0)
        if (errno != EINTR)
            return false;
    running = 0;
    while (waitpid(process, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    *end = (struct command_end){0};
    if (WIFSIGNALED(status))
        end->signal = WTERMSIG(status);
    else
        end->status = WEXITSTATUS(status);
    return true;
}

bool command_run(const struct string_list *command, struct command_end *end, struct error *error) {
    struct arena scratch = {0};
    char **arguments = arena_take(&scratch, (command->count + 1) * sizeof *arguments);
    for (size_t i = 0; i < command->count; i++)
        arguments[i] = arena_string(&scratch, command->items[i]);
    fflush(NULL);
    int status = start(arguments);
    arena_free(&scratch);
    if (status != 0)
        return error_io(error, command->items[0], "cannot be run: %s", strerror(status));
    return wait_for_end(end) || error_errno(error, command->items[0], "cannot be waited for");
}

int command_caught(void) {
    return caught;
}

int command_die(int number) {
    static const struct rlimit none = {0, 0};
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigset_t open;
    fflush(NULL);
    /* Its core is the command's own affair. */
    (void)setrlimit(RLIMIT_CORE, &none);
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
    sigemptyset(&open);
    sigaddset(&open, number);
    sigprocmask(SIG_UNBLOCK, &open, NULL);
    raise(number);
    return 128 + number;
}
