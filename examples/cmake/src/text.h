#pragma once

extern "C" int puts(const char *text);

void say(const char *what, long number);
