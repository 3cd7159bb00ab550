# Programs of several architectures are consolidated in one run, also where all their dylibs lie in one folder and have
# the same names for what they export: each gets an image of its own.
. "$(dirname "$0")/../lib/consolidate.sh"

mkdir case
for ARCH in arm64 x86_64; do
    object a 1 && mv a.o $ARCH-a.o
    object b 2 && mv b.o $ARCH-b.o
    compile $ARCH $ARCH.o parts.c -DWITHOUT_X
    dylib $ARCH-a && dylib $ARCH-b
    link $ARCH -execute -rpath @loader_path/. -o case/$ARCH $ARCH.o case/lib$ARCH-a.dylib case/lib$ARCH-b.dylib
done
run "$VAFIT" consolidate case/arm64 case/x86_64 --in-place -q
expect 'they are consolidated' 0
for parts in case/libconsolidated*.json; do jq -rc '[.parts[].file]' "$parts"; done | sort >held
expect_same 'two and two' <(printf '["lib%s-a.dylib","lib%s-b.dylib"]\n' arm64 arm64 x86_64 x86_64) held
for ARCH in arm64 x86_64; do
    run run_program $ARCH case/$ARCH
    expect "$ARCH prints the same" 0 "a: 1${NEWLINE}b: 2"
done
run "$VAFIT" verify case/arm64 case/x86_64
expect 'all of it is sound' 0 "case/arm64: well formed, and means the same${NEWLINE}case/x86_64: well formed, and means the same"
