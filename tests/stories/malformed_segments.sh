# LC_SEGMENT_64: where its contents and its memory lie, and which sections it has.
. "$(dirname "$0")/../lib/malformed_segments.sh"

end='past the end of the slice at 0x10000'
malformed 'fileoff past the end' "$data fileoff: __DATA begins at 0x10001, $end" lc3+40:8=0x10001
malformed 'fileoff of all ones' "$data fileoff: __DATA begins at 0xffffffffffffffff, $end" \
    lc3+40:8=0xffffffffffffffff
malformed 'fileoff past 32 bits' "$data fileoff: __DATA begins at 0x100008000, $end" \
    lc3+40:8=0x100008000
malformed 'contents at the very end' "$data filesize: __DATA has 0x4000 bytes at 0x10000, $end" \
    lc3+40:8=0x10000
malformed 'filesize past the end by one byte' \
    "$data filesize: __DATA has 0x8001 bytes at 0x8000, $end" lc3+48:8=0x8001
malformed 'filesize of all ones' \
    "$data filesize: __DATA has 0xffffffffffffffff bytes at 0x8000, $end" \
    lc3+48:8=0xffffffffffffffff
malformed 'fileoff + filesize that wraps to 0' \
    "$data filesize: __DATA has 0xffffffffffff8000 bytes at 0x8000, $end" \
    lc3+48:8=0xffffffffffff8000
malformed 'filesize of __LINKEDIT past the end' \
    "$linkedit filesize: __LINKEDIT has 0x4001 bytes at 0xc000, $end" lc4+48:8=+1
malformed 'filesize of __PAGEZERO' \
    'load command 0 (LC_SEGMENT_64) filesize: __PAGEZERO has 0x20000 bytes at 0x0, past the end of the slice at 0x10000' \
    lc0+48:8=0x20000
malformed 'a file that is cut in __LINKEDIT' \
    "$linkedit filesize: __LINKEDIT has 0x4000 bytes at 0xc000, past the end of the slice at 0xffff" \
    size=0xffff
malformed 'a file that is cut in __DATA' \
    "$data filesize: __DATA has 0x4000 bytes at 0x8000, past the end of the slice at 0x9000" \
    size=0x9000
malformed 'a file that is cut in __TEXT' \
    "$text filesize: __TEXT has 0x4000 bytes at 0x0, past the end of the slice at 0x2000" size=0x2000

malformed 'filesize larger than vmsize' \
    "$data filesize: __DATA has 0x4000 bytes in the file, more than its vmsize, 0x3fff" \
    lc3+32:8=0x3fff
malformed 'vmsize 0 of what is accessible' \
    "$data filesize: __DATA has 0x4000 bytes in the file, more than its vmsize, 0x0" lc3+32:8=0
malformed 'vmsize of 1 of what is not accessible' \
    "$data filesize: __DATA has 0x4000 bytes in the file, more than its vmsize, 0x1" lc3+32:8=1 \
    lc3+60:4=0

bits="past the end of a process's addresses, 47 bits"
malformed 'vmaddr + vmsize past 64 bits' \
    "$data vmsize: __DATA has 0x4000 bytes at 0xfffffffffffff000, $bits" lc3+24:8=0xfffffffffffff000
malformed 'vmaddr + vmsize that wraps to 0' \
    "$data vmsize: __DATA has 0x4000 bytes at 0xffffffffffffc000, $bits" lc3+24:8=0xffffffffffffc000
malformed 'vmsize of all ones' \
    "$data vmsize: __DATA has 0xffffffffffffffff bytes at 0x100008000, $bits" \
    lc3+32:8=0xffffffffffffffff
malformed 'a segment past 47 bits by one byte' \
    "$linkedit vmsize: __LINKEDIT has 0x4000 bytes at 0x7fffffffc001, $bits" lc4+24:8=0x7fffffffc001
malformed '__PAGEZERO past 47 bits' \
    "load command 0 (LC_SEGMENT_64) vmsize: __PAGEZERO has 0x800000000001 bytes at 0x0, $bits" \
    lc0+32:8=0x800000000001

for protection in 0x8 0x13 0x80000007 0xffffffff; do
    malformed "initprot $protection" \
        "$data initprot: $protection has bits beside read, write and execute" lc3+60:4=$protection
done

malformed 'nsects of all ones' \
    "$data nsects: 4294967295 sections need a cmdsize of 343597383672, not 152" \
    lc3+64:4=0xffffffff
malformed 'nsects whose size wraps at 32 bits' \
    "$data nsects: 53687092 sections need a cmdsize of 4294967432, not 152" lc3+64:4=53687092
malformed 'nsects too few' "$data nsects: 0 sections need a cmdsize of 72, not 152" lc3+64:4=0
malformed 'nsects too many by one' "$data nsects: 2 sections need a cmdsize of 232, not 152" \
    lc3+64:4=2
malformed 'sections of a segment that has none' \
    "$linkedit nsects: 1 sections need a cmdsize of 152, not 72" lc4+64:4=1
malformed 'a section below its segment' \
    "$data section 0 addr: 0x100007fff lies outside __DATA" lc3+104:8=0x100007fff
malformed 'a section past its segment' \
    "$data section 0 addr: 0x10000c001 lies outside __DATA" lc3+104:8=0x10000c001
malformed 'a section at 0' "$data section 0 addr: 0x0 lies outside __DATA" lc3+104:8=0
malformed 'a section that ends past its segment' \
    "$data section 0 size: 0x4001 bytes run past the end of __DATA" lc3+112:8=+1
malformed 'a section size of all ones' \
    "$data section 0 size: 0xffffffffffffffff bytes run past the end of __DATA" \
    lc3+112:8=0xffffffffffffffff
malformed 'the second section of a segment' \
    'load command 2 (LC_SEGMENT_64) section 1 size: 0x3fe1 bytes run past the end of __DATA_CONST' \
    lc2+192:8=0x3fe1
old=$(command_offset ../good/a 0x32)
cp ../good/a old && "$POKE" old "@$((old + 16)):4" $((10 << 16 | 15 << 8)) && "$POKE" old lc3+112:8 +1
run "$VAFIT" check old --allow-missing '*'
expect 'a section that ends past its segment, before SDK 11.0' 0 - ''
rm -f old
malformed 'a segment that is moved away from its sections' \
    "$data section 0 addr: 0x100008000 lies outside __DATA" lc3+24:8=0x200000000
cp ../good/a a
poke_all a lc4+24:8=0x7fffffffc000
run "$VAFIT" check a --quiet
expect 'a segment that ends at 47 bits is judged' 1 - ''
cp ../good/a a
poke_all a lc3+40:8=0x10000 lc3+48:8=0
run "$VAFIT" check a
expect 'a segment without contents may stand at the end of the file' 0 - ''
