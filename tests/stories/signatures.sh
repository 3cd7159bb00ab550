# Signatures: of several hashes, of files that were changed after they were signed, and by an identity.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

sign() { python3 "$TESTS/lib/sign.py" "$@"; }
small_program arm64 built || { fail 'building' <<<'the linker failed'; exit; }
cp built/libbase.dylib plain
XML='slot=5:0xfade7171:<plist/>' DER='slot=7:0xfade7172:der' REQUIREMENTS='slot=2:0xfade0c01:requirements'

# kinds FILE: the hash types of its CodeDirectories, as another reader sees them.
kinds() {
    python3 - "$1" <<'P'
import struct, sys
b = open(sys.argv[1], "rb").read()
at = b.rindex(b"\xfa\xde\x0c\xc0")
count, = struct.unpack_from(">I", b, at + 8)
for i in range(count):
    slot, offset = struct.unpack_from(">II", b, at + 12 + 8 * i)
    if slot == 0 or 0x1000 <= slot < 0x1005: print(slot, b[at + offset + 37])
P
}

# --- several hashes ---

# hashes NAME WANTED HASHES: shrinks to one CodeDirectory of the best hash, with all that it had.
hashes() {
    cp plain signed && sign signed hashes="$3" identifier=libbase "$XML" "$DER" "$REQUIREMENTS"
    run "$VAFIT" verify signed -q
    expect "$1: well formed" 0 '' -
    run "$VAFIT" shrink signed --level locals --unstripped none -o small -q
    expect "$1: shrinks" 0 '' ''
    expect_true "$1: one CodeDirectory, of the best hash" test "$(kinds small)" = "0 $2"
    run "$VAFIT" verify small --against signed -q
    expect "$1: means the same" 0 '' -
    expect_true "$1: the entitlements are there" grep -q '<plist/>' small
}
hashes 'SHA-1 and SHA-256' 2 1,2
hashes 'SHA-256 and SHA-1' 2 2,1
hashes 'SHA-1 alone' 1 1
hashes 'SHA-256 and SHA-384' 4 2,4
cp plain signed && sign signed hashes=1,1
run "$VAFIT" verify signed -q
expect 'two CodeDirectories of one hash: the kernel refuses them' 1 '' \
    'vafit: signed: code signature hashType: 0x1 is that of two CodeDirectories'

# A page hash of one CodeDirectory. The system holds an image against the best alone, and so does what
# makes its signature anew; verify looks at every one.
# stale HASHES NUMBER: signs so, and changes the hash of page 1 in the CodeDirectory of that number.
stale() {
    cp plain signed && sign signed hashes="$1"
    python3 - signed "$2" <<'P'
import struct, sys
b = bytearray(open(sys.argv[1], "rb").read())
at = b.rindex(b"\xfa\xde\x0c\xc0")
directory = at + struct.unpack_from(">I", b, at + 16 + 8 * int(sys.argv[2]))[0]
b[directory + struct.unpack_from(">I", b, directory + 16)[0] + b[directory + 36]] ^= 1
open(sys.argv[1], "wb").write(b)
P
}
page='code signature page 1: its hash does not match the bytes at 0x1000'
while read -r hashes number best; do
    stale "$hashes" "$number"
    run "$VAFIT" verify signed -q
    expect "hashes $hashes, CodeDirectory $number is stale: verify" 1 '' "vafit: signed: $page"
    run "$VAFIT" shrink signed --level locals --unstripped none -o small -q
    if [ "$best" = best ]; then
        expect 'shrink, of the best' 3 '' "vafit: signed: $page: the file was changed after it was signed; sign it again first"
    else
        expect 'shrink, of another' 0 '' ''
    fi
done <<'END'
1,2 0 lesser
1,2 1 best
2,1 0 best
2,1 1 lesser
END

# --- changed after signing ---

changed='its hash does not match the bytes at 0x4000: the file was changed after it was signed; sign it again first'
at=$((0x4000))
cp plain patched && "$POKE" patched "@$at:1" +1
for level in lossless locals; do
    run "$VAFIT" shrink patched --level $level --unstripped none -o small -q
    expect "shrink --level $level of a file that was patched" 3 '' "vafit: patched: code signature page 4: $changed"
    expect_true 'nothing is written' test ! -e patched.new
done
cp patched twice && "$POKE" twice "@$((0x5000)):1" +1 && "$POKE" twice "@$((0x6000)):1" +1
run "$VAFIT" shrink twice --unstripped none -o small -q
expect 'of several pages the first is named' 3 '' "vafit: twice: code signature page 4: $changed"
run "$VAFIT" shrink patched --no-verify --unstripped none -o small -q
expect 'also without proof' 3 '' "vafit: patched: code signature page 4: $changed"
run "$VAFIT" link -q -- sh -c 'cp patched "$2"' - -o linked
expect 'link' 3 '' "vafit: linked: code signature page 4: $changed
vafit: linked: removed, since it could not be shrunk"
expect_true 'link leaves no output' test ! -e linked
"$MAKE_MACHO" component --shape simple --out programs --dylibs 2 --dylibs-total 2MiB --executable-text 1MiB \
    --executable-linkedit 8MiB --density 50 --hashes >/dev/null
sum=$("$VAFIT" check programs/browser_tests --format json | jq '.programs[0].va.sum')
"$POKE" programs/browser_tests "@$at:1" +1
run "$VAFIT" fix programs/browser_tests --limit $((sum - 1)) --out-dir fixed --unstripped none -q
expect 'fix' 3 - "vafit: programs/browser_tests: code signature page 4: $changed"
expect_true 'fix writes nothing' test ! -e fixed/browser_tests

# What a rewriting makes anew it signs anew: load commands that install_name_tool changed.
cp plain renamed && "$POKE" renamed LC_ID_DYLIB+31:1 +1
run "$VAFIT" verify renamed -q
expect 'a name changed after signing' 1 '' 'vafit: renamed: code signature page 0: its hash does not match the bytes at 0x0'
run "$VAFIT" shrink renamed --level locals --unstripped none -o small -q
expect 'shrink signs it' 0 '' ''
run "$VAFIT" verify small -q
expect 'and its hashes are right' 0 '' -

# --- by an identity ---

cp plain program
sign program identity flags=0x10000 identifier=program "$XML" "$DER" "$REQUIREMENTS"
# signer OPTION...: what --identity runs; it writes down the name of what it is given.
signer() {
    printf '#!/bin/sh\nbasename "$1" >>"%s/names"\nexec python3 "%s/lib/sign.py" "$1" identity %s\n' \
        "$WORK" "$TESTS" "$*" >signer
    chmod +x signer
}
# identity NAME STATUS ERROR
identity() {
    rm -rf out && mkdir out && rm -f names
    run "$VAFIT" shrink program --level locals --unstripped none -o out/program -q --identity ./signer
    expect "$1" "$2" '' "${3:+vafit: out/program: code signature: $3}"
    expect_true "$1: the signer is given the file's own name" test "$(cat names)" = program
    expect_true "$1: nothing else is left" test "$(ls -A out)" = "$([ "$2" = 0 ] && echo program)"
}
keeps="codesign keeps them by --preserve-metadata=flags,runtime"
signer flags=0x10000 identifier=program "'$XML'" "'$DER'" "'$REQUIREMENTS'"
identity 'an identity that keeps all' 0 ''
signer flags=0x10000 hashes=1,2 identifier=program "'$XML'" "'$DER'" "'$REQUIREMENTS'"
identity 'an identity with two hashes' 0 ''
signer flags=0x0 identifier=program "'$XML'" "'$DER'" "'$REQUIREMENTS'"
identity 'without the hardened runtime' 3 "the flags 0x10000 are gone, the hardened runtime among them; $keeps"
signer flags=0x10000 identifier=program "'$DER'" "'$REQUIREMENTS'"
identity 'without the entitlements' 3 'slot 5 (entitlements) is gone'
signer flags=0x10000 identifier=program "'$XML'" "'$REQUIREMENTS'"
identity 'without the DER entitlements' 3 'slot 7 (DER entitlements) is gone'
signer flags=0x10000 identifier=program "'$XML'" "'$DER'" "'slot=2:0xfade0c01:another'"
identity 'with other requirements' 3 'slot 2 (requirements) is not the same'
signer flags=0x10000 identifier=another "'$XML'" "'$DER'" "'$REQUIREMENTS'"
identity 'with another identifier' 3 'the identifier is another, was program'
