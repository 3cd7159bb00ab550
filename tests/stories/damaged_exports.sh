# Damaged exports tries, function starts and data in code of a rewritten file: verify says which export, which
# function and which entry it is. What is expected comes from llvm-objdump-19 and from the bytes themselves.
. "$(dirname "$0")/../lib/victim_exports.sh"

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
