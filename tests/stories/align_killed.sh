# align that is killed before any of the calls that change names: --undo leaves every byte as it was, and the next run
# ends it.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

ulimit -c 0
CALLS=openat,link,unlink,rename,renameat2,fsync
. "$TESTS/lib/kill_at_names.sh"
small_program x86_64 was || fail 'building' <<<'the linker failed'
llvm-strip-19 -x was/libleft.dylib
start() {
    rm -rf case && cp -a was case
}
start
"$VAFIT" align --in-place -q case && cp -a case aligned
needs_traces
once() {
    "${@:2}" "$VAFIT" align "$1" -q case
}
ends_well() {
    local wanted=was
    [ "$1" = --undo ] || wanted=aligned
    once "$1" || echo "exit status $?"
    diff -r $wanted case
}
kill_at_names --in-place was case 1 10
kill_at_names --undo aligned case 1 10
