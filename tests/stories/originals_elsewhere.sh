# Originals on another file system, where no hard link can be: copies, with their times and modes.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
. "$TESTS/lib/heavy.sh"

aside=$(mktemp -d -p /dev/shm 2>/dev/null) || aside=
trap 'rm -rf "$WORK" ${aside:+"$aside"}' EXIT
if [ -z "$aside" ] || [ "$(stat -c %d "$aside")" = "$(stat -c %d .)" ]; then
    skip 'originals on another file system' 'there is no other file system in /dev/shm'
    exit
fi
heavy_program arm64 built || { fail 'building' <<<'the linker failed'; exit; }
chmod 751 built/main && touch -d '2001-02-03 04:05:06.789' built/main

cp -p built/main main
run "$VAFIT" shrink main --in-place --level locals --unstripped "$aside" -q
expect 'shrink' 0 '' ''
expect_true 'the original is a copy' cmp "$aside/main.unstripped" built/main
expect_true 'with its times and mode' test "$(stat -c '%y %a' "$aside/main.unstripped")" = "$(stat -c '%y %a' built/main)"
expect_true 'the file is smaller' test "$(stat -c %s main)" -lt "$(stat -c %s built/main)"
expect_true 'nothing else is there' test "$(ls -A "$aside")" = main.unstripped
rm "$aside/main.unstripped"

sum=$("$VAFIT" check built/main --format json | jq '.programs[0].va.sum')
cp -rp built out
run "$VAFIT" fix out/main --in-place --unstripped "$aside" --limit $((sum - 900 * 1024)) -q
expect 'fix' 0 '' ''
expect_true 'of several files' test "$(ls "$aside" | wc -l)" -gt 1
run "$VAFIT" fix out/main --undo --unstripped "$aside" -q
expect 'undo' 0 '' ''
expect_true 'restores every byte' diff -r built out
expect_true 'times and modes' test "$(stat -c '%y %a' out/main)" = "$(stat -c '%y %a' built/main)"
expect_true 'and takes the originals away' test -z "$(ls -A "$aside")"
