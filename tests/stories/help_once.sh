# The help for a rule stands once, after the last of its findings, however many there are.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"

loads=()
for count in $(seq 17); do
    loads+=(--load "@rpath/lib$count.dylib")
    "$MAKE_MACHO" image --out main --type execute "${loads[@]}"
    run "$VAFIT" check main -v
    expect "$count dylibs are missing" 3 - ''
    # f a finding, h the help.
    expect_true "$count: all are told, and then the help" test \
        "$(sed -n 's/^  error: unresolved: .*/f/p; s/^      what: a dylib that an image asks for.*/h/p' .out | tr -d '\n')" = "$(printf 'f%.0s' $(seq $count))h"
done

# Without -v one line says what to do, and one where more is said.
run "$VAFIT" check main
expect_true 'one line of help' test "$(grep -c '^  do: ' .out) $(grep '^  why: ' .out)" = '1   why: vafit help unresolved'
run "$VAFIT" help unresolved
expect_true 'help RULE' test "$status $(grep -c '^\(what\|why\|do\|else\): ' .out) $(sed -n 1p .out)" = '0 4 unresolved, a rule of vafit check'
