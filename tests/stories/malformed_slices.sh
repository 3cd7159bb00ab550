# Universal files whose slices are malformed, and slices that nobody asks for.
. "$(dirname "$0")/../lib/malformed_universal.sh"

bad_slices() {
    local width=$3 first=8 second=$((8 + $2)) offset=8 size=$((8 + $3)) align=$((8 + 2 * $3))
    local at='universal header slice'
    good=../good/$1
    malformed "$1: a slice off its own alignment" \
        "$at 0 offset: 0x1800 is not a multiple of its own alignment, 0x1000" \
        "@$((first + offset)):${width}b=0x1800"
    malformed "$1: a slice of arm64 off its pages" \
        "$at 1 offset: 0x13000 is not a multiple of the page size of arm64, 0x4000" \
        "@$((second + offset)):${width}b=0x13000" "@$((second + align)):4b=12"
    malformed "$1: a slice of x86_64 off its pages" \
        "$at 0 offset: 0x1001 is not a multiple of the page size of x86_64, 0x1000" \
        "@$((first + offset)):${width}b=0x1001" "@$((first + align)):4b=0"
    for value in 16 31 32 63 64 4294967295; do
        malformed "$1: align $value" "$at 0 align: $value is more than 15" \
            "@$((first + align)):4b=$value"
    done

    malformed "$1: slices over each other" \
        "$at 1 offset: 0x10000 overlaps slice 0, which ends at 0x11000" \
        "@$((second + offset)):${width}b=0x10000"
    malformed "$1: a slice inside another" \
        "$at 1 offset: 0x4000 overlaps slice 0, which ends at 0x11000" \
        "@$((second + offset)):${width}b=0x4000" "@$((second + size)):${width}b=0x4000"
    malformed "$1: the same slice twice" \
        "$at 1 cputype: 0x1000007 is the architecture of an earlier slice" \
        "@$second:4b=0x1000007" "@$((second + 4)):4b=3"
    malformed "$1: x86_64 twice, by two numbers" \
        "$at 1 cputype: 0x1000007 is the architecture of an earlier slice" \
        "@$second:4b=0x1000007" "@$((second + 4)):4b=4"

    malformed "$1: a slice that is another architecture" \
        'arm64 slice: mach_header cputype: 0x1000007 with cpusubtype 0x3 is not the arm64 of the universal header' \
        @0x14004:4=0x1000007 @0x14008:4=3
    malformed "$1: a slice that is another subtype" \
        'arm64 slice: mach_header cputype: 0x100000c with cpusubtype 0x2 is not the arm64 of the universal header' \
        @0x14008:4=2
    malformed "$1: no slice of a known architecture" \
        'universal header: no slice is arm64, arm64e, x86_64 or x86_64h' \
        "@$first:4b=0x7" "@$second:4b=0x12"

    malformed "$1: a slice without bytes" 'arm64 slice: mach_header: the slice ends inside it' \
        "@$((second + size)):${width}b=0"
    malformed "$1: a slice that ends in the header" \
        'arm64 slice: mach_header: the slice ends inside it' "@$((second + size)):${width}b=31"
    malformed "$1: a slice that ends in the load commands" \
        "arm64 slice: mach_header sizeofcmds: $(number ../good/arm 20) bytes run past the end of the slice, 256 bytes" \
        "@$((second + size)):${width}b=256"
    malformed "$1: a slice with another magic" \
        'arm64 slice: mach_header magic: 0xfeedface is not that of a 64-bit Mach-O file' \
        @0x14000:4=0xfeedface
    malformed "$1: a static library as a slice" \
        'arm64 slice: mach_header magic: a static library; give the program or dylib that it is linked into' \
        @0x14000:8b=0x213c617263683e0a
    malformed "$1: a universal file inside a universal file" \
        'x86_64 slice: mach_header magic: 0xbebafeca is not that of a 64-bit Mach-O file' \
        @0x1000:4b=0xcafebabe
    malformed "$1: a load command of one slice" \
        'x86_64 slice: load command 0 (LC_SEGMENT_64) cmdsize: 4 bytes are fewer than the 8 of any load command' \
        @0x1024:4=4
    malformed "$1: a load command of the other slice" \
        'arm64 slice: load command 0 (LC_SEGMENT_64) cmdsize: 4 bytes are fewer than the 8 of any load command' \
        @0x14024:4=4
}
each_header bad_slices

# Both slices are judged; the errors of both are told.
cp ../good/fat32 a
poke_all a @0x1024:4=4 @0x14024:4=4
refused 'both slices are malformed' 3 \
    'vafit: a: x86_64 slice: load command 0 (LC_SEGMENT_64) cmdsize: 4 bytes are fewer than the 8 of any load command
vafit: a: arm64 slice: load command 0 (LC_SEGMENT_64) cmdsize: 4 bytes are fewer than the 8 of any load command' \
    "$VAFIT" check a
# Named twice it is refused once more, though its error was told.
cp ../good/fat32 a
poke_all a @0x1024:4=4
cp a before
for verb in 'shrink --in-place' 'shrink --dry-run' verify scan; do
    run "$VAFIT" $verb a a
    expect "$verb: a malformed slice in a file named twice" 3 '' \
        'vafit: a: x86_64 slice: load command 0 (LC_SEGMENT_64) cmdsize: 4 bytes are fewer than the 8 of any load command'
done
expect_true 'and the file stays as it was' cmp a before
rm before
cp ../good/fat32 a
poke_all a @0x1024:4=4
run "$VAFIT" check a --arch arm64
expect 'a malformed slice that is not asked for' 0 - ''
cp ../good/fat32 a
refused 'a slice that is not there' 3 'vafit: a: no arm64e slice, only x86_64, arm64' \
    "$VAFIT" check a --arch arm64e
cp ../good/arm a
refused 'an architecture that a thin file is not' 3 'vafit: a: no x86_64 slice, only arm64' \
    "$VAFIT" check a --arch x86_64

# A slice of an unknown architecture is passed over, whatever is in it.
cp ../good/fat32 a
poke_all a @8:4b=0x7 @0x1000:4=0
run "$VAFIT" check a
expect 'a slice of an architecture that is not judged' 0 - ''
