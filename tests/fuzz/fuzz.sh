# One parser under libFuzzer, for VAFIT_FUZZ_SECONDS, or ten seconds. What it finds new is kept for the next
# run, which begins there.
#
#     tests/fuzz/fuzz.sh fuzz_NAME
. "$(dirname "$0")/../lib/story.sh"

target=${1#fuzz_}
built=$TESTS/../build-fuzz
seconds=${VAFIT_FUZZ_SECONDS:-10}
corpus=$CACHE/fuzz/$target
mkdir -p "$corpus"
# So many that reading them would take the time: begin anew.
[ "$(find "$corpus" -type f | wc -l)" -lt 10000 ] || { rm -rf "$corpus" && mkdir "$corpus"; }

# finding: what the fuzzer found, and the input by which it can be found again.
finding() {
    grep -aE 'ERROR|SUMMARY|^ *#[0-9]+ 0x' log | head -30
    tail -5 log
    for input in found-*; do
        echo "$input:" && head -c 3000 "$input" | base64 -w 0 && echo
    done
}
if "$built/tests/fuzz/fuzz_$target" "$corpus" "$built/seeds/$target" -max_total_time="$seconds" \
    -max_len=80000 -rss_limit_mb=3000 -timeout=20 -artifact_prefix=found- >log 2>&1; then
    pass "$target: $(sed -n 's/^Done \([0-9]*\) runs.*/\1/p' log) runs without a finding"
else
    finding | fail "$target"
fi
