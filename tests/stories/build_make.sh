# examples/make: a Makefile that checks, fixes and shrinks what it links.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
# With this ld64.lld-19 writes no times into the debug map: without it no two builds are equal.
export ZERO_AR_DATE=1

project() {
    rm -rf "$1"
    cp -r "$TESTS/../examples/make" "$1"
}
# build FOLDER [ARGUMENT...]: its steps, in short and sorted, are then in .did.
build() {
    run make -C "$1" VAFIT="$VAFIT" "${@:2}"
    sed -n 's/^clang++.* -c src\/\([a-z]*\)\.cpp .*/compile \1/p; s/^clang++.* -o out\/\([a-z.]*[a-z]\)$/link \1/p;
        s/.* link --level [a-z]* -q -- clang++.* -o out\/\([a-z.]*\)$/shrink \1/p; s/^[^ ]* \(check\|fix\) .*/\1/p' .out | grep -v '\.o$' | sort >.did
}
# did NAME STEP...
did() {
    printf '%s\n' "${@:2}" | sort >.wanted
    [ $# -gt 1 ] || : >.wanted
    expect_same "$1" .wanted .did
}
ran() {
    run_program "$@" 2>&1
    echo "exit status $?"
}
all=('compile add' 'compile show' 'compile sum' 'link libadd.dylib' 'link libshow.dylib' 'link sum')

project check
build check
expect 'a program that fits' 0 - ''
did 'all is built and checked' "${all[@]}" check
expect_true 'the report says so' test "$(jq -r '.programs[] | select(.profile == "macos-26") | "\(.executable) \(.verdict) \([.images[].path] | join(" "))"' \
    check/out/sum.fits.json)" = 'out/sum fits out/sum out/libadd.dylib out/libshow.dylib'
build check
did 'nothing changed: nothing runs'
expect 'and nothing is said' 0 "make: Entering directory '$WORK/check'
make: Leaving directory '$WORK/check'" ''
sleep 0.01
sed -i 's/right;/right + 1;/' check/src/add.cpp
touch -r check/out/sum.fits.json .before
build check
did 'a dylib changed: it is linked and the program checked, no more' 'compile add' 'link libadd.dylib' check
expect_true 'the report did not change: its time is the old one' test ! check/out/sum.fits.json -nt .before
build check
did 'and nothing runs after it'

build check LIMIT=10GiB
expect_true 'over the limit the build fails' test $status = 2
did 'only the check runs again' check
(cd check && "$VAFIT" check out/sum --limit 10GiB) >.expected
expect_true 'and vafit says what it does not fit in' grep -q 'error: image-sum: ' .expected
expect_true 'and names the heaviest images' grep -q '  out/libadd.dylib$' .expected
grep -A"$(($(wc -l <.expected) - 1))" -m1 '^out/sum (' .out >.block
expect_same "the message is vafit's" .expected .block
expect_true 'make names the step' grep -q '^make: .*\[Makefile:.*: out/sum.fits\] Error 1$' .err
build check LIMIT=10GiB
expect_true 'it fails again' test $status = 2
build check
expect 'another limit, and it passes' 0 - ''
build check LIMIT=16
expect 'a limit without unit' 2 - "Makefile:28: *** LIMIT takes a size with its unit, such as 16GiB, not '16'.  Stop."
build check VAFIT=/none
expect 'no vafit: what is built stays built' 0 - ''
rm check/out/sum.fits
build check VAFIT=/none
expect_true 'no vafit: the check fails' test $status = 2

# Two builds in folders of different names are equal; fixed programs are copies that run.
for arch in arm64 x86_64; do
    for folder in one another; do
        project $folder
        build $folder fixed ARCH=$arch LIMIT=10486000KiB
        expect "$arch, $folder: is fixed" 0 - ''
    done
    did "$arch: is built and fixed" "${all[@]}" fix
    expect_true "$arch: two copies are equal" diff -r one/out/fixed another/out/fixed
    expect_true "$arch: two reports are equal" cmp one/out/fixed.done.json another/out/fixed.done.json
    outcome=done
    [ $arch = arm64 ] || outcome=copied
    expect_true "$arch: the report says $outcome" test "$(jq -r .outcome one/out/fixed.done.json)" = $outcome
    ran $arch one/out/sum >before
    ran $arch one/out/fixed/sum >after
    expect_true "$arch: the program says something" grep -q '^sum$' before
    expect_same "$arch: the copy runs the same" before after
    for image in sum libadd.dylib libshow.dylib; do
        expect_true "$arch: $image is proven" "$VAFIT" verify -q one/out/fixed/$image --against one/out/$image
    done
    run "$VAFIT" check -q one/out/fixed/sum --limit 10486000KiB
    expect "$arch: the copy fits" 0 '' ''
    build one fixed ARCH=$arch LIMIT=10486000KiB
    did "$arch: nothing changed: nothing is fixed"
    sleep 0.01
    sed -i 's/right;/right + 1;/' one/src/add.cpp
    build one fixed ARCH=$arch LIMIT=10486000KiB
    did "$arch: a dylib changed: it is fixed again" 'compile add' 'link libadd.dylib' fix

    project shrunk
    build shrunk ARCH=$arch LEVEL=locals
    expect "$arch: each link shrinks" 0 - ''
    did "$arch: each link shrinks: the steps" 'compile add' 'compile show' 'compile sum' 'shrink libadd.dylib' 'shrink libshow.dylib' 'shrink sum' check
    ran $arch shrunk/out/sum >after
    expect_same "$arch: what it made runs the same" before after
    for image in sum libadd.dylib; do
        expect_true "$arch: $image is smaller" test "$(stat -c %s shrunk/out/$image)" -lt "$(stat -c %s another/out/$image)"
    done
done
project another
build another fixed LIMIT=10GiB
expect_true 'what cannot be fixed fails the build' test $status = 2
expect_true 'and says why' grep -q '^no level up to locals is enough; ' .out
