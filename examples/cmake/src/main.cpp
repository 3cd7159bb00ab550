// The executable: loads libshape, which loads libtext.
#include "shape.h"
#include "text.h"
#include "weight.h"

int main(int argc, char **) {
    Square square(11 + argc);
    const Shape &shape = square;
    say("area", shape.area());
    say("steps", AStepOfALongComputation<400>::a_function_with_quite_a_long_name(argc));
    return 5;
}
