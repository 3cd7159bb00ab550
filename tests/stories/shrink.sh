# shrink: what each level drops, where the results go, and what is refused.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/programs.sh"

# kinds FILE: how many stabs, locals, exported and undefined symbols llvm-nm-19 sees.
kinds() {
    llvm-nm-19 -ap "$1" 2>/dev/null | awk '
        / - [0-9a-f]+ [0-9a-f]+ /{ stabs++; next }
        $NF != "" { kind = NF == 3 ? $2 : $1
            if (kind == "U") undefined++; else if (kind ~ /^[a-z]$/) locals++; else exported++ }
        END { print stabs + 0, locals + 0, exported + 0, undefined + 0 }'
}

small_program arm64 program
compile arm64 base.o base.c
link arm64 -dylib -install_name @rpath/libbase.dylib -o lib base.o
# libbase has a static function and a static variable beside what it exports; built with -g.
expect_true 'the original has symbols of every kind' test "$(kinds lib)" != "0 0 2 0"
before=$(kinds lib)
for level in lossless debug-map locals symbols; do
    run "$VAFIT" shrink lib --level $level -o $level.dylib
    expect "$level: one line says what was freed" 0 - ''
    expect_true "$level: which names the new file" grep -qE \
        "^$level.dylib: __LINKEDIT [0-9]+ bytes, was [0-9]+ bytes$" .out
done
expect_true 'lossless drops no symbol' test "$(kinds lossless.dylib)" = "$before"
expect_true 'debug-map drops the stabs' test "$(kinds debug-map.dylib)" = "0 ${before#* }"
expect_true 'locals drops local symbols too' test "$(kinds locals.dylib)" = "0 0 ${before#* * }"
expect_true 'symbols drops all' test "$(kinds symbols.dylib)" = '0 0 0 0'
expect_true 'the exports trie stays' test \
    "$(llvm-objdump-19 --macho --exports-trie symbols.dylib | grep -c _base_)" = 2
expect_true 'the original stays beside the new file' cmp lib locals.dylib.unstripped
expect_true 'but for lossless, which loses nothing' test ! -e lossless.dylib.unstripped

# debug-map is the default; --out-dir and --in-place.
run "$VAFIT" shrink lib -o default.dylib
expect_true 'debug-map is the default' cmp default.dylib debug-map.dylib
mkdir originals
run "$VAFIT" shrink program/libbase.dylib program/libleft.dylib --out-dir out --unstripped originals
expect 'many files into a folder' 0 - ''
expect_true 'the originals into another' cmp program/libleft.dylib originals/libleft.dylib.unstripped
cp lib own.dylib && chmod 751 own.dylib
run "$VAFIT" shrink --in-place own.dylib
expect_true 'in place: a new file' cmp own.dylib debug-map.dylib
expect_true 'with the mode of the old one' test "$(stat -c %a own.dylib)" = 751
expect_true 'which stays as the original' cmp own.dylib.unstripped lib
touch -d 2001-01-01 own.dylib
run "$VAFIT" shrink --in-place own.dylib
expect_true 'in place again: nothing is touched' test "$(date -r own.dylib +%Y)" = 2001
expect_true 'what is kept is still the original' cmp own.dylib.unstripped lib
run "$VAFIT" shrink --in-place own.dylib --level locals
expect_true 'a higher level later keeps the fuller original' cmp own.dylib.unstripped lib
cp program/libleft.dylib own.dylib
run "$VAFIT" shrink --in-place own.dylib
expect 'another dylib under the name' 4 '' \
    'vafit: own.dylib.unstripped: is there, and is not the original of own.dylib; move it away, or keep originals elsewhere with --unstripped'
expect_true 'the original of the first stays' cmp own.dylib.unstripped lib
cp lib left.dylib && echo '{"schema": "other"}' >left.dylib.vafit-journal
run "$VAFIT" shrink --in-place left.dylib
expect 'a journal that is none' 3 '' 'vafit: left.dylib.vafit-journal: journal: not a journal of this version of vafit; remove it when no run of vafit needs it'
expect_true 'nothing is touched' cmp left.dylib lib
run "$VAFIT" shrink lib -o none.dylib --unstripped none
expect_true '--unstripped none keeps no original' test ! -e none.dylib.unstripped

run "$VAFIT" shrink lib --dry-run
expect_true '--dry-run: what each level would free' grep -qE \
    '^lib would free: lossless [0-9]+ bytes, debug-map [0-9]+ bytes, locals [0-9]+ bytes, symbols [0-9]+ bytes$' .out
run "$VAFIT" shrink lib -o quiet.dylib -q
expect 'quiet' 0 '' ''

# Universal files: each slice, the offsets and what is not rewritten.
small_program x86_64 intel
llvm-lipo-19 -create program/main intel/main -output both
run "$VAFIT" shrink both --level locals -o both.small
expect 'a universal file' 0 - ''
run "$VAFIT" verify both.small --against both
expect 'means the same' 0 'both.small: well formed, and means the same' ''
for arch in arm64 x86_64; do
    llvm-lipo-19 both.small -thin $arch -output slice
    folder=program
    [ $arch = x86_64 ] && folder=intel
    "$VAFIT" shrink $folder/main --level locals -o thin.$arch -q
    expect_true "its $arch slice is as the thin file's" cmp slice thin.$arch
done

# What LLVM's debugger finds through the original.
if command -v lldb-19 >/dev/null; then
    run lldb-19 -b -o 'target create --no-dependents locals.dylib.unstripped' \
        -o 'image lookup -v -n base_next'
    expect_true 'lldb finds functions and lines through the original' grep -q 'base.c:' .out
else
    skip 'lldb finds functions and lines through the original' 'there is no lldb-19'
fi
expect_true 'dsymutil reads the debug map of the original' sh -c \
    'dsymutil-19 --dump-debug-map locals.dylib.unstripped | grep -q _base_next'

# Refused.
run "$VAFIT" shrink lib
expect 'no place for the result' 2 '' 'vafit: shrink needs one of --output, --out-dir and --in-place
vafit: see `vafit help shrink`'
run "$VAFIT" shrink lib own.dylib -o x
expect 'one output for two images' 2 '' 'vafit: --output is for one image; --out-dir takes many
vafit: see `vafit help shrink`'
run "$VAFIT" shrink
expect 'nothing to shrink' 2 '' 'vafit: shrink needs an image
vafit: see `vafit help shrink`'
run "$VAFIT" shrink lib --level most -o x
expect 'an unknown level' 2 '' "vafit: --level takes one of align, lossless, debug-map, locals, symbols, not 'most'
vafit: see \`vafit help shrink\`"
run "$VAFIT" shrink gone -o x
expect 'an image that is not there' 4 '' 'vafit: gone: cannot open: No such file or directory'
cp lib trailing && printf more >>trailing
run "$VAFIT" shrink trailing -o x
expect 'bytes after __LINKEDIT' 3 '' \
    "vafit: trailing: after __LINKEDIT: 4 bytes at $(printf '0x%x' "$(stat -c %s lib)") that no table reaches, perhaps the archive of a one-file program, which a rewriting would lose; --drop-unclaimed drops them"
cp lib unknown && "$POKE" unknown 'LC_FUNCTION_STARTS+0:4' 0x77
run "$VAFIT" shrink unknown -o x
expect_true 'a load command that vafit does not know' grep -qE \
    '^vafit: unknown: load command [0-9]+ \(0x77\) cmd: unknown to vafit, which could lose what it points to$' .err
cp lib identity && sign_as_somebody identity
run "$VAFIT" shrink identity -o x
expect 'a signature by an identity' 3 '' \
    'vafit: identity: code signature: signed by an identity as libbase.dylib; say with --identity how to sign it again'
run "$VAFIT" shrink identity -o signed --identity 'false'
expect 'an identity that fails' 4 '' 'vafit: signed: the command of --identity failed'
expect_true 'leaves nothing' test ! -e signed -a ! -e signed.unstripped
run "$VAFIT" shrink identity -o signed --identity 'touch called;:'
expect 'an identity that signs' 0 - ''
expect_true 'was called' test -e called
expect_true 'nothing else was written' test -z "$(find . -name 'x*' -newer lib)"

# verify.
run "$VAFIT" verify lib program/main
expect 'verify: what lld made is well formed' 0 'lib: well formed
program/main: well formed' ''
run "$VAFIT" verify
expect 'verify: nothing to verify' 2 '' 'vafit: verify needs an image
vafit: see `vafit help verify`'
run "$VAFIT" verify lib own.dylib --against lib
expect 'verify: two images against one' 2 '' 'vafit: verify --against needs one image
vafit: see `vafit help verify`'
run "$VAFIT" verify locals.dylib --against program/libleft.dylib
expect_true 'verify: another dylib is another' test $status = 1
