# GN: vafit in front of a linker driver that saves NAME.unstripped itself, as an output of the build.
. "$(dirname "$0")/../lib/gn_driver.sh"

levels=('vafit_link_level = "locals"' 'vafit_solink_level = "locals"')
driven
build app
mkdir plain_out
cp out/app out/*.dylib out/*.unstripped plain_out
for toc in true false; do
    driven 'link_by = "prefix"' "driver_makes_toc = $toc" "${levels[@]}"
    build app
    linked "TOC $toc"
    for image in app libshapes.dylib libwords.dylib; do
        expect_same "TOC $toc: $image.unstripped is what the driver saved" plain_out/$image.unstripped out/$image.unstripped
        "$VAFIT" shrink -q plain_out/$image --level locals --unstripped none -o wanted
        expect_same "TOC $toc: $image is what strip left, shrunk" wanted out/$image
    done
    expect_true "TOC $toc: nothing else is kept" test "$(find out -name '*.unstripped*' | wc -l)" = 3
    build app
    steps "TOC $toc: nothing changed"
    body 'char ballast[100] = {1};'
    build app
    steps "TOC $toc: a body changed" 'CXX obj/words/words/words.o' 'SOLINK ./libwords.dylib'
    expect_true "TOC $toc: NAME.unstripped is the new one" sh -c '! cmp -s "$1" "$2"' - plain_out/libwords.dylib.unstripped out/libwords.dylib.unstripped
    build app
    steps "TOC $toc: after that, nothing"
    sed -i 's/SayNumber(/&char, /' words/words.cc
    build -k 0 app
    expect_true "TOC $toc: an export goes: who wants it is linked again" grep -q 'undefined symbol: SayNumber(char const\*, long)' .out
    cp "$TESTS/../examples/gn/words/words.cc" words
    build app
done

driven 'link_by = "prefix"' 'vafit_link_level = "if-needed"'
build app
linked 'if-needed, and the program fits'
build app
steps 'if-needed: its NAME.unstripped is there all the same'

# What level symbols wants: with nm the client stays, though it imports what is gone.
goes() {
    driven 'link_by = "prefix"' 'driver_makes_toc = false' "toc_from_exports_trie = $1" \
        'vafit_solink_level = "symbols"' 'vafit_toc_from_exports_trie = true'
    build app
    linked "level symbols, trie $1"
    expect_true "level symbols, trie $1: dylibs have no symbols" test -z "$(llvm-nm-19 --defined-only out/libwords.dylib 2>&1 | grep ' T ')"
    build app
    steps "level symbols, trie $1: nothing changed"
    sed -i 's/SayNumber(/&char, /' words/words.cc
    build -k 0 app
    cp "$TESTS/../examples/gn/words/words.cc" words
}
goes true
expect_true 'level symbols: by the exports trie an export that goes is missed' grep -q 'undefined symbol: SayNumber(char const\*, long)' .out
build app
goes false
expect_true 'level symbols: by nm it is not' test $status = 0
