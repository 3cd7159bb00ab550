# What the stories share. A story is a bash script that sources this file, runs vafit as a user would,
# and says what it expects. Each check prints one line of TAP: "ok - NAME" or "not ok - NAME".
#
# The environment gives: VAFIT (the program), MAKE_MACHO and POKE (the tests' own programs), CACHE
# (a folder for what is fetched), and BUILD (for what is built once and shared).

set -u
: "${VAFIT:?}" "${MAKE_MACHO:?}" "${POKE:?}" "${CACHE:?}" "${BUILD:?}"
unset LIBRARY_PATH NO_COLOR
export LC_ALL=C
TESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
NEWLINE=$'\n'
STORY=$(basename "$0" .sh)
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK" || exit 1

pass() {
    printf 'ok - %s: %s\n' "$STORY" "$1"
}

fail() {
    printf 'not ok - %s: %s\n' "$STORY" "$1"
    sed 's/^/#   /'
}

# skip NAME REASON: for what cannot be had on this machine.
skip() {
    printf 'ok - %s: %s # SKIP %s\n' "$STORY" "$1" "$2"
}

# run COMMAND...: keeps its output in the files out and err and its status in $status.
run() {
    "$@" >"$WORK/.out" 2>"$WORK/.err" </dev/null
    status=$?
}

# expect NAME STATUS [OUT [ERR]]: what the last run printed, to the letter, and its status. OUT and ERR
# are without the last newline; "" is nothing at all, and "-" leaves it unjudged.
expect() {
    local wanted_out=${3-} wanted_err=${4-} good=1
    : >"$WORK/.why"
    if [ "$status" != "$2" ]; then
        good=0
        printf 'exit status %s, expected %s\n' "$status" "$2" >>"$WORK/.why"
    fi
    if [ "$wanted_out" != - ] &&
        ! diff <(printf '%s' "${wanted_out:+$wanted_out$NEWLINE}") "$WORK/.out" >"$WORK/.diff"; then
        good=0
        { echo 'standard output (< expected, > printed):'; cat "$WORK/.diff"; } >>"$WORK/.why"
    fi
    if [ "$wanted_err" != - ] &&
        ! diff <(printf '%s' "${wanted_err:+$wanted_err$NEWLINE}") "$WORK/.err" >"$WORK/.diff"; then
        good=0
        { echo 'standard error (< expected, > printed):'; cat "$WORK/.diff"; } >>"$WORK/.why"
    elif [ "$good" = 0 ]; then
        sed 's/^/stderr: /' "$WORK/.err" >>"$WORK/.why"
    fi
    if [ $good = 1 ]; then pass "$1"; else fail "$1" <"$WORK/.why"; fi
}

# expect_same NAME FILE FILE: two files are equal.
expect_same() {
    if diff "$2" "$3" >"$WORK/.diff" 2>&1; then pass "$1"; else head -40 "$WORK/.diff" | fail "$1"; fi
}

# expect_true NAME COMMAND...: a condition holds.
expect_true() {
    local name=$1
    shift
    if "$@" >"$WORK/.why" 2>&1; then pass "$name"; else { echo "$*"; cat "$WORK/.why"; } | fail "$name"; fi
}
