# The script of docs/ci.md that stands between vafit and `git bisect run`.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"
if ! command -v git >/dev/null; then
    skip 'a bisection' 'there is no git'
    exit
fi
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a

# As it stands on the page.
sed -n '/^#!\/bin\/sh/,/^```/p' "$TESTS/../docs/ci.md" | sed '/^```/,$d' >bisect-vafit
chmod +x bisect-vafit
expect_true 'the page has the script' grep -q '^# bisect-vafit' bisect-vafit

# commit NAME MIB [OPTION...]: a build whose program has so many MiB.
commit() {
    "$MAKE_MACHO" image --out main --segment __PAGEZERO=0+0x100000000 --segment __TEXT=0x100000000+$(($2 << 20)) \
        --segment __LINKEDIT=$(((4 << 30) + ($2 << 20)))+0x400000 "${@:3}"
    [ "$1" != malformed ] || printf 'no image' | dd of=main conv=notrunc 2>/dev/null
    git add main && git commit -qm "$1" --allow-empty
}
mkdir tree && cd tree || exit 1
git init -q -b master
commit good 1; git tag before
commit good 2; commit good 3
commit malformed 4
commit good 5
commit first-bad 200; git tag first
commit missing 6 --load @rpath/libgone.dylib
commit bad 201
check=(../bisect-vafit "$VAFIT" check -q main --limit 10400MiB --profile macos-26)

run git bisect start master before
run git bisect run "${check[@]}"
expect 'the bisection ends' 0 - -
expect_true 'with the first commit that does not fit' test "$(git rev-parse refs/bisect/bad)" = "$(git rev-parse first)"
git bisect log >../log
expect_true 'commits that cannot be judged are skipped' grep -q '^git bisect skip' ../log
git bisect reset -q 2>/dev/null

# The status at a commit of each kind.
statuses=
for subject in good malformed first-bad missing; do
    git checkout -q "$(git log master --format=%h --grep="^$subject" -1)"
    run "${check[@]}"
    statuses+=" $subject=$status"
done
expect_true 'the statuses' test "$statuses" = ' good=0 malformed=125 first-bad=1 missing=125'
git checkout -q before
run ../bisect-vafit "$VAFIT" check main -o main/report
expect 'what cannot be written is not judged' 125 '' 'vafit: main/report: cannot write: Not a directory'
run ../bisect-vafit "$VAFIT" check main --limt 1GiB
expect 'a wrong command line is not a bad commit' 128 '' -
run ../bisect-vafit ./no-vafit check main
expect 'nor is a vafit that is not there' 128 '' -
run git bisect start first before
run git bisect run ../bisect-vafit "$VAFIT" check main --limt 1GiB
expect_true 'and ends the bisection' test "$status" != 0
expect_true 'with no commit called bad' test "$(git bisect log | grep -c '^# bad')" = 1

# The commit that made it grow.
git bisect reset -q 2>/dev/null
git checkout -q before
run "$VAFIT" check main --format json -o ../base.json
sed -n '/^vafit check .* --output head.json$/,/^```/p' "$TESTS/../docs/ci.md" | sed '/^```/,$d' >../page
expect_true 'the page has the script' test "$(wc -l <../page)" = 4
sed 's|out/browser_tests|main|; s|[a-z]*\.json|../&|g' ../page >../grows
PATH=$(dirname "$VAFIT"):$PATH
run git bisect start master before
run git bisect run ../bisect-vafit sh ../grows
expect_true 'growth is found likewise' test "$(git rev-parse refs/bisect/bad)" = "$(git rev-parse first)"
