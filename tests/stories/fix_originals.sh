# fix and undo with originals in a folder, and beside an original of something else.
. "$(dirname "$0")/../lib/fix.sh"

fresh
run "$VAFIT" fix out/main --in-place --limit $((sum - 1)) --unstripped aside -q
expect 'originals in a folder' 0
expect_true 'there it is' cmp built/main aside/main.unstripped
run "$VAFIT" fix out/main --undo --unstripped aside
expect 'undo from there' 0 'restored 1 of 4 images'
untouched 'undo from a folder'
cp out/libone.dylib out/main.unstripped
run "$VAFIT" fix out/main --undo
expect 'an original of something else' 3 'restored 0 of 4 images' \
    'vafit: out/main.unstripped: out/main was not made from it, which stays'
expect_true 'stays' cmp built/main out/main
rm out/main.unstripped
