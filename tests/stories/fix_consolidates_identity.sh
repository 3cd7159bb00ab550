# fix --up-to consolidate of what an identity signed: --identity signs the merged image, the stubs and the program.
. "$(dirname "$0")/../lib/fix.sh"

printf '#!/bin/sh\nexec python3 "%s/lib/sign.py" "$1" "identifier=$(basename "$1")" identity flags=0x10000\n' \
    "$TESTS" >good && chmod +x good
for file in built/main built/*.dylib; do ./good $file; done
limit=$("$VAFIT" fix built/main --dry-run --limit 9GiB --format json --up-to consolidate --identity ./good |
    jq '.programs[0].after.sum')
fresh
run "$VAFIT" fix out/main --in-place -q --limit "$limit" --up-to consolidate
expect_true 'without --identity nothing is written' diff -r built out
run "$VAFIT" fix out/main --in-place --limit "$limit" --up-to consolidate --identity ./good --format json
expect 'done' 0 -
expect_true 'dylibs are one image' jq -e '.groups | length == 1' .out
for file in out/main out/*.dylib; do
    # CSMAGIC_BLOBWRAPPER, with what the tests' signer writes into it.
    expect_true "$file is of the identity" grep -q somebody "$file"
done
run "$VAFIT" verify -q out/main out/*.dylib
expect 'all files are sound' 0
runs_the_same 'signed by an identity' out
run "$VAFIT" fix out/main --undo -q
expect 'taken back' 0
expect_true 'every byte is what it was' diff -r built out
