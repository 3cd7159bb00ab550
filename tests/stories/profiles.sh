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
run "$VAFIT" fix out/main --dry-run --profile macos-26 --profile macos-27
expect 'fix takes one' 2 '' "vafit: --profile macos-27: only check takes several profiles
vafit: see \`vafit help fix\`"
