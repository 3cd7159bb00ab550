# The help for a rule stands once, after the last of its findings, however many there are.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"

loads=()
for count in $(seq 17); do
    loads+=(--load "@rpath/lib$count.dylib")
    "$MAKE_MACHO" image --out main --type execute "${loads[@]}"
    run "$VAFIT" check main
    expect "$count dylibs are missing" 3 - ''
    # f a finding, h the help.
    expect_true "$count: all are told, and then the help" test \
        "$(sed -n 's/^  error: unresolved: .*/f/p; s/^      what: .*/h/p' .out | tr -d '\n')" = "$(printf 'f%.0s' $(seq $count))h"
done
