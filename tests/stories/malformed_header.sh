# Files whose mach_header is malformed, or that are no Mach-O files at all.
# Labels: quick
. "$(dirname "$0")/../lib/malformed.sh"

make_executable ../good/a --load /usr/lib/libSystem.B.dylib
good=../good/a

# --- not a Mach-O file ---

malformed 'an empty file' 'magic: the file has 0 bytes, too few for a Mach-O file' size=0
malformed 'one byte' 'magic: the file has 1 bytes, too few for a Mach-O file' size=1
malformed 'three bytes' 'magic: the file has 3 bytes, too few for a Mach-O file' size=3
malformed 'a magic of 0' 'magic: 0x00000000 is not that of a Mach-O file' @0:4=0
malformed 'a magic of all ones' 'magic: 0xffffffff is not that of a Mach-O file' @0:4=0xffffffff
malformed 'a magic that is off by one' 'magic: 0xfeedfad0 is not that of a Mach-O file' @0:4=+1
malformed 'ELF' 'magic: an ELF file, of Linux or another system; give the file that is built for macOS' @0:4b=0x7f454c46
malformed 'the beginning of an archive alone' 'magic: 0x72613c21 is not that of a Mach-O file' @0:4b=0x213c6172
malformed '32 bits' 'magic: a 32-bit Mach-O file; macOS 10.15 was the first to refuse them' \
    @0:4=0xfeedface
malformed '32 bits, big-endian' 'magic: a big-endian Mach-O file' @0:4b=0xfeedface
malformed '64 bits, big-endian' 'magic: a big-endian Mach-O file' @0:4b=0xfeedfacf

printf '#!/bin/sh\necho no program\n' >a
refused 'a script' 3 'vafit: a: magic: a script; give the program that it starts' "$VAFIT" check a
printf '\n' >a
refused 'an empty line' 3 'vafit: a: magic: the file has 1 bytes, too few for a Mach-O file' \
    "$VAFIT" check a
printf -- '--- !tapi-tbd\ntbd-version: 4\n...\n' >a
refused 'a text-based stub' 3 'vafit: a: magic: a text-based stub for linkers; give the dylib that it stands for' \
    "$VAFIT" check a

# --- cut ---

malformed 'the magic and nothing else' 'mach_header: the file ends inside it' size=4
malformed 'cut in cpusubtype' 'mach_header: the file ends inside it' size=11
malformed 'cut after cpusubtype' 'mach_header: the slice ends inside it' size=12
malformed 'cut in the last byte of the header' 'mach_header: the slice ends inside it' size=31

commands=$(number ../good/a 20)
malformed 'the header and nothing else' \
    "mach_header sizeofcmds: $commands bytes run past the end of the slice, 32 bytes" size=32
malformed 'cut in the load commands' \
    "mach_header sizeofcmds: $commands bytes run past the end of the slice, 512 bytes" size=512
malformed 'cut in the last byte of the load commands' \
    "mach_header sizeofcmds: $commands bytes run past the end of the slice, $((commands + 31)) bytes" \
    size=$((commands + 31))

# --- cputype and filetype ---

known='not arm64, arm64e, x86_64 or x86_64h'
malformed 'cputype 0' "mach_header cputype: 0x0 with cpusubtype 0x0 is $known" header+4:4=0
malformed 'cputype PowerPC' "mach_header cputype: 0x12 with cpusubtype 0x0 is $known" \
    header+4:4=0x12
malformed 'cputype i386' "mach_header cputype: 0x7 with cpusubtype 0x3 is $known" \
    header+4:4=7 header+8:4=3
malformed 'cputype arm64_32' "mach_header cputype: 0x200000c with cpusubtype 0x1 is $known" \
    header+4:4=0x200000c header+8:4=1
malformed 'a cpusubtype that arm64 does not have' \
    "mach_header cputype: 0x100000c with cpusubtype 0x3 is $known" header+8:4=3
malformed 'a cpusubtype of all ones' \
    "mach_header cputype: 0x100000c with cpusubtype 0xffffffff is $known" header+8:4=0xffffffff

types='is neither an executable (2), a dylib (6) nor a bundle (8)'
for type in 0 3 13 4294967295; do
    malformed "filetype $type" "mach_header filetype: $type $types" header+12:4=$type
done
while read -r type what; do
    malformed "filetype $type" "mach_header filetype: $type $types: $what" header+12:4="$type"
done <<'END'
1 an object file; give the program or dylib that it is linked into
4 a core file; give the program that it is of
5 a preloaded executable of firmware, which dyld does not load
7 a dynamic linker; give the programs that it loads
9 a stub of a dylib, without contents; give the dylib itself
10 a dSYM, debug information alone; give the image that it is made from
11 a kernel extension, which dyld does not load
12 a set of kernel files, which dyld does not load
END

# --- ncmds and sizeofcmds ---

count=$(number ../good/a 16)
malformed 'ncmds too many by one' \
    "mach_header ncmds: $((count + 1)) load commands do not fit in sizeofcmds, $commands bytes; $count do" \
    header+16:4=+1
malformed 'ncmds of all ones' \
    "mach_header ncmds: 4294967295 load commands do not fit in sizeofcmds, $commands bytes; $count do" \
    header+16:4=0xffffffff
malformed 'ncmds 0' 'load commands: there is no __TEXT segment' header+16:4=0
malformed 'sizeofcmds 0' \
    "mach_header ncmds: $count load commands do not fit in sizeofcmds, 0 bytes; 0 do" header+20:4=0
malformed 'sizeofcmds that ends in the first command' \
    'load command 0 (LC_SEGMENT_64) cmdsize: 72 bytes run past the end of the load commands' \
    header+20:4=71
malformed 'sizeofcmds short of one byte' \
    "load command $((count - 1)) (LC_CODE_SIGNATURE) cmdsize: 16 bytes run past the end of the load commands" \
    header+20:4=-1
malformed 'sizeofcmds short of the last command' \
    "mach_header ncmds: $count load commands do not fit in sizeofcmds, $((commands - 16)) bytes; $((count - 1)) do" \
    header+20:4=-16
malformed 'sizeofcmds that ends in the head of the last command' \
    "mach_header ncmds: $count load commands do not fit in sizeofcmds, $((commands - 9)) bytes; $((count - 1)) do" \
    header+20:4=-9
malformed 'sizeofcmds past the end of the slice by one byte' \
    'mach_header sizeofcmds: 65505 bytes run past the end of the slice, 65536 bytes' \
    header+20:4=65505
malformed 'sizeofcmds of all ones' \
    'mach_header sizeofcmds: 4294967295 bytes run past the end of the slice, 65536 bytes' \
    header+20:4=0xffffffff
malformed 'sizeofcmds over 16 MiB' \
    'mach_header sizeofcmds: 16777217 bytes are more than the 16777216 that vafit reads' \
    header+20:4=0x1000001 size=0x2000000
malformed 'sizeofcmds of all ones in a file of 8 GiB' \
    'mach_header sizeofcmds: 4294967295 bytes are more than the 16777216 that vafit reads' \
    header+20:4=0xffffffff size=0x200000000
malformed 'ncmds that reaches into the hole after the commands' \
    "load command $count (0x0) cmdsize: 0 bytes are fewer than the 8 of any load command" \
    header+16:4=0xffffffff header+20:4=0x1000000 size=0x2000000
