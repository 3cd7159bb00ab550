#include "app/price.h"

#include "app/steps.h"

long price_of(long thing) {
    return Steps<1000>::walk(thing) % 89 + 10;
}
