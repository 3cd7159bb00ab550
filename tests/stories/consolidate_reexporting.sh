# Parts that re-export dylibs, or single symbols of them, under their names or others: whoever asked for those by the
# name of a part finds the same afterwards, by ordinal, by a handle and among all images. What vafit verify compares
# finds a re-export that is gone, and one that leads elsewhere.
. "$(dirname "$0")/../lib/consolidate.sh"

cat >asks.c <<'END'
extern void host_print_int(const char *label, long value);
extern void *dlopen(const char *path, int mode), *dlsym(void *handle, const char *name);
extern int a(void), q(void), x(void), x_other(void), x_far(void), w_used(void), w_sum(void);
static void found(const char *name, void *handle) {
    int (*function)(void) = (int (*)(void))dlsym(handle, name);
    host_print_int(name, function == 0 ? -1 : function());
}
int main(void) {
    void *x_handle = dlopen("@rpath/libx.dylib", 1);
    host_print_int("a", a());
    host_print_int("q", q());
    host_print_int("x", x());
    host_print_int("other", x_other());
    host_print_int("far", x_far());
    host_print_int("used", w_used());
    host_print_int("sum", w_sum());
    found("q", x_handle);
    found("x_far", x_handle);
    found("x_other", (void *)-2);
    found("x_far", (void *)-2);
    return 0;
}
END
# By hand: libx re-exports liba and libq, x_other of libq, and b of libb as x_far.
printed='a: 1
q: 7
x: 4
other: 42
far: 2
used: 1
sum: 7422
q: 7
x_far: 2
x_other: 42
x_far: 2'

# A variable of libx past 4 MiB has a number in the trie that leaves room for a name.
objects() {
    clang-19 --target=$ARCH-apple-macos13 -O1 -fno-stack-protector -c asks.c -o asks.o
    object a 1
    object b 2
    object q 7 '-DMORE=int x_other(void) { return 42; }'
    object x 4 -DUSES=a '-DMORE=char x_big[4 << 20] = {1}; int x_far;'
    object w 5 -DUSES=a '-DMORE=int q(void), x_other(void), x_far(void); int w_sum(void) { return 1000 * q() + 10 * x_other() + x_far(); }'
}
# ld64.lld gives a re-exported dylib two load commands: libq is number 5.
reexporting() {
    rm -rf case && mkdir case
    dylib a "$@" && dylib b "$@" && dylib q "$@" || return
    dylib x "$@" -rpath @loader_path/. case/libb.dylib "$TESTS/programs/libSystem.tbd" \
        -reexport_library case/liba.dylib -reexport_library case/libq.dylib || return
    python3 "$TESTS/lib/reexported_symbol.py" case/libx.dylib _x_other 5
    python3 "$TESTS/lib/reexported_symbol.py" case/libx.dylib _x_far 1 _b
    dylib w "$@" case/libx.dylib
    link $ARCH -execute "$@" -rpath @loader_path/. -o case/asks asks.o case/libx.dylib case/libw.dylib
}
# damaged NAME PYTHON SAYS: the merged image `image` after that is not what it should be.
damaged() {
    cp case/libconsolidated.dylib whole
    python3 - "$TESTS/lib" <<END || fail "$1: damaging" <<<'it cannot be'
import struct, subprocess, sys
sys.path.insert(0, sys.argv[1])
from thin_image import commands
path = "case/libconsolidated.dylib"
image = bytearray(open(path, "rb").read())
dylibs = [at for number, at in commands(image) if number in (0xC, 0x8000001F)]
libq = next(at for at in dylibs if b"libq.dylib" in image[at:at + 64])
ordinal = dylibs.index(libq) + 1
def reexport(symbol, ordinal):
    script = sys.argv[1] + "/reexported_symbol.py"
    subprocess.run(["python3", script, path, symbol, str(ordinal)], check=True)
    return open(path, "rb").read()
$2
open(path, "wb").write(image)
END
    run "$VAFIT" verify case/asks
    expect_true "$1: it is noticed" test "$status" = 1
    expect_true "$1: and named" grep -qF -- "$3" .err
    mv whole case/libconsolidated.dylib
}

for ARCH in x86_64 arm64; do
    objects
    for style in -fixup_chains -no_fixup_chains; do
        name="$ARCH $style"
        reexporting $style || fail "$name: building" <<<'the linker failed'
        run run_program $ARCH case/asks
        expect "$name: before" 0 "$printed"
        run "$VAFIT" consolidate case/asks --in-place -q --exclude 'libq*'
        expect "$name: it is consolidated" 0
        jq -r '.parts[].file' case/libconsolidated.dylib.parts.json | sort >held
        expect_same "$name: all but libq are one" <(printf 'lib%s.dylib\n' a b w x) held
        run run_program $ARCH case/asks
        expect "$name: afterwards" 0 "$printed"
        llvm-objdump-19 --macho --exports-trie case/libconsolidated.dylib >trie 2>.said
        expect_same "$name: LLVM reads it without a word" /dev/null .said
        expect_true "$name: LLVM sees where x_other is from" grep -qxF '[re-export] _x_other (from libq)' trie
        expect_true "$name: x_far is the merged image's, where b is" test \
            "$(awk '$2 == "_x_far" { print $1 }' trie)" = "$(awk '$2 == "_b" { print $1 }' trie)"
        llvm-otool-19 -L case/libconsolidated.dylib | grep -c 'reexport)' >count
        expect_same "$name: one dylib is re-exported whole" <(echo 1) count
        run "$VAFIT" verify case/asks
        expect "$name: all of it is sound" 0 'case/asks: well formed, and means the same'
    done
done

damaged 'a dylib is re-exported no longer' 'struct.pack_into("<I", image, libq, 0xC)' \
    'does not load @rpath/libq.dylib as its parts do'
damaged 'another dylib is re-exported' 'image[libq + 31:libq + 35] = b"libz"' \
    'what it finds as @rpath/libq.dylib is loaded 0 times, should be once'
damaged 'the ordinal is one off' 'image = reexport("_x_other", ordinal % len(dylibs) + 1)' \
    '_x_other is not re-exported as _x_other of @rpath/libq.dylib'
damaged 'x_far is elsewhere' 'image = reexport("_x_far", ordinal)' \
    '_x_far is exported at'

# What leads to a part of another group is re-exported from that merged image.
ARCH=x86_64
objects
reexporting
run "$VAFIT" consolidate case/asks --in-place -q --group one='libx*,libw*' --group two='lib[abq]*'
expect 'two groups: it is consolidated' 0
run run_program $ARCH case/asks
expect 'two groups: afterwards' 0 "$printed"
llvm-objdump-19 --macho --exports-trie case/one.dylib | grep -F '[re-export]' >trie
expect_same 'two groups: both symbols are of the other' <(printf '[re-export] _x_far (_b from two)\n[re-export] _x_other (from two)\n') trie
run "$VAFIT" verify case/asks
expect 'two groups: all of it is sound' 0 'case/asks: well formed, and means the same'
