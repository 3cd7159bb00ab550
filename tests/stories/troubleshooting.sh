# docs/troubleshooting.md begins with what macOS says, and has a row for each message of the verbs.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"
PAGE=$TESTS/../docs/troubleshooting.md
cd "$TESTS/.." || exit 1

messages() {
    python3 tests/lib/messages.py "$@"
}
messages "$PAGE" tool/verbs/*.c tool/fix/level_plan.c tool/report/check_read.c tool/report/growth*.c tool/crash/*.c >"$WORK/missing"
expect_same 'each message has a row' /dev/null "$WORK/missing"

# What people paste into a search box stands on a line of its own, here and in README the two that abort launches.
words() {
    grep -xF "    $1" "$2" | wc -l
}
malloc='BUG IN LIBMALLOC: pointer range initial reservation failed'
region="dyld cache '(null)' not loaded: syscall to map cache into shared region failed"
expect_true 'the messages of macOS, word for word' test \
    "$(words "$malloc" "$PAGE") $(words "$region" "$PAGE") $(words 'mis-aligned LINKEDIT string pool' "$PAGE")" = '1 1 1'
expect_true 'README has both aborts' test "$(words "$malloc" README.md) $(words "$region" README.md)" = '1 1'
expect_true 'they come before all else' test "$(grep -n '^## ' "$PAGE" | head -1 | cut -d: -f2)" = '## Messages of macOS'
for message in "$malloc" "$region"; do
    run sh -c 'printf "%s\n" "$1" | "$0" explain -' "$VAFIT" "$message"
    expect_true "explain knows it: ${message%% *}" test "$status $(grep -cE '\((malloc-window|shared-region)\)$' "$WORK/.out")" = '0 1'
done

# The reader of messages finds what has no row: a call in one line, in several, with a number, and one of two.
cat >"$WORK/source.c" <<'END'
    return error_usage(error, "there is no option %s, or it takes no argument", name);
    error_usage(error, "this message has"
                       " no row, %s", name);
    error_io(error, path, "lacks %" PRIu64 " rows of %zu", rows, all);
    text_print_line(stderr, is ? "vafit: one without a row" : "vafit: another without one");
    text_print_line(stdout, "a result is no message");
END
messages "$PAGE" "$WORK/source.c" | sed 's/.*source.c: //' >"$WORK/found"
printf '%s\n' 'this message has no row, %s' 'lacks %d rows of %zu' 'vafit: one without a row' 'vafit: another without one' >"$WORK/wanted"
expect_same 'a message without a row is found' "$WORK/wanted" "$WORK/found"
