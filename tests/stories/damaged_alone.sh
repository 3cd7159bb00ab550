# Damaged exports tries, function starts and data in code without an original: verify finds what cannot be, and
# shrink refuses it.
. "$(dirname "$0")/../lib/victim_exports.sh"

victim arm64 -fixup_chains
victim x86_64 -no_fixup_chains
# alone NAME FINDING FIELD=VALUE...: what verify says of a damaged copy without an original.
alone() {
    cp "$good" copy
    poke_all copy "${@:3}" 2>.poke || { fail "$1" <.poke; return; }
    run "$VAFIT" verify copy
    expect "$1" 1 '' "vafit: copy: $2"
}
trie=${at[LC_DYLD_INFO_ONLY.export_off]} starts=${at[LC_FUNCTION_STARTS.dataoff]}
find_node _multiply
alone 'without the original: a re-export of a dylib that is not loaded' \
    'exports trie: _multiply is re-exported from dylib 9 of 1' @$((trie + node + 1)):2=0x0908 @$((trie + node + 3)):1=0
alone 'without the original: a re-export of itself' \
    'exports trie: _multiply is re-exported from dylib 0 of 1' @$((trie + node + 1)):2=0x0008 @$((trie + node + 3)):1=0
# The image ends at 0x4000; two bytes hold 0x3fff at most, so that it is the next function that is past that.
mapfile -t functions < <(llvm-objdump-19 --macho --function-starts=addrs "$good" | awk '/^[0-9a-f]+$/ { print "0x" $1 }')
alone 'without the original: a function outside the image' \
    "function starts: $(hex $((0x3fff + functions[1] - functions[0]))) lies outside the image" @"$starts":2=0x7fff
alone 'without the original: more after the function starts' \
    "function starts: byte 0x7 is 0x01, after the 0 that ends them" @$((starts + 7)):1=1
alone 'without the original: data in code outside the image' \
    'data in code: entry 0, 8 bytes at 0x12345678, lies outside the image' \
    @"${at[LC_DATA_IN_CODE.dataoff]}":4=0x12345678
cp "$good" copy
poke_all copy @$((trie + node + 2)):2=0xffff 2>.poke
run "$VAFIT" verify copy
expect_true 'without the original: an export without an end' grep -q 'exports trie: the node at' .err

# More fits into an export that has five bytes each for flags and address.
echo 'int only(void) { return 1; }' >only.c
clang-19 --target=x86_64-apple-macos13 -c only.c && link x86_64 -dylib -o only.dylib only.o &&
    python3 "$TESTS/lib/wasteful_trie.py" only.dylib || fail 'a dylib with a wasteful trie' <<<'cannot be made'
take only.dylib only.dylib
node=$(LC_ALL=C grep -aboP '\x8a\x80\x80\x80\x00\x80' only.dylib | head -1 | cut -d: -f1)
alone 'without the original: an export outside the image' \
    "exports trie: _only is at $(base=0; hex $(($(offset_of _only) + (0x7f << 14)))), outside the image" \
    @$((node + 12)):1=0xff
alone 'without the original: a resolver outside the image' \
    'exports trie: the resolver of _only is at 0x1ff80, outside the image' \
    @$((node + 5)):1=0x90 @$((node + 10)):4=0x07ff8001 @$((node + 14)):1=0

# A malformed trie is not rewritten.
cp arm64.old copy
trie=$(llvm-otool-19 -l copy | awk '$2 == "LC_DYLD_EXPORTS_TRIE" { f = 1 } f && $1 == "dataoff" { print $2; exit }')
"$POKE" copy @$((trie + 1)):1 255
run "$VAFIT" shrink copy -o nothing
expect 'shrink refuses a trie that it cannot read' 3 '' \
    'vafit: copy: exports trie: the node at 0x0 runs past the end of the trie'
expect_true 'and writes nothing' test ! -e nothing
