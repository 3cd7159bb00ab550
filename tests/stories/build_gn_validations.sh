# GN: the check is a validation of the program: who builds the program alone has it judged.
. "$(dirname "$0")/../lib/gn.sh"

# The newest GN on PATH.
newest=0
for candidate in $(type -ap gn); do
    version=$("$candidate" --version | sed 's/ .*//')
    [ "$version" -gt $newest ] 2>/dev/null && newest=$version gn=$candidate
done
mkdir bin
ln -s "$gn" bin/gn
PATH=$PWD/bin:$PATH
generate
expect_true 'GN 2322 and newer know them' test \
    "$(gn args out --list=vafit_has_validations --short)" = "vafit_has_validations = $([ "$newest" -ge 2322 ] && echo true || echo false)"
build app
if [ "$newest" -lt 2322 ]; then
    expect_true 'without them the program alone is built without its check' test ! -e out/vafit/app/app__check.verdict
    skip 'validations' "GN is $newest, they need 2322"
    exit
fi
expect 'the program alone: builds, and says nothing' 0 '' ''
expect_true 'its check runs' grep -qxF "$ARM64" .steps
build app
steps 'nothing changed'
body 'char ballast[100000] = {1};'
build app
steps 'a dylib grew' "${WORDS[0]}" "${WORDS[2]}" "$ARM64"
generate 'vafit_limit = "10GiB"'
build -k 0 app
expect_true 'a program that does not fit: the build of it fails' test $status = 1
expect_true 'and says why' grep -q '^  error: image-sum: ' .out
generate
echo '{"files": ["//words/words.cc"], "additional_compile_targets": ["all"], "test_targets": ["//app:app", "//app:app__check"]}' >asked
gn analyze out asked answered
expect_true 'gn analyze finds the check of what changed' jq -e '.test_targets == ["//app:app", "//app:app__check"]' answered
for mode in fix off; do
    generate "vafit_mode = \"$mode\""
    build app
    expect "the mode $mode: builds" 0 '' ''
done
expect_true 'the mode fix: the copy is there' test -x out/vafit/app/app__check/app
