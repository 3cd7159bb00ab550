# The cases of public reports, at full size.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/space.sh"

# between NAME JQ LOW HIGH: a number of the last report lies between two others.
between() {
    expect_true "$1: $(jq "$2" .out) lies between $3 and $4" jq -e "$2 >= $3 and $2 <= $4" .out
}

# Apple's developer forums, thread 821081: an executable of 517 MiB __TEXT and 1.04 GiB __LINKEDIT with
# 516 dylibs of 4.65 GiB crashes in about 2 % of launches of macOS 26.
"$MAKE_MACHO" component --shape simple --out build
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
    "$MAKE_MACHO" component --shape simple --out build --seed $seed
    run "$VAFIT" check build/browser_tests --format json
    between "the top of another such build, $seed" ".programs[0].placement.top_slid $gib" 16.2 16.7
done
rm -rf build

# The same with real symbol tables: fixed, checked, taken back. What lies in holes is zeros in both
# archives, so that only the rest is read.
contents() {
    tar --sparse -cf - build/* | sha256sum
}
"$MAKE_MACHO" component --shape simple --out build --density 5 --executable-density 100 --hashes
contents >before
run "$VAFIT" fix build/browser_tests --in-place --format json
expect 'the component build is fixed' 0 - ''
expect_true 'it did not fit, and does now' test \
    "$(jq -c '[.outcome, .image_count, (.programs[] | select(.profile == "macos-26") | .before.verdict, .after.verdict)]' .out)" = \
    '["done",517,"exceeds","fits"]'
expect_true 'by the executable first, and few dylibs' jq -e \
    '.images[0].path == "build/browser_tests" and (.images | length) < 10' .out
run "$VAFIT" check build/browser_tests --format json
expect 'check says that it fits' 0 - ''
expect_true 'the top and the headroom of 64 MiB end below 16 GiB' jq -e \
    '.programs[0].placement.top_slid + 67108864 <= 17179869184' .out
run "$VAFIT" verify build/browser_tests
expect 'the new executable is well formed, its page hashes too' 0 'build/browser_tests: well formed' -
contents >after
expect_true 'files are other ones now' test "$(cat before)" != "$(cat after)"
run "$VAFIT" fix build/browser_tests --undo -q
expect 'the component build is taken back' 0 '' ''
contents >after
expect_same 'every byte is what it was' before after
rm -rf build

# executable NAME SEGMENT...: an executable with that segment table.
executable() {
    "$MAKE_MACHO" image --out "$1" --segment __PAGEZERO=0+0x100000000 "${@:2}"
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

# rust-lang/rust #159426: aborts; 3,173,815 N_FUN stabs with names of 475 bytes on average, a string
# table of 1.51 GB. A tenth of that here; __TEXT, a hole, takes the executable past 0x180000000 all
# the same. Functions are named in the debug map alone, so that lossless frees next to nothing.
"$MAKE_MACHO" image --out program --rust-names 151073594 --name-length 475 --text 1.9GiB --hashes
cp --sparse=always program original
llvm-nm-19 -ap program >symbols
expect_true 'as many functions and as long names as reported, a tenth of them' awk '
    $6 ~ /^_/ && $5 == "FUN" { count++; bytes += length($6) + 1 }
    END { exit !(count > 317300 && count < 317400 && bytes > 150.5e6 && bytes < 151.5e6) }' symbols
# ends_at BYTES: what is said of an executable of so many bytes.
ends_at() {
    local end=$((0x100000000 + $1)) slid=$((0x100000000 + $1 + 0x4ffc000))
    printf 'the executable ends at 0x%x, and slid by 80.0 MiB at 0x%x, %s past the shared region at 0x180000000; every slide reaches it, so every launch aborts' \
        $end $slid "$(human $((slid - 0x180000000)))"
}
# top BYTES: where that executable ends, slid.
top() {
    human $((0x100000000 + $1 + 80 * 1024 * 1024))
}
before=$(space program)
expect_true 'the executable passes the start of the shared region' test $((0x100000000 + before)) -gt $((0x180000000))
run "$VAFIT" check program --format json
expect_true 'shared-region fails, and nothing else' test \
    "$(jq -c '[.programs[0].findings[] | select(.level == "error") | .rule, .message]' .out)" = \
    "[\"shared-region\",\"$(ends_at $before)\"]"
run "$VAFIT" fix program --dry-run --format json
expect_true 'debug-map of the one image is planned' test \
    "$(jq -c '[.outcome, (.images[] | .path, .level)]' .out)" = '["planned","program","debug-map"]'
run "$VAFIT" fix program --in-place
after=$(space program)
expect 'Rust: fixed by debug-map' 0 "program (arm64): does not fit under macos-26 and macos-27; its images end at $(top $before)
  error: shared-region: $(ends_at $before)
rewrote 1 of 1 images:
  debug-map: program: $(human $after), was $(human $before); frees $((before - after)) bytes
program (arm64): now fits under macos-26 and macos-27; its images end at $(top $after)"
llvm-nm-19 -ap program >left
awk '$2 != "-"' symbols >wanted
expect_same 'just the debug map went' wanted left
# 16 bytes a stab and the names of functions, files and folders with their NULs, as `symbols` has them;
# 32 bytes less of hashes for every 4096 of these; two pages of rounding.
awk '$2 == "-" { entries++; bytes += $6 == "" ? 0 : length($6) + 1 }
    END { size = entries * 16 + bytes; print int(size + size / 128) }' symbols >freed
off=$((before - after - $(cat freed)))
expect_true 'frees what the debug map takes' test ${off#-} -le 32768
run "$VAFIT" check program -q
expect 'Rust: check says that it fits' 0
run "$VAFIT" verify program
expect 'Rust: is well formed' 0 'program: well formed' -
run "$VAFIT" fix program --undo
expect 'Rust: taken back' 0 'restored 1 of 1 images'
expect_true 'Rust: every byte is what it was' cmp program original
