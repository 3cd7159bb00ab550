# link that a signal ends: a build tool never finds an output that a step did not finish, and the original of
# an earlier link stays.
. "$(dirname "$0")/../lib/link_again.sh"

# A linker that is slow: says `ready`, and when it is told to end says by what.
cat >slow <<'SLOW'
trap 'echo TERM >>heard; exit ${LATER:-3}' TERM
trap 'echo INT >>heard; exit ${LATER:-3}' INT
trap 'echo HUP >>heard; exit ${LATER:-3}' HUP
echo half >out
echo >ready
i=0
while [ $i -lt 200 ]; do sleep 0.1; i=$((i + 1)); done
SLOW

# send SIGNAL COMMAND...: starts it in the folder `case`, sends the signal to it alone once the linker
# is ready, and sets status. What is started in the background inherits that SIGINT is ignored, and a session may ignore others.
send() {
    local signal=$1 tries=0
    shift
    {
        (cd case && exec env --default-signal=HUP,INT,TERM "$@" >../.out 2>../.err </dev/null) &
        local process=$!
        while [ ! -e case/ready ] && [ $tries -lt 100 ]; do sleep 0.05; tries=$((tries + 1)); done
        kill -"$signal" $process
        wait $process
        status=$?
    } 2>/dev/null
}
for signal in TERM INT HUP; do
    start
    send $signal "$VAFIT" link -- sh ../slow -o out
    expect "SIG$signal ends vafit" $((128 + $(kill -l $signal))) '' ''
    expect_true "SIG$signal ends the linker" test "$(cat case/heard)" = $signal
    expect_true "SIG$signal: the output is removed, and nothing else" test "$(files)" = 'heard out.unstripped ready'
done
start
LATER=0 send TERM "$VAFIT" link -- sh ../slow -o out
expect 'SIGTERM, and a linker that then says all is well' 143 '' ''
expect_true 'the output is removed, and nothing else' test "$(files)" = 'heard out.unstripped ready'
start
# Ignored from the start, as by nohup: ignored by both.
cat >quick <<'QUICK'
echo >ready
sleep 0.5
cp ../linked out
QUICK
send HUP env --ignore-signal=HUP "$VAFIT" link -q -- sh ../quick -o out
expect 'a signal that is ignored' 0 '' ''
expect_true 'a signal that is ignored: is shrunk' cmp case/out wanted

# While the output is shrunk: before each of the calls that matter.
CALLS=openat,pwrite64,copy_file_range,ftruncate,fchmod,fsync,link,linkat,unlink,rename,renameat2
traced() {
    { (cd case && env --default-signal=HUP,INT,TERM strace -f -qq -o ../trace "$@" >../.out 2>../.err </dev/null); } 2>/dev/null
}
if ! command -v strace >/dev/null || ! traced -e inject=getcwd:signal=SIGKILL:when=1 true; then
    skip 'signals while the output is shrunk' 'strace cannot change what a program does here'
else
    start
    traced -e trace="$CALLS" "$VAFIT" link -q -- sh -c 'cp ../linked "$2"' - -o out
    # The calls of vafit itself on the output, each with how many of its name came before.
    awk -v main="$(head -1 trace | cut -d' ' -f1)" '
        $1 == main && match($2, /^[a-z0-9_]+/) {
            call = substr($2, RSTART, RLENGTH)
            n = ++seen[call]
            if (/"out"/) begun = 1
            if (begun) print call, n
        }' trace >points
    ended=0
    while read -r call count; do
        start
        traced -e trace="$CALLS" -e inject="$call:signal=SIGTERM:when=$count" \
            "$VAFIT" link -q -- sh -c 'cp ../linked "$2"' - -o out
        status=$?
        [ $status = 143 ] || echo "before $call $count: status $status"
        case $(files) in '*' | out.unstripped) ;; *) echo "before $call $count: $(files)" ;; esac
        ended=$((ended + 1))
    done <points >wrong
    echo "$ended points" >>wrong
    expect_true 'SIGTERM while the output is shrunk: nothing is left' test "$(wc -l <wrong)" = 1 -a $ended -ge 8
    # SIGKILL cannot be seen: what is left is what the linker made, or the shrunk file, whole.
    while read -r call count; do
        start
        traced -e trace="$CALLS" -e inject="$call:signal=SIGKILL:when=$count" \
            "$VAFIT" link -q -- sh -c 'cp ../linked "$2"' - -o out
        # Not where the linker was killed, which makes as many calls.
        grep -q "^$(head -1 trace | cut -d' ' -f1) .*killed by SIGKILL" trace || continue
        cmp -s case/out linked || { cmp -s case/out wanted && cmp -s case/out.unstripped linked; } ||
            echo "before $call $count: another file, or without its original"
        (cd case && "$VAFIT" link -q -- sh -c 'cp ../linked "$2"' - -o out) || echo "before $call $count: the next link fails"
        [ "$(files)" = 'out out.unstripped' ] && cmp -s case/out wanted || echo "before $call $count: $(files)"
    done <points >wrong
    if [ -s wrong ]; then
        fail 'SIGKILL while the output is shrunk' <wrong
    else
        pass 'SIGKILL while the output is shrunk: whole, and the next link is as ever'
    fi
fi
