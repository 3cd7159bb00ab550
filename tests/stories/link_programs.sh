# link: real programs run the same when every image of them was shrunk.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

# images FOLDER: the images in it, without their originals.
images() {
    find "$1" -type f ! -name '*.unstripped' ! -name '*.o' | sort
}

# proven FOLDER: every image is smaller than the original beside it and means the same.
proven() {
    local image
    for image in $(images "$1"); do
        "$VAFIT" verify -q "$image" --against "$image.unstripped" || return
        [ "$(stat -c %s "$image")" -lt "$(stat -c %s "$image.unstripped")" ] || return
    done
}

for arch in arm64 x86_64; do
    for kind in small cxx throwing linking; do
        LAUNCHER=()
        "${kind}_program" $arch plain || fail "$arch $kind: builds" <<<'the linker failed'
        main=$(for image in $(images plain); do
            [ "$(od -An -j12 -N1 -tu1 "$image" | tr -d ' ')" = 2 ] && basename "$image"
        done)
        run_program $arch plain/$main >before 2>&1
        echo "exit status $?" >>before
        LAUNCHER=("$VAFIT" link --level locals -q --)
        run "${kind}_program" $arch linked
        expect "$arch $kind: builds" 0 '' ''
        run_program $arch linked/$main >after 2>&1
        echo "exit status $?" >>after
        expect_same "$arch $kind: runs the same" before after
        expect_true "$arch $kind: prints something" test "$(wc -l <before)" -gt 1
        expect_true "$arch $kind: every image was shrunk" proven linked
        rm -rf plain linked
    done
done
