# fix of a program with a missing dylib, and command lines that are wrong.
. "$(dirname "$0")/../lib/fix.sh"

fresh
rm out/libtwo.dylib
run "$VAFIT" fix out/main --in-place --limit $((sum - 1))
expect 'a dylib that is missing' 3 '' \
    'vafit: out/main asks for @rpath/libtwo.dylib, which was not found; tried out/./libtwo.dylib (no such file)'
run "$VAFIT" fix out/main --dry-run --allow-missing '*two*'
expect 'one that may be' 0 "out/main (arm64): fits under macos-26 and macos-27; $ends
nothing to do"

usage="vafit: see \`vafit help fix\`"
run "$VAFIT" fix
expect 'nothing to fix' 2 '' "vafit: fix needs an executable
$usage"
run "$VAFIT" fix out/main
expect 'no place' 2 '' "vafit: fix needs one of --in-place, --out-dir and --undo
$usage"
run "$VAFIT" fix out/main --in-place --undo
expect 'two places' 2 '' "vafit: fix needs one of --in-place, --out-dir and --undo
$usage"
run "$VAFIT" fix out/main --undo --dry-run
expect 'a dry undo' 2 '' "vafit: --undo has no dry run
$usage"
run "$VAFIT" fix out/main --in-place --up-to most
expect 'an unknown level' 2 '' "vafit: --up-to takes one of align, lossless, debug-map, locals, symbols, exports, consolidate, lossless+consolidate, debug-map+consolidate, locals+consolidate, symbols+consolidate, exports+consolidate, not 'most'
$usage"
run "$VAFIT" fix out/gone --in-place
expect 'an executable that is not there' 4 '' 'vafit: out/gone: cannot open: No such file or directory'
for up_to in consolidate exports+consolidate; do
    run "$VAFIT" fix out/main --in-place --up-to $up_to --unstripped none
    expect "$up_to without originals" 2 '' "vafit: --unstripped none: nothing could bring the dylibs back
$usage"
done
run "$VAFIT" fix out/main --in-place --up-to symbols+consolidate --keep-export _x
expect 'consolidate is no closed world' 2 '' "vafit: --keep-export, --ignore-strings and --assume-closed need --up-to exports
$usage"
