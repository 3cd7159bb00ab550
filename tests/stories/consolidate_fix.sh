# consolidate and fix, one after the other: what fix rewrites of a consolidated program can be taken back by either.
. "$(dirname "$0")/../lib/run_programs.sh"

small_program arm64 was || fail 'building' <<<'the linker failed'
for verb in consolidate fix; do
    rm -rf now
    cp -r was now
    run "$VAFIT" consolidate now/main --in-place -q
    expect "$verb: consolidated" 0
    run "$VAFIT" shrink now/main now/libconsolidated.dylib --level symbols --in-place -q
    expect "$verb: shrunk after that" 0
    run run_program arm64 now/main
    expect "$verb: runs" 0 "$small"
    run "$VAFIT" $verb now/main --undo -q
    expect "$verb --undo" 0
    expect_true "$verb --undo: every byte is what it was" diff -r was now
done

# Linked again meanwhile: nothing of that is lost.
run "$VAFIT" consolidate now/main --in-place -q
compile arm64 left.o left.c -DOTHER=1 -O0
link arm64 -dylib -install_name @rpath/libleft.dylib -o linked left.o was/libbase.dylib
cp linked now/libleft.dylib
cp -r now before
run "$VAFIT" consolidate now/main --undo
expect 'a dylib that was linked again stays' 4 'restored 0 files' \
    'vafit: now/libleft.dylib: was linked again since it was consolidated; it stays'
expect_true 'and all else too' diff -r before now
