# Rewriting in a sealed bundle that is killed before any of the calls that change names: --undo leaves every byte as it
# was, and the next run ends it, seals and all.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
. "$TESTS/lib/bundle.sh"

ulimit -c 0
CALLS=openat,link,unlink,rename,renameat2,fsync
. "$TESTS/lib/kill_at_names.sh"
app arm64 was || fail 'building' <<<'the linker failed'
llvm-strip-19 -x "was/Thing.app/Contents/Frameworks/The Kit.framework/Versions/A/The Kit" 2>/dev/null
python3 "$TESTS/lib/seal.py" was/Thing.app
start() {
    rm -rf case && cp -a was case
}
start
"$VAFIT" align --in-place -q case && cp -a case aligned
run python3 "$TESTS/lib/seal_check.py" aligned/Thing.app
expect 'what is to become of it is sealed' 0 sealed
needs_traces
once() {
    "${@:2}" "$VAFIT" align "$1" -q case
}
ends_well() {
    local wanted=was
    [ "$1" = --undo ] || wanted=aligned
    once "$1" || echo "exit status $?"
    diff -r --no-dereference $wanted case
}
kill_at_names --in-place was case 1 10
kill_at_names --undo aligned case 1 10
