// Fills a basket, and says what it costs.
#include "app/basket.h"
#include "app/steps.h"

extern "C" int puts(const char *text);

int main() {
    char text[] = "it costs ......";
    for (long thing = 0; thing < 5; thing++)
        basket().add(Steps<1500>::walk(thing));
    long sum = basket().sum();
    for (int place = 14; place > 8; place--, sum /= 10)
        text[place] = static_cast<char>('0' + sum % 10);
    puts(text);
    return static_cast<int>(basket().sum() % 100);
}
