# Dylibs and programs that an identity signed: --identity says how to sign what becomes of them. What the signer loses,
# or does not sign, is noticed; nothing is written then.
. "$(dirname "$0")/../lib/consolidate.sh"

# signer NAME OPTION...: what --identity runs, which signs under the name of what it is given.
signer() {
    printf '#!/bin/sh\nbasename "$1" >>"%s/names"\nexec python3 "%s/lib/sign.py" "$1" "identifier=$(basename "$1")" %s\n' \
        "$WORK" "$TESTS" "${*:2}" >"$1" && chmod +x "$1"
}
# signed: case/parts and its dylibs, all of an identity, with the hardened runtime.
signed() {
    rm -rf case names && mkdir case
    dylib a -adhoc_codesign && dylib b -adhoc_codesign && dylib x case/liba.dylib case/libb.dylib -adhoc_codesign
    program case/libx.dylib -adhoc_codesign
    for file in case/*; do
        python3 "$TESTS/lib/sign.py" "$file" "identifier=$(basename "$file")" identity flags=0x10000
    done
    (cd case && sha256sum *) >before
}
object x 4 -DUSES=a
signer good identity flags=0x10000

signed
run "$VAFIT" consolidate case/parts --dry-run
expect_true 'without --identity nothing is merged' grep -qx 'no two dylibs can be merged' .out
run "$VAFIT" consolidate case/parts --in-place -q --identity ./good
expect 'all of an identity' 0
expect_same 'what was signed' <(printf '%s\n' liba.dylib libb.dylib libconsolidated.dylib libx.dylib parts) <(sort names)
run run_program $ARCH case/parts
expect 'it prints the same' 0 "$printed"
for file in case/libconsolidated.dylib case/lib[abx].dylib case/parts; do
    run "$VAFIT" verify -q "$file"
    expect "$file is sound" 0
    # CSMAGIC_BLOBWRAPPER, with what the tests' signer writes into it.
    expect_true "$file is of the identity" grep -q somebody "$file"
done
run "$VAFIT" consolidate case/parts --undo -q
expect 'it is taken back' 0
expect_same 'every file is as it was' before <(cd case && sha256sum *)

# The ones of an identity are signed by it, all others ad hoc.
signed
dylib b -adhoc_codesign
run "$VAFIT" consolidate case/parts --in-place -q --identity ./good
expect 'some of an identity' 0
expect_same 'what was signed of them' <(printf '%s\n' liba.dylib libconsolidated.dylib libx.dylib parts) <(sort names)
run "$VAFIT" verify -q case/libb.dylib
expect 'the stub of the other is sound' 0

# refused NAME STATUS ERROR
refused() {
    signed
    run "$VAFIT" consolidate case/parts --in-place -q --identity ./signer
    head -1 .err >first
    expect "$1" "$2" '' -
    expect_same "$1: the reason" <(echo "$3") first
    expect_same "$1: every file is as it was" before <(cd case && sha256sum *)
}
printf '#!/bin/sh\nexit 1\n' >signer && chmod +x signer
refused 'a signer that fails' 4 'vafit: case/libconsolidated.dylib: the command of --identity failed'
signer signer flags=0x10000
refused 'a signer that signs ad hoc' 3 \
    'vafit: case/libconsolidated.dylib: merged image: is signed by no identity; a part was'
signer signer identity
refused 'a signer that loses the hardened runtime' 3 'vafit: case/parts: code signature: the flags 0x10000 are gone, the hardened runtime among them; codesign keeps them by --preserve-metadata=flags,runtime'
printf '#!/bin/sh\npython3 "%s/lib/sign.py" "$1" "identifier=$(basename "$1")" identity flags=0x10000\ncase $1 in */lib[abx].dylib) printf %%s x | dd of="$1" bs=1 seek=2000 conv=notrunc 2>/dev/null ;; esac\n' "$TESTS" >signer
refused 'a signer that damages a stub' 3 'vafit: case/liba.dylib.vafit-new: code signature page 0: its hash does not match the bytes at 0x0'
