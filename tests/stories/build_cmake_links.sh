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

# One plan for all links: what it does not name is linked as ever; when it changes, links are done again.
project planned
sed -i 's/^if(SHRINK_LINKS)/vafit_link_launcher(PLAN vafit_plan.json)\n&/' planned/CMakeLists.txt
echo '{"schema": "vafit.plan/1", "images": []}' >planned/vafit_plan.json
configure planned Ninja arm64 -DLIMIT=10486030KiB >/dev/null
build planned
expect_true 'plan: at first it does not fit' grep -q 'error: image-sum: ' .out
expect_same 'plan: it is linked as ever' plain/out/bin/shapes planned/out/bin/shapes
(cd planned/out && "$VAFIT" fix bin/shapes --dry-run -q --limit 10486030KiB --plan ../vafit_plan.json) >.out 2>&1 || fail 'plan: it is made' <.out
build planned
expect 'plan: and now it fits' 0 - ''
jq -r '.images[].path' planned/vafit_plan.json | sort >wanted
(cd planned/out && find bin -name '*.unstripped' | sed 's/.unstripped$//' | sort) >found
expect_same 'plan: what it names is shrunk, and nothing else' wanted found
ran arm64 planned/out/bin/shapes >after
expect_same 'plan: it runs the same' before after
build planned
did 'plan: nothing changed'
sed -i 's/"locals"/"symbols"/' planned/vafit_plan.json
run cmake --build planned/out --target shapes
expect_true 'plan: another plan links again' test "$(grep -c Linking .out)" = 3
