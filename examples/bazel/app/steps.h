// Many small functions of each image's own with long names, as templates make them: what makes __LINKEDIT large.
#pragma once

namespace {
template <long count> struct Steps {
    __attribute__((noinline)) static long walk(long value) {
        return Steps<count - 1>::walk((value * 31 + count) % 1000003);
    }
};

template <> struct Steps<0> {
    static long walk(long value) {
        return value;
    }
};
} // namespace
