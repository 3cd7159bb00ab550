# Several consolidations in one folder: none takes the name of what is there, a merged image is not merged again, and
# undo takes back all that was done to a program.
. "$(dirname "$0")/../lib/consolidate.sh"

object c 5
object d 6
larger() {
    built && dylib c && dylib d
    program case/libx.dylib case/libc.dylib case/libd.dylib
}
undone() {
    run "$VAFIT" consolidate case/parts --undo -q
    expect "$1: is taken back" 0
    expect_true "$1: every byte is what it was" diff -r was case
    rm -rf was
}
prints() {
    run run_program $ARCH "case/${2:-parts}"
    expect "$1: it prints the same" 0 "$printed"
}

for name in libconsolidated.dylib libconsolidated.dylib.parts.json; do
    built
    echo precious >case/$name
    cp -a case was
    run "$VAFIT" consolidate case/parts --in-place -q
    expect "$name of somebody" 0
    expect_true "$name stays" grep -qx precious case/$name
    expect_true 'the merged image has another name' test -f case/libconsolidated_2.dylib
    prints "$name of somebody"
    undone "$name of somebody"
done

# A merged image of an earlier run is loaded like any other dylib.
larger
cp -a case was
run "$VAFIT" consolidate case/parts --in-place -q --exclude 'lib[cd].dylib'
expect 'three of five' 0
run "$VAFIT" consolidate case/parts --in-place
expect 'the other two' 0 "case/libconsolidated_2.dylib holds 2 dylibs of 40.0 KiB of address space in 40.0 KiB:
  case/libc.dylib
  case/libd.dylib
left alone:
  case/libconsolidated.dylib: is a merged image; --undo takes it back
4 images became 3
case/parts (x86_64, macos-26):
  images: 3, was 4
  address space: 112.0 KiB, was 112.0 KiB
  imports bound by name: 5, was 5
  images end at 4.26 GiB, was 4.26 GiB"
prints 'one after the other'
undone 'one after the other'

# What was consolidated is made smaller afterwards.
built
cp -a case was
run "$VAFIT" consolidate case/parts --in-place -q
expect 'before it is made smaller' 0
cp case/parts larger
run "$VAFIT" shrink case/parts case/libconsolidated.dylib --in-place -q --level locals
expect 'is made smaller' 0
expect_true 'it is smaller' test "$(stat -c %s case/parts)" -lt "$(stat -c %s larger)"
prints 'made smaller'
undone 'made smaller'

# Two programs of one folder, one after the other.
larger
link $ARCH -execute -rpath @loader_path/. -o case/other parts.o case/libx.dylib case/libb.dylib case/liba.dylib \
    case/libc.dylib case/libd.dylib
cp -a case was
run "$VAFIT" consolidate case/parts --in-place -q --exclude 'lib[cd].dylib'
expect 'a program' 0
run "$VAFIT" consolidate case/other --in-place -q
expect 'another program' 0
prints 'a program'
prints 'another program' other
run "$VAFIT" consolidate case/other --undo -q
expect 'both are taken back, since they share dylibs' 0
expect_true 'every byte is what it was' diff -r was case
rm -rf was

# All is linked again: the old merged image is of no use.
larger
run "$VAFIT" consolidate case/parts --in-place -q
mv case old
larger
cp old/libconsolidated.dylib* case
run "$VAFIT" consolidate case/parts --in-place -q
expect 'after all was linked again' 0
expect_true 'one merged image' test "$(echo case/libconsolidated*)" = \
    'case/libconsolidated.dylib case/libconsolidated.dylib.parts.json'
prints 'after all was linked again'
