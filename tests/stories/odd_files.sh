# What dyld takes though few linkers write it: segments that nobody maps or that came after the link, exports
# tries with edges without characters, load commands that place nothing.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

eval "$(declare -f link | sed '1s/link/link_signed/')"
link() { link_signed "$@" -no_adhoc_codesign -headerpad 0x400; }

# taken NAME FILE: by every verb; the new files hold what the old one held.
taken() {
    local level
    run "$VAFIT" check "$2" --allow-missing '*'
    expect "$1: check" 0 - ''
    run "$VAFIT" scan "$2"
    expect "$1: scan" 0 - ''
    run "$VAFIT" verify "$2" -q
    expect "$1: verify" 0 '' -
    for level in lossless debug-map locals symbols; do
        run "$VAFIT" shrink "$2" --level $level --unstripped none -o small -q
        expect "$1: shrink at $level" 0 '' ''
        run "$VAFIT" verify small --against "$2" --level $level -q
        expect "$1: means the same at $level" 0 '' -
        expect_true "$1: the payload is there at $level" test \
            "$(grep -ac 'PAYLOAD PAYLOAD' small)" = "$(grep -ac 'PAYLOAD PAYLOAD' "$2")"
    done
}
exports_of() { llvm-objdump-19 --macho --exports-trie "$1" | sed -n '/^0x/p' | sort; }

for style in -fixup_chains -no_fixup_chains; do
    small_program x86_64 built $style || fail "building $style" <<<'the linker failed'
    run_program x86_64 built/main >before
    for kind in unmapped mapped; do
        rm -rf grown && cp -r built grown
        for image in main libbase.dylib; do
            python3 "$TESTS/lib/add_segment.py" grown/$image __DWARF 0x2000 $kind || fail 'adding' <<<"$image"
            taken "$image $style, a segment $kind" grown/$image
            cp small grown/$image
        done
        run_program x86_64 grown/main >after
        expect_same "$style, a segment $kind: the program runs the same" before after
    done
done
# With a protection dyld holds it to what is mapped.
cp built/main mapped && python3 "$TESTS/lib/add_segment.py" mapped __DWARF 0x2000 unmapped
at=$(python3 - mapped <<'P'
import struct, sys
b = open(sys.argv[1], "rb").read()
at = 32
while b[at + 8:at + 15] != b"__DWARF": at += struct.unpack_from("<I", b, at + 4)[0]
print(at)
P
)
"$POKE" mapped "@$((at + 60)):4" 3
run "$VAFIT" check mapped
expect_true 'a segment that is accessible without being mapped is refused' grep -q \
    '(LC_SEGMENT_64) filesize: __DWARF has 0x2000 bytes in the file, more than its vmsize, 0x0$' .err

# --- edges without characters ---

{
    for name in a ab abc abd abcdef b; do echo "int $name(void) { return 1; }"; done
    for i in $(seq 40); do echo "int long_enough_for_some_room_$i(void) { return $i; }"; done
} >names.c
clang-19 --target=x86_64-apple-macos13 -c names.c -o names.o
link x86_64 -fixup_chains -dylib -install_name @rpath/names.dylib -o names.dylib names.o
cp names.dylib edges.dylib
expect_true 'there are edges without characters' test "$(python3 "$TESTS/lib/empty_edges.py" edges.dylib)" -gt 3
exports_of names.dylib >wanted
exports_of edges.dylib >found
expect_same 'LLVM reads the same exports' wanted found
taken 'edges without characters' edges.dylib
exports_of small >found
expect_same 'the new trie has them all' wanted found

# --- load commands that place nothing ---

for number in 0x8 0x39 0x10; do
    cp built/main ident && "$POKE" ident "LC_RPATH+0:4" $number
    taken "load command $number" ident
done
