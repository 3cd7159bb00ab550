# scripts/demo works in a fresh checkout, and README's samples are what it prints.
. "$(dirname "$0")/../lib/story.sh"

room=$(df -Pk . | awk 'NR == 2 { print int($4 / 1024 / 1024) }')
[ "$room" -ge 7 ] || { skip 'the demo' "it takes 6 GiB, and there are $room"; exit; }
tar -C "$TESTS/.." --exclude './build*' --exclude ./demo-out --exclude ./.git -cf - . | tar -xf -
run scripts/demo
expect 'the demo ends well' 0 - -
cp .out printed
printf '(exit status %s)\n' 1 1 0 0 0 0 0 0 0 >wanted
grep '^(exit status' printed >statuses
expect_same 'each of its commands says what it should' wanted statuses
expect_true 'after fix the program fits' grep -q ': now fits under macos-26 and macos-27;' printed
expect_true 'the page hashes are right' grep -qx 'out/browser_tests: well formed' printed
for path in demo-out/out/*.unstripped; do
    expect_true 'and undo leaves none of the originals' test ! -e "$path"
done

# sample COMMAND: the lines that README and docs/fix.md print below it, each with what they left out.
sample() {
    awk -v first="    \$ $1" '$0 == first { on = 1 } on && !/^    / { exit } on { print substr($0, 5) }' "$2"
}
# Each line is in the output, after the one before; "[...]" is for what is left out, lines or their ends.
in_order() {
    python3 - "$1" printed <<'P'
import sys
lines = [line.rstrip("\n") for line in open(sys.argv[1])]
printed, at = [line.rstrip("\n") for line in open(sys.argv[2])], 0
for line in lines:
    start, _, cut = line.partition("[...]")
    if not start.strip():
        continue
    while at < len(printed) and not (printed[at].startswith(start) if cut or line.endswith("[...]") else printed[at] == line):
        at += 1
    if at == len(printed):
        sys.exit("not printed: " + line)
    at += 1
sys.exit(0 if lines else "no sample")
P
}
sample 'vafit check -q out/browser_tests' README.md >check
sample 'vafit fix out/browser_tests --in-place' README.md >fix
sample 'vafit fix out/browser_tests --in-place' docs/fix.md >fix-docs
expect_true "README's sample of check is what it prints" in_order check
expect_true "README's sample of fix is what it prints" in_order fix
expect_true "the sample of docs/fix.md too" in_order fix-docs
sed 's/432996352/432996353/' fix >wrong
in_order wrong 2>/dev/null && noticed=no || noticed=yes
expect_true 'a number that is not printed is noticed' test $noticed = yes
