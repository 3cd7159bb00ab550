# Bazel's rules: fixes of programs that a real Bazel builds for macOS, with dylibs of every kind.
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
bin=one/bazel-bin

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
    "$(jq -c '.programs[1] | [.profile, .placement.headroom, .unresolved[0].name, .unresolved[0].allowed]' $bin/kinds/named_without_one.json)" = \
    '["macos-27",1610612736,"@rpath/libbase.dylib",true]'
expect_true 'several profiles' test "$(jq -c '[.programs[].profile]' $bin/kinds/named_without_one.json)" = '["macos-26","macos-27"]'
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

# Dylibs become one image where no level is enough: the copy is a folder, and a script runs the program in it.
both=$("$VAFIT" fix one/kinds/prebuilt/main --dry-run --limit 9GiB --up-to consolidate --format json |
    jq '.programs[0].after.sum / 1024')
for each in merged:consolidate unmerged:locals; do
    printf '\nvafit_fixed(\n    name = "%s",\n    executable = "prebuilt/main",\n    dylibs = glob(["prebuilt/*.dylib"]),\n    limit = "%sKiB",\n    up_to = "%s",\n)\n' \
        ${each%:*} "$both" ${each#*:} >>one/kinds/BUILD.bazel
done
run bazel_in one build "${cached[@]}" --config=arm64 //kinds:merged
expect 'consolidate: is fixed' 0 '' -
merged=$bin/kinds/merged.fixed/shop/kinds/prebuilt
expect_true 'consolidate: the folder has one image of the dylibs' test "$(cd $merged && echo *)" = \
    'libbase.dylib libconsolidated.dylib libconsolidated.dylib.parts.json libleft.dylib libright.dylib main'
program=$(sed -n 's/^exec "$(dirname "$0")\/\(.*\)" "$@"$/\1/p' $bin/kinds/merged.sh)
expect_true 'consolidate: and the script leads to the program' cmp $bin/kinds/"$program" $merged/main
expect_true 'consolidate: the runfiles have both' test -x $bin/kinds/merged.sh.runfiles/shop/kinds/merged.sh -a \
    -x $bin/kinds/merged.sh.runfiles/shop/kinds/"$program"
run_program arm64 one/kinds/prebuilt/main >before
run_program arm64 $merged/main >after
expect_same 'consolidate: the copy runs the same' before after
run bazel_in one build "${cached[@]}" --config=arm64 //kinds:unmerged
expect_true 'without it nothing is enough' test $status = 1
run bazel_in one build "${cached[@]}" --config=arm64 //kinds:exports_fixed
expect_true 'what cannot be fixed fails the build' test $status = 1
says 'up to the level exports' '//kinds:exports_fixed: vafit fix ended with status 1:' 'no level up to exports is enough'
run bazel_in one build "${cached[@]}" --config=arm64 //kinds:missing_one
expect_true 'a missing dylib fails the build' test $status = 1
says 'by its name' '//kinds:missing_one: cannot be judged:' 'asks for @rpath/libright.dylib, which was not found'
