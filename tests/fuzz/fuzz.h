/* What libFuzzer calls. */
#ifndef VAFIT_FUZZ_FUZZ_H
#define VAFIT_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Parses `size` bytes; a crash, a sanitizer's report or an abort is a finding. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
