# A consolidation, or its undo, that is killed before any of the calls that change names: the program prints the same,
# and the next run ends as if nothing had happened, with nothing left.
. "$(dirname "$0")/../lib/consolidate.sh"
. "$TESTS/lib/kill_at_names.sh"

once() {
    "${@:2}" "$VAFIT" consolidate case/parts "$1" -q
}
names() {
    (cd "$1" && echo *)
}
# ends_well WAY: what follows a killed run; says what is wrong.
ends_well() {
    run_program $ARCH case/parts >after 2>&1
    diff <(echo "$printed") after || echo 'the program prints something else'
    "$VAFIT" consolidate case/parts "$1" -q || echo "$1: exit status $?"
    run_program $ARCH case/parts >after 2>&1
    diff <(echo "$printed") after || echo "$1: the program prints something else"
    if [ "$1" = --in-place ]; then
        diff <(names consolidated) <(names case)
        "$VAFIT" consolidate case/parts --undo -q || echo "its undo: exit status $?"
    fi
    diff -r was case
}

built
cp -a case was
run "$VAFIT" consolidate case/parts --in-place -q
expect 'a run that is not killed' 0
cp -a case consolidated
needs_traces
kill_at_names --in-place was case 1 20
kill_at_names --undo consolidated case 1 20
