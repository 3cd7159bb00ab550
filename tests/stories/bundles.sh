# Bundles and folders as operands: what they stand for, in every verb that takes an executable.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
. "$TESTS/lib/bundle.sh"

app x86_64 . || fail 'building' <<<'the linker failed'

# judged OPERAND...: the programs that check names, in its order, and how many images each has.
judged() {
    run "$VAFIT" check "$@" --profile macos-26 --format json
    python3 -c 'import json, sys
for program in json.load(open(sys.argv[1]))["programs"]:
    print(program["executable"], program["image_count"], program["images"][0]["path"].rpartition("/")[2])' .out >.judged
}

inside=Thing.app/Contents
cat >three <<END
$inside/Helpers/Other.app/Contents/MacOS/Other 4 Other
$inside/Helpers/worker 4 worker
$inside/MacOS/Thing 4 Thing
END
judged Thing.app
expect 'an application' 0 -
expect_same 'all its programs, in the order of their paths' three .judged
judged Thing.app/
expect_same 'with a slash behind it' three .judged
mkdir all && mv Thing.app all/ && ln -s all/Thing.app Thing.app
judged Thing.app
expect_same 'by a link' <(sed 's,^,all/,' three) .judged
rm Thing.app && mv all/Thing.app . && rmdir all
judged "$inside/Helpers"
expect_same 'a folder' <(head -2 three) .judged
judged "$inside/Helpers" Thing.app $inside/Helpers/worker
expect_same 'a folder twice, a file as often as it is named' <(cat three; sed -n 2p three) .judged
ln -s ../../.. $inside/Resources/up && ln -s ../MacOS/Thing $inside/Helpers/linked
judged Thing.app
expect_same 'links below it are not followed' three .judged
rm $inside/Resources/up $inside/Helpers/linked

kit="$inside/Frameworks/The Kit.framework"
judged "$kit" --search $inside/Frameworks
expect_same 'a framework: its current version' <(echo "$kit/Versions/A/The Kit 2 The Kit") .judged
judged $inside/PlugIns/Plug.bundle --allow-missing '*'
expect_same 'a plug-in alone, which finds nothing' <(echo "$inside/PlugIns/Plug.bundle/Contents/MacOS/Plug 1 Plug") .judged
judged $inside/PlugIns/Plug.bundle --program $inside/MacOS/Thing
expect 'with its program' 0 -
plugged="$inside/PlugIns/Plug.bundle/Contents/MacOS/Plug 5 Thing"
expect_same 'a plug-in has the images of its program, and finds dylibs by its LC_RPATHs' <(echo "$plugged") .judged
judged $inside/PlugIns/Plug.bundle --program Thing.app
expect_same 'whose bundle names it as well' <(echo "$plugged") .judged
judged "$kit/The Kit" --program Thing.app
expect_same 'a dylib that the program loads already is there once' <(echo "$kit/The Kit 4 Thing") .judged
judged Thing.app --program Thing.app
expect_same 'programs need none' three .judged
run "$VAFIT" check $inside/PlugIns/Plug.bundle --program $inside/Frameworks/libbase.dylib
expect 'a program is an executable' 3 '' "vafit: $inside/Frameworks/libbase.dylib: no executable, which --program needs"

# What Info.plist says.
expect_bad() { # NAME FILE WHAT
    run "$VAFIT" check Bad.app
    expect "$1" 3 '' "vafit: $2: $3"
}
mkdir -p Bad.app/Contents
expect_bad 'a folder without programs' Bad.app 'no program is below this folder: no Mach-O executable'
run "$VAFIT" check Bad.app --arch arm64
expect 'of one architecture' 3 '' 'vafit: Bad.app: no program for arm64 is below this folder: no Mach-O executable'
info Bad.app/Contents/Info.plist Missing
expect_bad 'an executable that is not there' Bad.app/Contents/Info.plist \
    'CFBundleExecutable: there is no Bad.app/Contents/MacOS/Missing'
info Bad.app/Contents/Info.plist ../../../etc/passwd
expect_bad 'an executable elsewhere' Bad.app/Contents/Info.plist \
    "CFBundleExecutable: '../../../etc/passwd' is no file's name"
head -c 60 "$kit/Resources/Info.plist" >Bad.app/Contents/Info.plist
expect_bad 'a binary list that is cut off' Bad.app/Contents/Info.plist \
    'binary property list: its trailer has sizes that no list has'
printf '<plist><dict><key>a</key></dict></plist>' >Bad.app/Contents/Info.plist
expect_bad 'an XML list that is wrong' Bad.app/Contents/Info.plist 'property list: byte 32: a key without a value'
mkdir -p Bad.app/Contents/MacOS && cp $inside/MacOS/Thing Bad.app/Contents/MacOS/Bad
printf '<plist><dict/></plist>' >Bad.app/Contents/Info.plist
judged Bad.app --search $inside/Frameworks
expect_same 'without a name the bundle has it' <(echo "Bad.app/Contents/MacOS/Bad 4 Bad") .judged
info Bad.app/Contents/Info.plist start && printf '#!/bin/sh\n' >Bad.app/Contents/MacOS/start
judged Bad.app --search $inside/Frameworks
expect_same 'a script that starts the program' <(echo "Bad.app/Contents/MacOS/Bad 4 Bad") .judged

# The other verbs.
run "$VAFIT" why Thing.app libbase.dylib --format json
expect 'why: for each program' 0 -
expect_same 'why: all three' <(sed 's/ .*//' three) <(grep -o '"executable": "[^"]*' .out | cut -d '"' -f 4)
run "$VAFIT" fix Thing.app --dry-run --profile macos-26
expect 'fix: nothing to do' 0 -
run "$VAFIT" consolidate Thing.app --dry-run
expect 'consolidate: a plan' 0 -
expect_true 'consolidate: of all three programs' grep -q worker .out
run "$VAFIT" fix $inside/PlugIns/Plug.bundle --program Thing.app --out-dir out
expect 'a plug-in is not copied' 2 '' "vafit: --program: give fix --out-dir the program itself
vafit: see \`vafit help fix\`"
