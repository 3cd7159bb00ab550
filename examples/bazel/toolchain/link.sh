#!/bin/bash
# Links, and makes of a dylib the stub that others are linked against: while the stub stays the same, they are not
# linked again. STUB and DYLIB come from darwin.bzl.
arguments=()
for argument; do
    # Bazel gives a dylib with a stub the name that ELF has for it; -install_name is there already.
    case $argument in -Wl,-soname=*) ;; *) arguments+=("$argument") ;; esac
done
/usr/bin/clang++-19 "${arguments[@]}" || exit
[ "${STUB-ignored}" = ignored ] || /usr/bin/llvm-readtapi-19 -stubify "$DYLIB" -o "$STUB"
