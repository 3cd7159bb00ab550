# Ends a verb before each of the calls by which it changes names. A story that sources this says:
#
#     once WAY [PREFIX...]   how the verb is run that way, behind the words of PREFIX
#     ends_well WAY          what follows a killed run: prints what is wrong
CALLS=${CALLS:-openat,link,linkat,unlink,unlinkat,rename,renameat,renameat2}

# A run under strace, which is no friend of the leak checker. The shell does not say who was killed.
traced() {
    { ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0 strace -f -qq -o trace "$@" >.out 2>.err </dev/null; } 2>/dev/null
}
# needs_traces: ends the story where strace cannot do what it has to.
needs_traces() {
    command -v strace >/dev/null && traced -e trace=openat -e inject=openat:signal=KILL:when=9999 true && return
    skip 'killed at every name' 'strace cannot change what a program does here'
    exit
}
# kill_at_names WAY STATE PLACE EVERY LEAST: that way, from the state that the folder STATE has, in the folder PLACE, at
# one of EVERY calls, and at LEAST points at least.
kill_at_names() {
    local call count next reached=0
    rm -rf "$3" && cp -a "$2" "$3"
    once "$1" traced -e trace=$CALLS
    awk -v place="\"$3" -v every="$4" 'match($2, /^[a-z0-9]+/) {
            call = substr($2, RSTART, RLENGTH)
            n = ++seen[call]
            if (index($0, place)) begun = 1
            if (begun && (call != "openat" || /O_CREAT/) && points++ % every == 0) print call, n
        }' trace >points
    : >wrong
    while read -r call count; do
        for next in --in-place --undo; do
            rm -rf "$3" && cp -a "$2" "$3"
            once "$1" traced -e trace=$CALLS -e inject="$call:signal=KILL:when=$count"
            grep -q 'killed by SIGKILL' trace || continue
            reached=$((reached + 1))
            ends_well $next >said 2>&1
            [ ! -s said ] || { echo "killed at $call $count, then $next:" && cat said; } >>wrong
        done
    done <points
    [ $reached -ge "$5" ] || echo "only $reached points were reached" >>wrong
    if [ -s wrong ]; then head -60 wrong | fail "$1 is killed"; else pass "$1 is killed, and the next run ends it"; fi
}
