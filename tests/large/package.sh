# The Debian package: it installs, works and goes away again, on a system of its own.
. "$(dirname "$0")/../lib/story.sh"
cd "$TESTS/.." || exit 1

scripts/check-package "$BUILD" >"$WORK/checked" 2>&1
status=$?
if [ $status = 77 ]; then
    skip 'the package installs' "$(sed -n 's/^skip - //p' "$WORK/checked")"
else
    sed -n "s/^\(ok\|not ok\) - /&$STORY: /p; /^#/p" "$WORK/checked"
    grep -q '^not ok' "$WORK/checked" || expect_true 'every check passed' test $status = 0
fi
