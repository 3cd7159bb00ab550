# link: the original that an earlier link kept, and links through symbolic links.
. "$(dirname "$0")/../lib/link.sh"

REMOVED='vafit: out: removed, since it could not be shrunk'
# original NAME OPTION...: a new link where an earlier one kept an original.
original() {
    local name=$1
    shift
    cp earlier case/out && cp earlier case/out.unstripped
    from_case "$VAFIT" link "$@" -- "${DYLIB[@]}" ../base.o -o out
    expect "$name" 0 - ''
}
original 'an original of an earlier link'
expect_true 'an original of an earlier link: is replaced' cmp case/out.unstripped linked/out
fresh
for options in '--unstripped none' '--level lossless'; do
    # shellcheck disable=SC2086
    original "an earlier original, $options" $options
    expect_true "an earlier original, $options: stays" cmp case/out.unstripped earlier
    fresh
done
mkdir case/originals && cp earlier case/originals/out.unstripped
original 'an earlier original in a folder' --unstripped originals
expect_true 'an earlier original in a folder: is replaced' cmp case/originals/out.unstripped linked/out
expect_true 'and the one beside the output stays' cmp case/out.unstripped earlier
fresh
cp earlier case/out.unstripped
from_case "$VAFIT" link -- "${DRIVER[@]}" -c ../base.c -o out
expect_true 'an earlier original beside an object file stays' cmp case/out.unstripped earlier
fresh
from_case "$VAFIT" link -- "${FAKE[@]}" ../linked/out -o out
from_case "$VAFIT" link -- "${FAKE[@]}" ../wanted/out -o out
expect 'a link that leaves nothing to shrink' 0 - ''
expect_true 'the original of the earlier one stays' cmp case/out.unstripped linked/out
expect_true 'and is what the linker made' cmp case/out wanted/out
fresh
# The same code with another debug map, and no UUID that tells one link from the other: neither is lost.
"${DYLIB[@]}" -Wl,-no_uuid base.o -o first && cp base.o moved.o && "${DYLIB[@]}" -Wl,-no_uuid moved.o -o second
from_case "$VAFIT" link -q -- "${FAKE[@]}" ../first -o out
from_case "$VAFIT" link -q -- "${FAKE[@]}" ../second -o out
expect 'no UUID tells two links apart' 4 '' \
    "vafit: out.unstripped: is there, and is not the original of out; move it away, or keep originals elsewhere with --unstripped
$REMOVED"
expect_true 'the original of the first stays' cmp case/out.unstripped first
fresh
# A driver that keeps the linker's output itself, as a hard link or a copy, and strips.
cat >driver <<'DRIVER'
cp ../linked/out out && $1 out out.unstripped && llvm-strip-19 -S out
DRIVER
for keep in 'ln -f' cp; do
    cp earlier case/out.unstripped
    from_case "$VAFIT" link --level locals -q -- sh ../driver "$keep" -o out
    expect "a driver that keeps the original by $keep" 0 '' ''
    expect_true "a driver that keeps the original by $keep: it is the linker's output" cmp case/out.unstripped linked/out
    expect_true "a driver that keeps the original by $keep: the output is shrunk" test \
        "$(llvm-nm-19 -pa case/out | grep -c ' [a-z] ')" = 0
    fresh
done
# What another run has put there while the linker ran is an earlier link's.
from_case "$VAFIT" link -q -- sh -c 'cp ../earlier out.unstripped && cp ../linked/out out' - -o out
expect 'an original that came while the linker ran' 0 '' ''
expect_true 'an original that came while the linker ran: this one is kept' cmp case/out.unstripped linked/out
fresh
echo dear >case/out.unstripped
from_case "$VAFIT" link -- "${FAKE[@]}" ../linked/out -o out
expect_true 'what only has the name: is not replaced' grep -q dear case/out.unstripped
expect_true 'what only has the name: is an error' test "$status" = 4
fresh

# Symbolic links: what they lead to is shrunk, or removed.
mkdir case/real && cp earlier case/real/out && ln -s real/out case/out
from_case "$VAFIT" link -- "${FAKE[@]}" ../linked/out -o out
expect 'through a symbolic link' 0 - ''
expect_true 'through a symbolic link: is shrunk' cmp case/real/out wanted/out
expect_true 'the symbolic link stays' test -L case/out
expect_true 'the original is beside what it leads to' cmp case/real/out.unstripped linked/out
from_case "$VAFIT" link -- sh -c 'exit 1' -o out
expect_true 'after a failure what it leads to is removed' test ! -e case/real/out
fresh

if command -v setpriv >/dev/null && [ "$(id -u)" = 0 ]; then
    cp wanted/out case/out && chmod 755 . case && chmod 666 case/out
    cp linked/out ./readable && chmod 644 readable
    cd case && run setpriv --reuid=65534 --regid=65534 --clear-groups "$VAFIT" link -- "${FAKE[@]}" ../readable -o out
    cd ..
    expect 'a folder that cannot be written' 4 '' 'vafit: out: cannot write: Permission denied
vafit: out: cannot remove: Permission denied'
    chmod 755 case
    fresh
else
    skip 'a folder that cannot be written' 'this user cannot become another, who has no rights'
fi
