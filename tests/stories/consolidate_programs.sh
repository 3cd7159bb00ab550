# consolidate makes one image of a program's dylibs, and the program prints the same: linked in each way, on both
# processors, in place and in a copy, with two images and the stubs left. Undo restores every byte.
. "$(dirname "$0")/../lib/run_programs.sh"

# consolidated NAME FOLDER: all programs in FOLDER, in place.
consolidated() {
    local program
    for program in c/main cxx/shapes throwing/throwing; do
        run "$VAFIT" consolidate "$2/$program" --in-place -q
        expect "$1: $program is consolidated" 0
        find "$2/${program%/*}" -type f ! -name '*.unstripped' ! -name '*.json' | sort >files
        # shellcheck disable=SC2046
        run "$VAFIT" verify $(cat files)
        sed "/\/main$\|\/shapes$\|\/throwing$\|libconsolidated/!s/$/: well formed/; /: well formed$/!s/$/: well formed, and means the same/" files >wanted
        expect "$1: $program: all files are well formed" 0 "$(cat wanted)"
        run "$VAFIT" check "$2/$program" --format json
        expect_true "$1: $program has two images left" test "$(jq '.programs[0].image_count' .out)" = 2
    done
}

# as_llvm NAME FILE: what LLVM's readers say against the file.
as_llvm() {
    {
        llvm-objdump-19 --macho --all-headers --exports-trie --rebase --bind --weak-bind --function-starts --unwind-info "$2" >.objdump
        llvm-nm-19 --no-sort "$2" >.nm
        llvm-dwarfdump-19 --eh-frame "$2" >.frames
    } 2>.said
    expect_same "$1: LLVM reads it without a word" /dev/null .said
}

for arch in arm64 x86_64; do
    programs $arch $arch-chained -fixup_chains || fail "$arch: building" <<<'the linker failed'
    programs $arch $arch-classic -no_fixup_chains || fail "$arch: building" <<<'the linker failed'
    cp -r $arch-chained $arch-format6
    for folder in "$arch"-format6/*; do pointer_format_6 "$folder" || fail "$arch: format 6" <<<"$folder"; done
    for style in chained format6 classic; do
        name="$arch $style"
        cp -r $arch-$style was
        consolidated "$name" $arch-$style
        runs "$name" $arch $arch-$style
        for folder in c cxx throwing; do
            as_llvm "$name: $folder" $arch-$style/$folder/libconsolidated.dylib
        done
        rm -rf copy
        for program in c/main cxx/shapes throwing/throwing; do
            run "$VAFIT" consolidate was/$program --out-dir copy/${program%/*} -q
            expect "$name: $program is copied" 0
            cmp copy/${program%/*}/libconsolidated.dylib $arch-$style/${program%/*}/libconsolidated.dylib >.cmp 2>&1
            expect_same "$name: $program: the same image, byte for byte" /dev/null .cmp
            run run_program $arch copy/$program
            cp .out printed
            run run_program $arch was/$program
            expect_same "$name: the copy of $program prints the same" .out printed
            run "$VAFIT" consolidate $arch-$style/$program --in-place
            expect "$name: $program: a second time changes nothing" 0 "left alone:
  $arch-$style/${program%/*}/libconsolidated.dylib: is a merged image; --undo takes it back
no two dylibs can be merged"
            run "$VAFIT" consolidate $arch-$style/$program --undo -q
            expect "$name: $program is taken back" 0
        done
        expect_true "$name: every byte is what it was" diff -r was $arch-$style
        rm -rf was copy
    done
done
