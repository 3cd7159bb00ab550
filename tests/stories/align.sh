# align: every part of __LINKEDIT at its alignment, in files and folders; what was aligned stays the same file.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

small='left: 2
right: 20'
# Of the strings of libleft llvm-strip leaves a pool at no multiple of 8.
small_program x86_64 was || fail 'building' <<<'the linker failed'
mkdir was/deep was/deep/er
for name in base left right; do cp was/lib$name.dylib was/deep/er/; done
for file in was/deep/er/*; do llvm-strip-19 -x "$file"; done
printf 'text\n' >was/deep/text
printf '\312\376\272\276\0\0\0\064' >was/deep/Class.class
ln -s ../deep was/deep/loop
cp was/deep/er/libleft.dylib "was/lib left.dylib"

run "$VAFIT" align --check was
expect 'a folder is checked' 1 'was/deep/er/libleft.dylib: string pool at 0x30d4, no multiple of 8
was/lib left.dylib: string pool at 0x30d4, no multiple of 8
2 of 8 images are not aligned'
run "$VAFIT" align --check was/main was/libbase.dylib
expect 'files that are aligned' 0 '0 of 2 images are not aligned'
run "$VAFIT" align --check -q was
expect 'quietly' 1 ''

cp -a was case
run "$VAFIT" align --in-place case
expect 'in place' 0 'case/deep/er/libleft.dylib: aligned string pool at 0x30d4, no multiple of 8
case/lib left.dylib: aligned string pool at 0x30d4, no multiple of 8
2 of 8 images were not aligned, and are now'
run "$VAFIT" align --check -q case
expect 'they are aligned then' 0 ''
run "$VAFIT" check case/deep/er/libleft.dylib --profile macos-27 --rule linkedit-alignment=error --search case -q
expect 'check agrees' 0 -
expect_same 'only these two have changed' <(printf 'case/deep/er/libleft.dylib\ncase/lib left.dylib\n') \
    <(diff -rq --no-dereference was case | sed -n 's/^Files .* and \(.*\) differ$/\1/p')
expect_true 'their originals are kept' cmp 'was/lib left.dylib' 'case/lib left.dylib.unstripped'
expect_same 'the symbols are the same' <(llvm-nm-19 -a was/deep/er/libleft.dylib) <(llvm-nm-19 -a case/deep/er/libleft.dylib)
cp case/deep/er/*.dylib case/
run run_program x86_64 case/main
expect 'the program prints the same' 0 "$small"
rm -rf case && cp -a was case
"$VAFIT" align --in-place -q case
cp -a case again
run "$VAFIT" align --in-place case
expect 'a second time' 0 '0 of 8 images were not aligned, and are now'
expect_true 'a second time changes nothing' diff -r --no-dereference again case
run "$VAFIT" align --undo case
expect 'undone' 0 'restored 2 files'
expect_true 'every byte is what it was' diff -r --no-dereference was case

run "$VAFIT" align --out-dir out was -q
expect 'a copy' 0 ''
(cd was && find . -type f ! -name text ! -name Class.class | sort) >wanted
expect_same 'a copy has all images' wanted <(cd out && find . -type f | sort)
expect_same 'those that were aligned byte for byte' <(printf 'out/deep/er/libleft.dylib\nout/lib left.dylib\n') \
    <(diff -rq --no-dereference was out | sed -n 's/^Files .* and \(.*\) differ$/\1/p')

# One that cannot be read, or has two names, is named; the rest is done.
rm -rf case && cp -a was case
head -c 5000 was/libbase.dylib >case/broken.dylib
ln 'case/lib left.dylib' case/another.dylib
run "$VAFIT" align --in-place case
expect_true 'the rest is done' test "$(tail -1 .out)" = '1 of 9 images were not aligned, and are now'
expect_true 'what is broken is named' grep -q '^vafit: case/broken.dylib: ' .err
expect_true 'what has two names is named' grep -q 'has 2 names (hard links)' .err
expect_true 'exit status 3 or 4' test "$status" -ge 3

# Signed images are signed again; an identity has to be asked.
small_program arm64 signed && cp signed/libleft.dylib left && llvm-strip-19 -x left 2>/dev/null
run "$VAFIT" align --out-dir out left
expect 'a signed image' 0 'left: aligned string pool at 0x80d4, no multiple of 8
1 of 1 images were not aligned, and are now'
run "$VAFIT" verify out/left --against left --level align
expect 'it is sound' 0 'out/left: well formed, and means the same'
sign_as_somebody left
run "$VAFIT" align --in-place left
expect 'signed by an identity' 3 '0 of 1 images were not aligned, and are now' \
    'vafit: left: code signature: signed by an identity as left; say with --identity how to sign it again'

# Public cases: the symbol table, the indirect one and the string pool where they were.
while read -r name tables; do
    # shellcheck disable=SC2086
    python3 "$TESTS/lib/linkedit_tables.py" $name $tables
    run "$VAFIT" align --in-place -q $name
    expect "$name is aligned" 0
    expect_true "$name: all its symbols are there" cmp <(llvm-nm-19 $name) <(llvm-nm-19 $name.unstripped)
    run "$VAFIT" align --check -q $name
    expect "$name is aligned now" 0
done <<'END'
one 330040 936 345016 115 345476 86168
two 320000000 6979 320111664 1 320111668 11613232
three 120000 600 129604 94 129980 20000
END

usage() {
    run "$VAFIT" align "${@:2}"
    expect "usage: ${*:2}" 2 '' "vafit: $1${NEWLINE}vafit: see \`vafit help align\`"
}
usage 'align needs a file or a folder' --check
usage 'align needs one of --in-place, --out-dir, --check and --undo' was
usage 'align needs one of --in-place, --out-dir, --check and --undo' was --check --in-place
