# Universal files whose header is malformed, of 32 and of 64 bits.
. "$(dirname "$0")/../lib/malformed_universal.sh"

bad_header() {
    local width=$3 first=8 second=$((8 + $2)) offset=8 size=$((8 + $3)) align=$((8 + 2 * $3))
    local at='universal header slice'
    good=../good/$1
    malformed "$1: the magic and nothing else" 'universal header: the file ends inside it' size=4
    malformed "$1: cut in nfat_arch" 'universal header: the file ends inside it' size=7
    malformed "$1: cut in front of the slices" \
        'universal header nfat_arch: 2 slice headers do not fit in the file' size=8
    malformed "$1: cut in the header of the first slice" \
        'universal header nfat_arch: 2 slice headers do not fit in the file' size=$((8 + $2 - 1))
    malformed "$1: cut in the header of the second slice" \
        "$at 0 offset: 0x1000 lies past the end of the file at $(printf '0x%x' $((8 + 2 * $2 - 1)))" \
        size=$((8 + 2 * $2 - 1))
    malformed "$1: cut after the header" \
        "$at 0 offset: 0x1000 lies past the end of the file at $(printf '0x%x' $((8 + 2 * $2)))" \
        size=$((8 + 2 * $2))

    malformed "$1: no slices" 'universal header nfat_arch: there are no slices' @4:4b=0
    malformed "$1: 17 slices" \
        'universal header nfat_arch: 17 slices are more than the 16 dyld takes' @4:4b=17
    malformed "$1: the most slices a header can claim" \
        'universal header nfat_arch: 4294967295 slices are more than the 16 dyld takes' \
        @4:4b=0xffffffff
    malformed "$1: little-endian nfat_arch" \
        'universal header nfat_arch: 33554432 slices are more than the 16 dyld takes' @4:4=2
    malformed "$1: one slice more than there are" \
        "$at 2 offset: 0x0 lies in the universal header" @4:4b=3

    malformed "$1: a slice at 0" "$at 0 offset: 0x0 lies in the universal header" \
        "@$((first + offset)):${width}b=0"
    malformed "$1: a slice in the header" \
        "$at 1 offset: $(printf '0x%x' $((8 + 2 * $2 - 1))) lies in the universal header" \
        "@$((second + offset)):${width}b=$((8 + 2 * $2 - 1))"
    malformed "$1: a slice after the file" \
        "$at 1 offset: 0x28000 lies past the end of the file at 0x24000" \
        "@$((second + offset)):${width}b=0x28000"
    malformed "$1: a slice whose last byte is missing" \
        "$at 1 size: 0x10001 bytes at 0x14000 run past the end of the file at 0x24000" \
        "@$((second + size)):${width}b=0x10001"
    malformed "$1: a file whose last byte is missing" \
        "$at 1 size: 0x10000 bytes at 0x14000 run past the end of the file at 0x23fff" size=0x23fff
    malformed "$1: a slice of 4 GiB" \
        "$at 0 size: 0xffffffff bytes at 0x1000 run past the end of the file at 0x24000" \
        "@$((first + size)):${width}b=0xffffffff"
    malformed "$1: a slice that begins at the end of the file" \
        "$at 1 size: 0x10000 bytes at 0x24000 run past the end of the file at 0x24000" \
        "@$((second + offset)):${width}b=0x24000"
}
each_header bad_header

good=../good/fat64
end='run past the end of the file at 0x24000'
malformed 'fat64: offset of all ones' \
    'universal header slice 1 offset: 0xffffffffffffffff is not a multiple of the page size of arm64, 0x4000' \
    @48:8b=0xffffffffffffffff @64:4b=0
malformed 'fat64: the last aligned offset' \
    'universal header slice 1 offset: 0xffffffffffffc000 lies past the end of the file at 0x24000' \
    @48:8b=0xffffffffffffc000
malformed 'fat64: size of all ones' \
    "universal header slice 1 size: 0xffffffffffffffff bytes at 0x14000 $end" \
    @56:8b=0xffffffffffffffff
malformed 'fat64: offset + size that wraps to 0' \
    "universal header slice 1 size: 0xfffffffffffec000 bytes at 0x14000 $end" \
    @56:8b=0xfffffffffffec000
malformed 'fat64: an offset past 32 bits' \
    'universal header slice 1 offset: 0x100014000 lies past the end of the file at 0x24000' \
    @48:8b=0x100014000
malformed 'a 64-bit header that is called 32-bit' \
    'universal header slice 0 offset: 0x0 lies in the universal header' @0:4b=0xcafebabe
good=../good/fat32
malformed 'a 32-bit header that is called 64-bit' \
    'universal header slice 0 offset: 0x100000010000 lies past the end of the file at 0x24000' \
    @0:4b=0xcafebabf
