# CMake: vafit in front of every link.
. "$(dirname "$0")/../lib/cmake.sh"

project shrunk
project plain
for folder in shrunk plain; do
    configure $folder Ninja arm64 -DSHRINK_LINKS=$([ $folder = shrunk ] && echo ON || echo OFF) >/dev/null
    build $folder
    expect "launcher: $folder is built" 0 - ''
done
for image in shapes libshape.dylib libtext.dylib; do
    expect_same "launcher: $image was the same before" plain/out/bin/$image shrunk/out/bin/$image.unstripped
    run "$VAFIT" shrink plain/out/bin/$image --level locals -q --unstripped none -o by_hand
    expect_same "launcher: $image is shrunk as by hand" by_hand shrunk/out/bin/$image
done
ran arm64 plain/out/bin/shapes >before
ran arm64 shrunk/out/bin/shapes >after
expect_same 'launcher: it runs the same' before after
expect_true 'launcher: originals stand beside the images' test "$(find shrunk/out -name '*.unstripped' | wc -l)" = 3
run cmake --build shrunk/out --target clean
expect_true 'launcher: clean takes the originals along' test -z "$(find shrunk/out/bin -name '*.unstripped')"
# limited LIMIT: only the link of the executable is looked at.
limited() {
    project shrunk
    sed -i "s/^if(FIX)/vafit_link_launcher(TARGET shapes IF_NEEDED LIMIT $1)\n&/" shrunk/CMakeLists.txt
    configure shrunk Ninja arm64 >/dev/null
    build shrunk
}
limited 16GiB
expect 'launcher: IF_NEEDED: what fits' 0 - ''
expect_same 'launcher: IF_NEEDED: what fits is left alone' plain/out/bin/shapes shrunk/out/bin/shapes
limited 10486030KiB
expect 'launcher: IF_NEEDED: what can be shrunk' 0 - ''
expect_true 'launcher: IF_NEEDED: what can be shrunk fits' "$VAFIT" check -q shrunk/out/bin/shapes --limit 10486030KiB
limited 10GiB
expect_true 'launcher: IF_NEEDED: what cannot be fails the build' grep -q '^FAILED: bin/shapes' .out
expect_true 'launcher: IF_NEEDED: with the reason' grep -q 'error: image-sum: ' .out
expect_true 'launcher: IF_NEEDED: and is removed' test -e shrunk/out/bin/libtext.dylib -a ! -e shrunk/out/bin/shapes
project one
sed -i 's/^if(FIX)/vafit_link_launcher(TARGET text LANGUAGES CXX)\n&/' one/CMakeLists.txt
configure one Ninja arm64 >/dev/null
build one
expect_true 'launcher: one target alone' test "$(cd one/out/bin && echo *.unstripped)" = libtext.dylib.unstripped
