# The level exports: fix drops what no image of the programs asks for, and nothing else.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
. "$TESTS/lib/closed.sh"
. "$TESTS/lib/space.sh"

# left FILE [ARCH]: the names that llvm-objdump sees in its exports trie, a line each.
left() {
    llvm-objdump-19 --macho ${2:+--arch="$2"} --exports-trie "$1" | awk '/^0x/ { print $2 }' | LC_ALL=C sort
}
# What a reader of tests/lib/closed.sh finds that somebody asks libwide for: three imports, two strings of
# main, a weak definition, one that main defines weakly, an operator.
asked='__Znwm _defined_weakly _defined_weakly_elsewhere'
named='_looked_up_by_its_whole_name _named_by_string'
used='_used_by_main _used_by_other _used_by_plugin'
# expect_left NAME FILE NAMES [ARCH]
expect_left() {
    tr ' ' '\n' <<<"$3" >wanted
    left "$2" ${4:-} >names
    expect_same "$1" wanted names
}
# outcome ARCH PROGRAM: what it prints, and how it ends.
outcome() {
    run_program "$@"
    echo "exit status $?"
}
# programs FOLDER: the operands.
programs() {
    echo "$1/main" "$1/other" "$1/plugin.bundle"
}
# fresh: the programs as they were built, in the folder out.
fresh() {
    rm -rf out && cp -rp built out
}

closed_program arm64 built || { fail 'building' <<<'the linker failed'; exit; }
expect_true 'libwide exports far more' test "$(left built/libwide.dylib | wc -l)" = 3010
declare -A at
symbols=0
for image in main libwide.dylib libinner.dylib; do
    at[$image]=$(space built/$image)
    "$VAFIT" shrink built/$image --level symbols -o small --unstripped none -q
    symbols=$((symbols + $(space small)))
done
# __PAGEZERO and the shared region; one byte more than all symbols make room for.
system=$((10 * 1024 * 1024 * 1024))
limit=$((system + symbols - 1))
outcome arm64 built/main >before
outcome arm64 built/other >before_other

# --- no level below is enough ---

# The three programs are equally large: main and other as executables, the bundle as a dylib.
missing=$(printf "  out/%s (arm64, macos-26): image-sum misses 1 byte\n" main other plugin.bundle)

fresh
run "$VAFIT" fix $(programs out) --in-place --up-to symbols --limit $limit
sed '/^no rewriting/,$!d' .out >said && mv said .out
expect 'the next level is named' 1 "no rewriting up to symbols suffices; nothing was written. With all images at symbols:
$missing
--up-to exports would make it fit"
expect_true 'nothing was written' diff -r built out
run "$VAFIT" fix $(programs out) --in-place --up-to symbols --limit $limit --arch arm64
sed '/^no rewriting/,$!d' .out >said && mv said .out
expect 'which is not that of one architecture' 1 "no rewriting up to symbols suffices; nothing was written. With all images at symbols:
$missing"

# --- exports ---

run "$VAFIT" fix $(programs out) --dry-run --up-to exports --limit $limit --format json
jq -c '[.outcome, .up_to, (.images[] | .path, .level, .va_before, .va_after)]' .out >predicted
expect_true 'a dry run writes nothing' diff -r built out
run "$VAFIT" fix $(programs out) --in-place --up-to exports --limit $limit
sed '/^rewrote/,$!d' .out >said && mv said .out
small=$(space out/libwide.dylib)
end='its images end at 4.08 GiB'
expect 'exports is enough' 0 "rewrote 1 of 5 images:
  exports: out/libwide.dylib: $(human $small), was $(human ${at[libwide.dylib]}); frees $((at[libwide.dylib] - small)) bytes
out/main (arm64, macos-26): now fits; $end
out/other (arm64, macos-26): now fits; $end
out/plugin.bundle (arm64, macos-26): now fits; $end"
echo "[\"planned\",\"exports\",\"out/libwide.dylib\",\"exports\",${at[libwide.dylib]},$small]" >wanted
expect_same 'as was predicted' wanted predicted
expect_left 'what is asked for is left' out/libwide.dylib "$asked $named $used"
outcome arm64 out/main >after
expect_same 'main runs the same' before after
outcome arm64 out/other >after
expect_same 'the other executable too' before_other after
cp -rp out fixed
run "$VAFIT" fix $(programs out) --in-place --up-to exports --limit $limit
expect_true 'again' grep -qx 'nothing to do' .out
expect_true 'again: nothing was written' diff -r fixed out
run "$VAFIT" fix $(programs out) --in-place --up-to exports --limit $((system + at[main] + small + at[libinner.dylib] - 49153))
expect_true 'what is as small as it gets cannot be made smaller' test $status = 1
expect_true 'and there is no level behind' test "$(grep -c up-to .out)" = 0
expect_true 'and nothing was written' diff -r fixed out

# --- the proof ---

run "$VAFIT" verify out/libwide.dylib --against built/libwide.dylib --level exports
expect 'verify takes what it is told to' 0 'out/libwide.dylib: well formed, and means the same'
run "$VAFIT" verify out/libwide.dylib --against built/libwide.dylib
name=_an_export_of_wide_that_nobody_asks_for_
expect 'and otherwise finds that exports are gone' 1 '' "$(printf "vafit: out/libwide.dylib: exports trie: $name%s is gone\n" 1 10 100 1000 1001)
vafit: out/libwide.dylib: exports trie: 2997 more differences"
"$VAFIT" shrink built/libwide.dylib --level symbols -o small --unstripped none -q
first=$(llvm-otool-19 -l built/libwide.dylib | awk '$1 == "iextdefsym" { print $2 }')
run "$VAFIT" verify small --against built/libwide.dylib --level locals
expect 'symbols that a level keeps' 1 '' "vafit: small: symbol of the original $first: is gone, though the level keeps it"
run "$VAFIT" verify small --against built/libwide.dylib --level symbols
expect 'and one that does not' 0 'small: well formed, and means the same'
run "$VAFIT" verify small --level symbols
expect 'a level of nothing' 2 '' 'vafit: verify --level wants --against
vafit: see `vafit help verify`'

# --- undo, also of two steps ---

run "$VAFIT" fix $(programs out) --undo
expect 'undo' 0 'restored 1 of 5 images'
expect_true 'undo restores every byte' diff -r built out
run "$VAFIT" fix $(programs out) --in-place --limit $((system + symbols)) --up-to symbols -q
expect 'a first step' 0
run "$VAFIT" fix $(programs out) --in-place --limit $limit --up-to exports -q
expect 'a second one' 0
run "$VAFIT" verify out/libwide.dylib --against built/libwide.dylib --level exports
expect 'two steps lose no more' 0 'out/libwide.dylib: well formed, and means the same'
expect_true 'the twin is the original' cmp out/libwide.dylib.unstripped built/libwide.dylib
run "$VAFIT" fix $(programs out) --undo -q
expect_true 'both are undone' diff -r built out

# --- what keeps exports, one by one ---

# fixed NAME OPERANDS OPTION...: the program fixed anew, with room for what is kept in libwide.
fixed() {
    fresh
    run "$VAFIT" fix $2 --in-place --up-to exports --limit $limit -q "${@:3}"
    expect "$1" 0
}
fixed 'without strings' "$(programs out)" --ignore-strings
expect_left 'without strings: only imports are left' out/libwide.dylib "$asked $used"
outcome arm64 out/main >after
sed 's/^named: 5/named: -1/' before >wanted
expect_same 'without strings: dlsym finds nothing' wanted after
fixed 'globs' "$(programs out)" --keep-export '*_by_a_*' --keep-export '_kept*'
expect_left 'globs: what they name is left' out/libwide.dylib "$asked _kept_by_a_glob _kept_by_the_same_glob $named $used"
fixed 'without the other executable' 'out/main out/plugin.bundle'
expect_left 'without the other executable: what it imports goes' out/libwide.dylib "$asked $named _used_by_main _used_by_plugin"
fixed 'without the bundle' 'out/main out/other' --assume-closed
expect_left 'without the bundle: what it imports goes' out/libwide.dylib "$asked $named _used_by_main _used_by_other"

# --- both architectures, in both ways to bind, all images ---

# all_left ARCH: what is left of every image in the folder `every`.
all_left() {
    expect_left "$1 $style: libwide" every/libwide.dylib "$asked $named $used" "$1"
    expect_left "$1 $style: libinner" every/libinner.dylib _inner_used "$1"
    expect_left "$1 $style: main" every/main '__mh_execute_header _defined_weakly_elsewhere' "$1"
    expect_left "$1 $style: other" every/other __mh_execute_header "$1"
    expect_left "$1 $style: the bundle" every/plugin.bundle _plugin_entry "$1"
}
for style in -fixup_chains -no_fixup_chains; do
    rm -rf every both.*
    mkdir every
    for arch in arm64 x86_64; do closed_program $arch both.$arch $style 2000; done
    for image in main other plugin.bundle libwide.dylib libinner.dylib; do
        llvm-lipo-19 -create both.arm64/$image both.x86_64/$image -output every/$image
    done
    cp -rp every original
    run "$VAFIT" fix $(programs every) --dry-run --up-to exports --limit $system --format json
    # So little room that each of the three programs needs all its images at exports.
    misses=$(jq -c '[.programs[].after.misses[].bytes] | unique' .out)
    expect_true "universal $style: the programs are equally large" test "${misses//,/}" = "$misses"
    cp -rp every once_more
    run "$VAFIT" fix $(programs every) --in-place --up-to exports --limit $((system + ${misses//[^0-9]/})) -q -j 3
    expect "universal $style" 0
    for arch in arm64 x86_64; do
        all_left $arch
        outcome $arch every/main >after
        expect_same "$arch $style: main runs the same" before after
        outcome $arch every/other >after
        expect_same "$arch $style: the other executable too" before_other after
    done
    for image in main other plugin.bundle libwide.dylib libinner.dylib; do
        run "$VAFIT" verify every/$image --against original/$image --level exports
        expect "universal $style: $image means the same" 0 "every/$image: well formed, and means the same"
    done
    run "$VAFIT" fix $(programs once_more) --in-place --up-to exports --limit $((system + ${misses//[^0-9]/})) -q -j 1
    expect_true "universal $style: other threads, the same bytes" diff -r every once_more
    run "$VAFIT" fix $(programs every) --undo
    expect "universal $style: undo" 0 'restored 5 of 5 images'
    expect_true "universal $style: undo restores every byte" diff -r original every
    rm -rf original once_more
done

# --- a world that is not closed ---

fresh
offset=$(llvm-otool-19 -l out/other | awk '$2 == "LC_DYLD_CHAINED_FIXUPS" { f = 1 } f && $1 == "dataoff" { print $2; exit }')
"$POKE" out/other "@$((offset + 20)):4" 9
run "$VAFIT" fix $(programs out) --in-place --up-to exports --limit $limit
sed '/^no rewriting/,$!d' .out >said && mv said .out
expect 'an image that cannot be read may import anything' 1 "no rewriting up to exports suffices; nothing was written. With all images at exports:
$missing
cannot be rewritten: out/other: chained fixups imports_format: 9 is unknown"

# --- usage ---

usage='vafit: see `vafit help fix`'
run "$VAFIT" fix out/main --in-place --up-to exports --arch arm64
expect 'one architecture is no closed world' 2 '' "vafit: --up-to exports wants all architectures, without --arch
$usage"
run "$VAFIT" fix out/main --in-place --keep-export x
expect 'exports that no level drops' 2 '' "vafit: --keep-export, --ignore-strings and --assume-closed want --up-to exports
$usage"
run "$VAFIT" fix out/main --in-place --up-to symbols --ignore-strings
expect 'strings that keep nothing' 2 '' "vafit: --keep-export, --ignore-strings and --assume-closed want --up-to exports
$usage"
run "$VAFIT" shrink out/main --in-place --level exports
expect 'one image is no closed world' 2 '' "vafit: --level takes one of lossless, debug-map, locals, symbols, not 'exports'
vafit: see \`vafit help shrink\`"
run "$VAFIT" link --level exports -- true
expect 'nor is one link' 2 '' "vafit: --level takes one of lossless, debug-map, locals, symbols, not 'exports'
vafit: see \`vafit help link\`"
run "$VAFIT" verify out/main --against built/main --level most
expect 'an unknown level of verify' 2 '' "vafit: --level takes one of lossless, debug-map, locals, symbols, exports, not 'most'
vafit: see \`vafit help verify\`"
