#include "base/subprocess.h"

#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

extern char **environ;

/* --- where it is --- */

static bool is_program(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

/* The path of the process program; false where the system does not tell. */
static bool own_path(char path[PATH_MAX]) {
#ifdef __APPLE__
    char unresolved[PATH_MAX];
    uint32_t size = sizeof unresolved;
    return _NSGetExecutablePath(unresolved, &size) == 0 && realpath(unresolved, path) != NULL;
#else
    ssize_t size = readlink("/proc/self/exe", path, PATH_MAX - 1);
    if (size > 0)
        path[size] = '\0';
    return size > 0;
#endif
}

static const char *find_beside(struct arena *arena, const char *name) {
    char own[PATH_MAX];
    if (!own_path(own))
        return NULL;
    const char *path = path_join(arena, path_folder(arena, own), name);
    return is_program(path) ? path : NULL;
}

static const char *find_in_path(struct arena *arena, const char *name) {
    const char *folders = getenv("PATH");
    while (folders != NULL && *folders != '\0') {
        size_t size = strcspn(folders, ":");
        const char *path = path_join(arena, arena_copy(arena, folders, size), name);
        if (size != 0 && is_program(path))
            return path;
        folders += size + (folders[size] == ':');
    }
    return NULL;
}

const char *subprocess_find(struct arena *arena, const char *name, const char *variable) {
    const char *chosen = getenv(variable);
    if (chosen != NULL && *chosen != '\0')
        return is_program(chosen) ? arena_string(arena, chosen) : NULL;
    const char *path = find_beside(arena, name);
    return path != NULL ? path : find_in_path(arena, name);
}

/* --- process it --- */

/* A program that runs. */
struct limited_process {
    pid_t process;
    int output;               /* what it prints */
    struct timespec deadline; /* of CLOCK_MONOTONIC */
};

static void limit(int resource, uint64_t value) {
    const struct rlimit wanted = {(rlim_t)value, (rlim_t)value};
    /* A system that has no such limit runs it without. */
    (void)setrlimit(resource, &wanted);
}

/* In the child, where nothing is left of vafit but this: becomes the program. */
static _Noreturn void become(const char *program, const char *argument,
                             const struct subprocess_limits *limits, int output) {
    int nothing = open("/dev/null", O_RDWR);
    if (nothing >= 0 && dup2(nothing, STDIN_FILENO) >= 0 && dup2(nothing, STDERR_FILENO) >= 0 &&
        dup2(output, STDOUT_FILENO) >= 0) {
        limit(RLIMIT_CORE, 0);
        /* Should vafit be killed before it can end the program. */
        limit(RLIMIT_CPU, limits->seconds + 1);
        limit(RLIMIT_AS, limits->memory);
        execl(program, program, argument, (char *)NULL);
    }
    _exit(127);
}

static bool start(const char *program, const char *argument, const struct subprocess_limits *limits,
                  struct limited_process *process, struct error *error) {
    int ends[2];
    if (pipe(ends) != 0)
        return error_errno(error, "", "cannot be started");
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    clock_gettime(CLOCK_MONOTONIC, &process->deadline);
    process->deadline.tv_sec += limits->seconds;
    process->output = ends[0];
    process->process = fork();
    if (process->process == 0)
        become(program, argument, limits, ends[1]);
    close(ends[1]);
    if (process->process > 0)
        return true;
    error_errno(error, "", "cannot be started");
    close(ends[0]);
    return false;
}

/* Milliseconds, 0 when none is left. */
static int time_left(const struct limited_process *process) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long long left = (long long)(process->deadline.tv_sec - now.tv_sec) * 1000 +
                     (process->deadline.tv_nsec - now.tv_nsec) / 1000000;
    return left < 0 ? 0 : (int)left;
}

static bool too_long(const struct subprocess_limits *limits, struct error *error) {
    return error_io(error, "", "took longer than %u seconds", limits->seconds);
}

/* What it prints, until it closes its output. */
static bool collect(const struct limited_process *process, const struct subprocess_limits *limits,
                    struct text *output, struct error *error) {
    char buffer[65536];
    for (size_t size = 0;;) {
        struct pollfd event = {.fd = process->output, .events = POLLIN};
        int ready = poll(&event, 1, time_left(process));
        if (ready == 0)
            return too_long(limits, error);
        ssize_t count = ready < 0 ? -1 : read(process->output, buffer, sizeof buffer);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return error_errno(error, "", "cannot be read from");
        if (count == 0)
            return true;
        size += (size_t)count;
        if (size > limits->output)
            return error_io(error, "", "printed more than %zu bytes", limits->output);
        text_add_bytes(output, buffer, (size_t)count);
    }
}

/* A program may close its output and go on. */
static bool wait_for_end(const struct limited_process *process,
                         const struct subprocess_limits *limits, int *status, struct error *error) {
    const struct timespec moment = {0, 1000000};
    for (;;) {
        pid_t ended = waitpid(process->process, status, WNOHANG);
        if (ended == process->process)
            return true;
        if (ended < 0 && errno != EINTR)
            return error_errno(error, "", "cannot be waited for");
        if (time_left(process) == 0)
            return too_long(limits, error);
        nanosleep(&moment, NULL);
    }
}

static bool ended_well(int status, struct error *error) {
    if (WIFSIGNALED(status))
        return error_io(error, "", "was ended by signal %d (%s)", WTERMSIG(status),
                        strsignal(WTERMSIG(status)));
    if (WEXITSTATUS(status) == 0)
        return true;
    error_io(error, "", "ended with exit status %d", WEXITSTATUS(status));
    if (WEXITSTATUS(status) == ERROR_MALFORMED)
        error->kind = ERROR_MALFORMED;
    return false;
}

bool subprocess_output(const char *program, const char *argument,
                       const struct subprocess_limits *limits, struct text *output,
                       struct error *error) {
    struct limited_process process;
    int status;
    if (!start(program, argument, limits, &process, error))
        return false;
    bool ended =
        collect(&process, limits, output, error) && wait_for_end(&process, limits, &status, error);
    close(process.output);
    if (ended)
        return ended_well(status, error);
    kill(process.process, SIGKILL);
    while (waitpid(process.process, &status, 0) < 0 && errno == EINTR)
        ;
    return false;
}

/* --- a shell --- */

bool subprocess_shell(const char *script, const char *argument, int *status) {
    char *words[] = {(char *)(uintptr_t) "sh",    (char *)(uintptr_t) "-c",
                     (char *)(uintptr_t)script,   (char *)(uintptr_t) "sh",
                     (char *)(uintptr_t)argument, NULL};
    pid_t child;
    fflush(NULL);
    int failed = posix_spawn(&child, "/bin/sh", NULL, NULL, words, environ);
    if (failed != 0) {
        errno = failed;
        return false;
    }
    while (waitpid(child, status, 0) < 0)
        if (errno != EINTR)
            return false;
    return true;
}

/* --- in vafit's place --- */

static const int passed_on[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};

enum { PASSED_ON = sizeof passed_on / sizeof passed_on[0] };

static volatile sig_atomic_t caught;
/* 0 when there is none to pass signals to. */
static volatile pid_t command_process;

static void pass_on(int number) {
    int kept = errno;
    caught = number;
    if (command_process > 0)
        kill(command_process, number);
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
static int start_command(char **arguments) {
    sigset_t held, mask;
    pid_t process;
    sigemptyset(&held);
    for (size_t i = 0; i < PASSED_ON; i++)
        sigaddset(&held, passed_on[i]);
    sigprocmask(SIG_BLOCK, &held, &mask);
    catch_signals();
    int status = spawn(arguments, &mask, &process);
    if (status == 0)
        command_process = process;
    sigprocmask(SIG_SETMASK, &mask, NULL);
    return status;
}

/* Until it is waited for its number is nobody else's, so that no signal goes astray. */
static bool wait_for_command(struct subprocess_end *end) {
    pid_t process = command_process;
    siginfo_t info;
    int status;
    while (waitid(P_PID, (id_t)process, &info, WEXITED | WNOWAIT) != 0)
        if (errno != EINTR)
            return false;
    command_process = 0;
    while (waitpid(process, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    *end = (struct subprocess_end){0};
    if (WIFSIGNALED(status))
        end->signal = WTERMSIG(status);
    else
        end->status = WEXITSTATUS(status);
    return true;
}

bool subprocess_run(const struct string_list *command, struct subprocess_end *end,
                    struct error *error) {
    struct arena scratch = {0};
    char **arguments = arena_take(&scratch, (command->count + 1) * sizeof *arguments);
    for (size_t i = 0; i < command->count; i++)
        arguments[i] = arena_string(&scratch, command->items[i]);
    fflush(NULL);
    int status = start_command(arguments);
    arena_free(&scratch);
    if (status != 0)
        return error_io(error, command->items[0], "cannot be run: %s", strerror(status));
    return wait_for_command(end) || error_errno(error, command->items[0], "cannot be waited for");
}

int subprocess_signal(void) {
    return caught;
}

int die_by_signal(int number) {
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
