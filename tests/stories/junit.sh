# check --format junit: what a reader of XML finds in it, whatever names hold.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"

# The report as lines, as Python's parser (expat) has it: a line an element, with its attributes and text.
cat >read.py <<'END'
import sys, xml.etree.ElementTree as tree
def show(element, depth):
    attributes = " ".join(f"{name}=[{value}]" for name, value in element.attrib.items())
    print("  " * depth + element.tag, attributes)
    for line in (element.text or "").strip().splitlines():
        print("  " * depth + "  |" + line)
    for child in element:
        show(child, depth + 1)
show(tree.parse(sys.stdin.buffer).getroot(), 0)
END

"$MAKE_MACHO" image --out liba.dylib --type dylib --id @rpath/liba.dylib --text 16384 --symbols 10 --misaligned-strings
"$MAKE_MACHO" image --out main --text 16384 --rpath @loader_path --load @rpath/liba.dylib --load @rpath/libgone.dylib \
    --load @rpath/libgone2.dylib
run "$VAFIT" check main --profile macos-15 --profile macos-26 --rule image-size=off --format junit
expect 'a program that misses dylibs' 3 - ''
cp .out report.xml
python3 read.py <report.xml | sed 's/what to do: .*/what to do/' >found
missing() {
    echo "main asks for @rpath/libgone$1.dylib, which was not found; tried libgone$1.dylib (no such file)"
}
misaligned=$("$VAFIT" check main --profile macos-26 --format json --exit-zero |
    jq -r '.programs[0].findings[] | select(.rule == "linkedit-alignment") | .message')
# suite PROFILE SKIPPED CASES
suite() {
    cat <<END
  testsuite name=[main (arm64, $1)] tests=[6] failures=[1] errors=[0] skipped=[$2]
$3
    testcase classname=[main (arm64, $1)] name=[shared-region]
    testcase classname=[main (arm64, $1)] name=[image-size]
      skipped message=[switched off]
    testcase classname=[main (arm64, $1)] name=[linkedit-alignment]
      system-out 
        |$misaligned
        |  what to do
    testcase classname=[main (arm64, $1)] name=[unresolved]
      failure type=[error] message=[$(missing ''); and 1 more]
        |$(missing '')
        |  what to do
        |$(missing 2)
        |  what to do
END
}
window=$("$VAFIT" check main --profile macos-15 --format json --exit-zero |
    jq -r '.programs[0].findings[] | select(.level == "not-applicable") | "\(.rule) \(.message)"')
{
    echo 'testsuites name=[vafit] tests=[12] failures=[2] errors=[0] skipped=[4]'
    suite macos-15 3 "$(printf '%s\n' "$window" | while read -r rule message; do
        echo "    testcase classname=[main (arm64, macos-15)] name=[$rule]"
        echo "      skipped message=[$message]"
    done)"
    suite macos-26 1 '    testcase classname=[main (arm64, macos-26)] name=[image-sum]
    testcase classname=[main (arm64, macos-26)] name=[malloc-window]'
} >wanted
expect_same 'suites, cases, a failure, what is skipped, and a warning' wanted found

# Of each rule the level of JSON, in every order of programs.
run "$VAFIT" check liba.dylib main --limit 1GiB --format json --exit-zero
jq -r '.programs[] | . as $program | .findings | group_by(.rule)[] | (map(.level) |
    if any(. == "error") then "failure" elif any(. == "warning") then "system-out" elif any(. == "pass") then "" else "skipped" end) as $level |
    "\($program.executable) (\($program.arch), \($program.profile)) \(.[0].rule) \($level)"' .out | sort >wanted
run "$VAFIT" check liba.dylib main --limit 1GiB --format junit -o deep/report.xml --exit-zero
expect 'to a file' 0 '' ''
python3 -c '
import sys, xml.etree.ElementTree as tree
for case in tree.parse(sys.argv[1]).iter("testcase"):
    print(case.get("classname"), case.get("name"), case[0].tag if len(case) else "")' deep/report.xml | sort >found
expect_same 'a case a rule, with the outcome that JSON has' wanted found

# Names with every byte, and with what XML 1.0 cannot hold in UTF-8; and how each is read again.
cat >names.py <<'END'
def read_again(byte):
    if byte < 0x20 or 0x7f <= byte < 0xa0:
        return "\\x%02x" % byte
    return chr(byte) if byte < 0x7f else "\ufffd"
NAMES = [(bytes([byte]), read_again(byte)) for byte in range(1, 256) if byte != ord("/")]
NAMES += [(b"\xc2\x85", "\\xc2\\x85"), (b"\xef\xbf\xbe", "\ufffd"), (b"\xef\xbf\xbf", "\ufffd"), (b"\xed\xa0\x80", "\ufffd" * 3)]
NAMES += [(text.encode(), text) for text in ("]]>", "--><!--", "&#0;", "%n", "\u00e9\u20ac\U0001f34e", "<failure>")]
END
python3 -c '
import sys, names
sys.stdout.buffer.write(b"".join(b"x" + name + b"\0" for name, _ in names.NAMES))' >names
while IFS= read -r -d '' name; do cp main "$name"; done <names
xargs -0 sh -c 'exec "$0" check "$@" --format junit --exit-zero -o all.xml --profile macos-26' "$VAFIT" <names
python3 -c '
import names, xml.etree.ElementTree as tree
wanted = ["x" + text + " (arm64, macos-26)" for _, text in names.NAMES]
found = [suite.get("name") for suite in tree.parse("all.xml").getroot()]
assert len(found) == len(wanted), len(found)
for pair in zip(wanted, found):
    assert pair[0] == pair[1], pair' >said 2>&1
expect_same 'each name is read again, or spelled out' /dev/null said
if command -v xmllint >/dev/null; then
    run xmllint --noout report.xml deep/report.xml all.xml
    expect 'xmllint finds it well formed' 0 '' ''
else
    skip 'xmllint finds it well formed' 'there is no xmllint'
fi
