# sample: launches that do not end, that start others, that write much, that cannot be made, and a signal for vafit.
. "$(dirname "$0")/../lib/sample.sh"

sample() {
    run "$VAFIT" sample three --profile macos-26 "$@"
}
# Which processes of a stand-in are left: each has a number of seconds of its own to sleep.
left() {
    pgrep -f "^sleep $1\$" | wc -l
}

ends 'sleep 71.01' 'trap "" TERM; while :; do sleep 71.02; done' 'sleep 71.03 & exit 0' \
    'trap "echo \"$MALLOC\" >&2; exit 134" TERM; sleep 71.04 & wait'
sample --launches 4 --timeout 1 --launcher ./standin
expect_true 'a launch whose time is over has started, whatever it says then' test \
    "$status $(grep -o '[0-9] launches ran for 1 second and were then ended' .out)" = '0 3 launches ran for 1 second and were then ended'
expect_true 'nothing of it is left running' test "$(left 71.0.)" = 0

# Standard error is read to its end, and its beginning kept; NULs in it hide nothing.
ends 'head -c 300000 /dev/zero >&2; exit 0' 'head -c 60000 /dev/zero >&2; aborts "$REGION"' \
    'aborts "$REGION"; head -c 9000000 /dev/zero >&2'
started=$(date +%s)
sample --launches 3 --launcher ./standin
expect_true 'a program that writes much takes no time' test $(($(date +%s) - started)) -lt 10
expect_true 'a program that writes much' test "$status $(sed -n 's/.*shared-region: \(.*\) launches.*/\1/p' .out)" = '1 2 of 3'
ends 'cat; echo "in: $(wc -c </dev/stdin)" >>seen; echo lost'
sample --launches 1 --launcher ./standin
expect_true 'it has nothing to read, and its output is dropped' test "$(cat seen) $(grep -c lost .out)" = 'in: 0 0'

# What cannot be launched is no launch that went well.
sample
expect 'the program is of another system' 4 '' 'vafit: ./three: cannot be run: Exec format error'
sample --launcher ./gone
expect 'the launcher is not there' 4 '' 'vafit: ./gone: cannot be run: No such file or directory'
ends '' 'exit 127'
sample --launcher ./standin --launches 2
expect 'a launcher that cannot run it' 4 '' 'vafit: ./standin: ended with exit status 127, as when it cannot run three'
run "$VAFIT" sample standin --launcher ./standin
expect 'no Mach-O file' 3 '' 'vafit: standin: magic: a script; give the program that it starts'
run "$VAFIT" sample lib1.dylib --launcher ./standin
expect 'a dylib' 3 '' 'vafit: lib1.dylib: no executable, which sample launches'
mkdir empty
run "$VAFIT" sample empty --launcher ./standin
expect 'a folder' 3 '' 'vafit: empty: a folder that is no bundle with an executable'
sample --launcher ./standin --keep gone/here/
expect 'nothing to keep needs no place to keep it' 0 - ''
ends 'aborts "$REGION"'
sample --launches 1 --launcher ./standin --keep empty
expect_true 'a place where nothing can be kept' test "$status $(cut -d: -f1-2 .err)" = '4 vafit: empty'
usage() {
    run "$VAFIT" sample "${@:2}"
    expect "$1" 2 '' "vafit: $1${NEWLINE}vafit: see \`vafit help sample\`"
}
usage 'sample needs one executable, and its arguments after --'
usage 'sample needs one executable, and its arguments after --' three two
usage '--launches takes 1 to 100000' three --launches 0
usage '--launches takes 1 to 100000' three --launches 100001
usage '--timeout takes 1 to 3600 seconds' three --timeout 0
usage 'sample launches a program; --program is for plug-ins' lib1.dylib --program three

# An application stands for its executable.
mkdir -p Demo.app/Contents/MacOS
cp three lib?.dylib Demo.app/Contents/MacOS
printf '%s' '<plist version="1.0"><dict><key>CFBundleExecutable</key><string>three</string></dict></plist>' >Demo.app/Contents/Info.plist
ends
run "$VAFIT" sample Demo.app --launches 1 --launcher ./standin
expect_true 'an application' test "$status $(cat arguments)" = '0 Demo.app/Contents/MacOS/three'

# What is not found is not in the prediction.
executable lacks 16 --load @rpath/libgone.dylib
ends
run "$VAFIT" sample lacks --launches 1 --launcher ./standin
expect_true 'a dylib that is missing is told' grep -qx '  note: the prediction is without 1 dylib, not found: vafit check' .out
image intel --arch x86_64
run "$VAFIT" sample intel --launches 1 --launcher ./standin
expect_true 'a program without such limits' test "$status $(grep -c 'predicted under macos-2[67] (x86_64): nothing, since there is no such limit$' .out)" = '0 4'

# A signal for vafit ends the launch, and no other begins.
for signal in TERM INT; do
    ends 'echo ready >ready; sleep 71.05' 'echo again >again'
    rm -f ready again
    {
        env --default-signal=INT,TERM "$VAFIT" sample three --launcher ./standin >.out 2>.err </dev/null &
        process=$!
        for _ in $(seq 100); do [ -e ready ] || sleep 0.05; done
        kill -$signal $process
        wait $process
        status=$?
    } 2>/dev/null
    expect "SIG$signal ends vafit" $((128 + $(kill -l $signal))) '' ''
    expect_true "SIG$signal: nothing is left, and nothing was begun" test "$(left 71.05)$(ls again 2>/dev/null)" = 0
done
