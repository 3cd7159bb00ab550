# Shrinking that is cut short: by a signal, a full disk, a folder that cannot be written, a signer that
# fails. The image is the old one or the new one, whole, and the original's bytes are never lost.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}exitcode=99
export UBSAN_OPTIONS=${UBSAN_OPTIONS:+$UBSAN_OPTIONS:}exitcode=99
shopt -s dotglob nullglob
chmod 755 .
mkdir disk

# A signed program of more than 4 MiB, so that it is hashed and copied in several pieces, and another build
# of it. Symbols make up most of __LINKEDIT.
{
    echo 'char ballast[4 << 20] = {[0 ... (4 << 20) - 1] = 7};'
    for i in $(seq 2000); do
        echo "static int local_$i(void) { return $i; } int exported_$i(void) { return local_$i() + ballast[$i]; }"
    done
    echo 'int main(void) { return exported_1(); }'
} >program.c
build() {
    clang-19 --target=arm64-apple-macos13 -O0 -g "${@:2}" -c program.c -o program.o &&
        link arm64 -execute -o "$1" program.o && rm program.o
}
build original && build another -DUNUSED -O1 || fail 'building' <<<'the compiler or the linker failed'
expect_true 'two builds are not the same' test "$(cmp original another 2>&1 | wc -l)" = 1
"$VAFIT" shrink original --level locals --unstripped none -q -o wanted
run "$VAFIT" verify wanted --against original
expect 'what is wanted' 0 'wanted: well formed, and means the same'

# files FOLDER: what is in it, in one line.
files() {
    local all=("$1"/*)
    printf '%s\n' "${all[*]#"$1"/}"
}

# start: a folder `case` with the program in it; a case may ask for more.
start() {
    rm -rf case elsewhere
    mkdir case elsewhere
    rm -f disk/*
    cp original case/program
}
stale_twin() { cp another case/program.unstripped; }
own_twin() { cp original case/program.unstripped; }
ran_before() { "$VAFIT" shrink case/program --in-place --level debug-map -q; }

# --- signals ---

# A run under strace, which is no friend of the leak checker. The shell does not say who was killed. What
# is started in the background inherits that SIGINT is ignored.
traced() {
    { ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 env --default-signal=INT strace -f -qq -o trace "$@" >.out 2>.err </dev/null; } 2>/dev/null
}

CALLS=openat,pread64,pwrite64,copy_file_range,ftruncate,fchmod,fsync,close
CALLS+=,link,linkat,unlink,unlinkat,rename,renameat,renameat2
killed=0 littered=0
litter_left=()

# whole NAME: the program is the old one or the new one, and the original's bytes are still there.
whole() {
    if ! cmp -s case/program "$before" && ! cmp -s case/program wanted; then
        echo "$1: the program is neither the old one nor the new one"
    elif [ "$keeps" = yes ] && ! cmp -s case/program original && ! cmp -s "$twin" original; then
        echo "$1: the original is lost"
    elif ! "$VAFIT" verify case/program --against original -q 2>.err; then
        echo "$1: $(cat .err)"
    fi
}

# finishes NAME: shrinking once more ends as if nothing had happened.
finishes() {
    if ! "$VAFIT" shrink case/program --in-place --level locals -q "${options[@]}" 2>.err; then
        echo "$1: the next run fails: $(cat .err)"
    elif ! cmp -s case/program wanted; then
        echo "$1: the next run makes another program"
    elif [ "$keeps" = yes ] && ! cmp -s "$twin" original; then
        echo "$1: the next run keeps another original"
    fi
}

# litter: what lies beside the program and its original.
litter() {
    local file
    for file in case/* elsewhere/* disk/*; do
        case ${file##*/} in program | program.unstripped) ;; *) printf '%s ' "$file" ;; esac
    done
}

# no_litter NAME: judges what the runs since the last time have left.
no_litter() {
    if [ ${#litter_left[@]} = 0 ]; then
        pass "$1"
    else
        {
            echo "$littered of $killed ended runs leave a file, which the next run leaves in ${#litter_left[@]} cases:"
            printf '%s\n' "${litter_left[@]}"
        } | head -40 | fail "$1"
    fi
    killed=0 littered=0 litter_left=()
}

# kill_everywhere NAME SIGNAL PREPARE TWIN [OPTION...]: shrink in place, ended by SIGNAL before each of the
# calls that it makes from the first look at the program on; TWIN is where the original stays, or "".
kill_everywhere() {
    local name=$1 signal=$2 prepare=$3 call count points=0 line
    twin=$4 options=("${@:5}") keeps=no before=original
    [ -z "$twin" ] || keeps=yes
    start
    $prepare
    cp case/program before && before=before
    traced -e trace="$CALLS" "$VAFIT" shrink case/program --in-place --level locals -q "${options[@]}" ||
        fail "$name: without a signal" <.err
    : >.wrong
    # The calls of the thread that shrinks, each with how many of its name came before. Reading is
    # the same thing many times over: a few of it are enough.
    awk -v main="$(head -1 trace | cut -d' ' -f1)" '
        $1 == main && match($2, /^[a-z0-9_]+/) {
            call = substr($2, RSTART, RLENGTH)
            n = ++seen[call]
            if (/case\/program/) begun = 1
            if (begun && ((call != "pread64" && call != "close") || ++often[call] <= 4)) print call, n
        }' trace >points
    while read -r call count; do
        start
        $prepare
        traced -e trace="$CALLS" -e inject="$call:signal=$signal:when=$count" \
            "$VAFIT" shrink case/program --in-place --level locals -q "${options[@]}"
        line="$name, before $call $count"
        grep -q "killed by $signal" trace || continue
        points=$((points + 1)) killed=$((killed + 1))
        whole "$line" >>.wrong
        [ -z "$(litter)" ] || littered=$((littered + 1))
        finishes "$line" >>.wrong
        [ -z "$(litter)" ] || litter_left+=("$line: $(litter)")
    done <points
    if [ $points -lt 5 ]; then
        fail "$name" <<<"only $points points were reached"
    elif [ -s .wrong ]; then
        fail "$name" <.wrong
    else
        pass "$name: the program is whole, the original is kept, and the next run finishes"
    fi
}

if ! command -v strace >/dev/null || ! traced -e inject=getcwd:signal=SIGKILL:when=1 true; then
    skip 'killed' 'strace cannot change what a program does here'
else
    kill_everywhere 'killed' SIGKILL true case/program.unstripped
    kill_everywhere 'killed, nothing kept' SIGKILL true '' --unstripped none
    kill_everywhere 'killed, the original kept elsewhere' SIGKILL true elsewhere/program.unstripped \
        --unstripped elsewhere
    kill_everywhere 'killed, beside the original of another build' SIGKILL stale_twin case/program.unstripped
    kill_everywhere 'killed, beside the original' SIGKILL own_twin case/program.unstripped
    kill_everywhere 'killed at the second shrinking' SIGKILL ran_before case/program.unstripped
    kill_everywhere 'interrupted' SIGINT true case/program.unstripped
    kill_everywhere 'ended' SIGTERM true case/program.unstripped
    expect_true "at least 60 points, $killed in all" test $killed -ge 60
    no_litter 'nothing that an ended run wrote is left after the next'
fi

# Two at a time: both succeed or say why, and the program is whole.
start
"$VAFIT" shrink case/program --in-place --level locals -q 2>.first &
"$VAFIT" shrink case/program --in-place --level locals -q 2>.second
wait $!
expect_same 'two at a time: the program' case/program wanted
expect_same 'two at a time: the original' case/program.unstripped original
expect_true 'two at a time: nothing else' test "$(files case)" = 'program program.unstripped'

# --- what cannot be written ---

# untouched NAME ERROR FILES [STATUS]: the last run said ERROR, and all is as it was.
untouched() {
    expect "$1" "${4:-4}" '' "$2"
    expect_same "$1: the program is as before" case/program original
    expect_true "$1: nothing is left" test "$(files case)" = "$3"
}

start
run bash -c 'trap "" XFSZ; ulimit -f 1024; "$@"' - "$VAFIT" shrink case/program --in-place --level locals
untouched 'a limit of file sizes' 'vafit: case/program: cannot write: File too large' program
start
run "$VAFIT" shrink case/program --in-place --unstripped original
untouched '--unstripped in a file' \
    'vafit: original/program.unstripped: cannot write: Not a directory' program
run "$VAFIT" shrink case/program --in-place --unstripped original/below
untouched '--unstripped in a folder that cannot be made' \
    'vafit: original/below/program.unstripped: cannot write: Not a directory' program
run "$VAFIT" shrink case/program --out-dir original/below
untouched '--out-dir that cannot be made' 'vafit: original/below/program: cannot write: Not a directory' program
run "$VAFIT" shrink case/program -o original/below/program
untouched '--output in a folder that cannot be made' \
    'vafit: original/below/program: cannot write: Not a directory' program
run "$VAFIT" shrink case/program --in-place --level locals -q --unstripped elsewhere/new/folder
expect '--unstripped in a folder that is not there yet' 0
expect_same '--unstripped in a folder that is not there yet: the program' case/program wanted
expect_same '--unstripped in a folder that is not there yet: the original' \
    elsewhere/new/folder/program.unstripped original
start
mkdir case/folder
run "$VAFIT" shrink case/program -o case/folder
untouched '--output that is a folder' 'vafit: case/folder: cannot write: not a regular file' 'folder program'
rm -rf case/folder*
start
mkdir -p case/program.unstripped
run "$VAFIT" shrink case/program --in-place
untouched 'a folder where the original would stay' \
    'vafit: case/program.unstripped: is there, and is not the original of case/program; move it away, or keep originals elsewhere with --unstripped' 'program program.unstripped'
start
long=$(printf '%0250d' 0)
run "$VAFIT" shrink case/program -o "case/$long"
untouched 'a name too long for one beside it' "vafit: case/$long: cannot write: File name too long" program

if ! command -v setpriv >/dev/null || [ "$(id -u)" != 0 ] ||
    ! setpriv --reuid=65534 --regid=65534 --clear-groups "$VAFIT" --version >/dev/null 2>&1; then
    skip 'folders that cannot be written' 'this user cannot become another, who has no rights'
else
    as_nobody() { run setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
    start
    as_nobody "$VAFIT" shrink case/program --in-place
    untouched 'a folder that cannot be written' 'vafit: case/program: cannot write: Permission denied' program
    as_nobody "$VAFIT" shrink case/program --out-dir elsewhere
    untouched '--out-dir that cannot be written' 'vafit: elsewhere/program: cannot write: Permission denied' program
    chmod 777 case
    as_nobody "$VAFIT" shrink case/program --in-place --unstripped elsewhere
    untouched '--unstripped in a folder that cannot be written' \
        'vafit: elsewhere/program.unstripped: cannot write: Permission denied' program
    chmod 700 case/program
    as_nobody "$VAFIT" shrink case/program --in-place
    untouched 'a program that cannot be read' 'vafit: case/program: cannot open: Permission denied' program
fi

# --- a full disk ---

trap 'umount "$WORK/disk" 2>/dev/null; rm -rf "$WORK"' EXIT

# on_disk SIZE [INODES]: a file system of that size, or why there is none.
on_disk() {
    umount disk 2>/dev/null
    mount -t tmpfs -o "size=$1,nr_inodes=${2:-100}" tmpfs disk 2>.mount
}
kilobytes=$(($(stat -c %s original) / 1024))
if ! on_disk 1m; then
    skip 'full disks' "no file system can be mounted: $(head -1 .mount)"
else
    rm -rf case && ln -s disk case
    # Room for less and less of the new file.
    for spare in 4 64 1024 $((kilobytes * 2 / 3)); do
        on_disk $((kilobytes + 4 + spare))k
        cp original case/program
        run "$VAFIT" shrink case/program --in-place --level locals
        untouched "a disk with $spare KiB left" 'vafit: case/program: cannot write: No space left on device' program
    done
    on_disk 100m 2
    cp original case/program
    run "$VAFIT" shrink case/program --in-place
    untouched 'a disk without a file left' 'vafit: case/program: cannot write: No space left on device' program
    # The new file fits, the original must be copied to where there is no room.
    rm case && mkdir case && cp original case/program
    on_disk 1m
    run "$VAFIT" shrink case/program --in-place --unstripped disk
    untouched 'a full disk for the original' \
        'vafit: disk/program.unstripped: cannot write: No space left on device' program
    expect_true 'a full disk for the original: nothing is left there' test -z "$(files disk)"
    # With room it is copied.
    on_disk 100m
    run "$VAFIT" shrink case/program --in-place --level locals -q --unstripped disk
    expect 'the original on another disk' 0
    expect_same 'the original on another disk: the program' case/program wanted
    expect_same 'the original on another disk: its copy' disk/program.unstripped original
    expect_true 'the original on another disk: nothing else' test "$(files case) $(files disk)" = \
        'program program.unstripped'
    if strace -V >/dev/null 2>&1 && traced -e inject=getcwd:signal=SIGKILL:when=1 true; then
        kill_everywhere 'killed, the original kept on another disk' SIGKILL true \
            disk/program.unstripped --unstripped disk
        no_litter 'nothing that an ended run wrote is left after the next, on another disk'
    fi
    umount disk
fi

# --- a signer that fails ---

# The program as an identity would have signed it: with a blob of slot 0x10000 that is not empty.
rm -rf case && mkdir case
python3 - original signed <<'EOF'
import struct, sys
image = bytearray(open(sys.argv[1], "rb").read())
at = 32
for _ in range(struct.unpack_from("<I", image, 16)[0]):
    number, size = struct.unpack_from("<II", image, at)
    if number == 0x19 and image[at + 8:at + 18] == b"__LINKEDIT":
        segment = at
    if number == 0x1d:
        command = at
    at += size
start, size = struct.unpack_from("<II", image, command + 8)
offset = struct.unpack_from(">I", image, start + 16)[0]
length = struct.unpack_from(">I", image, start + offset + 4)[0]
directory = image[start + offset:start + offset + length]
cms = struct.pack(">II", 0xfade0b01, 24) + b"somebody's seal."
struct.pack_into(">I", directory, 12, 0)
signature = struct.pack(">IIIIIII", 0xfade0cc0, 28 + len(directory) + len(cms), 2, 0, 28, 0x10000, 28 + len(directory))
signature += directory + cms
signature += bytes(-len(signature) % 16)
image[start:] = signature
struct.pack_into("<I", image, command + 12, len(signature))
for field in 32, 48:
    struct.pack_into("<Q", image, segment + field, start + len(signature) - struct.unpack_from("<Q", image, segment + 40)[0])
open(sys.argv[2], "wb").write(image)
EOF
cp original unsigned && cp signed original
cp original case/program
run "$VAFIT" shrink case/program --in-place
untouched 'signed by somebody' \
    'vafit: case/program: code signature: signed by an identity as original; say with --identity how to sign it again' \
    program 3
failed='vafit: case/program: the command of --identity failed'
for command in false 'exit 3;' 'kill -9 $$;' 'echo damaged >"$1"; false'; do
    cp original case/program
    run "$VAFIT" shrink case/program --in-place --identity "$command"
    untouched "a signer that fails: $command" "$failed" program
done
cp original case/program
run "$VAFIT" shrink case/program --in-place --identity ./no-such-signer
expect_true 'a signer that is not there: is said' grep -qx "$failed" .err
sed -i '/^sh: /d' .err
untouched 'a signer that is not there' "$failed" program
# One that succeeds, and leaves something else.
cp original case/program
run "$VAFIT" shrink case/program --in-place --identity 'rm -f'
untouched 'a signer that removes the file' "$(cat .err)" program
expect_true 'a signer that removes the file: the program is named' grep -q '^vafit: case/program: ' .err
cp original case/program
run "$VAFIT" shrink case/program --in-place --identity 'truncate -s 100'
expect_true 'a signer that cuts the file: is found' test "$status" != 0
untouched 'a signer that cuts the file' "$(cat .err)" program "$status"
cp original case/program
run "$VAFIT" shrink case/program --in-place --identity 'dd bs=1 seek=200000 status=none of='
expect_true 'a signer that is nonsense' test "$status" != 0
cp original case/program
run "$VAFIT" shrink case/program --in-place \
    --identity 'change() { printf X | dd bs=1 seek=200000 conv=notrunc status=none of="$1"; }; change'
expect_true 'a signer that changes the program: is found' grep -q '^vafit: case/program: __DATA: differs at address ' .err
untouched 'a signer that changes the program' "$(cat .err)" program "$status"

# --- other originals that could be lost ---

# Without a UUID nothing tells one build from another.
KEPT='vafit: case/program.unstripped: is there, and is not the original of case/program; move it away, or keep originals elsewhere with --unstripped'
clang-19 --target=arm64-apple-macos13 -O0 -c program.c -o program.o
link arm64 -no_uuid -execute -o without program.o
clang-19 --target=arm64-apple-macos13 -O2 -c program.c -o program.o
link arm64 -no_uuid -execute -o rebuilt program.o
rm -rf case && mkdir case
cp without case/program
run "$VAFIT" shrink case/program --in-place -q
expect 'without a UUID' 0
cp rebuilt case/program
run "$VAFIT" shrink case/program --in-place -q
expect 'without a UUID, built anew' 4 '' "$KEPT"
expect_same 'without a UUID, built anew: the original of the first build stays' case/program.unstripped without
expect_same 'without a UUID, built anew: the new build stays' case/program rebuilt
# An original that somebody stripped has the UUID still.
cp unsigned original
start
cp wanted case/program.unstripped
run "$VAFIT" shrink case/program --in-place -q
expect 'beside an original that has lost its symbols' 4 '' "$KEPT"
expect_same 'beside an original that has lost its symbols: it stays' case/program.unstripped wanted
expect_same 'beside an original that has lost its symbols: so does the program' case/program original
# A symbolic link stays one; the file it leads to is the one that is rewritten.
start
mv case/program elsewhere/program && ln -s ../elsewhere/program case/program
run "$VAFIT" shrink case/program --in-place -q --level locals
expect 'a symbolic link' 0
expect_same 'a symbolic link: leads to the new file' case/program wanted
expect_true 'a symbolic link: is one still' test -L case/program
# The original as the output's own twin.
start
mv case/program case/program.unstripped
run "$VAFIT" shrink case/program.unstripped -o case/program --level locals -q
expect 'from the original to its name' 0
expect_same 'from the original to its name: the new file' case/program wanted
expect_same 'from the original to its name: the original' case/program.unstripped original
