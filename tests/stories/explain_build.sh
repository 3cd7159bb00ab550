# explain with the executable: where each image was to lie, and whether the report is of that build.
. "$(dirname "$0")/../lib/story.sh"

MIB=1048576
# image NAME OPTION...: three images of round sizes, of which the files are smaller.
image() {
    "$MAKE_MACHO" image --out "$@"
}
# __TEXT from the image's beginning, 1 MiB of __LINKEDIT behind it.
dylib() {
    image "lib$1.dylib" --type dylib --id "@rpath/lib$1.dylib" --seed "$1" --segment __TEXT=0+$(($2 * MIB)) \
        --segment __LINKEDIT=$(($2 * MIB))+$MIB
}
dylib 2 9
dylib 3 2
image main --text $((2 * MIB)) --rpath @loader_path --load @rpath/lib2.dylib --load @rpath/lib3.dylib
scan() {
    "$VAFIT" scan "$1" | jq -r ".images[0].slices[0].$2"
}
size() {
    echo $((($(stat -c %s "$1") + 16383) / 16384 * 16384))
}
# At 4 GiB and the slide; 6 MiB for dyld behind it; then, for each dylib, its whole file where that fits first and the image
# where it fits first. The hole that lib2's file leaves is of more than 9 MiB: lib3's file and lib3 itself go there.
SLIDE=$((33554432 + 5 * 16384))
MAIN=$((4294967296 + SLIDE))
START=$((MAIN + $(scan main va) + 6 * MIB))
LIB2=$((START + $(size lib2.dylib)))
LIB3=$((START + $(size lib3.dylib)))

# report MAIN LIB2 LIB3: the images there, with the UUIDs of these files.
report() {
    jq -n --arg main "$1" --arg lib2 "$2" --arg lib3 "$3" --arg u1 "$(scan main uuid)" --arg u2 "$(scan lib2.dylib uuid)" \
        --arg u3 "$(scan lib3.dylib uuid)" '{bug_type: "309", os_version: "macOS 26.3 (25D125)", procName: "main", cpuType: "ARM-64",
        asi: {"libsystem_malloc.dylib": ["pointer range initial reservation failed"]},
        usedImages: [{base: ($main | tonumber), size: 2097152, uuid: $u1, name: "main"}, {base: ($lib2 | tonumber), size: 9437184, uuid: $u2, name: "lib2.dylib"},
        {base: ($lib3 | tonumber), size: 2097152, uuid: $u3, name: "lib3.dylib"}]}'
}
asked() {
    "$VAFIT" explain report "$@" --format json | jq -c "$ASK"
}
ASK='.cause, .is_size, .build, (.images[] | [.name, .observed, .predicted, .vm_size])'
report $MAIN $LIB2 $LIB3 >report
asked main >found
cat >wanted <<END
"other"
false
{"executable":"same","other_dylibs":0,"slide":$SLIDE,"compared":3,"as_predicted":3}
["main",$MAIN,$MAIN,$(scan main va)]
["lib2.dylib",$LIB2,$LIB2,10485760]
["lib3.dylib",$LIB3,$LIB3,3145728]
END
expect_same 'all images lie as predicted' wanted found
run "$VAFIT" explain report main
expect_true 'which it says' grep -qx '  3 of 3 images lay as predicted' .out
expect_true 'and that it is this build' grep -qx '  the report is of this build' .out

# One lies elsewhere: it reaches past 16 GiB, though its __TEXT does not.
HIGH=$((17179869184 - 2 * MIB))
report $MAIN $LIB2 $HIGH >report
asked main >found
cat >wanted <<END
"malloc-window"
true
{"executable":"same","other_dylibs":0,"slide":$SLIDE,"compared":3,"as_predicted":2}
["main",$MAIN,$MAIN,$(scan main va)]
["lib2.dylib",$LIB2,$LIB2,10485760]
["lib3.dylib",$HIGH,$LIB3,3145728]
END
expect_same 'the build says where an image ends' wanted found
run "$VAFIT" explain report
expect_true 'which the report alone does not' grep -q 'does not say where lib3.dylib ends: its __TEXT does at 16.00 GiB' .out
run "$VAFIT" explain report main --search folder
expect_true 'the first that differs' grep -qx '  2 of 3 images lay as predicted; the first that did not is lib3.dylib' .out
expect_true 'image by image' grep -q "^  *0x[0-9a-f]*  *$(printf 0x%x $HIGH)  lib3.dylib\$" .out
expect_true 'what to do, with the options of this run' grep -qx '  do: vafit fix --in-place --search folder main' .out

# Another build.
dylib 3 2
report $MAIN $LIB2 $LIB3 >report
image main --text $((2 * MIB)) --rpath @loader_path --seed 9 --load @rpath/lib2.dylib --load @rpath/lib3.dylib
run "$VAFIT" explain report main
expect_true 'another build of the executable' grep -qx "  this report is of another build: the executable's UUID differs" .out
image main --text $((2 * MIB)) --rpath @loader_path --load @rpath/lib2.dylib --load @rpath/lib3.dylib
image lib2.dylib --type dylib --id @rpath/lib2.dylib --seed 8 --segment __TEXT=0+$((9 * MIB)) --segment __LINKEDIT=$((9 * MIB))+$MIB
run "$VAFIT" explain report main
expect_true 'another build of a dylib' grep -qx '  the report is of this build; of its dylibs 1 is of another build' .out
run "$VAFIT" scan main lib2.dylib lib3.dylib -o facts.json
run "$VAFIT" explain report main --format json
mv .out from_files
run "$VAFIT" explain report main --format json --facts facts.json
expect_same 'the same from facts' from_files .out

# The words of the shared region, with one that reaches it, one that does not, and one that does by chance.
shared() {
    python3 "$TESTS/lib/crash_report.py" message null-cache >report
    image "$1" --segment __PAGEZERO=0+4294967296 --segment __TEXT=4294967296+65536 --segment "__LINKEDIT=4295032832+$2"
    ASK='.cause, .is_size, .advice[0]'
    asked "$1"
}
expect_true 'an executable past 6 GiB' test "$(shared huge $((2048 * MIB)) | tr '\n' ' ')" = '"shared-region" true "vafit fix --in-place huge" '
expect_true 'an executable that fits' test "$(shared fits $((100 * MIB)) | tr '\n' ' ')" = \
    '"other" false "ls /System/Volumes/Preboot/Cryptexes/OS/System/Library/dyld" '
expect_true 'an executable that fits by chance' test "$(shared chance $((2000 * MIB)) | tr '\n' ' ')" = '"shared-region" null "vafit check chance" '
run "$VAFIT" explain report huge
expect_true 'no slide, no places' grep -qx '  nothing is predicted: the report does not say at which slide the executable was' .out

run "$VAFIT" explain report gone
expect 'an executable that is not there' 4 '' 'vafit: gone: cannot open: No such file or directory'
image intel --arch x86_64 --text 65536
run "$VAFIT" explain report intel
expect 'another architecture' 3 '' 'vafit: intel has no slice of the architecture that the report is of'
