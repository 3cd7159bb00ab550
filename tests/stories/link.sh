# link: every form of an output, what is passed through, what is left alone, and what fails.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

# The driver as a build calls it; its linker is ld64.lld-19.
DRIVER=(clang-19 --target=arm64-apple-macos13 -fuse-ld=lld "-L$TESTS/programs")
DYLIB=("${DRIVER[@]}" -dynamiclib -install_name @rpath/libbase.dylib)
# A linker of few words: copies its first argument to OUT, as in FAKE... FILE -o OUT.
FAKE=(sh -c 'cp "$0" "$2"')

compile arm64 base.o base.c
compile arm64 other.o left.c
mkdir linked wanted case
# An image holds its own name and the path of its object, so that all are linked alike.
for name in out a.out; do
    (cd case && "${DYLIB[@]}" ../base.o -o ../linked/$name)
    "$VAFIT" shrink linked/$name -q --unstripped none --out-dir wanted
done
"${DYLIB[@]}" -undefined dynamic_lookup other.o -o earlier
expect_true 'a dylib that has something to lose' test \
    "$(stat -c %s wanted/out)" -lt "$(stat -c %s linked/out)"

# linkedit FILE: the filesize of its __LINKEDIT.
linkedit() {
    llvm-otool-19 -l "$1" | awk '$2 == "__LINKEDIT" { f = 1 } f && $1 == "filesize" { print $2; exit }'
}
LINE="__LINKEDIT $(linkedit wanted/out) bytes, was $(linkedit linked/out) bytes"

# files: what is in the folder `case`, in one line.
files() {
    (cd case && echo *)
}
fresh() {
    cd "$WORK" && chmod -R u+rwx case && rm -rf case && mkdir case
}
# from_case COMMAND...: runs it in the folder `case`.
from_case() {
    cd case && run "$@"
    cd "$WORK" || exit
}

# --- where the output goes ---

# form NAME COMMAND...: a link of ../base.o to `out`, in each of its forms.
form() {
    local name=$1
    shift
    from_case "$VAFIT" link -- "$@"
    expect "$name" 0 "out: $LINE" ''
    expect_true "$name: is shrunk" cmp case/out wanted/out
    expect_true "$name: the twin is what the linker made" cmp case/out.unstripped linked/out
    fresh
}
form '-o OUT' "${DYLIB[@]}" ../base.o -o out
form '-oOUT' "${DYLIB[@]}" ../base.o -oout
form '--output OUT' "${DYLIB[@]}" --output out ../base.o
form '--output=OUT' "${DYLIB[@]}" --output=out ../base.o
form 'the last of many' "${DYLIB[@]}" -o one -otwo ../base.o -o out
form '-Wl,-o,OUT' "${DYLIB[@]}" -Wl,-o,out ../base.o -o driver
form '-Xlinker -o -Xlinker OUT' "${DYLIB[@]}" -Xlinker -o -Xlinker out ../base.o
form 'clang++' clang++-19 "${DYLIB[@]:1}" ../base.o -o out -nostdlib++
form 'ld itself' ld64.lld-19 -arch arm64 -platform_version macos 13.0 13.0 -demangle -dynamic -dylib \
    -mllvm -enable-linkonceodr-outlining -install_name @rpath/libbase.dylib -o out \
    "-L$TESTS/programs" ../base.o -lSystem
echo '-o out' >case/rsp
form 'a response file' "${DYLIB[@]}" ../base.o @rsp
printf '"../base.o" @inner' >case/outer && printf -- "-Xlinker -o\n-Xlinker 'o'ut" >case/inner
form 'a response file in a response file' "${DYLIB[@]}" @outer
echo '-o out ../base.o' >case/rsp
form "the linker's own response file" "${DYLIB[@]}" -Wl,@rsp
mkdir "case/with space"
echo "../base.o -o 'with space/out'" >case/rsp
from_case "$VAFIT" link -- "${DYLIB[@]}" @rsp
expect 'quotes in a response file' 0 "with space/out: $LINE" ''
fresh

from_case "$VAFIT" link -- "${DYLIB[@]}" ../base.o
expect_true 'no output: a.out' cmp case/a.out wanted/a.out
expect 'no output' 0 - ''
fresh
from_case "$VAFIT" link --level locals --unstripped none -q -- "${DYLIB[@]}" ../base.o -o out
expect 'options' 0 '' ''
"$VAFIT" shrink linked/out --level locals --unstripped none -o locals/out -q
expect_true 'options: the level' cmp case/out locals/out
expect_true 'options: no twin' test "$(files)" = out
fresh
from_case "$VAFIT" link --unstripped twins --no-verify -j 2 -- "${DYLIB[@]}" ../base.o -o out
expect_true 'the twin in a folder' cmp case/twins/out.unstripped linked/out
expect_true 'and nowhere else' test "$(files)" = 'out twins'
fresh
echo 'link --level debug-map -- sh -c "exit 5" @absent' >case/own
from_case "$VAFIT" @own
expect "a response file of vafit's own with all of it" 5 '' ''
fresh

# Bundles, executables and several architectures.
echo 'int main(void) { return 0; }' >main.c
for arch in arm64 x86_64; do clang-19 --target=$arch-apple-macos13 -g -c main.c -o main.$arch.o; done
for kind in -bundle -Wl,-dead_strip; do
    from_case "$VAFIT" link --level locals -q -- "${DRIVER[@]}" $kind ../main.arm64.o -o out
    expect "a link with $kind" 0 '' ''
    expect_true "a link with $kind: means the same" "$VAFIT" verify -q case/out --against case/out.unstripped
    expect_true "a link with $kind: is smaller" test \
        "$(linkedit case/out)" -lt "$(linkedit case/out.unstripped)"
    fresh
done
mkdir bin && ln -s "$(command -v llvm-lipo-19)" bin/lipo
llvm-lipo-19 -create main.arm64.o main.x86_64.o -output main.o
PATH=$WORK/bin:$PATH from_case "$VAFIT" link --level locals -q -- clang-19 --target=arm64-apple-macos13 \
    -fuse-ld=lld "-L$TESTS/programs" -arch arm64 -arch x86_64 ../main.o -o out
expect 'two architectures' 0 '' ''
expect_true 'two architectures: both are there' test \
    "$(llvm-lipo-19 -archs case/out | xargs -n1 | sort | xargs)" = 'arm64 x86_64'
"$VAFIT" shrink case/out.unstripped --level locals -o out -q --unstripped none
expect_true 'two architectures: as shrink would' cmp case/out out
expect_true 'two architectures: smaller' test "$(stat -c %s out)" -lt "$(stat -c %s case/out.unstripped)"
fresh

# --- what is passed through ---

cat >talker <<'TALK'
echo "out: $(cat) $VARIABLE $(pwd) $*"
echo "err: $0" >&2
exit "${STATUS:-0}"
TALK
for STATUS in 0 1 7 255; do
    export STATUS VARIABLE=value
    echo 'from stdin' | sh talker -a '@b c' "" >direct.out 2>direct.err
    echo 'from stdin' | "$VAFIT" link -- sh talker -a '@b c' "" >.out 2>.err
    status=${PIPESTATUS[1]}
    expect "status $STATUS, streams, environment and folder" $STATUS "$(cat direct.out)" "$(cat direct.err)"
done
cat >ends.py <<'ENDS'
import subprocess
import sys
print(subprocess.run(sys.argv[1:]).returncode)
ENDS
for signal in SEGV KILL TERM PIPE; do
    run python3 ends.py "$VAFIT" link -- sh -c "kill -$signal \$\$; exit 0"
    expect "a linker that is ended by SIG$signal" 0 "-$(kill -l $signal)" ''
done

# --- what is left alone ---

# alone NAME COMMAND...: the command makes the same without and with vafit, and no twin.
alone() {
    local name=$1
    shift
    rm -rf alone && mkdir alone && cp case/* alone 2>/dev/null
    (cd alone && "$@" >"$WORK/direct.out" 2>"$WORK/direct.err")
    from_case "$VAFIT" link --level symbols -- "$@"
    expect "$name" 0 "$(cat direct.out)" "$(cat direct.err)"
    expect_same "$name: is the same" alone case
    fresh
}
cp "$TESTS/programs/base.c" .
clang-19 --target=i386-apple-macos10.14 -c main.c -o main.i386.o
alone '-c' "${DRIVER[@]}" -c ../base.c -o out
alone '-S' "${DRIVER[@]}" -S ../base.c -o out
alone '-E' "${DRIVER[@]}" -E ../base.c -o out
alone 'an object file' "${FAKE[@]}" ../base.o -o out
alone 'an archive' llvm-libtool-darwin-19 -static -o out ../base.o
alone 'a universal object' llvm-lipo-19 -create ../main.arm64.o ../main.x86_64.o -output ignored -o out
alone 'text' "${FAKE[@]}" ../main.c -o out
alone 'an empty file' "${FAKE[@]}" /dev/null -o out
alone '/dev/null' "${DYLIB[@]}" ../base.o -o /dev/null
alone 'a folder' sh -c 'mkdir "$1"' -o out
alone 'nothing' true -o out
alone '32 bits' "${FAKE[@]}" ../main.i386.o -o out
head -c 4 linked/out >four
alone 'four bytes of a dylib' "${FAKE[@]}" ../four -o out
expect_true '/dev/null is still there' test -c /dev/null

# untouched NAME OPTION...: no link, so that an image of before stays, with its twin.
untouched() {
    cp linked/out case/out && cp linked/out case/out.unstripped
    cp linked/out case/a.out && cp linked/out case/a.out.unstripped
    sleep 0.1
    from_case "$VAFIT" link --level symbols -- "${DRIVER[@]}" "${@:2}"
    expect "$1" 0 - -
    expect_true "$1: nothing is touched" test "$(cat case/* | sha256sum)" = \
        "$(cat linked/out linked/out linked/out linked/out | sha256sum)" -a "$(files)" = \
        'a.out a.out.unstripped out out.unstripped'
    fresh
}
untouched '--version' --version -o out
untouched '-###' -### ../base.o -o out
untouched '-###, no output' -### ../base.o
untouched '-fsyntax-only' -fsyntax-only ../main.c -o out
untouched '--help' --help -o out
untouched '-print-search-dirs' -print-search-dirs

# --- what fails ---

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
cp linked/out case/twin && mkdir case/twins && mv case/twin case/twins/out.unstripped
cd case && run "$VAFIT" link --unstripped twins -- "${DYLIB[@]}" absent.o -o out && cd ..
expect_true 'a link that fails: the original in a folder stays' cmp case/twins/out.unstripped linked/out
rm -r case/twins
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
    "vafit: out: behind __LINKEDIT: 4 bytes at $(printf '0x%x' "$(stat -c %s linked/out)") that no table reaches, perhaps the archive of a one-file program, which a rewriting would lose; --drop-unclaimed drops them
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

# --- stale twins ---

# twin NAME OPTION...: a new link where an earlier one kept an original.
twin() {
    local name=$1
    shift
    cp earlier case/out && cp earlier case/out.unstripped
    from_case "$VAFIT" link "$@" -- "${DYLIB[@]}" ../base.o -o out
    expect "$name" 0 - ''
}
twin 'a twin of an earlier link'
expect_true 'a twin of an earlier link: is replaced' cmp case/out.unstripped linked/out
fresh
for options in '--unstripped none' '--level lossless'; do
    # shellcheck disable=SC2086
    twin "an earlier twin, $options" $options
    expect_true "an earlier twin, $options: stays" cmp case/out.unstripped earlier
    fresh
done
mkdir case/twins && cp earlier case/twins/out.unstripped
twin 'an earlier twin in a folder' --unstripped twins
expect_true 'an earlier twin in a folder: is replaced' cmp case/twins/out.unstripped linked/out
expect_true 'and the one beside the output stays' cmp case/out.unstripped earlier
fresh
cp earlier case/out.unstripped
from_case "$VAFIT" link -- "${DRIVER[@]}" -c ../base.c -o out
expect_true 'an earlier twin beside an object file stays' cmp case/out.unstripped earlier
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
expect_true 'the twin is beside what it leads to' cmp case/real/out.unstripped linked/out
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

# --- usage ---

SEE='vafit: see `vafit help link`'
run "$VAFIT" link
expect 'nothing' 2 '' "vafit: link wants a linker behind --
$SEE"
run "$VAFIT" link --level locals --
expect 'no linker' 2 '' "vafit: link wants a linker behind --
$SEE"
run "$VAFIT" link clang -o out
expect 'no --, an option of the linker' 2 '' "vafit: there is no option -o
$SEE"
run "$VAFIT" link clang -- a.o
expect 'a linker before --' 2 '' "vafit: link wants -- before the linker, not 'clang'
$SEE"
run "$VAFIT" link --level most -- clang
expect 'an unknown level' 2 '' "vafit: --level takes one of lossless, debug-map, locals, symbols, not 'most'
$SEE"
echo '@self' >self
run "$VAFIT" link -- sh -c 'echo ran' @self
expect 'a response file that names itself' 2 '' "vafit: response files are nested too deeply at '@self'
$SEE"
