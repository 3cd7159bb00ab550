# Symbols that dyld itself reads: of images that are bound by them, that have no exports trie, or whose
# external relocations name them. They stay at every level; symbols whose value is a name follow the pool.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

cat >old.c <<'C'
extern int imported(void);
int value = 1;
int *pointer = &value;
static __attribute__((noinline)) int hidden(int x) { return x * 3; }
int exported(int x) { return hidden(x) + hidden(x + 1) + imported(); }
int the_alias(void) { return 4; }
C
clang-19 --target=x86_64-apple-macos13 -O1 -g -fno-inline -c old.c -o old.o
echo 'int imported(void) { return 5; }' | clang-19 --target=x86_64-apple-macos13 -x c -c - -o imported.o
link x86_64 -no_fixup_chains -dylib -install_name @rpath/libimported.dylib -o libimported.dylib imported.o
link x86_64 -no_fixup_chains -dylib -no_adhoc_codesign -install_name @rpath/libold.dylib -o new.dylib old.o libimported.dylib
pointer=$(llvm-nm-19 new.dylib | sed -n 's/ D _pointer$//p')

# stays NAME FILE SYMBOL...: these are in it, to LLVM.
stays() {
    local name=$1 file=$2 symbol
    shift 2
    llvm-nm-19 -a "$file" | sed 's/.* //' >symbols
    for symbol; do
        expect_true "$name: $symbol stays" grep -qx "$symbol" symbols
    done
}
# gone NAME FILE SYMBOL
gone() {
    llvm-nm-19 -a "$2" 2>/dev/null | sed 's/.* //' >symbols
    expect_true "$1: $3 is gone" sh -c "! grep -qx '$3' symbols"
}
# shrunk NAME FILE LEVEL: made as `small`, and proven.
shrunk() {
    run "$VAFIT" shrink "$2" --level "$3" --unstripped none -o small -q
    expect "$1: shrinks at $3" 0 '' ''
    run "$VAFIT" verify small --against "$2" --level "$3" -q
    expect "$1: means the same at $3" 0 '' -
}
relocations() { llvm-objdump-19 --macho -r "$1" 2>/dev/null | sed 1d; }
indirect() { llvm-objdump-19 --macho --indirect-symbols "$1" 2>/dev/null | sed 1d | awk '{print $1, $NF}'; }

# --- bound by its symbols ---

cp new.dylib old.dylib
python3 "$TESTS/lib/bound_by_symbols.py" old.dylib "$pointer=_value"
relocations old.dylib >before.relocations
indirect old.dylib >before.indirect
expect_true 'LLVM reads the relocation' grep -q _value before.relocations
expect_true 'LLVM reads the indirect table' grep -q _imported before.indirect
for level in lossless debug-map locals symbols; do
    shrunk 'bound by symbols' old.dylib $level
    stays "bound by symbols, $level" small _value _imported _exported _pointer
    relocations small >after.relocations
    expect_same "bound by symbols, $level: the relocations name the same" before.relocations after.relocations
    indirect small >after.indirect
    expect_same "bound by symbols, $level: the indirect table names the same" before.indirect after.indirect
done
gone 'bound by symbols' small _hidden

# One that is gone all the same is found.
run "$VAFIT" shrink new.dylib --level symbols --unstripped none -o stripped -q
run "$VAFIT" verify stripped --against old.dylib -q
expect 'an image that lost its symbols is found' 1 '' -

# --- relocations beside fixups ---

cp new.dylib relocated.dylib
start=$(llvm-otool-19 -l new.dylib | sed -n 's/^ *rebase_off //p')
python3 - relocated.dylib "$start" <<'P'
import struct, sys
path, start = sys.argv[1], int(sys.argv[2])
b = bytearray(open(path, "rb").read())
at = 32
for _ in range(struct.unpack_from("<I", b, 16)[0]):
    number, size = struct.unpack_from("<II", b, at)
    if number == 0x80000022: struct.pack_into("<IIII", b, at, 0x22, 48, 0, 0)
    if number == 0xb:
        struct.pack_into("<II", b, at + 64, start, 1)
        extdef, = struct.unpack_from("<I", b, at + 16)
    at += size
b[start:start + 8] = struct.pack("<II", 0, extdef | 3 << 25 | 1 << 27)
open(path, "wb").write(b)
P
named=$(relocations relocated.dylib | sed -n '$s/.* //p')
shrunk 'relocations beside fixups' relocated.dylib symbols
stays 'relocations beside fixups' small "$named"
gone 'relocations beside fixups' small _hidden

# --- no exports trie ---

link x86_64 -fixup_chains -dylib -no_adhoc_codesign -install_name @rpath/libold.dylib -o chained.dylib old.o libimported.dylib
python3 - chained.dylib <<'P'
import struct, sys
b = bytearray(open(sys.argv[1], "rb").read())
at = 32
for _ in range(struct.unpack_from("<I", b, 16)[0]):
    number, size = struct.unpack_from("<II", b, at)
    if number == 0x80000033:
        start, length = struct.unpack_from("<II", b, at + 8)
        b[start:start + length] = bytes(length)
        struct.pack_into("<IIII", b, at, 0x2a, 16, 0, 0)
    at += size
open(sys.argv[1], "wb").write(b)
P
shrunk 'no exports trie' chained.dylib symbols
stays 'no exports trie' small _exported _the_alias _pointer _value
gone 'no exports trie' small _hidden
gone 'no exports trie' small _imported

# --- a value that is a name ---

cp new.dylib alias.dylib
python3 - alias.dylib <<'P'
import struct, sys
b = bytearray(open(sys.argv[1], "rb").read())
at = 32
for _ in range(struct.unpack_from("<I", b, 16)[0]):
    number, size = struct.unpack_from("<II", b, at)
    if number == 2: symbols, count, strings, _ = struct.unpack_from("<4I", b, at + 8)
    at += size
where = {}
for i in range(count):
    index, kind = struct.unpack_from("<IB", b, symbols + 16 * i)
    if not kind & 0xe0: where[bytes(b[strings + index:b.index(0, strings + index)])] = (symbols + 16 * i, index)
entry = where[b"_the_alias"][0]
b[entry + 4:entry + 8] = bytes([0x0b, 0, 0, 0])
struct.pack_into("<Q", b, entry + 8, where[b"_imported"][1])
open(sys.argv[1], "wb").write(b)
P
llvm-nm-19 -m alias.dylib | grep the_alias >before
expect_true 'LLVM reads the second name' grep -q '_imported' before
for level in lossless debug-map locals; do
    shrunk 'a value that is a name' alias.dylib $level
    llvm-nm-19 -m small | grep the_alias >after
    sed -i 's/[^ ]*\/small/x/' after && sed 's/[^ ]*\/alias.dylib/x/' before >wanted
    expect_same "a value that is a name: $level keeps it" wanted after
done
