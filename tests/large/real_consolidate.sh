# The real build consolidated: abseil and protobuf become one image, what collides is left alone with its reason,
# and abseil's self-check, which runs in the tests' loader, prints the same.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/real_build.sh"

folder=$(real_build arm64 2>why) || { skip 'a real build' "the sources or headers cannot be had: $(tail -1 why)"; exit; }
cp -r "$folder/bin" arm64
run "$VAFIT" consolidate arm64/app --in-place --format json
expect '70 images are consolidated' 0 -
cp .out report
expect_true 'into three' test "$(jq '[.images_before, .images_after] == [70, 3]' report)" = true
expect_true 'abseil as one image' test "$(jq '[.groups[].parts[] | select(test("libabsl_"))] | length' report)" = \
    "$(find "$folder/bin" -name 'libabsl_*.dylib' -type f | while read -r file; do
        "$VAFIT" why "$folder/bin/app" "$file" >/dev/null 2>&1 && echo "$file"; done | wc -l)"
# Two definitions of one name, by a second reader.
name=$(jq -r '.left_alone[0].reason' report | sed 's/exports \([^,]*\),.*/\1/')
for dylib in protobuf protobuf-lite; do
    llvm-nm-19 --defined-only --extern-only --format=just-symbols "$folder"/bin/lib$dylib.[0-9]*.[0-9]*.dylib | grep -qx -- "$name"
    echo $?
done >found
printf '0\n0\n' >wanted
expect_same "libprotobuf is left alone, since both export $name" wanted found
run "$VAFIT" verify arm64/libconsolidated.dylib
expect 'the merged image is well formed' 0 'arm64/libconsolidated.dylib: well formed, and means the same'
llvm-objdump-19 --macho --all-headers --exports-trie --unwind-info arm64/libconsolidated.dylib >/dev/null 2>said
expect_same 'LLVM reads it without a word' /dev/null said
for path in "$folder"/bin/*.dylib; do
    [ -f "$path" ] || continue
    llvm-nm-19 --defined-only --extern-only --format=just-symbols "$path"
done | sort -u >old
for path in arm64/libconsolidated.dylib arm64/libprotobuf.[0-9]*.[0-9]*.dylib; do
    llvm-nm-19 --defined-only --extern-only --format=just-symbols "$path"
done | sort -u >new
expect_same 'every exported symbol is there' old new
run "$VAFIT" consolidate arm64/app --undo -q
expect 'taken back' 0
expect_true 'every byte is what it was' diff -r arm64 "$folder/bin"

folder=$(real_build x86_64 abseil 2>why) || { skip 'a real build' "the sources or headers cannot be had: $(tail -1 why)"; exit; }
cp -r "$folder/bin" x86_64
run "$VAFIT" consolidate x86_64/selfcheck --in-place -q
expect 'the self-check of abseil is consolidated' 0
[ "$(uname -m)" = x86_64 ] || { skip 'a self-check of abseil' 'the host is not x86-64'; exit; }
libcxx=$(real_base)/sdk.debs/x/usr/lib/llvm-19/lib
runs() {
    RUN_MACHO_LIBCXX=$libcxx/libc++.so.1 LD_LIBRARY_PATH=$libcxx \
        timeout 60 "$BUILD/tests/run_macho/run_macho" "$1" 2>&1 | head -c 100000
}
runs "$folder/bin/selfcheck" >wanted
runs x86_64/selfcheck >found
expect_true "the self-check runs: $(wc -l <wanted) lines" grep -qx done wanted
expect_same 'and prints the same' wanted found
