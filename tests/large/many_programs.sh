# Two hundred executables over the same 516 dylibs: each file is opened once.
. "$(dirname "$0")/../lib/story.sh"

"$MAKE_MACHO" component --shape simple --out build --programs 200
if strace -f -o probe true 2>/dev/null; then
    run strace -f -e trace=open,openat,openat2 -o trace "$VAFIT" check build/browser_tests* --format json
    expect 'two hundred programs are judged' 1 - ''
    expect_true 'every one of them' test "$(jq '[.programs[].executable] | unique | length' .out)" = 200
    sed -n 's/.*"\(build\/[^"]*\)".*/\1/p' trace | sort | uniq -c | awk '{ print $1 }' | sort | uniq -c >counts
    expect_true "716 files, each opened once" test "$(awk '{ print $1, $2 }' counts)" = '716 1'
else
    skip 'each file is opened once' 'strace cannot trace here'
fi

# Where no more files can stay open than a handful, they are opened again when they are needed.
run sh -c 'ulimit -n 80 && "$1" check build/browser_tests build/browser_tests_2 --format json' sh "$VAFIT"
mv .out few
run "$VAFIT" check build/browser_tests build/browser_tests_2 --format json
expect_same 'the same with a low limit on open files' few .out
