# Small real programs, made by clang-19 and ld64.lld-19 from tests/programs.

# compile ARCH OUT SOURCE [OPTION...]
compile() {
    local arch=$1 out=$2 source=$3
    shift 3
    clang-19 --target="$arch-apple-macos13" -O1 -g -fno-stack-protector "$@" -c \
        "$TESTS/programs/$source" -o "$out"
}

# link ARCH OPTION...: by the words of LAUNCHER in front of the linker, if there are any, for macOS MINIMUM on.
LAUNCHER=()
MINIMUM=13.0
link() {
    local arch=$1
    shift
    "${LAUNCHER[@]}" ld64.lld-19 -arch "$arch" -platform_version macos $MINIMUM 13.0 "$@" "$TESTS/programs/libSystem.tbd"
}

# small_program ARCH FOLDER [STYLE]: main, which loads libleft, libright and (through them) libbase, all
# by @rpath with the LC_RPATH @loader_path/. STYLE is -fixup_chains (default) or -no_fixup_chains.
small_program() {
    local arch=$1 folder=$2 style=${3:--fixup_chains} name
    mkdir -p "$folder"
    for name in base left right main; do
        compile "$arch" "$folder/$name.o" "$name.c" || return
    done
    link "$arch" "$style" -dylib -install_name @rpath/libbase.dylib -o "$folder/libbase.dylib" \
        "$folder/base.o" || return
    for name in left right; do
        link "$arch" "$style" -dylib -install_name "@rpath/lib$name.dylib" \
            -o "$folder/lib$name.dylib" "$folder/$name.o" "$folder/libbase.dylib" || return
    done
    link "$arch" "$style" -execute -rpath @loader_path/. -o "$folder/main" "$folder/main.o" \
        "$folder/libleft.dylib" "$folder/libright.dylib" || return
    rm "$folder"/*.o
}

# compile_cxx ARCH OUT SOURCE [OPTION...]
compile_cxx() {
    local arch=$1 out=$2 source=$3
    shift 3
    clang++-19 --target="$arch-apple-macos13" -std=c++17 -nostdinc++ -O1 -g -fno-stack-protector \
        "$@" -c "$TESTS/programs/$source" -o "$out"
}

# cxx_program ARCH FOLDER [STYLE]: shapes, which loads libround and libshape; libround loads libshape.
# Without exceptions; all three define the same templates and inline variables.
cxx_program() {
    local arch=$1 folder=$2 style=${3:--fixup_chains} name
    mkdir -p "$folder"
    for name in shape round shapes; do
        compile_cxx "$arch" "$folder/$name.o" "$name.cpp" -fno-exceptions || return
    done
    link "$arch" "$style" -dylib -install_name @rpath/libshape.dylib \
        -o "$folder/libshape.dylib" "$folder/shape.o" || return
    link "$arch" "$style" -dylib -install_name @rpath/libround.dylib \
        -o "$folder/libround.dylib" "$folder/round.o" "$folder/libshape.dylib" || return
    link "$arch" "$style" -execute -rpath @loader_path/. -o "$folder/shapes" "$folder/shapes.o" \
        "$folder/libround.dylib" "$folder/libshape.dylib" || return
    rm "$folder"/*.o
}

# throwing_program ARCH FOLDER [STYLE]: throwing, which loads libmiddle, which loads libdeep; exceptions
# fly through both, and both have thread-local variables. libdeep has no frame pointers, so that its
# unwind information is of other kinds.
throwing_program() {
    local arch=$1 folder=$2 style=${3:--fixup_chains}
    mkdir -p "$folder"
    compile_cxx "$arch" "$folder/deep.o" deep.cpp -fomit-frame-pointer &&
        compile_cxx "$arch" "$folder/middle.o" middle.cpp &&
        compile_cxx "$arch" "$folder/throwing.o" throwing.cpp &&
        link "$arch" "$style" -dylib -install_name @rpath/libdeep.dylib \
            -o "$folder/libdeep.dylib" "$folder/deep.o" &&
        link "$arch" "$style" -dylib -install_name @rpath/libmiddle.dylib \
            -o "$folder/libmiddle.dylib" "$folder/middle.o" "$folder/libdeep.dylib" &&
        link "$arch" "$style" -execute -rpath @loader_path/. -o "$folder/throwing" \
            "$folder/throwing.o" "$folder/libmiddle.dylib" "$folder/libdeep.dylib" || return
    rm "$folder"/*.o
}

# linking_program ARCH FOLDER [STYLE [OPTION...]]: linking, which loads libouter, which re-exports
# libinner; it opens libplugin itself. A symbol and a dylib that it wants weakly are not there. OPTIONs
# are for its compiler.
linking_program() {
    local arch=$1 folder=$2 style=${3:--fixup_chains} name
    local dylib=("$arch" "$style" -dylib -install_name)
    shift $(($# < 3 ? $# : 3))
    mkdir -p "$folder"
    for name in inner outer absent plugin; do
        compile "$arch" "$folder/$name.o" $name.c -DWITH_OPTIONAL || return
    done
    compile "$arch" "$folder/linking.o" linking.c "$@" &&
        link "${dylib[@]}" @rpath/libinner.dylib -o "$folder/libinner.dylib" "$folder/inner.o" &&
        link_outer "$arch" "$folder" "$style" &&
        link "${dylib[@]}" @rpath/libabsent.dylib -o "$folder/libabsent.dylib" "$folder/absent.o" &&
        link "${dylib[@]}" @rpath/libplugin.dylib -o "$folder/libplugin.dylib" "$folder/plugin.o" \
            "$folder/libouter.dylib" &&
        link "$arch" "$style" -execute -rpath @executable_path/. -o "$folder/linking" \
            "$folder/linking.o" "$folder/libouter.dylib" \
            -weak_library "$folder/libabsent.dylib" &&
        compile "$arch" "$folder/outer.o" outer.c &&
        link_outer "$arch" "$folder" "$style" &&
        rm "$folder"/*.o "$folder/libabsent.dylib"
}

# link_outer ARCH FOLDER STYLE: libouter of linking_program. ld64.lld gives a re-exported dylib two load
# commands and counts only one of them, so that it has to come last.
link_outer() {
    link "$1" "$3" -dylib -install_name @rpath/libouter.dylib -rpath @loader_path/. \
        -o "$2/libouter.dylib" "$2/outer.o" "$TESTS/programs/libSystem.tbd" \
        -reexport_library "$2/libinner.dylib"
}

# overwrite_program ARCH FOLDER [STYLE]: overwrite, which writes to __DATA_CONST and so dies of SIGSEGV.
overwrite_program() {
    local arch=$1 folder=$2 style=${3:--fixup_chains}
    mkdir -p "$folder"
    compile "$arch" "$folder/overwrite.o" overwrite.c &&
        link "$arch" "$style" -execute -o "$folder/overwrite" "$folder/overwrite.o" || return
    rm "$folder"/*.o
}

# run_program ARCH PROGRAM [ARGUMENT...]: runs it by tests/run_macho: its output and its exit status, or
# 120 when it cannot be loaded.
run_program() {
    local arch=$1
    shift
    case $arch in
    arm64) qemu-aarch64 -L /usr/aarch64-linux-gnu "$BUILD/tests/run_macho/run_macho-arm64" "$@" ;;
    x86_64) "$BUILD/tests/run_macho/run_macho" "$@" ;;
    esac
}

# pointer_format_6 FOLDER: makes of each image in FOLDER the image that Apple's linker would have made:
# chained fixups of pointer format 6 in place of 2, whose targets count from the image's start.
pointer_format_6() {
    local file
    for file in "$1"/*; do
        python3 "$TESTS/lib/pointer_format_6.py" "$file" || return
    done
}

# sign_as_somebody FILE: gives an ad-hoc signed thin image the signature of an identity, which no tool
# here would take for valid.
sign_as_somebody() {
    local offset size old index
    offset=$(llvm-otool-19 -l "$1" | awk '$2 == "LC_CODE_SIGNATURE" { f = 1 } f && $1 == "dataoff" { print $2; exit }')
    # A second blob, the CMS of somebody: the SuperBlob's count, and an index entry for slot 0x10000.
    python3 - "$1" "$offset" <<'END'
import struct
import sys
path, at = sys.argv[1], int(sys.argv[2])
data = bytearray(open(path, "rb").read())
length, count, slot, start = struct.unpack_from(">IIII", data, at + 4)
blob = bytes(data[at + start:at + length])
cms = struct.pack(">II", 0xfade0b01, 16) + b"somebody"
new = struct.pack(">III", 0xfade0cc0, 28 + len(blob) + len(cms), 2)
new += struct.pack(">IIII", 0, 28, 0x10000, 28 + len(blob)) + blob + cms
new += bytes(-len(new) % 16)
data[at:] = new
open(path, "wb").write(data)
END
    size=$(($(stat -c %s "$1") - offset))
    "$POKE" "$1" 'LC_CODE_SIGNATURE+12:4' $size
    old=$(llvm-otool-19 -l "$1" | awk '$2 == "__LINKEDIT" { f = 1 } f && $1 == "fileoff" { print $2; exit }')
    index=$(llvm-otool-19 -l "$1" | awk '$1 == "cmd" && $2 == "LC_SEGMENT_64" { n++ } $2 == "__LINKEDIT" { print n - 1; exit }')
    "$POKE" "$1" "LC_SEGMENT_64[$index]+48:8" $((offset + size - old))
    "$POKE" "$1" "LC_SEGMENT_64[$index]+32:8" $((offset + size - old))
}
