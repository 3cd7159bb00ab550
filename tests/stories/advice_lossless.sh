# check says what level lossless would free at least, where a program has no room, and when it is asked.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"

mkdir program
"$MAKE_MACHO" image --out program/libbase.dylib --type dylib --symbols 300 --id @rpath/libbase.dylib
"$MAKE_MACHO" image --out program/main --type execute --symbols 500 --rpath @loader_path --load @rpath/libbase.dylib
# lossless CHECK-ARGUMENT...: of the report.
lossless() {
    "$VAFIT" check program/main --format json "$@" | jq '.programs[0].would_free.lossless'
}

expect_true 'a program that fits is not counted' test "$(lossless)" = null
"$MAKE_MACHO" image --out program/lacking --type execute --symbols 500 --misaligned-strings --load @rpath/libgone.dylib
expect_true 'nor one that only misses a dylib, and is misaligned' test \
    "$("$VAFIT" check program/lacking --format json | jq -c '.programs[0] | [.verdict, .would_free.lossless]')" = '["exceeds",null]'
expect_true 'nor one that must not be' test "$(lossless --limit 1GiB --advice never)" = null
wanted=0
for image in program/main program/libbase.dylib; do
    wanted=$((wanted + $(python3 "$TESTS/lib/lossless.py" $image | cut -d' ' -f1)))
done
expect_true 'there is something to free' test "$wanted" -gt 0
expect_true 'one that is too large is, as a second reader does' test "$(lossless --limit 1GiB)" = "$wanted"
expect_true 'so is one that comes near a limit' test "$(lossless --warn-at 1)" = "$wanted"
expect_true 'and one of which it is asked' test "$(lossless --advice always)" = "$wanted"
exact=$("$VAFIT" shrink program/main program/libbase.dylib --dry-run --format json | jq .sum.would_free.lossless)
expect_true "shrink frees no less: $exact, of them known $wanted" test "$exact" -ge "$wanted" -a "$exact" -lt $((wanted * 11 / 10))

run "$VAFIT" check program/main --advice always
. "$TESTS/lib/space.sh"
size() { if [ "$1" -lt 1024 ]; then echo "$1 bytes"; else human "$1"; fi; }
expect_true 'the text says the same' grep -qxF "  rewriting the heaviest 2 without loss frees at least $(size "$wanted")" .out

"$VAFIT" scan program/main program/libbase.dylib -o facts.json
expect_true 'facts know it' test "$(lossless --facts facts.json --advice always)" = "$wanted"
expect_true 'and the strings that are there twice' test \
    "$(jq -c '[.images[].slices[0].repeated_strings]' facts.json)" = \
    "[$(python3 "$TESTS/lib/lossless.py" program/main | cut -d' ' -f2),$(python3 "$TESTS/lib/lossless.py" program/libbase.dylib | cut -d' ' -f2)]"
jq 'del(.images[0].slices[0].lossless, .images[0].slices[0].repeated_strings)' facts.json >older.json
expect_true 'facts of former versions do not' test "$(lossless --facts older.json --advice always)" = null
jq '.images[0].slices[0].lossless = 99999999' facts.json >wrong.json
run "$VAFIT" check program/main --facts wrong.json
expect 'more than there is cannot be freed' 3 '' \
    'vafit: wrong.json: images[0].slices[0].lossless: is more than the vm_size of __LINKEDIT'
