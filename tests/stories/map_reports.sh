# map: crash reports, at the addresses that they have: made ones, and the real layouts of tests/data/placements.jsonl.
. "$(dirname "$0")/../lib/story.sh"
export PYTHONDONTWRITEBYTECODE=1

svg() {
    python3 "$TESTS/lib/map_svg.py" "$@"
}
python3 "$TESTS/lib/crash_report.py" ips malloc >report.ips
run "$VAFIT" map report.ips -o map.svg
expect 'a report is drawn' 0 '' ''
run svg scale map.svg
expect 'to scale' 0 '' ''
svg texts map.svg >texts
"$VAFIT" explain report.ips --format json >explained.json
expect_true 'as many blocked places as explain has' test "$(svg blocked map.svg)" = "$(jq .layout.slots_hit explained.json)"
jq -r '.images | sort_by(.observed)[] | "\(.observed) \(.text_size) \(.name)"' explained.json |
    while read -r address size name; do printf '0x%x %s %s\n' "$address" "$size" "$name"; done >wanted
svg images map.svg >found
expect_same 'the images that explain has' wanted found
while read -r text; do
    expect_true "it says: $text" grep -qxF "$text" texts
done <<'END'
Demo
crash report, macOS 26.3 (25D125); 466 images where they were seen, of which only __TEXT is known
Demo ended at launch: malloc could not reserve its address space
images end at or above 16.46 GiB
not known
END
expect_true 'what a report does not tell is not called free' test "$(grep -c '^free' texts)" = 0
run sh -c '"$0" map - -o - <report.ips' "$VAFIT"
expect_same 'from standard input the same' map.svg .out
sed 's/^/> /' report.ips >quoted.ips
run "$VAFIT" map quoted.ips
expect_same 'and pasted' map.svg .out
run "$VAFIT" map report.ips -o map.html
expect_true 'the page says so too' grep -q 'at least 8.0 MiB at 0x' map.html

for case in missing missing-at-home at-home; do
    for form in ips text; do
        python3 "$TESTS/lib/crash_report.py" $form $case >home.report
        run "$VAFIT" map home.report -o home.html
        expect "a report from somebody's home: $form, $case" 0 '' ''
        expect_true 'without whose it is' sh -c 'grep -q alice home.report && ! grep -q alice home.html'
    done
done

# Each real layout as a report.
cat >reports.py <<'END'
import json, sys
for number, line in enumerate(open(sys.argv[1])):
    record = json.loads(line)
    images = [record["exe"]] + record["images"] if record["exe"] else []
    with open("%02d.wanted" % number, "w") as out:
        for image in sorted(images, key=lambda image: (image["base"], image.get("vm", image["text"]))):
            print("0x%x %d" % (image["base"], image.get("vm", image["text"])), file=out)
    if record.get("kind") == "ruby-memory-map":
        with open("%02d.report" % number, "w") as out:
            print("ruby 3.3.0 [arm64-darwin23]\n* Process memory map:\n", file=out)
            for image in sorted(images, key=lambda image: image["base"]):
                start = image["base"]
                for protection, size in image.get("segments", [("r-x", image["text"]), ("r--", image["vm"] - image["text"])]):
                    print("%x-%x %s /opt/%s" % (start, start + size, protection, image["name"]), file=out)
                    start += size
            print("\n* end", file=out)
        continue
    cache = record["cache"]
    used = [{"source": "P", "base": image["base"], "size": image["text"], "name": image["name"],
             "path": "/Users/josephine/" + image["name"]} for image in images]
    with open("%02d.report" % number, "w") as out:
        print(json.dumps({"bug_type": "309", "os_version": record["os"]}), file=out)
        print(json.dumps({"cpuType": "ARM-64", "procPath": "/Users/josephine/app", "usedImages": used, "sharedCache": cache}), file=out)
END
python3 reports.py "$TESTS/data/placements.jsonl"
expect_true 'all seventeen' test "$(echo ??.report | wc -w)" = 17
for report in ??.report; do
    number=${report%.report}
    run "$VAFIT" map "$report" -o "$number.svg"
    expect "layout $number is drawn" 0 '' ''
    svg images "$number.svg" | cut -d' ' -f1,2 >found
    expect_same 'each image at its address' "$number.wanted" found
    [ -s found ] || continue
    run svg scale "$number.svg"
    expect 'and to scale' 0 '' ''
    run "$VAFIT" map "$report" -o "$number.html"
    expect_true 'without the name of a user' sh -c '! grep -l josephine "$0.svg" "$0.html"' "$number"
done
python3 "$TESTS/lib/crash_report.py" message null-cache >words
run "$VAFIT" map words -o words.svg
expect 'a message alone has no images' 0 '' ''
expect_true 'which the picture says' grep -q '; 0 images where they were seen<' words.svg
printf 'no report\n' >text
run "$VAFIT" map text -o none.svg
expect 'what is no report' 3 '' "$("$VAFIT" explain text 2>&1)"
expect_true 'nothing is written' test ! -e none.svg
