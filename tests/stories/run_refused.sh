# Programs that cannot be loaded: run_macho says in one line why.
. "$(dirname "$0")/../lib/run_programs.sh"

for arch in arm64 x86_64; do
    programs $arch $arch-chained -fixup_chains && small_program $arch $arch-classic/c -no_fixup_chains ||
        fail "$arch: building" <<<'the linker failed'
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
