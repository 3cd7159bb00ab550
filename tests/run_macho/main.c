/* run_macho: loads a Mach-O program with its dylibs on Linux and runs it.
 *
 *     run_macho PROGRAM [ARGUMENT...]
 *
 * PROGRAM is an executable for the architecture that run_macho was built for; an arm64 build runs
 * under qemu-aarch64. What the program prints and returns is what run_macho prints and returns. In
 * place of macOS's own dylibs there is a table of functions (host.h). Loading follows dyld, as far
 * as the headers say; what dyld would refuse or could not find ends the run with one line on
 * standard error and exit status 120. No kernel and no dyld of Apple's is involved: that a program
 * runs here says that its images are whole, not that macOS takes them. */
#include "fail.h"
#include "launch.h"

#include <stdio.h>

extern char **environ;

int main(int argc, char **argv) {
    static struct process process;
    struct launch_arguments arguments = {argc - 1, argv + 1, environ};
    if (argc < 2) {
        fprintf(stderr, "usage: run_macho PROGRAM [ARGUMENT...]\n");
        return FAIL_STATUS;
    }
    launch_program(&process, argv[1], &arguments);
}
