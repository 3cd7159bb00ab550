# The rule shared-region says in how many launches an executable reaches into the shared region: the slide is
# (0, 1 or 2) x 32 MiB + (1 to 1023) x 16 KiB, so that it may be all of them, one section of three, or none.
# Labels: quick
. "$(dirname "$0")/../lib/rules.sh"

# zero_filled FILE BYTES: an executable with an array of so many bytes that the file does not have: __DATA of
# one page in the file, and __LINKEDIT of one page behind it.
zero_filled() {
    local linkedit=$((0x100008000 + $2))
    image "$1" --segment __PAGEZERO=0+0x100000000 --segment __TEXT=0x100000000+0x8000 \
        --segment __DATA=0x100008000+0x4000 --segment "__LINKEDIT=$linkedit+0x4000"
    "$POKE" "$1" 'LC_SEGMENT_64[2]+32:8' "$2"
}
# of_size FILE BYTES: an executable of so many bytes, nearly all of them __LINKEDIT.
of_size() {
    image "$1" --segment __PAGEZERO=0+0x100000000 --segment __TEXT=0x100000000+0x8000 \
        --segment "__LINKEDIT=0x100008000+$(($2 - 0x8000))"
}
# launches: "SLIDES_HIT SLIDES PROBABILITY" of the last JSON report.
launches() {
    jq -r '.programs[0].shared_region | "\(.slides_hit) \(.slides) \(.probability)"' .out
}
reach=', and slid by 80.0 MiB at'
region='the shared region at 0x180000000'

zero_filled one $((1 << 30))
says 'an array of 1 GiB passes' shared-region 0 \
    "pass 5452627968 6442450944 989822976 the executable ends at 0x14000c000$reach 0x145008000, 944.0 MiB below $region" one
expect_true 'and no slide is too great' test "$(launches)" = '0 3069 0'
zero_filled two $((2 << 30))
says 'an array of 2 GiB fails' shared-region 1 \
    "error 6526369792 6442450944 -83918848 the executable ends at 0x18000c000$reach 0x185008000, 80.0 MiB past $region; every slide reaches it, so every launch aborts" two
expect_true 'at every slide' test "$(launches)" = '3069 3069 1'

# 1.90 and 1.95 GiB, in pages: 2 GiB less 102.4 and less 51.2 MiB.
of_size near $((124518 * 16384))
run "$VAFIT" check near --format json
expect_true 'an image of 1.90 GiB passes' test "$(finding shared-region | cut -d' ' -f1)" = pass
expect_true 'at every slide there is' test "$(launches)" = '0 3069 0'
of_size third $((127795 * 16384))
run "$VAFIT" check third --format json -q
expect 'an image of 1.95 GiB fails' 1 - ''
expect_true 'with the third section: a third of launches' test "$(launches | cut -c1-14)" = '1023 3069 0.33'
run "$VAFIT" check third -q
expect 'the text gives the share' 1 "third (arm64): does not fit under macos-26 and macos-27
  error: shared-region: the executable ends at 0x17cccc000$reach 0x181cc8000, 28.8 MiB past $region; 1023 of 3069 slides reach it, so about 33.33 % of launches abort"
# Less 80 MiB and a page more, so that only the greatest slide of all fails: 2 GiB - 80 MiB + 2 pages.
of_size last $(((2 << 30) - (80 << 20) + 2 * 16384))
run "$VAFIT" check last -q
expect 'one slide is enough to fail' 1 "last (arm64): does not fit under macos-26 and macos-27
  error: shared-region: the executable ends at 0x17b008000$reach 0x180004000, 16.0 KiB past $region; 1 of 3069 slides reach it, so about 0.03 % of launches abort"
of_size all_but $(((2 << 30) - (80 << 20) + 16384))
run "$VAFIT" check all_but -q
expect 'what ends there with the greatest slide passes' 0 ''

# Slides that only a profile file tells of have no share; a profile without a shared region has no such rule.
echo '{"schema": "vafit.profile/1", "name": "mine", "based_on": "macos-26", "arm64": {"slide_most": "64MiB"}}' >mine.json
run "$VAFIT" check third --profile mine.json -q
expect 'a greatest slide alone tells no share' 1 "third (arm64): does not fit under mine
  error: shared-region: the executable ends at 0x17cccc000, and slid by 64.0 MiB at 0x180ccc000, 12.8 MiB past $region"
run "$VAFIT" check third --profile mine.json --format json
expect_true 'and is null in JSON' test "$(jq -c '.programs[0].shared_region' .out)" = null
echo '{"schema": "vafit.profile/1", "name": "none", "based_on": "macos-26", "arm64": {"shared_region": [0, 0]}}' >none.json
says 'a profile without a shared region has no such rule' shared-region 0 \
    'not-applicable null null null does not apply: this profile has no shared region' third --profile none.json
expect_true 'nor its share' test "$(jq -c '.programs[0].shared_region' .out)" = null
image dylib --type dylib --id @rpath/dylib --text 16384
run "$VAFIT" check dylib --format json
expect_true 'without an executable there is no share' test "$(jq -c '.programs[0].shared_region' .out)" = null
