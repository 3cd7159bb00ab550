# link: what the linker prints, its status and the signal that ends it are passed through.
. "$(dirname "$0")/../lib/link.sh"

cat >talker <<'TALK'
echo "out: $(cat) $VARIABLE $(pwd) $*"
echo "err: $0" >&2
exit "${STATUS:-0}"
TALK
for STATUS in 0 1 7 255; do
    export STATUS VARIABLE=value
    echo 'from stdin' | sh talker -a '@b c' "" >direct.out 2>direct.err
    echo 'from stdin' | "$VAFIT" link -- sh talker -a '@b c' "" >.out 2>.err
    status=${PIPESTATUS[1]}
    expect "status $STATUS, streams, environment and folder" $STATUS "$(cat direct.out)" "$(cat direct.err)"
done
cat >ends.py <<'ENDS'
import subprocess
import sys
print(subprocess.run(sys.argv[1:]).returncode)
ENDS
for signal in SEGV KILL TERM PIPE; do
    run python3 ends.py "$VAFIT" link -- sh -c "kill -$signal \$\$; exit 0"
    expect "a linker that is ended by SIG$signal" 0 "-$(kill -l $signal)" ''
done
