# Load commands whose strings have no end, and which may not stand beside each other.
. "$(dirname "$0")/../lib/malformed_commands.sh"

# bad_name INDEX COMMAND [CHANGE...]: its string of 17 characters lies at byte 24 of 48.
bad_name() {
    local offset at="load command $1 ($2) name"
    for offset in 0 8 23 48 49 4294967295; do
        malformed "$2: the name at offset $offset" \
            "$at: offset $offset lies outside the command's string part, bytes 24 to 48" \
            "lc$1+8:4=$offset" "${@:3}"
    done
    malformed "$2: a name without an end" "$at: the string has no end" \
        "lc$1+41:4=0x61616161" "lc$1+44:4=0x61616161" "${@:3}"
    malformed "$2: a name that is one byte without an end" "$at: the string has no end" \
        "lc$1+8:4=47" "lc$1+47:1=0x61" "${@:3}"
}

bad_name 14 LC_LOAD_DYLIB
bad_name 14 LC_LOAD_WEAK_DYLIB lc14+0:4=0x80000018
bad_name 14 LC_REEXPORT_DYLIB lc14+0:4=0x8000001f
bad_name 14 LC_LOAD_UPWARD_DYLIB lc14+0:4=0x80000023
bad_name 14 LC_LAZY_LOAD_DYLIB lc14+0:4=0x20
good=../good/liba.dylib
bad_name 4 LC_ID_DYLIB

good=../good/a
for offset in 0 11 32 4294967295; do
    malformed "LC_RPATH: the path at offset $offset" \
        "load command 17 (LC_RPATH) path: offset $offset lies outside the command's string part, bytes 12 to 32" \
        lc17+8:4=$offset
done
malformed 'LC_RPATH: a path without an end' 'load command 17 (LC_RPATH) path: the string has no end' \
    lc17+24:8=0x6161616161616161
malformed 'LC_RPATH without room for a path' \
    "load command 19 (LC_RPATH) path: offset 49952 lies outside the command's string part, bytes 12 to 16" \
    lc19+0:4=0x8000001c "lc19+8:4=49952"
malformed 'LC_LOAD_DYLIB without room for a name' \
    "load command 10 (LC_LOAD_DYLIB) name: offset 24 lies outside the command's string part, bytes 24 to 24" \
    lc10+0:4=12 lc10+8:4=24
malformed 'the newer form of LC_LOAD_DYLIB with a name in its flags' \
    "load command 14 (LC_LOAD_DYLIB) name: offset 20 lies outside the command's string part, bytes 24 to 48" \
    lc14+8:4=20 lc14+12:4=0x1a741800
malformed 'the newer form of LC_LOAD_DYLIB without an end' \
    'load command 14 (LC_LOAD_DYLIB) name: the string has no end' \
    lc14+8:4=28 lc14+12:4=0x1a741800 lc14+41:4=0x61616161 lc14+44:4=0x61616161

# A command takes the number of another of the same size.
while read -r index number command; do
    malformed "$command twice" "load command $index ($command) cmd: comes twice" \
        "lc$index+0:4=$number"
done <<'TABLE'
6 0x80000034 LC_DYLD_CHAINED_FIXUPS
12 0x80000033 LC_DYLD_EXPORTS_TRIE
10 0x2 LC_SYMTAB
16 0xb LC_DYSYMTAB
11 0x1b LC_UUID
19 0x26 LC_FUNCTION_STARTS
20 0x29 LC_DATA_IN_CODE
TABLE
malformed 'LC_CODE_SIGNATURE twice' 'load command 20 (LC_CODE_SIGNATURE) cmd: comes twice' \
    lc19+0:4=0x1d
malformed 'LC_SEGMENT_SPLIT_INFO twice' \
    'load command 19 (LC_SEGMENT_SPLIT_INFO) cmd: comes twice' lc18+0:4=0x1e lc19+0:4=0x1e
malformed 'LC_DYLD_INFO twice' 'load command 15 (LC_DYLD_INFO) cmd: comes twice' \
    lc5+0:4=0x2a lc6+0:4=0x2a lc14+0:4=0x22 lc15+0:4=0x22
malformed 'LC_DYLD_INFO and LC_DYLD_INFO_ONLY' \
    'load command 15 (LC_DYLD_INFO_ONLY) cmd: comes twice' \
    lc5+0:4=0x2a lc6+0:4=0x2a lc14+0:4=0x22 lc15+0:4=0x80000022

good=../good/liba.dylib
malformed 'LC_ID_DYLIB twice' 'load command 12 (LC_ID_DYLIB) cmd: comes twice' lc12+0:4=0xd
malformed 'a dylib without LC_ID_DYLIB' 'load commands: a dylib without LC_ID_DYLIB' lc4+0:4=0xc

malformed 'chained fixups after LC_DYLD_INFO' \
    'load command 5 (LC_DYLD_CHAINED_FIXUPS) cmd: stands beside LC_DYLD_INFO, which it takes the place of' \
    lc4+0:4=0x22
malformed 'chained fixups after LC_DYLD_INFO_ONLY' \
    'load command 5 (LC_DYLD_CHAINED_FIXUPS) cmd: stands beside LC_DYLD_INFO, which it takes the place of' \
    lc4+0:4=0x80000022
good=../good/a
malformed 'LC_DYLD_INFO after chained fixups' \
    'load command 14 (LC_DYLD_INFO) cmd: stands beside chained fixups, which take its place' \
    lc14+0:4=0x22
malformed 'LC_DYLD_INFO after an exports trie' \
    'load command 14 (LC_DYLD_INFO) cmd: stands beside LC_DYLD_EXPORTS_TRIE' \
    lc5+0:4=0x2a lc14+0:4=0x22
malformed 'LC_ID_DYLIB in an executable' 'load command 14 (LC_ID_DYLIB) cmd: only a dylib has one' \
    lc14+0:4=0xd
malformed 'LC_DYSYMTAB without LC_SYMTAB' 'load commands: LC_DYSYMTAB without LC_SYMTAB' \
    lc7+0:4=0x32
good=../good/plugin.so
malformed 'LC_ID_DYLIB in a bundle' 'load command 11 (LC_ID_DYLIB) cmd: only a dylib has one' \
    lc11+0:4=0xd
