# fix --up-to LEVEL+consolidate: where no level suffices, dylibs become one image, and what has to be smaller too is
# shrunk. What a dry run says is what is on disk then, the program prints the same, and both verbs take it back.
. "$(dirname "$0")/../lib/fix.sh"

# totals OPTION...: the sum of each program after all that the options allow, of a limit that nothing meets.
totals() {
    "$VAFIT" fix built/main --dry-run --limit 9GiB --format json "$@" | jq '.programs[0].after.sum'
}
locals=$(totals --up-to locals)
both=$(totals --up-to consolidate)
expect_true 'consolidation frees what no level does' test "$both" -lt "$locals"

# What a level does is left to the level.
for limit in $locals $((sum - 1)); do
    "$VAFIT" fix built/main --dry-run --format json --limit $limit | jq 'del(.up_to)' >wanted
    run "$VAFIT" fix built/main --dry-run --format json --limit $limit --up-to consolidate
    expect "a limit of $limit" 0 -
    expect_same "a limit of $limit: nothing is consolidated" wanted <(jq 'del(.up_to)' .out)
    expect_true "a limit of $limit: no groups" jq -e '.groups == [] and .images != []' .out
done

parts='["libone.dylib","libthree.dylib","libtwo.dylib"]'
# after REPORT: what it says the program is then. checked FILE: what check says of it.
after() {
    jq -c '.programs[0].after | [.verdict != "exceeds", .sum, .top, .top_slid]' "$1"
}
checked() {
    "$VAFIT" check "$1" --limit "$limit" --format json --exit-zero |
        jq -c '.programs[0] | [.verdict != "exceeds", .va.sum, .placement.top, .placement.top_slid]'
}
limit=$both
run "$VAFIT" fix built/main --dry-run --limit $limit
expect 'no level up to locals suffices' 1 -
for up_to in consolidate locals+consolidate symbols+consolidate; do
    fresh
    run "$VAFIT" fix out/main --dry-run --format json --limit $limit --up-to $up_to
    expect "$up_to: a dry run" 0 -
    cp .out planned
    untouched "$up_to"
    expect_same "$up_to: the group" <(echo "[\"out/libconsolidated.dylib\",$parts]") \
        <(jq -c '.groups[] | [.target, (.parts | map(sub("out/"; "")) | sort)]' planned)
    run "$VAFIT" fix out/main --in-place --format json --limit $limit --up-to $up_to
    expect "$up_to: is done" 0 -
    expect_same "$up_to: the reports differ in the outcome alone" <(jq '.outcome = "done"' planned) <(jq . .out)
    expect_same "$up_to: what was foreseen is on disk" <(checked out/main) <(after planned)
    jq -r '.images[] | "\(.target) \(.file_size_after)"' planned >wanted
    expect_true "$up_to: something is shrunk too" test -s wanted
    while read -r file size; do echo "$file $(stat -c %s "$file")"; done <wanted >sizes
    expect_same "$up_to: so are the sizes of files" wanted sizes
    run "$VAFIT" verify out/main out/*.dylib -q
    expect "$up_to: all files are well formed" 0 '' ''
    runs_the_same "$up_to" out
    run "$VAFIT" fix out/main --in-place --limit $limit --up-to $up_to
    expect "$up_to: once more" 0 "out/main (arm64): fits under macos-26 and macos-27; $(sed -n 's/.*; \(its images end at .*\)/\1/p' .out)
nothing to do"
    for verb in fix consolidate; do
        rm -rf taken && cp -rp out taken
        run "$VAFIT" $verb taken/main --undo -q
        expect "$up_to: $verb --undo" 0 - ''
        expect_true "$up_to: $verb --undo: every byte is what it was" diff -r built taken
    done
done

fresh
run "$VAFIT" fix out/main --out-dir copy --format json --limit $limit --up-to consolidate
expect 'a copy' 0 -
untouched 'a copy'
expect_same 'a copy: its group' <(echo '"copy/libconsolidated.dylib"') <(jq '.groups[].target' .out)
expect_same 'a copy: what is in it' <(printf '%s\n' libconsolidated.dylib libconsolidated.dylib.parts.json libone.dylib \
    libthree.dylib libtwo.dylib main) <(ls copy)
expect_same 'a copy: fits as the report says' <(checked copy/main) <(after .out)
runs_the_same 'a copy' copy

limit=$((both - 1))
run "$VAFIT" fix out/main --in-place --limit $limit --up-to consolidate
expect 'not even both suffice' 1 "out/main (arm64): does not fit under macos-26; fits under macos-27; $ends
$(exceeds $((sum - limit)))
no level up to locals is enough, nor is consolidating dylibs; nothing was written. With all images at locals, and dylibs consolidated:
  out/main (arm64, macos-26): image-sum is still 1 byte over its limit
$(sed -n '/^--up-to symbols would /,$p' .out)"
untouched 'not even both suffice'
run "$VAFIT" fix out/main --in-place --format json --limit $limit --up-to consolidate
expect 'likewise, JSON' 1 -
expect_same 'the next level is a level, and nothing was merged' \
    <(echo '["insufficient","locals+consolidate","symbols",[],[]]') \
    <(jq -c '[.outcome, .up_to, .next_level, .groups, .images]' .out)
