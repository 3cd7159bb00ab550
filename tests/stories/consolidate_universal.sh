# A dylib that is a universal file is merged for a program of one architecture: the file keeps its other slices as they
# are, for programs that load those, and has a stub in place of the one that was merged. What vafit verify compares finds
# another slice that is not what it was. --undo brings every byte back.
. "$(dirname "$0")/../lib/consolidate.sh"

# universal: case with programs and dylibs of both architectures, of which libx and liba are universal files.
universal() {
    rm -rf case && mkdir case
    for ARCH in arm64 x86_64; do
        object a 1 && object b 2 && object x 4 -DUSES=a
        compile $ARCH parts.o parts.c
        dylib a && dylib b && dylib x case/liba.dylib case/libb.dylib && program case/libx.dylib
        mkdir $ARCH && mv case/* $ARCH
    done
    for file in liba libx; do
        llvm-lipo-19 -create arm64/$file.dylib x86_64/$file.dylib -output case/$file.dylib
    done
    cp arm64/libb.dylib case
    mv arm64/parts case/arm64 && mv x86_64/parts case/x86_64
    rm -r arm64 x86_64
}
universal
# libb is thin: the program of x86_64 gets its own.
mkdir case/other && cp case/x86_64 case/other && ln -s ../liba.dylib ../libx.dylib case/other
ARCH=x86_64
object b 2 && link $ARCH -dylib -install_name @rpath/libb.dylib -o case/other/libb.dylib b.o
cp -a case was
run run_program arm64 case/arm64
expect 'arm64: before' 0 "$printed"
run run_program x86_64 case/other/x86_64
expect 'x86_64: before' 0 "$printed"
run "$VAFIT" consolidate case/arm64 --dry-run
expect_true 'the plan has all three' grep -qx '4 images would become 2' .out
run "$VAFIT" consolidate case/arm64 --in-place -q
expect 'it is consolidated' 0
jq -r '.parts[].file' case/libconsolidated.dylib.parts.json | sort >held
expect_same 'all three are one' <(printf 'lib%s.dylib\n' a b x) held
run run_program arm64 case/arm64
expect 'arm64: afterwards' 0 "$printed"
run run_program x86_64 case/other/x86_64
expect 'x86_64: still' 0 "$printed"
for file in liba libx; do
    llvm-lipo-19 -archs case/$file.dylib | xargs -n 1 | sort >found
    expect_same "$file: both slices are there" <(printf 'arm64\nx86_64\n') found
    llvm-lipo-19 -thin x86_64 case/$file.dylib -output is && llvm-lipo-19 -thin x86_64 was/$file.dylib -output old
    expect_same "$file: that of x86_64 is what it was" old is
    llvm-lipo-19 -thin arm64 case/$file.dylib -output is
    expect_true "$file: that of arm64 re-exports the merged image" test "$(llvm-otool-19 -L is |
        grep -c 'libconsolidated.dylib.*reexport')" = 1
done
run "$VAFIT" verify case/arm64 case/liba.dylib
expect 'all of it is sound' 0 "case/arm64: well formed, and means the same${NEWLINE}case/liba.dylib: well formed"
# A byte of the code of x86_64, which nobody looks at for arm64.
offset=$(llvm-objdump-19 --macho --universal-headers case/libx.dylib | awk '$1 == "cputype" { c = $2 } c ~ /X86_64|16777223/ && $1 == "offset" { print $2; exit }')
cp case/libx.dylib whole
printf '\x01' | dd of=case/libx.dylib bs=1 seek=$((offset + 0x800)) conv=notrunc 2>/dev/null
run "$VAFIT" verify case/arm64
expect_true 'another slice that has changed is noticed' test "$status" = 1
expect_true 'and named' grep -qE 'case/libx.dylib: stub: slice [01] is not what it was' .err
mv whole case/libx.dylib
run "$VAFIT" consolidate case/arm64 --undo -q
expect 'undone' 0
expect_same 'every byte is back' <(cd was && find . -type f | sort | xargs sha256sum) <(cd case && find . -type f | sort | xargs sha256sum)

# A copy.
run "$VAFIT" consolidate case/arm64 --out-dir copy -q
expect 'a copy is consolidated' 0
run run_program arm64 copy/arm64
expect 'the copy prints the same' 0 "$printed"

# What programs of both architectures load stays what it is.
llvm-lipo-19 -create case/libb.dylib case/other/libb.dylib -output fat && mv fat case/libb.dylib
run "$VAFIT" consolidate case/arm64 case/x86_64 --dry-run
expect_true 'both: it says why not' grep -qx '  case/libx.dylib: is a universal file of which programs load several slices' .out

# So does what has more than its slices.
printf 'payload' >>case/libx.dylib
run "$VAFIT" consolidate case/arm64 --dry-run
expect_true 'bytes behind the slices: it says why not' grep -qx '  case/libx.dylib: is a universal file with bytes outside its slices' .out

# And what an identity has signed.
ARCH=arm64
llvm-lipo-19 -thin $ARCH was/libx.dylib -output signed && sign_as_somebody signed
llvm-lipo-19 -thin x86_64 was/libx.dylib -output other
llvm-lipo-19 -create signed other -output case/libx.dylib
run "$VAFIT" consolidate case/arm64 --dry-run --identity true
expect_true 'signed: it says why not' grep -qx '  case/libx.dylib: is a universal file that an identity signed' .out
