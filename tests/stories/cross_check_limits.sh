# What LIEF is not asked about.
. "$(dirname "$0")/../lib/cross_check.sh"

few_programs
# not_asked NAME FILE REASON: the images of make_macho have no right page hashes.
not_asked() {
    run "$VAFIT" verify "$2"
    grep -v 'code signature page 0' .err >kept
    mv kept .err
    status=0
    expect "$1" 0 - "vafit: $2: LIEF: not asked, $3"
}
"$MAKE_MACHO" image --out heavy --linkedit 65MiB
not_asked 'a large __LINKEDIT' heavy \
    '__LINKEDIT has 65.0 MiB, more than 64.0 MiB'
"$MAKE_MACHO" image --out long --text 200MiB
run "$VAFIT" verify long
expect_true 'a large file' grep -qE \
    '^vafit: long: LIEF: not asked, the file has 20[0-9]\.[0-9] MiB, more than 192\.0 MiB$' .err
"$MAKE_MACHO" universal --out wide --fat64 arm64-fixup_chains/main x86_64-fixup_chains/main
run "$VAFIT" verify wide
expect 'a universal header with 64-bit offsets' 0 'wide: well formed' \
    'vafit: wide: LIEF: not asked, the universal header has 64-bit offsets'
for ((i = 0; i < 2500; i++)); do
    printf 'void f%d%0600d(void) {}\n' $i 0
done >many.c
clang-19 --target=x86_64-apple-macos13 -c many.c -o many.o
link x86_64 -no_fixup_chains -dylib -install_name @rpath/many.dylib -o many.dylib many.o
run "$VAFIT" verify many.dylib
expect_true 'many exports in LC_DYLD_INFO' grep -qE \
    '^vafit: many.dylib: LIEF: not asked, __LINKEDIT has [0-9.]* MiB, more than 2\.0 MiB with LC_DYLD_INFO$' .err
link x86_64 -fixup_chains -dylib -install_name @rpath/many.dylib -o many.dylib many.o
run "$VAFIT" verify many.dylib
expect 'and in a trie of their own' 0 "many.dylib: $WELL" ''
