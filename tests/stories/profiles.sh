# Several profiles: the program is walked once and judged for each, the oldest system first; the verdict is the worst.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

small_program x86_64 out || fail 'building' <<<'the linker failed'
llvm-strip-19 -x out/libleft.dylib
run "$VAFIT" check out/main --profile macos-27 --profile macos-15 --profile macos-26 --format json
expect 'the worst verdict counts' 1 -
expect_same 'an entry each, the oldest first' <(printf '%s\n' 'macos-15 warning' 'macos-26 warning' 'macos-27 exceeds') \
    <(jq -r '.programs[] | "\(.profile) \(.verdict)"' .out)
cp .out several
for name in 15 26 27; do
    "$VAFIT" check out/main --profile macos-$name --format json >one
    expect_same "macos-$name: as by itself" <(jq '.programs[0]' one) \
        <(jq --arg name macos-$name '.programs[] | select(.profile == $name)' several)
done
run "$VAFIT" check out/main out/libbase.dylib --profile macos-27 --profile macos-26 --format json
expect_same 'two programs' <(printf '%s\n' out/main:macos-26 out/main:macos-27 out/libbase.dylib:macos-26 out/libbase.dylib:macos-27) \
    <(jq -r '.programs[] | "\(.executable):\(.profile)"' .out)
run "$VAFIT" check out/main --profile macos-27 --profile macos-26 --rule linkedit-alignment=warn
expect 'a severity that was given holds for all' 0 -

# A baseline has an entry of each; without one, growth does not apply.
"$VAFIT" check out/main --profile macos-26 --baseline base.json --update-baseline -q >/dev/null
run "$VAFIT" check out/main --profile macos-26 --profile macos-15 --baseline base.json --max-growth 1MiB --format json
expect_same 'a baseline of one profile' <(printf '%s\n' 'macos-15 not-applicable' 'macos-26 pass') \
    <(jq -r '.programs[] | "\(.profile) \(.findings[] | select(.rule == "growth") | .level)"' .out)
"$VAFIT" check out/main --profile macos-26 --profile macos-15 --baseline base.json --update-baseline -q >/dev/null
expect_same 'both are recorded' <(printf 'macos-15\nmacos-26\n') <(jq -r '.programs[].profile' base.json)

run "$VAFIT" check out/main --profile macos-26 --profile macos-26
expect 'one twice' 2 '' "vafit: --profile macos-26: that profile is given twice
vafit: see \`vafit help check\`"

# Without --profile: every system with a window, from the program's minimum version on.
judged_for() {
    jq -c '[.programs[].profile]' .out
}
run "$VAFIT" check out/main --format json
expect_true 'by default both that have a window' test "$(judged_for)" = '["macos-26","macos-27"]'
for version in 26.4=0x1a0400 27=0x1b0000 28.1=0x1c0100; do
    "$POKE" out/main LC_BUILD_VERSION+12:4 ${version#*=}
    run "$VAFIT" check out/main --format json
    wanted='["macos-27"]'
    [ ${version%=*} = 26.4 ] && wanted='["macos-26","macos-27"]'
    expect_true "a program for ${version%=*} and later" test "$(judged_for)" = "$wanted"
    run "$VAFIT" scan out/main out/*.dylib -o facts.json
    run "$VAFIT" check out/main --facts facts.json --format json
    expect_true "a program for ${version%=*} and later, from facts" test "$(judged_for)" = "$wanted"
done
run "$VAFIT" check out/main --profile macos-26 --format json
expect_true 'one that is named holds all the same' test "$(judged_for)" = '["macos-26"]'
jq 'del(.. | .minimum_version?)' facts.json >old.json
run "$VAFIT" check out/main --facts old.json --format json
expect_true 'facts of former versions do not know' test "$(judged_for)" = '["macos-26","macos-27"]'
"$POKE" out/main LC_BUILD_VERSION+12:4 0x0d0000

# A limit is about the system whose region leaves room for it.
"$MAKE_MACHO" image --out arm --text 16384
run "$VAFIT" check arm --limit 12GiB --format json
expect_true 'a limit below 442 GiB is not held against macos-27' test \
    "$(jq -c '[.programs[].placement.limit]' .out)" = "[$((12 << 30)),$((454 << 30))]"
run "$VAFIT" check arm --limit 450GiB --format json
expect_true 'one above it is' test "$(jq -c '[.programs[].placement.limit]' .out)" = "[$((450 << 30)),$((450 << 30))]"
run "$VAFIT" check arm --profile macos-27 --limit 12GiB -q
expect 'nor is one that is asked for of macos-27 alone' 1 - ''

# fix and link take several as well.
run "$VAFIT" fix out/main --dry-run --profile macos-26 --profile macos-27 --format json
expect 'fix takes two' 0 -
expect_same 'what it says of each' <(printf '%s\n' 'macos-26 warning' 'macos-27 exceeds') \
    <(jq -r '.programs[] | "\(.profile) \(.before.verdict)"' .out)
run "$VAFIT" fix out/main --in-place -q
expect 'by default it cures what one of them refuses' 0 -
run "$VAFIT" check out/main -q
expect 'and it fits under both' 0 '' ''
