# A program that asks for a hardened process is told apart: its dylibs may be placed at random, so that the
# verdicts on placement may not apply.
# Labels: quick
. "$(dirname "$0")/../lib/rules.sh"
. "$TESTS/lib/programs.sh"

# signed FILE XML [OPTION...]: an executable with these entitlements.
signed() {
    image "$1" --text 16384 "${@:3}"
    python3 "$TESTS/lib/sign.py" "$1" hashes=2 "slot=5:0xfade7171:$2"
}
# hardened FILE ARGUMENT...: what check says in JSON of each report.
hardened() {
    "$VAFIT" check "$@" --format json | jq -c '[.programs[] | select(.profile == "macos-26") | .hardened]'
}
true_of() { printf '<plist><dict><key>%s</key><true/></dict></plist>' "$1"; }
note='  note: a hardened process (entitlement hardened-process): its dylibs may be placed at random, so that image-sum and malloc-window may not apply'

signed security "$(true_of com.apple.security.hardened-process)"
signed developer "$(true_of com.apple.developer.hardened-process)"
signed sandboxed "$(true_of com.apple.security.app-sandbox)"
for name in security developer; do
    run "$VAFIT" check $name
    expect "$name: it fits" 0 - ''
    expect_true "$name: a note" test "$(grep -c '^  note: ' .out) $(grep -xcF "$note" .out)" = '1 1'
    expect_true "$name: in JSON" test "$(hardened $name)" = '[true]'
done
run "$VAFIT" check sandboxed
expect_true 'other entitlements: no note' test "$(grep -c '^  note: ' .out)" = 0
expect_true 'other entitlements: in JSON' test "$(hardened sandboxed)" = '[false]'
key=com.apple.security.hardened-process
signed first "$(true_of $key)<key>$key.enhanced-security-version-string</key><string>1</string>"
signed declined "$(true_of $key)<key>$key.no-guard-objects</key><true/>"
expect_true 'the first version, and guard objects declined' test "$(hardened first declined)" = '[false,false]'
image plain --text 16384
expect_true 'without entitlements' test "$(hardened plain)" = '[false]'

# Once a program, however many profiles judge it.
run "$VAFIT" check security plain developer --profile macos-26 --profile macos-27
expect_true 'the note stands once a program' test "$(grep -c '^  note: ' .out)" = 2
expect_true 'in JSON with every report' test \
    "$("$VAFIT" check security plain --format json | jq -c '[.programs[].hardened]')" = '[true,true,false,false]'

# Of what fails it is said in quiet text too; the verdict stays.
signed failing "$(true_of com.apple.security.hardened-process)" --load @rpath/lib1.dylib --load @rpath/lib2.dylib \
    --load @rpath/lib3.dylib --rpath @loader_path
run "$VAFIT" check failing -q --headroom 4GiB
expect_true 'a failing program keeps its verdict' test $status = 1
expect_true 'and has the note' test "$(grep -xcF "$note" .out)" = 1
run "$VAFIT" check failing --headroom 4GiB --format github
expect_true 'and in the annotation' test "$(wc -l <.out) $(grep -c "%0A${note#  }\$" .out)" = '1 1'
run "$VAFIT" check failing --headroom 13GiB --format sarif
expect_true 'and in the result of malloc-window' test \
    "$(jq -r '.runs[0].results[] | select(.ruleId == "malloc-window") | .message.text' .out | grep -cF "; ${note#  }")" -gt 0
run "$VAFIT" check security -q
expect 'quiet text of what fits: nothing' 0 ''

# The entitlements of a dylib mean nothing, and Intel's programs have no such verdicts.
image lib.dylib --type dylib --id @rpath/lib.dylib --text 16384
python3 "$TESTS/lib/sign.py" lib.dylib hashes=2 "slot=5:0xfade7171:$(true_of com.apple.security.hardened-process)"
expect_true 'a dylib' test "$(hardened lib.dylib)" = '[false]'
echo 'int main(void) { return 0; }' >intel.c
clang-19 --target=x86_64-apple-macos13 -c intel.c -o intel.o
link x86_64 -adhoc_codesign -execute -o intel intel.o
python3 "$TESTS/lib/sign.py" intel hashes=2 "slot=5:0xfade7171:$(true_of com.apple.security.hardened-process)"
run "$VAFIT" check intel
expect_true 'an Intel program: no note' test "$status $(grep -c '^  note: ' .out)" = '0 0'
expect_true 'an Intel program: in JSON' test "$(hardened intel)" = '[true]'

# Facts know it; those of former versions say nothing of it.
run "$VAFIT" scan security plain -o facts.json
expect 'facts' 0 '' ''
expect_true 'of facts' test "$(hardened security plain --facts facts.json)" = '[true,false]'
jq 'del(.images[].slices[].hardened)' facts.json >old.json
expect_true 'of facts of former versions' test "$(hardened security --facts old.json)" = '[false]'
jq '.images[0].slices[0].hardened = 1' facts.json >wrong.json
run "$VAFIT" check security --facts wrong.json
expect 'neither true nor false' 3 '' 'vafit: wrong.json: images[0].slices[0].hardened: neither true nor false'

# A signature that is malformed asks for nothing and is no error of check.
at=$(($(grep -abo $'\xfa\xde\x0c\xc0' security | tail -1 | cut -d: -f1)))
for change in "@$at:4b=0" "@$((at + 8)):4b=0xffffffff" "@$((at + 24)):4b=0xfffffff0" "@$((at + 12)):4b=5"; do
    cp security broken && "$POKE" broken "${change%=*}" "${change#*=}"
    run "$VAFIT" check broken
    expect "a malformed signature: ${change#*=} at its byte $((${change:1:${#at}} - at))" 0 - ''
done

run "$VAFIT" map security -o security.svg
expect_true 'a picture says so' grep -q '>a hardened process (entitlement hardened-process): its dylibs' security.svg
run "$VAFIT" map sandboxed -o sandboxed.svg
expect_true 'and only of such a program' sh -c '! grep -q hardened sandboxed.svg'
