# Apple's linker gives a symbol that a dylib re-exports an entry of the symbol table with a second name (N_INDR): it is
# there with both names in the merged image, but for one that leads to another part.
. "$(dirname "$0")/../lib/consolidate.sh"

# second FILE SYMBOL NAME: the symbol is another name of NAME, which the pool has.
second() {
    python3 - "$TESTS/lib" "$@" <<'END'
import struct, sys
sys.path.insert(0, sys.argv[1])
from thin_image import command
path, symbol, name = sys.argv[2:]
image = bytearray(open(path, "rb").read())
table, count, pool, size = struct.unpack_from("<IIII", image, command(image, 2) + 8)
strings = bytes(image[pool:pool + size])
for at in range(table, table + 16 * count, 16):
    start = struct.unpack_from("<I", image, at)[0]
    if strings[start:strings.index(b"\0", start)] == symbol.encode() and image[at + 4] & 0xE0 == 0:
        struct.pack_into("<BBHQ", image, at + 4, 0xB, 0, 0, strings.index(b"\0" + name.encode() + b"\0") + 1)
open(path, "wb").write(image)
END
}

object q 7 '-DMORE=int x_other(void) { return 42; }'
built
dylib q && dylib x case/liba.dylib case/libb.dylib case/libq.dylib && program case/libx.dylib
python3 "$TESTS/lib/reexported_symbol.py" case/libx.dylib _x_other 3
second case/libx.dylib _x_other _x_other
second case/libx.dylib _x_place _x_used
cp -r case inside
run "$VAFIT" consolidate case/parts --in-place -q --exclude 'libq*'
expect 'it is consolidated' 0
llvm-nm-19 case/libconsolidated.dylib >names
expect_true 'the re-export has both names' grep -qx ' *I _x_other (indirect for _x_other)' names
expect_true 'so has any other' grep -qx ' *I _x_place (indirect for _x_used)' names
run run_program $ARCH case/parts
expect 'it prints the same' 0 "$printed"
run "$VAFIT" verify case/parts
expect 'it is sound' 0 'case/parts: well formed, and means the same'
second case/libconsolidated.dylib _x_place _b_other
run "$VAFIT" verify case/parts
expect_true 'another second name is noticed' grep -qF '_x_place, is in none of its parts' .err

run "$VAFIT" consolidate inside/parts --in-place -q
expect 'libq is merged too' 0
llvm-nm-19 inside/libconsolidated.dylib | grep ' _x_other' | cut -d' ' -f2- >names
expect_same 'x_other is the one of libq' <(echo 'S _x_other') names
run "$VAFIT" verify inside/parts
expect 'that is sound too' 0 'inside/parts: well formed, and means the same'
