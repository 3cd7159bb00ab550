# A consolidation, or its undo, that is killed before any of the calls that change names: the program prints the same,
# and the next run ends as if nothing had happened, with nothing left.
. "$(dirname "$0")/../lib/consolidate.sh"

CALLS=openat,link,linkat,unlink,unlinkat,rename,renameat,renameat2
traced() {
    { ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0 strace -f -qq -o trace "$@" >.out 2>.err </dev/null; } 2>/dev/null
}
names() {
    (cd "$1" && echo *)
}
# ends_well WAY: what follows a killed run; says what is wrong.
ends_well() {
    run_program $ARCH case/parts >after 2>&1
    diff <(echo "$printed") after || echo 'the program prints something else'
    "$VAFIT" consolidate case/parts "$1" -q || echo "$1: exit status $?"
    run_program $ARCH case/parts >after 2>&1
    diff <(echo "$printed") after || echo "$1: the program prints something else"
    if [ "$1" = --in-place ]; then
        diff <(names consolidated) <(names case)
        "$VAFIT" consolidate case/parts --undo -q || echo "its undo: exit status $?"
    fi
    diff -r was case
}
# kill_everywhere WAY FOLDER: that way, from the state that the folder has.
kill_everywhere() {
    local call count next reached=0
    rm -rf case && cp -a "$2" case
    traced -e trace=$CALLS "$VAFIT" consolidate case/parts "$1" -q
    awk 'match($2, /^[a-z0-9]+/) {
            call = substr($2, RSTART, RLENGTH)
            n = ++seen[call]
            if (/"case\//) begun = 1
            if (begun && (call != "openat" || /O_CREAT/)) print call, n
        }' trace >points
    : >wrong
    while read -r call count; do
        for next in --in-place --undo; do
            rm -rf case && cp -a "$2" case
            traced -e trace=$CALLS -e inject="$call:signal=KILL:when=$count" "$VAFIT" consolidate case/parts "$1" -q
            grep -q 'killed by SIGKILL' trace || continue
            reached=$((reached + 1))
            ends_well $next >said 2>&1
            [ ! -s said ] || { echo "killed at $call $count, then $next:" && cat said; } >>wrong
        done
    done <points
    [ $reached -ge 20 ] || echo "only $reached points were reached" >>wrong
    if [ -s wrong ]; then head -60 wrong | fail "$1 is killed"; else pass "$1 is killed, and the next run ends it"; fi
}

built
cp -a case was
run "$VAFIT" consolidate case/parts --in-place -q
expect 'a run that is not killed' 0
cp -a case consolidated
if ! command -v strace >/dev/null || ! traced -e trace=openat -e inject=openat:signal=KILL:when=9999 true; then
    skip 'killed at every name' 'strace cannot change what a program does here'
    exit
fi
kill_everywhere --in-place was
kill_everywhere --undo consolidated
