# What check advises for a real component build is what other readers work out.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/real_build.sh"

if ! folder=$(real_build arm64 2>why); then
    skip 'a real build' "the sources or headers cannot be had: $(tail -1 why)"
    exit
fi
mapfile -t images < <(find "$folder/bin" -name '*.dylib' -type f)
images+=("$folder/bin/app")
"$VAFIT" check "$folder/bin/app" --advice always --top 1000 --top-names 100000 --format json >report.json

least=0
for image in "${images[@]}"; do
    least=$((least + $(python3 "$TESTS/lib/lossless.py" "$image" | cut -d' ' -f1)))
done
said=$(jq '.programs[0].would_free.lossless' report.json)
exact=$("$VAFIT" shrink --dry-run --format json "${images[@]}" | jq .sum.would_free.lossless)
expect_true "lossless: at least $said bytes, as a second reader finds" test "$said" = "$least"
expect_true "shrink finds $exact, of which nine tenths were told" test "$exact" -ge "$said" -a "$said" -ge $((exact * 9 / 10))

count=$(python3 "$TESTS/lib/unused_exports.py" "${images[@]}")
expect_true "unused exports: $count, as LLVM's readers find" test "$(jq '.programs[0].unused_exports.count' report.json)" = "$count" -a "$count" -gt 1000

# sums: of all names, and of those of leveldb, by their spelling.
python3 - "${images[@]}" >wanted <<'PYTHON'
import re
import struct
import sys

scope = re.compile(rb"_{2,4}Z((T[VTIS]|GV|Tv\w*?_\w*?_|Th\w*?_|Z)*)N[rVKRO]*7leveldb")
whole, leveldb = [0, 0], 0
for path in sys.argv[1:]:
    data, at = open(path, "rb").read(), 32
    for _ in range(struct.unpack_from("<I", data, 16)[0]):
        command, size = struct.unpack_from("<II", data, at)
        if command == 2:
            symoff, nsyms, stroff, strsize = struct.unpack_from("<IIII", data, at + 8)
        at += size
    used = set()
    for i in range(nsyms):
        index = struct.unpack_from("<I", data, symoff + 16 * i)[0]
        end = data.index(b"\0", stroff + index)
        used.update(range(stroff + index, end + 1))
        leveldb += scope.match(data, stroff + index, end) is not None
    whole = [whole[0] + nsyms, whole[1] + len(used)]
print(*whole, leveldb)
PYTHON
jq -r '.programs[0].top_names | "\(.total.count) \(.total.strings) \([.rows[] | select(.prefix | startswith("leveldb::")) | .count] | add)"' report.json >found
expect_same "names: $(cat wanted)" wanted found
expect_true 'the rows and the rest add up' jq -e '.programs[0].top_names |
    ([.rows[], .rest] | map(.strings + .entries) | add) == .total.strings + .total.entries' report.json
