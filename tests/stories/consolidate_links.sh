# What is linked against the stubs of a consolidated program finds its symbols, and runs.
. "$(dirname "$0")/../lib/run_programs.sh"

for arch in arm64 x86_64; do
    small_program $arch $arch || fail "$arch: building" <<<'the linker failed'
    run "$VAFIT" consolidate $arch/main --in-place -q
    expect "$arch: consolidated" 0
    compile $arch main.o main.c
    run link $arch -execute -rpath @loader_path/. -o $arch/again main.o $arch/libleft.dylib $arch/libright.dylib
    expect "$arch: a program is linked against the stubs" 0
    run run_program $arch $arch/again
    expect "$arch: it runs" 0 "$small"
    run "$VAFIT" verify $arch/libleft.dylib $arch/libright.dylib $arch/libbase.dylib
    expect "$arch: stubs are well formed" 0 "$arch/libleft.dylib: well formed
$arch/libright.dylib: well formed
$arch/libbase.dylib: well formed"
    run "$VAFIT" consolidate $arch/again --in-place
    expect "$arch: stubs are not merged" 0 -
    expect_true "$arch: and it runs still" test "$(run_program $arch $arch/again)" = "$small"
done
