# GN: the check of a program in the example, built with gn and ninja.
. "$(dirname "$0")/../lib/gn.sh"

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

sed -i 's/end < 50/end < 49/' words/words.cc
build default published
steps 'a body changed, the report did not' "${WORDS[@]}" "$ARM64" "$X64"
build default published
steps 'after that, nothing'
body 'char ballast[100000] = {1};'
build default published
steps 'a dylib grew' "${WORDS[@]}" "$ARM64" "$X64" \
    'cp -f vafit/app/app__check.check.json published/app.json'
expect_true 'a dylib grew: the report says so' test "$(jq '.programs[0].images[] |
    select(.path == "libwords.dylib").file_size' out/vafit/app/app__check.check.json)" -gt 100000
echo 'int exported = 1;' >>words/words.cc
build
expect_true 'other exports: the program is linked again' grep -qx 'LINK ./app' .steps
cp "$TESTS/../examples/gn/words/words.cc" words

build default published
generate 'vafit_limit = "10GiB"'
build -k 0 default published
(cd out && "$VAFIT" check app --limit 10GiB) >wanted
echo 'vafit_check //app:app__check(//build/toolchain:mac_arm64): failed; the report is vafit/app/app__check.check.json' >>wanted
expect 'over the limit: the build fails, by what check says' 1 "$(cat wanted)" ''
expect_true 'over the limit: the heaviest images are named, the heaviest first' test \
    "$(sed -n '/the heaviest 3 of 3 images/,/rewriting these/ s/^ .*  //p' .out | sed 1d | grep -v ' ' | paste -sd' ')" = \
    'libshapes.dylib app libwords.dylib'
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
