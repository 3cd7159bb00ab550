# Bazel's rules: a check, a test and a fix of a program that a real Bazel builds for macOS.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
. "$TESTS/lib/bazel.sh"

if ! reason=$(bazel_there); then
    skip "Bazel's rules" "$reason"
    exit
fi
trap 'bazel_end one two/deeper; rm -rf "$WORK"' EXIT
bazel_workspace one
bazel_workspace two/deeper
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

# --- incremental ---

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

# --- the action graph ---

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

# --- the disk cache ---

run bazel_in one clean
run bazel_in one build "${cached[@]}" --config=arm64 --execution_log_json_file="$WORK/log.json" //app:shop_fits
expect 'built from the disk cache' 0 '' -
jq -r 'select(.mnemonic == "VafitScan") | "\(.remoteCacheHit) \(.listedOutputs[0] | sub(".*/"; ""))"' log.json |
    LC_ALL=C sort >found
printf 'true %s\n' libbasket.dylib.json libprice.dylib.json shop.json >wanted
expect_same 'the facts are taken from the disk cache' wanted found

# --- too large ---

run bazel_in one build "${cached[@]}" --config=arm64 --define=limit=low //app:shop_fits
expect_true 'a program over the limit fails the build' test $status = 1
says 'by the label, the verdict and the heaviest images' '//app:shop_fits: does not fit:' \
    'app/shop (arm64, macos-26): does not fit' 'past the limit of 1.00 GiB' 'the heaviest 3 of 3 images:' \
    '  app/libprice.dylib'
run bazel_in one test "${cached[@]}" --config=arm64 --define=limit=low --test_output=errors //app:shop_test
expect_true 'its test fails' test $status = 3
says 'with the same text' 'app/shop (arm64, macos-26): does not fit' '  app/libprice.dylib' '//app:shop_test'
run bazel_in one test "${cached[@]}" --config=arm64 //app:shop_test
expect_true 'the test of a program that fits passes' test $status = 0

# --- fixed, and the same in another folder ---

# runs ARCH PROGRAM FILE: what it prints, and its exit status.
runs() {
    run_program "$1" "$2" >"$3" 2>&1
    echo "exit status $?" >>"$3"
}

# What the program has to print, worked out without it.
costs=$(python3 - <<'END'
def walk(steps, value):
    for count in range(steps, 0, -1):
        value = (value * 31 + count) % 1000003
    return value


things = [walk(1500, thing) for thing in range(5)]
print("it costs %06d" % sum(walk(1000, thing) % 89 + 10 + walk(500, thing) % 3 for thing in things))
END
)
run bazel_in one build "${cached[@]}" --config=arm64 //app:all
fixed=$bin/app/shop_fixed.fixed/shop
runs arm64 $bin/app/shop before
runs arm64 $fixed/app/shop after
expect_true 'the program runs in the loader' grep -qx "$costs" before
expect_same 'the fixed program runs the same' before after
runs arm64 $fixed/app/shop.runfiles/shop/app/shop_fixed.fixed/shop/app/shop after
expect_same 'and from its runfiles' before after
expect_true 'it was rewritten' test "$(jq -r .outcome $bin/app/shop_fixed.json)" = done
expect_true 'and is smaller' test "$(stat -c %s $fixed/app/shop)" -lt "$(stat -c %s $bin/app/shop)"
run "$VAFIT" check -q $bin/app/shop --limit 10240.5MiB --headroom 0K
expect_true 'as linked it would not fit' test $status = 1
run "$VAFIT" check -q $fixed/app/shop --limit 10240.5MiB --headroom 0K
expect 'it fits' 0 '' ''

build two/deeper --config=arm64 //app:all
expect 'built in another folder, without the cache' 0 '' -
# outputs FOLDER: what the rules made, without Bazel's own folders of links.
outputs() {
    (cd "$1/bazel-bin/app" && find . -type d -name '*.runfiles' -prune -o -type f \
        \( -path './*.vafit/*' -o -path './shop_*' \) ! -name '*_manifest' ! -name '*.params' -exec sha256sum {} + | sort -k2)
}
outputs one >wanted
outputs two/deeper >found
expect_true 'there are reports, facts and rewritten files' test "$(wc -l <wanted)" -ge 20
expect_same 'all are byte-equal' wanted found
expect_true 'and name no folder of this machine' test -s $bin/app/shop_fits.txt -a -z \
    "$(grep -rlF -e "$WORK" -e "$(cd "$TESTS/.." && pwd)" one/bazel-bin/app/ --include='*.json' --include='*.txt')"

run bazel_in one build "${cached[@]}" --config=x86_64 //app:all
expect 'the example is built for x86_64' 0 '' -
runs x86_64 $bin/app/shop before
runs x86_64 $fixed/app/shop after
expect_true 'that program runs in the loader' grep -qx "$costs" before
expect_same 'what is fixed of it runs the same' before after

# --- dylibs of every kind ---

small_program arm64 one/kinds/prebuilt &&
    compile_cxx arm64 imported.o ../bazel/kinds/imported.cpp &&
    link arm64 -dylib -install_name @rpath/libimported.dylib -o one/kinds/libimported.dylib imported.o ||
    fail 'building' <<<'the linker failed'
run bazel_in one build "${cached[@]}" --config=arm64 //kinds:many_fits //kinds:many_fixed \
    //kinds:named_fits //kinds:named_without_one //kinds:static_fits
expect 'programs with dylibs of every kind' 0 '' -
images() {
    jq -c '[.programs[0].images[].path] | sort' $bin/kinds/$1.json
}
expect_true 'a library, a cc_binary, an import: each is found where it is made' test "$(images many_fits)" = \
    '["kinds/libimported.dylib","kinds/liblibrary.dylib","kinds/libshared.dylib","kinds/many"]'
expect_true 'a library that is linked into the program is none' test "$(images static_fits)" = '["kinds/static"]'
run bazel_in one aquery "${installed[@]}" --config=arm64 --include_aspects 'mnemonic("VafitCheck", //kinds:static_fits)'
expect_true 'and its dylib is not even linked' test "$(sed -n 's/^  Inputs: .*bin\/\(kinds[^],]*\).*/\1/p' .out)" = \
    kinds/static_fits.vafit/kinds/static.json
expect_true 'files by name' test "$(images named_fits)" = \
    '["kinds/prebuilt/libbase.dylib","kinds/prebuilt/libleft.dylib","kinds/prebuilt/libright.dylib","kinds/prebuilt/main"]'
expect_true 'a profile of its own' test "$(jq -r '.programs[0].profile' $bin/kinds/named_fits.json)" = mine
expect_true 'what may be missing, and options with and without it' test \
    "$(jq -c '.programs[0] | [.profile, .placement.headroom, .unresolved[0].name, .unresolved[0].allowed]' $bin/kinds/named_without_one.json)" = \
    '["macos-27",1610612736,"@rpath/libbase.dylib",true]'
expect_true 'a file of data that the build makes' test -s $bin/kinds/many.vafit/kinds/libplugin.dylib.json
expect_true 'what is tagged no-vafit is passed over, and stays among the runfiles' test \
    ! -e $bin/kinds/many.vafit/kinds/elf.so.json -a \
    -e $bin/kinds/many_fixed.fixed/shop/kinds/many.runfiles/shop/kinds/elf.so
run bazel_in one build "${cached[@]}" --config=arm64 //kinds:many_warned
expect 'warnings do not fail the build' 0 - -
says 'and are shown' '//kinds:many_warned: warning: image-sum: ' 'past the limit of 1.00 GiB'
runs arm64 $bin/kinds/many before
runs arm64 $bin/kinds/many_fixed.fixed/shop/kinds/many after
expect_true 'the program of all kinds runs in the loader' grep -qx 'from imported' before
expect_same 'and its copy runs the same' before after
run bazel_in one build "${cached[@]}" --config=arm64 //kinds:exports_fixed
expect_true 'what cannot be fixed fails the build' test $status = 1
says 'up to the level exports' '//kinds:exports_fixed: vafit fix ended with status 1:' 'no rewriting up to exports suffices'
run bazel_in one build "${cached[@]}" --config=arm64 //kinds:missing_one
expect_true 'a missing dylib fails the build' test $status = 1
says 'by its name' '//kinds:missing_one: cannot be judged:' 'asks for @rpath/libright.dylib, which was not found'

# --- what is wrong in a build file ---

# refused NAME TEXT...: what the last run said of a target of tests/bazel/bad.
refused() {
    says "bad$1" "//bad$1" "${@:2}"
}
run bazel_in one build --nobuild -k "${cached[@]}" --config=arm64 \
    //bad:{no_executable,no_unit,no_number,two_points,no_rule,no_rule_level,two_profiles,no_exports} \
    //bad/values:all
expect_true 'what is wrong in a build file is told when it is analysed' test $status = 1
refused :no_executable '//bad:no_executable: executable: //bad:library makes no executable'
refused :no_unit '//bad:no_unit: limit: "16" is no size with a unit, such as 64MiB or 1.5GiB'
refused :no_number '//bad:no_number: limit: "GiB" is no size with a unit'
refused :two_points '//bad:two_points: headroom: "1.5.2GiB" is no size with a unit'
refused :no_rule '//bad:no_rule: rules: there is no rule "image-summ"; rules are image-size, image-sum, '
refused :no_rule_level '//bad:no_rule_level: rules: "fatal" for image-sum: a level is error, warn or off'
refused :two_profiles '//bad:two_profiles: profile: profile_file is given too'
refused :no_exports '//bad:no_exports: up_to: keep_exports and ignore_strings are for "exports"'
refused /values:no_profile "//bad/values:no_profile: invalid value in 'profile' attribute"
refused /values:no_level "//bad/values:no_level: invalid value in 'up_to' attribute"
run bazel_in one build --nobuild "${cached[@]}" --config=arm64 //bad:{no_file,no_image,no_dylib,bad_profile,never_fits}
expect 'what Bazel cannot see is none of it' 0 '' -
run bazel_in one build -k "${cached[@]}" --config=arm64 //bad:{no_file,no_image,no_dylib,bad_profile,never_fits}
expect_true 'it is told in the build' test $status = 1
refused :no_file "missing input file '//bad:gone'"
refused :no_image 'text.cpp: magic: ' ' is not that of a Mach-O file'
refused :no_dylib 'text.cpp: magic: '
refused :bad_profile '//bad:bad_profile: vafit check ended with status 3' 'bad/profile.json: based_on: '
refused :never_fits '//bad:never_fits: vafit fix ended with status 1:' 'no rewriting up to locals suffices'
