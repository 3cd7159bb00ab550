# An exports trie that wastes space is built anew, at every level; the program stays the same.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
. "$TESTS/lib/listed.sh"

# trie_size FILE
trie_size() {
    "$VAFIT" scan "$1" | jq '[.images[0].slices[0].linkedit_parts[] | select(.name == "exports trie").size] | add'
}
# exports_of FILE: as llvm-objdump lists them, by name.
exports_of() {
    llvm-objdump-19 --macho --exports-trie "$1" | sed -n '/^0x/p' | LC_ALL=C sort -k2
}

# Without signatures, which a trie at the end of the file would break.
eval "$(declare -f link | sed '1s/link/link_signed/')"
link() { link_signed "$@" -no_adhoc_codesign; }

for arch in x86_64 arm64; do
    for style in -fixup_chains -no_fixup_chains; do
        name="$arch $style"
        rm -rf program wasteful small && mkdir wasteful small
        cxx_program $arch program $style || { fail "$name: builds" <<<'the linker failed'; continue; }
        run_program $arch program/shapes >before 2>&1
        for image in program/*; do
            leaf=$(basename "$image")
            cp "$image" "wasteful/$leaf"
            python3 "$TESTS/lib/wasteful_trie.py" "wasteful/$leaf" || fail "$name: $leaf" <<<'no wasteful trie'
            expect_true "$name: $leaf has a trie five times as large" \
                test "$(trie_size "wasteful/$leaf")" -gt $((5 * $(trie_size "$image")))
            run "$VAFIT" verify "wasteful/$leaf" --against "wasteful/$leaf"
            expect "$name: $leaf is well formed" 0 - ''
            run "$VAFIT" shrink "wasteful/$leaf" --level lossless -o "small/$leaf" -q
            expect "$name: $leaf shrinks" 0 '' ''
            # As small as the linker made it: 8 bytes are padding.
            expect_true "$name: $leaf has a trie as small as the linker's" \
                test "$(trie_size "small/$leaf")" -le $((($(trie_size "$image") + 7) / 8 * 8))
            run "$VAFIT" verify "small/$leaf" --against "wasteful/$leaf"
            expect "$name: $leaf means the same" 0 - ''
            exports_of "$image" >old.exports
            exports_of "small/$leaf" >new.exports
            expect_same "$name: $leaf exports the same to LLVM" old.exports new.exports
            same_exports "$name: $leaf, wasteful" "wasteful/$leaf"
            "$VAFIT" shrink "small/$leaf" --level lossless -o again -q
            expect_true "$name: $leaf, shrinking again changes nothing" cmp "small/$leaf" again
        done
        run_program $arch wasteful/shapes >wasted 2>&1
        expect_same "$name: runs the same with a wasteful trie" before wasted
        run_program $arch small/shapes >after 2>&1
        expect_same "$name: runs the same when it is built anew" before after
    done
done
