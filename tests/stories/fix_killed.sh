# A fix that is killed, at random moments: every image is the original or the fixed one, whole, and running
# it again ends with all of them fixed; or undone.
. "$(dirname "$0")/../lib/story.sh"

KILLS=30
"$SYNTH" component --out built --dylibs 50 --dylibs-total 120MiB --executable-text 2MiB --executable-linkedit 4MiB \
    --density 20 >/dev/null || { fail 'building' <<<'synth failed'; exit; }
# All that locals frees is needed, but for a little.
sum() {
    "$VAFIT" check "$1/browser_tests" --format json | jq '.programs[0].va.sum'
}
cp -r built small
"$VAFIT" shrink small/* --in-place --level locals --unstripped none -q
limit=$(($(sum small) + 100000))
rm -rf small
# Twice: the second time tells how long it takes.
for _ in 1 2; do
    rm -rf fixed && cp -r built fixed
    before=$(date +%s%N)
    run "$VAFIT" fix fixed/browser_tests --in-place --limit $limit -q
    took=$((($(date +%s%N) - before) / 1000000))
done
expect 'a fix that is not killed' 0
rm fixed/*.unstripped
rewritten=0
for image in built/*; do cmp -s "$image" "fixed/${image##*/}" || rewritten=$((rewritten + 1)); done
expect_true "rewrites nearly all images ($rewritten of 51)" test $rewritten -gt 45

# whole FOLDER: each image is the original or the fixed one.
whole() {
    local image name
    for image in built/*; do
        name=${image##*/}
        cmp -s "fixed/$name" "$1/$name" || cmp -s "$image" "$1/$name" || echo "$name is neither"
    done
}
# names FOLDER: what lies in it beside the twins.
names() {
    (cd "$1" && find . -type f ! -name '*.unstripped' | sort)
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
    {
        whole out
        if [ $((i % 5)) = 0 ]; then
            "$VAFIT" fix out/browser_tests --undo -q || echo "undo: exit status $?"
            diff <(cd built && sha256sum *) <(cd out && sha256sum $(cd ../built && ls)) || echo 'undo: an image is not the original'
        else
            "$VAFIT" fix out/browser_tests --in-place --limit $limit -q 2>/dev/null || echo "again: exit status $?"
            for image in fixed/*; do
                cmp "$image" "out/${image##*/}" || echo "again: $image"
            done
            diff <(names built) <(names out) || echo 'again: something is left'
        fi
    } >wrong 2>&1
    if [ -s wrong ]; then fail "killed after $delay ms" <wrong; else pass "killed after a random time, $i"; fi
done
expect_true "most runs were killed ($ended of $KILLS)" test $ended -ge $((KILLS / 2))
