# Parts that begin or end elsewhere, and files that are cut: verify says what it cannot read, or finds the rest.
. "$(dirname "$0")/../lib/victim.sh"

x86_64_damages
pool=${at[LC_SYMTAB.stroff]} indirect=${at[LC_DYSYMTAB.indirectsymoff]}
# What makes the image unreadable.
linkedit=${at[__LINKEDIT.fileoff]} size=${at[__LINKEDIT.filesize]}
lc="load command ${at[__LINKEDIT.index]} (LC_SEGMENT_64)"
damage 'a part over the one before it' 3 "load command ${at[LC_SYMTAB.index]} (LC_SYMTAB) stroff: the string pool, $(
    hex "${at[LC_SYMTAB.strsize]}"
) bytes at $(hex $((pool - 8))), overlaps the part before it, $(hex "$indirect") to $(
    hex $((indirect + 4 * at[LC_DYSYMTAB.nindirectsyms]))
)" LC_SYMTAB+16:4=-8
damage 'a part past the end of __LINKEDIT' 3 "load command ${at[LC_SYMTAB.index]} (LC_SYMTAB) stroff: the string pool, $(
    hex "${at[LC_SYMTAB.strsize]}"
) bytes at $(hex $((pool + 8))), lies outside __LINKEDIT, $(hex "$linkedit") to $(hex $((linkedit + size)))" LC_SYMTAB+16:4=+8
damage 'a part before __LINKEDIT' 3 "load command ${at[LC_FUNCTION_STARTS.index]} (LC_FUNCTION_STARTS) dataoff: the function starts, $(
    hex "${at[LC_FUNCTION_STARTS.datasize]}"
) bytes at $(hex $((linkedit - 8))), lies outside __LINKEDIT, $(hex "$linkedit") to $(hex $((linkedit + size)))" \
    LC_FUNCTION_STARTS+8:4=$((linkedit - 8))
damage '__LINKEDIT with less memory than contents' 3 \
    "$lc filesize: __LINKEDIT has $(hex "$size") bytes in the file, more than its vmsize, $(hex $((size - 8)))" \
    "$(segment __LINKEDIT 32 8)"=$((size - 8))
damage '__LINKEDIT that ends before its last part does' 3 "load command ${at[LC_SYMTAB.index]} (LC_SYMTAB) stroff: the string pool, $(
    hex "${at[LC_SYMTAB.strsize]}"
) bytes at $(hex "$pool"), lies outside __LINKEDIT, $(hex "$linkedit") to $(hex $((linkedit + size - 16)))" \
    "$(segment __LINKEDIT 32 8)"=$((size - 16)) "$(segment __LINKEDIT 48 8)"=$((size - 16))
damage 'a byte lost at the end' 3 \
    "$lc filesize: __LINKEDIT has $(hex "$size") bytes at $(hex "$linkedit"), past the end of the slice at $(hex $((file_size - 1)))" \
    size=$((file_size - 1))
damage '__LINKEDIT lost' 3 \
    "$lc filesize: __LINKEDIT has $(hex "$size") bytes at $(hex "$linkedit"), past the end of the slice at $(hex "$linkedit")" \
    size="$linkedit"
damage 'cut inside the load commands' 3 \
    "mach_header sizeofcmds: $(u32 20) bytes run past the end of the slice, 500 bytes" size=500
damage 'empty' 3 'magic: the file has 0 bytes, too few for a Mach-O file' size=0
damage 'another magic number' 3 \
    'magic: a 32-bit Mach-O file; macOS 10.15 was the first to refuse them' @0:4=0xfeedface
damage 'a segment over the one before it' 3 "load command ${at[__DATA.index]} (LC_SEGMENT_64) section 0 addr: $(
    hex "${at[__DATA,__la_symbol_ptr.addr]}") lies outside __DATA" "$(segment __DATA 24 8)"=+0x100000
found 'bytes after __LINKEDIT' size=$((file_size + 1))
found 'a page of bytes after __LINKEDIT' size=$((file_size + 4096))
found '__LINKEDIT with 256 MiB of memory more' "$(segment __LINKEDIT 32 8)"=$((size + 0x10000000))

# A part off its alignment: the string pool, 4 bytes further on.
{ head -c "$pool" "$good"; printf '\0\0\0\0'; tail -c +$((pool + 1)) "$good"; } >copy
poke_all copy LC_SYMTAB+16:4=+4 "$(segment __LINKEDIT 32 8)"=+4 "$(segment __LINKEDIT 48 8)"=+4
judged 'a part off its alignment' 1 "string pool: begins at $(hex $((pool + 4))), no multiple of 8"

# Tables of classic linkers, which shrink refuses and verify compares like any other part.
shrunk 'x86_64 lossless' classic/victim classic/lossless lossless
take classic/lossless classic/victim
for place in 'table of contents:32' 'external references:48' 'external relocations:64' 'local relocations:72'; do
    { cat "$good"; printf '%064d' 0; } >tables
    offset=${place#*:}
    poke_all tables "$(segment __LINKEDIT 32 8)"=+64 "$(segment __LINKEDIT 48 8)"=+64 \
        LC_DYSYMTAB+"$offset":4="$file_size" LC_DYSYMTAB+$((offset + 4)):4=8
    original=tables
    cp tables copy
    poke_all copy @$((file_size + 5)):1=7
    found_in_copy "a byte of the ${place%:*}"
done
