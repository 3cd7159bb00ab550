# check --advice always says how many exports no image of the programs asks for, and what they take.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
. "$TESTS/lib/closed.sh"

closed_program arm64 out || { fail 'building' <<<'the linker failed'; exit; }
programs='out/main out/other out/plugin.bundle'
# trie FILE: bytes of its exports trie. exports FILE: how many it has.
trie() { llvm-otool-19 -l "$1" | awk '$2 == "LC_DYLD_EXPORTS_TRIE" { found = 1 } found && $1 == "datasize" { print $2; exit }'; }
exports() { llvm-objdump-19 --macho --exports-trie "$1" | grep -c -e '^0x' -e '^\[re-export'; }

run "$VAFIT" check $programs --advice always --format json
cp .out report.json
# Too little room without them.
cp -rp out fixed && cp -rp out symbols
for file in main other plugin.bundle libwide.dylib libinner.dylib; do
    "$VAFIT" shrink symbols/$file --level symbols --in-place --unstripped none -q
done
limit=$(($("$VAFIT" check symbols/main --format json | jq .programs[0].va.sum) - 16384))
"$VAFIT" fix fixed/main fixed/other fixed/plugin.bundle --in-place --up-to exports --limit $limit --rule malloc-window=off -q
expect_true 'fix drops exports of libwide' test "$(exports fixed/libwide.dylib)" -lt 20
count=$(python3 "$TESTS/lib/unused_exports.py" out/*)
# The two dylibs are in all three programs.
of_dylibs=$("$VAFIT" check out/libwide.dylib $programs --advice always --format json | jq '.programs[0].unused_exports.count')
of_all=$(jq '[.programs[] | select(.profile == "macos-26") | .unused_exports.count] | add' report.json)
expect_true "their number, as a second reader counts them: $count" test $((of_all - 2 * of_dylibs)) = "$count" -a "$count" -gt 3000
least=$(($(trie symbols/libwide.dylib) - $(trie fixed/libwide.dylib)))
bytes=$(jq '.programs[0].unused_exports.bytes' report.json)
expect_true "their bytes: $bytes, of libwide $least" test "$bytes" -ge "$least" -a "$bytes" -le $((least + $(trie symbols/main) + $(trie symbols/libinner.dylib)))
expect_true 'the level has those of the level before it' test \
    "$(jq '.programs[0].would_free | .exports - .symbols' report.json)" = "$bytes"
run "$VAFIT" check $programs --advice always
expect_true 'the text says it' grep -q "^  no image asks for $(jq .programs[0].unused_exports.count report.json) exports; without them the tries have .* less$" .out

# unknown CHECK-ARGUMENT...
unknown() { "$VAFIT" check "$@" --format json | jq -c '.programs[0] | [.unused_exports[], .would_free.exports]'; }
expect_true 'it has to be asked for' test "$(unknown $programs)" = '[null,null,"only --advice always counts them",null]'
expect_true 'one architecture is no closed world' test "$(unknown $programs --advice always --arch arm64)" = \
    '[null,null,"--arch leaves out slices that may ask for them",null]'
"$VAFIT" scan out/* -o facts.json
expect_true 'facts do not know' test "$(unknown out/main --advice always --facts facts.json)" = \
    '[null,null,"facts do not tell who asks for which",null]'
expect_true 'a bundle that is no program opens the world' sh -c \
    '"$VAFIT" check out/main out/other --advice always | grep -q "^  unused exports are not counted: out/plugin.bundle"'

# A slice of a dylib that the program does not need cannot be read: the check stands.
for arch in arm64 x86_64; do
    "$MAKE_MACHO" image --out $arch --type dylib --arch $arch --id @rpath/libtwo.dylib
done
printf '\377\377' | dd of=x86_64 bs=1 seek=16 conv=notrunc status=none
llvm-lipo-19 -create arm64 x86_64 -output libtwo.dylib 2>/dev/null ||
    python3 -c '
import struct
slices = [(0x0100000C, 0, open("arm64", "rb").read()), (0x01000007, 3, open("x86_64", "rb").read())]
head, body, at = struct.pack(">II", 0xCAFEBABE, 2), b"", 0x4000
for cpu, subtype, data in slices:
    head += struct.pack(">5I", cpu, subtype, at + len(body), len(data), 14)
    body += data + bytes(-len(data) % 0x4000)
open("libtwo.dylib", "wb").write(head.ljust(at, b"\0") + body)'
"$MAKE_MACHO" image --out one --type execute --rpath @loader_path --load @rpath/libtwo.dylib
run "$VAFIT" check one --advice always
grep 'unused' .out >said && mv said .out
expect 'a slice that nobody needs is no error' 0 '  unused exports are not counted: libtwo.dylib: a slice cannot be read'
