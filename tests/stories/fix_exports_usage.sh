# Command lines that ask for the level exports wrongly.
. "$(dirname "$0")/../lib/fix_exports.sh"

fresh
usage='vafit: see `vafit help fix`'
run "$VAFIT" fix out/main --in-place --up-to exports --arch arm64
expect 'one architecture is no closed world' 2 '' "vafit: --up-to exports needs all architectures, without --arch
$usage"
run "$VAFIT" fix out/main --in-place --keep-export x
expect 'exports that no level drops' 2 '' "vafit: --keep-export, --ignore-strings and --assume-closed need --up-to exports
$usage"
run "$VAFIT" fix out/main --in-place --up-to symbols --ignore-strings
expect 'strings that keep nothing' 2 '' "vafit: --keep-export, --ignore-strings and --assume-closed need --up-to exports
$usage"
run "$VAFIT" shrink out/main --in-place --level exports
expect 'one image is no closed world' 2 '' "vafit: --level takes one of align, lossless, debug-map, locals, symbols, not 'exports'
vafit: see \`vafit help shrink\`"
run "$VAFIT" link --level exports -- true
expect 'nor is one link' 2 '' "vafit: --level takes one of align, lossless, debug-map, locals, symbols, not 'exports'
vafit: see \`vafit help link\`"
run "$VAFIT" verify out/main --against built/main --level most
expect 'an unknown level of verify' 2 '' "vafit: --level takes one of align, lossless, debug-map, locals, symbols, exports, not 'most'
vafit: see \`vafit help verify\`"
