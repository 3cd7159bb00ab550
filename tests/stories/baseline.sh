# Baselines: growth against what was recorded.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"

# program MIB: an executable with __TEXT of MIB MiB and 1 MiB of __LINKEDIT.
program() {
    "$MAKE_MACHO" image --out main --segment __PAGEZERO=0+0x100000000 \
        --segment __TEXT=0x100000000+$(($1 << 20)) \
        --segment __LINKEDIT=$(((4 << 30) + ($1 << 20)))+0x100000
}
growth() {
    jq -r '.programs[0].findings[] | select(.rule == "growth") |
        "\(.level) \(.actual) \(.limit) \(.margin) \(.message)"' .out
}
check() {
    run "$VAFIT" check main --format json --baseline sizes.json "$@"
}

program 63
check --update-baseline
expect 'a baseline is made when there is none' 0 - ''
# 4 GiB + 64 MiB + the shared region's 6 GiB, or 442.
cat >wanted <<END
{
  "schema": "vafit.baseline/1",
  "programs": [
    {
      "executable": "main",
      "arch": "arm64",
      "profile": "macos-26",
      "sum": $(((10 << 30) + (64 << 20)))
    },
    {
      "executable": "main",
      "arch": "arm64",
      "profile": "macos-27",
      "sum": $(((446 << 30) + (64 << 20)))
    }
  ],
  "images": {
    "main (arm64)": $((64 << 20))
  }
}
END
expect_same 'it holds the sum, and the images' wanted sizes.json
program 95
check --max-growth 40MiB
expect_true 'growth within what is allowed' test "$(growth)" = \
    'pass 33554432 41943040 8388608 the images grew by 32.0 MiB since the baseline; 40.0 MiB are allowed; most of it: main 32.0 MiB'
check --max-growth 16MiB
expect_true 'growth beyond' test "$status $(growth)" = \
    '1 error 33554432 16777216 -16777216 the images grew by 32.0 MiB since the baseline; 16.0 MiB are allowed; most of it: main 32.0 MiB'
check --max-growth 16MiB --rule growth=warn
expect_true 'as a warning' test "$status $(growth | cut -d' ' -f1)" = '0 warning'
check --max-growth 16MiB --update-baseline
expect_true 'a growth that is accepted still fails once' test $status = 1
check --max-growth 16MiB
expect_true 'and not again' test "$status $(growth)" = \
    '0 pass 0 16777216 16777216 the images grew by 0 bytes since the baseline; 16.0 MiB are allowed'
program 47
check --max-growth 16MiB
expect 'a program that shrank makes its entry stale' 0 - \
    'vafit: sizes.json: the entry of main is stale, 48.0 MiB above what it needs now; --update-baseline keeps the gain'
check --max-growth 16MiB --profile macos-15
expect_true 'another profile is another entry' test "$(growth)" = \
    'not-applicable null null null does not apply: the baseline does not know this program; --update-baseline adds it'
check --update-baseline --profile macos-15
expect_true 'entries are added, sorted, and others stay' test \
    "$(jq -c '[.programs[] | [.executable, .profile]]' sizes.json)" = \
    '[["main","macos-15"],["main","macos-26"],["main","macos-27"]]'
check
expect_true 'without --max-growth the rule is silent' test -z "$(growth)"
run "$VAFIT" check main --max-growth 1MiB
expect '--max-growth wants a baseline' 2 '' 'vafit: --max-growth and --update-baseline need --baseline
vafit: see `vafit help check`'
run "$VAFIT" check main --baseline gone.json --max-growth 1MiB
expect 'a baseline that is not there' 4 '' 'vafit: gone.json: cannot open: No such file or directory'

# A program whose dylibs are missing has too low a sum, whatever the rule says of them.
program 47
check --update-baseline
cp sizes.json before.json
"$MAKE_MACHO" image --out main --text 16384 --rpath @loader_path --load @rpath/libgone.dylib
for rule in error warn off; do
    check --update-baseline --rule unresolved=$rule
    expect "unresolved=$rule: a program with missing dylibs is not recorded" $([ $rule = error ] && echo 3 || echo 0) - \
        'vafit: sizes.json: main (arm64) is not recorded, since dylibs are missing'
    expect_same "unresolved=$rule: its entry stays" before.json sizes.json
done
check --update-baseline --allow-missing '@rpath/libgone.dylib'
expect 'one whose dylibs may be missing is' 0 - ''

# The images that grew most are named, new ones as such; a baseline of an earlier version has none.
dylib() {
    "$MAKE_MACHO" image --out "lib$1.dylib" --type dylib --id "@rpath/lib$1.dylib" \
        --segment __TEXT=0+$(($2 << 20)) --segment __LINKEDIT=$(($2 << 20))+0x100000
}
"$MAKE_MACHO" image --out main --text 16384 --rpath @loader_path \
    $(printf -- '--load @rpath/lib%s.dylib ' a b c d)
for name in a b c d; do dylib $name 5; done
check --update-baseline
dylib a 6; dylib b 12; dylib c 4; dylib d 9
"$MAKE_MACHO" image --out main --text 16384 --rpath @loader_path \
    $(printf -- '--load @rpath/lib%s.dylib ' a b c d e)
dylib e 2
check --max-growth 1MiB
expect_true 'the three that grew most' test "$(growth | grep -o 'most of it.*')" = \
    'most of it: libb.dylib 7.0 MiB, libd.dylib 4.0 MiB, libe.dylib 3.0 MiB (new)'
jq 'del(.images)' sizes.json >old.json
run "$VAFIT" check main --format json --baseline old.json --max-growth 1MiB
expect_true 'without images in the baseline no name' test "$(growth | grep -c 'most of it')" = 0
jq '.images = [1]' sizes.json >bad.json
run "$VAFIT" check main --baseline bad.json
expect 'images that are none' 3 '' 'vafit: bad.json: images: not an object'
jq '.images."main (arm64)" = -1' sizes.json >bad.json
run "$VAFIT" check main --baseline bad.json
expect 'a size that is none' 3 '' 'vafit: bad.json: images.main (arm64): not a whole number'
