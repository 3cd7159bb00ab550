/* Runs a command and prints its peak resident memory in MiB on standard error. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    struct rusage usage;
    if (argc < 2)
        return 2;
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[1], argv + 1);
        _exit(127);
    }
    if (child < 0 || waitpid(child, NULL, 0) < 0 || getrusage(RUSAGE_CHILDREN, &usage) != 0)
        return 4;
    fprintf(stderr, "%.1f\n", (double)usage.ru_maxrss / 1024);
    return 0;
}
