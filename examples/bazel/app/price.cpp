#include "app/price.h"

#include "app/steps.h"

long price_of(long thing) {
    return Steps<2000>::walk(thing) % 89 + 10;
}
