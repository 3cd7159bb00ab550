# What vafit reads of __LINKEDIT, held against what llvm-objdump-19 reads, by the program tests/dump_macho.

# same_exports NAME FILE: of a thin file.
same_exports() {
    "$BUILD/tests/dump_macho/dump_macho" exports "$2" >mine 2>&1
    llvm-objdump-19 --macho --exports-trie "$2" | sed -n '/^0x\|^\[re-export\]/p' |
        LC_ALL=C sort -k2 >theirs
    expect_same "$1: $(wc -l <theirs) exports" theirs mine
}

# same_functions NAME FILE: of a thin file.
same_functions() {
    "$BUILD/tests/dump_macho/dump_macho" functions "$2" >mine 2>&1
    llvm-objdump-19 --macho --function-starts=addrs "$2" | sed -n '/^[0-9a-f]*$/p' >theirs
    expect_same "$1: $(wc -l <theirs) functions" theirs mine
}

# same_fixups NAME FILE: of a thin file: every import and every fixup: where, to what, with which addend and
# ordinal.
same_fixups() {
    # llvm-objdump does not tell which lazy binds are weak.
    "$BUILD/tests/dump_macho/dump_macho" fixups "$2" 2>&1 | sed 's/^\(lazy .*\) weak$/\1/' | LC_ALL=C sort >mine
    python3 "$TESTS/lib/fixups.py" "$2" >theirs
    expect_same "$1: $(wc -l <theirs) imports and fixups" theirs mine
}
