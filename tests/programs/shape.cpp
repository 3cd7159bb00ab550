#include "shape.h"

static Trace trace("begin libshape", "end libshape");

Shape::~Shape() {
    host_print_string("a shape goes");
}

const char *Shape::name() const {
    return "shape";
}

Square::Square(long side) : side(side) {
}

long Square::area() const {
    return side * side;
}

long count_in_shape() {
    shared_number++;
    host_print_int("number in libshape", next_number(1));
    return Counter<int>::next();
}
