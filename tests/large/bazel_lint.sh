# Every file of the rules of Bazel and of the example parses by the rules of today, is formatted, and has none of the
# warnings of buildifier, among which is what later versions of Bazel have taken out of the language.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/npm.sh"
cd "$TESTS/.." || exit 1

if ! folder=$(npm_package @bazel/buildifier@8.2.1); then
    skip 'buildifier' 'the npm registry does not have it, or cannot be reached'
    exit
fi
tool=$folder/buildifier-linux_$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')
if ! "$tool" --version >/dev/null 2>&1; then
    skip 'buildifier' 'the package has none for this machine'
    exit
fi
# The stand-ins for rules_cc hand on what Bazel 4 has itself.
find . -path ./build\* -prune -o -path ./tests/bazel/rules_cc -prune -o -path ./.git -prune -o -type f \
    \( -name '*.bzl' -o -name '*.bazel' -o -path './tests/bazel/*/BUILD' -o -path './tests/bazel/*/WORKSPACE' \) -print |
    sort >"$WORK/files"
expect_true 'there are files' test "$(wc -l <"$WORK/files")" -ge 20
xargs "$tool" -mode=check -lint=warn <"$WORK/files" >"$WORK/said" 2>&1
expect_same 'no warning, and nothing to format' /dev/null "$WORK/said"
printf 'def f(x):\n    return {"a": 1,\n"b": cc_common}\n' >"$WORK/bad.bzl"
"$tool" -mode=check -lint=warn "$WORK/bad.bzl" >"$WORK/said" 2>&1
expect_true 'what is wrong would be seen' grep -q native-cc-common "$WORK/said"
