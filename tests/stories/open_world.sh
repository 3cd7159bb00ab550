# The world of fix --up-to exports is open when an image that is not there, or not among the programs, may ask for an
# export.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

# source NAME TEXT: compiles it.
source_of() {
    echo "$2" >"$1.c"
    clang-19 --target=arm64-apple-macos13 -O1 -fno-stack-protector -c "$1.c" -o "$1.o"
}
source_of base "$(seq 3000 | sed 's/.*/int an_export_that_nobody_asks_for_&(int v) { return v + &; }/')
int base_for_plug(int v) { return v; }"
source_of plug 'int base_for_plug(int v); int plug(int v) { return base_for_plug(v); }'
source_of weak 'int base_for_plug(int v); __attribute__((weak_import)) int plug(int v); int main(void) { return plug ? plug(1) : 0; }'
source_of plain 'int an_export_that_nobody_asks_for_1(int v); const char *volatile unused = ""; int main(void) { return an_export_that_nobody_asks_for_1(1); }'
source_of named 'int an_export_that_nobody_asks_for_1(int v); const char *volatile name = "plugins/libplug.dylib"; int main(void) { return an_export_that_nobody_asks_for_1(1); }'
source_of system 'int an_export_that_nobody_asks_for_1(int v); const char *volatile name = "/usr/lib/libplug.dylib"; int main(void) { return an_export_that_nobody_asks_for_1(1); }'
mkdir built && cd built || exit 1
link arm64 -dylib -install_name @rpath/libbase.dylib -o libbase.dylib ../base.o
link arm64 -dylib -install_name @rpath/libplug.dylib -o libplug.dylib ../plug.o libbase.dylib
link arm64 -bundle -o plug.bundle ../plug.o libbase.dylib
for name in plain named system; do
    link arm64 -execute -rpath @loader_path/. -o $name ../$name.o libbase.dylib
done
link arm64 -execute -rpath @loader_path/. -o weak ../weak.o libbase.dylib -weak_library libplug.dylib
cd ..

# world FILE...: those of what was built, in the folder out.
world() {
    rm -rf out && mkdir out
    (cd built && cp libbase.dylib "$@" ../out)
}
limit=$((10 * 1024 * 1024 * 1024))
# tight OPERAND: the least limit that its images meet without the exports.
tight() {
    "$VAFIT" fix "$1" --dry-run --up-to exports --assume-closed --allow-missing '*' --rule malloc-window=off \
        --limit $limit --format json | jq "$limit + .programs[0].after.misses[0].bytes"
}
# drops NAME OPERAND [OPTION...]: exports of libbase go.
drops() {
    run "$VAFIT" fix "$2" --in-place --up-to exports --rule malloc-window=off --limit "$(tight "$2")" -q "${@:3}"
    expect "$1" 0 '' ''
    llvm-objdump-19 --macho --exports-trie out/libbase.dylib | grep -c _an_export >count
    expect_true "$1: exports go" test "$(cat count)" -lt 10
}
# keeps NAME REASON OPERAND [OPTION...]: they stay, since the world is open.
keeps() {
    local why="vafit: no export goes, as with --up-to symbols: $2; --assume-closed says that nobody else asks for exports"
    run "$VAFIT" fix "${@:3}" --in-place --up-to exports --rule malloc-window=off --limit "$(tight "$3")" -q
    expect_true "$1" test "$(cat .err)" = "$why"
    llvm-objdump-19 --macho --exports-trie out/libbase.dylib | grep -c _an_export >count
    expect_true "$1: all exports stay" test "$(cat count)" = 3000
}

world plain
drops 'a world of its own is closed' out/plain
world weak
keeps 'a weak dylib that is missing' 'out/weak asks for @rpath/libplug.dylib, which is missing' out/weak
drops 'the word of the user closes it' out/weak --assume-closed
world weak
keeps 'a dylib that may be missing' 'out/weak asks for @rpath/libplug.dylib, which is missing' \
    out/weak --allow-missing '*'
world weak libplug.dylib
drops 'a weak dylib that is there' out/weak
world plain plug.bundle
keeps 'a bundle beside the programs' 'out/plug.bundle is a bundle that none of the programs loads' out/plain
world plain plug.bundle
run "$VAFIT" fix out/plain --dry-run --up-to exports --limit $limit --format json
expect_true 'JSON has the reason' test \
    "$(jq -c '[.open_world, .up_to]' .out)" = '[{"reason":"out/plug.bundle is a bundle that none of the programs loads","more":0},"symbols"]'
run "$VAFIT" fix out/plain --dry-run --up-to symbols --limit $limit
expect_true 'and nothing promises what exports would give' sh -c '! grep -q "up-to exports" .out'
mkdir out/below && mv out/plug.bundle out/below
drops 'folders below are not looked into' out/plain
world named libplug.dylib
keeps 'a dylib that a string names' 'a string of out/named names out/libplug.dylib, which none of the programs loads' out/named
world named
drops 'one that is not there' out/named
world system libplug.dylib
drops 'a system path names none' out/system
world plain libplug.dylib
drops 'a dylib that nothing names' out/plain
# lld writes no LC_LAZY_LOAD_DYLIB_INFO: the function starts pass for one.
world plain
"$POKE" out/libbase.dylib LC_FUNCTION_STARTS+0:4 0x3a
keeps 'a dylib that is loaded at its first use' \
    'out/libbase.dylib loads a dylib at its first use (LC_LAZY_LOAD_DYLIB_INFO)' out/plain
run "$VAFIT" fix out/plain --dry-run --assume-closed
expect 'only for a level that drops exports' 2 '' "vafit: --keep-export, --ignore-strings and --assume-closed need --up-to exports
vafit: see \`vafit help fix\`"
run "$VAFIT" fix out/plain --dry-run --up-to exports --arch arm64
expect 'a world is of all architectures' 2 '' "vafit: --up-to exports needs all architectures, without --arch
vafit: see \`vafit help fix\`"
