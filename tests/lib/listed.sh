# What vafit reads of a file, held against what LLVM reads, by the program tests/dump_macho.

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

# same_unwind NAME FILE: of a thin file: every entry of __unwind_info.
same_unwind() {
    "$BUILD/tests/dump_macho/dump_macho" unwind "$2" >mine 2>&1
    python3 "$TESTS/lib/unwind_entries.py" "$2" >theirs
    expect_same "$1: $(wc -l <theirs) entries" theirs mine
}

# same_frames NAME FILE: of a thin file: every record of __eh_frame, and where its pointers point.
same_frames() {
    "$BUILD/tests/dump_macho/dump_macho" eh_frame "$2" >mine 2>&1
    python3 "$TESTS/lib/frames.py" "$2" >theirs
    expect_same "$1: $(wc -l <theirs) records" theirs mine
}
