# Two or three runs of fix, shrink, link and undo at a time over the same images, stopped at random calls and
# moments, with links in between: every image stays whole, and what was linked last is somewhere. Rounds:
# VAFIT_CONCURRENT_ROUNDS, or 200, two minutes on two processors. VAFIT_CONCURRENT_SEED repeats a run.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
. "$TESTS/lib/heavy.sh"
. "$TESTS/lib/concurrent.sh"

rounds=${VAFIT_CONCURRENT_ROUNDS:-200}
RANDOM=${VAFIT_CONCURRENT_SEED:-1}
for optimised in 1 2 z; do
    CCC_OVERRIDE_OPTIONS="# O$optimised" heavy_program arm64 "version$optimised" || { fail 'building' <<<'the linker failed'; exit; }
done
versions=(1 2 z)
images=(main libone.dylib libtwo.dylib libthree.dylib)
levels=(debug-map locals symbols)

# What an image may be: a version, or a rewriting of one. KNOWN has the version of each by its digest.
declare -A known
digest() { sha256sum <"$1" 2>/dev/null; }
for version in "${versions[@]}"; do
    for image in "${images[@]}"; do
        known[$image$(digest "version$version/$image")]=$version
        for level in lossless "${levels[@]}"; do
            "$VAFIT" shrink "version$version/$image" --level $level -q --unstripped none -o rewritten
            "$VAFIT" verify rewritten --against "version$version/$image" -q || fail "$image at $level" <<<'does not mean the same'
            known[$image$(digest rewritten)]=$version
        done
    done
done
expect_true 'all versions and rewritings differ' test ${#known[@]} = 60
least() { "$VAFIT" check "$1/main" --format json -q | jq '.programs[0].va.sum'; }
cp -r version1 small && "$VAFIT" shrink small/[ml]* --in-place --level locals --unstripped none -q
limit=$(($(least small) + ($(least version1) - $(least small)) / 3))

# The linker: a whole file takes the name, and `last/IMAGE` tells which, in one step for all who look there.
mkdir last
cat >linker <<'LINKER'
trap '' TERM
version=$1 image=$2
cp "version$version/$image" "out/$image.$$" && exec 9>lock && flock 9 &&
    mv "out/$image.$$" "out/$image" && echo "$version $3" >"last/$image"
# It always ends: what a linker that is killed has linked nobody can know.
LINKER
relink() {
    cp "version$1/$2" "out/$2"
    echo "$1 plain" >"last/$2"
}
start() {
    rm -rf out && mkdir out
    for image in "${images[@]}"; do relink 1 "$image"; done
}

if ! strace -qq -o trace -e inject=getcwd:signal=SIGKILL:when=1 true 2>/dev/null; then
    skip 'runs at a time' 'strace cannot change what a program does here'
    exit
fi
start
declare -A ended
wrong=0
for round in $(seq "$rounds"); do
    rm -f status? err? command?
    for number in 1 2 3; do
        [ $number = 3 ] && [ $((round % 2)) = 0 ] && continue
        seed=$RANDOM
        { RANDOM=$seed && one $number; } 2>/dev/null &
    done
    wait
    { judge && if [ $((round % 5)) = 0 ]; then settle; fi; } >.wrong 2>&1
    for status in status?; do n=$(cat $status); ended[$n]=$((${ended[$n]-0} + 1)); done
    if [ -s .wrong ]; then
        wrong=$((wrong + 1))
        { cat .wrong; tail -n 4 command? err?; ls -li out; } | fail "round $round"
        start
    elif [ $((round % 10)) = 0 ]; then
        # A linker that writes into the file, while nobody looks.
        relink "${versions[RANDOM % 3]}" "${images[RANDOM % 4]}"
    fi
    [ $wrong -lt 5 ] || break
done
expect_true "every image was whole after $rounds rounds, and nothing that was linked is lost" test $wrong = 0
summary=$(for status in "${!ended[@]}"; do echo -n "$status: ${ended[$status]}, "; done)
expect_true "runs succeed, are refused and are killed ($summary)" \
    test "${ended[0]-0}" -gt $((rounds / 5)) -a "${ended[4]-0}" -gt 0 -a "${ended[137]-0}" -gt $((rounds / 20))
