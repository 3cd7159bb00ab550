# Unwind information: what vafit reads of real programs is what LLVM reads, and so is what vafit writes anew; with
# that, exceptions are caught as before.
. "$(dirname "$0")/../lib/run_programs.sh"
. "$TESTS/lib/listed.sh"

# leaves ARCH FOLDER: libleaves, of many small functions without frame pointers. For x86_64 each leaf has a record of
# its own in __eh_frame and so an encoding of its own: those that follow each other want regular pages, the others
# compressed ones with encodings of their own.
leaves() {
    local i
    mkdir -p "$2"
    {
        echo 'int other(int);'
        for i in $(seq 600); do echo "int only$i(int x) { return x * $i; }"; done
        for i in $(seq 600); do
            echo "int leaf$i(int x) { return x * $i; } int node$i(int x) { return leaf$i(x) + other(x); }"
        done
    } >leaves.c
    clang-19 --target="$1-apple-macos13" -O1 -fomit-frame-pointer -fno-inline -c leaves.c -o leaves.o &&
        link "$1" -dylib -undefined dynamic_lookup -install_name @rpath/libleaves.dylib \
            -o "$2/libleaves.dylib" leaves.o
}

# pages FILE...: the kinds of pages there are, and whether they have encodings of their own.
pages() {
    llvm-objdump-19 --macho --unwind-info "$@" |
        sed -n 's/.*, encoding\[.*/compressed/p; s/.*, encoding=.*/regular/p; s/.*Page encodings.*/own/p' |
        sort -u | paste -sd ' '
}

# entries FILE: all but where in __eh_frame the record is, which changes. 3 and 4 are the modes of arm64 and x86_64.
entries() {
    python3 "$TESTS/lib/unwind_entries.py" "$1" | sed "s/ \(0x.\)$dwarf....../ \1${dwarf}______/"
}

# pointers FILE: what the records of __eh_frame are about, without where they are.
pointers() {
    python3 "$TESTS/lib/frames.py" "$1" | sed 's/^[0-9a-f]* //; s/cie=[0-9a-f]* //'
}

# again BLOCKS FILE: its unwind information is written anew, with as many blocks in its __eh_frame, the last one for its
# own functions; by LLVM it says what it said before.
again() {
    entries "$2" >old_entries
    pointers "$2" >old_pointers
    run "$BUILD/tests/unwind_again/unwind_again" "$1" "$2"
    expect "$2: it is written" 0
    same_unwind "$2, written" "$2"
    same_frames "$2, written" "$2"
    entries "$2" >new_entries
    expect_same "$2: the entries are the same" old_entries new_entries
    pointers "$2" | tail -n $(wc -l <old_pointers) >new_pointers
    expect_same "$2: the pointers are the same" old_pointers new_pointers
    records "$2" >found
    expect_same "$2: each function's record is found" /dev/null found
}

# records FILE: the functions whose entries do not say where their records are.
records() {
    python3 "$TESTS/lib/frames.py" "$1" | sed -n 's/^\([0-9a-f]*\) FDE .*pc=\([0-9a-f]*\)\.\.\..*/\1 \2/p' >places
    python3 "$TESTS/lib/unwind_entries.py" "$1" | grep "^0x\w* 0x.$dwarf" | while read -r function encoding _; do
        printf '%08x %08x\n' $((encoding & 0xffffff)) $((function + base))
    done | grep -vxFf places
}

for arch in arm64 x86_64; do
    dwarf=3 kinds='compressed regular'
    [ $arch = arm64 ] || dwarf=4 kinds='compressed own regular'
    mkdir $arch
    small_program $arch $arch/c && throwing_program $arch $arch/throwing && leaves $arch $arch/leaves ||
        fail "$arch: building" <<<'clang or the linker failed'
    pages $arch/*/* >found
    echo "$kinds" >wanted
    expect_same "$arch: there are pages of each kind" wanted found
    for image in $arch/*/*; do
        base=0 blocks=2
        case $image in
        */main | */throwing/throwing) base=$((0x100000000)) ;;
        */libleaves.dylib) blocks=1 ;; # there is no room for more
        esac
        same_unwind "$image" "$image"
        same_frames "$image" "$image"
        again $blocks "$image"
    done
    pages $arch/*/* >found
    echo 'compressed own regular' >wanted
    expect_same "$arch, written: there are pages of each kind" wanted found
    run run_program $arch $arch/c/main
    expect "$arch: C runs" 0 "$small"
    run run_program $arch $arch/throwing/throwing
    expect "$arch: exceptions are caught" 4 "$throwing"
done
# --- malformed ones ---

# place SECTION FIELD FILE
place() {
    llvm-otool-19 -l "$3" | awk -v s="$1" -v f="$2" '$1 == "sectname" { n = $2 } n == s && $1 == f { print $2; exit }'
}
cp arm64/throwing/libdeep.dylib copy
"$POKE" copy @"$(place __unwind_info offset copy)":4 2
run "$BUILD/tests/dump_macho/dump_macho" unwind copy
expect 'unwind information of another version' 3 '' 'vafit: copy: unwind info version: 2 is unknown'
"$POKE" copy @$(($(place __eh_frame offset copy) + 8)):1 4
run "$BUILD/tests/dump_macho/dump_macho" eh_frame copy
expect 'call frame information of another version' 3 '' 'vafit: copy: eh_frame record at 0x0: the version 4 is unknown'
