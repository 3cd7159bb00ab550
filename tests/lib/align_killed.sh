# align --in-place and --undo of the folder `was`, killed before each call that changes names, and run once more.
CALLS=openat,link,unlink,rename,renameat2,fsync
. "$TESTS/lib/kill_at_names.sh"
ulimit -c 0

start() {
    rm -rf case && cp -a was case
}
once() {
    "${@:2}" "$VAFIT" align "$1" -q case
}
ends_well() {
    local wanted=was
    [ "$1" = --undo ] || wanted=aligned
    once "$1" || echo "exit status $?"
    diff -r --no-dereference $wanted case
}
# align_killed: `aligned` is what becomes of it.
align_killed() {
    needs_traces
    kill_at_names --in-place was case 1 10
    kill_at_names --undo aligned case 1 10
}
