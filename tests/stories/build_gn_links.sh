# GN: vafit in front of the links.
. "$(dirname "$0")/../lib/gn.sh"

built_once

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
echo '{"schema": "vafit.profile/1", "name": "mine", "based_on": "macos-26"}' >'my profile.json'
mkdir 'to ols'
cp tool 'to ols/vafit'
sed -i 's|^vafit_path.*|vafit_path = "//to ols/vafit"|; $a vafit_profile = "//my profile.json"' out/args.gn
gn -q gen out
build app
expect 'links: spaces in paths' 0 '' ''

# What .gn has to allow.
list=$(gn help dotfile | grep -o 'exec_script_[a-z]*list' | head -1)
echo "$list = []" >>.gn
generate
build
expect 'an empty list of who may run scripts: checks run none' 0 - ''
echo 'vafit_link_level = "locals"' >>out/args.gn
run gn -q gen out
expect_true 'links do' test $status = 1
sed -i "s|^$list.*|$list = [ \"//third_party/vafit/gn/vafit_toolchain.gni\" ]|" .gn
run gn -q gen out
expect 'with what the pages say it is allowed' 0 '' ''
