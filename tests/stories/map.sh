# map: the picture of the reported case, with every image to scale, and the same from files and from facts.
. "$(dirname "$0")/../lib/story.sh"

svg() {
    PYTHONDONTWRITEBYTECODE=1 python3 "$TESTS/lib/map_svg.py" "$@"
}

"$MAKE_MACHO" component --shape simple --out build >/dev/null
run "$VAFIT" map build/browser_tests -o map.svg
expect 'the reported case is drawn, though it does not fit' 0 '' ''
run svg scale map.svg
expect 'every image is where its address puts it' 0 '' ''
run "$VAFIT" map build/browser_tests -o again.svg
expect_same 'the same bytes each time' map.svg again.svg
run "$VAFIT" map build/browser_tests
expect_same 'and when it is printed' map.svg .out

# Where check puts them, at no slide: a profile without slides makes that the worst of all.
jq -n '{schema: "vafit.profile/1", name: "unslid", based_on: "macos-26", arm64: {slide_most: 0}}' >unslid.json
run "$VAFIT" map build/browser_tests -o unslid.svg --profile unslid.json
expect 'a profile of its own' 0 '' ''
svg images unslid.svg >found
"$VAFIT" check build/browser_tests --format json --profile unslid.json >check.json
jq -r '.programs[0].images | sort_by(.address)[] | "\(.address) \(.va) \(.path)"' check.json |
    while read -r address size path; do printf '0x%x %s %s\n' "$address" "$size" "${path##*/}"; done >wanted
expect_same 'the images that check has, where it has them' wanted found
expect_true 'all 517' test "$(wc -l <found)" = 517

# What the report says stands in the picture.
svg texts map.svg >texts
"$VAFIT" check build/browser_tests --format json --top 0 >check.json
slots=$(jq '.programs[] | select(.profile == "macos-26") | .malloc_window.slots_hit' check.json)
expect_true 'as many places are blocked as check says' test "$(svg blocked map.svg)" = "$slots"
gib() { awk -v bytes="$1" 'BEGIN { printf "%.2f GiB", bytes / 1073741824 }'; }
top=$(jq '.programs[] | select(.profile == "macos-26") | .placement.top_slid' check.json)
while read -r text; do
    expect_true "it says: $text" grep -qxF "$text" texts
done <<END
browser_tests
arm64, macos-26; 517 images of 6.19 GiB, placed by vafit's model at a slide of 80.0 MiB
does not fit under macos-26
images end at $(gib "$top")
limit 16.00 GiB
__PAGEZERO
shared region
malloc window
Every image where it lands: a row is 1.00 GiB, a tick 128.0 MiB
browser_tests 1.54 GiB
main stack 64.0 MiB
1.54 GiB, __LINKEDIT 1.04 GiB
malloc reserves 24.00 GiB: $slots of 736 places are blocked, 2.17 % of launches abort
blocked places
END
# The eight heaviest, by their sizes.
jq -r '.programs[0].images | sort_by(-.va)[:8][] | "\(.path | split("/") | last)"' check.json >wanted
expect_true 'there are eight heaviest' test "$(wc -l <wanted)" = 8
while read -r name; do
    expect_true "$name is listed among the heaviest" grep -qxF "$name" texts
done <wanted
# Ticks of the overview: 1 GiB is as long before the shared region as behind it.
cat >ticks.py <<'END'
import sys
import xml.etree.ElementTree as xml
at = {text.text: float(text.get("x")) for text in xml.parse(sys.argv[1]).getroot().iter("{http://www.w3.org/2000/svg}text")
      if "muted" in text.get("class")}
gib = at["5"] - at["4.5"] + at["5.5"] - at["5"]
for first, last, count in ("12", "13", 1), ("12", "16", 4), ("5", "5.5", 0.5):
    assert abs(at[last] - at[first] - count * gib) < 0.05, (first, last)
assert at["12"] - at["6"] < 3 * gib and at["4"] - at["0"] < 3 * gib
END
run python3 ticks.py map.svg
expect 'the overview is to scale but for its breaks' 0 '' ''

# The same from facts, as an operand and by name.
"$VAFIT" scan build/* -o facts.json
for format in svg html; do
    "$VAFIT" map build/browser_tests -o "map.$format"
    run "$VAFIT" map facts.json -o "facts.$format"
    expect "facts are drawn, $format" 0 '' ''
    expect_same 'as the files are' "map.$format" "facts.$format"
    jq -S . facts.json >sorted.json
    run "$VAFIT" map sorted.json -o "sorted.$format"
    expect_same 'also with their members sorted' "map.$format" "sorted.$format"
    run "$VAFIT" map build/browser_tests --facts facts.json -o "named.$format"
    expect_same 'and by their name' "map.$format" "named.$format"
done

# macOS 27 has another layout, and room.
run "$VAFIT" map build/browser_tests --profile macos-27 -o map27.svg
svg texts map27.svg >texts
expect_true 'macOS 27 has room' grep -qx 'fits under macos-27' texts
expect_true 'its limit is another' grep -qx 'limit 454.00 GiB' texts
expect_true 'no place is blocked' test "$(svg blocked map27.svg 1088)" = 0
run svg scale map27.svg
expect 'and its rows are to scale' 0 '' ''
run "$VAFIT" map build/browser_tests --limit 15GiB -o limit.svg
expect_true 'another limit' grep -q '>limit 15.00 GiB<' limit.svg

# The picture that README shows.
expect_same 'docs/address-space.svg is what it draws' "$TESTS/../docs/address-space.svg" map.svg
