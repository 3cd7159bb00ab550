# Damaged symbols, indirect entries and groups of symbols: verify says which one it is.
. "$(dirname "$0")/../lib/victim.sh"

x86_64_damages
table=${at[LC_SYMTAB.symoff]} count=${at[LC_SYMTAB.nsyms]} pool=${at[LC_SYMTAB.stroff]}
indirect=${at[LC_DYSYMTAB.indirectsymoff]}
damage 'the value of a symbol' 1 "symbol 1: $stranger" @$((table + 16 + 8)):8=+4
damage 'the type of a symbol' 1 "symbol 1: $stranger" @$((table + 16 + 4)):1=0x1e
damage 'the section of a symbol' 1 "symbol 1: $stranger" @$((table + 16 + 5)):1=+1
damage 'the description of a symbol' 1 "symbol 1: $stranger" @$((table + 16 + 6)):2=+0x20
damage 'the ordinal of the last undefined symbol' 1 "symbol $((count - 1)): $stranger" \
    @$((table + 16 * (count - 1) + 7)):1=+1
damage 'the name of a symbol: another' 1 "symbol 1: $stranger" @$((table + 16)):4="$(u32 "$table")"
damage 'the name of a symbol: its tail' 1 "symbol 1: $stranger" @$((table + 16)):4=+1
damage 'the name of a symbol: none' 1 "symbol 1: $stranger" @$((table + 16)):4=0
damage 'the name of a symbol: past the pool' 1 "symbol 1: $stranger" \
    @$((table + 16)):4="${at[LC_SYMTAB.strsize]}"
damage 'a byte of a name in the pool' 1 "symbol 0: $stranger" @$((pool + $(u32 "$table") + 1)):1=88
damage 'the end of a name in the pool' 1 "symbol 0: $stranger" @$((pool + $(u32 "$table") + 2)):1=0
damage 'two symbols that change places' 1 "symbol 1: $stranger" \
    @"$table":8="$(u64 $((table + 16)))" @$((table + 8)):8="$(u64 $((table + 24)))" \
    @$((table + 16)):8="$(u64 "$table")" @$((table + 24)):8="$(u64 $((table + 8)))"
damage 'one symbol twice' 1 "symbol 1: $stranger" \
    @$((table + 16)):8="$(u64 "$table")" @$((table + 24)):8="$(u64 $((table + 8)))"

# The indirect table: entry 0 is local by now, entry 1 names a symbol.
expect_true 'entry 0 of the indirect table is local' test "$(u32 "$indirect")" = $((0x80000000))
damage 'an index of the indirect table' 1 "indirect table entry 1: $misnamed" @$((indirect + 4)):4=0
damage 'an index past the symbol table' 1 "indirect table entry 1: $misnamed" @$((indirect + 4)):4="$count"
damage 'a local entry that names a symbol' 1 "indirect table entry 0: $misnamed" @"$indirect":4=0
damage 'an entry that has become local' 1 "indirect table entry 1: $misnamed" @$((indirect + 4)):4=0x80000000
found 'a local entry that has become absolute' @"$indirect":4=0xc0000000
found 'a local entry with an index' @"$indirect":4=0x80000001
damage 'the indirect table one entry shorter' 1 'indirect table entry 0: there are not as many as before' \
    LC_DYSYMTAB+60:4=-1
damage 'the indirect table gone' 1 'indirect table entry 0: there are not as many as before' \
    LC_DYSYMTAB+56:4=0 LC_DYSYMTAB+60:4=0

# The groups of LC_DYSYMTAB.
group='does not hold what is left of the group'
damage 'ilocalsym' 1 "LC_DYSYMTAB group 0: $group" LC_DYSYMTAB+8:4=1
damage 'nlocalsym' 1 "LC_DYSYMTAB group 0: $group" LC_DYSYMTAB+12:4=1
damage 'iextdefsym' 1 "LC_DYSYMTAB group 1: $group" LC_DYSYMTAB+16:4=+1
damage 'nextdefsym' 1 "LC_DYSYMTAB group 1: $group" LC_DYSYMTAB+20:4=-1
damage 'iundefsym' 1 "LC_DYSYMTAB group 2: $group" LC_DYSYMTAB+24:4=-1
damage 'nundefsym' 1 "LC_DYSYMTAB group 2: $group" LC_DYSYMTAB+28:4=+1

arm64_damages
damage 'arm64: a name' 1 "symbol 0: $stranger" @$((at[LC_SYMTAB.stroff] + $(u32 "${at[LC_SYMTAB.symoff]}") + 1)):1=88
damage 'arm64: an index of the indirect table' 1 "indirect table entry 0: $misnamed" @"${at[LC_DYSYMTAB.indirectsymoff]}":4=0
in_command 'arm64: the UUID' LC_UUID 8 LC_UUID
