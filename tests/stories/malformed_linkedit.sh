# The parts of __LINKEDIT: where the load commands place them, and where symbols find their names.
. "$(dirname "$0")/../lib/malformed.sh"

# __LINKEDIT is the file's 0xc000 to 0x10000. The two dylibs' commands have the 48 bytes that
# LC_DYLD_INFO has.
make_executable ../good/a --load @rpath/liba.dylib --load @rpath/libb.dylib
good=../good/a

# --- parts that lie outside ---

# outside INDEX COMMAND FIELD NAME OFFSET-AT SIZE-AT ENTRY [CHANGE...]: the part whose offset and
# count of entries, of ENTRY bytes each, stand at these bytes of the command.
outside() {
    local start="load command $1 ($2) $3: the $4, " end=', lies outside __LINKEDIT, 0xc000 to 0x10000'
    local offset="lc$1+$5:4" count="lc$1+$6:4" entry=$7 size
    shift 7
    size=$(printf '0x%x' "$entry")
    malformed "${start#*: the }before __LINKEDIT" "$start$size bytes at 0xbfff$end" "$@" \
        "$offset=0xbfff" "$count=1"
    malformed "${start#*: the }at 0" "$start$size bytes at 0x0$end" "$@" "$offset=0" "$count=1"
    malformed "${start#*: the }in its last byte" "$start$size bytes at $(printf '0x%x' $((0x10001 - entry)))$end" \
        "$@" "$offset=$((0x10001 - entry))" "$count=1"
    malformed "${start#*: the }after __LINKEDIT" "$start$size bytes at 0x10000$end" "$@" \
        "$offset=0x10000" "$count=1"
    malformed "${start#*: the }at the last offset" "$start$size bytes at 0xffffffff$end" "$@" \
        "$offset=0xffffffff" "$count=1"
    malformed "${start#*: the }of the largest count" \
        "$start$(printf '0x%x' $((entry * 0xffffffff))) bytes at 0xbfff$end" "$@" \
        "$offset=0xbfff" "$count=0xffffffff"
}

outside 5 LC_DYLD_CHAINED_FIXUPS dataoff 'chained fixups' 8 12 1
outside 6 LC_DYLD_EXPORTS_TRIE dataoff 'exports trie' 8 12 1
outside 7 LC_SYMTAB symoff 'symbol table' 8 12 16
outside 7 LC_SYMTAB stroff 'string pool' 16 20 1
outside 8 LC_DYSYMTAB tocoff 'table of contents' 32 36 8
outside 8 LC_DYSYMTAB modtaboff 'module table' 40 44 56
outside 8 LC_DYSYMTAB extrefsymoff 'external references' 48 52 4
outside 8 LC_DYSYMTAB indirectsymoff 'indirect symbol table' 56 60 4
outside 8 LC_DYSYMTAB extreloff 'external relocations' 64 68 8
outside 8 LC_DYSYMTAB locreloff 'local relocations' 72 76 8
outside 16 LC_FUNCTION_STARTS dataoff 'function starts' 8 12 1
outside 17 LC_DATA_IN_CODE dataoff 'data in code' 8 12 1
outside 18 LC_CODE_SIGNATURE dataoff 'code signature' 8 12 1
outside 17 LC_SEGMENT_SPLIT_INFO dataoff 'segment split info' 8 12 1 lc17+0:4=0x1e
outside 17 LC_DYLIB_CODE_SIGN_DRS dataoff 'dylib code-sign DRs' 8 12 1 lc17+0:4=0x2b
outside 17 LC_LINKER_OPTIMIZATION_HINT dataoff 'linker optimisation hints' 8 12 1 lc17+0:4=0x2e
outside 17 LC_ATOM_INFO dataoff 'atom info' 8 12 1 lc17+0:4=0x36
outside 17 LC_FUNCTION_VARIANTS dataoff 'function variants' 8 12 1 lc17+0:4=0x37
outside 17 LC_FUNCTION_VARIANT_FIXUPS dataoff 'function variant fixups' 8 12 1 lc17+0:4=0x38
outside 17 LC_LAZY_LOAD_DYLIB_INFO dataoff 'lazy load info' 8 12 1 lc17+0:4=0x3a

# One of the dylibs' commands becomes LC_DYLD_INFO with no parts, in place of the chained fixups.
info=(lc5+0:4=0x2a lc6+0:4=0x2a lc14+0:4=0x22)
for field in 8 16 24 32 40; do
    info+=("lc14+$field:8=0")
done
outside 14 LC_DYLD_INFO rebase_off 'rebase opcodes' 8 12 1 "${info[@]}"
outside 14 LC_DYLD_INFO bind_off 'bind opcodes' 16 20 1 "${info[@]}"
outside 14 LC_DYLD_INFO weak_bind_off 'weak bind opcodes' 24 28 1 "${info[@]}"
outside 14 LC_DYLD_INFO lazy_bind_off 'lazy bind opcodes' 32 36 1 "${info[@]}"
outside 14 LC_DYLD_INFO export_off 'exports trie' 40 44 1 "${info[@]}"

malformed 'a symbol table whose size wraps at 32 bits' \
    'load command 7 (LC_SYMTAB) symoff: the symbol table, 0x100000010 bytes at 0xc000, lies outside __LINKEDIT, 0xc000 to 0x10000' \
    lc7+8:4=0xc000 lc7+12:4=0x10000001
malformed 'a part in another segment' \
    'load command 6 (LC_DYLD_EXPORTS_TRIE) dataoff: the exports trie, 0x100 bytes at 0x8000, lies outside __LINKEDIT, 0xc000 to 0x10000' \
    lc6+8:4=0x8000 lc6+12:4=0x100
malformed 'parts of a __LINKEDIT whose contents shrank' \
    'load command 5 (LC_DYLD_CHAINED_FIXUPS) dataoff: the chained fixups, 0x98 bytes at 0xc000, lies outside __LINKEDIT, 0xc000 to 0xc097' \
    lc4+48:8=0x97 lc5+12:4=0x98

# --- parts over each other ---

# All parts but two take no room, which then are 0x10 bytes from 0xd000 and from 0xd00f.
parts=('5 LC_DYLD_CHAINED_FIXUPS 8 dataoff,chained fixups' '6 LC_DYLD_EXPORTS_TRIE 8 dataoff,exports trie'
    '7 LC_SYMTAB 16 stroff,string pool' '16 LC_FUNCTION_STARTS 8 dataoff,function starts'
    '17 LC_DATA_IN_CODE 8 dataoff,data in code' '18 LC_CODE_SIGNATURE 8 dataoff,code signature')
nothing=(lc5+12:4=0 lc6+12:4=0 lc7+12:4=0 lc7+20:4=0 lc8+60:4=0 lc16+12:4=0 lc17+12:4=0 lc18+12:4=0)
for i in 0 1 2 3 4 5; do
    next=${parts[(i + 1) % 6]}
    read -r index command at field <<<"${next%,*}"
    read -r before _ before_at _ <<<"${parts[i]}"
    malformed "the ${next#*,} over the ${parts[i]#*,}" \
        "load command $index ($command) $field: the ${next#*,}, 0x10 bytes at 0xd00f, overlaps the part before it, 0xd000 to 0xd010" \
        "${nothing[@]}" "lc$before+$before_at:4=0xd000" "lc$before+$((before_at + 4)):4=0x10" \
        "lc$index+$at:4=0xd00f" "lc$index+$((at + 4)):4=0x10"
done
malformed 'the symbol table over the string pool' \
    'load command 7 (LC_SYMTAB) symoff: the symbol table, 0x20 bytes at 0xd000, overlaps the part before it, 0xcff0 to 0xd001' \
    "${nothing[@]}" lc7+8:4=0xd000 lc7+12:4=2 lc7+16:4=0xcff0 lc7+20:4=0x11
malformed 'the indirect symbol table over the symbol table' \
    'load command 8 (LC_DYSYMTAB) indirectsymoff: the indirect symbol table, 0x8 bytes at 0xd018, overlaps the part before it, 0xd000 to 0xd020' \
    "${nothing[@]}" lc7+8:4=0xd000 lc7+12:4=2 lc8+56:4=0xd018 lc8+60:4=2
malformed 'two parts at the same place' \
    'load command 6 (LC_DYLD_EXPORTS_TRIE) dataoff: the exports trie, 0x10 bytes at 0xd000, overlaps the part before it, 0xd000 to 0xd010' \
    "${nothing[@]}" lc5+8:4=0xd000 lc5+12:4=0x10 lc6+8:4=0xd000 lc6+12:4=0x10
malformed 'a part inside another' \
    'load command 6 (LC_DYLD_EXPORTS_TRIE) dataoff: the exports trie, 0x1 bytes at 0xd800, overlaps the part before it, 0xd000 to 0xe000' \
    "${nothing[@]}" lc5+8:4=0xd000 lc5+12:4=0x1000 lc6+8:4=0xd800 lc6+12:4=1

# --- names of symbols ---

symtab=$(command_offset ../good/a 2)
symbols=$(number ../good/a $((symtab + 8)))
count=$(number ../good/a $((symtab + 12)))
strings=$(printf '0x%x' "$(number ../good/a $((symtab + 20)))")

# unnamed NAME ERROR [FIELD=VALUE...]: dyld passes over such a symbol, and so do check and scan; shrink
# has no name to keep for it.
unnamed() {
    local file=${good##*/}
    cp "$good" "$file"
    poke_all "$file" "${@:3}"
    run "$VAFIT" check "$file" --allow-missing '*'
    expect "$1: check takes it" 0 - ''
    run "$VAFIT" scan "$file"
    expect "$1: scan takes it" 0 - ''
    run "$VAFIT" shrink "$file" --level lossless -o new -q
    expect "$1: shrink does not" 3 '' "vafit: $file: $2"
    expect_true "$1: nothing is written" test ! -e new
}
for i in 0 1 $((count / 2)) $((count - 1)); do
    unnamed "the name of symbol $i of $count is just past the pool" \
        "symbol $i n_strx: $strings lies past the string pool" "@$((symbols + 16 * i)):4=$strings"
    unnamed "the name of symbol $i of $count is far past the pool" \
        "symbol $i n_strx: 0xffffffff lies past the string pool" "@$((symbols + 16 * i)):4=0xffffffff"
done
unnamed 'two names past the pool: the first is reported' \
    'symbol 3 n_strx: 0xffffffff lies past the string pool' \
    "@$((symbols + 48)):4=0xffffffff" "@$((symbols + 160)):4=0xfffffffe"
unnamed 'the second name of a symbol, just past the pool' \
    "symbol 2 n_value: $strings of N_INDR lies past the string pool" \
    "@$((symbols + 36)):1=0x0b" "@$((symbols + 40)):8=$strings"

# 10000 symbols are read in more than one piece.
"$MAKE_MACHO" image --out ../good/liba.dylib --id @rpath/liba.dylib --symbols 10000
good=../good/liba.dylib
symtab=$(command_offset "$good" 2)
symbols=$(number "$good" $((symtab + 8)))
count=$(number "$good" $((symtab + 12)))
for i in 4095 4096 8191 8192 $((count - 1)); do
    unnamed "the name of symbol $i of $count is past the pool" \
        "symbol $i n_strx: 0x80000000 lies past the string pool" "@$((symbols + 16 * i)):4=0x80000000"
done
