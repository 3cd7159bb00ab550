# verify of a consolidated program that was shrunk too, by fix or by hand: no symbol that a level drops is a finding, and
# anything else is.
. "$(dirname "$0")/../lib/fix.sh"

limit=$("$VAFIT" fix built/main --dry-run --limit 9GiB --format json --up-to consolidate | jq '.programs[0].after.sum')
# sound FILE [OPTION...]
sound() {
    run "$VAFIT" verify "$@"
    expect "$name: verify $*" 0 "$1: well formed, and means the same"
}
for name in symbols+consolidate; do
    fresh
    run "$VAFIT" fix out/main --in-place --limit $limit --up-to $name -q
    expect "$name: done" 0
    sound out/main
    sound out/main --against out/main.unstripped
    sound out/main --against built/main
    rm -rf copy
    run "$VAFIT" fix built/main --out-dir copy --limit $limit --up-to $name -q
    expect "$name: a copy" 0
    sound copy/main --against built/main
done

name='fix after consolidate'
fresh
run "$VAFIT" consolidate out/main --in-place -q
run "$VAFIT" fix out/main --in-place --limit $limit --up-to symbols -q
expect "$name" 0
expect_true 'the program was shrunk' test "$(stat -c %s out/main)" -lt "$(stat -c %s built/main)"
sound out/main
sound out/libconsolidated.dylib
run "$VAFIT" shrink out/*.dylib --in-place -q --level symbols
sound out/main

# What no shrinking does.
cp out/main whole
run "$VAFIT" verify out/main --against built/main --level align
expect_true 'symbols are gone that level align keeps' test $status = 1
at=$(llvm-otool-19 -l whole | awk '$2 == "__text" { f = 1 } f && $1 == "offset" { print $2; exit }')
printf '\377' | dd of=out/main bs=1 seek=$((at + 5)) conv=notrunc 2>/dev/null
run "$VAFIT" verify out/main
expect_true 'a byte of code' test $status = 1
cp whole out/main
"$POKE" out/main 'LC_LOAD_DYLIB+16:4' 0x10000
run "$VAFIT" verify out/main
expect_true 'the version that it asks for' test $status = 1
cp whole out/main
sound out/main

# A copy that was shrunk by itself has an original of its own.
"$VAFIT" consolidate built/main --out-dir by -q && "$VAFIT" shrink by/main --in-place -q
name='a copy that was shrunk'
sound by/main --against by/main.unstripped
sound by/main --against built/main
