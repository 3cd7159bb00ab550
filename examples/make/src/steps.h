// Makes an image heavy as large programs are: with many functions whose names nobody asks for.
#pragma once

long add(long left, long right);
void show(const char *what, long number);

namespace {
template <int N> struct AStepOfALongComputation {
    __attribute__((noinline)) static long a_function_with_quite_a_long_name(long value) {
        return AStepOfALongComputation<N - 1>::a_function_with_quite_a_long_name((value * 31 + N) % 65521);
    }
};

template <> struct AStepOfALongComputation<0> {
    static long a_function_with_quite_a_long_name(long value) { return value; }
};

long steps(long value) { return AStepOfALongComputation<300>::a_function_with_quite_a_long_name(value); }
} // namespace
