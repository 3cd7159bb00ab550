#include "shapes/shapes.h"
#include "words/words.h"

namespace {

constexpr int kSteps = 800;

template <int kStep>
long TakeOneMoreStepInTheProgram(long number) {
  if constexpr (kStep == 0) {
    return number;
  } else {
    return TakeOneMoreStepInTheProgram<kStep - 1>(number * 5 % 1013) + 1;
  }
}

}  // namespace

int main() {
  Describe(BigSquare());
  SayNumber("steps of the program", TakeOneMoreStepInTheProgram<kSteps>(1));
  return 0;
}
