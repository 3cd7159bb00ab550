# Seals of bundles: rewriting what is in them seals them again, inside out, and undo gives back every byte.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
. "$TESTS/lib/bundle.sh"

inside=Thing.app/Contents
kit="$inside/Frameworks/The Kit.framework/Versions/A/The Kit"
app arm64 . || fail 'building' <<<'the linker failed'
# libright is of two architectures, so that its cdhashes are more than one.
app x86_64 other && llvm-lipo-19 -create $inside/Frameworks/libright.dylib other/$inside/Frameworks/libright.dylib \
    -output fat && mv fat $inside/Frameworks/libright.dylib
# In Resources code is a file like others: by its bytes, in both lists.
cp $inside/Frameworks/libbase.dylib $inside/Resources/helper.dylib
llvm-strip-19 -x "$kit" 2>/dev/null
# So is a whole bundle there, with a seal of its own.
cp -a $inside/Helpers/Other.app $inside/Resources/Inner.app
python3 "$TESTS/lib/seal.py" $inside/Resources/Inner.app
python3 "$TESTS/lib/seal.py" Thing.app && mkdir was && cp -a Thing.app was/
sealed() {
    run python3 "$TESTS/lib/seal_check.py" Thing.app
    expect "$1" 0 sealed
}
changed() { # NAME FILE...: what is not as it was
    (cd was && find . -type f) | while read -r file; do cmp -s "was/$file" "$file" || echo "${file#./}"; done | sort >.changed
    expect_same "$1" <([ $# = 1 ] || printf '%s\n' "${@:2}" | sort) .changed
}
sealed 'the seal that the tests make'

run "$VAFIT" shrink --in-place --level locals -q "$kit" $inside/Frameworks/libright.dylib $inside/Resources/helper.dylib
expect 'a framework, a dylib and a resource' 0 ''
sealed 'are sealed again'
seal=_CodeSignature/CodeResources
changed 'the seal and its executable went with them' "$kit" $inside/Frameworks/libright.dylib \
    $inside/Resources/helper.dylib $inside/MacOS/Thing $inside/$seal
expect_true 'the originals are outside' test ! -e "$kit.unstripped" -a -e "Thing.app.unstripped/${kit#*/}.unstripped"
run "$VAFIT" verify $inside/MacOS/Thing --against was/$inside/MacOS/Thing
expect 'verify takes an executable that was sealed anew' 0 "$inside/MacOS/Thing: well formed, and means the same"
run run_program arm64 $inside/MacOS/Thing
expect 'it runs' 0 -
run "$VAFIT" shrink --in-place --level locals -q $inside/Helpers/Other.app/Contents/MacOS/Other $inside/MacOS/Thing
sealed 'executables of a bundle and of the one around it'
run "$VAFIT" fix --undo Thing.app
expect 'undo of what the programs load' 0 'restored 4 of 7 images'
sealed 'leaves a seal that fits what is still shrunk'
changed 'which is the resource' $inside/Resources/helper.dylib $inside/MacOS/Thing $inside/$seal
run "$VAFIT" align --undo $inside/Resources/helper.dylib
expect 'undo of that' 0 'restored 1 files'
changed 'gives back every byte'
expect_true 'and leaves nothing' test ! -e Thing.app.unstripped
expect_true 'nor anything new' diff -r --no-dereference was/Thing.app Thing.app

run "$VAFIT" align --in-place Thing.app
expect 'align, a whole application' 0 "$kit: aligned string pool at 0x80d4, no multiple of 8
1 of 9 images were not aligned, and are now"
sealed 'align seals again'
(cd $inside && run "$VAFIT" align --undo -q Frameworks)
changed 'from inside the bundle: every byte'
"$VAFIT" shrink --in-place --level locals -q $inside/Resources/Inner.app/Contents/MacOS/Other
sealed 'a bundle that is a resource of another'
"$VAFIT" fix --undo -q $inside/Resources/Inner.app
changed 'and back'
(cd $inside/MacOS && "$VAFIT" shrink --in-place --level locals -q Thing)
sealed 'by a path that begins inside the bundle'
run "$VAFIT" fix Thing.app --undo
changed 'whose original is found from outside'

# Originals are found where they are, whatever became of the seal since.
cp -a Thing.app bare && rm -r bare/Contents/_CodeSignature && mv Thing.app aside && mv bare Thing.app
"$VAFIT" shrink --in-place --level locals -q $inside/MacOS/Thing && python3 "$TESTS/lib/seal.py" Thing.app
run "$VAFIT" fix --undo Thing.app
expect 'an original from before the seal' 0 'restored 1 of 7 images'
rm -rf Thing.app && mv aside Thing.app
"$VAFIT" shrink --in-place --level locals -q $inside/MacOS/Thing && rm -r $inside/_CodeSignature
run "$VAFIT" fix --undo Thing.app
expect 'one of a seal that is gone' 0 'restored 1 of 7 images'
expect_true 'which is back' cmp $inside/MacOS/Thing was/$inside/MacOS/Thing
rm -rf Thing.app Thing.app.unstripped && cp -a was/Thing.app .

# What did not fit before is not said to fit now.
left() { # NAME WHY [IMAGE]: libright or the image is shrunk, the seal stays
    cp $inside/$seal before
    run "$VAFIT" shrink --in-place --level locals -q "${3-$inside/Frameworks/libright.dylib}"
    expect "$1" 0 '' "vafit: Thing.app: its seal is left as it is, and does not fit: $2; seal the bundle again"
    expect_true "$1: the seal is kept" cmp before $inside/$seal
    rm -rf Thing.app Thing.app.unstripped && cp -a was/Thing.app .
}
# edit_seal PYTHON: and has the executable signed for the new seal.
edit_seal() {
    python3 -c 'import plistlib, sys
seal = plistlib.load(open(sys.argv[1], "rb"))
exec(sys.argv[2])
plistlib.dump(seal, open(sys.argv[1], "wb"))' $inside/$seal "$1"
    python3 "$TESTS/lib/sign.py" $inside/MacOS/Thing special=1:$inside/Info.plist special=3:$inside/$seal
}
echo '<!-- -->' >>$inside/$seal
left 'a seal that was changed' 'CodeResources is not what its executable was signed with'
info $inside/Info.plist Thing binary
left 'an Info.plist that was changed' 'Info.plist is not what its executable was signed with'
cp $inside/Resources/helper.dylib $inside/Frameworks/libright.dylib
left 'code that was changed' 'its entry of Frameworks/libright.dylib is not what the code was'
edit_seal 'seal["files2"]["Frameworks/libright.dylib"]["hash9"] = b"x"'
left 'a value that is not known' 'its entry of Frameworks/libright.dylib has a value that vafit does not know'
edit_seal 'import re; entry = seal["files2"]["Frameworks/The Kit.framework"]
entry["cdhash"] = bytes.fromhex(re.findall("[0-9a-f]{40}", entry["requirement"])[1])'
left 'a cdhash of SHA-1, which a new signature does not have' \
    'its entry of Frameworks/The Kit.framework is of a CodeDirectory that the new code does not have' "$kit"
edit_seal 'seal["files2"].update({"/" * i + "Frameworks/libright.dylib": seal["files2"]["Frameworks/libright.dylib"] for i in range(1, 20)})'
# In the order of their names: 19 slashes come first, and the ninth has 11.
left 'an entry many times' 'it has too many entries of ///////////Frameworks/libright.dylib'
edit_seal 'seal["new"] = {"list": [1, b"data"]}; seal["files2"]["Resources/icon.icns"]["hash9"] = b"x"'
"$VAFIT" shrink --in-place --level locals -q $inside/Frameworks/libright.dylib
sealed 'what is not known elsewhere stays'
expect_true 'as it was' grep -q '<key>list</key>' $inside/$seal
rm -rf Thing.app Thing.app.unstripped && cp -a was/Thing.app .
rm -r $inside/Helpers/Other.app/Contents/_CodeSignature
"$VAFIT" shrink --in-place --level locals -q $inside/Helpers/Other.app/Contents/MacOS/Other
expect_same 'the seal around a bundle without one' <(echo Thing.app/Contents/Helpers/Other.app: no seal) \
    <(python3 "$TESTS/lib/seal_check.py" Thing.app)
rm -rf Thing.app Thing.app.unstripped && cp -a was/Thing.app .

# An identity's seal, and what would be more than it lists.
llvm-lipo-19 -thin arm64 -output thin $inside/Frameworks/libright.dylib && mv thin $inside/Frameworks/libright.dylib
python3 "$TESTS/lib/seal.py" Thing.app
run "$VAFIT" consolidate Thing.app --in-place
expect 'consolidation' 3 - "vafit: Thing.app: seal: consolidation makes files that it does not list; consolidate before the bundle is sealed, or write to --out-dir"
python3 "$TESTS/lib/seal.py" identity Thing.app && cp -a Thing.app mine
run "$VAFIT" shrink --in-place --level locals $inside/Frameworks/libright.dylib
expect 'a dylib in an application' 3 '' \
    'vafit: Thing.app: seal: made by an identity; say with --identity how to sign, and seal the bundle again then'
run "$VAFIT" align --in-place $inside/Frameworks
expect 'an identity: refused, naming the bundle' 3 '0 of 3 images were not aligned, and are now' \
    "vafit: $inside/Frameworks/The Kit.framework: seal: made by an identity; say with --identity how to sign, and seal the bundle again then"
expect_true 'nothing has changed' diff -r --no-dereference mine Thing.app
printf '#!/bin/sh\nexec python3 "%s/lib/sign.py" "$1" identity identifier=libright.dylib\n' "$TESTS" >signer
chmod +x signer
python3 "$TESTS/lib/sign.py" $inside/Frameworks/libright.dylib identity identifier=libright.dylib
python3 "$TESTS/lib/seal.py" identity Thing.app && cp $inside/$seal before
run "$VAFIT" shrink --in-place --level locals -q $inside/Frameworks/libright.dylib --identity "$WORK/signer"
expect 'with --identity the image is signed, and the bundle is left for you' 0 '' \
    'vafit: Thing.app: its seal is left as it is, and does not fit: an identity made it; seal the bundle again'
expect_true 'its seal is the old one' cmp before $inside/$seal
