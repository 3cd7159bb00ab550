# Two universal files of two slices each, with headers of 32 and of 64 bits.
. "$(dirname "${BASH_SOURCE[0]}")/malformed.sh"

# Two slices of 0x10000 bytes each: x86_64 at 0x1000 and arm64 at 0x14000, which ends the file.
make_executable ../good/x86 --arch x86_64 --load /usr/lib/libSystem.B.dylib
make_executable ../good/arm --load /usr/lib/libSystem.B.dylib
"$MAKE_MACHO" universal --out ../good/fat32 ../good/x86 ../good/arm
"$MAKE_MACHO" universal --out ../good/fat64 --fat64 ../good/x86 ../good/arm
# each_header FUNCTION: FUNCTION FILE ENTRY WIDTH for both, whose entries have ENTRY bytes, offset and size WIDTH.
each_header() {
    "$1" fat32 20 4
    "$1" fat64 32 8
}
