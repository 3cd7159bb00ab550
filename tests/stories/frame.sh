# The repository's own rules, which a reader of the code relies on.
. "$(dirname "$0")/../lib/story.sh"
cd "$TESTS/.." || exit 1

# An include only ever points down: each layer with those it may use.
cat >"$WORK/layers" <<'END'
base base
macho base macho
space base space
commit base commit
program base macho space program
crash base macho space program crash
verify base macho program verify
rewrite base macho program commit verify rewrite
merge base macho program verify merge
fix base space program commit verify rewrite merge fix
report base macho space program crash report
map base macho space program crash report map
verbs base macho space program crash commit verify rewrite merge fix report map verbs
END
while read -r layer may; do
    for file in $(find tool/"$layer" -name '*.[ch]'); do
        sed -n 's/^#include "\([a-z]*\)\/.*/\1/p' "$file" | while read -r used; do
            case " $may " in *" $used "*) ;; *) echo "$file includes $used/" ;; esac
        done
    done
done <"$WORK/layers" >"$WORK/upward"
expect_true 'includes point down' test ! -s "$WORK/upward"
grep -lE '(^|[^.>_a-z])(fopen|open|read|pread|stat|lstat|mmap|fread)\(' tool/macho/*.c tool/macho/write/*.c tool/space/*.c >"$WORK/io"
expect_true 'tool/macho and tool/space read no files' test ! -s "$WORK/io"
grep -liE 'mach|LC_|dylib|segment' tool/commit/*.[ch] >"$WORK/formats"
expect_true 'tool/commit knows no Mach-O' test ! -s "$WORK/formats"
grep -liE 'mach|LC_|dylib_use|segment' tool/space/*.[ch] | grep -v rules.c >"$WORK/formats"
expect_true 'tool/space knows no Mach-O' test ! -s "$WORK/formats"
find tool tests bench -name '*.[ch]' | xargs wc -l | awk '$2 != "total" && $1 > 600' >"$WORK/long"
expect_true 'no file has more than 600 lines' test ! -s "$WORK/long"
python3 tests/lib/functions.py . >"$WORK/long"
expect_same 'no function has more than 40 lines or 6 parameters' /dev/null "$WORK/long"
python3 tests/lib/tags.py . >"$WORK/long"
expect_same 'struct tags are unique in the tree, and none is a gerund' /dev/null "$WORK/long"
wc -l tests/stories/*.sh tests/large/*.sh | awk '$2 != "total" && $1 >= 150' >"$WORK/long"
expect_true 'no story has 150 lines' test ! -s "$WORK/long"
if command -v clang-format-14 >/dev/null; then
    run clang-format-14 --dry-run -Werror $(find tool tests bench -name '*.[ch]')
    head -20 "$WORK/.err" >"$WORK/.some" && mv "$WORK/.some" "$WORK/.err"
    expect 'the code is formatted' 0 '' ''
else
    skip 'the code is formatted' 'there is no clang-format-14'
fi
for script in scripts/* tests/run-one tests/stories/*.sh tests/large/*.sh tests/fuzz/*.sh tests/lib/*.sh bench/run bench/compare .ci/run; do
    [ -f "$script" ] && { bash -n "$script" || echo "$script"; }
done >"$WORK/broken" 2>&1
expect_true 'every script parses' test ! -s "$WORK/broken"
grep -v '^#' tests/slow | while read -r kind name; do
    case $kind in story) file=tests/stories/$name.sh ;; full) file=tests/large/$name.sh ;; *) file= ;; esac
    [ -f "$file" ] || echo "$kind $name"
done >"$WORK/unknown"
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=tests/mutate python3 -c '
import areas
for row in areas.STORIES:
    print("\n".join(areas.stories_of(row[0])))' | sort -u | while read -r name; do
    [ -f "tests/stories/$name.sh" ] || echo "tests/mutate: $name"
done >>"$WORK/unknown"
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=tests/mutate python3 -c '
import areas, glob
for row in areas.STORIES:
    if not glob.glob(row[0]): print("tests/mutate:", row[0])' >>"$WORK/unknown"
expect_same 'tests/slow and tests/mutate name tests and files that there are' /dev/null "$WORK/unknown"

# A test that hangs, and one that ends before its last check, have failed.
. "$TESTS/lib/limited.sh"
# ends HOW PRINTED COMMANDS
ends() {
    run limited it 1 sh -c "$3"
    expect "a test that $1 has failed" 0 "$2" -
}
ends hangs "ok - one${NEWLINE}not ok - it: took longer than 1 seconds" 'echo "ok - one"; sleep 60'
ends crashes 'not ok - it: checked nothing; its exit status is 134' 'kill -ABRT $$'
ends 'ends early' "ok - one${NEWLINE}not ok - it: ended early with the exit status 3" 'echo "ok - one"; exit 3'
