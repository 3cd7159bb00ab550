# check --metrics: the numbers that a dashboard follows.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"

for name in liba.dylib libb.dylib; do
    "$MAKE_MACHO" image --out $name --type dylib --id @rpath/$name --segment __TEXT=0+0x40000000 \
        --segment __LINKEDIT=0x40000000+0x1000000
done
"$MAKE_MACHO" image --out main --text 16384 --rpath @loader_path --load @rpath/liba.dylib
run "$VAFIT" check main --profile macos-26 --profile macos-15 --limit 5GiB --rule malloc-window=off --format json \
    -o report.json --exit-zero --metrics deep/metrics.json
expect 'beside a report' 0 '' ''
# Each number from the report; headroom_left is the one that is computed.
jq '{schema: "vafit.metrics/1", programs: [.programs[] | {executable, arch, profile, sum: .va.sum, top_slid: .placement.top_slid,
    limit: .placement.limit, headroom_left: (.placement.limit - .placement.top_slid), probability: .malloc_window.probability?,
    image_count, heaviest_va: 1090519040, unresolved: 0, heaviest_image: "liba.dylib"}]}' report.json >wanted
jq 'del(.histograms)' deep/metrics.json >found
expect_same 'every number, of each program and profile' wanted found
expect_true 'past the limit, what is left is negative' jq -e '.programs[0].headroom_left < 0' deep/metrics.json
jq -c '.programs[] | . as $program | ["sum", "top_slid", "limit", "headroom_left", "probability", "image_count", "heaviest_va",
    "unresolved"][] | {name: "vafit.\(.).main.arm64.\($program.profile)", value: $program[.]} | select(.value != null)' \
    deep/metrics.json >wanted
jq -c '.histograms[]' deep/metrics.json >found
expect_same 'the same as pairs, without what is null' wanted found
expect_true 'of both profiles' test "$(wc -l <found) $(jq -c '[.programs[].probability]' deep/metrics.json)" = '15 [null,0]'
run "$VAFIT" check main --profile macos-15 --metrics m.json
expect_true 'no limit: null, and no pair' test \
    "$(jq -c '[.programs[0] | .limit, .headroom_left], [.histograms[].name | select(test("limit|left|prob"))]' m.json | tr '\n' ' ')" = \
    '[null,null] [] '

touch -d 2001-01-01 m.json
run "$VAFIT" check main --profile macos-15 --metrics m.json -o text
expect_true 'an equal file is left untouched' test "$(date -r m.json +%Y)" = 2001
run "$VAFIT" check main --metrics - -o text
expect_true 'standard output takes them, where the report goes to a file' jq -e '.schema == "vafit.metrics/1"' .out
for places in '--metrics -' '--metrics - -o -' '--metrics - -o text --depfile -' \
    '--metrics - -o text --baseline - --update-baseline'; do
    run "$VAFIT" check main $places
    expect "but not with another: $places" 2 '' \
        'vafit: standard output takes one of the report, depfile, metrics and baseline
vafit: see `vafit help check`'
done
for places in '-o m' '-o r --depfile m' '--baseline m --update-baseline'; do
    run "$VAFIT" check main --metrics m $places
    expect "one name for two results: $places" 2 '' \
        'vafit: --metrics m: another file of this run has that name
vafit: see `vafit help check`'
done
expect_true 'nothing is written then' test ! -e m
mkdir folder
run "$VAFIT" check main -o text --metrics folder
expect 'what cannot be written' 4 '' 'vafit: folder: cannot write: Is a directory'
"$MAKE_MACHO" image --out two --text 16384 --rpath @loader_path --load @rpath/libb.dylib --load @rpath/liba.dylib
run "$VAFIT" check two --profile macos-26 --metrics m.json -o text
expect_true 'of equally heavy images the first' test "$(jq -r .programs[0].heaviest_image m.json)" = libb.dylib
rm liba.dylib
run "$VAFIT" check main --metrics m.json -o text
expect_true 'missing dylibs are counted' test "$status $(jq .programs[0].unresolved m.json)" = '3 1'
