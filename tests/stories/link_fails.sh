# link: after a link or a shrinking that fails the output is gone, and nothing else.
. "$(dirname "$0")/../lib/link.sh"

echo text >talker
# gone NAME STATUS OUT ERR: what the last run said; of its output nothing is left. The original that an
# earlier link kept beside it is somebody's, and stays.
kept='*'
gone() {
    expect "$1" "$2" "$3" "$4"
    expect_true "$1: the output is removed, and nothing else" test "$(files)" = "$kept"
    [ "$kept" = '*' ] || expect_true "$1: the original of before stays" cmp case/out.unstripped linked/out
    kept='*'
    fresh
}
# of_before: the output of an earlier link.
of_before() {
    cp wanted/out case/out && cp linked/out case/out.unstripped
    kept=out.unstripped
}
"${DYLIB[@]}" absent.o -o out >direct.out 2>direct.err
direct=$?
of_before
cp linked/out case/original && mkdir case/originals && mv case/original case/originals/out.unstripped
cd case && run "$VAFIT" link --unstripped originals -- "${DYLIB[@]}" absent.o -o out && cd ..
expect_true 'a link that fails: the original in a folder stays' cmp case/originals/out.unstripped linked/out
rm -r case/originals
gone 'a link that fails' $direct "$(cat direct.out)" "$(cat direct.err)"
expect_true 'a link that fails does' test $direct != 0
of_before
from_case "$VAFIT" link -- sh -c 'echo half >"$1"; exit 9' -o out
gone 'a linker that leaves half of it' 9 '' ''
of_before
from_case "$VAFIT" link -- no-such-linker -o out
gone 'a linker that is not there' 4 '' 'vafit: no-such-linker: cannot be run: No such file or directory'
of_before
from_case "$VAFIT" link -- ../main.c -o out
gone 'a linker that is none' 4 '' 'vafit: ../main.c: cannot be run: Permission denied'
cp linked/out case/a.out
sleep 0.1
from_case "$VAFIT" link -- sh -c 'exit 6'
expect 'a command that fails and names no output' 6 '' ''
expect_true 'a.out of somebody else stays' cmp case/a.out linked/out
fresh
from_case "$VAFIT" link -- sh -c 'echo half >a.out; exit 6'
gone 'half an a.out' 6 '' ''

REMOVED='vafit: out: removed, since it could not be shrunk'
head -c 4096 linked/out >cut
of_before
from_case "$VAFIT" link -- "${FAKE[@]}" ../cut -o out
expect_true 'an image that is cut short' grep -qE '^vafit: out: .* past the end of the ' .err
gone 'an image that is cut short' 3 '' "$(head -1 .err)
$REMOVED"
cp linked/out trailing && printf more >>trailing
of_before
from_case "$VAFIT" link -- "${FAKE[@]}" ../trailing -o out
gone 'an image that cannot be rewritten' 3 '' \
    "vafit: out: after __LINKEDIT: 4 bytes at $(printf '0x%x' "$(stat -c %s linked/out)") that no table reaches, perhaps the archive of a one-file program, which a rewriting would lose; --drop-unclaimed drops them
$REMOVED"
printf '\xca\xfe\xba\xbe\0\0\0\x02' >header && head -c 92 /dev/zero >>header
from_case "$VAFIT" link -- "${FAKE[@]}" ../header -o out
expect_true 'a universal header that is malformed' grep -q '^vafit: out: universal header' .err
gone 'a universal header that is malformed' 3 '' "$(head -1 .err)
$REMOVED"
of_before
from_case "$VAFIT" link --unstripped ../talker -- "${DYLIB[@]}" ../base.o -o out
gone 'no place for the original' 4 '' "vafit: ../talker/out.unstripped: cannot write: Not a directory
$REMOVED"
