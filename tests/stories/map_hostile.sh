# map: names that try to be markup, and more images than anybody has: well-formed, bounded, quick.
. "$(dirname "$0")/../lib/story.sh"
export PYTHONDONTWRITEBYTECODE=1

# Names of dylibs: markup, quotes, an end of a script, control characters, no UTF-8, and as long as a file system takes.
cat >names.py <<'END'
names = [b'"><script>alert(1)<', b"' onload='alert(2)", b"</title></svg><script>alert(3)<", b"&lt;b&gt; ]]> <!--", b"a\x01\x1b[31m\x7f\xc2\x9b",
         b"\xff\xfe\xc3\x28", "\u202egnp.\ufffe\uffff".encode(), b"n" * 250, "\u754c".encode() * 80, b"{}</style>", b"%s%n"]
for name in names:
    print(name.hex())
END
python3 names.py >names
arguments=()
while read -r name; do
    name=$(printf '%s' "$name" | sed 's/../\\x&/g')
    name=$(printf "$name.")
    "$MAKE_MACHO" image --out "$name" --type dylib --id "@rpath/$name" --text 20000000 || fail 'made' <<<"$name"
    arguments+=(--load "@rpath/$name")
done <names
"$MAKE_MACHO" image --out main --text 65536 --rpath @loader_path "${arguments[@]}"
for format in svg html; do
    run "$VAFIT" map main -o map.$format
    expect "hostile names, $format" 0 '' ''
done
cat >check.py <<'END'
import html.parser, sys
import xml.etree.ElementTree as xml
count = int(sys.argv[1])
root = xml.parse("map.svg").getroot()
tags = {element.tag.split("}")[1] for element in root.iter()}
assert tags == {"svg", "title", "desc", "style", "defs", "pattern", "rect", "line", "text", "g"}, tags
groups = [group for group in root.iter("{http://www.w3.org/2000/svg}g") if group.get("class") == "image"]
assert len(groups) == count, len(groups)
for element in root.iter():
    assert not any(name.lower().startswith("on") or "href" in name for name in element.keys()), element.attrib
    for text in [element.text or ""] + list(element.attrib.values()):
        assert all(c >= " " or c == "\n" for c in text) and not any(0x7f <= ord(c) < 0xa0 or ord(c) in (0xfffe, 0xffff) for c in text), text
class Parser(html.parser.HTMLParser):
    tags, rows, inside = [], 0, None
    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.rows += tag == "tr" and any(name == "data-name" for name, _ in attributes)
        for name, value in attributes:
            assert not name.startswith("on") and name not in ("src", "href", "srcset", "action"), (name, value)
parser = Parser()
parser.feed(open("map.html", encoding="utf-8").read())
assert parser.tags.count("script") == 1 and parser.tags.count("style") == 1 and parser.tags.count("svg") == 2, parser.tags
assert parser.rows == count, parser.rows
assert not {"img", "link", "iframe", "object", "b"} & set(parser.tags)
END
run python3 check.py $(($(wc -l <names) + 1))
expect 'no name is markup, and all are there' 0 '' ''
expect_true 'a long name is shortened' sh -c '! grep -q nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn map.svg map.html'

# report COUNT PYTHON: a report of so many images, each at and of what the expression says, by its number i.
report() {
    python3 - "$1" "$2" <<'END'
import json, sys
place = eval("lambda i: " + sys.argv[2])
print(json.dumps({"bug_type": "309", "os_version": "macOS 26.3 (25D125)"}))
print(json.dumps({"cpuType": "ARM-64", "procName": "x" * 5000, "usedImages": [
    {"source": "P", "base": place(i)[0], "size": place(i)[1], "name": "lib%d<&\"'>.dylib" % i} for i in range(int(sys.argv[1]))]}))
END
}
# drawn NAME MOST: it is, within ten seconds, with sanitizers, in at most so many bytes; and both parse.
drawn() {
    for format in svg html; do
        run timeout 10 "$VAFIT" map report -o many.$format
        expect "$1, $format" 0 '' ''
        expect_true 'bounded' test "$(stat -c %s many.$format)" -le "$2"
    done
    run python3 "$TESTS/lib/map_svg.py" images many.svg
    expect 'well-formed' 0 - ''
}
report 4000 '(12 * 2**30 + i * 2**20, 2**20 - 4096)' >report
drawn '4,000 images' 3000000
expect_true 'all of them are drawn' test "$(wc -l <.out)" = 4000
run python3 "$TESTS/lib/map_svg.py" scale many.svg
expect 'and to scale' 0 '' ''
report 4000 '(i * 0x3fffffffffffff % 2**64, 2**40 * (i % 7))' >report
drawn 'images all over 64 bits' 12000000
report 300 '(2**64 - 1 - i, 2**64 - 1)' >report
drawn 'images that end past all addresses' 2000000
report 1024 '(2**64 - 2**30 + i * 2**20, 2**20)' >report
drawn 'images up to the last address' 1000000
expect_true 'all of them are drawn' test "$(wc -l <.out)" = 1024
run python3 "$TESTS/lib/map_svg.py" scale many.svg
expect 'and to scale' 0 '' ''
report 3000 '(5 * 2**30, 2**63)' >report
drawn 'images over each other' 16000000
report 40 '(16 * 2**30 + i * 2**34, 1)' >report
drawn 'images of one byte, far from each other' 100000
