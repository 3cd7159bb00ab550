# Two images of one name are never written, nor their originals kept, under one path.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

small_program arm64 built && mkdir a b || { fail 'building' <<<'the linker failed'; exit; }
cp built/libleft.dylib a/libx.dylib && cp built/libright.dylib b/libx.dylib
cp -r a a.was && cp -r b b.was
both() {
    expect "$1" 2 '' "vafit: a/libx.dylib and b/libx.dylib would both be $2
vafit: see \`vafit help shrink\`"
    expect_true "$1: nothing is written" sh -c 'diff -r a a.was && diff -r b b.was && test ! -e D'
}
run "$VAFIT" shrink a/libx.dylib b/libx.dylib --out-dir D
both 'into one folder' D/libx.dylib
run "$VAFIT" shrink a/libx.dylib b/libx.dylib --in-place --unstripped D
both 'their originals in one folder' D/libx.dylib
run "$VAFIT" shrink a/libx.dylib b/libx.dylib --dry-run
expect 'a dry run writes nothing' 0 - ''
run "$VAFIT" shrink a/libx.dylib a/libx.dylib --out-dir D -q
expect 'the same image twice' 0 '' ''
rm -r D
run "$VAFIT" shrink a/libx.dylib b/libx.dylib --in-place -q
expect 'in place, their originals beside them' 0 '' ''
expect_true 'both are kept' sh -c 'cmp a/libx.dylib.unstripped a.was/libx.dylib && cmp b/libx.dylib.unstripped b.was/libx.dylib'
rm -r a b && cp -r a.was a && cp -r b.was b
run "$VAFIT" shrink a/libx.dylib b/libx.dylib --in-place --unstripped none -q
expect 'in place, without originals' 0 '' ''
