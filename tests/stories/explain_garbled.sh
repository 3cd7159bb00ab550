# explain: whatever a report is made of, it ends within a second, with an answer or a refusal.
. "$(dirname "$0")/../lib/story.sh"
export PYTHONDONTWRITEBYTECODE=1

python3 "$TESTS/lib/explained.py" garbled "$VAFIT" 1 2000 >found 2>&1
expect_same '2,000 garbled reports' /dev/null found

# hostile NAME SCRIPT CHECK: a report that Python prints, and what jq finds true of the answer.
hostile() {
    python3 -c "$2" >report
    run "$VAFIT" explain report --format json
    expect "$1: is read" 0 - ''
    expect_true "$1: $3" jq -e "$3" .out
}
hostile 'a hundred thousand images' 'import json
print(json.dumps({"asi": {"a": ["pointer range initial reservation failed"]}, "usedImages": [{"base": 12 * 2**30 + i * 65536, "size": 16384, "name": "l%d" % i} for i in range(100000)]}))' \
    '(.images | length) == 100000 and .is_size == true'
hostile 'numbers that are none of 64 bits' 'print("""{"exception": {"type": "E"}, "usedImages": [{"base": 18446744073709551616, "size": 1, "name": "a"}, {"base": -1, "name": "b"}, {"base": 1e9, "name": "c"},
{"base": 18446744073709551615, "size": 18446744073709551615, "name": "d"}, {"base": 4294967296, "size": 0, "name": "e"}], "sharedCache": {"base": 18446744073709551615, "size": 2}}""")' \
    '(.images | map(.name)) == ["d", "e"]'
hostile 'members twice' 'print("""{"procName": "A", "procName": "B", "exception": {"type": "E"}, "bug_type": "309", "bug_type": "298"}""")' \
    '.process == "A" and .cause == "unknown"'
hostile 'images in one place' 'import json
print(json.dumps({"procName": "a", "asi": {"a": ["pointer range initial reservation failed"]}, "usedImages": [{"base": 17179869184, "size": 2**40, "name": "l"}] * 1000}))' \
    '.layout.slots_hit == 736 and .layout.beyond == 1000'
hostile 'deep nesting' 'print("{\"procName\": \"Demo\", \"x\": " + "[" * 1000000 + "]" * 1000000 + ", \"bug_type\": \"309\"}")' '.process == "Demo"'
hostile 'nesting that never ends' 'print("{\"procName\": \"Demo\", \"x\": " + "{\"a\":[" * 1000000)' '.process == "Demo"'
hostile 'a long key, and a long path' 'print("{\"procName\": \"Demo\", \"" + "k" * 100000 + "\": {\"" + "l" * 300 + "\": 1}, \"termination\": {\"namespace\": \"DYLD\", \"code\": 1}}")' \
    '.cause == "library-missing"'
hostile 'NUL bytes' 'print("{\"procName\": \"De\0mo\", \0\"exception\": {\"type\": \"E\"}}")' '.process == "Demo"'
hostile 'control characters' 'print("{\"procName\": \"De\\u001b[31mmo\\u0000\", \"exception\": {\"type\": \"\\ud800\\udc00\"}}")' '.cause == "unknown"'
run "$VAFIT" explain report
expect_true 'which are spelled out' grep -q '^De\\x1b\[31mmo' .out
hostile 'blanks without end' 'print("{\"procName\": \"Demo\"," + " " * 5000000 + "\"termination\": {\"namespace\": \"DYLD\"" + "\n" * 5000000 + "}}")' '.cause == "other"'
hostile 'words that almost match' 'print("{\"asi\": {\"a\": [\"" + "pointer range initial " * 50000 + "\"]}}")' '.cause == "unknown"'
