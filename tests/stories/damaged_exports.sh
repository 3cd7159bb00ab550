# What may happen to the exports trie, function starts and data in code of a rewritten file: verify says
# which export, which function and which entry it is. What is expected comes from llvm-objdump-19 and from
# the bytes themselves.
. "$(dirname "$0")/../lib/damage.sh"
. "$TESTS/lib/programs.sh"

cat >victim.c <<'EOS'
int number = 4;
int table[3] = {1, 2, 3};
__attribute__((weak)) int weak_number = 3;
int add(int value) {
    return value + number;
}
int address(int value) {
    return add(value) + table[value & 1];
}
int multiply(int value) {
    return address(value) * weak_number;
}
int main(void) {
    return multiply(number);
}
__asm__(".text\n.p2align 2\n_inline_table:\n.data_region jt32\n.long 1\n.long 2\n.end_data_region\n");
EOS

# victim ARCH OPTION...: a program, and what `locals` makes of it.
victim() {
    clang-19 --target="$1-apple-macos13" -O1 -fno-stack-protector -fno-inline -c victim.c -o "$1.o" &&
        link "$1" -execute -data_in_code_info "${@:2}" -o "$1.old" "$1.o" ||
        { fail "building for $1" <<<'the linker failed'; return; }
    run "$VAFIT" shrink "$1.old" --level locals --unstripped none -q -o "$1.new"
    expect "$1: shrinks" 0
    take "$1.new" "$1.old"
    base=${at[__TEXT.vmaddr]}
    # Names by their bytes, each with the address that llvm-objdump gives.
    mapfile -t names < <(llvm-objdump-19 --macho --exports-trie "$1.new" | awk '/^0x/ { print $2 }' | LC_ALL=C sort)
    mapfile -t functions < <(llvm-objdump-19 --macho --function-starts=addrs "$1.new" |
        awk '/^[0-9a-f]+$/ { print "0x" $1 }')
}

# offset_of NAME: where the export is, from the image's base.
offset_of() {
    hex $(($(llvm-objdump-19 --macho --exports-trie "$good" | awk -v name="$1" '$2 == name { print $1 }') - base))
}

# find_node NAME: $node is where in the trie, which begins at $trie, the node of a name is, and
# $last_character where in the file the end of the edge to it is. Numbers there have two bytes at most.
find_node() {
    local rest=$1 at_byte size edge child children
    node=0
    while [ -n "$rest" ]; do
        size=$(byte $((trie + node)))
        at_byte=$((node + 1 + size))
        children=$(byte $((trie + at_byte)))
        at_byte=$((at_byte + 1))
        while ((children-- > 0)); do
            edge=$(tail -c +$((trie + at_byte + 1)) "$good" | head -c 100 | tr '\0' '\n' | head -1)
            at_byte=$((at_byte + ${#edge} + 1))
            last_character=$((trie + at_byte - 2))
            child=$(byte $((trie + at_byte)))
            at_byte=$((at_byte + 1))
            [ "$child" -lt 128 ] ||
                { child=$((child - 128 + 128 * $(byte $((trie + at_byte))))); at_byte=$((at_byte + 1)); }
            case $rest in "$edge"*) rest=${rest#"$edge"}; node=$child; continue 2 ;; esac
        done
        fail "a node of the trie" <<<"$1 is not in it"
        return
    done
}

# lines PART LINE...: findings of a part, of which five are listed.
lines() {
    local part=$1 i
    shift
    for ((i = 1; i <= $# && i <= 5; i++)); do echo "$part: ${!i}"; done
    [ $# -le 5 ] || echo "$part: $(($# - 5)) more difference$([ $# = 6 ] || echo s)"
}
export_lines() { lines 'exports trie' "$@"; }

# damaged NAME: what is found when the trie, the function starts and the data in code are damaged.
damaged() {
    local name=$1 command=$2 node multiply offset last_character i new moved starts entries
    expect_true "$name: the victim exports more than five names" test ${#names[@]} -gt 5
    # The root has one edge, which is "_": the names begin with another byte then, and come after the old ones.
    flip $((trie + 2))
    expect_true "$name: all names begin with _" test "$(byte $((trie + 1))),$(byte $((trie + 2)))" = 1,95
    damage "$name: an edge of the trie" 1 "$(export_lines "${names[@]/%/ is gone}" "${names[@]}")" "$change"
    flip $((trie + 1))
    damage "$name: how many children a node has" 1 \
        'exports trie: the node at 0x0 runs past the end of the trie' "$change"
    find_node _multiply
    offset=$(offset_of _multiply)
    flip $((trie + node))
    damage "$name: the size of an export" 1 \
        "exports trie: the node at $(hex $node) has an export that runs past the end of the trie" "$change"
    flip $((trie + node + 1))
    damage "$name: unknown flags" 1 "exports trie: the node at $(hex $node) has an export with unknown flags" "$change"
    damage "$name: other flags" 1 'exports trie: _multiply has the flags 0x4, had 0x0' @$((trie + node + 1)):1=4
    damage "$name: another address" 1 "exports trie: _multiply is at $(hex $((offset + 1))), was at $offset" \
        @$((trie + node + 2)):1=+1
    damage "$name: a name" 1 "$(export_lines '_multiply is gone' '_multiplz is new')" @$last_character:1=122
    multiply=$node
    find_node _address
    damage "$name: the address of another export" 1 \
        "exports trie: _multiply is at $(offset_of _address), was at $offset" \
        @$((trie + multiply + 2)):2="$(od -An -tu2 -j$((trie + node + 2)) -N2 "$good" | tr -d ' ')"
    damage "$name: a trie that leads to its root" 1 \
        'exports trie: the node at 0x0 is reached twice, or lies over another one' @$((trie + 4)):1=0
    damage "$name: no trie" 1 "$(export_lines "${names[@]/%/ is gone}")" "$command":4=0 "${command%+*}+$((${command#*+} + 4)):4=0"

    starts=${at[LC_FUNCTION_STARTS.dataoff]}
    expect_true "$name: the first function start is a number of two bytes" test "$(byte $((starts + 1)))" -lt 128
    flip "$starts"
    # Its first byte ends it now, and the second is the distance to a function more.
    new=($(($(byte "$starts") ^ 255)))
    new+=($((new[0] + $(byte $((starts + 1))))))
    moved=$((functions[0] - base - new[1]))
    for ((i = 1; i < ${#functions[@]}; i++)); do new+=($((functions[i] - base - moved))); done
    mapfile -t entries < <(printf '0x%x is new\n' "${new[@]}"
        for i in "${functions[@]}"; do printf '0x%x is gone\n' $((i - base)); done)
    expect_true "$name: the new function starts come before the old ones" test "${new[-1]}" -lt $((functions[0] - base))
    damage "$name: a function start" 1 "$(lines 'function starts' "${entries[@]}")" "$change"
    damage "$name: no function starts" 1 "$(lines 'function starts' "${entries[@]:${#new[@]}}")" \
        LC_FUNCTION_STARTS+8:4=0 LC_FUNCTION_STARTS+12:4=0
    damage "$name: function starts without an end" 1 'function starts: no 0 ends them' \
        LC_FUNCTION_STARTS+12:4=2

    starts=${at[LC_DATA_IN_CODE.dataoff]}
    new=$(hex "$(u32 "$starts")")
    damage "$name: the place of data in code" 1 \
        "data in code: entry 0 is 8 bytes of kind 4 at $(hex $((new + 4))), was 8 bytes of kind 4 at $new" @"$starts":4=+4
    damage "$name: its length" 1 \
        "data in code: entry 0 is 4 bytes of kind 4 at $new, was 8 bytes of kind 4 at $new" @$((starts + 4)):2=4
    damage "$name: its kind" 1 \
        "data in code: entry 0 is 8 bytes of kind 1 at $new, was 8 bytes of kind 4 at $new" @$((starts + 6)):2=1
    damage "$name: no data in code" 1 'data in code: 0 entries, were 1' LC_DATA_IN_CODE+8:4=0 LC_DATA_IN_CODE+12:4=0
    damage "$name: half an entry" 1 'data in code: 4 bytes are no whole entries of 8' LC_DATA_IN_CODE+12:4=4
}

victim x86_64 -no_fixup_chains
trie=${at[LC_DYLD_INFO_ONLY.export_off]}
damaged x86_64 LC_DYLD_INFO_ONLY+40
victim arm64 -fixup_chains
trie=${at[LC_DYLD_EXPORTS_TRIE.dataoff]}
damaged arm64 LC_DYLD_EXPORTS_TRIE+8

# alone NAME FINDING FIELD=VALUE...: what verify says of a damaged copy without an original.
alone() {
    cp "$good" copy
    poke_all copy "${@:3}" 2>.poke || { fail "$1" <.poke; return; }
    run "$VAFIT" verify copy
    expect "$1" 1 '' "vafit: copy: $2"
}
take x86_64.new x86_64.old
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
alone 'without the original: more behind the function starts' \
    "function starts: byte 0x7 is 0x01, behind the 0 that ends them" @$((starts + 7)):1=1
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
