# Programs run: each kind of program, linked in each way, prints what its source says. What changes images may
# rely on it: a program that ran before and runs no more was broken in between.
. "$(dirname "$0")/../lib/run_programs.sh"

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
