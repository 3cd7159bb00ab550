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

/* The moment so many seconds from now, of CLOCK_MONOTONIC. */
static struct timespec deadline_in(unsigned seconds) {
    struct timespec deadline;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += seconds;
    return deadline;
}

/* Milliseconds, 0 when none is left. */
static int time_until(const struct timespec *deadline) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long long left = (long long)(deadline->tv_sec - now.tv_sec) * 1000 +
                     (deadline->tv_nsec - now.tv_nsec) / 1000000;
    return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

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
    process->deadline = deadline_in(limits->seconds);
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

static int time_left(const struct limited_process *process) {
    return time_until(&process->deadline);
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
    struct limited_process process = {.output = -1};
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
/* Whom signals are passed to, as kill has it: a process, or a group below 0. 0 for nobody. */
static volatile pid_t receiver;

static void pass_on(int number) {
    int kept = errno;
    caught = number;
    if (receiver != 0)
        kill(receiver, number);
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

/* Starts it with the signals of `mask` blocked; with streams of its own it leads a process group.
 * vafit ignores SIGPIPE and SIGXFSZ, which is not for others. Returns an errno. */
static int spawn(char **arguments, const posix_spawn_file_actions_t *streams, const sigset_t *mask,
                 pid_t *process) {
    posix_spawnattr_t attributes;
    sigset_t defaults;
    short group = streams == NULL ? 0 : POSIX_SPAWN_SETPGROUP;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigaddset(&defaults, SIGXFSZ);
    int status = posix_spawnattr_init(&attributes);
    if (status != 0)
        return status;
    posix_spawnattr_setflags(&attributes,
                             (short)(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | group));
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setsigmask(&attributes, mask);
    status = posix_spawnp(process, arguments[0], streams, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    return status;
}

/* A signal that comes while it is started waits until there is someone to pass it to. Errors:
 * ERROR_IO naming the program. */
static bool start_command(const struct string_list *command,
                          const posix_spawn_file_actions_t *streams, pid_t *process,
                          struct error *error) {
    struct arena scratch = {0};
    char **arguments = arena_take(&scratch, (command->count + 1) * sizeof *arguments);
    sigset_t held, mask;
    for (size_t i = 0; i < command->count; i++)
        arguments[i] = arena_string(&scratch, command->items[i]);
    fflush(NULL);
    sigemptyset(&held);
    for (size_t i = 0; i < PASSED_ON; i++)
        sigaddset(&held, passed_on[i]);
    sigprocmask(SIG_BLOCK, &held, &mask);
    catch_signals();
    int status = spawn(arguments, streams, &mask, process);
    if (status == 0)
        receiver = streams == NULL ? *process : -*process;
    sigprocmask(SIG_SETMASK, &mask, NULL);
    arena_free(&scratch);
    return status == 0 || error_io(error, command->items[0], "cannot be run: %s", strerror(status));
}

/* Until it is waited for its number is nobody else's, so that no signal goes astray. */
static bool wait_until_over(pid_t process) {
    siginfo_t info;
    while (waitid(P_PID, (id_t)process, &info, WEXITED | WNOWAIT) != 0)
        if (errno != EINTR)
            return false;
    return true;
}

/* Of a process that is over: how it ended. */
static bool take_end(pid_t process, struct subprocess_end *end) {
    int status;
    receiver = 0;
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
    pid_t process;
    return start_command(command, NULL, &process, error) &&
           ((wait_until_over(process) && take_end(process, end)) ||
            error_errno(error, command->items[0], "cannot be waited for"));
}

/* --- a launch --- */

/* How long a program has between SIGTERM and SIGKILL. */
enum { GRACE = 2 };

struct heard_process {
    pid_t process;
    int errors;          /* read end of its standard error; does not block */
    size_t most;         /* bytes of it that are kept */
    struct text *output; /* what was kept so far */
};

/* Takes what is there; what is more than is kept has to be read too, or the program would wait. */
static void hear(const struct heard_process *heard) {
    enum { TURNS = 16 };
    char buffer[65536];
    for (int i = 0; i < TURNS; i++) {
        ssize_t count = read(heard->errors, buffer, sizeof buffer);
        if (count <= 0)
            return;
        size_t room = heard->most - heard->output->size;
        text_add_bytes(heard->output, buffer, (size_t)count < room ? (size_t)count : room);
    }
}

/* Whether the process is over; false when it runs on at the deadline, or a signal tells vafit to
 * end. */
static bool hear_until(const struct heard_process *heard, unsigned seconds) {
    const struct timespec moment = {0, 2000000};
    const struct timespec deadline = deadline_in(seconds);
    int before = caught;
    for (;;) {
        siginfo_t info = {0};
        bool is_over =
            waitid(P_PID, (id_t)heard->process, &info, WEXITED | WNOWAIT | WNOHANG) == 0 &&
            info.si_pid == heard->process;
        hear(heard);
        if (is_over)
            return true;
        if (time_until(&deadline) == 0 || caught != before)
            return false;
        nanosleep(&moment, NULL);
    }
}

/* Waits for its end, or makes it. What it has started goes with it. */
static bool end_launch(const struct heard_process *heard, unsigned seconds,
                       struct subprocess_launch *launch) {
    launch->process = heard->process;
    launch->was_ended = !hear_until(heard, seconds);
    if (launch->was_ended) {
        kill(-heard->process, SIGTERM);
        if (!hear_until(heard, GRACE))
            kill(-heard->process, SIGKILL);
    }
    if (!wait_until_over(heard->process))
        return false;
    kill(-heard->process, SIGKILL);
    hear(heard);
    return take_end(heard->process, &launch->end);
}

static int make_streams(int errors, posix_spawn_file_actions_t *streams) {
    int status = posix_spawn_file_actions_init(streams);
    if (status != 0)
        return status;
    status = posix_spawn_file_actions_addopen(streams, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (status == 0)
        status = posix_spawn_file_actions_addopen(streams, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (status == 0)
        status = posix_spawn_file_actions_adddup2(streams, errors, STDERR_FILENO);
    if (status != 0)
        posix_spawn_file_actions_destroy(streams);
    return status;
}

/* Starts it with its standard error at the pipe's write end, which is closed here. */
static bool start_heard(const struct string_list *command, int errors, pid_t *process,
                        struct error *error) {
    posix_spawn_file_actions_t streams;
    int status = make_streams(errors, &streams);
    bool started = status == 0 && start_command(command, &streams, process, error);
    if (status == 0)
        posix_spawn_file_actions_destroy(&streams);
    else
        error_io(error, command->items[0], "cannot be run: %s", strerror(status));
    close(errors);
    return started;
}

bool subprocess_launch(const struct string_list *command, const struct launch_limits *limits,
                       struct text *errors, struct subprocess_launch *launch, struct error *error) {
    int ends[2];
    struct heard_process heard = {.most = errors->size + limits->errors, .output = errors};
    if (pipe(ends) != 0)
        return error_errno(error, command->items[0], "cannot be run");
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    heard.errors = ends[0];
    bool started = start_heard(command, ends[1], &heard.process, error);
    bool ended = started && end_launch(&heard, limits->seconds, launch);
    close(ends[0]);
    if (started && !ended)
        error_errno(error, command->items[0], "cannot be waited for");
    return ended;
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
