# fix that shrinks and consolidates, or its undo, killed before the calls that change names: the program prints the
# same, and the next run of fix ends it either way.
. "$(dirname "$0")/../lib/fix.sh"

CALLS=openat,link,linkat,unlink,unlinkat,rename,renameat,renameat2
traced() {
    { ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0 strace -f -qq -o trace "$@" >.out 2>.err </dev/null; } 2>/dev/null
}
limit=$("$VAFIT" fix built/main --dry-run --limit 9GiB --format json --up-to consolidate | jq '.programs[0].after.sum')
# fix_out WAY: in place, or back.
fix_out() {
    local way=--undo
    [ "$1" = --undo ] || way="--in-place --up-to consolidate --limit $limit"
    # shellcheck disable=SC2086
    "${@:2}" "$VAFIT" fix out/main -q $way
}
prints_the_same() {
    run_program arm64 out/main >printed
    echo "exit status $?" >>printed
    diff before printed || echo "$1: the program prints something else"
}
# ends_well WAY: what follows a killed run; says what is wrong.
ends_well() {
    prints_the_same killed
    fix_out "$1" env || echo "$1: exit status $?"
    prints_the_same "$1"
    [ "$1" = --undo ] || diff -r wanted out
    fix_out --undo env || echo "its undo: exit status $?"
    diff -r built out
}
# kill_some WAY FOLDER: that way, from the state that the folder has, at every second call or so.
kill_some() {
    local call count next reached=0
    rm -rf out && cp -a "$2" out
    fix_out "$1" traced -e trace=$CALLS
    awk 'match($2, /^[a-z0-9]+/) {
            call = substr($2, RSTART, RLENGTH)
            n = ++seen[call]
            if (/"out\//) begun = 1
            if (begun && (call != "openat" || /O_CREAT/) && ++points % 5 == 1) print call, n
        }' trace >points
    : >wrong
    while read -r call count; do
        for next in --in-place --undo; do
            rm -rf out && cp -a "$2" out
            fix_out "$1" traced -e trace=$CALLS -e inject="$call:signal=KILL:when=$count"
            grep -q 'killed by SIGKILL' trace || continue
            reached=$((reached + 1))
            ends_well $next >said 2>&1
            [ ! -s said ] || { echo "killed at $call $count, then $next:" && cat said; } >>wrong
        done
    done <points
    [ $reached -ge 10 ] || echo "only $reached points were reached" >>wrong
    if [ -s wrong ]; then head -60 wrong | fail "$1 is killed"; else pass "$1 is killed, and the next run ends it"; fi
}

fresh
run fix_out --in-place env
expect 'a run that is not killed' 0 -
expect_true 'it shrinks and consolidates' test -e out/libconsolidated.dylib -a -e out/main.unstripped
rm -rf wanted && cp -a out wanted
if ! command -v strace >/dev/null || ! traced -e trace=openat -e inject=openat:signal=KILL:when=9999 true; then
    skip 'killed at every name' 'strace cannot change what a program does here'
    exit
fi
kill_some --in-place built
kill_some --undo wanted
