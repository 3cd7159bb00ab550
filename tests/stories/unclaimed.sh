# Bytes that no table reaches are somebody's: refused with offset and size by every verb that rewrites, and
# dropped only when asked, with the original kept at every level. verify finds those that are gone.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

small_program x86_64 intel && small_program arm64 program && cp intel/main plain
# An archive of 600 bytes after the last part, __LINKEDIT grown over it, as packers leave it.
pack() {
    python3 - "$1" "$2" <<'EOF'
import struct, sys
image = bytearray(open(sys.argv[1], "rb").read())
at, archive = 32, b"PK\3\4" + b"an archive" * 59 + b"PK\5\6.."
assert len(archive) == 600
for _ in range(struct.unpack_from("<I", image, 16)[0]):
    number, size = struct.unpack_from("<II", image, at)
    if number == 0x19 and image[at + 8:at + 18] == b"__LINKEDIT":
        had, = struct.unpack_from("<Q", image, at + 48)
        struct.pack_into("<Q", image, at + 48, had + len(archive))
        struct.pack_into("<Q", image, at + 32, had + len(archive))
    at += size
open(sys.argv[2], "wb").write(image + archive)
EOF
}
pack plain packed
REFUSED="vafit: packed: __LINKEDIT: 600 bytes at 0x$(printf %x "$(stat -c %s plain)") that no table reaches, a ZIP archive, which a rewriting would lose; --drop-unclaimed drops them"

for level in lossless debug-map locals symbols; do
    run "$VAFIT" shrink packed -o new --level $level --unstripped none
    expect "$level: refused" 3 '' "$REFUSED"
done
expect_true 'nothing is written' test ! -e new
pack program/main archived && mv archived program/main
run "$VAFIT" fix program/main --dry-run --limit 10GiB --rule malloc-window=off --headroom 0
expect_true 'fix: the image is named among those that cannot be rewritten' grep -q '600 bytes at ' .out
cat >linker <<'LINKER'
cp packed "$2"
LINKER
run "$VAFIT" link -q -- sh linker -o new
expect 'link: refused, and the output is removed' 3 '' "${REFUSED/packed/new}
vafit: new: removed, since it could not be shrunk"

# Dropped.
for verb in shrink link; do
    run "$VAFIT" $verb --drop-unclaimed --unstripped none -- sh linker -o new
    expect "$verb: not without an original" 2 '' "vafit: --drop-unclaimed needs the original kept, not --unstripped none
vafit: see \`vafit help $verb\`"
done
run "$VAFIT" fix program/main --in-place --drop-unclaimed --unstripped none
expect 'fix: nor here' 2 '' "vafit: --drop-unclaimed needs the original kept, not --unstripped none
vafit: see \`vafit help fix\`"
run "$VAFIT" shrink packed -o new --level lossless --drop-unclaimed
expect 'dropped: exit 0' 0 - ''
expect_true 'dropped: how much is said' grep -qx 'new: dropped 600 bytes that no table reached' .out
expect_true 'dropped: it is gone' sh -c '! grep -q "an archive" new'
expect_true 'dropped: the original is kept, at lossless too' cmp new.unstripped packed
cp plain same && "$VAFIT" shrink same -o wanted --level lossless -q
expect_true 'dropped: the rest is as ever' cmp new wanted
run "$VAFIT" link -q --level locals --drop-unclaimed -- sh linker -o linked
expect 'link: dropped' 0 '' ''
expect_true 'link: the original is kept' cmp linked.unstripped packed

# Found.
run "$VAFIT" verify -q plain --against packed
expect 'verify: it is gone' 1 '' \
    "vafit: plain: __LINKEDIT: 600 bytes at 0x$(printf %x "$(stat -c %s plain)") of the original, which no table reaches, are gone or are others"
run "$VAFIT" verify -q plain --against packed --drop-unclaimed
expect 'verify: which may be said to be right' 0 '' ''
run "$VAFIT" verify -q packed --against packed
expect 'verify: it is there' 0 '' ''
sed 's/an archive/another it/' packed >other
run "$VAFIT" verify -q other --against packed
expect_true 'verify: it is another' test "$status" = 1
run "$VAFIT" verify packed --drop-unclaimed
expect 'verify: of what?' 2 '' 'vafit: verify --drop-unclaimed needs --against
vafit: see `vafit help verify`'
