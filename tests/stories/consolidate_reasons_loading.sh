# How a dylib is loaded, for which it stays what it is, or cannot be in one image with others: the plan names each
# reason, and the program does not notice.
. "$(dirname "$0")/../lib/consolidate.sh"

built
left_alone 'excluded' 'is excluded by libx*' --exclude 'libx*'

built
for file in libx.dylib parts; do llvm-lipo-19 -create case/$file -output fat && mv fat case/$file; done
left_alone 'universal' 'is a universal file, and so is a program'

# libx loads a dylib that is there when it is linked.
object gone 8
without_gone() {
    rm -rf case && mkdir case
    dylib gone
    dylib a && dylib b && dylib x case/liba.dylib "$1" case/libgone.dylib && program case/libx.dylib
    rm case/libgone.dylib
}
without_gone -weak_library
left_alone 'a weak dylib' 'misses a dylib'

built
python3 "$TESTS/lib/delayed.py" case/parts @rpath/libx.dylib
left_alone 'delayed' 'is loaded lazily, or its initialisers are delayed'

# libx under two names of one file.
object y 0
built
ln case/libx.dylib case/libagain.dylib
link $ARCH -dylib -install_name @rpath/liby.dylib -o case/liby.dylib y.o case/libx.dylib
sed -i 's#@rpath/libx.dylib\x00\x00\x00\x00\x00\x00#@rpath/libagain.dylib\x00\x00#' case/liby.dylib
program case/libx.dylib case/liby.dylib
left_alone 'hard link' 'is also loaded as case/libagain.dylib, a hard link'

moved() {
    built
    mkdir -p case/below
    link $ARCH -dylib -install_name "$1" -o "case/$2" x.o case/liba.dylib case/libb.dylib -rpath @loader_path/..
    [ "$2" = libx.dylib ] || rm case/libx.dylib
    program "case/$2"
}
moved @rpath/below/libx.dylib below/libx.dylib
LEFT=below/libx.dylib left_alone 'elsewhere' 'has no other image to be merged with'

# What the merged image would re-export must be known, and be the only one of its name.
built
"$POKE" case/libx.dylib 'LC_LOAD_DYLIB[2]+0:4' 0x8000001f
left_alone 're-export' 're-exports /usr/lib/libSystem.B.dylib, whose exports are not known'
object q 7 '-DMORE=int b(void) { return 9; }'
built
dylib q && dylib x case/liba.dylib case/libb.dylib -rpath @loader_path/. -reexport_library case/libq.dylib
program case/libx.dylib
left_alone 'of two' 're-exports case/libq.dylib with _b, which case/libb.dylib exports too' --exclude 'libq*'

built
python3 "$TESTS/lib/reexported_symbol.py" case/libx.dylib _x_other
left_alone 're-exported symbol' 're-exports _x_other, which case/liba.dylib does not define'
built
python3 "$TESTS/lib/reexported_symbol.py" case/libx.dylib _x_other 9
left_alone 're-exported from nowhere' 're-exports _x_other, which case/libx.dylib does not define'

# A circle of libx and liby.
built
object y 0 -DUSES=x
dylib y case/libx.dylib && dylib x case/liba.dylib case/liby.dylib && program case/libx.dylib
left_alone 'circle' 'loads a dylib that loads it'
built
dylib y case/libx.dylib && dylib x case/liba.dylib case/liby.dylib && program case/libx.dylib
LEFT=liby.dylib left_alone 'circle, the other' 'loads a dylib that loads it'

built
reason 'alone' 'has no other image to be merged with' --exclude 'lib[ab].dylib'

# What leads out of a group leads not back: libb loads libx, which loads liba.
built
dylib x case/liba.dylib && dylib b case/libx.dylib && program case/libx.dylib
reason 'between' 'is excluded by libx*' --exclude 'libx*'
LEFT=liba.dylib reason 'below' 'has no other image to be merged with' --exclude 'libx*'
LEFT=libb.dylib reason 'above' 'has no other image to be merged with' --exclude 'libx*'
run "$VAFIT" consolidate case/parts --in-place --exclude 'libx*'
expect_true 'there is nothing to be done' grep -qx 'no two dylibs can be merged' .out
object c 5
dylib c && program case/libx.dylib case/libc.dylib
run "$VAFIT" consolidate case/parts --in-place -q --exclude 'libx*'
jq -r '.parts[].file' case/libconsolidated.dylib.parts.json >held
expect_true 'one side of it' grep -qx libc.dylib held
expect_true 'and no more' test "$(wc -l <held)" = 2
run run_program $ARCH case/parts
expect 'it prints the same' 0 "$printed"
