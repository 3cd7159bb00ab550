# System calls that fail part-way: a run says so and has changed nothing, or says 0 and has done all; what it
# leaves the next run clears away.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
. "$TESTS/lib/heavy.sh"
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0

# The shell does not say who was killed.
traced() { { strace -f -qq -o trace "$@" >.out 2>.err </dev/null; } 2>/dev/null; }
if ! command -v strace >/dev/null || ! traced -e inject=getcwd:error=EIO:when=1 true; then
    skip 'calls that fail' 'strace cannot change what a program does here'
    exit
fi
heavy_program arm64 built -fixup_chains 4 || { fail 'building' <<<'the linker failed'; exit; }
images=(main libone.dylib libtwo.dylib)
cp -r built small
"$VAFIT" shrink small/* --in-place --level locals --unstripped none -q
sum() { "$VAFIT" check "$1/main" --format json -q | jq '.programs[0].va.sum'; }
# Three images must be rewritten, all but for libthree.
cp built/libthree.dylib small/
limit=$(sum small)

fresh() { rm -rf case && cp -rp built case; }
fixed() { fresh && "$VAFIT" fix case/main --in-place -q --limit $limit; }
shrink() { "$@" "$VAFIT" shrink case/main --in-place -q --level locals; }
fix() { "$@" "$VAFIT" fix case/main --in-place -q -j 1 --limit $limit; }
undo() { "$@" "$VAFIT" fix case/main --undo -q; }
relink() { "$@" "$VAFIT" link -q -- sh -c 'cat built/main >"$2"' - -o case/main; }

# state FOLDER: each file with its digest, but for what is only there for vafit's next run.
state() { (cd "$1" && find . -type f ! -name '*.vafit-*' -print0 | sort -z | xargs -0 sha256sum); }
litter() { find case -name '*.vafit-*'; }
none() { "$@"; }

CALLS=(renameat2 unlink fsync pwrite64 link ftruncate fchmod openat)
# fails VERB BEFORE CALL ERROR: at each of the calls that vafit itself makes, of openat those that make files.
fails() {
    local verb=$1 before=$2 call=$3 error=$4 count=0 status
    while read -r count; do
        $before
        [ "$verb" != relink ] || rm -f case/main
        state case >old
        $verb traced -e trace="$call" -e inject="$call:error=$error:when=$count"
        status=$?
        points=$((points + 1))
        state case >now
        if [ $status = 0 ]; then
            diff now "done.$verb" >.diff || echo "$verb, $call $count $error: says 0: $(cat .diff)"
        elif ! cmp -s now old && ! grep -q 'cannot be put back; it is' .err; then
            # Only clearing away went wrong: then all images are the new ones.
            cmp -s <(grep -v unstripped now) <(grep -v unstripped "done.$verb") || echo "$verb, $call $count $error: status $status: $(cat .err; diff old now)"
        fi
        $verb none >.out 2>&1 || echo "$verb, $call $count $error: the next run fails: $(cat .out)"
        state case >now
        diff now "done.$verb" >.diff || echo "$verb, $call $count $error: the next run: $(cat .diff)"
        [ -z "$(litter)" ] || echo "$verb, $call $count $error: is left: $(litter)"
    done < <(awk -v main="$(head -1 "calls.$verb" | cut -d' ' -f1)" -v call="$call" '
        index($2, call "(") == 1 && $1 == main {
            n++
            if (call != "openat" || /O_CREAT/) print n
        }' "calls.$verb" | awk 'NR <= 4 || NR % 3 == 0')
}

points=0
while read -r verb before; do
    $before
    [ $verb != relink ] || rm -f case/main
    $verb traced -e trace="$(IFS=,; echo "${CALLS[*]}")" || fail "$verb without a failure" <.err
    cp trace "calls.$verb"
    state case >"done.$verb"
    : >wrong
    for call in "${CALLS[@]}"; do
        for error in EIO ENOSPC; do fails $verb $before $call $error >>wrong; done
    done
    if [ -s wrong ]; then fail "$verb" <wrong; else pass "$verb: all or nothing, whatever call fails"; fi
done <<'END'
shrink fresh
fix fresh
undo fixed
relink fresh
END
# Where names cannot be exchanged: killed before each call that changes a name.
unable=(-e trace=renameat2,rename,link,unlink -e inject=renameat2:error=EINVAL)
while read -r verb before; do
    : >wrong
    for call in rename link unlink; do
        for count in 1 2 3 4 5 6; do
            $before
            state case >old
            $verb traced "${unable[@]}" -e "inject=$call:signal=SIGKILL:when=$count"
            grep -q 'killed by SIGKILL' trace || break
            points=$((points + 1))
            state case | grep -vFf old | grep -vFf "done.$verb" | grep -v unstripped |
                sed "s/^/$verb killed before $call $count: another file: /" >>wrong
            $verb traced "${unable[@]}" || echo "$verb killed before $call $count: the next run: $(cat .err)" >>wrong
            state case | diff - "done.$verb" >.diff || echo "$verb killed before $call $count: $(cat .diff)" >>wrong
            [ -z "$(litter)" ] || echo "$verb killed before $call $count: is left: $(litter)" >>wrong
        done
    done
    if [ -s wrong ]; then fail "$verb killed, without an exchange" <wrong; else pass "$verb killed, without an exchange: whole, and the next run ends it"; fi
done <<'END'
shrink fresh
fix fresh
undo fixed
END
expect_true "many calls were made to fail ($points)" test $points -gt 60
# A kernel that says it has copied what it has not: what is read back is not what was there.
fresh
whole=("$VAFIT" shrink built/main -o case/new --level locals -q)
traced -e trace=copy_file_range "${whole[@]}"
size=$(sed -n 's/.*copy_file_range(.* \([0-9]*\), 0) = \1$/\1/p' trace | head -1)
rm -f case/new*
if [ -n "$size" ]; then
    run traced -e trace=copy_file_range -e inject=copy_file_range:retval=$size:when=1 "${whole[@]}"
    expect 'bytes that were not copied' 4 '' 'vafit: case/new: byte 0x0 was written as 0xcf and reads back as 0x00'
    expect_true 'and nothing is left of it' test ! -e case/new -a ! -e case/new.vafit-new
else
    skip 'bytes that were not copied' 'this file system shares blocks'
fi
