#include "words/words.h"

int main() {
  SayNumber("words", 42);
  return 0;
}
