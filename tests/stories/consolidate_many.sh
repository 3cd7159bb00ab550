# Programs whose dylibs have much to do with each other - constructors, weak definitions, virtual functions,
# thread-local variables, exceptions, dlopen of old names - print the same with one image, with several, and undone.
. "$(dirname "$0")/../lib/many_dylibs.sh"

COUNT=12
# same NAME ARCH IMAGES [OPTION...]: both programs, in place, and back. Where images change places among those that
# know nothing of each other, the order of beginnings and ends is not that of before.
same() {
    local what
    run "$VAFIT" consolidate many/main many/other --in-place "${@:4}"
    expect "$1: is consolidated" 0 -
    expect_true "$1: $3 images are left" grep -qx "$((COUNT + 4)) images became $3" .out
    many_run "$2" many after
    for what in main other; do
        if [ $# = 3 ]; then
            expect_same "$1: $what prints the same" before.$what after.$what
        else
            expect_same "$1: $what prints the same" <(sort before.$what) <(sort after.$what)
        fi
    done
    find many -type f ! -name '*.unstripped' ! -name '*.json' >files
    # shellcheck disable=SC2046
    expect_true "$1: all files are well formed" "$VAFIT" verify -q $(cat files)
    run "$VAFIT" consolidate many/main many/other --undo -q
    expect "$1: is taken back" 0
    expect_true "$1: every byte is what it was" diff -r was many
}

for arch in arm64 x86_64; do
    many_objects $arch $COUNT || fail "$arch: compiling" <<<'the compiler failed'
    for style in -fixup_chains -no_fixup_chains; do
        rm -rf many was
        many_dylibs $arch $COUNT many $style || fail "$arch: linking" <<<'the linker failed'
        cp -a many was
        many_run $arch many before
        expect_true "$arch $style: main ends" grep -qx 'exit status 7' before.main
        expect_true "$arch $style: other ends" grep -qx 'exit status 7' before.other
        expect_true "$arch $style: functions have one address" test "$(grep -c '^dlsym: 1$' before.main)" = $COUNT
        same "$arch $style" $arch 3
        same "$arch $style, two left alone" $arch 6 --exclude 'libpart3*' --exclude 'libpart7*'
    done
done
