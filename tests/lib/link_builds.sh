# A project of a dylib and an executable, for builds that link by vafit.
. "$(dirname "${BASH_SOURCE[0]}")/story.sh"
. "$TESTS/lib/programs.sh"

# A project of a dylib and an executable, for each kind of build.
mkdir -p project sdk/usr/lib
cp "$TESTS/programs/"{base,left,right,main}.c project
cp "$TESTS/programs/libSystem.tbd" sdk/usr/lib
compile arm64 base.o base.c
SDK=$WORK/sdk
CC="clang-19 --target=arm64-apple-macos13 -isysroot $SDK"
LINK="$VAFIT link --level locals -- $CC -fuse-ld=lld"

# built NAME: the last run built `main` and its dylibs in the folder `out`, shrunk, and they run.
built() {
    expect "$1" 0 - ''
    expect_true "$1: what it made runs" test \
        "$(run_program arm64 out/main 2>&1)" = "$(run_program arm64 expected/main 2>&1)"
    expect_true "$1: every image was shrunk" proven_images
}
LAUNCHER=()
small_program arm64 expected
proven_images() {
    local image
    for image in out/main out/libbase.dylib out/libleft.dylib out/libright.dylib; do
        [ -e $image.unstripped ] && "$VAFIT" verify -q $image --against $image.unstripped || return
    done
}
