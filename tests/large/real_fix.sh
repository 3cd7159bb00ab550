# fix of a real component build: in place, into another folder, with exports of a closed world, and back.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/real_build.sh"

folder=$(real_build arm64 2>why) || { skip 'a real build' "the sources or headers cannot be had: $(tail -1 why)"; exit; }
cp -a "$folder/bin" bin
digests() { find "$1" \( -type f -o -type l \) -printf '%P %l\n' -type f -exec sha256sum {} + | sed "s# $1/# #" | sort; }
digests bin >before

# A limit that is passed by a few MiB, so that the plan has to choose.
sum=$("$VAFIT" check bin/app --format json | jq '.programs[0].va.sum')
limit=$((sum - 1500000))
run "$VAFIT" fix bin/app --dry-run --limit $limit
expect 'the plan' 0 - ''
expect_true 'it takes a few images only' test "$(sed -n 's/^would rewrite \([0-9]*\) of 70 images:/\1/p' .out)" -lt 10
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

# A plain limit of 0 wants all that exports can give.
run "$VAFIT" fix bin/app bin/leveldbutil --dry-run --up-to exports --limit 1 --format json
expect 'nothing suffices' 1 - ''
run "$VAFIT" fix bin/app --in-place --up-to exports --limit "$((sum - 3200000))" -q
expect 'with exports of a closed world' 0 - ''
exports() { for image in bin/*.dylib; do [ -L "$image" ] || llvm-objdump-19 --macho --exports-trie "$image"; done | grep -c '^0x'; }
left=$(exports)
run "$VAFIT" fix bin/app --undo -q
all=$(exports)
expect_true "of $all exports $left are left" test "$left" -lt $((all / 2))
digests bin >after
expect_same 'undo restores every byte again' before after
