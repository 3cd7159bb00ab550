# An executable of five segments.
. "$(dirname "${BASH_SOURCE[0]}")/malformed.sh"

# Its segments are __PAGEZERO, __TEXT, __DATA_CONST, __DATA and __LINKEDIT, in the file one after the
# other from 0 to 0x10000, each of the last four 0x4000 bytes; in memory from 0x100000000.
make_executable ../good/a --load /usr/lib/libSystem.B.dylib
good=../good/a
text='load command 1 (LC_SEGMENT_64)'
data='load command 3 (LC_SEGMENT_64)'
linkedit='load command 4 (LC_SEGMENT_64)'
