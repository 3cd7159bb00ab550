# fix finds the least rewriting that makes programs fit, does it, and takes it back.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
. "$TESTS/lib/heavy.sh"
. "$TESTS/lib/space.sh"

heavy_program arm64 built || { fail 'building' <<<'the linker failed'; exit; }
images=(main libone.dylib libthree.dylib libtwo.dylib)
declare -A at
for image in "${images[@]}"; do
    at[$image]=$(space built/$image)
    for level in lossless debug-map locals symbols; do
        "$VAFIT" shrink built/$image --level $level -o small --unstripped none -q
        at[$image.$level]=$(space small)
    done
done
# __PAGEZERO, the images, the shared region.
sum=$((4 * 1024 * 1024 * 1024 + at[main] + at[libone.dylib] + at[libtwo.dylib] + at[libthree.dylib] + 6 * 1024 * 1024 * 1024))
run_program arm64 built/main >before
echo "exit status $?" >>before

# fresh: the program as it was built, in the folder out.
fresh() {
    rm -rf out && cp -rp built out
}
# line LEVEL IMAGE: what is said of an image that is rewritten.
line() {
    local before=${at[$2]} after=${at[$2.$1]}
    echo "  $1: out/$2: $(human $after), was $(human $before); frees $((before - after)) bytes"
}
# exceeds BYTES: what is said of a program whose sum is so many bytes past the limit.
exceeds() {
    local dylibs=$((at[libone.dylib] + at[libtwo.dylib] + at[libthree.dylib]))
    echo "  error: image-sum: __PAGEZERO 4.00 GiB + executable $(human ${at[main]}) + shared region 6.00 GiB + 3 dylibs $(human $dylibs) = 10.00 GiB, $(human $1) past the limit of 10.00 GiB"
}
ends='its images end at 4.09 GiB'
# runs_the_same NAME FOLDER
runs_the_same() {
    run_program arm64 "$2/main" >after
    echo "exit status $?" >>after
    expect_same "$1: runs the same" before after
}
untouched() {
    expect_true "$1: nothing was written" diff -r built out
}

# --- nothing to do ---

fresh
run "$VAFIT" fix out/main --in-place
expect 'a program that fits' 0 "out/main (arm64, macos-26): fits; $ends
nothing to do"
untouched 'a program that fits'

# --- one image, at the lowest level ---

limit=$((sum - 1))
planned="out/main (arm64, macos-26): does not fit; $ends
$(exceeds 1 | sed 's/0.0 KiB past/1 byte past/')"
run "$VAFIT" fix out/main --dry-run --limit $limit
expect 'a dry run' 0 "$planned
would rewrite 1 of 4 images:
$(line lossless main)
out/main (arm64, macos-26): then fits; $ends"
untouched 'a dry run'
run "$VAFIT" fix out/main --in-place --limit $limit
expect 'the executable first' 0 "$planned
rewrote 1 of 4 images:
$(line lossless main)
out/main (arm64, macos-26): now fits; $ends"
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
expect 'again' 0 "out/main (arm64, macos-26): fits; $ends
nothing to do"
expect_true 'again: nothing was written' diff -r fixed out
run "$VAFIT" fix out/main --undo
expect 'undo' 0 'restored 1 of 4 images'
untouched 'undo'
expect_true 'undo restores times and modes' test "$(stat -c '%Y %a' built/main)" = "$(stat -c '%Y %a' out/main)"
run "$VAFIT" fix out/main --undo
expect 'undo again' 0 'restored 0 of 4 images'
rm -rf fixed

# --- several images, at a higher level ---

# More than lossless frees of all four, and than debug-map frees of the executable and libone.
need=$((at[main] - at[main.debug-map] + at[libone.dylib] - at[libone.dylib.debug-map] + 1))
all=0
for image in "${images[@]}"; do all=$((all + at[$image] - at[$image.lossless])); done
expect_true 'lossless is not enough' test $all -lt $need
limit=$((sum - need))
planned="out/main (arm64, macos-26): does not fit; $ends
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

# --- not enough ---

freed=0
next=0
for image in "${images[@]}"; do
    freed=$((freed + at[$image] - at[$image.debug-map]))
    next=$((next + at[$image] - at[$image.locals]))
done
limit=$((sum - freed - 1))
run "$VAFIT" fix out/main --in-place --limit $limit --up-to debug-map
expect 'no level is enough, the next is' 1 "out/main (arm64, macos-26): does not fit; $ends
$(exceeds $((freed + 1)))
no rewriting up to debug-map suffices; nothing was written. With all images at debug-map:
  out/main (arm64, macos-26): image-sum misses 1 byte
--up-to locals would make it fit"
untouched 'not enough'
limit=$((sum - next - 1))
run "$VAFIT" fix out/main --in-place --limit $limit --up-to debug-map
expect 'nor is the next' 1 "out/main (arm64, macos-26): does not fit; $ends
$(exceeds $((next + 1)))
no rewriting up to debug-map suffices; nothing was written. With all images at debug-map:
  out/main (arm64, macos-26): image-sum misses $(human $((next + 1 - freed))) ($((next + 1 - freed)) bytes)
--up-to locals would not either:
  out/main (arm64, macos-26): image-sum misses 1 byte"
untouched 'not enough by far'

# --- into another folder ---

limit=$((sum - 1))
run "$VAFIT" fix out/main --out-dir new --limit $limit
expect 'a copy that fits' 0 "out/main (arm64, macos-26): does not fit; $ends
$(exceeds 1 | sed 's/0.0 KiB past/1 byte past/')
rewrote 1 of 4 images:
$(line lossless main | sed 's,out/main,out/main as new/main,')
out/main (arm64, macos-26): now fits; $ends"
untouched 'a copy'
expect_true 'the copy is complete' test "$(cd new && echo *)" = \
    'libone.dylib libthree.dylib libtwo.dylib main main.unstripped'
runs_the_same 'the copy' new
run "$VAFIT" check new/main --limit $limit -q
expect 'the copy: check agrees' 0
for image in libone libtwo libthree; do
    expect_true "the copy's $image is the original's" cmp built/$image.dylib new/$image.dylib
done
touch -d '2001-02-03 04:05' new/*
stat -c '%n %Y %i' new/* >times
run "$VAFIT" fix out/main --out-dir new --limit $limit -q
expect 'the copy again' 0
expect_same 'the copy again: no file was touched' times <(stat -c '%n %Y %i' new/*)
"$POKE" new/libone.dylib @64:1 0xff
run "$VAFIT" fix out/main --out-dir new --limit $limit -q
expect_true 'another libone there is replaced' cmp built/libone.dylib new/libone.dylib
expect_true 'and nothing else' test "$(stat -c '%n %Y %i' new/* | diff - times | grep -c '^<')" = 1
run "$VAFIT" fix out/main --out-dir as_it_is
expect 'a copy of what fits' 0 "out/main (arm64, macos-26): fits; $ends
copied 4 images as they are"
expect_true 'is equal' diff -r built as_it_is

# --- images by absolute paths ---

mkdir -p bound
cp built/lib*.dylib bound/
printf 'int one(int), two(int), three(int); int main(void) { return one(1) + two(1) + three(1); }\n' >bound.c
clang-19 --target=arm64-apple-macos13 -c bound.c -o bound.o
link arm64 -fixup_chains -execute -rpath "$PWD/bound" -o bound/main bound.o bound/lib*.dylib
run "$VAFIT" fix bound/main --out-dir elsewhere --limit $((10 * 1024 * 1024 * 1024 + 1024 * 1024))
expect_true 'absolute paths: a copy of the dylibs would not be loaded' test $status = 1
expect_true 'absolute paths: is said' grep -qx "cannot be rewritten: $PWD/bound/libone.dylib: programs find it by an absolute path, and would not load a copy" .out
expect_true 'absolute paths: nothing was written' test ! -e elsewhere
run "$VAFIT" fix bound/main --in-place --limit $((10 * 1024 * 1024 * 1024 + 1024 * 1024)) -q
expect 'absolute paths: in place they can be' 0

# --- what cannot be rewritten ---

fresh
"$POKE" out/main 'LC_FUNCTION_STARTS+0:4' 0x77
run "$VAFIT" fix out/main --in-place --limit $((sum - 1))
expect 'an image that cannot be rewritten is left alone' 0 - ''
expect_true 'another is taken for it' grep -qxF -- "$(line lossless libone.dylib)" .out

# --- several programs ---

fresh
cp -p out/main out/other
run "$VAFIT" fix out/main out/other --dry-run --limit $((sum - 1))
expect_true 'a dylib that both load is enough for two programs' test "$(grep -c '^  lossless: ' .out)" = 1
expect_true 'and it is that' grep -qxF -- "$(line lossless libone.dylib)" .out

# --- JSON ---

run "$VAFIT" fix out/main --dry-run --limit $((sum - 1)) --format json
jq -c '[.schema, .outcome, .up_to, .image_count, (.images[] | .path, .target, .level, .va_before, .va_after, .file_size_after),
    (.programs[] | .executable, .before.verdict, .before.sum, .before.misses, .after.verdict, .after.sum)]' .out >facts
"$VAFIT" shrink out/main --level lossless -o small --unstripped none -q
echo "[\"vafit.fix/1\",\"planned\",\"locals\",4,\"out/main\",\"out/main\",\"lossless\",${at[main]},${at[main.lossless]},$(stat -c %s small),\"out/main\",\"exceeds\",$sum,[{\"rule\":\"image-sum\",\"bytes\":1}],\"fits\",$((sum - at[main] + at[main.lossless]))]" >wanted
expect_same 'JSON of a dry run' wanted facts
run "$VAFIT" fix out/main --dry-run --limit $((sum - 1)) -o report --depfile report.d
expect 'a report in a file' 0
expect_true 'with its depfile' grep -q '^report:.* out/libtwo.dylib' report.d

# --- other twins ---

fresh
run "$VAFIT" fix out/main --in-place --limit $((sum - 1)) --unstripped aside -q
expect 'originals in a folder' 0
expect_true 'there it is' cmp built/main aside/main.unstripped
run "$VAFIT" fix out/main --undo --unstripped aside
expect 'undo from there' 0 'restored 1 of 4 images'
untouched 'undo from a folder'
cp out/libone.dylib out/main.unstripped
run "$VAFIT" fix out/main --undo
expect 'a twin of something else' 3 'restored 0 of 4 images' \
    'vafit: out/main.unstripped: out/main was not made from it, which stays'
expect_true 'stays' cmp built/main out/main
rm out/main.unstripped

# --- missing dylibs ---

rm out/libtwo.dylib
run "$VAFIT" fix out/main --in-place --limit $((sum - 1))
expect 'a dylib that is missing' 3 '' \
    'vafit: out/main asks for @rpath/libtwo.dylib, which was not found; tried out/./libtwo.dylib (no such file)'
run "$VAFIT" fix out/main --dry-run --allow-missing '*two*'
expect 'one that may be' 0 "out/main (arm64, macos-26): fits; $ends
nothing to do"

# --- usage ---

usage="vafit: see \`vafit help fix\`"
run "$VAFIT" fix
expect 'nothing to fix' 2 '' "vafit: fix wants an executable
$usage"
run "$VAFIT" fix out/main
expect 'no place' 2 '' "vafit: fix wants one of --in-place, --out-dir and --undo
$usage"
run "$VAFIT" fix out/main --in-place --undo
expect 'two places' 2 '' "vafit: fix wants one of --in-place, --out-dir and --undo
$usage"
run "$VAFIT" fix out/main --undo --dry-run
expect 'a dry undo' 2 '' "vafit: --undo has no dry run
$usage"
run "$VAFIT" fix out/main --in-place --up-to most
expect 'an unknown level' 2 '' "vafit: --up-to takes one of lossless, debug-map, locals, symbols, exports, not 'most'
$usage"
run "$VAFIT" fix out/gone --in-place
expect 'an executable that is not there' 4 '' 'vafit: out/gone: cannot open: No such file or directory'
