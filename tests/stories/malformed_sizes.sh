# Load commands whose size is wrong.
. "$(dirname "$0")/../lib/malformed_commands.sh"

for command in '0 LC_SEGMENT_64' '7 LC_SYMTAB' '14 LC_LOAD_DYLIB' '20 LC_CODE_SIGNATURE'; do
    for size in 0 4 7; do
        malformed "cmdsize $size of ${command#* }" \
            "load command ${command% *} (${command#* }) cmdsize: $size bytes are fewer than the 8 of any load command" \
            "lc${command% *}+4:4=$size"
    done
    for size in 65536 4294967295; do
        malformed "cmdsize $size of ${command#* }" \
            "load command ${command% *} (${command#* }) cmdsize: $size bytes run past the end of the load commands" \
            "lc${command% *}+4:4=$size"
    done
done

# Index, command, size, and the bytes of its fields.
while read -r index command size fields; do
    malformed "$command of $size bytes, fewer than its fields" \
        "load command $index ($command) cmdsize: $size bytes are fewer than its $fields bytes of fields" \
        "lc$index+4:4=$size"
done <<'TABLE'
0 LC_SEGMENT_64 71 72
5 LC_DYLD_CHAINED_FIXUPS 8 16
6 LC_DYLD_EXPORTS_TRIE 15 16
7 LC_SYMTAB 16 24
8 LC_DYSYMTAB 72 80
9 LC_LOAD_DYLINKER 8 12
10 LC_UUID 23 24
11 LC_BUILD_VERSION 16 24
12 LC_SOURCE_VERSION 8 16
13 LC_MAIN 16 24
14 LC_LOAD_DYLIB 16 24
17 LC_RPATH 11 12
18 LC_FUNCTION_STARTS 8 16
19 LC_DATA_IN_CODE 8 16
20 LC_CODE_SIGNATURE 8 16
TABLE

while read -r index command size exact; do
    malformed "$command of $size bytes, where the size is fixed" \
        "load command $index ($command) cmdsize: $size bytes where dyld wants exactly $exact" \
        "lc$index+4:4=$size"
done <<'TABLE'
5 LC_DYLD_CHAINED_FIXUPS 24 16
6 LC_DYLD_EXPORTS_TRIE 17 16
7 LC_SYMTAB 32 24
8 LC_DYSYMTAB 88 80
10 LC_UUID 32 24
13 LC_MAIN 32 24
18 LC_FUNCTION_STARTS 24 16
19 LC_DATA_IN_CODE 24 16
TABLE

malformed 'LC_DYLD_INFO_ONLY of another size' \
    'load command 8 (LC_DYLD_INFO_ONLY) cmdsize: 80 bytes where dyld wants exactly 48' \
    lc8+0:4=0x80000022
malformed 'an unknown command that is cut' \
    'load command 12 (0x7fffff99) cmdsize: 7 bytes are fewer than the 8 of any load command' \
    lc12+0:4=0x7fffff99 lc12+4:4=7
