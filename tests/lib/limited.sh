# limited NAME SECONDS COMMAND...: runs a program of tests, which shall say on its own what failed. What
# it cannot say is said here: that it took too long, that a signal or a sanitizer ended it, that it
# checked nothing.
limited() {
    local name=$1 seconds=$2 status said
    said=$(mktemp)
    shift 2
    timeout --kill-after=10 "$seconds" "$@" 2>&1 </dev/null | tee "$said"
    status=${PIPESTATUS[0]}
    if [ "$status" = 124 ] || [ "$status" = 137 ]; then
        echo "not ok - $name: took longer than $seconds seconds"
    elif ! grep -qE '^(not )?ok ' "$said"; then
        echo "not ok - $name: checked nothing; its exit status is $status"
    elif [ "$status" != 0 ] && ! grep -q '^not ok ' "$said"; then
        echo "not ok - $name: ended early with the exit status $status"
    fi
    rm -f "$said"
}
