# A fix that is killed, at random moments: every image is the original or the fixed one, whole, and running
# it again ends with all of them fixed; or undone.
. "$(dirname "$0")/../lib/story.sh"

KILLS=20
"$MAKE_MACHO" component --shape simple --out built --dylibs 50 --dylibs-total 40MiB --executable-text 1MiB --executable-linkedit 2MiB \
    --density 20 --hashes >/dev/null || { fail 'building' <<<'make_macho failed'; exit; }
# All that locals frees is needed, but for a little.
sum() {
    "$VAFIT" check "$1/browser_tests" --format json | jq '.programs[0].va.sum'
}
cp -r built small
"$VAFIT" shrink small/* --in-place --level locals --unstripped none -q
limit=$(($(sum small) + 100000))
rm -rf small
# How long it takes at the least; what runs beside it may make it longer.
took=1000000
for _ in 1 2 3; do
    rm -rf fixed && cp -r built fixed
    before=$(date +%s%N)
    run "$VAFIT" fix fixed/browser_tests --in-place --limit $limit -q
    now=$((($(date +%s%N) - before) / 1000000))
    [ $now -gt $took ] || took=$now
done
expect 'a fix that is not killed' 0
rm fixed/*.unstripped
rewritten=0
for image in built/*; do cmp -s "$image" "fixed/${image##*/}" || rewritten=$((rewritten + 1)); done
expect_true "rewrites nearly all images ($rewritten of 51)" test $rewritten -gt 40

# whole FOLDER: each image is the original or the fixed one.
whole() {
    local image name
    for image in built/*; do
        name=${image##*/}
        cmp -s "fixed/$name" "$1/$name" || cmp -s "$image" "$1/$name" || echo "$name is neither"
    done
}
# names FOLDER: what lies in it beside the originals.
names() {
    (cd "$1" && find . -type f ! -name '*.unstripped' | sort)
}
# ends_well WHAT: what follows a killed run; says what is wrong.
ends_well() {
    whole out
    if [ "$1" = undo ]; then
        "$VAFIT" fix out/browser_tests --undo -q 2>/dev/null || echo "undo: exit status $?"
        for image in built/*; do
            cmp "$image" "out/${image##*/}" || echo "undo: $image"
        done
    else
        "$VAFIT" fix out/browser_tests --in-place --limit $limit -q 2>/dev/null || echo "again: exit status $?"
        for image in fixed/*; do
            cmp "$image" "out/${image##*/}" || echo "again: $image"
        done
        diff <(names built) <(names out) || echo 'again: something is left'
    fi
}
RANDOM=1
ended=0
for i in $(seq $KILLS); do
    rm -rf out && cp -r built out
    # Half of the kills towards the end, where files take their names.
    delay=$((RANDOM % took))
    [ $((i % 2)) = 0 ] || delay=$((took * 7 / 10 + RANDOM % (took * 3 / 10 + 1)))
    "$VAFIT" fix out/browser_tests --in-place --limit $limit -q >/dev/null 2>&1 &
    pid=$!
    sleep "$(printf '%d.%03d' $((delay / 1000)) $((delay % 1000)))"
    kill -KILL $pid 2>/dev/null && ended=$((ended + 1))
    wait $pid 2>/dev/null
    ends_well "$([ $((i % 5)) = 0 ] && echo undo || echo again)" >wrong 2>&1
    if [ -s wrong ]; then fail "killed after $delay ms" <wrong; else pass "killed after a random time, $i"; fi
done
expect_true "many runs were killed ($ended of $KILLS)" test $ended -ge $((KILLS / 3))

# Between two files that take their names.
traced() {
    { strace -f -o trace -e trace=renameat2 -e "inject=renameat2:signal=SIGKILL:when=$1" \
        "$VAFIT" fix out/browser_tests --in-place --limit $limit -q; } >/dev/null 2>&1
    grep -q 'killed by SIGKILL' trace
}
# change: how many images are the fixed ones; taken: how many names were taken before the kill.
changed() {
    local image name count=0
    for image in fixed/*; do
        name=${image##*/}
        ! cmp -s "$image" "built/$name" && cmp -s "$image" "out/$name" && count=$((count + 1))
    done
    echo $count
}
rm -rf out && cp -r built out
if ! command -v strace >/dev/null || ! traced 1; then
    skip 'killed between renames' 'strace cannot change what a program does here'
    exit
fi
for rename in 1 2 26 $rewritten; do
    for way in again undo; do
        rm -rf out && cp -r built out
        : >wrong
        traced $rename || echo "exchange $rename was not reached" >>wrong
        [ "$(changed)" = $((rename - 1)) ] || echo "$(changed) files had their names" >>wrong
        ends_well $way >>wrong 2>&1
        if [ -s wrong ]; then fail "killed before exchange $rename, $way" <wrong; else pass "killed before exchange $rename, $way"; fi
    done
done
rm -rf out && cp -r built out
traced 26
run "$VAFIT" fix out/browser_tests --in-place --limit $limit
expect_true 'the next run says what it finished' grep -qx \
    'vafit: out/browser_tests: an earlier run was cut off; finished '$rewritten' of its new files, discarded 0' .err
rm -rf out && cp -r built out
traced 26
# A file that was linked again meanwhile is not replaced by what was made of the old one.
for new in out/*.vafit-new; do
    old=${new%.vafit-new}
    cmp -s "$old" "built/${old##*/}" && break
done
cp "$old" linked && rm "$old" && mv linked "$old"
run "$VAFIT" fix out/browser_tests --in-place --limit $limit
expect_true 'what was linked again meanwhile stays' grep -qx \
    'vafit: out/browser_tests: an earlier run was cut off; finished '$((rewritten - 1))' of its new files, discarded 1' .err
expect_true 'and is fixed then' "$VAFIT" check out/browser_tests --limit $limit -q
rm -rf out && cp -r built out
echo '{"schema": "other"}' >out/browser_tests.vafit-journal
run "$VAFIT" fix out/browser_tests --in-place --limit $limit
expect 'a journal that is none' 3 '' "vafit: out/browser_tests.vafit-journal: journal: not a journal of this version of vafit; remove it when no run of vafit needs it"
