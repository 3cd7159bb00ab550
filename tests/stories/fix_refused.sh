# A fix that the system refuses: no file has taken a name, and nothing is left.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"
. "$TESTS/lib/heavy.sh"

trap 'umount "$WORK/disk" 2>/dev/null; rm -rf "$WORK"' EXIT
chmod 755 "$WORK"
heavy_program arm64 built || { fail 'building' <<<'the linker failed'; exit; }
sum=$("$VAFIT" check built/main --format json | jq '.programs[0].va.sum')
for image in built/*; do "$VAFIT" shrink "$image" --level lossless -o "small/${image##*/}" --unstripped none -q; done
# All that lossless frees of all four is needed.
limit=$("$VAFIT" check small/main --format json | jq '.programs[0].va.sum')
expect_true 'lossless frees something' test $limit -lt $sum

# unchanged NAME FOLDER: it holds what was built, and nothing beside.
unchanged() {
    expect_true "$1: nothing has changed, nothing is left" diff -r built "$2"
}
# refused NAME STATUS FOLDER MESSAGE...: the last run ended so; each line of it is one of the messages.
refused() {
    local name=$1 wanted=$2 folder=$3 message
    shift 3
    printf '%s\n' "$@" >.allowed
    : >.why
    [ "$status" = "$wanted" ] || echo "exit status $status" >.why
    [ -s .err ] || echo 'nothing was said' >>.why
    grep -vxF -f .allowed .err >>.why
    [ ! -s .out ] || cat .out >>.why
    if [ -s .why ]; then fail "$name" <.why; else pass "$name"; fi
    unchanged "$name" "$folder"
}
each() {
    local image
    for image in main libone.dylib libtwo.dylib libthree.dylib; do printf '%s\n' "${1//IMAGE/$image}"; done
}

# --- what an ended run left ---

# Of a file that is not there: it may be what that run was at.
echo '{"schema": "other"}' >gone.vafit-journal
run "$VAFIT" fix gone --in-place
expect 'the journal comes before the file' 3 '' 'vafit: gone.vafit-journal: journal: not a journal of this version of vafit; remove it when no run of vafit needs it'

# --- a full disk ---

mkdir disk
kilobytes=$(du -k --apparent-size -s built | cut -f1)
if ! mount -t tmpfs -o "size=$((kilobytes + 300))k" tmpfs disk 2>.mount; then
    skip 'a full disk' "no file system can be mounted: $(head -1 .mount)"
else
    cp -p built/* disk/
    run "$VAFIT" fix disk/main --in-place --limit $limit
    mapfile -t messages < <(each 'vafit: disk/IMAGE: cannot write: No space left on device')
    refused 'a full disk' 4 disk "${messages[@]}"
    run "$VAFIT" fix built/main --out-dir disk --limit $limit
    refused 'a full disk, into a folder' 4 disk "${messages[@]}"
    umount disk
fi

# --- folders that cannot be written ---

if ! command -v setpriv >/dev/null || [ "$(id -u)" != 0 ] ||
    ! setpriv --reuid=65534 --regid=65534 --clear-groups "$VAFIT" --version >/dev/null 2>&1; then
    skip 'folders that cannot be written' 'this user cannot become another, who has no rights'
else
    as_nobody() { run setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
    cp -rp built out
    as_nobody "$VAFIT" fix out/main --in-place --limit $limit
    mapfile -t messages < <(each 'vafit: out/IMAGE: cannot write: Permission denied')
    refused 'a folder that cannot be written' 4 out "${messages[@]}"
    as_nobody "$VAFIT" fix out/main --out-dir elsewhere --limit $limit
    mapfile -t messages < <(each 'vafit: elsewhere/IMAGE: cannot write: Permission denied')
    refused '--out-dir that cannot be written' 4 out "${messages[@]}"
    expect_true 'it was not made' test ! -e elsewhere
    chmod 777 out
    mkdir aside
    as_nobody "$VAFIT" fix out/main --in-place --limit $limit --unstripped aside
    mapfile -t messages < <(each 'vafit: aside/IMAGE.unstripped: cannot write: Permission denied')
    chmod 755 out
    refused 'originals in a folder that cannot be written' 4 out "${messages[@]}"
fi

# --- other runs ---

# Somebody else is at the new file of one image.
rm -rf out && cp -rp built out
exec 9>out/libtwo.dylib.vafit-new
flock 9
run "$VAFIT" fix out/main --in-place --limit $limit
expect 'another run' 4 '' \
    'vafit: out/libtwo.dylib: cannot write: another run is writing out/libtwo.dylib.vafit-new'
exec 9>&-
rm out/libtwo.dylib.vafit-new
unchanged 'another run' out
mkdir out/libtwo.dylib.unstripped
run "$VAFIT" fix out/main --in-place --limit $limit
expect 'a folder where an original would stay' 4 '' \
    'vafit: out/libtwo.dylib.unstripped: is there, and is not the original of out/libtwo.dylib; move it away, or keep originals elsewhere with --unstripped'
rmdir out/libtwo.dylib.unstripped
unchanged 'a folder where an original would stay' out
mkdir out/main.vafit-journal
run "$VAFIT" fix out/main --in-place --limit $limit
expect 'a folder where the journal would be' 4 '' \
    "vafit: out/main.vafit-journal: cannot open: not a regular file"
rmdir out/main.vafit-journal
unchanged 'a folder where the journal would be' out
