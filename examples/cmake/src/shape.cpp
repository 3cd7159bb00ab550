// libshape: loads libtext.
#include "shape.h"
#include "text.h"
#include "weight.h"

Shape::~Shape() {
    say("a shape goes", 0);
}

long Square::area() const {
    return AStepOfALongComputation<250>::a_function_with_quite_a_long_name(side * side);
}
