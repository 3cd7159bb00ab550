# GN: what a target and the arguments of a build can say of a check.
. "$(dirname "$0")/../lib/gn.sh"

cp plain app/BUILD.gn
printf '%s\n' 'vafit_mode = "off"' 'vafit_path = "//gone"' >out/args.gn
run gn -q gen out
expect 'off: vafit need not be there' 0 '' ''
expect_true 'off: no step is vafit' sh -c '! grep -rq vafit.py out --include=*.ninja'
build app:app__check
expect 'off: the program is built all the same' 0 '' ''
generate 'target_os = "linux"'
expect_true 'another system: there is nothing to judge' sh -c 'gn desc out //app:app__check | grep -qx "type: group"'

target 'vafit_check("warns") {' '  executable = ":app"' '  limit = "10GiB"' '  headroom = "1MiB"' \
    '  rules = [ "image-sum=warn" ]' '}'
build app:warns
(cd out && "$VAFIT" check app --limit 10GiB --rule image-sum=warn -q) >wanted
expect 'a rule that warns' 0 "vafit_check //app:warns(//build/toolchain:mac_arm64): fits, with warnings
$(cat wanted)" ''
expect_true 'headroom is told' grep -q -- '--headroom=1MiB' out/toolchain.ninja

(cd out && "$VAFIT" check app -q --baseline ../app/baseline.json --update-baseline)
target 'vafit_check("grows") {' '  executable = ":app"' '  baseline = "baseline.json"' '  max_growth = "16KiB"' '}'
build app:grows
expect 'within a baseline' 0 '' ''
body 'char ballast[100000] = {1};'
build app:grows
expect_true 'a program that grew fails' test $status = 1
expect_true 'by that rule' grep -q '^  error: growth: ' .out
cp "$TESTS/../examples/gn/words/words.cc" words

echo '{"schema": "vafit.profile/1"}' >app/other.json
target 'vafit_check("other") {' '  executable = ":app"' '  profile = "other.json"' '}'
build app:other
expect_true 'a malformed profile fails the build' test $status = 1
expect_true 'with the label' grep -qxF \
    'vafit_check //app:other(//build/toolchain:mac_arm64): app cannot be judged' .out

echo '{"schema": "vafit.profile/1", "name": "mine", "based_on": "macos-27"}' >app/mine.json
target 'vafit_check("several") {' '  executable = ":app"' '  profiles = [ "macos-26", "mine.json" ]' '}'
build app:several
expect 'several profiles' 0 - ''
expect_same 'each has an entry' <(printf '%s\n' macos-26 mine) <(jq -r '.programs[].profile' out/vafit/app/several.check.json)

cat >absent.tbd <<'TBD'
--- !tapi-tbd
tbd-version:     4
targets:         [ arm64-macos, x86_64-macos ]
install-name:    '@rpath/libabsent.dylib'
exports:         []
...
TBD
absent='executable("loads") {
  sources = [ "app.cc" ]
  ldflags = [ "../absent.tbd" ]
  deps = [ "//shapes", "//words" ]
}
vafit_check("missing") {
  executable = ":loads"
  allow_missing = [ ]
}'
target "$absent"
build app:missing
expect_true 'a dylib that is missing' grep -qxF '  error: unresolved: loads asks for @rpath/libabsent.dylib, which was not found; tried libabsent.dylib (no such file)' .out
target "${absent/'[ ]'/'[ "*absent*" ]'}"
build app:missing
expect 'one that may be' 0 '' ''

# What one mode takes and the other does not; and what one mode left.
for mode in check off fix check; do
    target 'vafit_check("both") {' '  executable = ":app"' '  check_args = [ "--rule=growth=warn" ]' \
        '  fix_args = [ "--unstripped=none" ]' '  up_to = "locals"' '}'
    generate "vafit_mode = \"$mode\""
    build app:both
    case $mode in
    check) wanted="both.check.json both.check.json.d both.verdict" ;;
    fix) wanted='both both.files both.fix.json both.fix.json.d' ;;
    off) continue ;;
    esac
    expect_true "the mode $mode: nothing is left of another" test "$(cd out/vafit/app && echo both*)" = "$wanted"
done
expect_true 'check_args are of check alone' grep -q -- '-- --rule=growth=warn *$' out/toolchain.ninja

target 'copy("text") {' '  sources = [ "app.cc" ]' '  outputs = [ "$root_out_dir/text" ]' '}' \
    'vafit_check("of_text") {' '  executable = ":text"' '}'
build app:of_text
expect 'a file that is no program' 1 'vafit: text: magic: a text file; give a program or dylib
vafit_check //app:of_text(//build/toolchain:mac_arm64): text cannot be judged' ''
