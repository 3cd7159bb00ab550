# link: signals, full disks and signers that fail. A build tool never finds an output that a step did
# not finish, and the original of an earlier link stays.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0

compile arm64 base.o base.c
link arm64 -dylib -install_name @rpath/libbase.dylib -o linked base.o
"$VAFIT" shrink linked -o wanted -q --unstripped none
compile arm64 other.o left.c
link arm64 -dylib -install_name @rpath/libbase.dylib -undefined dynamic_lookup -o earlier other.o
mkdir case
files() {
    (cd case && echo *)
}
start() {
    rm -rf case && mkdir case
    cp earlier case/out && cp earlier case/out.unstripped
}

# --- signals ---

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

# --- signers ---

cp linked identity && sign_as_somebody identity
REMOVED='vafit: out: removed, since it could not be shrunk'
gone() {
    expect "$1" "$2" '' "$3
$REMOVED"
    expect_true "$1: the output is removed, and nothing else" test "$(files)" = "${4-out.unstripped}"
}
start
cd case && run "$VAFIT" link -- sh -c 'cp ../identity "$2"' - -o out && cd ..
gone 'signed by somebody' 3 \
    'vafit: out: code signature: signed by an identity as libbase.dylib; say with --identity how to sign it again'
start
cd case && run "$VAFIT" link --identity false -- sh -c 'cp ../identity "$2"' - -o out && cd ..
gone 'a signer that fails' 4 'vafit: out: the command of --identity failed'
start
cd case && run "$VAFIT" link --identity 'touch ../called;:' -q -- sh -c 'cp ../identity "$2"' - -o out && cd ..
expect 'a signer' 0 '' ''
expect_true 'a signer was called' test -e called
# Another link of the same output, while this one shrinks what it made.
start
cd case && run "$VAFIT" link --identity 'cp ../linked next && mv next out;:' -q -- sh -c 'cp ../identity "$2"' - -o out && cd ..
expect 'linked anew meanwhile' 4 '' 'vafit: out: was linked anew meanwhile; it stays as it is now, and all else as it was'
expect_same 'linked anew meanwhile: what the other link made stays' case/out linked
expect_same 'linked anew meanwhile: so does the original' case/out.unstripped earlier
expect_true 'linked anew meanwhile: nothing else is left' test "$(files)" = 'out out.unstripped'

# --- a full disk ---

head -c 3000000 /dev/urandom | od -An -v -tu1 -w16 | sed 's/[0-9]\{1,\}/&,/g; 1s/^/char ballast[] = {/; $s/$/};/' >ballast.c
clang-19 --target=arm64-apple-macos13 -g -c ballast.c -o ballast.o
link arm64 -dylib -install_name @rpath/libballast.dylib -o ballast ballast.o
trap 'umount "$WORK/case" 2>/dev/null; rm -rf "$WORK"' EXIT
rm -rf case && mkdir case
if ! mount -t tmpfs -o size=$(($(stat -c %s ballast) / 1024 + 64))k tmpfs case 2>.mount; then
    skip 'a full disk' "no file system can be mounted: $(head -1 .mount)"
else
    cd case && run "$VAFIT" link -- sh -c 'cp ../ballast "$2"' - -o out && cd ..
    gone 'a full disk' 4 'vafit: out: cannot write: No space left on device' '*'
    umount case
fi
