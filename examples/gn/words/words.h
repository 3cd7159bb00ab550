#ifndef WORDS_WORDS_H_
#define WORDS_WORDS_H_

// Prints one line.
void Say(const char* text);

// Prints "LABEL: NUMBER".
void SayNumber(const char* label, long number);

#endif
