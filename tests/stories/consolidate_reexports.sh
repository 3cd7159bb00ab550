# An image that stays and re-exports dylibs or single symbols of them does so after they became one image.
. "$(dirname "$0")/../lib/consolidate.sh"

cat >asks.c <<'END'
extern void host_print_int(const char *label, long value);
extern int x(void), y_other(void);
int main(void) {
    host_print_int("x", x());
    host_print_int("y_other", y_other());
    return 0;
}
END
clang-19 --target=$ARCH-apple-macos13 -O1 -c asks.c -o asks.o
object q 7
object y 0
MORE='int y_other(void) { return 42; }'

# A symbol of the third dylib, which has number 1 afterwards. libq is left alone.
for style in -fixup_chains -no_fixup_chains; do
    built $style
    dylib q $style
    dylib y case/libq.dylib case/libb.dylib case/libx.dylib $style
    python3 "$TESTS/lib/reexported_symbol.py" case/liby.dylib _y_other 3
    link $ARCH -execute $style -rpath @loader_path/. -o case/asks asks.o case/liby.dylib case/libx.dylib
    cp -a case was
    run run_program $ARCH case/asks
    expect "$style: before" 0 "x: 4${NEWLINE}y_other: 42"
    run "$VAFIT" consolidate case/asks --in-place -q --exclude 'lib[qy]*'
    expect "$style: liby stays and changes" 0
    llvm-objdump-19 --macho --exports-trie case/liby.dylib | grep y_other >found
    expect_true "$style: it re-exports from the merged image" grep -q 'from libconsolidated' found
    run run_program $ARCH case/asks
    expect "$style: afterwards" 0 "x: 4${NEWLINE}y_other: 42"
    run "$VAFIT" verify case/asks case/liby.dylib
    expect "$style: all of it is sound" 0 "case/asks: well formed, and means the same${NEWLINE}case/liby.dylib: well formed"
    python3 "$TESTS/lib/reexported_symbol.py" case/liby.dylib _y_other 1
    run "$VAFIT" verify case/asks
    expect "$style: another dylib's symbol is noticed" 1 '' \
        'vafit: case/liby.dylib: client: export _y_other is not what it was'
    run "$VAFIT" consolidate case/asks --undo -q
    expect "$style: undone" 0
    rm -rf case && cp -a was case
done

# A whole dylib: liby, which stays, re-exports libx and loads libb; the merged image is re-exported then.
built
link $ARCH -dylib -install_name @rpath/liby.dylib -rpath @loader_path/. -o case/liby.dylib y.o case/libb.dylib \
    -reexport_library case/libx.dylib
link $ARCH -execute -rpath @loader_path/. -o case/asks asks.o case/liby.dylib
run run_program $ARCH case/asks
expect 'a dylib: before' 0 "x: 4${NEWLINE}y_other: 0"
run "$VAFIT" consolidate case/asks --in-place -q --exclude 'liby*'
expect 'a dylib: liby stays and changes' 0
expect_true 'a dylib: it re-exports the merged image' test "$(llvm-otool-19 -L case/liby.dylib |
    grep -c 'libconsolidated.dylib.*reexport')" = 1
run run_program $ARCH case/asks
expect 'a dylib: afterwards' 0 "x: 4${NEWLINE}y_other: 0"
run "$VAFIT" verify case/asks
expect 'a dylib: all of it is sound' 0 'case/asks: well formed, and means the same'

# Of two dylibs: libb may be no part, since liby has b of libq, and would have that of libb by way of what libx is then.
object q 7 '-DMORE=int b(void) { return 9; }'
object y 0
echo 'extern void host_print_int(const char *label, long value); int b(void), x(void); int main(void) { host_print_int("x", x()); host_print_int("b", b()); return 0; }' >asks.c
clang-19 --target=$ARCH-apple-macos13 -O1 -c asks.c -o asks.o
rm -rf case && mkdir case
dylib a && dylib b && dylib q && dylib x case/liba.dylib case/libb.dylib
link $ARCH -dylib -install_name @rpath/liby.dylib -rpath @loader_path/. -o case/liby.dylib y.o "$TESTS/programs/libSystem.tbd" \
    -reexport_library case/libx.dylib -reexport_library case/libq.dylib
link $ARCH -execute -rpath @loader_path/. -o case/asks asks.o case/liby.dylib
run run_program $ARCH case/asks
expect 'of two: before' 0 "x: 4${NEWLINE}b: 9"
run "$VAFIT" consolidate case/asks --in-place --exclude 'lib[qy]*'
expect_true 'of two: it says why not' grep -qx '  case/libb.dylib: exports _b, which case/libq.dylib exports too' .out
run run_program $ARCH case/asks
expect 'of two: afterwards' 0 "x: 4${NEWLINE}b: 9"
