# fix leaves alone what cannot be rewritten, and takes the image that serves most programs.
. "$(dirname "$0")/../lib/fix.sh"

fresh
"$POKE" out/main 'LC_FUNCTION_STARTS+0:4' 0x77
run "$VAFIT" fix out/main --in-place --limit $((sum - 1))
expect 'an image that cannot be rewritten is left alone' 0 - ''
expect_true 'another is taken for it' grep -qxF -- "$(line lossless libone.dylib)" .out

fresh
cp -p out/main out/other
run "$VAFIT" fix out/main out/other --dry-run --limit $((sum - 1))
expect_true 'a dylib that both load is enough for two programs' test "$(grep -c '^  lossless: ' .out)" = 1
expect_true 'and it is that' grep -qxF -- "$(line lossless libone.dylib)" .out
