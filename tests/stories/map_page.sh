# map: the page holds the picture's numbers as tables and __LINKEDIT by part, and needs nothing from elsewhere.
. "$(dirname "$0")/../lib/story.sh"

"$MAKE_MACHO" component --shape simple --out build --density 1 >/dev/null
run "$VAFIT" map build/browser_tests -o map.html
expect 'a page is written' 0 '' ''
"$VAFIT" check build/browser_tests --profile macos-26 --top 600 --format json >check.json

cat >page.py <<'END'
"""page.py PAGE: its tables as {caption: rows of cells}, its texts, its scripts, and what its elements name."""
import html.parser
import re

class Page(html.parser.HTMLParser):
    VOID = {"meta", "input"}

    def __init__(self, path):
        super().__init__()
        self.tables, self.texts, self.elements, self.open, self.cells = {}, {}, [], [], None
        self.feed(open(path, encoding="utf-8").read())
        assert not self.open, self.open

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "caption":
            self.rows = []
        elif tag == "tr":
            self.cells = []
            self.rows.append(self.cells)
        elif tag in ("td", "th"):
            self.cells.append("")

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        tag = self.open[-1] if self.open else None
        if tag == "caption":
            self.tables[data] = self.rows
        elif tag in ("td", "th"):
            self.cells[-1] += data
        self.texts.setdefault(tag, []).append(data)
END
cat >check.py <<'END'
import base64, hashlib, json
from page import Page
page, program = Page("map.html"), json.load(open("check.json"))["programs"][0]
GIB = 1 << 30

def expect(name, good):
    print(("ok" if good else "not ok") + " - map_page: " + name)

# The images, by address.
rows = page.tables["Images by address"]
expect("the columns of images", rows[0] == ["Image", "Address", "End", "Size", "__LINKEDIT", "Past the limit"])
expect("a row for each of 517", len(rows) == 518)
sizes = sorted((image["path"].split("/")[-1], image["va"]) for image in program["images"])
expect("with the sizes that check has", sorted((row[0], int(row[2], 16) - int(row[1], 16)) for row in rows[1:]) == sizes)
expect("none overlaps the next", all(int(a[2], 16) <= int(b[1], 16) for a, b in zip(rows[1:], rows[2:])))
expect("the last ends where check says", max(int(row[2], 16) for row in rows[1:]) == program["placement"]["top_slid"])
expect("as many are past the limit", sum(row[5] == "yes" for row in rows[1:]) == program["placement"]["beyond"])

# The places.
rows = page.tables["Places at which malloc's window may begin"]
expect("all places", rows[1] == ["all", "0x400000000", hex(16 * GIB + 735 * (32 << 20)), "736"])
expect("those that are blocked", sum(int(row[3]) for row in rows[2:]) == program["malloc_window"]["slots_hit"])
system = {row[0]: (int(row[1], 16), int(row[2], 16)) for row in page.tables["What the system takes"][1:]}
expect("the shared region", system["shared region"] == (6 * GIB, 12 * GIB))
expect("__PAGEZERO, and the slide behind it", system["__PAGEZERO"] == (0, 4 * GIB) and system["slide"][0] == 4 * GIB)
# The executable and dyld's copy end at 5.63 GiB, past where the stack would begin: 5.75 GiB less the slide and 64 MiB.
expect("the stack behind dyld, as its place is taken", system["main stack"] == (system["dyld"][1], system["dyld"][1] + (64 << 20)))

# __LINKEDIT: the parts add up to what check has, in the table and in the treemap.
parts = {}
for image in program["images"]:
    for name, bytes in image["parts"].items():
        parts[name.replace("_", " ")] = parts.get(name.replace("_", " "), 0) + bytes
rows = page.tables["__LINKEDIT by part"]
expect("the parts", {row[0]: int(row[1]) for row in rows[1:]} == {name: bytes for name, bytes in parts.items() if bytes})
expect("the largest first", [int(row[1]) for row in rows[1:]] == sorted((int(row[1]) for row in rows[1:]), reverse=True))
boxes = [element[1] for element in page.elements if element[0] == "rect" and element[1].get("class") == "part"]
total = sum(parts.values())
area = sum(float(box["width"]) * float(box["height"]) for box in boxes)
shares = [float(box["width"]) * float(box["height"]) / area for box in boxes]
wanted = [bytes / total for bytes in sorted(parts.values(), reverse=True) if bytes]
expect("a rectangle for each, of its area", len(boxes) == len(wanted) and
       all(abs(share - want) < 0.0005 for share, want in zip(shares, wanted)))

# Nothing is loaded, and only its own script may run.
names = {name for _, attributes in page.elements for name in attributes}
expect("nothing names another file", not names & {"src", "href", "srcset", "xlink:href", "action", "data"})
text = open("map.html", encoding="utf-8").read()
expect("no address of the network", "http" not in text.replace('xmlns="http://www.w3.org/2000/svg"', "").replace("http-equiv", ""))
policy = [attributes["content"] for tag, attributes in page.elements if "http-equiv" in attributes]
script = page.texts["script"]
digest = base64.b64encode(hashlib.sha256("".join(script).encode()).digest()).decode()
expect("its policy", policy == ["default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-%s'" % digest])
expect("one script", sum(tag == "script" for tag, _ in page.elements) == 1)

# One stop of the tab key in each listbox.
options = [attributes for tag, attributes in page.elements if attributes.get("role") == "option"]
expect("two listboxes", sum(attributes.get("role") == "listbox" for _, attributes in page.elements) == 2)
expect("two stops", [attributes["tabindex"] for attributes in options].count("0") == 2)
expect("each image has a name", all(attributes["data-name"] for attributes in options))
expect("each id is there once", len({a["id"] for _, a in page.elements if "id" in a}) == sum("id" in a for _, a in page.elements))
END
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=. python3 check.py 2>.err || fail 'the page could be read' <.err
rm -r build
"$MAKE_MACHO" image --out bare --text 65536
"$VAFIT" scan bare | jq '.images[0].slices[0] |= ((.parts |= map_values(0)) | .linkedit_parts = [] | .lossless = 0 | .repeated_strings = 0 | .segments |= map(select(.name != "__LINKEDIT")))' >bare.json
run "$VAFIT" map bare.json -o bare.html
expect 'an image without __LINKEDIT' 0 '' ''
expect_true 'which the page says' grep -q '<p>No image has a __LINKEDIT.</p>' bare.html
