#include "rewrite/companion.h"

#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
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

/* --- where it is --- */

static bool is_program(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

/* The path of the running program; false where the system does not tell. */
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

const char *companion_find(struct arena *arena, const char *name, const char *variable) {
    const char *chosen = getenv(variable);
    if (chosen != NULL && *chosen != '\0')
        return is_program(chosen) ? arena_string(arena, chosen) : NULL;
    const char *path = find_beside(arena, name);
    return path != NULL ? path : find_in_path(arena, name);
}

/* --- running it --- */

/* A program that runs. */
struct running {
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
                             const struct companion_limits *limits, int output) {
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

static bool start(const char *program, const char *argument, const struct companion_limits *limits,
                  struct running *running, struct error *error) {
    int ends[2];
    if (pipe(ends) != 0)
        return error_errno(error, "", "cannot be started");
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    clock_gettime(CLOCK_MONOTONIC, &running->deadline);
    running->deadline.tv_sec += limits->seconds;
    running->output = ends[0];
    running->process = fork();
    if (running->process == 0)
        become(program, argument, limits, ends[1]);
    close(ends[1]);
    if (running->process > 0)
        return true;
    error_errno(error, "", "cannot be started");
    close(ends[0]);
    return false;
}

/* Milliseconds, 0 when none is left. */
static int time_left(const struct running *running) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long long left = (long long)(running->deadline.tv_sec - now.tv_sec) * 1000 +
                     (running->deadline.tv_nsec - now.tv_nsec) / 1000000;
    return left < 0 ? 0 : (int)left;
}

static bool too_long(const struct companion_limits *limits, struct error *error) {
    return error_io(error, "", "took longer than %u seconds", limits->seconds);
}

/* What it prints, until it closes its output. */
static bool collect(const struct running *running, const struct companion_limits *limits,
                    struct text *output, struct error *error) {
    char buffer[65536];
    for (size_t size = 0;;) {
        struct pollfd event = {.fd = running->output, .events = POLLIN};
        int ready = poll(&event, 1, time_left(running));
        if (ready == 0)
            return too_long(limits, error);
        ssize_t count = ready < 0 ? -1 : read(running->output, buffer, sizeof buffer);
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
static bool wait_for_end(const struct running *running, const struct companion_limits *limits,
                         int *status, struct error *error) {
    const struct timespec moment = {0, 1000000};
    for (;;) {
        pid_t ended = waitpid(running->process, status, WNOHANG);
        if (ended == running->process)
            return true;
        if (ended < 0 && errno != EINTR)
            return error_errno(error, "", "cannot be waited for");
        if (time_left(running) == 0)
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

bool companion_run(const char *program, const char *argument, const struct companion_limits *limits,
                   struct text *output, struct error *error) {
    struct running running;
    int status;
    if (!start(program, argument, limits, &running, error))
        return false;
    bool ended =
        collect(&running, limits, output, error) && wait_for_end(&running, limits, &status, error);
    close(running.output);
    if (ended)
        return ended_well(status, error);
    kill(running.process, SIGKILL);
    while (waitpid(running.process, &status, 0) < 0 && errno == EINTR)
        ;
    return false;
}
