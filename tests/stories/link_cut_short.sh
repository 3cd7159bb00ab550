# link with signers that fail, and on a full disk: the output is removed, and nothing else.
. "$(dirname "$0")/../lib/link_again.sh"

cp linked identity && sign_as_somebody identity
REMOVED='vafit: out: removed, since it could not be shrunk'
gone() {
    expect "$1" "$2" '' "$3
$REMOVED"
    expect_true "$1: the output is removed, and nothing else" test "$(files)" = "${4-out.unstripped}"
}
start
cd case && run "$VAFIT" link -- sh -c 'cp ../identity "$2"' - -o out && cd ..
gone 'signed by somebody' 3 \
    'vafit: out: code signature: signed by an identity as libbase.dylib; say with --identity how to sign it again'
start
cd case && run "$VAFIT" link --identity false -- sh -c 'cp ../identity "$2"' - -o out && cd ..
gone 'a signer that fails' 4 'vafit: out: the command of --identity failed'
start
cd case && run "$VAFIT" link --identity 'touch ../called;:' -q -- sh -c 'cp ../identity "$2"' - -o out && cd ..
expect 'a signer' 0 '' ''
expect_true 'a signer was called' test -e called
# Another link of the same output, while this one shrinks what it made.
start
cd case && run "$VAFIT" link --identity 'cp ../linked next && mv next out;:' -q -- sh -c 'cp ../identity "$2"' - -o out && cd ..
expect 'linked again meanwhile' 4 '' 'vafit: out: was linked again meanwhile; it stays as it is now, and everything else is unchanged'
expect_same 'linked again meanwhile: what the other link made stays' case/out linked
expect_same 'linked again meanwhile: so does the original' case/out.unstripped earlier
expect_true 'linked again meanwhile: nothing else is left' test "$(files)" = 'out out.unstripped'

head -c 3000000 /dev/urandom | od -An -v -tu1 -w16 | sed 's/[0-9]\{1,\}/&,/g; 1s/^/char ballast[] = {/; $s/$/};/' >ballast.c
clang-19 --target=arm64-apple-macos13 -g -c ballast.c -o ballast.o
link arm64 -dylib -install_name @rpath/libballast.dylib -o ballast ballast.o
trap 'umount "$WORK/case" 2>/dev/null; rm -rf "$WORK"' EXIT
rm -rf case && mkdir case
if ! mount -t tmpfs -o size=$(($(stat -c %s ballast) / 1024 + 64))k tmpfs case 2>.mount; then
    skip 'a full disk' "no file system can be mounted: $(head -1 .mount)"
else
    cd case && run "$VAFIT" link -- sh -c 'cp ../ballast "$2"' - -o out && cd ..
    gone 'a full disk' 4 'vafit: out: cannot write: No space left on device' '*'
    umount case
fi
