# GN: the mode fix, and the same bytes in another folder.
. "$(dirname "$0")/../lib/gn.sh"

built_once
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
steps 'fix: a body changed' "${WORDS[@]}" "$ARM64" "$X64"
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
expect_true 'vafit_fix: without originals' test "$(cd out/vafit/app/small && echo *)" = 'app libshapes.dylib libwords.dylib'
# summed UP_TO: KiB of the program's sum after all that this level allows.
summed() {
    (cd out && "$VAFIT" fix app --dry-run --limit 9GiB --up-to $1 --format json) | jq '.programs[0].after.sum / 1024'
}
# With two more dylibs, so that pages are saved.
sed -i 's|"//words",|& ":one", ":two",|' app/BUILD.gn
for name in one two; do
    echo "int $name() { return 1; }" >app/$name.cc
    printf 'shared_library("%s") {\n  sources = [ "%s.cc" ]\n}\n' $name $name >>app/BUILD.gn
done
cp app/BUILD.gn four
generate
build
mv plain two && mv four plain
target 'vafit_fix("merged") {' '  executable = ":app"' "  limit = \"$(summed consolidate)KiB\"" '  up_to = "consolidate"' '}'
expect_true 'consolidate: no level is enough' test "$(summed locals)" -gt "$(summed consolidate)"
build app:merged
expect 'consolidate: builds, and says nothing' 0 '' ''
(cd out && find vafit/app/merged -type f | sort) >wanted
expect_same 'consolidate: the list has the image, what is in it, and what has the old names' wanted out/vafit/app/merged.files
expect_true 'consolidate: all of these' test "$(cd out/vafit/app/merged && echo *)" = \
    'app libconsolidated.dylib libconsolidated.dylib.parts.json libone.dylib libshapes.dylib libtwo.dylib libwords.dylib'
expect_true 'consolidate: the report names the parts' jq -e '.groups[0].parts | sort == ["libone.dylib", "libshapes.dylib", "libtwo.dylib", "libwords.dylib"]' \
    out/vafit/app/merged.fix.json
run_program arm64 out/app >wanted
run_program arm64 out/vafit/app/merged/app >found
expect_same 'consolidate: the copy runs the same' wanted found
cp two app/BUILD.gn

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
