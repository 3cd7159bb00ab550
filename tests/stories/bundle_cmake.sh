# An application that CMake makes, with a framework whose name has a space, a helper and a plug-in: judged whole, fixed,
# and sealed again.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

example=$TESTS/../examples/cmake
cmake -S "$TESTS/programs/app" -B out -G Ninja --toolchain "$example/darwin.cmake" -DSOURCES="$example/src" \
    -DCMAKE_MODULE_LINKER_FLAGS="-fuse-ld=lld -nostdlib -lSystem" -DSEALER="$TESTS/lib/seal.py" >.configure 2>&1 || fail 'configures' <.configure
run cmake --build out
expect 'builds' 0 -
mv out/Thing.app .
cp -a Thing.app was
inside=Thing.app/Contents
sealed() {
    run python3 "$TESTS/lib/seal_check.py" "${2-Thing.app}"
    expect "$1" 0 sealed
}
sealed 'is sealed'
programs() {
    python3 -c 'import json, sys
for program in json.load(open(sys.argv[1]))["programs"]:
    print(program["executable"], program["verdict"], program["image_count"])' .out
}

# 4 GiB of __PAGEZERO, 6 GiB of shared region, and 240 KiB.
limit='--profile macos-26 --limit 10486000KiB'
run "$VAFIT" check Thing.app $limit --format json
expect 'does not fit' 1 -
expect_same 'the helper and the application are judged' <(printf '%s exceeds 3\n' $inside/Helpers/worker $inside/MacOS/Thing) \
    <(programs)
run "$VAFIT" check $inside/PlugIns/Plug.bundle "$inside/Frameworks/The Kit.framework" --program Thing.app $limit --format json
expect_same 'the plug-in with its program, and the framework that this loads anyway' \
    <(printf '%s exceeds %s\n' "$inside/PlugIns/Plug.bundle/Contents/MacOS/Plug" 4 "$inside/Frameworks/The Kit.framework/Versions/A/The Kit" 3) \
    <(programs)

run_program arm64 $inside/MacOS/Thing >before 2>&1
run "$VAFIT" fix Thing.app --in-place $limit
expect 'is fixed' 0 -
sealed 'and sealed again'
expect_true 'some image is another' test -n "$(diff -rq --no-dereference was Thing.app | grep -v CodeResources)"
expect_true 'every link is still one' diff <(cd was && find . -type l -printf '%p %l\n' | sort) \
    <(cd Thing.app && find . -type l -printf '%p %l\n' | sort)
run "$VAFIT" check Thing.app $limit -q
expect 'it fits' 0 ''
run_program arm64 $inside/MacOS/Thing >after 2>&1
expect_same 'it runs the same' before after
find Thing.app.unstripped -type f | while read -r kept; do
    file=${kept#Thing.app.unstripped/}
    run "$VAFIT" verify "Thing.app/${file%.unstripped}" --against "$kept"
    expect "$file is proven" 0 -
done

mkdir elsewhere && mv Thing.app Thing.app.unstripped elsewhere
sealed 'a bundle that is moved' elsewhere/Thing.app
run "$VAFIT" fix elsewhere/Thing.app --undo -q
expect 'undone there' 0 ''
sealed 'sealed as it was' elsewhere/Thing.app
expect_true 'every byte is back' diff -r --no-dereference was elsewhere/Thing.app
expect_true 'nothing is left' test "$(ls elsewhere)" = Thing.app
