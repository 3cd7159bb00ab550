# Where the file system can share blocks between files, a rewritten image takes only the room of what is new
# in it.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

trap 'umount "$WORK/disk" 2>/dev/null; rm -rf "$WORK"' EXIT
mkdir disk
truncate -s 400M image
if ! { mkfs.xfs -q -m reflink=1 image && mount -o loop image disk; } >.mount 2>&1; then
    skip 'shared blocks' "no file system that shares blocks can be mounted: $(head -1 .mount)"
    exit
fi

# used: KiB on the disk.
used() {
    sync
    df --output=used disk | tail -1
}

# 48 MiB of contents that are no holes.
cat >big.s <<'EOF2'
.section __TEXT,__const
.fill 12582912, 4, 0x12345678
.text
.globl _big
_big:
_local:
ret
EOF2
for arch in arm64 x86_64; do
    clang-19 --target=$arch-apple-macos13 -c big.s -o big.o &&
        link $arch -fixup_chains -dylib -install_name @rpath/libbig.dylib -o disk/$arch big.o || fail 'linking' <<<''
done
"$MAKE_MACHO" universal --out disk/both disk/arm64 disk/x86_64

for name in arm64 x86_64 both; do
    before=$(used)
    run "$VAFIT" shrink disk/$name --level locals -o disk/$name.new
    expect "$name: shrinks" 0 - ''
    taken=$(($(used) - before))
    expect_true "$name: takes less than 1 MiB of the disk, not 48 ($taken KiB)" test $taken -lt 1024
    run "$VAFIT" verify disk/$name.new --against disk/$name
    expect "$name: means the same" 0 "disk/$name.new: well formed, and means the same"
done
