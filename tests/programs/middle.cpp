#include "errors.h"

__thread long middle_catches;

static long with_guard(int what, long value) {
    Guard guard("libmiddle");
    (void)deep_end.name[0];
    return deep(what, value) + 1;
}

long middle(int what, long value) {
    volatile long source = value;
    long a = source + 1, b = source + 2, c = source + 3, d = source + 4, e = source + 5;
    double half = (double)source / 2;
    long result = 0;
    try {
        result = with_guard(what, value);
    } catch (const PlainError &error) {
        middle_catches++;
        result = error.code * 1000;
    } catch (const Error &) {
        middle_catches++;
        host_print_string("again");
        throw;
    }
    return result + a + b + c + d + e + (long)(half * 2);
}
