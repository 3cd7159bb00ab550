# Terminators of parts run at the end in the order in which they ran before, among the destructors that initialisers
# note. Where they would not, the dylib is left alone, with the reason. What vafit verify compares finds terminators that
# are swapped or gone.
. "$(dirname "$0")/../lib/consolidate.sh"

used='__attribute__((used, section('
# begins NAME: C of an initialiser that prints, and notes a destructor that does. ends NAME N: of terminator number N.
begins() {
    echo "extern int __cxa_atexit(void (*)(void *), void *, void *);" \
        "static void leave(void *none) { host_print_string(\"$1 leaves\"); }" \
        "__attribute__((constructor)) static void begin(void) { host_print_string(\"$1 begins\"); __cxa_atexit(leave, 0, 0); }"
}
ends() {
    echo "static void end_$2(void) { host_print_string(\"$1 ends $2\"); }" \
        "$used\"__DATA,__mod_term_func,mod_term_funcs\"))) static void (*const ends_$2)(void) = end_$2;"
}
cat >ends.c <<'END'
extern void host_print_string(const char *text);
int main(void) { host_print_string("main"); return 0; }
END
# loading DYLIB...: case/parts loads them, and prints what they do.
loading() {
    clang-19 --target=$ARCH-apple-macos13 -O1 -c ends.c -o ends.o
    link $ARCH -execute -rpath @loader_path/. -o case/parts ends.o $(printf 'case/lib%s.dylib ' "$@")
}
# held DYLIB...: these are one.
held() {
    jq -r '.parts[].file' case/libconsolidated.dylib.parts.json >held
    expect_same "$name: $* are one" <(printf 'lib%s.dylib\n' "$@") held
}
# same PRINTED: the program prints that before and after; all of it is sound.
same() {
    run run_program $ARCH case/parts
    expect "$name: before" 0 "$1"
    run "$VAFIT" consolidate case/parts --in-place
    expect_true "$name: it is consolidated" test "$status" = 0
    cp .out plan
    run run_program $ARCH case/parts
    expect "$name: afterwards" 0 "$1"
    run "$VAFIT" verify case/parts
    expect "$name: all of it is sound" 0 'case/parts: well formed, and means the same'
}
# damaged NAME PYTHON SAYS: verify says so of the merged image after that.
damaged() {
    cp case/libconsolidated.dylib whole
    python3 - <<END || fail "$1: damaging" <<<'it cannot be'
import struct
path = "case/libconsolidated.dylib"
image = bytearray(open(path, "rb").read())
header = image.index(b"__mod_term_func\0")
at, = struct.unpack_from("<I", image, header + 48)
$2
open(path, "wb").write(image)
END
    run "$VAFIT" verify case/parts
    expect_true "$1: it is noticed" test "$status" = 1
    expect_true "$1: and named" grep -q -- "$3" .err
    mv whole case/libconsolidated.dylib
}

for ARCH in x86_64 arm64; do
    for style in -fixup_chains -no_fixup_chains; do
        name="$ARCH $style"
        rm -rf case && mkdir case
        object a 1 "-DMORE=$(begins a)"
        object b 2
        object x 4 "-DMORE=$(begins x) $(ends x 1) $(ends x 2)"
        object y 5 "-DMORE=$(ends y 1)"
        object z 6 "-DMORE=$(begins z)"
        dylib a $style && dylib b $style && dylib x $style case/liba.dylib && dylib y $style && dylib z $style case/libx.dylib
        loading a b x y z
        same 'a begins
x begins
z begins
main
z leaves
y ends 1
x ends 2
x ends 1
x leaves
a leaves'
        held a b x
        expect_true "$name: y says why not" grep -qx '  case/liby.dylib: has terminators and no initialisers, and others have some' plan
        expect_true "$name: z says why not" grep -qx '  case/libz.dylib: has initialisers, which would run before the terminators of others are noted' plan
    done
done
damaged 'swapped' 'image[at:at + 16] = image[at + 8:at + 16] + image[at:at + 8]' 'pointer at 0x'
damaged 'gone' 'image[header + 64] = 0' 'merged image: 0 terminators, should be 2'

# Without initialisers all terminators are noted in the order of parts.
name='no initialisers'
rm -rf case && mkdir case
object a 1 "-DMORE=$(ends a 1)"
object b 2 "-DMORE=$(ends b 1) $(ends b 2)"
dylib a && dylib b
loading a b
same 'main
b ends 2
b ends 1
a ends 1'
held a b
