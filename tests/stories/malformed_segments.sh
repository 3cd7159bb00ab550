# LC_SEGMENT_64: where its contents and its memory lie, alone and beside the other segments.
. "$(dirname "$0")/../lib/malformed.sh"

# Its segments are __PAGEZERO, __TEXT, __DATA_CONST, __DATA and __LINKEDIT, in the file one behind the
# other from 0 to 0x10000, each of the last four 0x4000 bytes; in memory from 0x100000000.
make_executable ../good/a --load /usr/lib/libSystem.B.dylib
good=../good/a
text='load command 1 (LC_SEGMENT_64)'
data='load command 3 (LC_SEGMENT_64)'
linkedit='load command 4 (LC_SEGMENT_64)'

# --- contents in the file ---

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

# --- memory ---

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

# --- sections ---

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

# --- segments over each other ---

malformed 'two segments that share one byte of memory' \
    "$linkedit vmaddr: __LINKEDIT at 0x10000c000 overlaps __DATA, which ends at 0x10000c001" \
    lc3+32:8=+1
malformed 'a segment inside another' \
    "$linkedit vmaddr: __LINKEDIT at 0x10000a000 overlaps __DATA, which ends at 0x10000c000" \
    lc4+24:8=0x10000a000
malformed 'a segment in __PAGEZERO' \
    "$linkedit vmaddr: __LINKEDIT at 0x0 overlaps __PAGEZERO, which ends at 0x100000000" lc4+24:8=0
malformed '__PAGEZERO over __TEXT' \
    "$text vmaddr: __TEXT at 0x100000000 overlaps __PAGEZERO, which ends at 0x100000001" lc0+32:8=+1
malformed 'a segment that holds all others' \
    "$text vmaddr: __TEXT at 0x100000000 overlaps __PAGEZERO, which ends at 0x7fff00000000" \
    lc0+32:8=0x7fff00000000
malformed 'two segments that share one byte of the file' \
    "$linkedit fileoff: __LINKEDIT at 0xbfff overlaps __DATA, which ends at 0xc000" lc4+40:8=0xbfff
malformed 'contents inside those of another' \
    "$data fileoff: __DATA at 0x6000 overlaps __DATA_CONST, which ends at 0x8000" lc3+40:8=0x6000
malformed '__PAGEZERO with the contents of __TEXT' \
    "$text fileoff: __TEXT at 0x0 overlaps __PAGEZERO, which ends at 0x1" lc0+48:8=1

# --- __TEXT and __LINKEDIT ---

malformed '__TEXT that is missing' 'load commands: there is no __TEXT segment' lc1+8:8=0x545345545f5f
malformed '__TEXT that is called __TEXTT' 'load commands: there is no __TEXT segment' \
    lc1+14:1=0x54
size=$(printf '0x%x' $((32 + $(number ../good/a 20))))
malformed '__TEXT that does not begin at 0' "$text fileoff: __TEXT begins at 0x100, not at 0" \
    lc1+40:8=0x100 lc1+48:8=0x3f00
malformed '__TEXT whose contents end in the load commands' \
    "$text filesize: __TEXT has 0x200 bytes in the file, fewer than the $size of the header and the load commands" \
    lc1+48:8=0x200
malformed '__TEXT without contents' \
    "$text filesize: __TEXT has 0x0 bytes in the file, fewer than the $size of the header and the load commands" \
    lc1+48:8=0
malformed '__TEXT that is not mapped' \
    "$text vmsize: __TEXT has 0x0 bytes, fewer than the $size of the header and the load commands" \
    lc1+32:8=0 lc1+60:4=0 lc1+104:8=0x100000000 lc1+112:8=0
malformed 'no __LINKEDIT where there are parts of it' \
    'load command 5 (LC_DYLD_CHAINED_FIXUPS) dataoff: the chained fixups, 0x98 bytes at 0xc000, lie outside __LINKEDIT, which is missing' \
    lc4+8:1=0x58 lc5+12:4=0x98

# What is not mapped takes no memory, so that nothing of it can be larger than that.
cp ../good/a a
poke_all a lc4+32:8=0 lc4+60:4=0
run "$VAFIT" check a --format json
expect_true '__LINKEDIT that is not mapped: no size is negative' \
    test -z "$(grep -E '"(fixups|exports|symbols|strings|debug_map|local_symbols|signature|other)": -' "$WORK/.out")"

# --- at the limit, and still well formed ---

cp ../good/a a
poke_all a lc4+24:8=0x7fffffffc000
run "$VAFIT" check a --quiet
expect 'a segment that ends at 47 bits is judged' 1 - ''
cp ../good/a a
poke_all a lc3+40:8=0x10000 lc3+48:8=0
run "$VAFIT" check a
expect 'a segment without contents may stand at the end of the file' 0 - ''
