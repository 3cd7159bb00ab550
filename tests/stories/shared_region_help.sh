# Where the executable is too big for the shared region, the advice is about what there is most of in it.
# Labels: quick
. "$(dirname "$0")/../lib/rules.sh"

gib='2.00 GiB'
# helps NAME FILE DO ELSE ARGUMENT...: the last two lines of shared-region's help.
helps() {
    run "$VAFIT" check "$2" -v "${@:5}"
    sed -n '/^  error: shared-region: /,/^      else: /s/^      \(do\|else\): *//p' .out >.found
    printf '%s\n' "$3" "$4" >.wanted
    expect_same "$1" .wanted .found
    run "$VAFIT" check "$2" --format json "${@:5}"
    jq -r '.programs[0].findings[] | select(.rule == "shared-region") | .help | .what_to_do, .if_not_possible' .out >.found
    expect_same "$1: in JSON" .wanted .found
}
# full_of FILE SEGMENT: an executable with 2 GiB in a segment in front of __LINKEDIT.
full_of() {
    image "$1" --segment __PAGEZERO=0+0x100000000 --segment __TEXT=0x100000000+0x8000 \
        --segment "$2=0x100008000+0x80000000" --segment __LINKEDIT=0x180008000+0x2000000
}

linkedit='`vafit fix EXECUTABLE --in-place` makes the executable smaller, and keeps the original; or in the build, drop its debug map (`strip -S`, -Wl,-S, strip = "debuginfo" in Cargo), which is most of __LINKEDIT in such programs'
image symbols --segment __PAGEZERO=0+0x100000000 --segment __TEXT=0x100000000+0x8000 \
    --segment __LINKEDIT=0x100008000+0x80000000
helps 'symbol tables' symbols "$linkedit" 'move code into dylibs, which are placed elsewhere, or link with -dead_strip'

beside='keep the data beside the program, in a file that it opens; bundlers of one file can make a folder instead'
compress='compress the data, or move it into a dylib, which is placed elsewhere'
full_of bundle __NODE_SEA
helps 'a bundle of one file' bundle "$gib of the executable are data, most of it in __NODE_SEA: $beside" "$compress"
full_of tables __DATA
helps 'data with bytes in the file' tables "$gib of the executable are data, most of it in __DATA: $beside" "$compress"

# An array that the file does not have: __DATA of a page in the file.
image arrays --segment __PAGEZERO=0+0x100000000 --segment __TEXT=0x100000000+0x8000 \
    --segment __DATA=0x100008000+0x4000 --segment __LINKEDIT=0x180008000+0x2000000
"$POKE" arrays 'LC_SEGMENT_64[2]+32:8' 0x80000000
helps 'static arrays' arrays "$gib of the executable are zero-fill, most of it in __DATA: allocate it at run time (malloc, mmap; in Fortran allocatable arrays) in place of static arrays" \
    'make the arrays smaller, or move them into a dylib, which is placed elsewhere'

image code --segment __PAGEZERO=0+0x100000000 --segment __TEXT=0x100000000+0x80000000 \
    --segment __LINKEDIT=0x180000000+0x2000000
helps 'code' code "$gib of the executable are code, most of it in __TEXT: move code into dylibs, which are placed elsewhere, or link with -dead_strip" \
    'compile with -Os, and without sanitizers or coverage'

# Facts know it too; those of former versions take all of __TEXT for code.
run "$VAFIT" scan bundle code -o facts.json
expect 'facts' 0 '' ''
helps 'of facts' bundle "$gib of the executable are data, most of it in __NODE_SEA: $beside" "$compress" --facts facts.json
jq 'del(.. | .code_size?)' facts.json >old.json
helps 'of facts of former versions' code "$gib of the executable are code, most of it in __TEXT: move code into dylibs, which are placed elsewhere, or link with -dead_strip" \
    'compile with -Os, and without sanitizers or coverage' --facts old.json
jq '(.images[0].slices[0].segments[1] | .code_size) = 99999999999' facts.json >wrong.json
run "$VAFIT" check bundle --facts wrong.json
expect 'more code than there is' 3 '' 'vafit: wrong.json: images[0].slices[0].segments[1].code_size: is more than vm_size'

# What holds keeps the help of its rule.
image small --text 16384
run "$VAFIT" check small -v
expect_true 'an executable that fits' grep -qF "      do: $linkedit" .out
