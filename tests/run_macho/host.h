/* The host: what takes the place of libSystem and libc++. */
#ifndef VAFIT_RUN_MACHO_HOST_H
#define VAFIT_RUN_MACHO_HOST_H

#include "process.h"

#include <stdint.h>

/* The address of a symbol of the system's dylibs by its Mach-O name, "_malloc"; 0 for one that is
 * not in the table. None takes variable arguments: those of arm64 macOS are passed otherwise.
 *
 * Beside parts of the C and C++ libraries there are functions of the tests' own:
 *     void host_print_int(const char *label, long value);       prints "LABEL: VALUE"
 *     void host_print_string(const char *text);                 prints "TEXT"
 *     void host_on_thread(void (*work)(void *), void *context); calls it on a new thread and waits
 */
uint64_t host_address(const char *name);

#endif
