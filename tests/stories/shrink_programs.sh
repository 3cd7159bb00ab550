# Programs run the same after shrinking: every kind of program, of fixups and of architecture, at every
# level; the result is proven by verify, made twice, and shrunk again.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

# build KIND ARCH STYLE: a program of that kind in the folder program; prints its executable's name.
build() {
    local style=$3
    [ "$3" = format6 ] && style=-fixup_chains
    "$1_program" "$2" program "$style" || return
    [ "$3" = format6 ] && pointer_format_6 program
    return 0
}
# images: the images of the folder program.
images() {
    find program -type f ! -name '*.o' ! -name '*.tbd' | sort
}
# shrunk LEVEL FOLDER: all images shrunk into a folder, with the links between them.
shrunk() {
    # shellcheck disable=SC2046
    "$VAFIT" shrink $(images) --level "$1" --out-dir "$2" --unstripped none --quiet
}

# same_at LEVEL ARCH EXECUTABLE NAME: what the program prints is the same, and each image is proven.
same_at() {
    local image leaf
    rm -rf small again twice
    if ! shrunk "$1" small 2>errors || ! shrunk "$1" again 2>>errors; then
        fail "$4, $1: shrinks" <errors
        return
    fi
    for image in $(images); do
        leaf=$(basename "$image")
        "$VAFIT" verify "small/$leaf" --against "$image" --quiet || echo "$leaf: verify"
        cmp "small/$leaf" "again/$leaf" || echo "$leaf: not the same the second time"
        "$VAFIT" shrink "small/$leaf" --level "$1" -o twice --unstripped none --quiet
        cmp "small/$leaf" twice || echo "$leaf: shrinking again changes it"
    done >wrong 2>&1
    run_program "$2" "small/$3" >after 2>&1
    echo "exit status $?" >>after
    diff before after >>wrong
    if [ -s wrong ]; then fail "$4, $1" <wrong; else pass "$4, $1: runs the same, is proven, is the same again"; fi
}

for arch in x86_64 arm64; do
    for kind in small cxx throwing linking; do
        for style in -fixup_chains format6 -no_fixup_chains; do
            name="$arch $kind $style"
            rm -rf program
            build $kind $arch $style || { fail "$name: builds" <<<'the linker failed'; continue; }
            executable=$(for image in $(images); do
                [ "$(od -An -j12 -N1 -tu1 "$image" | tr -d ' ')" = 2 ] && basename "$image"
            done)
            run_program $arch "program/$executable" >before 2>&1
            echo "exit status $?" >>before
            for level in lossless debug-map locals symbols; do
                same_at $level $arch "$executable" "$name"
            done
        done
    done
done
