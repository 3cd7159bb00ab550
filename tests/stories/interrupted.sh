# Shrinking that is cut short by a signal: the image is the old one or the new one, whole, and the original's
# bytes are never lost.
. "$(dirname "$0")/../lib/one_program.sh"

. "$TESTS/lib/kill_everywhere.sh"

stale_original() { cp another case/program.unstripped; }
own_original() { cp original case/program.unstripped; }
ran_before() { "$VAFIT" shrink case/program --in-place --level debug-map -q; }

if ! command -v strace >/dev/null || ! traced -e inject=getcwd:signal=SIGKILL:when=1 true; then
    skip 'killed' 'strace cannot change what a program does here'
else
    kill_everywhere 'killed' SIGKILL true case/program.unstripped
    kill_everywhere 'killed, nothing kept' SIGKILL true '' --unstripped none
    kill_everywhere 'killed, the original kept elsewhere' SIGKILL true elsewhere/program.unstripped \
        --unstripped elsewhere
    kill_everywhere 'killed, beside the original of another build' SIGKILL stale_original case/program.unstripped
    kill_everywhere 'killed, beside the original' SIGKILL own_original case/program.unstripped
    kill_everywhere 'killed at the second shrinking' SIGKILL ran_before case/program.unstripped
    kill_everywhere 'interrupted' SIGINT true case/program.unstripped
    kill_everywhere 'ended' SIGTERM true case/program.unstripped
    expect_true "at least 60 points, $killed in all" test $killed -ge 60
    no_litter 'nothing that an ended run wrote is left after the next'
fi

# Two at a time: both succeed or say why, and the program is whole.
start
"$VAFIT" shrink case/program --in-place --level locals -q 2>.first &
"$VAFIT" shrink case/program --in-place --level locals -q 2>.second
wait $!
expect_same 'two at a time: the program' case/program wanted
expect_same 'two at a time: the original' case/program.unstripped original
expect_true 'two at a time: nothing else' test "$(files case)" = 'program program.unstripped'
