# The cases of public reports, at full size.
. "$(dirname "$0")/../lib/story.sh"

# between NAME JQ LOW HIGH: a number of the last report lies between two others.
between() {
    expect_true "$1: $(jq "$2" .out) lies between $3 and $4" jq -e "$2 >= $3 and $2 <= $4" .out
}

# Apple's developer forums, thread 821081: an executable of 517 MiB __TEXT and 1.04 GiB __LINKEDIT with
# 516 dylibs of 4.65 GiB crashes in about 2 % of launches of macOS 26.
"$SYNTH" component --out build
run "$VAFIT" check build/browser_tests --format json
expect 'the component build does not fit' 1 - ''
gib='/ 1073741824'
between 'its images' ".programs[0].va.images $gib" 10.18 10.2
between 'image-sum' ".programs[0].va.sum $gib" 16.1 16.3
between 'the top' ".programs[0].placement.top_slid $gib" 16.25 16.65
between 'the odds' '.programs[0].malloc_window.probability' 0.01 0.03
expect_true 'malloc-window and image-sum fail, shared-region holds' test \
    "$(jq -r '[.programs[0].findings[] | select(.level != "not-applicable") | "\(.rule) \(.level)"] | join(", ")' .out)" = \
    'image-sum error, malloc-window error, shared-region pass, image-size pass, linkedit-alignment pass, unresolved pass'
expect_true 'all 517 images are counted, in one program' test \
    "$(jq -c '[.programs[0].image_count, (.programs[0].unresolved | length)]' .out)" = '[517,0]'
expect_true 'no image overlaps another, the shared region or __PAGEZERO' jq -e '
    [.programs[0].images[] | [.address, .address + .va]] + [[6442450944, 12884901888], [0, 4294967296]] |
    sort | [range(1; length) as $i | .[$i][0] >= .[$i - 1][1]] | all' .out
for seed in 2 3 4; do
    rm -rf build
    "$SYNTH" component --out build --seed $seed
    run "$VAFIT" check build/browser_tests --format json
    between "the top of another such build, $seed" ".programs[0].placement.top_slid $gib" 16.2 16.7
done
rm -rf build

# executable NAME SEGMENT...: an executable with that segment table.
executable() {
    "$SYNTH" image --out "$1" --segment __PAGEZERO=0+0x100000000 "${@:2}"
}
# region NAME LEVEL TOP: what shared-region says of an executable that ends at TOP.
region() {
    run "$VAFIT" check "$1" --format json --top 0
    expect_true "$1: shared-region, top $3: $2" test \
        "$(jq -r '.programs[0].findings[] | select(.rule == "shared-region") | "\(.level) \(.message)"' .out |
            sed 's/, and slid.*//')" = "$2 the executable ends at $3"
    rm "$1"
}
# HeliosSoftware/hfs #508: aborts; two later builds load. The report gives __TEXT, __DATA_CONST, __DATA
# and __LINKEDIT of the first; of the later ones only the tops, so that the rest is __LINKEDIT here.
executable hfs-aborts --segment __TEXT=0x100000000+0x3d52c000 \
    --segment __DATA_CONST=0x13d52c000+6356992 --segment __DATA=0x13db3c000+81920 \
    --segment __LINKEDIT=0x13db50000+1171980288
region hfs-aborts error 0x183900000
executable hfs-later --segment __TEXT=0x100000000+0x3d52c000 --segment __LINKEDIT=0x13d52c000+0x13378000
region hfs-later pass 0x1508a4000
executable hfs-latest --segment __TEXT=0x100000000+0x3d52c000 --segment __LINKEDIT=0x13d52c000+0xe60c000
region hfs-latest pass 0x14bb38000
# risingwavelabs/risingwave #27001: aborts.
executable risingwave --segment __TEXT=0x100000000+0x2ebf4000 --segment __LINKEDIT=0x12ebf4000+0x59b64000
region risingwave error 0x188758000
