// libtext: prints.
#include "text.h"
#include "weight.h"

void say(const char *what, long number) {
    number = AStepOfALongComputation<150>::a_function_with_quite_a_long_name(number);
    char line[80];
    char digits[20];
    int length = 0;
    int count = 0;
    while (*what != '\0' && length < 50)
        line[length++] = *what++;
    line[length++] = ' ';
    do {
        digits[count++] = static_cast<char>('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0)
        line[length++] = digits[--count];
    line[length] = '\0';
    puts(line);
}
