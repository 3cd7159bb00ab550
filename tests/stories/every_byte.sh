# No byte of a rewritten file can be turned round without being found, and none breaks verify or shrink.
. "$(dirname "$0")/../lib/victim.sh"

# sweep NAME STEP START END: no byte of the good file in [START, END) can be turned round, every STEP bytes,
# without being found; and whatever shrink makes of such a file, it ends as it should.
sweep() {
    local offset missed=() broken=()
    for ((offset = $3; offset < $4; offset += $2)); do
        flip $offset
        cp "$good" copy
        poke_all copy "$change"
        run "$VAFIT" verify copy --against "$original" -q
        case $status in 0) missed+=($offset) ;; 1 | 3) ;; *) broken+=("verify: $offset, exit status $status") ;; esac
        run "$VAFIT" shrink copy --level locals --unstripped none -q -o again
        case $status in 0 | 3) ;; *) broken+=("shrink: $offset, exit status $status: $(head -3 .err)") ;; esac
    done
    printf '%s\n' "${broken[@]}" | grep . >.broken
    expect_true "$1: no byte breaks verify or shrink" test ! -s .broken || cat .broken
    expect_true "$1: no byte is missed" test -z "${missed[*]}"
}
arm64_damages
take_signature
sweep 'arm64: header and load commands' 29 0 "${at[head.size]}"
sweep 'arm64: __LINKEDIT' 29 "${at[__LINKEDIT.fileoff]}" $((hashes + 32 * pages))
sweep 'arm64: contents' 1999 "${at[head.size]}" "${at[__LINKEDIT.fileoff]}"
x86_64_damages
# Between them the memory of __LINKEDIT, which may end anywhere in its last page, and the places of parts
# that are not there, which mean nothing.
sweep 'x86_64: header and segments' 29 0 $((at[__LINKEDIT.start] + 32))
sweep 'x86_64: the next load commands' 7 $((at[__LINKEDIT.start] + 40)) $((at[LC_DYSYMTAB.start] + 32))
sweep 'x86_64: the other load commands' 29 $((at[LC_DYSYMTAB.start] + 80)) "${at[head.size]}"
sweep 'x86_64: contents' 997 "${at[head.size]}" "${at[__LINKEDIT.fileoff]}"
# without_zeros START SIZE: where the zeros at the end begin, which end opcodes and names, or mean nothing.
without_zeros() {
    local end=$(($1 + $2))
    while [ "$(byte $((end - 1)))" = 0 ]; do end=$((end - 1)); done
    echo $end
}
for part in rebase bind weak_bind lazy_bind; do
    part=LC_DYLD_INFO_ONLY.$part
    sweep "x86_64: $part" 3 "${at[${part}_off]}" "$(without_zeros "${at[${part}_off]}" "${at[${part}_size]}")"
done
sweep 'x86_64: symbols' 5 "${at[LC_SYMTAB.symoff]}" $((at[LC_SYMTAB.symoff] + 16 * at[LC_SYMTAB.nsyms]))
# The pool begins with " ".
sweep 'x86_64: names' 5 $((at[LC_SYMTAB.stroff] + 2)) \
    "$(without_zeros "${at[LC_SYMTAB.stroff]}" "${at[LC_SYMTAB.strsize]}")"
sweep 'x86_64: indirect table' 1 "${at[LC_DYSYMTAB.indirectsymoff]}" \
    $((at[LC_DYSYMTAB.indirectsymoff] + 4 * at[LC_DYSYMTAB.nindirectsyms]))
