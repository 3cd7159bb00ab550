# Damaged load commands: verify says which one it is, and its first byte that differs.
. "$(dirname "$0")/../lib/victim.sh"

x86_64_damages
in_command 'the UUID' LC_UUID 8 LC_UUID
in_command 'the last byte of the UUID' LC_UUID 23 LC_UUID
in_command 'the install name' LC_ID_DYLIB 24 LC_ID_DYLIB
in_command 'the current version' LC_ID_DYLIB 18 LC_ID_DYLIB
in_command 'the compatibility version' LC_ID_DYLIB 20 LC_ID_DYLIB
in_command 'the name of a library' LC_LOAD_DYLIB 25 LC_LOAD_DYLIB
in_command 'the name of another library' 'LC_LOAD_DYLIB[1]' 30 LC_LOAD_DYLIB
in_command 'the version of a library' LC_LOAD_DYLIB 20 LC_LOAD_DYLIB
in_command 'the LC_RPATH' LC_RPATH 14 LC_RPATH
in_command 'the platform' LC_BUILD_VERSION 8 LC_BUILD_VERSION
in_command 'the earliest system' LC_BUILD_VERSION 13 LC_BUILD_VERSION
in_command 'the SDK' LC_BUILD_VERSION 18 LC_BUILD_VERSION
in_command 'the tool in LC_BUILD_VERSION' LC_BUILD_VERSION 28 LC_BUILD_VERSION
in_command 'the highest protection of a segment' __TEXT 56
in_command 'the flags of __DATA_CONST' __DATA_CONST 68
in_command 'the name of a segment' __DATA_CONST 15
in_command 'the name of a section' __TEXT 72
in_command 'the offset of a section' __TEXT $((72 + 48))
in_command 'the alignment of a section' __TEXT $((72 + 52))
in_command 'the type of a section' __TEXT $((72 + 64))
in_command 'the attributes of a section' __TEXT $((72 + 67))
in_command 'where the stubs begin in the indirect table' __TEXT $((72 + 80 + 68))
in_command 'the highest protection of __LINKEDIT' __LINKEDIT 56
in_command 'the flags of __LINKEDIT' __LINKEDIT 68

# first_byte NAME KEY OFFSET COMMAND FIELD=VALUE...: of changed numbers, the first byte that differs is named.
first_byte() {
    local name=$1 key=$2 command=$4 offset old new
    offset=$((at[$key.start] + $3))
    cp "$good" copy
    poke_all copy "${@:5}"
    old=$(byte $offset)
    new=$(od -An -tu1 -j$offset -N1 copy)
    damage "$name" 1 "load command ${at[$key.index]} ($command): differs at byte $(hex $offset) of the slice: $(
        printf '0x%02x, was 0x%02x' "$new" "$old"
    )" "${@:5}"
}
first_byte '__DATA writable and executable' __DATA 60 LC_SEGMENT_64 "$(segment __DATA 60 4)"=7
first_byte '__TEXT writable' __TEXT 60 LC_SEGMENT_64 "$(segment __TEXT 60 4)"=7
first_byte '__LINKEDIT writable' __LINKEDIT 60 LC_SEGMENT_64 "$(segment __LINKEDIT 60 4)"=3
first_byte 'a segment that ends earlier' __DATA_CONST 49 LC_SEGMENT_64 "$(segment __DATA_CONST 48 8)"=-0x100
first_byte 'a section that ends earlier' __TEXT $((72 + 40)) LC_SEGMENT_64 "$(segment __TEXT $((72 + 40)) 8)"=-1
first_byte 'a section that begins later' __TEXT $((72 + 32)) LC_SEGMENT_64 \
    "$(segment __TEXT $((72 + 32)) 8)"=+1 "$(segment __TEXT $((72 + 40)) 8)"=-1
first_byte '__LINKEDIT at another address' __LINKEDIT 26 LC_SEGMENT_64 "$(segment __LINKEDIT 24 8)"=+0x10000
first_byte 'an upward library' LC_LOAD_DYLIB 0 LC_LOAD_DYLIB LC_LOAD_DYLIB+0:4=0x80000023
first_byte 'a weak library' LC_LOAD_DYLIB 0 LC_LOAD_DYLIB LC_LOAD_DYLIB+0:4=0x80000018

# Two libraries that change places, so that the ordinals of all symbols mean the other one.
cp "$good" copy
one=${at[LC_LOAD_DYLIB.start]} size=${at[LC_LOAD_DYLIB.cmdsize]} two=${at['LC_LOAD_DYLIB[1].start']}
size_two=${at['LC_LOAD_DYLIB[1].cmdsize']}
{ tail -c +$((two + 1)) "$good" | head -c "$size_two"; tail -c +$((one + 1)) "$good" | head -c "$size"; } |
    dd of=copy bs=1 seek="$one" conv=notrunc status=none
differs=$(cmp -l "$good" copy | awk '{ print $1 - 1; exit }')
flip "$differs"
bytes=$(printf '0x%02x, was 0x%02x' "$(od -An -tu1 -j"$differs" -N1 copy)" "$(byte "$differs")")
owner=LC_LOAD_DYLIB
[ "$differs" -lt "$two" ] || owner='LC_LOAD_DYLIB[1]'
judged 'two libraries that change places' 1 \
    "load command ${at[$owner.index]} (LC_LOAD_DYLIB): differs at byte $(hex "$differs") of the slice: $bytes"

flip 24
damage 'the flags of the header' 1 "mach_header: differs at byte 0x18 of the slice: $bytes" "$change"
flip 31
damage 'the reserved word of the header' 1 "mach_header: differs at byte 0x1f of the slice: $bytes" "$change"
commands=$(u32 16)
damage 'a load command fewer' 1 "mach_header: differs at byte 0x10 of the slice: $(
    printf '0x%02x, was 0x%02x' $((commands - 1)) "$commands"
)" header+16:4=-1
damage 'a load command more' 3 "mach_header ncmds: $((commands + 1)) load commands do not fit in sizeofcmds, $(u32 20) bytes; $commands do" \
    header+16:4=+1
damage 'load commands shorter than they are' 3 "load command $((commands - 1)) (LC_DATA_IN_CODE) cmdsize: 16 bytes run past the end of the load commands" \
    header+20:4=-8
damage 'load commands longer than they are' 1 \
    "mach_header sizeofcmds: $((at[head.size] + 8)) bytes of header and commands, were ${at[head.size]}" header+20:4=+8
damage 'another file type' 3 "load command ${at[LC_ID_DYLIB.index]} (LC_ID_DYLIB) cmd: only a dylib has one" header+12:4=8

arm64_damages
in_command 'arm64: where the program begins' LC_MAIN 8 LC_MAIN
in_command 'arm64: the stack size' LC_MAIN 16 LC_MAIN
in_command 'arm64: the linker' LC_LOAD_DYLINKER 14 LC_LOAD_DYLINKER
in_command 'arm64: the LC_RPATH' LC_RPATH 14 LC_RPATH
