# Programs run: each kind of program, linked in each way, prints what its source says. What changes
# images may rely on it: a program that ran before and runs no more was broken in between.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
ulimit -c 0

# What the programs print, by hand from tests/programs.
small='left: 2
right: 20'

shapes='begin libshape
begin libround
begin main
circle
area: 75
mark: 5
square: 0
shape
area: 16
mark: -1
square: 1
tag: 7
number in libround: 201
number in libshape: 202
counts: 3
count: 3
number: 203
shared: 42
a circle goes
a shape goes
a shape goes
end main
end libround
end libshape'

throwing='libdeep
libmiddle
result: 78
libdeep
libmiddle
number: 5
libdeep
libmiddle
again
error
code: 6
libdeep
libmiddle
again
deep error
deep code: 7
libdeep
libmiddle
result: 8063
a large frame
libdeep
libmiddle
something
a thread
libdeep
libmiddle
again
deep error
deep code: 9
deep calls: 101
middle catches: 1
a thread leaves libdeep
deep calls: 106
middle catches: 3
a thread leaves libdeep'

linking='inner begins
outer begins
an argument
inner: 11
outer: 9
near: 8
far: FAR
back: -16
optional is there: 0
absent is there: 0
not there: 1
plugin begins
plugin: 70
no such symbol: 1
the same: 1
libinner.dylib
inner_bytes
into it: 3
libplugin.dylib
plugin_value
into it: 0
linking
main
into it: 0'

# runs NAME ARCH FOLDER: all programs in FOLDER print what they are to.
runs() {
    run run_program "$2" "$3/c/main"
    expect "$1: C" 0 "$small"
    run run_program "$2" "$3/cxx/shapes"
    expect "$1: C++" 3 "$shapes"
    run run_program "$2" "$3/throwing/throwing"
    expect "$1: C++ that throws" 4 "$throwing"
    run run_program "$2" "$3/linking/linking" 'an argument'
    expect "$1: linking" 5 "${linking/FAR/4000}"
    run run_program "$2" "$3/far/linking" 'an argument'
    expect "$1: addends of 64 bits" 5 "${linking/FAR/8589934592}"
    run run_program "$2" "$3/overwrite/overwrite"
    expect "$1: constants cannot be written" 139 first -
}

# programs ARCH FOLDER STYLE: builds them all.
programs() {
    small_program "$1" "$2/c" "$3" && cxx_program "$1" "$2/cxx" "$3" &&
        throwing_program "$1" "$2/throwing" "$3" && linking_program "$1" "$2/linking" "$3" &&
        linking_program "$1" "$2/far" "$3" -DFAR=0x200000000 &&
        overwrite_program "$1" "$2/overwrite" "$3"
}

# kinds_of FOLDER: the import formats and pointer formats in it, as numbers.
kinds_of() {
    find "$1" -type f -exec llvm-objdump-19 --macho --chained-fixups {} + |
        sed -n 's/^ *\(imports_format\|pointer_format\) *= \([0-9]*\).*/\1 \2/p' | sort -u | paste -sd ' '
}

for arch in arm64 x86_64; do
    programs $arch $arch-chained -fixup_chains || fail "$arch: building" <<<'the linker failed'
    programs $arch $arch-classic -no_fixup_chains || fail "$arch: building" <<<'the linker failed'
    cp -r $arch-chained $arch-format6
    for folder in "$arch"-format6/*; do pointer_format_6 "$folder" || fail "$arch: format 6" <<<"$folder"; done
    imports='imports_format 1 imports_format 2 imports_format 3'
    expect_true "$arch: all import formats are there" test \
        "$(kinds_of $arch-chained)" = "$imports pointer_format 2"
    expect_true "$arch: pointer format 6 is there" test \
        "$(kinds_of $arch-format6)" = "$imports pointer_format 6"
    for style in chained format6 classic; do runs "$arch $style" $arch $arch-$style; done
done

# One file for both architectures, in each of which a program is.
mkdir both
for name in main libleft.dylib libright.dylib libbase.dylib; do
    llvm-lipo-19 -create {arm64,x86_64}-chained/c/$name -output both/$name
done
for arch in arm64 x86_64; do
    run run_program $arch both/main
    expect "universal files: the $arch slice runs" 0 "$small"
done

# What cannot be loaded is said in one line.
refuses() {
    run run_program "$1" "$2"
    expect "$3" 120 '' "$4"
}
for arch in arm64 x86_64; do
    cp -r $arch-chained/c no-dylib && rm no-dylib/libbase.dylib
    refuses $arch no-dylib/main "$arch: a dylib is missing" \
        'run_macho: no-dylib/libleft.dylib: @rpath/libbase.dylib: the dylib is missing'
    for style in chained classic; do
        cp -r $arch-$style/c no-symbol && sed -i s/_base_next/_base_gone/ no-symbol/libright.dylib
        refuses $arch no-symbol/main "$arch $style: a symbol is missing" \
            'run_macho: no-symbol/libright.dylib: _base_gone: the symbol is missing in no-symbol/libbase.dylib'
        rm -r no-symbol
    done
    cp -r $arch-chained/c host && sed -i s/_host_print_int/_host_print_all/ host/main
    refuses $arch host/main "$arch: a function that the host has not" \
        'run_macho: host/main: _host_print_all: the symbol is missing in the system'
    refuses $arch nowhere "$arch: no program" 'run_macho: nowhere: file: cannot be opened'
    rm -r no-dylib host
done
refuses x86_64 arm64-chained/c/main 'a program for another machine' \
    'run_macho: arm64-chained/c/main: file: there is no slice for x86_64'

# Linux takes segments at multiples of 4 KiB, arm64 macOS only of 16 KiB.
cp -r arm64-chained/c off && "$POKE" off/libbase.dylib 'LC_SEGMENT_64[1]+40:8' +0x1000 &&
    "$POKE" off/libbase.dylib 'LC_SEGMENT_64[1]+48:8' -0x1000
refuses arm64 off/main 'a segment off its pages' \
    'run_macho: off/libbase.dylib: __DATA: its file offset is no multiple of 16384'

# Unwind information that is wrong is found at launch, though only an exception would need it.
for arch in arm64 x86_64; do
    cp -r $arch-chained/throwing unwind
    section=$(llvm-otool-19 -l unwind/libmiddle.dylib |
        awk '/sectname __unwind_info/ {found = 1} found && $1 == "offset" {print $2; exit}')
    read -r function lsdas < <(llvm-objdump-19 --macho --unwind-info unwind/libmiddle.dylib |
        sed -n 's/^ *\[0\]: function offset=0x0*\([0-9a-f]*\), 2nd.*LSDA offset=\(0x[0-9a-f]*\)$/\1 \2/p')
    "$POKE" unwind/libmiddle.dylib "@$((section + lsdas)):4" +4
    refuses $arch unwind/throwing "$arch: unwind information that lost a table" \
        "run_macho: unwind/libmiddle.dylib: __unwind_info: function 0x$function has no LSDA, which its encoding wants"
    rm -r unwind
done
