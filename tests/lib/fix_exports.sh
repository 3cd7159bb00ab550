# Programs that use few of the exports of what they load, and what llvm-objdump sees in them.
. "$(dirname "${BASH_SOURCE[0]}")/story.sh"
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

# The three programs are equally large: main and other as executables, the bundle as a dylib.
missing=$(printf "  out/%s (arm64, macos-26): image-sum is still 1 byte over its limit\n" main other plugin.bundle)
