# fix finds the least rewriting that makes a program fit, does it, and takes it back.
. "$(dirname "$0")/../lib/fix.sh"

fresh
run "$VAFIT" fix out/main --in-place
expect 'a program that fits' 0 "out/main (arm64): fits under macos-26 and macos-27; $ends
nothing to do"
untouched 'a program that fits'

limit=$((sum - 1))
planned="out/main (arm64): does not fit under macos-26; fits under macos-27; $ends
$(exceeds 1 | sed 's/0.0 KiB past/1 byte past/')"
run "$VAFIT" fix out/main --dry-run --limit $limit
expect 'a dry run' 0 "$planned
would rewrite 1 of 4 images:
$(line lossless main)
out/main (arm64): then fits under macos-26 and macos-27; $ends"
untouched 'a dry run'
run "$VAFIT" fix out/main --in-place --limit $limit
expect 'the executable first' 0 "$planned
rewrote 1 of 4 images:
$(line lossless main)
out/main (arm64): now fits under macos-26 and macos-27; $ends"
expect_true 'the original stays aside' cmp built/main out/main.unstripped
for image in libone libtwo libthree; do
    expect_true "$image is what it was" cmp built/$image.dylib out/$image.dylib
done
expect_true 'the image has the space that was said' test "$(space out/main)" = "${at[main.lossless]}"
runs_the_same 'after fix' out
run "$VAFIT" verify out/main --against built/main
expect 'means the same' 0 'out/main: well formed, and means the same'
run "$VAFIT" check out/main --limit $limit -q
expect 'check agrees' 0
cp -rp out fixed
run "$VAFIT" fix out/main --in-place --limit $limit
expect 'again' 0 "out/main (arm64): fits under macos-26 and macos-27; $ends
nothing to do"
expect_true 'again: nothing was written' diff -r fixed out
run "$VAFIT" fix out/main --undo
expect 'undo' 0 'restored 1 of 4 images'
untouched 'undo'
expect_true 'undo restores times and modes' test "$(stat -c '%Y %a' built/main)" = "$(stat -c '%Y %a' out/main)"
run "$VAFIT" fix out/main --undo
expect 'undo again' 0 'restored 0 of 4 images'
rm -rf fixed

# More than lossless frees of all four, and than debug-map frees of the executable and libone.
need=$((at[main] - at[main.debug-map] + at[libone.dylib] - at[libone.dylib.debug-map] + 1))
all=0
for image in "${images[@]}"; do all=$((all + at[$image] - at[$image.lossless])); done
expect_true 'lossless is not enough' test $all -lt $need
limit=$((sum - need))
planned="out/main (arm64): does not fit under macos-26; fits under macos-27; $ends
$(exceeds $need)"
# Three images, as cheaply as can be: libthree at lossless is enough where it frees a byte.
run "$VAFIT" fix out/main --in-place --limit $limit
expect_true 'three images' grep -qx 'rewrote 3 of 4 images:' .out
expect_true 'of which two at debug-map' grep -qxF -- "$(line debug-map main)" .out
expect_true 'and the next heaviest' grep -qxF -- "$(line debug-map libone.dylib)" .out
run "$VAFIT" check out/main --limit $limit -q
expect 'three images: check agrees' 0
runs_the_same 'three images' out
run "$VAFIT" fix out/main --undo -q
untouched 'three images: undo'
