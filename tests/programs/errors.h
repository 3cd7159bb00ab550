/* The throwing program: what libdeep throws flies through libmiddle into main. */
#ifndef ERRORS_H
#define ERRORS_H

extern "C" void host_print_int(const char *label, long value);
extern "C" void host_print_string(const char *text);
extern "C" void host_on_thread(void (*work)(void *context), void *context);

/* An object on a frame that an exception leaves. */
struct Guard {
    const char *name;
    explicit Guard(const char *name) : name(name) {
    }
    ~Guard() {
        host_print_string(name);
    }
};

struct Error {
    explicit Error(long code);
    virtual ~Error();
    virtual const char *text() const;
    long code;
};

struct DeepError : Error {
    explicit DeepError(long code);
    const char *text() const override;
};

/* Defined in every image that uses it. */
struct PlainError {
    long code;
};

enum { THROW_NOTHING, THROW_NUMBER, THROW_ERROR, THROW_DEEP, THROW_PLAIN, THROW_FRAMES };

/* libdeep: throws what is asked for, from some frames down. */
long deep(int what, long value);
extern __thread long deep_calls;    /* each thread's own */
extern thread_local Guard deep_end; /* made at a thread's first use, goes with the thread */

/* libmiddle: calls deep; catches PlainError itself, and throws an Error again. */
long middle(int what, long value);
extern __thread long middle_catches;

#endif
