# A consolidation that cannot be made, or undone, changes nothing: what was linked since, a full disk, a folder that
# cannot be written, another run.
. "$(dirname "$0")/../lib/consolidate.sh"

trap 'umount "$WORK/disk" 2>/dev/null; rm -rf "$WORK"' EXIT
built
cp -a case was
run "$VAFIT" consolidate case/parts --in-place -q
expect 'a program is consolidated' 0
cp -a case consolidated

# linked_since FILE: another link of it came since.
linked_since() {
    rm -rf case && cp -a consolidated case
    cp "$WORK/new/$1" "case/$1"
    cp -a case before
    run "$VAFIT" consolidate case/parts --undo
    expect "$1 was linked since: no undo" 4 'restored 0 files' \
        "vafit: case/$1: was linked again since it was consolidated; it stays"
    expect_true "$1 was linked since: all stays" diff -r before case
    run "$VAFIT" consolidate case/parts --in-place -q
    expect "$1 was linked since: there is nothing to merge" 0
    expect_true "$1 was linked since: all stays still" diff -r before case
    run run_program $ARCH case/parts
    expect "$1 was linked since: it runs" 0 "$printed"
    rm -rf before
}
mv case aside && built -current_version 2 && main=case/parts
link $ARCH -execute -rpath @loader_path/. -rpath @loader_path/more -o $main parts.o case/liba.dylib case/libb.dylib case/libx.dylib
mv case new
linked_since parts
linked_since libx.dylib

# Originals are no less kept than what was made of them.
rm -rf case && cp -a consolidated case
cp new/libx.dylib case/libx.dylib.unstripped
cp -a case before
run "$VAFIT" consolidate case/parts --undo
expect 'another original: no undo' 4 'restored 0 files' \
    'vafit: case/libx.dylib.unstripped: is not the original that was put aside; it stays'
expect_true 'another original: all stays' diff -r before case

# at_once WAY FROM TO: two runs; one does all, and the other does nothing.
at_once() {
    rm -rf case && cp -a "$2" case
    "$VAFIT" consolidate case/parts "$1" -q >first 2>&1 &
    "$VAFIT" consolidate case/parts "$1" -q >second 2>&1
    second=$?
    wait $!
    first=$?
    expect_true "two runs with $1: their statuses" grep -Eqx '0 [04]|4 0' <<<"$first $second"
    expect_true "two runs with $1: all is done" diff -r "$3" case
}
for _ in 1 2 3 4; do
    at_once --in-place was consolidated
    at_once --undo consolidated was
done

mkdir disk
if ! mount -t tmpfs -o size=1m tmpfs disk 2>.mount; then
    skip 'full and read-only disks' "no file system can be mounted: $(head -1 .mount)"
    exit
fi
umount disk
# on_disk NAME WAY FOLDER OPTIONS: fails on a disk that is mounted again with these options; all is as in FOLDER.
on_disk() {
    mount -t tmpfs -o size=4m tmpfs disk
    cp -a "$3/." disk
    [ "$2" = --in-place ] || { cat /dev/zero >disk/zeros; } 2>/dev/null
    mount -o "remount,$4" disk
    run "$VAFIT" consolidate disk/parts "$2" -q
    cp .err message
    expect "$1, $2" 4 '' -
    expect_true "$1, $2: it says so" grep -q "^vafit: disk/.*: cannot write: ${5}" message
    expect_true "$1, $2: all stays" diff -r -x zeros "$3" disk
    umount disk
}
used=$(du -ks was | cut -f1)
for spare in 4 40 60 80; do
    on_disk "$spare KiB left" --in-place was size=$((used + spare))k 'No space left on device'
done
on_disk 'a full disk' --undo consolidated rw 'No space left on device'
on_disk 'a read-only disk' --in-place was ro 'Read-only file system'
on_disk 'a read-only disk' --undo consolidated ro 'Read-only file system'
