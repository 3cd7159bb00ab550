#include "words/words.h"

extern "C" int puts(const char* text);

void Say(const char* text) {
  puts(text);
}

void SayNumber(const char* label, long number) {
  char line[80];
  int end = 0;
  while (label[end] != '\0' && end < 50) {
    line[end] = label[end];
    end++;
  }
  line[end++] = ':';
  line[end++] = ' ';
  long scale = 1;
  while (number / scale > 9) {
    scale *= 10;
  }
  for (; scale > 0; scale /= 10) {
    line[end++] = static_cast<char>('0' + number / scale % 10);
  }
  line[end] = '\0';
  Say(line);
}
