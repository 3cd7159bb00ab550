# GN: the example of examples/gn, built with gn and ninja as one who has copied it would.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

for tool in gn ninja python3; do
    command -v $tool >/dev/null && continue
    skip 'GN' "there is no $tool"
    exit
done

# example FOLDER: a copy of the example, with vafit where DEPS would put it.
example() {
    mkdir -p "$1"
    cp -r "$TESTS/../examples/gn/." "$1"
    mkdir "$1/third_party"
    ln -s "$(cd "$TESTS/.." && pwd)" "$1/third_party/vafit"
}
# generate ARGUMENT...: the folder out, by these lines of args.gn.
generate() {
    { echo "vafit_path = \"$VAFIT\"" && printf '%s\n' "$@"; } >out/args.gn
    gn -q gen out >.gn_says 2>&1 || fail "gn gen: $*" <.gn_says
}
# build [TARGET...]: what the steps print is in .out, the steps, without their numbers and in order, in .steps.
build() {
    run ninja -C out "$@"
    sed -n 's/^\[[0-9/]*\] //p' .out | sort >.steps
    grep -v -e '^\[[0-9/]*\] ' -e '^ninja: ' -e '^FAILED: ' -e '^python3 ' .out >.said
    mv .said .out
}
# steps NAME STEP...: the last build succeeded, said nothing, and ran these steps, no others.
steps() {
    local name=$1
    shift
    expect "$name: succeeds" 0 '' ''
    printf '%s\n' "$@" | sed '/^$/d' | sort >.wanted
    expect_same "$name: runs what it has to" .wanted .steps
}
# runs FOLDER [X64]: what the programs of both processors print, that of x64 in FOLDER/mac_x64 or in X64.
runs() {
    run_program arm64 "$1/app"
    run_program x86_64 "${2:-$1/mac_x64}/app"
}
# body TEXT: appends to words.cc, whose exports stay what they are.
body() {
    echo "__attribute__((used)) static $1" >>words/words.cc
}
ARM64='ACTION //app:app__check(//build/toolchain:mac_arm64)'
X64='ACTION //app:app__check(//build/toolchain:mac_x64)'
WORDS=('CXX obj/words/libwords/words.o' 'CXX mac_x64/obj/words/libwords/words.o'
    'SOLINK ./libwords.dylib' 'SOLINK mac_x64/libwords.dylib')

example first
cd first || exit
WORK_FOLDER=$WORK
WORK=$PWD # where run and expect keep their files
mkdir out

# --- a program that fits ---

# target GN...: a build with these targets in app/BUILD.gn.
cp app/BUILD.gn plain
target() {
    { cat plain && printf '%s\n' "$@"; } >app/BUILD.gn
    generate
}
target 'copy("published") {' '  sources = filter_include(get_target_outputs(":app__check"), [ "*.json" ])' \
    '  outputs = [ "$root_out_dir/published/app.json" ]' '  deps = [ ":app__check" ]' '}'
build
expect 'within the limit: builds, and says nothing' 0 '' ''
expect_true 'within the limit: arm64 and x64 are judged, among others' \
    test "$(grep -cxF -e "$ARM64" -e "$X64" .steps)" = 2
(cd out && "$VAFIT" check app --format json) >wanted
expect_same 'the report is that of check' wanted out/vafit/app/app__check.check.json
(cd out && "$VAFIT" check mac_x64/app --format json) >wanted
expect_same 'that of x64 too' wanted out/mac_x64/vafit/app/app__check.check.json
expect_true 'no path of this machine is in it' sh -c '! grep -rqF "$1" out/vafit out/mac_x64/vafit' - "$PWD"
runs out >expected
printf '%s\n' square 'area: 144' 'at the end of the way: 3182' 'steps of the program: 1603' >wanted
cat wanted wanted >twice
expect_same 'the programs run' twice expected
build default published
expect 'the report is an output: a step takes it' 0 '' ''
expect_same 'that step has run' out/published/app.json out/vafit/app/app__check.check.json
build default published
steps 'nothing changed'

# --- a dylib changes, its exports do not ---

sed -i 's/end < 50/end < 49/' words/words.cc
build default published
steps 'a body changed, the report did not' "${WORDS[@]}" "$ARM64" "$X64"
build default published
steps 'after that, nothing'
body 'char ballast[100000] = {1};'
build default published
steps 'a dylib grew' "${WORDS[@]}" "$ARM64" "$X64" 'touch obj/app/app__check.stamp' \
    'touch mac_x64/obj/app/app__check.stamp' 'touch obj/default.stamp' \
    'cp -f vafit/app/app__check.check.json published/app.json' 'touch obj/app/published.stamp'
expect_true 'a dylib grew: the report says so' test "$(jq '.programs[0].images[] |
    select(.path == "libwords.dylib").file_size' out/vafit/app/app__check.check.json)" -gt 100000
echo 'int exported = 1;' >>words/words.cc
build
expect_true 'other exports: the program is linked again' grep -qx 'LINK ./app' .steps
cp "$TESTS/../examples/gn/words/words.cc" words

# --- one that does not ---

build default published
generate 'vafit_limit = "10GiB"'
build -k 0 default published
(cd out && "$VAFIT" check app --limit 10GiB) >wanted
echo 'vafit_check //app:app__check(//build/toolchain:mac_arm64): failed; the report is vafit/app/app__check.check.json' >>wanted
expect 'over the limit: the build fails, by what check says' 1 "$(cat wanted)" ''
expect_true 'over the limit: the heaviest images are named, the heaviest first' test \
    "$(sed -n '/the heaviest 3 of 3 images/,/dropping from/ s/.* //p' .out | paste -sd' ')" = \
    "images: image libshapes.dylib app libwords.dylib $(tail -2 .out | head -1 | sed 's/.* //')"
expect_true 'over the limit: the report is there' test \
    "$(jq -r .verdict out/vafit/app/app__check.check.json)" = exceeds
expect_true 'over the limit: what depends on it does not run' sh -c '! grep -q published .steps'
build -k 0
expect 'over the limit: it fails again' 1 "$(cat wanted)" ''
generate
build
expect_true 'a report that failed is not taken for an earlier one' test \
    "$(jq -r .verdict out/vafit/app/app__check.check.json)" = fits
generate 'vafit_limit = "10GiB"' 'vafit_fatal = false'
build
(cd out && "$VAFIT" check app --limit 10GiB) >wanted
echo 'vafit_check //app:app__check(//build/toolchain:mac_arm64): failed; the report is vafit/app/app__check.check.json; the build goes on, since vafit_fatal is false' >>wanted
expect 'the escape hatch: says it, and builds' 0 "$(cat wanted)" ''

# --- off, and systems that are none of ours ---

cp plain app/BUILD.gn
printf '%s\n' 'vafit_mode = "off"' 'vafit_path = "//gone"' >out/args.gn
run gn -q gen out
expect 'off: vafit need not be there' 0 '' ''
expect_true 'off: no step is vafit' sh -c '! grep -rq vafit.py out --include=*.ninja'
build app:app__check
expect 'off: the program is built all the same' 0 '' ''
generate 'target_os = "linux"'
expect_true 'another system: there is nothing to judge' sh -c 'gn desc out //app:app__check | grep -qx "type: group"'

# --- what else a target can say ---

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

target 'copy("text") {' '  sources = [ "app.cc" ]' '  outputs = [ "$root_out_dir/text" ]' '}' \
    'vafit_check("of_text") {' '  executable = ":text"' '}'
build app:of_text
expect 'a file that is no program' 1 'vafit: text: magic: 0x636e6923 is not that of a Mach-O file
vafit_check //app:of_text(//build/toolchain:mac_arm64): text cannot be judged' ''

# --- what gn refuses ---

# refused NAME MESSAGE GN...: these targets in app/BUILD.gn.
refused() {
    local name=$1 message=$2
    shift 2
    { cat plain && printf '%s\n' "$@"; } >app/BUILD.gn
    run gn -q gen out
    expect_true "$name: gn gen fails" test $status = 1
    expect_true "$name: says why" grep -qxF -- "$message" .out
    expect_true "$name: says where" grep -qE -- "(//app/BUILD.gn:[0-9]+:[0-9]+|//app:x)" .out
}
generate
with() {
    printf 'vafit_check("x") {\n  %s\n}\n' "$*"
}
of='executable = ":app"'
who='//app:x (vafit_check):'
refused 'a limit without unit' "$who limit \"16\" is no size with a unit, such as 64MiB or 16GiB" "$(with $of 'limit = "16"')"
refused 'a headroom without unit' "$who headroom \"1024\" is no size with a unit, such as 64MiB or 16GiB" \
    "$(with $of 'headroom = "1024"')"
refused 'a unit without number' "$who limit \"GiB\" is no size with a unit, such as 64MiB or 16GiB" "$(with $of 'limit = "GiB"')"
refused 'a number behind the unit' "$who limit \"1MiB6\" is no size with a unit, such as 64MiB or 16GiB" \
    "$(with $of 'limit = "1MiB6"')"
refused 'an unknown rule' "$who rule \"image-sun=warn\" is not NAME=LEVEL; names are image-sum malloc-window shared-region image-size linkedit-alignment unresolved growth, levels are error warn off" \
    "$(with $of 'rules = [ "image-sun=warn" ]')"
refused 'an unknown level' "$who up_to \"most\" is none of lossless debug-map locals symbols exports" "$(with $of 'up_to = "most"')"
refused 'an unknown profile' "$who \"macos-99\" is neither a profile of vafit's nor a .json file" \
    "$(with $of 'profile = "macos-99"')"
refused 'a profile that is not there' "I resolved this to \"$PWD/app/gone.json\"." "$(with $of 'profile = "gone.json"')"
refused 'a baseline that is not there' "I resolved this to \"$PWD/app/gone.json\"." "$(with $of 'baseline = "gone.json"')"
refused 'growth over nothing' "$who \`max_growth\` wants a \`baseline\` to grow from" "$(with $of 'max_growth = "1MiB"')"
refused 'no executable' "$who \`executable\` is missing, the label of what to judge" "$(with 'limit = "16GiB"')"
refused 'a target that is not there' '  needs //app:gone(//build/toolchain:mac_arm64)' "$(with 'executable = ":gone"')"
refused 'a dylib in place of an executable' '  //out/words' "$(with 'executable = "//words"')"
refused 'a group in place of an executable' '  //out/default' "$(with 'executable = "//:default"')"
refused 'a misspelt variable' 'You set the variable "limits" here and it was unused before it went' \
    "$(with $of 'limits = "16GiB"')"
refused 'a variable of the other template' 'You set the variable "baseline" here and it was unused before it went' \
    'vafit_fix("x") {' "  $of" '  baseline = "plain"' '}'
cp plain app/BUILD.gn
# argument NAME MESSAGE LINE...: these arguments in args.gn.
argument() {
    local name=$1 message=$2
    shift 2
    printf '%s\n' "$@" >out/args.gn
    run gn -q gen out
    expect_true "$name: gn gen fails" test $status = 1
    expect_true "$name: says why" grep -qxF -- "$message" .out
}
argument 'an unknown mode' 'vafit_mode is "check", "fix" or "off", not "no"' 'vafit_mode = "no"'
argument 'no vafit' "I resolved this to \"$PWD/gone\"." 'vafit_path = "//gone"'
argument 'an unknown level of links' \
    'vafit_link_level "most" is none of if-needed lossless debug-map locals symbols' \
    "vafit_path = \"$VAFIT\"" 'vafit_link_level = "most"'

# The lists in vafit.gni are vafit's.
"$VAFIT" check out/app --format sarif | jq -r '.runs[0].tool.driver.rules[].id' >wanted
sed -n '/^_rules = \[/,/^\]/ s/^  "\(.*\)",/\1/p' third_party/vafit/gn/vafit.gni >listed
expect_same 'GN knows the rules of vafit' wanted listed
"$VAFIT" help check | sed -n 's/.*--profile NAME|FILE *\(.*\), or a JSON file/\1/p' |
    sed 's/ (default)//; s/, /\n/g' >wanted
sed -n '/^_profiles = \[/,/^\]/ s/^  "\(.*\)",/\1/p' third_party/vafit/gn/vafit.gni >listed
expect_same 'its profiles' wanted listed
"$VAFIT" help fix | sed -n 's/.*--up-to LEVEL *the highest level: //p' | sed 's/ (default)//; s/, \| or /\n/g' >wanted
sed -n '/^_levels = \[/,/^\]/ s/^  "\(.*\)",/\1/p' third_party/vafit/gn/vafit.gni >listed
expect_same 'and its levels' wanted listed

run gn format --dry-run $(find "$TESTS/../gn" "$TESTS/../examples/gn" -name '*.gn' -o -name '*.gni' -o -name .gn)
expect 'the build files are formatted' 0 '' ''

# --- fix ---

# Of 528 KiB of images, 400 may stay.
limit='vafit_limit = "10486160KiB"'
generate 'vafit_mode = "fix"' "$limit"
build
expect 'fix: builds, and says nothing' 0 '' ''
fixed=out/vafit/app/app__check
runs $fixed out/mac_x64/vafit/app/app__check >after
expect_same 'fix: the copies run the same' expected after
expect_true 'fix: what was linked was not rewritten' sh -c '"$1" check -q out/app --limit 10486160KiB >says; test $? = 1' - "$VAFIT"
run "$VAFIT" check -q $fixed/app --limit 10486160KiB
expect 'fix: the copy fits' 0 '' ''
for image in app libshapes.dylib; do
    run "$VAFIT" verify -q $fixed/$image --against out/$image
    expect "fix: $image means the same" 0 '' ''
    expect_true "fix: $image is smaller" test "$(stat -c %s $fixed/$image)" -lt "$(stat -c %s out/$image)"
done
expect_true 'fix: libwords is as it was' cmp $fixed/libwords.dylib out/libwords.dylib
expect_true 'fix: the report' test "$(jq -r '[.schema, .outcome, .images[].path] | join(" ")' $fixed.fix.json)" = \
    'vafit.fix/1 done app libshapes.dylib'
(cd out && find vafit/app/app__check -type f | sort) >wanted
expect_same 'fix: the list of files' wanted $fixed.files
build
steps 'fix: nothing changed'
sed -i 's/end < 50/end < 49/' words/words.cc
touch $fixed/stale
build
steps 'fix: a body changed' "${WORDS[@]}" "$ARM64" "$X64" 'touch obj/app/app__check.stamp' \
    'touch mac_x64/obj/app/app__check.stamp' 'touch obj/default.stamp'
expect_true 'fix: the copy has it' cmp $fixed/libwords.dylib out/libwords.dylib
expect_true 'fix: and nothing else' test ! -e $fixed/stale
cp "$TESTS/../examples/gn/words/words.cc" words
generate 'vafit_mode = "fix"' 'vafit_limit = "10GiB"'
build -k 0
(cd out && "$VAFIT" fix app --dry-run --limit 10GiB) >wanted
echo 'vafit_fix //app:app__check(//build/toolchain:mac_arm64): failed; the report is vafit/app/app__check.fix.json' >>wanted
expect 'fix: nothing suffices' 1 "$(cat wanted)" ''
target 'vafit_fix("small") {' '  executable = ":app"' '  limit = "10486160KiB"' '  up_to = "exports"' \
    '  fix_args = [ "--unstripped=none" ]' '}'
build app:small
expect 'vafit_fix while others check' 0 '' ''
expect_true 'vafit_fix: the copy goes where its data_deps go' sh -c \
    'gn desc out //app:small runtime_deps | grep -qx vafit/app/small/'
expect_true 'vafit_fix: without twins' test "$(cd out/vafit/app/small && echo *)" = 'app libshapes.dylib libwords.dylib'
cp plain app/BUILD.gn

# --- the same bytes elsewhere ---

cd "$WORK_FOLDER" || exit
example deep/er/second
cd deep/er/second || exit
WORK=$PWD
mkdir out
generate 'vafit_mode = "fix"' "$limit"
build
cp -r out/vafit out/mac_x64/vafit/app "$WORK_FOLDER"
generate
build
cp out/vafit/app/app__check.check.json "$WORK_FOLDER/vafit/app"
cp out/mac_x64/vafit/app/app__check.check.json "$WORK_FOLDER/app"
cd "$WORK_FOLDER/first" || exit
WORK=$PWD
generate 'vafit_mode = "fix"' "$limit"
build
for kind in fix.json files; do
    expect_same "two folders: $kind" ../vafit/app/app__check.$kind out/vafit/app/app__check.$kind
    expect_same "two folders: $kind of x64" ../app/app__check.$kind out/mac_x64/vafit/app/app__check.$kind
done
expect_same 'two folders: what was rewritten' ../vafit/app/app__check out/vafit/app/app__check
expect_same 'two folders: the copies of x64' ../app/app__check out/mac_x64/vafit/app/app__check
generate
build
expect_same 'two folders: reports' ../vafit/app/app__check.check.json out/vafit/app/app__check.check.json
expect_same 'two folders: reports of x64' ../app/app__check.check.json out/mac_x64/vafit/app/app__check.check.json

# --- in front of the links ---

cp "$VAFIT" tool
prefix() {
    generate "$@"
    sed -i '1s/.*/vafit_path = "\/\/tool"/' out/args.gn
    gn -q gen out >.gn_says 2>&1 || fail "gn gen: $*" <.gn_says
}
prefix 'vafit_link_level = "locals"' 'vafit_solink_level = "debug-map"'
build
expect 'links: builds, and says nothing' 0 '' ''
runs out >after
expect_same 'links: the programs run the same' expected after
for image in app libshapes.dylib libwords.dylib mac_x64/app mac_x64/libshapes.dylib; do
    run "$VAFIT" verify -q out/$image --against out/$image.unstripped
    expect "links: $image means the same" 0 '' ''
    expect_true "links: $image is smaller" test "$(stat -c %s out/$image)" -lt "$(stat -c %s out/$image.unstripped)"
done
expect_true 'links: a program has no locals' test -z "$(llvm-nm-19 --defined-only out/app | grep -v ' T ')"
expect_true 'links: a dylib has, but no debug map' sh -c \
    'llvm-nm-19 -a out/libshapes.dylib >symbols && grep -q " t " symbols && ! grep -q " - " symbols'
build
steps 'links: nothing changed'
touch tool
build
steps 'links: vafit was touched' 'Regenerating ninja files' "$ARM64" "$X64"
echo >>tool
build
expect_true 'links: another vafit links again' test "$(grep -c -e '^LINK ' -e '^SOLINK ' .steps)" = 6
rm -f out/*.unstripped
prefix 'vafit_link_level = "locals"' 'vafit_link_unstripped = "none"'
build
expect_true 'links: originals are kept nowhere, if so wished' test ! -e out/app.unstripped
prefix 'vafit_link_level = "locals"' 'vafit_link_unstripped = "kept"'
build
for folder in out out/mac_x64; do
    run "$VAFIT" verify -q $folder/app --against $folder/kept/app.unstripped
    expect "links: or in $folder/kept" 0 '' ''
done
prefix 'vafit_link_level = "if-needed"' "$limit"
build
expect 'links, if needed: builds' 0 '' ''
expect_true 'links, if needed: dylibs are as they were linked' test ! -e out/libshapes.dylib.unstripped
run "$VAFIT" check -q out/app --limit 10486160KiB
expect 'links, if needed: the program fits' 0 '' ''
expect_true 'links, if needed: the limit is told' grep -q -- '--if-needed --limit=10486160KiB -- ' out/toolchain.ninja
