# GN: one step judges many programs, and one plan makes the links make them fit where they are: beside their data, in an
# application and in a framework.
. "$(dirname "$0")/../lib/gn_driver.sh"
cp -r "$TESTS/gn/suite" .
printf 'group("default") {\n  testonly = true\n  deps = [ "//suite" ]\n}\n' >BUILD.gn
group='ACTION //suite:judged(//build/toolchain:mac_arm64)'
report=out/vafit/suite/judged.check.json
programs=(helper more_test shapes_test words_test)

driven
build
expect 'check: builds, and says nothing' 0 '' ''
build
steps 'check: nothing changed'
expect_true 'the report has each program, of every BUILD.gn below' test \
    "$(jq -r '[.programs[].executable] | unique | join(" ")' $report)" = "${programs[*]}"
expect_true 'and each image once' test "$(jq -r '.schema, ([.images[].path] | sort | join(" "))' $report | paste -sd' ')" = \
    "vafit.checks/1 helper libshapes.dylib libwords.dylib more_test shapes_test words_test"
mkdir plain_out
cp out/*_test out/helper out/*.dylib plain_out
for program in "${programs[@]}"; do run_program arm64 out/$program; done >expected
stat -c %y $report >before
body 'char ballast[100] = {1};'
build
expect_true 'a body changed: its link, what copies it, and one step' test "$(sed 's/ .*//' .steps | grep -v touch | paste -sd' ')" = 'ACTION BUNDLE BUNDLE CXX SOLINK'
build
steps 'after that, nothing'
cp "$TESTS/../examples/gn/words/words.cc" words

# The heaviest program has to become six pages smaller; the others have far less.
kib=$((($(jq '[.programs[] | select(.profile == "macos-26").va.sum] | max' $report) - 98304) / 1024))KiB
limit="vafit_limit = \"$kib\""
driven "$limit"
build -k 0
line='error: shapes_test (arm64): macos-26: image-sum: __PAGEZERO 4.00 GiB'
expect_true 'a line for each that does not fit' sh -c 'test $1 = 1 && test "$(grep -c "^error: " .out)" = 1 && grep -qF "$2" .out' - $status "$line"
expect_true 'and the report' grep -qxF "vafit_check_group //suite:judged(//build/toolchain:mac_arm64): failed; the report is ${report#out/}" .out
expect_true 'there is no verdict' test ! -e ${report%.check.json}.verdict
driven "$limit" 'vafit_fatal = false'
build
expect_true 'which need not fail the build' test $status = 0 -a "$(cat ${report%.check.json}.verdict)" = exceeds

# A plan: at first there is nothing in it.
echo '{"schema": "vafit.plan/1", "images": []}' >build/vafit_plan.json
# planned BY ARGUMENT...
planned() { driven "link_by = \"$1\"" 'suite_by = "fix"' 'vafit_plan = "//build/vafit_plan.json"' "${@:2}"; }
for by in action prefix; do
    echo '{"schema": "vafit.plan/1", "images": []}' >build/vafit_plan.json
    planned $by "$limit"
    build -k 0
    ask="vafit_fix_group //suite:judged(//build/toolchain:mac_arm64): links that follow another plan make them fit: cp vafit/suite/judged.plan.json ../build/vafit_plan.json"
    expect_true "$by: the plan has to change" sh -c 'test $1 = 1 && grep -qxF "$2" .out' - $status "$ask"
    for image in "${programs[@]}" libshapes.dylib libwords.dylib; do cmp out/$image plain_out/$image; done >differ
    expect_same "$by: until then links do nothing" /dev/null differ
    (cd out && cp vafit/suite/judged.plan.json ../build/vafit_plan.json)
    build
    expect "$by: and all fit" 0 '' ''
    expect_true "$by: the new plan is gone" test ! -e out/vafit/suite/judged.plan.json
    build
    steps "$by: nothing changed"
    jq -r '.images[].path' build/vafit_plan.json >planned
    expect_true "$by: it names what links made" grep -qx shapes_test planned
    for image in "${programs[@]}" libshapes.dylib libwords.dylib; do cmp -s out/$image plain_out/$image || echo $image; done | sort >differ
    expect_same "$by: those are rewritten, and no others" planned differ
    while read -r image; do
        run "$VAFIT" verify -q out/$image --against out/$image.unstripped
        expect "$by: $image means the same" 0 '' ''
    done <planned
    for program in "${programs[@]}"; do run_program arm64 out/$program; done >after
    expect_same "$by: all run at their own places" expected after
    expect_true "$by: beside their data" cmp out/suite.pak suite/suite.pak
    (cd out && gn -q desc . //suite:shapes_test runtime_deps --root=.. 2>&1 | sort) >deps
    expect_true "$by: which runtime_deps names" sh -c 'grep -qx "./shapes_test" deps && grep -qx "suite.pak" deps'
    run_program arm64 out/Suite.app/Contents/MacOS/shapes_test >after
    run_program arm64 out/shapes_test >wanted
    expect_same "$by: in the application too" wanted after
    run "$VAFIT" check -q out/Suite.app --limit $kib
    expect "$by: which fits" 0 '' ''
    expect_same "$by: the framework has the link's output" out/libwords.dylib 'out/The Words.framework/Versions/A/libwords.dylib'
    expect_true "$by: the application has its other files" cmp out/Suite.app/Contents/Resources/suite.pak suite/suite.pak
done
cp -r . ../elsewhere
(cd ../elsewhere && rm -r out/*_test out/helper out/*.dylib out/Suite.app out/.ninja* && gn -q gen out && ninja -C out >.out 2>&1) || fail 'in another folder it is built' <../elsewhere/.out
(cd out && find . -type f ! -name '.ninja*' ! -name build.ninja.stamp -print0 | xargs -0 sha256sum | sort -k2) >wanted
(cd ../elsewhere/out && find . -type f ! -name '.ninja*' ! -name build.ninja.stamp -print0 | xargs -0 sha256sum | sort -k2) >after
expect_same 'in another folder the same bytes' wanted after

planned action 'vafit_limit = "10GiB"'
cp build/vafit_plan.json kept
build -k 0
expect_true 'where no plan suffices it says so' sh -c 'test $1 = 1 && grep -q "no level up to locals is enough" .out && ! grep -q "make them fit: cp" .out' - $status
expect_same 'and changes none' kept build/vafit_plan.json
jq '(.images[] | select(.path == "libshapes.dylib")).level = "symbols"' kept >build/vafit_plan.json
planned action
build -k 0
expect_true 'a plan of level symbols, where nm makes the .TOC' grep -q 'libshapes.dylib: level symbols empties the symbol table' .out
cp kept build/vafit_plan.json

driven 'vafit_mode = "off"'
build
expect_true 'off: no step' sh -c '! grep -q ACTION .steps'
driven "$limit" 'vafit_mode = "fix"'
build
expect 'fix: one copy of all programs' 0 '' ''
run "$VAFIT" check -q out/vafit/suite/judged/*_test --limit $kib
expect 'fix: which fit' 0 '' ''
