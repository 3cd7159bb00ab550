// libshow: prints.
#include "steps.h"

extern "C" int puts(const char *text);

void show(const char *what, long number) {
    char digits[21];
    char *first = digits + 20;
    *first = '\0';
    do {
        *--first = static_cast<char>('0' + number % 10);
        number /= 10;
    } while (number > 0);
    puts(what);
    puts(first);
}
