/* The executable of the C++ program. */
#include "shape.h"

static Trace trace("begin main", "end main");

static void describe(Shape *shape) {
    host_print_string(shape->name());
    host_print_int("area", shape->area());
    Marked *marked = dynamic_cast<Marked *>(shape);
    host_print_int("mark", marked != nullptr ? marked->mark() : -1);
    host_print_int("square", dynamic_cast<Square *>(shape) != nullptr);
}

struct Tag : Marked {};

int main() {
    Shape *circle = make_circle(5);
    Square square(4);
    Marked *tag = new Tag;
    describe(circle);
    describe(&square);
    host_print_int("tag", tag->mark());
    host_print_int("counts", count_in_round());
    host_print_int("count", Counter<int>::next());
    host_print_int("number", next_number(3));
    host_print_int("shared", shared_number);
    delete tag;
    delete circle;
    return 3;
}
