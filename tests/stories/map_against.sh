# map --against: two maps side by side, with one scale: before and after a fix, two programs, a report and its program.
. "$(dirname "$0")/../lib/story.sh"

svg() {
    PYTHONDONTWRITEBYTECODE=1 python3 "$TESTS/lib/map_svg.py" "$@"
}
MIB=1048576
# program FOLDER LINKEDIT: an executable and two dylibs whose __LINKEDIT has so many MiB.
program() {
    mkdir -p "$1"
    for name in libone libtwo; do
        "$MAKE_MACHO" image --out "$1/$name.dylib" --type dylib --id "@rpath/$name.dylib" --segment __TEXT=0+$((64 * MIB)) \
            --segment __LINKEDIT=$((64 * MIB))+$(($2 * MIB))
    done
    "$MAKE_MACHO" image --out "$1/app" --text $MIB --rpath @loader_path --load @rpath/libone.dylib --load @rpath/libtwo.dylib
}
program before 2250
program after 500
run "$VAFIT" map before/app --against after/app -o both.svg
expect 'before and after' 0 '' ''
run svg scale both.svg
expect 'both are to scale' 0 '' ''
svg texts both.svg >texts
svg images both.svg >found
expect_true 'the first does not fit' grep -qx 'does not fit under macos-26' texts
expect_true 'the second does' grep -qx 'fits under macos-26' texts
expect_true 'equal names are told apart by their folders' test "$(grep -cxE '(before|after)/app' texts)" = 2
for map in before after; do
    run "$VAFIT" map $map/app -o $map.svg
    svg images $map.svg
done >wanted
expect_same 'the images of both' wanted found
expect_true 'one legend' test "$(grep -cx 'blocked places' texts)" = 1
svg blocked both.svg | tr '\n' ' ' >found
blocked() {
    "$VAFIT" check "$1" --profile macos-26 --format json | jq .programs[0].malloc_window.slots_hit
}
expect_true 'as many places as check has, of each' test "$(cat found)" = "$(blocked before/app) $(blocked after/app) "
expect_true 'which is some and none' test "$(blocked before/app)" -gt 0 -a "$(blocked after/app)" = 0

# A bar for each of the heaviest, by one scale: 2250 MiB are 4.5 times 500 MiB.
python3 - both.svg >found <<'END'
import sys
import xml.etree.ElementTree as xml
bars = [shape for shape in xml.parse(sys.argv[1]).getroot().iter("{http://www.w3.org/2000/svg}rect")
        if "dylib-linkedit" in shape.get("class") and shape.get("height") == "13"]
print(round(float(bars[0].get("width")) / float(bars[3].get("width")), 2))
END
expect_true 'the bars of the heaviest compare' test "$(cat found)" = 4.5

# Names of users are not shown.
mkdir -p Users/josephine
mv before Users/josephine/first && mv after Users/josephine/second
run "$VAFIT" map "$PWD/Users/josephine/first/app" --against "$PWD/Users/josephine/second/app" -o both.svg
expect_true 'no name of a user' sh -c '! grep -q josephine both.svg'
expect_true 'but what tells them apart' grep -q 'second/app<' both.svg

# A report beside a program.
python3 "$TESTS/lib/crash_report.py" ips malloc >report.ips
run "$VAFIT" map report.ips --against Users/josephine/second/app -o both.html
expect 'a report and a program' 0 '' ''
expect_true 'with a listbox for each, and one of parts' test "$(grep -c 'role="listbox"' both.html)" = 3
expect_true 'of the report no parts are known' grep -q 'A report does not tell the parts of __LINKEDIT' both.html
run "$VAFIT" map --against report.ips -o both.svg
expect 'one alone is not enough' 2 '' "vafit: map needs one executable, crash report or file of facts; --against takes another
vafit: see \`vafit help map\`"
run "$VAFIT" map gone --against report.ips -o none.svg
expect 'the first that is not there' 4 '' 'vafit: gone: cannot open: No such file or directory'
run "$VAFIT" map report.ips --against gone -o none.svg
expect 'the second that is not there' 4 '' 'vafit: gone: cannot open: No such file or directory'
expect_true 'nothing is written' test ! -e none.svg
