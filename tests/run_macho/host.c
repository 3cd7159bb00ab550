#include "host.h"

#include "fail.h"
#include "linking.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What libstdc++ and libgcc have, functions and objects alike: only their addresses are wanted. */
#define ELSEWHERE(name) extern const char name[]
ELSEWHERE(_Unwind_Resume);
ELSEWHERE(_ZSt9terminatev);
ELSEWHERE(_ZTIPKc);
ELSEWHERE(_ZTIPv);
ELSEWHERE(_ZTIb);
ELSEWHERE(_ZTIc);
ELSEWHERE(_ZTId);
ELSEWHERE(_ZTIi);
ELSEWHERE(_ZTIl);
ELSEWHERE(_ZTIv);
ELSEWHERE(_ZTVN10__cxxabiv117__class_type_infoE);
ELSEWHERE(_ZTVN10__cxxabiv119__pointer_type_infoE);
ELSEWHERE(_ZTVN10__cxxabiv120__function_type_infoE);
ELSEWHERE(_ZTVN10__cxxabiv120__si_class_type_infoE);
ELSEWHERE(_ZTVN10__cxxabiv121__vmi_class_type_infoE);
ELSEWHERE(_ZdaPv);
ELSEWHERE(_ZdaPvm);
ELSEWHERE(_ZdlPv);
ELSEWHERE(_ZdlPvm);
ELSEWHERE(_Znam);
ELSEWHERE(_Znwm);
ELSEWHERE(__cxa_allocate_exception);
ELSEWHERE(__cxa_atexit);
ELSEWHERE(__cxa_bad_cast);
ELSEWHERE(__cxa_begin_catch);
ELSEWHERE(__cxa_call_unexpected);
ELSEWHERE(__cxa_current_exception_type);
ELSEWHERE(__cxa_end_catch);
ELSEWHERE(__cxa_free_exception);
ELSEWHERE(__cxa_get_exception_ptr);
ELSEWHERE(__cxa_guard_abort);
ELSEWHERE(__cxa_guard_acquire);
ELSEWHERE(__cxa_guard_release);
ELSEWHERE(__cxa_pure_virtual);
ELSEWHERE(__cxa_rethrow);
ELSEWHERE(__cxa_throw);
ELSEWHERE(__dynamic_cast);
ELSEWHERE(__gxx_personality_v0);
ELSEWHERE(__stack_chk_fail);
int __cxa_thread_atexit_impl(void (*destructor)(void *), void *object, void *dso);

static const uint64_t stack_guard = UINT64_C(0x00ff0a0d1b2c3d4e);
static char dso_handle; /* what glibc wants to know of a destructor's image: that it stays */

static void print_int(const char *label, long value) {
    printf("%s: %ld\n", label, value);
    fflush(stdout);
}

static void print_string(const char *text) {
    puts(text);
    fflush(stdout);
}

/* What a new thread is to do. */
struct work {
    void (*work)(void *context);
    void *context;
};

static void *run_work(void *context) {
    const struct work *work = context;
    work->work(work->context);
    return NULL;
}

static void on_thread(void (*work)(void *), void *context) {
    struct work both = {work, context};
    pthread_t thread;
    if (pthread_create(&thread, NULL, run_work, &both) != 0)
        fail("the system", "_host_on_thread", "cannot make a thread");
    pthread_join(thread, NULL);
}

static void thread_atexit(void (*destructor)(void *), void *object) {
    __cxa_thread_atexit_impl(destructor, object, &dso_handle);
}

static void zero(void *memory, size_t size) {
    memset(memory, 0, size);
}

static void never_called(void) {
    fail("the system", "a function of dyld", "was called; all it does was done at launch");
}

struct row {
    const char *name;
    uintptr_t address;
};

#define SAME(name)                                                                                 \
    { "_" #name, (uintptr_t)name }

static const struct row rows[] = {
    {"_host_print_int", (uintptr_t)print_int},
    {"_host_print_string", (uintptr_t)print_string},
    {"_host_on_thread", (uintptr_t)on_thread},
    {"dyld_stub_binder", (uintptr_t)never_called},
    {"__tlv_bootstrap", (uintptr_t)never_called},
    {"__tlv_atexit", (uintptr_t)thread_atexit},
    {"___bzero", (uintptr_t)zero},
    {"_bzero", (uintptr_t)zero},
    {"_dladdr", (uintptr_t)linking_address},
    {"_dlclose", (uintptr_t)linking_close},
    {"_dlerror", (uintptr_t)linking_error},
    {"_dlopen", (uintptr_t)linking_open},
    {"_dlsym", (uintptr_t)linking_symbol},
    {"___stack_chk_guard", (uintptr_t)&stack_guard},
    SAME(__stack_chk_fail),
    SAME(abort),
    SAME(atexit),
    SAME(calloc),
    SAME(exit),
    SAME(free),
    SAME(getenv),
    SAME(malloc),
    SAME(memchr),
    SAME(memcmp),
    SAME(memcpy),
    SAME(memmove),
    SAME(memset),
    SAME(puts),
    SAME(realloc),
    SAME(strchr),
    SAME(strcmp),
    SAME(strcpy),
    SAME(strlen),
    SAME(strncmp),
    SAME(_Unwind_Resume),
    SAME(_ZSt9terminatev),
    SAME(_ZTIPKc),
    SAME(_ZTIPv),
    SAME(_ZTIb),
    SAME(_ZTIc),
    SAME(_ZTId),
    SAME(_ZTIi),
    SAME(_ZTIl),
    SAME(_ZTIv),
    SAME(_ZTVN10__cxxabiv117__class_type_infoE),
    SAME(_ZTVN10__cxxabiv119__pointer_type_infoE),
    SAME(_ZTVN10__cxxabiv120__function_type_infoE),
    SAME(_ZTVN10__cxxabiv120__si_class_type_infoE),
    SAME(_ZTVN10__cxxabiv121__vmi_class_type_infoE),
    SAME(_ZdaPv),
    SAME(_ZdaPvm),
    SAME(_ZdlPv),
    SAME(_ZdlPvm),
    SAME(_Znam),
    SAME(_Znwm),
    SAME(__cxa_allocate_exception),
    SAME(__cxa_atexit),
    SAME(__cxa_bad_cast),
    SAME(__cxa_begin_catch),
    SAME(__cxa_call_unexpected),
    SAME(__cxa_current_exception_type),
    SAME(__cxa_end_catch),
    SAME(__cxa_free_exception),
    SAME(__cxa_get_exception_ptr),
    SAME(__cxa_guard_abort),
    SAME(__cxa_guard_acquire),
    SAME(__cxa_guard_release),
    SAME(__cxa_pure_virtual),
    SAME(__cxa_rethrow),
    SAME(__cxa_throw),
    SAME(__dynamic_cast),
    SAME(__gxx_personality_v0),
};

static void not_there(void) {
    fail("the system", "a function that has no stand-in", "was called");
}

/* The host's own libc++, where RUN_MACHO_LIBCXX names it: on x86-64 both systems lay out and pass
 * the same. What it and the host's libc lack is bound too, and fails when it is called. */
static uint64_t libcxx_address(const char *name) {
    static void *library;
    const char *path = getenv("RUN_MACHO_LIBCXX");
    if (path == NULL)
        return 0;
    if (library == NULL && (library = dlopen(path, RTLD_NOW | RTLD_GLOBAL)) == NULL)
        fail(path, "RUN_MACHO_LIBCXX", "cannot be opened");
    void *address = dlsym(library, name + 1);
    if (address == NULL)
        address = dlsym(RTLD_DEFAULT, name + 1);
    return address != NULL ? (uint64_t)(uintptr_t)address : (uint64_t)(uintptr_t)not_there;
}

uint64_t host_address(const char *name) {
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].name, name) == 0)
            return rows[i].address;
    return libcxx_address(name);
}
