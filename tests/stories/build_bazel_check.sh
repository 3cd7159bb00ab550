# Bazel's rules: checks of a program that a real Bazel builds for macOS, and what is wrong in a build file.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
. "$TESTS/lib/bazel.sh"

if ! reason=$(bazel_there); then
    skip "Bazel's rules" "$reason"
    exit
fi
trap 'bazel_end one; rm -rf "$WORK"' EXIT
bazel_workspace one
installed=(--extra_toolchains=@vafit_prebuilt//:toolchain)
cached=("${installed[@]}" --disk_cache="$WORK/cache")

# build FOLDER ARGUMENT...
build() {
    run bazel_in "$1" build "${installed[@]}" "${@:2}"
}

# says NAME TEXT...: each text is somewhere in what the last run printed.
says() {
    local name=$1 text
    shift
    cat .out .err >.said
    for text; do
        if ! grep -qF -- "$text" .said; then
            { echo "not said: $text"; cat .said; } | fail "$name"
            return
        fi
    done
    pass "$name"
}

run bazel_in one build "${cached[@]}" --config=arm64 //app:all
expect 'the example is built for arm64, and its checks pass' 0 '' -
bin=one/bazel-bin

# The facts are enough: the same numbers as from the images themselves.
"$VAFIT" check $bin/app/shop --format json | jq '.programs[0] | [.va, .placement, .findings[].level]' >wanted
jq '.programs[0] | [.va, .placement, .findings[].level]' $bin/app/shop_fits.json >found
expect_true 'a check of the images has numbers' grep -q '"top": [1-9]' wanted
expect_same 'the report has the same' wanted found
expect_true 'images are named as in runfiles' test "$(jq -c '[.programs[0].images[].path] | sort' $bin/app/shop_fits.json)" = \
    '["app/libbasket.dylib","app/libprice.dylib","app/shop"]'
sed -n '/^_RULES/,/^]/s/.*"\(.*\)".*/\1/p' "$TESTS/../bazel/private/program.bzl" >wanted
jq -r '.programs[0].findings[].rule' $bin/app/shop_fits.json | LC_ALL=C sort -u >found
expect_same "the rules' names are those that vafit knows" wanted found

# What this Bazel does not read.
expect_true 'MODULE.bazel and the module extension parse' python3 -c '
import ast, sys
for path in sys.argv[1:]:
    ast.parse(open(path).read(), path)' "$TESTS/../MODULE.bazel" "$TESTS/../examples/bazel/MODULE.bazel" "$TESTS/../bazel/extensions.bzl"
expect_true 'the module has the version of the tool' test "$("$VAFIT" --version)" = \
    "vafit $(sed -n '/^module(/,/^)/s/.*version = "\(.*\)".*/\1/p' "$TESTS/../MODULE.bazel")"

build one "${cached[@]}" --config=arm64 --subcommands //app:all
bazel_actions <.err >ran
: >none
expect 'built again' 0 '' -
expect_same 'nothing changed, and nothing runs' none ran
sed -i 's/+ 10;/+ 11;/' one/app/price.cpp
build one "${cached[@]}" --config=arm64 --subcommands //app:shop_fits
bazel_actions <.err >ran
cat >wanted <<'END'
Compiling app/price.cpp
Judging app/shop for //app:shop_fits
Linking app/libprice.dylib
Scanning app/libprice.dylib of //app:price
END
expect_same "a dylib's body changed: it is judged again, nothing else is linked or scanned, and the same report ends it" \
    wanted ran
echo 'long price_of_all() { return 1; }' >>one/app/price.cpp
build one "${cached[@]}" --config=arm64 --subcommands //app:shop_fits
bazel_actions <.err >ran
expect_true 'its exports changed: the executable is linked again' grep -qx 'Linking app/shop' ran
cp "$TESTS/../examples/bazel/app/price.cpp" one/app/price.cpp

run bazel_in one aquery "${installed[@]}" --config=arm64 --include_aspects 'mnemonic("Vafit.*", deps(//app:shop_fits))'
awk '$1 == "Mnemonic:" { name = $2 }
    $1 == "Inputs:" {
        images = ""
        gsub(/[][,]/, " ")
        for (i = 2; i <= NF; i++)
            if ($i ~ /(\.dylib|\/app\/shop)$/) { sub(".*/", "", $i); images = images " " $i }
        print name images
    }' .out | LC_ALL=C sort >found
cat >wanted <<'END'
VafitCheck
VafitScan libbasket.dylib
VafitScan libprice.dylib
VafitScan shop
VafitVerdict
END
expect_same 'no action of the check takes more than one image' wanted found

run bazel_in one clean
run bazel_in one build "${cached[@]}" --config=arm64 --execution_log_json_file="$WORK/log.json" //app:shop_fits
expect 'built from the disk cache' 0 '' -
jq -r 'select(.mnemonic == "VafitScan") | "\(.remoteCacheHit) \(.listedOutputs[0] | sub(".*/"; ""))"' log.json |
    LC_ALL=C sort >found
printf 'true %s\n' libbasket.dylib.json libprice.dylib.json shop.json >wanted
expect_same 'the facts are taken from the disk cache' wanted found

run bazel_in one build "${cached[@]}" --config=arm64 --define=limit=low //app:shop_fits
expect_true 'a program over the limit fails the build' test $status = 1
says 'by the label, the verdict and the heaviest images' '//app:shop_fits: does not fit:' \
    'app/shop (arm64): does not fit under macos-26; fits under macos-27' 'past the limit of 1.00 GiB' 'the heaviest 3 of 3 images:' \
    '  app/libprice.dylib'
run bazel_in one test "${cached[@]}" --config=arm64 --define=limit=low --test_output=errors //app:shop_test
expect_true 'its test fails' test $status = 3
says 'with the same text' 'app/shop (arm64): does not fit under macos-26; fits under macos-27' '  app/libprice.dylib' '//app:shop_test'
run bazel_in one test "${cached[@]}" --config=arm64 //app:shop_test
expect_true 'the test of a program that fits passes' test $status = 0
# refused NAME TEXT...: what the last run said of a target of tests/bazel/bad.
refused() {
    says "bad$1" "//bad$1" "${@:2}"
}
run bazel_in one build --nobuild -k "${cached[@]}" --config=arm64 \
    //bad:{no_executable,no_unit,no_number,two_points,no_rule,no_rule_level,two_profiles,profile_and_profiles,no_exports} \
    //bad/values:all
expect_true 'what is wrong in a build file is told when it is analysed' test $status = 1
refused :no_executable '//bad:no_executable: executable: //bad:library makes no executable'
refused :no_unit '//bad:no_unit: limit: "16" is no size with a unit, such as 64MiB or 1.5GiB'
refused :no_number '//bad:no_number: limit: "GiB" is no size with a unit'
refused :two_points '//bad:two_points: headroom: "1.5.2GiB" is no size with a unit'
refused :no_rule '//bad:no_rule: rules: there is no rule "image-summ"; rules are image-size, image-sum, '
refused :no_rule_level '//bad:no_rule_level: rules: "fatal" for image-sum: a level is error, warn or off'
refused :two_profiles '//bad:two_profiles: profile: profile_file is given too'
refused :profile_and_profiles '//bad:profile_and_profiles: profile: profiles is given too'
refused :no_exports '//bad:no_exports: up_to: keep_exports and ignore_strings are for "exports"'
refused /values:no_profile "//bad/values:no_profile: invalid value in 'profile' attribute"
refused /values:no_level "//bad/values:no_level: invalid value in 'up_to' attribute"
run bazel_in one build --nobuild "${cached[@]}" --config=arm64 //bad:{no_file,no_image,no_dylib,bad_profile,never_fits}
expect 'what Bazel cannot see is none of it' 0 '' -
run bazel_in one build -k "${cached[@]}" --config=arm64 //bad:{no_file,no_image,no_dylib,bad_profile,never_fits}
expect_true 'it is told in the build' test $status = 1
refused :no_file "missing input file '//bad:gone'"
refused :no_image 'text.cpp: magic: ' 'a text file'
refused :no_dylib 'text.cpp: magic: '
refused :bad_profile '//bad:bad_profile: vafit check ended with status 3' 'bad/profile.json: based_on: '
refused :never_fits '//bad:never_fits: vafit fix ended with status 1:' 'no level up to locals is enough'
