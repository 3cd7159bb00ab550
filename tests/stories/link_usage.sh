# link: command lines that are wrong.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"

SEE='vafit: see `vafit help link`'
run "$VAFIT" link
expect 'nothing' 2 '' "vafit: link needs a linker after --
$SEE"
run "$VAFIT" link --level locals --
expect 'no linker' 2 '' "vafit: link needs a linker after --
$SEE"
run "$VAFIT" link clang -o out
expect 'no --, an option of the linker' 2 '' "vafit: there is no option -o
$SEE"
run "$VAFIT" link clang -- a.o
expect 'a linker before --' 2 '' "vafit: link needs -- before the linker, not 'clang'
$SEE"
run "$VAFIT" link --level most -- clang
expect 'an unknown level' 2 '' "vafit: --level takes one of align, lossless, debug-map, locals, symbols, not 'most'
$SEE"
echo '@self' >self
run "$VAFIT" link -- sh -c 'echo ran' @self
expect 'a response file that names itself' 2 '' "vafit: response files are nested too deeply at '@self'
$SEE"
