# Two or three runs of fix, shrink, link and undo at a time over the same images, stopped at random calls and
# moments, with links in between: every image stays whole, and what was linked last is somewhere. Rounds:
# VAFIT_CONCURRENT_ROUNDS, or 200, two minutes on two processors. VAFIT_CONCURRENT_SEED repeats a run.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
. "$TESTS/lib/heavy.sh"

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

# stopped NUMBER COMMAND...: ends it at a random call, after a random time, or not at all.
calls=(renameat2 link unlink openat pwrite64 fsync ftruncate fchmod flock)
stopped() {
    local number=$1 signal how call
    signal=$([ $((RANDOM % 2)) = 0 ] && echo KILL || echo TERM)
    how=$((RANDOM % 6)) call=${calls[RANDOM % ${#calls[@]}]}
    shift
    echo "$signal $how $call $*" >"command$number"
    case $how in
        0) "$@" ;;
        1 | 2) timeout --foreground -s $signal "0.0$((RANDOM % 10))$((RANDOM % 10))" "$@" ;;
        *) strace -qq -o "trace$number" -e "trace=$call" -e "inject=$call:signal=SIG$signal:when=$((1 + RANDOM % 12))" "$@" ;;
    esac >"out$number" 2>"err$number"
    echo $? >"status$number"
}
# one NUMBER: some run, in the background of its caller.
one() {
    local image=${images[RANDOM % 4]} version=${versions[RANDOM % 3]}
    case $((RANDOM % 8)) in
        0 | 1 | 2) stopped "$1" "$VAFIT" fix out/main --in-place -q --limit $limit ;;
        3 | 4) stopped "$1" "$VAFIT" shrink "out/$image" --in-place -q --level ${levels[RANDOM % 3]} ;;
        5) stopped "$1" "$VAFIT" link -q -- sh linker $version "$image" link -o "out/$image" ;;
        6) stopped "$1" "$VAFIT" fix out/main --undo -q ;;
        7) echo "linker $version $image" >"command$1" && sh linker $version "$image" plain && echo 0 >"status$1" ;;
    esac
}

# has_last IMAGE: what was linked last is there under one of its names.
has_last() {
    local version rest name
    read -r version rest <"last/$1"
    for name in "out/$1"{,.unstripped,.vafit-new,.unstripped.vafit-new}; do
        cmp -s "$name" "version$version/$1" && return
    done
    return 1
}
# judge: what is wrong behind a round.
judge() {
    local image number version who removed='was not made from it, which stays'
    for image in "${images[@]}"; do
        read -r version who <"last/$image"
        if [ ! -e "out/$image" ] && grep -qs "link -q .* -o out/$image\$" command?; then
            # A link that fails takes away its output, also that of an earlier one.
            relink "$version" "$image"
            removed='@rpath/.* was not found|cannot open: No such file'
            continue
        fi
        [ -n "${known[$image$(digest "out/$image")]-}" ] || echo "$image is not whole: $(ls -l "out/$image")"
        has_last "$image" || echo "$image: version $version is nowhere"
    done
    for number in 1 2 3; do
        [ -e status$number ] || continue
        # undo may find a file that was linked anew, any run one that is gone.
        case $(grep -qsE "was not made from it, which stays|${removed-}" err$number || cat status$number) in
            '' | 0 | 1 | 4 | 124 | 137 | 143) ;;
            *) echo "status $(cat status$number) of $(cat command$number): $(cat err$number)" ;;
        esac
        # Malformed is what a file that was linked by half is; none is.
        ! grep -s malformed err$number
    done
}
# settle: behind some rounds an undisturbed run ends all, and undo gives back every byte.
settle() {
    local image version rest
    "$VAFIT" fix out/main --in-place -q --limit $limit >.out 2>&1 || echo "fix: status $?: $(cat .out)"
    for image in "${images[@]}"; do
        [ -n "${known[$image$(digest "out/$image")]-}" ] || echo "settled: $image is not whole"
    done
    # Originals of earlier links stay where they are.
    "$VAFIT" fix out/main --undo -q >.out 2>&1 || grep -q 'was not made from it, which stays' .out || echo "undo: $(cat .out)"
    for image in "${images[@]}"; do
        read -r version rest <"last/$image"
        cmp "out/$image" "version$version/$image"
    done
    find out -name '*.vafit-*'
    find out -name '*.[0-9]*' -delete
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
