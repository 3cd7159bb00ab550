# check --compact: a report of many programs in which each image and each rule stands once, and nothing is missing.
# Labels: quick
. "$(dirname "$0")/../lib/rules.sh"

# The report vafit.check/1 that a report vafit.checks/1 stands for.
cat >expand.jq <<'END'
. as $all | {schema: "vafit.check/1", verdict, source, programs: [.programs[] | . + {
    findings: [.findings[] | . as $finding | . + {help:
        (($all.rules[] | select(.rule == $finding.rule).help) + (($finding.help // {}) | with_entries(select(.value != null))))}],
    images: [.images[] | . as [$image, $address, $by] | $all.images[$image] +
        {address: $address, loaded_by: (if $by == null then null else $all.images[$by].path end)}]}]}
END
# same NAME ARGUMENT...
same() {
    "$VAFIT" check "${@:2}" --format json | jq -S . >whole
    "$VAFIT" check "${@:2}" --format json --compact >compact
    jq -S -f expand.jq compact >expanded
    expect_same "$1: nothing is missing" whole expanded
    expect_true "$1: each image stands once" test "$(jq '.images | map(.path) | length - (unique | length)' compact)" = 0
    expect_true "$1: each entry of a list has a line" test "$(wc -l <compact)" = \
        "$(jq '9 + (.rules | length) + (.images | length) + (.programs | length)' compact)"
}
executable long 1968 --load @rpath/lib1.dylib --load @rpath/libgone.dylib
same 'three programs' two three long
same 'one program' two --profile macos-26
# An array that the file does not have, of which advice of its own is given, and an image for which there is no room.
image full.dylib --type dylib --id @rpath/full.dylib --segment __TEXT=0+0x8000 --segment __DATA=0x8000+0x4000 \
    --segment __LINKEDIT=0x120008000+0x4000
"$POKE" full.dylib 'LC_SEGMENT_64[1]+32:8' 0x120000000
executable wide 1024 --load @rpath/full.dylib --load @rpath/lib1.dylib
echo '{"schema": "vafit.profile/1", "name": "small", "based_on": "macos-26", "arm64": {"address_end": "14GiB", "stack_end": "13GiB", "reserved": []}}' >small.json
same 'an image without room' wide two --profile small.json
expect_true 'which has no address' test "$(jq '[.programs[].images[] | select(.[1] == null)] | length' compact)" != 0
expect_true 'and advice of its own' test "$(jq '[.programs[].findings[] | select(.help != null)] | length' compact)" = 1
"$VAFIT" scan two three lib?.dylib >facts.json
same 'from facts' two three --facts facts.json
mkdir arm64 x86_64
for arch in arm64 x86_64; do image $arch/thin --arch $arch --text 16384; done
"$MAKE_MACHO" universal --out both arm64/thin x86_64/thin
"$VAFIT" check both --format json --compact >compact
expect_true 'two slices are two images' test "$(jq '.images | length' compact)" = 2

"$VAFIT" check two three --format json >whole.json
"$VAFIT" check two three --format json --compact >compact.json
executable two 1100 --load @rpath/lib1.dylib --load @rpath/lib2.dylib
"$VAFIT" check two three --format json >later.json
for base in whole compact; do
    "$VAFIT" diff $base.json later.json --format json | jq 'del(.base)' >from_$base
done
expect_true 'diff tells growth' test "$(jq '.programs[0]' from_whole | wc -l)" -gt 3
expect_same 'diff reads both' from_whole from_compact
while IFS='|' read -r change what; do
    jq "$change" compact.json >bad.json
    run "$VAFIT" diff bad.json later.json
    expect "bad: $change" 3 '' "vafit: bad.json: $what"
done <<'END'
del(.images)|images: not a list
.images[1].va = "1"|images[1].va: not a whole number
.programs[0].images = 1|programs[0].images: not a list
.programs[1].images[2][0] = 99|programs[1].images[2].0: not the number of an image
.programs[1].images[2][0] = -1|programs[1].images[2].0: not the number of an image
.programs[1].images[2] = null|programs[1].images[2].0: not the number of an image
END
for format in text sarif github junit; do
    run "$VAFIT" check two --format $format --compact
    expect "$format has no such form" 2 '' "vafit: --compact needs --format json${NEWLINE}vafit: see \`vafit help check\`"
done
