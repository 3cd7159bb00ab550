/* Built without frame pointers: frames are found by the stack pointer alone. */
#include "errors.h"

__thread long deep_calls = 100;
static __thread long deepest;
thread_local Guard deep_end("a thread leaves libdeep");

Error::Error(long code) : code(code) {
}

Error::~Error() {
}

const char *Error::text() const {
    return "error";
}

DeepError::DeepError(long code) : Error(code) {
}

const char *DeepError::text() const {
    return "deep error";
}

__attribute__((noinline)) static void throw_it(int what, long value) {
    deep_calls++;
    switch (what) {
    case THROW_NUMBER:
        throw value;
    case THROW_ERROR:
        throw Error(value);
    case THROW_DEEP:
        throw DeepError(value);
    case THROW_PLAIN:
        throw PlainError{value};
    case THROW_FRAMES:
        throw "frames";
    default:
        break;
    }
}

/* A frame too large for an encoding to hold its size. */
__attribute__((noinline)) static long large_frame(int what, long value) {
    volatile char space[20000];
    Guard guard("a large frame");
    space[value] = 1;
    throw_it(what, value);
    return space[value];
}

/* Many values that live over the call, so that every saved register is in use. */
__attribute__((noinline)) static long many_registers(int what, long value) {
    volatile long source = value;
    long a = source, b = source, c = source, d = source, e = source, f = source, g = source;
    long h = source, i = source, j = source;
    long result = what == THROW_FRAMES ? large_frame(what, a + 1) : (throw_it(what, a), 0);
    return result + a + b * 2 + c * 3 + d * 4 + e * 5 + f * 6 + g * 7 + h * 8 + i * 9 + j * 10;
}

long deep(int what, long value) {
    Guard guard("libdeep");
    deepest++;
    return many_registers(what, value) + deepest;
}
