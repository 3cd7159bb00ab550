# Wall times of whole commands, in milliseconds. To be read by the scripts of this folder.
export LC_ALL=C

# best COMMAND...: the least of ${rounds:-15} runs.
best() {
    local least='' i before after
    for i in $(seq "${rounds:-15}"); do
        before=$(date +%s%N)
        "$@" >/dev/null 2>&1 || [ $? = 1 ]
        after=$(date +%s%N)
        [ -n "$least" ] && [ "$least" -le $((after - before)) ] || least=$((after - before))
    done
    awk -v ns="$least" 'BEGIN { printf "%.1f\n", ns / 1e6 }'
}
# timed COMMAND...: one run, once nothing else waits for the disk.
timed() {
    sync
    rounds=1 best "$@"
}
# least A B: the smaller; A may be empty.
least() {
    awk -v a="${1:-$2}" -v b="$2" 'BEGIN { print a < b ? a : b }'
}
ratio() {
    awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'
}
# memory COMMAND...: peak resident memory, MiB. Of a build in $build.
memory() {
    "$build/bench/peak_memory" "$@" 2>&1 >/dev/null | tail -1
}
