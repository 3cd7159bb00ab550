# Bytes that no table reaches, put into real programs at every place there is: kept, or refused with offset
# and size; never lost at exit 0, and found to be gone by verify --against.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
. "$TESTS/lib/npm.sh"

small_program arm64 arm64 && small_program x86_64 x86_64 && small_program x86_64 classic -no_fixup_chains ||
    { fail 'building' <<<'the compiler or the linker failed'; exit; }
mv classic/main classic/classic && mv arm64/main arm64/signed && mv x86_64/main x86_64/unsigned
llvm-lipo-19 -create arm64/signed x86_64/unsigned -output universal
files=(arm64/signed arm64/libbase.dylib x86_64/unsigned x86_64/libbase.dylib classic/classic universal)
while read -r package file; do
    folder=$(npm_package "$package") || { skip "$package" 'it cannot be fetched'; continue; }
    found=$(find "$folder" -type f -name "$file" | head -1)
    cp "$found" "${file//\*/}" && files+=("${file//\*/}")
done <<'END'
@swc/core-darwin-arm64@1.16.18 swc.darwin-arm64.node
@node-llama-cpp/mac-arm64-metal@3.21.1 llama-addon.node
END
python3 "$TESTS/lib/payloads.py" "$VAFIT" "$STORY" "${files[@]}" >payloads.out 2>payloads.err
status=$?
cat payloads.out
expect_true 'the variants were made' test $status = 0
expect_true 'there are at least 200' test "$(sed -n 's/^# \([0-9]*\) variants$/\1/p' payloads.out)" -ge 200
