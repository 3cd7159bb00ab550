# Programs whose dylibs have much to do with each other - constructors, weak definitions, virtual functions,
# thread-local variables, exceptions, dlopen of old names - print the same with one image, with several, and undone.
. "$(dirname "$0")/../lib/many_dylibs.sh"

COUNT=12
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
        many_same "$arch $style" $arch 3
        many_same "$arch $style, two left alone" $arch 6 --exclude 'libpart3*' --exclude 'libpart7*'
    done
done
