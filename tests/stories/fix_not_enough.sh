# fix where no rewriting suffices: nothing is written, and the next level is named.
. "$(dirname "$0")/../lib/fix.sh"

fresh
freed=0
next=0
for image in "${images[@]}"; do
    freed=$((freed + at[$image] - at[$image.debug-map]))
    next=$((next + at[$image] - at[$image.locals]))
done
limit=$((sum - freed - 1))
run "$VAFIT" fix out/main --in-place --limit $limit --up-to debug-map
expect 'no level is enough, the next is' 1 "out/main (arm64): does not fit under macos-26; fits under macos-27; $ends
$(exceeds $((freed + 1)))
no level up to debug-map is enough; nothing was written. With all images at debug-map:
  out/main (arm64, macos-26): image-sum is still 1 byte over its limit
--up-to locals would make it fit"
untouched 'not enough'
limit=$((sum - next - 1))
run "$VAFIT" fix out/main --in-place --limit $limit --up-to debug-map
expect 'nor is the next' 1 "out/main (arm64): does not fit under macos-26; fits under macos-27; $ends
$(exceeds $((next + 1)))
no level up to debug-map is enough; nothing was written. With all images at debug-map:
  out/main (arm64, macos-26): image-sum is still $(human $((next + 1 - freed))) ($((next + 1 - freed)) bytes) over its limit
--up-to locals would not be enough either:
  out/main (arm64, macos-26): image-sum is still 1 byte over its limit"
untouched 'not enough by far'
