# fix that shrinks and consolidates, or its undo, killed before the calls that change names: the program prints the
# same, and the next run of fix ends it either way.
. "$(dirname "$0")/../lib/fix.sh"
. "$TESTS/lib/kill_at_names.sh"

limit=$("$VAFIT" fix built/main --dry-run --limit 9GiB --format json --up-to consolidate | jq '.programs[0].after.sum')
# once WAY [PREFIX...]: in place, or back.
once() {
    local way=--undo
    [ "$1" = --undo ] || way="--in-place --up-to consolidate --limit $limit"
    # shellcheck disable=SC2086
    "${@:2}" "$VAFIT" fix out/main -q $way
}
prints_the_same() {
    run_program arm64 out/main >printed
    echo "exit status $?" >>printed
    diff before printed || echo "$1: the program prints something else"
}
# ends_well WAY: what follows a killed run; says what is wrong.
ends_well() {
    prints_the_same killed
    once "$1" || echo "$1: exit status $?"
    prints_the_same "$1"
    [ "$1" = --undo ] || diff -r wanted out
    once --undo || echo "its undo: exit status $?"
    diff -r built out
}

fresh
run once --in-place
expect 'a run that is not killed' 0 -
expect_true 'it shrinks and consolidates' test -e out/libconsolidated.dylib -a -e out/main.unstripped
rm -rf wanted && cp -a out wanted
needs_traces
kill_at_names --in-place built out 5 10
kill_at_names --undo wanted out 5 10
