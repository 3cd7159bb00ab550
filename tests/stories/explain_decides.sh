# explain: what a report decides by itself, and what it leaves open where it is cut.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"
export PYTHONDONTWRITEBYTECODE=1

# with_dyld ADDRESS: a report of a cache that was not mapped, with dyld's copy from disk at that address.
with_dyld() {
    python3 "$TESTS/lib/crash_report.py" ips null-cache | python3 -c '
import json, sys
header, body = sys.stdin.read().split("\n", 1)
body = json.loads(body)
body["usedImages"].insert(1, {"source": "P", "arch": "arm64", "base": int(sys.argv[1], 0), "size": 700 << 10,
                              "uuid": "00000000-0000-4000-8000-0000000000aa", "path": "/usr/lib/dyld", "name": "dyld"})
del body["sharedCache"]
print(header)
print(json.dumps(body))' "$1" >report
}
# judged WANTED: cause and whether it is the program's size, of the report.
judged() {
    run "$VAFIT" explain report --format json
    expect_true "$1" test "$(jq -r '"\(.cause) \(.is_size)"' .out)" = "$2"
}
# Demo has __TEXT up to 4.49 GiB; the shared region begins at 6 GiB, 0x180000000.
with_dyld 0x14d30c000
judged 'dyld right behind an executable that ends below 6 GiB' 'other false'
with_dyld 0x1a0000000
judged 'dyld far past 6 GiB' 'shared-region true'
with_dyld 0x180400000
judged 'dyld just past it, where its own slide may have put it' 'shared-region null'
with_dyld 0x100004000
judged 'dyld below the executable decides nothing' 'shared-region null'

# Cut before its reasons the report says "Library missing" whether it was the cache or a dylib.
python3 "$TESTS/lib/crash_report.py" ips null-cache >whole
head -c "$(grep -abo '"reasons"' whole | head -1 | cut -d: -f1)" whole >report
judged 'cut before the reasons' 'library-missing null'
python3 "$TESTS/lib/crash_report.py" ips missing >report
judged 'with the name of the library' 'library-missing false'

# Two reports are not one process.
# numbered NUMBER: a report with that number in its header and its body.
numbered() {
    python3 "$TESTS/lib/crash_report.py" ips malloc |
        sed -e "1s/^{/{\"incident_id\": \"$1\", /" -e "2s/^{/{ \"incident\": \"$1\",/"
}
numbered 0A0A0A0A-0000-4000-8000-00000000D0E0 >one
numbered 7B1C2D3E-4F50-4A6B-8C7D-9E0F1A2B3C4D >other
cat one other >report
run "$VAFIT" explain report
expect 'two reports in one file' 3 '' 'vafit: report: incident: the file holds several reports; give one at a time'
cat one one >report
judged 'the same one twice' 'malloc-window true'
sed 's/"incident_id": *"..../&\n/' one >report
judged 'a number that pasting has broken' 'malloc-window true'
