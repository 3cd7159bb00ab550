# GN: vafit as an action of a linker driver, which saves NAME.unstripped, strips, and makes the .TOC.
. "$(dirname "$0")/../lib/gn_driver.sh"

levels=('vafit_link_level = "locals"' 'vafit_solink_level = "locals"')
driven
build app
mkdir plain_out
cp out/app out/*.dylib out/*.unstripped plain_out
run_program arm64 out/app >expected
# acts TOC: all that holds wherever the .TOC is made.
acts() {
    driven 'link_by = "action"' "driver_makes_toc = $1" "${levels[@]}"
    build app
    linked "TOC $1"
    run_program arm64 out/app >after
    expect_same "TOC $1: the program runs the same" expected after
    for image in app libshapes.dylib libwords.dylib; do
        expect_same "TOC $1: $image.unstripped is whole" plain_out/$image.unstripped out/$image.unstripped
        run "$VAFIT" verify -q out/$image --against out/$image.unstripped
        expect "TOC $1: $image means the same" 0 '' ''
        "$VAFIT" shrink -q plain_out/$image --level locals --unstripped none -o wanted
        expect_same "TOC $1: $image is what strip left, shrunk" wanted out/$image
    done
    build app
    steps "TOC $1: nothing changed"

    body 'char ballast[100] = {1};'
    build app
    steps "TOC $1: a body changed" 'CXX obj/words/words/words.o' 'SOLINK ./libwords.dylib'
    sed -i 's/SayNumber(/&char, /' words/words.cc
    build -k 0 app
    expect_true "TOC $1: an export goes: who wants it is linked again" test "$(grep -c 'LINK' .steps)" -ge 2
    expect_true "TOC $1: and fails" grep -q 'undefined symbol: SayNumber(char const\*, long)' .out
    cp "$TESTS/../examples/gn/words/words.cc" words
    build app
}
acts true
acts false

# In another folder the same comes out.
cp -r . ../another
rm -r ../another/out/*.dylib* ../another/out/app* ../another/out/obj ../another/out/.ninja*
(cd ../another && gn -q gen out && ninja -C out app >.out 2>&1) || fail 'in another folder it is built' <../another/.out
for image in app libshapes.dylib libwords.dylib libwords.dylib.TOC libwords.dylib.unstripped; do
    expect_same "in another folder: $image" out/$image ../another/out/$image
done

# What fails leaves nothing that ninja could take for a result.
fails() {
    local name=$1 output=$2
    build -k 0 app
    expect_true "$name: the build fails" test $status = 1
    expect_true "$name: $output is gone, and what the driver saved" sh -c '! ls "$1" "$1.unstripped"' - out/$output
}
mv tool whole
printf '#!/bin/sh\necho "vafit: $8: no" >&2\nexit 4\n' >tool
chmod +x tool
driven 'link_by = "action"' "${levels[@]}"
fails 'vafit fails' libwords.dylib
expect_true 'vafit fails: says what vafit says' grep -q '^vafit: ./libwords.dylib: no$' .out
sed -i.kept 's/os.unlink(output)/pass/' build/toolchain/apple/linker_driver.py
build -k 0 app
expect_true 'vafit fails, and the driver removes nothing: the output is gone' sh -c 'test -e out/libwords.dylib.unstripped && ! test -e out/libwords.dylib'
mv build/toolchain/apple/linker_driver.py.kept build/toolchain/apple/linker_driver.py
mv whole tool
build app
linked 'vafit is back'
run_program arm64 out/app >after
expect_same 'vafit is back: the program runs' expected after

driven 'link_by = "action"' 'vafit_solink_level = "symbols"' 'vafit_toc_from_exports_trie = true'
fails 'level symbols, and nm makes the .TOC' libwords.dylib
expect_true 'level symbols: says why' grep -qxF 'ValueError: vafit: ./libwords.dylib: level symbols empties the symbol table, of which nm makes the .TOC: clients would not be linked again when an export goes; use level locals' .out
driven 'link_by = "action"' 'vafit_link_level = "symbols"'
build app
linked 'level symbols of a program, which has no .TOC'
expect_true 'level symbols of a program: it has none' test -z "$(llvm-nm-19 --defined-only out/app)"
driven 'link_by = "action"' 'vafit_link_level = "if-needed"'
fails 'if-needed' app
expect_true 'if-needed: says who knows it' grep -qxF 'ValueError: vafit: if-needed is no level of the driver, only of vafit_link_prefix' .out
