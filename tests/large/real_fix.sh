# fix of a real component build: in place, into another folder, with exports of a closed world, and back.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/real_build.sh"

folder=$(real_build arm64 2>why) || { skip 'a real build' "the sources or headers cannot be had: $(tail -1 why)"; exit; }
cp -a "$folder/bin" bin
digests() { find "$1" \( -type f -o -type l \) -printf '%P %l\n' -type f -exec sha256sum {} + | sed "s# $1/# #" | sort; }
digests bin >before

# needs LEVEL: the least limit that all images at that level keep.
needs() {
    "$VAFIT" fix bin/app --dry-run --limit 10GiB --up-to "$1" --format json |
        jq '10737418240 + ([.programs[0].after.misses[] | select(.rule == "image-sum").bytes][0])'
}
sum=$("$VAFIT" check bin/app --format json | jq '.programs[0].va.sum')
# Half of what locals frees, so that the plan has to choose.
limit=$(((sum + $(needs locals)) / 2))
run "$VAFIT" fix bin/app --dry-run --limit $limit
expect 'the plan' 0 - ''
count=$(sed -n 's/^would rewrite \([0-9]*\) of 70 images:/\1/p' .out)
expect_true "it takes $count images of 70" test "$count" -lt 20
run "$VAFIT" fix bin/app --in-place --limit $limit -q
expect 'in place' 0 - ''
run "$VAFIT" check bin/app -q --limit $limit
expect 'it fits now' 0 - ''
for original in bin/*.unstripped; do
    "$VAFIT" verify "${original%.unstripped}" --against "$original" -q || echo "$original"
done >bad 2>&1
expect_true 'each image means the same as its original' test ! -s bad
run "$VAFIT" fix bin/app --undo -q
digests bin >after
expect_same 'undo restores every byte' before after

run "$VAFIT" fix bin/app --out-dir copy --limit $limit -q
expect 'into another folder' 0 - ''
expect_true 'with all images' test "$(find copy -name '*.dylib' -type f | wc -l)" = "$(find bin -name '*.dylib' -type f | wc -l)"
digests bin >after
expect_same 'the build itself is untouched' before after

run "$VAFIT" fix bin/app --dry-run --up-to exports --limit $(($(needs exports) - 1)) -q
expect 'one byte less than exports can give is too little' 1 - ''
run "$VAFIT" fix bin/app --in-place --up-to exports --limit "$(needs exports)" -q
expect 'with exports of a closed world' 0 - ''
exports() { for image in bin/*.dylib; do [ -L "$image" ] || llvm-objdump-19 --macho --exports-trie "$image"; done | grep -c '^0x'; }
left=$(exports)
run "$VAFIT" fix bin/app --undo -q
all=$(exports)
expect_true "of $all exports $left are left" test "$left" -lt $((all / 2))
digests bin >after
expect_same 'undo restores every byte again' before after
