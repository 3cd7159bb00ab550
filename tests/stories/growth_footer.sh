# docs/ci.md: growth that a commit gives a reason for, and a build that was archived.
# Labels: quick
. "$(dirname "$0")/../lib/rules.sh"
if ! command -v git >/dev/null; then
    skip 'a footer' 'there is no git'
    exit
fi
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a
mkdir bin && ln -s "$VAFIT" bin/vafit && PATH=$PWD/bin:$PATH
page=$TESTS/../docs/ci.md

# As it stands on the page.
sed -n '/^# grows-as-said/,/^```/p' "$page" | sed '/^```/,$d' >grows-as-said
expect_true 'the page has the script' grep -q '^vafit diff' grows-as-said
vafit check two --format json --output base.json --exit-zero
executable two 1100 --load @rpath/lib1.dylib --load @rpath/lib2.dylib
vafit check two --format json --output head.json --exit-zero
git init -q -b master .
# says NAME STATUS MESSAGE SIZE OUT
says() {
    git commit -q --allow-empty -m "$3"
    run sh grows-as-said base.json head.json "$4"
    expect_true "$1" test "$status" = "$2" -a "$(cat .out)" = "$5"
}
says 'growth without a reason' 1 'A change' 16MiB ''
expect_true 'has its table' grep -q '^| ' comment.md
footer=$(sed -n 's/^    \(Vafit-Growth: .*\)/\1/p' "$page")
expect_true 'the page has the footer' test -n "$footer"
says 'growth with a reason' 0 "A change${NEWLINE}${NEWLINE}Why.${NEWLINE}${NEWLINE}$footer" 16MiB "grows, as the commit says: ${footer#*: }"
says 'an empty reason is none' 1 "A change${NEWLINE}${NEWLINE}Vafit-Growth:" 16MiB ''
says 'growth that is allowed' 0 'A change' 200MiB ''
echo '{}' >base.json
says 'a report that cannot be read is no growth' 3 "A change${NEWLINE}${NEWLINE}$footer" 16MiB ''

mkdir tree
image tree/lib.dylib --type dylib --id @rpath/lib.dylib --text 16384
image tree/two --text 16384 --rpath @loader_path --load @rpath/lib.dylib
tar -C tree -czf build.tar.gz .
sed -n '/^## A build that was archived/,/^Dylibs/s/^    //p' "$page" >commands
expect_true 'the page has the commands' test "$(wc -l <commands)" = 2
run sh commands
expect 'an archive is unpacked and judged' 0 - ''
expect_true 'its program is found' grep -q '^unpacked/two (arm64): fits under' .out
