# align that is killed before any of the calls that change names: --undo leaves every byte as it was, and the next run
# ends it.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

ulimit -c 0
CALLS=openat,link,unlink,rename,renameat2,fsync
traced() {
    { ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0 strace -f -qq -o trace "$@" >.out 2>.err </dev/null; } 2>/dev/null
}
small_program x86_64 was || fail 'building' <<<'the linker failed'
llvm-strip-19 -x was/libleft.dylib
start() {
    rm -rf case && cp -a was case
}
start
"$VAFIT" align --in-place -q case && cp -a case aligned
if ! command -v strace >/dev/null || ! traced -e trace=openat -e inject=openat:signal=KILL:when=9999 true; then
    skip 'killed at every name' 'strace cannot change what a program does here'
    exit
fi
# kill_everywhere WAY FOLDER: that way, from the state that the folder has.
kill_everywhere() {
    local call count next reached=0 wanted
    rm -rf case && cp -a "$2" case
    traced -e trace=$CALLS "$VAFIT" align "$1" -q case
    awk 'match($2, /^[a-z0-9]+/) {
            call = substr($2, RSTART, RLENGTH)
            n = ++seen[call]
            if (/"case/) begun = 1
            if (begun && (call != "openat" || /O_CREAT/)) print call, n
        }' trace >points
    : >wrong
    while read -r call count; do
        for next in --in-place --undo; do
            rm -rf case && cp -a "$2" case
            traced -e trace=$CALLS -e inject="$call:signal=KILL:when=$count" "$VAFIT" align "$1" -q case
            grep -q 'killed by SIGKILL' trace || continue
            reached=$((reached + 1))
            case $next in --in-place) wanted=aligned ;; --undo) wanted=was ;; esac
            { "$VAFIT" align $next -q case || echo "exit status $?"; diff -r $wanted case; } >said 2>&1
            [ ! -s said ] || { echo "killed at $call $count, then $next:" && cat said; } >>wrong
        done
    done <points
    [ $reached -ge 10 ] || echo "only $reached points were reached" >>wrong
    if [ -s wrong ]; then head -60 wrong | fail "$1 is killed"; else pass "$1 is killed, and the next run ends it"; fi
}
kill_everywhere --in-place was
kill_everywhere --undo aligned
