#include "shapes/shapes.h"

#include "words/words.h"

namespace {

// A debug map and local symbols, as large programs have them: as many functions as kSteps that nobody else sees.
constexpr int kSteps = 900;

template <int kStep>
long AddOneAtEachStepOfTheWay(long number) {
  if constexpr (kStep == 0) {
    return number;
  } else {
    return AddOneAtEachStepOfTheWay<kStep - 1>(number * 3 % 1009) + kStep % 7;
  }
}

class Square : public Shape {
 public:
  explicit Square(long side) : side_(side) {}
  long Area() const override { return side_ * side_; }
  const char* Name() const override { return "square"; }

 private:
  long side_;
};

}  // namespace

const Shape& BigSquare() {
  static const Square square(12);
  return square;
}

void Describe(const Shape& shape) {
  Say(shape.Name());
  SayNumber("area", shape.Area());
  SayNumber("at the end of the way", AddOneAtEachStepOfTheWay<kSteps>(5));
}
