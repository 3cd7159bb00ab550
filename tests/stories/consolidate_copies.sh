# Copies of consolidated programs: one of the same dylibs takes the place of an earlier one; of others it does not.
. "$(dirname "$0")/../lib/run_programs.sh"

small_program arm64 one && cxx_program arm64 two || fail 'building' <<<'the linker failed'
run "$VAFIT" consolidate one/main --out-dir copy -q
expect 'a copy' 0
cp -r copy before
run "$VAFIT" consolidate one/main --out-dir copy -q
expect 'and again' 0
expect_true 'the same files' diff -r before copy
run "$VAFIT" consolidate two/shapes --out-dir copy -q
expect 'another program' 4 '' "vafit: copy/libconsolidated.dylib: is there, and is not made of these dylibs; give another folder, or all programs at once"
expect_true 'the first one stays' diff -r before copy
run run_program arm64 copy/main
expect 'and runs' 0 "$small"
compile arm64 left.o left.c -O0
link arm64 -dylib -install_name @rpath/libleft.dylib -o one/libleft.dylib left.o one/libbase.dylib
run "$VAFIT" consolidate one/main --out-dir copy -q
expect 'after another link' 0
run run_program arm64 copy/main
expect 'the copy is of that' 0 "$small"
run "$VAFIT" verify copy/libconsolidated.dylib
expect 'and well formed' 0 'copy/libconsolidated.dylib: well formed'
mkdir mine && echo mine >mine/libconsolidated.dylib
run "$VAFIT" consolidate one/main --out-dir mine -q
expect "somebody's file" 4 '' "vafit: mine/libconsolidated.dylib: is there, and is not made of these dylibs; give another folder, or all programs at once"
expect_true 'stays' test "$(cat mine/libconsolidated.dylib)" = mine
