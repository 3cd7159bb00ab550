# map: what it is given, where it writes, and what it refuses.
. "$(dirname "$0")/../lib/story.sh"

HELP="vafit: see \`vafit help map\`"
"$MAKE_MACHO" image --out main --text 65536 --rpath @loader_path --load @rpath/liba.dylib
"$MAKE_MACHO" image --out liba.dylib --type dylib --id @rpath/liba.dylib --text 32768
"$VAFIT" map main --format svg >wanted.svg
"$VAFIT" map main --format html >wanted.html

# The format is what the name says, or --format.
for name in a.svg a.html a.htm; do
    run "$VAFIT" map main -o $name
    expect "$name" 0 '' ''
done
expect_same 'svg by its name' wanted.svg a.svg
expect_same 'html by its name' wanted.html a.html
expect_same 'and by its short one' wanted.html a.htm
run "$VAFIT" map main -o a.svg --format html
expect_same '--format comes first' wanted.html a.svg
run "$VAFIT" map main
expect_same 'svg where it is printed' wanted.svg .out
run "$VAFIT" map main -o -
expect_same 'also by -' wanted.svg .out
run "$VAFIT" map main -o /dev/stdout
expect_same 'and by /dev/stdout' wanted.svg .out
run "$VAFIT" map main -o picture.png
expect 'any other name is refused' 2 '' "vafit: --output picture.png: end its name in .svg or .html, or give --format
$HELP"
run "$VAFIT" map main -o .svg
expect 'an ending alone is no name' 2 '' "vafit: --output .svg: end its name in .svg or .html, or give --format
$HELP"
run "$VAFIT" map main --format png
expect 'any other format too' 2 '' -
touch -d 2001-01-01 a.html
run "$VAFIT" map main -o a.html
expect_true 'an equal file stays untouched' test "$(date -r a.html +%Y)" = 2001
run "$VAFIT" map main -o a.svg --depfile a.d
expect_true 'the depfile has what was read' test "$(cat a.d)" = 'a.svg: main liba.dylib'

# Nothing is written over what was read, by whatever name.
cp main main.svg
run "$VAFIT" map main.svg -o main.svg
expect 'not over the executable' 2 '' "vafit: --output main.svg: a file of that name was read
$HELP"
run "$VAFIT" map main --format svg -o ./liba.dylib
expect 'not over a dylib' 2 '' "vafit: --output ./liba.dylib: a file of that name was read
$HELP"
ln -s main link.svg
run "$VAFIT" map main -o link.svg
expect 'not through a link' 2 '' "vafit: --output link.svg: a file of that name was read
$HELP"
python3 "$TESTS/lib/crash_report.py" ips malloc >report.html
run "$VAFIT" map main --against report.html -o report.html
expect 'not over the other one' 2 '' "vafit: --output report.html: a file of that name was read
$HELP"
run "$VAFIT" map main -o b.svg --depfile main
expect 'not by the depfile' 2 '' "vafit: --depfile main: a file of that name was read
$HELP"
run "$VAFIT" map main -o b.svg --depfile b.svg
expect 'nor one over the other' 2 '' -
expect_true 'all is as it was' cmp main main.svg
expect_true 'and nothing else is there' test ! -e b.svg
run "$VAFIT" map main -o /dev/full
expect 'a full disk' 4 '' 'vafit: /dev/full: cannot write: No space left on device'

# What it is given.
run "$VAFIT" map
expect 'nothing' 2 '' "vafit: map needs one executable, crash report or file of facts; --against takes another
$HELP"
run "$VAFIT" map main liba.dylib
expect 'two' 2 '' "vafit: map needs one executable, crash report or file of facts; --against takes another
$HELP"
run "$VAFIT" map main --profile macos-26 --profile macos-27
expect 'two systems' 2 '' "vafit: map draws one system: give --profile once
$HELP"
run "$VAFIT" map gone -o b.svg
expect 'a file that is not there' 4 '' 'vafit: gone: cannot open: No such file or directory'
printf '\317\372\355\376' >short
run "$VAFIT" map short -o b.svg
expect 'a malformed executable' 3 '' -
printf '\177ELF' >linux
run "$VAFIT" map linux
expect 'a program of another system' 3 '' \
    'vafit: linux: magic: an ELF file, of Linux or another system; give the file that is built for macOS'
mkdir folder
run "$VAFIT" map folder
expect 'a folder' 3 '' 'vafit: folder: a folder that is no bundle; name the program in it'
mkdir -p App.app/Contents/MacOS
printf '<plist><dict><key>CFBundleExecutable</key><string>main</string></dict></plist>' >App.app/Contents/Info.plist
cp main liba.dylib App.app/Contents/MacOS
run "$VAFIT" map App.app
expect_same 'an application stands for its executable' wanted.svg .out
"$VAFIT" scan liba.dylib -o dylib.json
"$VAFIT" scan main short.svg -o two.json 2>/dev/null
"$VAFIT" scan main main.svg liba.dylib -o two.json
for facts in dylib two; do
    run "$VAFIT" map $facts.json
    expect "facts of no or several executables: $facts" 2 '' "vafit: $facts.json: not the facts of one executable; name it before --facts: vafit map EXECUTABLE --facts FACTS
$HELP"
done
run "$VAFIT" map main --facts two.json
expect_same 'a name tells which' wanted.svg .out
printf '{"schema": "vafit.facts/1", "images": [{}]}' >broken.json
run "$VAFIT" map broken.json
expect 'facts that are none' 3 '' "vafit: broken.json: images[0].path: not a string"
run "$VAFIT" map liba.dylib -o dylib.svg
expect 'a dylib alone, as check takes it' 0 '' ''

# What is missing is said in the picture, and on standard error.
rm liba.dylib
run "$VAFIT" map main -o missing.svg
expect 'a missing dylib' 0 '' 'vafit: main: liba.dylib was not found and is not drawn'
expect_true 'which the picture says' grep -q '>liba.dylib was not found and is not drawn<' missing.svg
run "$VAFIT" map main --allow-missing '*liba*' -o missing.svg
expect 'one that may be missing' 0 '' ''

# Names of users in what rules say are not shown: image-size names the path of an image, here one with a hole of 5 GiB.
home=/Users/josephine/libbig.dylib
"$MAKE_MACHO" image --out libbig.dylib --type dylib --id $home --text 32768
"$MAKE_MACHO" image --out app --text 65536 --load $home
"$VAFIT" scan app -o app.json
"$VAFIT" scan libbig.dylib --as $home |
    jq '.images[0].slices[0].segments |= map(if .name == "__LINKEDIT" then .address += 5368709120 else . end)' >big.json
run "$VAFIT" map app --facts app.json big.json --format html -o big.html
expect 'an image of more than 4 GiB' 0 '' ''
expect_true 'is told by its path' grep -q '/Users/USER/libbig.dylib has 5.00 GiB' big.html
expect_true 'without whose it is' sh -c '! grep -q josephine big.html'
