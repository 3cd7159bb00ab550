# Dylibs with opcodes (LC_DYLD_INFO) that run before macOS 12, where not every dyld knows chained fixups, become an image
# with opcodes, and their stubs have no newer load command either. Opcodes name 16 segments, so that more dylibs become
# several images. What vafit verify compares finds a pointer that is left out, and one that is bound otherwise.
. "$(dirname "$0")/../lib/run_programs.sh"

MINIMUM=11.0
# commands FILE: which of the load commands of fixups and exports it has.
commands() {
    llvm-otool-19 -l "$1" | awk '$1 == "cmd" && $2 ~ /^LC_DYLD_/ { print $2 }'
}
for arch in x86_64 arm64; do
    for program in c cxx throwing; do
        name="$arch $program"
        case $program in
        c) small_program $arch $arch/c -no_fixup_chains 2>.said; main=main wanted=$small status_is=0 ;;
        cxx) cxx_program $arch $arch/cxx -no_fixup_chains 2>.said; main=shapes wanted=$shapes status_is=3 ;;
        throwing) throwing_program $arch $arch/throwing -no_fixup_chains 2>.said; main=throwing wanted=$throwing status_is=4 ;;
        esac || fail "$name: building" <.said
        folder=$arch/$program
        run run_program $arch $folder/$main
        expect "$name: before" $status_is "$wanted"
        run "$VAFIT" consolidate $folder/$main --in-place -q
        expect "$name: it is consolidated" 0
        commands $folder/libconsolidated.dylib >found
        expect_same "$name: the merged image has opcodes" <(echo LC_DYLD_INFO_ONLY) found
        for stub in $folder/*.unstripped; do
            [ $stub = $folder/$main.unstripped ] || commands ${stub%.unstripped} >found
            expect_same "$name: so has the stub" <(echo LC_DYLD_INFO_ONLY) found
        done
        run run_program $arch $folder/$main
        expect "$name: afterwards" $status_is "$wanted"
        llvm-objdump-19 --macho --all-headers --exports-trie --rebase --bind --weak-bind --lazy-bind $folder/libconsolidated.dylib 2>.said >/dev/null
        expect_same "$name: LLVM reads it without a word" /dev/null .said
        run "$VAFIT" verify $folder/$main $folder/libconsolidated.dylib
        expect "$name: all of it is sound" 0 "$folder/$main: well formed, and means the same${NEWLINE}$folder/libconsolidated.dylib: well formed, and means the same"
    done
done

# damaged NAME COMMAND_OFFSET PYTHON SAYS: verify says so after that was done to the opcodes of libconsolidated, of which
# the load command places `size` at `at` by its fields from COMMAND_OFFSET on.
merged=x86_64/cxx/libconsolidated.dylib
damaged() {
    cp $merged whole
    python3 - "$TESTS/lib" $merged "$2" <<END || fail "$1: damaging" <<<'it cannot be'
import struct, sys
sys.path.insert(0, sys.argv[1])
from thin_image import LC_DYLD_INFO_ONLY, command
image = bytearray(open(sys.argv[2], "rb").read())
at, size = struct.unpack_from("<II", image, command(image, LC_DYLD_INFO_ONLY) + int(sys.argv[3]))
$3
open(sys.argv[2], "wb").write(image)
END
    run "$VAFIT" verify x86_64/cxx/shapes
    expect_true "$1: it is noticed" test "$status" = 1
    expect_true "$1: and named" grep -q -- "$4" .err
    mv whole $merged
}
# The rebases begin with type, segment and offset, and a run of pointers.
damaged 'a rebase is left out' 8 'image[at + 3] -= 1' 'pointer at 0x.* is not set'
damaged 'a segment is one off' 8 'image[at + 1] += 1' 'pointer at 0x'
# The binds begin with an ordinal and a symbol.
damaged 'the ordinal is the image itself' 16 'image[at] = 0x30' 'pointer at 0x.* binds'
damaged 'a symbol is another' 16 'image[at + 3] ^= 1' 'pointer at 0x.* binds'
damaged 'a weak bind is of another symbol' 24 'image[at + 3] ^= 1' 'pointer at 0x.* binds'
damaged 'a weak definition has become a strong one' 24 'image[at] |= 8' 'name other strong definitions'

# Seven dylibs of three segments each take more than 16.
. "$TESTS/lib/consolidate.sh"
MINIMUM=11.0
rm -rf case && mkdir case
for letter in a b c d e f g; do
    object $letter 1
    dylib $letter -no_fixup_chains 2>.said || fail 'many: building' <.said
done
compile $ARCH parts.o parts.c -DWITHOUT_X
program case/lib[cdefg].dylib 2>.said
run run_program $ARCH case/parts
expect 'many: before' 0 "a: 1${NEWLINE}b: 1"
run "$VAFIT" consolidate case/parts --dry-run --exclude 'lib[fg]*'
expect_true 'many: a fifth one says why not' grep -qx \
    '  case/libe.dylib: has opcodes (LC_DYLD_INFO), which name 16 segments at most, and runs before macOS 12' .out
run "$VAFIT" consolidate case/parts --in-place -q
expect 'many: they are consolidated' 0
jq -s 'map(.parts | length)' case/libconsolidated*.json -c >held
expect_same 'many: in two images' <(echo '[4,3]') held
run run_program $ARCH case/parts
expect 'many: afterwards' 0 "a: 1${NEWLINE}b: 1"

# Chained fixups stay such, and are not mixed with opcodes.
dylib a -fixup_chains 2>.said && dylib b -no_fixup_chains 2>.said
program 2>.said
run "$VAFIT" consolidate case/parts --dry-run
expect_true 'mixed: it says why not' grep -qx \
    '  case/libb.dylib: has opcodes (LC_DYLD_INFO) or chained fixups, others the other, and runs before macOS 12' .out
