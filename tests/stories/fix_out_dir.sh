# fix into another folder: the copy is complete, and only what changed is written again.
. "$(dirname "$0")/../lib/fix.sh"

fresh
limit=$((sum - 1))
run "$VAFIT" fix out/main --out-dir new --limit $limit
expect 'a copy that fits' 0 "out/main (arm64): does not fit under macos-26; fits under macos-27; $ends
$(exceeds 1 | sed 's/0.0 KiB past/1 byte past/')
rewrote 1 of 4 images:
$(line lossless main | sed 's,out/main,out/main as new/main,')
out/main (arm64): now fits under macos-26 and macos-27; $ends"
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
expect 'a copy of what fits' 0 "out/main (arm64): fits under macos-26 and macos-27; $ends
copied 4 images as they are"
expect_true 'is equal' diff -r built as_it_is

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
