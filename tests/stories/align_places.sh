# align, asked for a file twice, or for files that would be written over each other: each is aligned once, and none is
# lost.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

small_program x86_64 was || fail 'building' <<<'the linker failed'
mkdir was/deep
cp was/lib*.dylib was/deep/
llvm-strip-19 -x was/deep/libleft.dylib
other_uuid() {
    python3 - "$1" <<'END'
import sys
path = sys.argv[1]
data = bytearray(open(path, "rb").read())
at = 32
while data[at:at + 4] != bytes([0x1b, 0, 0, 0]):
    at += int.from_bytes(data[at + 4:at + 8], "little")
data[at + 8] ^= 0xff
open(path, "wb").write(data)
END
}
# Another build of libleft.
cp was/deep/libleft.dylib was/libleft.dylib
other_uuid was/libleft.dylib
start() {
    rm -rf case && cp -a was case
}
# as_it_was NAME: every file of the folder.
as_it_was() {
    expect_true "$1: nothing has changed" diff -r --no-dereference was case
}

# By several names.
deep='case/deep/libleft.dylib: aligned string pool at 0x30d4, no multiple of 8'
start
run "$VAFIT" align --in-place case/deep/libleft.dylib case/deep/libleft.dylib case/deep/../deep/libleft.dylib
expect 'a file three times' 0 "$deep
1 of 1 images were not aligned, and are now"
start
ln -s deep case/shallow
run "$VAFIT" align --in-place case/deep case case/shallow case/shallow/libleft.dylib -q
expect 'folders in folders, and links to them' 0 ''
run "$VAFIT" align --undo case/shallow case
expect 'taken back' 0 'restored 2 files'
rm case/shallow && as_it_was 'taken back'
run "$VAFIT" align --check case case/deep
expect 'checked once' 1 'case/deep/libleft.dylib: string pool at 0x30d4, no multiple of 8
case/libleft.dylib: string pool at 0x30d4, no multiple of 8
2 of 7 images are not aligned'
run "$VAFIT" shrink case/libbase.dylib case/./libbase.dylib --in-place -q
expect 'shrink, a file twice' 0 ''

# Copies.
start
refused() {
    run "$VAFIT" align "${@:3}"
    expect "$1" 2 '' "vafit: $2${NEWLINE}vafit: see \`vafit help align\`"
    as_it_was "$1"
}
refused 'a copy onto itself' 'case/deep/libbase.dylib would be written over case/deep/libbase.dylib; use --in-place' \
    --out-dir case case
refused 'by another way' 'case/deep/libleft.dylib would be written over case/../case/deep/libleft.dylib; use --in-place' \
    --out-dir case/../case/deep case/deep/libleft.dylib
refused 'a copy onto another one' 'case/libbase.dylib would be written over case/deep/libbase.dylib; use --in-place' \
    --out-dir case/deep case/libbase.dylib case/deep/libbase.dylib
refused 'two of one name' 'case/libleft.dylib and case/deep/libleft.dylib would both be out/libleft.dylib' \
    --out-dir out case/libleft.dylib case/deep/libleft.dylib
refused 'two folders with one name' 'case/deep/libbase.dylib and case/libbase.dylib would both be out/libbase.dylib' \
    --out-dir out case/deep case
refused 'two originals of one name' \
    'case/deep/libbase.dylib and case/libbase.dylib would both be kept/libbase.dylib.unstripped' \
    --in-place --unstripped kept case
expect_true 'no folder is made' test ! -e out -a ! -e kept
# In the folder itself: what lies there are outputs.
for time in first second; do
    run "$VAFIT" align --out-dir case/out case
    expect "a copy within, the $time time" 0 "$deep
case/libleft.dylib: aligned string pool at 0x30d4, no multiple of 8
2 of 7 images were not aligned, and are now"
done
expect_same 'all of it, once' <(cd was && find . -type f | sort) <(cd case/out && find . -type f | sort)
expect_true 'which is aligned' "$VAFIT" align --check -q case/out
rm -rf case/out && as_it_was 'a copy within'

# What a run has on its way is no image of the folder, but a folder may be called so.
start
cp was/deep/libleft.dylib case/deep/libleft.dylib.vafit-new
cp was/deep/libleft.dylib case/gone.vafit-new
mkdir case/old.unstripped case/deep/libleft.dylib.vafit-new.sign
cp was/deep/libleft.dylib case/old.unstripped/
cp was/deep/libleft.dylib case/deep/libleft.dylib.vafit-new.sign/
run "$VAFIT" align --check case
expect 'what an ended run left is not checked' 1 'case/deep/libleft.dylib: string pool at 0x30d4, no multiple of 8
case/libleft.dylib: string pool at 0x30d4, no multiple of 8
case/old.unstripped/libleft.dylib: string pool at 0x30d4, no multiple of 8
3 of 8 images are not aligned'
run "$VAFIT" align --in-place -q case
expect 'nor aligned' 0 ''
expect_true 'and goes with the next run' test ! -e case/deep/libleft.dylib.vafit-new
