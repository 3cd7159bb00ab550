# Symbols that are gone while others of their kind stay: no level drops only some.
. "$(dirname "$0")/../lib/victim.sh"

x86_64_damages
count=${at[LC_SYMTAB.nsyms]}
# drop_symbol INDEX GROUP: takes that symbol out of copy's table, and all that follows from it; GROUP is 0
# for locals, 1 for exported and 2 for undefined symbols.
drop_symbol() {
    local entries=${at[LC_DYSYMTAB.nindirectsyms]} i entry
    local place=$((at[LC_SYMTAB.symoff] + 16 * $1)) after=$((16 * (at[LC_SYMTAB.nsyms] - 1 - $1)))
    tail -c +$((place + 17)) "$good" | head -c $after |
        dd of=copy bs=65536 seek=$place oflag=seek_bytes conv=notrunc status=none
    poke_all copy LC_SYMTAB+12:4=-1 LC_DYSYMTAB+$((12 + 8 * $2)):4=-1
    for ((i = $2 + 1; i < 3; i++)); do poke_all copy LC_DYSYMTAB+$((8 + 8 * i)):4=-1; done
    for ((i = 0; i < entries; i++)); do
        entry=$(u32 $((at[LC_DYSYMTAB.indirectsymoff] + 4 * i)))
        if [ "$entry" = "$1" ]; then
            poke_all copy @$((at[LC_DYSYMTAB.indirectsymoff] + 4 * i)):4=0x80000000
        elif [ "$entry" -lt $((0x80000000)) ] && [ "$entry" -gt "$1" ]; then
            poke_all copy @$((at[LC_DYSYMTAB.indirectsymoff] + 4 * i)):4=-1
        fi
    done
}
left='is still there, though others of its kind are gone: no level drops only some'
cp "$good" copy
drop_symbol 0 1
judged 'an exported symbol that is gone' 1 "symbol 0: $left"
cp "$good" copy
drop_symbol $((count - 1)) 2
judged 'an undefined symbol that is gone' 1 "symbol 0: $left
indirect table entry 1: does not name the symbol it named"

shrunk 'x86_64 debug-map' classic/victim classic/debug-map debug-map
take classic/debug-map classic/victim
cp "$good" copy
drop_symbol 0 0
judged 'a local symbol that is gone while others stay' 1 "symbol 0: $left"
cp "$good" copy
drop_symbol $((at[LC_DYSYMTAB.nlocalsym] - 1)) 0
judged 'the last local symbol gone while others stay' 1 "symbol 0: $left"
cp "$good" copy
for ((i = at[LC_DYSYMTAB.nlocalsym]; i > 0; i--)); do
    drop_symbol 0 0
    cp copy less
    take less classic/victim
done
run "$VAFIT" verify copy --against classic/victim
expect 'all local symbols gone, one by one: that is what a level drops' 0 'copy: well formed, and means the same'

shrunk 'x86_64 lossless' classic/victim classic/lossless lossless
take classic/lossless classic/victim
stab=0
while [ $(($(byte $((at[LC_SYMTAB.symoff] + 16 * stab + 4))) & 0xe0)) = 0 ]; do stab=$((stab + 1)); done
cp "$good" copy
drop_symbol $stab 0
other=0
while [ $other = $stab ] || [ $(($(byte $((at[LC_SYMTAB.symoff] + 16 * other + 4))) & 0xe0)) = 0 ]; do
    other=$((other + 1))
done
judged 'one entry of the debug map gone' 1 "symbol $((other > stab ? other - 1 : other)): $left"
