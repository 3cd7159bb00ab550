# A second reader that hangs, crashes or rambles is no finding, and is noted.
. "$(dirname "$0")/../lib/cross_check.sh"

few_programs
# fake BODY: from here on vafit-lief is this script.
fake() {
    printf '#!/bin/sh\n%s\n' "$1" >fake
    chmod +x fake
}
# silent NAME REASON: a note and no finding.
silent() {
    VAFIT_LIEF=$WORK/fake run "$VAFIT" verify program
    expect "$1" 0 'program: well formed' "vafit: program: LIEF: no answer, it $2"
}
fake 'exit 3'
silent 'LIEF refuses the file' 'ended with exit status 3'
fake 'kill -ABRT $$'
silent 'LIEF crashes' 'was ended by signal 6 (Aborted)'
fake 'echo "Segmentation fault, says LIEF"'
silent 'LIEF rambles' 'printed what is not vafit.slice_summary/1'
fake 'echo "{\"schema\": \"vafit.slice_summary/2\", \"slices\": []}"'
silent 'another schema' 'printed what is not vafit.slice_summary/1'
fake 'echo "{\"schema\": \"vafit.slice_summary/1\"}"'
silent 'half an answer' 'printed what is not vafit.slice_summary/1'
fake "\"$LIEF\" \"\$1\" | head -c 1000"
silent 'an answer cut short' 'printed what is not vafit.slice_summary/1'
fake ':'
silent 'no word' 'printed what is not vafit.slice_summary/1'
fake 'echo complaint >&2; read answer || exit 5'
silent 'it reads nothing, and its complaints are dropped' 'ended with exit status 5'
fake 'exec yes'
silent 'LIEF never stops to talk' 'printed more than 67108864 bytes'
fake 'exec python3 -c "x = bytearray(3 << 30)"'
silent 'LIEF wants more than 1 GiB' 'ended with exit status 1'
fake 'ulimit -c; ulimit -v; test "$(ulimit -c) $(ulimit -v)" = "0 1048576" || exit 6; exit 7'
silent 'it leaves no core file and has 1 GiB' 'ended with exit status 7'
printf 'not a program\n' >fake
silent 'what cannot be started' 'ended with exit status 127'
fake 'echo $$ >pid; exec sleep 60'
SECONDS=0
silent 'LIEF hangs' 'took longer than 10 seconds'
expect_true 'it had its 10 seconds' test $SECONDS -ge 10 -a $SECONDS -le 20
expect_true 'and is gone' bash -c '! kill -0 "$(cat pid)" 2>/dev/null'
fake 'echo $$ >pid; exec sleep 60 >&-'
silent 'LIEF hangs without its output' 'took longer than 10 seconds'
expect_true 'and is gone as well' bash -c '! kill -0 "$(cat pid)" 2>/dev/null'

# Memory that runs out anywhere between the start and the last symbol.
notes=0 findings=0
for memory in $(seq 8000 500 24000); do
    fake "case \$1 in program) ulimit -v $memory ;; esac; exec \"$LIEF\" \"\$1\""
    VAFIT_LIEF=$WORK/fake run "$VAFIT" verify program --against arm64-fixup_chains/throwing -q
    [ "$status" = 0 ] || findings=$((findings + 1))
    VAFIT_LIEF=$WORK/fake run "$VAFIT" verify program
    notes=$((notes + $(grep -c '^vafit: program: LIEF: no answer, it ' .err)))
done
expect_true 'memory that runs out is no finding' test $findings = 0
expect_true 'and is noted' test $notes -gt 0

# Of the new file no answer, of the original one.
only_new() { fake "case \$1 in program) $1 ;; *) exec \"$LIEF\" \"\$1\" ;; esac"; }
only_new 'exit 3'
VAFIT_LIEF=$WORK/fake run "$VAFIT" verify program --against arm64-fixup_chains/throwing
expect 'LIEF cannot read the new file only' 1 '' \
    'vafit: program: LIEF: it ended with exit status 3, and reads the original'
for ending in 'kill -ABRT $$' 'kill -SEGV $$' 'kill -KILL $$' 'exit 4' 'exit 1' 'exec sleep 60'; do
    only_new "$ending"
    VAFIT_LIEF=$WORK/fake run "$VAFIT" verify program --against arm64-fixup_chains/throwing
    expect "at the new file only LIEF ends by $ending: no finding" 0 'program: well formed, and means the same' -
done
fake 'exit 3'
VAFIT_LIEF=$WORK/fake run "$VAFIT" verify program --against arm64-fixup_chains/throwing
expect 'LIEF can read neither' 0 'program: well formed, and means the same' \
    'vafit: program: LIEF: no answer, it ended with exit status 3'
