# A program with exports, function starts and data in code, and where they are in it.
. "$(dirname "${BASH_SOURCE[0]}")/damage.sh"
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
