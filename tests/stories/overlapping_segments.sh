# LC_SEGMENT_64 beside the other segments: overlaps, and __TEXT and __LINKEDIT as dyld wants them.
. "$(dirname "$0")/../lib/malformed_segments.sh"

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
