# sample: crash reports that the system writes some time after a launch, told apart by the number of the process.
. "$(dirname "$0")/../lib/sample.sh"

reports=$HOME/Library/Logs/DiagnosticReports
mkdir -p "$reports"
# A report of a process, under a name; with facts a script can be what is launched by itself.
for case in malloc segv missing; do
    python3 "$TESTS/lib/crash_report.py" ips $case | sed 's/"pid": 4711/"pid": @PID@/; s/"Demo"/"prog"/g' >$case.ips
done
grep -q '"pid": @PID@' malloc.ips || fail 'the reports have a number' </dev/null
report() { sed "s/@PID@/$2/" "$WORK/$1.ips" >"$HOME/Library/Logs/DiagnosticReports/$3.ips"; }
export -f report
export WORK
cp standin prog && sed -i '1s|.*|#!/bin/bash|' prog
"$VAFIT" scan three --as prog -o prog.json
"$VAFIT" scan lib1.dylib lib2.dylib lib3.dylib -o libs.json
# later COMMANDS: some time after the launch, as the system's are, and out of the reach of what ends the launch.
later() {
    rm -f begun
    setsid bash -c "touch begun; sleep 0.4; $1" &
    while [ ! -e begun ]; do sleep 0.01; done
}
export -f later
sample() {
    run "$VAFIT" sample prog --facts prog.json libs.json --profile macos-26 "$@"
}
counts() {
    sed -nE 's/^  (malloc-window: [0-9]+ of [0-9]+).*/\1/p; s/^  ([0-9]+ launch.* cause \(.*\)),.*/\1/p; s/^  kept: //p' .out | tr '\n' ';'
}

report malloc 1 old
ends '' 'later "report malloc $$ new"; kill -TRAP $$'
sample --launches 3
expect_true 'an abort without a word is judged by its report' test "$status $(counts)" = \
    '1 malloc-window: 1 of 3;prog.abort, the crash report of launch 2;'
expect_same 'which is kept' "$reports/new.ips" prog.abort
expect_true 'and explained' grep -qx '  do: vafit explain prog.abort prog' .out

# Several at once, in another order; of another process; of something else; half written, and whole later.
ends 'later "report segv $$ b; echo {} >\$HOME/Library/Logs/DiagnosticReports/c.ips"; kill -TRAP $$' \
    'later "report malloc 99999999 a; head -c 300 malloc.ips >\$HOME/Library/Logs/DiagnosticReports/d.ips; sleep 1; report malloc $$ d"; kill -TRAP $$'
sample --launches 2
expect_true 'each report is of its own launch' test "$status $(counts)" = \
    '1 malloc-window: 1 of 1;1 launch aborted for another cause (unknown 1);prog.abort, the crash report of launch 2;'
expect_same 'the one that was written at last is kept' "$reports/d.ips" prog.abort

# Words on standard error tell the cause; the report is waited for, since it tells more.
ends 'later "report malloc $$ e"; aborts "$MALLOC"' 'aborts "$MALLOC"'
sample --launches 2
expect_true 'words and a report' test "$status $(counts)" = '1 malloc-window: 2 of 2;prog.abort, the crash report of launch 1;'

# By a launcher the program may be another process: its name counts.
ends 'later "report malloc 12345 f"; kill -TRAP $$'
sample --launches 1 --launcher ./prog
expect_true 'by a launcher, the name counts' test "$status $(counts)" = '1 malloc-window: 1 of 1;prog.abort, the crash report of launch 1;'

# None comes: after ten seconds the launch stays without a cause. None is waited for where there is no folder.
ends 'kill -TRAP $$'
started=$(date +%s)
sample --launches 1
took=$(($(date +%s) - started))
expect_true 'no report comes' test "$status $(counts)" = '0 malloc-window: 0 of 0;1 launch aborted for another cause (unknown 1);'
expect_true 'after ten seconds no more are waited for' test $took -ge 9 -a $took -le 20
ends 'kill -TRAP $$'
started=$(date +%s)
sample --launches 1 --reports "$WORK/nowhere"
expect_true 'no folder, no wait' test "$status $(($(date +%s) - started < 5))" = '0 1'
mkdir others
ends 'later "sed s/@PID@/$$/ malloc.ips >others/x.ips"; kill -TRAP $$'
sample --launches 1 --reports others
expect_true 'another folder' test "$status $(counts)" = '1 malloc-window: 1 of 1;prog.abort, the crash report of launch 1;'
