# Undo where a slice of a fixed file has become malformed since: that file stays, and so does its original.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
. "$TESTS/lib/heavy.sh"

heavy_program arm64 arm64 && heavy_program x86_64 x86_64 || { fail 'building' <<<'the linker failed'; exit; }
mkdir built
for image in main libone.dylib libtwo.dylib libthree.dylib; do
    llvm-lipo-19 -create arm64/$image x86_64/$image -output built/$image
done
sum=$("$VAFIT" check built/main --arch arm64 --format json | jq '.programs[0].va.sum')
cp -rp built fixed
run "$VAFIT" fix fixed/main --arch arm64 --limit $((sum - 900 * 1024)) --in-place
expect_true 'three files are fixed' test "$status $(cd fixed && echo *.unstripped)" = \
    '0 libone.dylib.unstripped libtwo.dylib.unstripped main.unstripped'

# damage SLICE: libone's slice has more load commands than bytes. llvm-otool-19 says where it begins.
damage() {
    local offset
    rm -rf out && cp -rp fixed out
    offset=$(llvm-otool-19 -f out/libone.dylib | awk -v want="$1" '$1 == "cputype" { cpu = $2 }
        $1 == "offset" && cpu == want { print $2 }')
    "$POKE" out/libone.dylib "@$((offset + 20)):4" 0xfffffff && cp -p out/libone.dylib damaged
}
message='mach_header sizeofcmds: 268435455 bytes run past the end of the slice, [0-9]* bytes'

# The slice of the other architecture, which no program of this run loads.
damage 16777223
run "$VAFIT" fix out/main --arch arm64 --undo
expect 'a slice that no program loads' 3 'restored 2 of 4 images' -
expect_true 'says what is wrong' grep -qx "vafit: out/libone.dylib: x86_64 slice: $message" .err
expect_true 'the others are what they were' cmp built/main out/main
expect_true 'each of them' cmp built/libtwo.dylib out/libtwo.dylib
expect_true 'the malformed one stays' cmp damaged out/libone.dylib
expect_true 'and so does its original alone' test "$(cd out && echo *.unstripped)" = libone.dylib.unstripped
expect_true 'as it was' cmp built/libone.dylib out/libone.dylib.unstripped

# Its own slice: what the program loads is not known.
damage 16777228
run "$VAFIT" fix out/main --arch arm64 --undo
expect 'a slice that the program loads' 3 '' -
expect_true 'says what is wrong' grep -qx "vafit: out/libone.dylib: arm64 slice: $message" .err
cp -p fixed/libone.dylib out/
expect_true 'nothing has changed' diff -r fixed out
