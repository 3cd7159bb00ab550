# The sizes that shrink prints are those that llvm-otool finds in the files.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
. "$TESTS/lib/space.sh"

# linkedit FILE: the bytes of __LINKEDIT in the file, of all slices in sum.
linkedit() {
    local arch sum=0 size
    for arch in $(llvm-lipo-19 -archs "$1"); do
        llvm-lipo-19 "$1" -thin "$arch" -output .slice 2>/dev/null || cp "$1" .slice
        size=$(llvm-otool-19 -l .slice | awk '$1 == "segname" { name = $2 }
            $1 == "filesize" && name == "__LINKEDIT" { print $2; exit }')
        sum=$((sum + size))
    done
    echo $sum
}

size() { if [ "$1" -lt 1024 ]; then echo "$1 bytes"; else human "$1"; fi; }

small_program arm64 thin && small_program x86_64 intel && mkdir universal ||
    { fail 'building' <<<'the linker failed'; exit; }
llvm-lipo-19 -create thin/main intel/main -output universal/main
llvm-lipo-19 -create thin/libbase.dylib intel/libbase.dylib -output universal/libbase.dylib
for image in thin/main thin/libbase.dylib intel/main universal/main universal/libbase.dylib; do
    before=$(linkedit $image) freed=
    for level in lossless debug-map locals symbols; do
        run "$VAFIT" shrink $image --level $level -o new --unstripped none
        after=$(linkedit new)
        expect "$image at $level" 0 "new: __LINKEDIT $(size $after), was $(size $before)" ''
        freed+="${freed:+, }$level $(size $((before - after)))"
    done
    expect_true "$image: the highest level freed something" test "$after" -lt "$before"
    run "$VAFIT" shrink $image --dry-run
    expect "$image: a dry run says the same" 0 "$image would free: $freed" ''
done
