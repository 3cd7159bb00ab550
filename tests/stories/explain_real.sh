# explain: the layouts of real reports (tests/data/placements.jsonl), in each of the forms that can hold them.
. "$(dirname "$0")/../lib/story.sh"

# reports FOLDER: each record as .ips and as text, or, where all of its images is known, as Ruby's map.
cat >reports.py <<'END'
import json, sys
for number, line in enumerate(open(sys.argv[1])):
    record = json.loads(line)
    if not record["exe"]:
        images = []
    else:
        images = [record["exe"]] + record["images"]
    cache = record["cache"]
    if record.get("kind") == "ruby-memory-map":
        with open("%02d.ruby" % number, "w") as out:
            print("ruby 3.3.0 [arm64-darwin23]\n* Process memory map:\n", file=out)
            for image in sorted(images, key=lambda image: image["base"]):
                start = image["base"]
                for protection, size in image.get("segments", [("r-x", image["text"]), ("r--", image["vm"] - image["text"])]):
                    print("%x-%x %s /opt/%s" % (start, start + size, protection, image["name"]), file=out)
                    start += size
            print("\n* end", file=out)
        continue
    used = [{"source": "P", "base": image["base"], "size": image["text"], "name": image["name"]} for image in images]
    used.append({"source": "P", "base": cache["base"] + 4096, "size": 4096, "name": "libsystem_kernel.dylib"})
    with open("%02d.ips" % number, "w") as out:
        print(json.dumps({"bug_type": "309", "os_version": record["os"]}), file=out)
        print(json.dumps({"cpuType": "ARM-64", "usedImages": used, "sharedCache": cache}), file=out)
    with open("%02d.text" % number, "w") as out:
        print("OS Version: %s\nException Type: EXC_CRASH (SIGABRT)\nBinary Images:" % record["os"], file=out)
        for image in used:
            print("0x%x - 0x%x %s (*) <%032x> /opt/%s" % (image["base"], image["base"] + image["size"] - 1, image["name"], 1, image["name"]), file=out)
        print("\nEOF", file=out)
END
python3 reports.py "$TESTS/data/placements.jsonl"
for report in ??.*; do
    "$VAFIT" explain "$report" --format json | jq -r --arg report "$report" '[$report, .cause, .layout.profile, .layout.complete, (.images | length),
        .layout.top, .layout.beyond, .layout.slots_hit] | map(tostring) | join(" ")'
done >found
# What Python makes of the same file: all images outside the cache, where the last ends, and that it is below the window.
cat >wanted.py <<'END'
import json, sys
GIB = 1 << 30
for number, line in enumerate(open(sys.argv[1])):
    record = json.loads(line)
    images = [record["exe"]] + record["images"] if record["exe"] else []
    version = int("".join(c for c in record["os"].split(".")[0] if c.isdigit())[:2])
    profile = "macos-%d" % max(version, 15)
    ruby = record.get("kind") == "ruby-memory-map"
    ends = [image["base"] + image.get("vm", image["text"]) for image in images]
    limit = {26: 16 * GIB, 27: 454 * GIB}.get(version)
    beyond = "null" if limit is None or not images else str(sum(end > limit for end in ends))
    for form in ["ruby"] if ruby else ["ips", "text"]:
        # A text has no images to say that none is missing, but an end of its own.
        print("%02d.%s unknown %s true %d %s %s %s" % (number, form, profile, len(images), max(ends) if ends else "null", beyond, beyond))
END
python3 wanted.py "$TESTS/data/placements.jsonl" >wanted
expect_same 'images, and where they end' wanted found
expect_true 'all seventeen' test "$(sed 's/\..*//' found | sort -u | wc -l)" = 17
# 15.6.1 puts late plug-ins above 12 GiB; 26.3 leaves them low.
run "$VAFIT" explain 00.ips
expect_true 'past where 26 has its window, which 15 has not' grep -qx '  they end at or above 18\.84 GiB' .out
run "$VAFIT" explain 02.ips
expect_true 'none past the limit under 26' grep -qx \
    "  they end at or above 4\.75 GiB, 0 of them past 16\.00 GiB, where malloc's window begins under macos-26" .out
