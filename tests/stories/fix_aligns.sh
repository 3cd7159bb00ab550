# Parts of __LINKEDIT that are not aligned: a warning, under macos-27 an error, which fix cures at level align in the
# images that have it, and nowhere else.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

small_program x86_64 out || fail 'building' <<<'the linker failed'
llvm-strip-19 -x out/libleft.dylib
cp -a out was
run "$VAFIT" check out/main --profile macos-26
expect_true 'a warning' grep -q '^  warning: linkedit-alignment: 1 part' .out
run "$VAFIT" check out/main --profile macos-27
expect_true 'under macos-27 an error' grep -q '^  error: linkedit-alignment: 1 part' .out
expect_true 'with status 1' test "$status" = 1
run "$VAFIT" check out/main --profile macos-27 --rule linkedit-alignment=warn
expect 'unless somebody says otherwise' 0 -
cat >mine.json <<'END'
{"schema": "vafit.profile/1", "name": "mine", "based_on": "macos-27", "arm64": {}}
END
run "$VAFIT" check out/main --profile ./mine.json
expect 'and under a profile based on it' 1 -

run "$VAFIT" fix out/main --in-place --profile macos-26
expect 'nothing is done where it is a warning' 0 -
expect_true 'indeed' diff -r was out
run "$VAFIT" fix out/main --in-place --format json
expect 'cured' 0 -
expect_same 'one image, at level align' <(echo '[["out/libleft.dylib","align"]]') \
    <(jq -c '[.images[] | [.path, .level]]' .out)
expect_same 'what it missed' <(echo '[{"rule":"linkedit-alignment","parts":1}] []') \
    <(jq -r '.programs[] | select(.profile == "macos-27") | "\(.before.misses | tojson) \(.after.misses | tojson)"' .out)
run "$VAFIT" check out/main -q
expect 'it passes' 0 -
run "$VAFIT" verify out/libleft.dylib --against was/libleft.dylib --level align
expect 'every part has its bytes' 0 'out/libleft.dylib: well formed, and means the same'
run run_program x86_64 out/main
expect 'it prints the same' 0 "left: 2${NEWLINE}right: 20"
run "$VAFIT" fix out/main --undo
expect 'taken back' 0 'restored 1 of 4 images'
expect_true 'every byte' diff -r was out
