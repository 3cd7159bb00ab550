# Slices of a universal file that no program loads are kept as they are, whatever they hold. A file with an empty slice is
# left alone: the slice may lie at the end, which a stub brings nearer.
. "$(dirname "$0")/../lib/consolidate.sh"

# with_slice ALIGN FILE: libx of x86_64 with one slice more, of PowerPC, that holds what FILE does.
with_slice() {
    python3 - case/libx.dylib thin "$2" "$1" <<'EOF'
import struct, sys
thin, other = (open(path, "rb").read() for path in sys.argv[2:4])
align = int(sys.argv[4])
end = -(-(0x1000 + len(thin)) >> align) << align
head = struct.pack(">IIIIIIIIIIII", 0xCAFEBABE, 2, 0x1000007, 3, 0x1000, len(thin), 12, 18, 0, end, len(other), align)
open(sys.argv[1], "wb").write((head.ljust(0x1000, b"\0") + thin).ljust(end, b"\0") + other)
EOF
}
built
cp case/libx.dylib thin
: >empty
echo 'no Mach-O file' >text

with_slice 0 empty
run timeout 60 "$VAFIT" consolidate case/parts --in-place
expect_true 'empty: the rest is consolidated' test "$status" = 0
expect_true 'empty: it says why not' grep -qx '  case/libx.dylib: is a universal file with an empty slice' .out
run run_program $ARCH case/parts
expect 'empty: it prints the same' 0 "$printed"

built && with_slice 4 text && cp -a case was
run "$VAFIT" consolidate case/parts --in-place -q
expect 'text: it is consolidated' 0
jq -r '.parts[].file' case/libconsolidated.dylib.parts.json | sort >held
expect_same 'text: all three are one' <(printf 'lib%s.dylib\n' a b x) held
run run_program $ARCH case/parts
expect 'text: afterwards' 0 "$printed"
expect_true 'text: the slice is there' cmp text <(tail -c 15 case/libx.dylib)
run "$VAFIT" verify case/parts
expect 'text: all of it is sound' 0 'case/parts: well formed, and means the same'
# The stub's slice made empty, in the file that verify compares: an answer, and no endless look for what follows it.
python3 - case/libx.dylib <<'EOF'
import struct, sys
with open(sys.argv[1], "r+b") as file:
    file.seek(8 + 12)
    file.write(struct.pack(">I", 0))
EOF
run timeout 60 "$VAFIT" verify case/parts
expect_true 'text: an empty stub is noticed' test "$status" = 1 -o "$status" = 3
