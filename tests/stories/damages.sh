# What may happen to a file between shrink and the user, one damage at a time: verify finds each, and says
# what it found.
. "$(dirname "$0")/../lib/damage.sh"
. "$TESTS/lib/programs.sh"

# A program with something of every part of __LINKEDIT that clang and ld64.lld make.
cat >victim.c <<'EOF'
extern void host_print_int(const char *label, long value);
extern void *malloc(unsigned long size);
extern const char *helper_names[];
extern int helper(int value);
extern int many(int value);

static int local_count;
static int local_other = 5;
__attribute__((noinline)) static int first_local(int by) {
    return local_count += by;
}
__attribute__((noinline)) static int second_local(int by) {
    return local_other -= by;
}
int (*const constant_table[])(int) = {first_local, second_local, helper};
int (*table[])(int) = {second_local, first_local, helper, many};
const char **names = helper_names;
__attribute__((weak)) int weak_number = 3;
int exported(int value) {
    host_print_int("exported", value);
    return table[value & 3](value) + constant_table[value % 3](value) + weak_number;
}
int main(void) {
    return exported(malloc(8) != 0) + first_local(2) + second_local(3);
}
__asm__(".text\n.p2align 2\n_inline_table:\n.data_region jt32\n.long 1\n.long 2\n.end_data_region\n");
EOF
cat >helper.c <<'EOF'
const char *helper_names[] = {"one", "two"};
int helper(int value) {
    return value + 1;
}
EOF
cat >many.c <<'EOF'
int many(int value) {
    return value * 3;
}
EOF

# build ARCH FOLDER STYLE LINKER-OPTION...: victim in FOLDER, which loads libhelper, libmany and libSystem.
build() {
    local arch=$1 folder=$2 style=$3 name
    mkdir "$folder"
    for name in victim helper many; do
        clang-19 --target="$arch-apple-macos13" -O1 -g -fno-stack-protector -c $name.c -o "$folder/$name.o" || return
    done
    for name in helper many; do
        link "$arch" "$style" -dylib -install_name @rpath/lib$name.dylib -o "$folder/lib$name.dylib" \
            "$folder/$name.o" || return
    done
    link "$arch" "$style" -rpath @loader_path/. -data_in_code_info "${@:4}" -o "$folder/victim" \
        "$folder/victim.o" "$folder/libhelper.dylib" "$folder/libmany.dylib" 2>.link || { cat .link; return 1; }
}

# shrunk NAME ORIGINAL NEW LEVEL: shrink makes it, and verify finds nothing.
shrunk() {
    run "$VAFIT" shrink "$2" --level "$4" --unstripped none -q -o "$3"
    expect "$1: shrinks" 0
    run "$VAFIT" verify "$3" --against "$2"
    expect "$1: nothing is found before it is damaged" 0 "$3: well formed, and means the same"
}

build x86_64 classic -no_fixup_chains -dylib -install_name @rpath/victim.dylib ||
    fail 'building for x86_64' <<<'the linker failed'
build arm64 chained -fixup_chains -execute || fail 'building for arm64' <<<'the linker failed'

# --- x86_64, without a signature ---

# An entry of the indirect table that names a local symbol, as other linkers make them.
take classic/victim classic/victim
last_local=$((at[LC_DYSYMTAB.nlocalsym] - 1))
"$POKE" classic/victim "@${at[LC_DYSYMTAB.indirectsymoff]}:4" $last_local
shrunk x86_64 classic/victim classic/locals locals
take classic/locals classic/victim

content 'a byte of code' __TEXT "${at[__TEXT,__text.offset]}"
content 'the last byte of code' __TEXT $((at[__TEXT,__text.offset] + at[__TEXT,__text.size] - 1))
content 'a byte of a stub' __TEXT "${at[__TEXT,__stubs.offset]}"
content 'a byte of __cstring' __TEXT "${at[__TEXT,__cstring.offset]}"
content 'a byte of __unwind_info' __TEXT "${at[__TEXT,__unwind_info.offset]}"
content 'a byte of __data' __DATA "${at[__DATA,__data.offset]}"
content 'a byte of __la_symbol_ptr' __DATA "${at[__DATA,__la_symbol_ptr.offset]}"
content 'a byte of __DATA_CONST' __DATA_CONST "${at[__DATA_CONST,__const.offset]}"
content 'the first byte behind the load commands' __TEXT "${at[head.size]}"
content 'the last byte of __TEXT' __TEXT $((at[__TEXT.filesize] - 1))
content 'the last byte before __LINKEDIT' __DATA $((at[__LINKEDIT.fileoff] - 1))
expect_true 'there is padding between the load commands and the code' \
    test "${at[head.size]}" -lt "${at[__TEXT,__text.offset]}"

# The opcodes, by hand. Rebases: type pointer, __DATA_CONST + 0: one, 8 bytes left out, two; __DATA + 0: one,
# 8 bytes left out, two; the end. Binds: dyld_stub_binder, type pointer, ordinal 3, __DATA_CONST + 8: one;
# _helper, type pointer, ordinal 1, 16 bytes on: one; and so on. Weak binds begin with _weak_number. Lazy
# binds: __DATA + 0, ordinal 3, _host_print_int: one; the end.
rebases=${at[LC_DYLD_INFO_ONLY.rebase_off]} binds=${at[LC_DYLD_INFO_ONLY.bind_off]}
weak_binds=${at[LC_DYLD_INFO_ONLY.weak_bind_off]} lazy_binds=${at[LC_DYLD_INFO_ONLY.lazy_bind_off]}
constant=${at[__DATA_CONST.vmaddr]} data=${at[__DATA.vmaddr]}
# in_constant OFFSET, in_data OFFSET: an address as messages show it.
in_constant() { printf '0x%x (__DATA_CONST)' $((constant + $1)); }
in_data() { printf '0x%x (__DATA)' $((data + $1)); }
# target OFFSET: where the pointer at an offset of __DATA points to, by the file.
target() { hex "$(u64 $((at[__DATA.fileoff] + $1)))"; }
binder='binds dyld_stub_binder of ordinal'
lazy_print='lazily binds _host_print_int of ordinal'

damage 'an unknown rebase opcode' 1 'rebase opcodes byte 0x1: opcode 0xde is unknown' @$((rebases + 1)):1=0xde
damage 'a rebase fewer' 1 "rebase opcodes: at $(in_constant 24): there is none, was points to $(
    hex "$(u64 $((at[__DATA_CONST.fileoff] + 24)))"
)" @$((rebases + 5)):1=0x51
damage 'a rebase more' 1 "rebase opcodes: at $(in_data 32): points to 0x0, there was none" @$((rebases + 10)):1=0x53
damage 'a rebase of a segment that there is not' 1 \
    'rebase opcodes byte 0x1 (REBASE_OPCODE_SET_SEGMENT_AND_OFFSET_ULEB): segment 15, but the image has 4' \
    @$((rebases + 1)):1=0x2f
damage 'a rebase in __TEXT' 1 \
    'rebase opcodes byte 0x3 (REBASE_OPCODE_DO_REBASE_ADD_ADDR_ULEB): __TEXT cannot be written' @$((rebases + 1)):1=0x20
damage 'a bind opcode before all it needs' 1 \
    'bind opcodes byte 0x0 (BIND_OPCODE_DO_BIND_ADD_ADDR_IMM_SCALED): no segment and offset were set before it' \
    @"$binds":1=0xbf
damage 'the name in a bind opcode' 1 \
    "bind opcodes: at $(in_constant 8): binds dyldXstub_binder of ordinal 3, was $binder 3" @$((binds + 5)):1=88
damage 'the ordinal of a bind' 1 "bind opcodes: at $(in_constant 8): $binder 2, was $binder 3" @$((binds + 19)):1=0x12
damage 'a bind that may be missing' 1 \
    "bind opcodes: at $(in_constant 8): $binder 3, which may be missing, was $binder 3" @"$binds":1=0x41
damage 'the ordinal of no library' 1 \
    'bind opcodes byte 0x16 (BIND_OPCODE_DO_BIND): ordinal 4, but the image loads 3 dylibs' @$((binds + 19)):1=0x14
damage 'where a bind is' 1 "bind opcodes: at $(in_constant 8): there is none, was $binder 3
bind opcodes: at $(in_constant 16): $binder 3, there was none
bind opcodes: at $(in_constant 32): there is none, was binds _helper of ordinal 1
bind opcodes: at $(in_constant 40): binds _helper of ordinal 1, there was none" @$((binds + 21)):1=16
damage 'a weak bind opcode before all it needs' 1 \
    'weak bind opcodes byte 0x0 (BIND_OPCODE_DO_BIND_ADD_ADDR_IMM_SCALED): no segment and offset were set before it' \
    @"$weak_binds":1=0xbf
damage 'a weak bind that has become a strong definition' 1 "weak bind opcodes: a strong definition of _weak_number, there was none" \
    @"$weak_binds":1=0x48
damage 'the ordinal of a lazy bind' 1 \
    "lazy bind opcodes: at $(in_data 0): $lazy_print 2 by the opcodes at byte 0x0, was $lazy_print 3 by the opcodes at byte 0x0" \
    @$((lazy_binds + 2)):1=0x12

cp "$good" copy
poke_all copy @$((rebases + 15)):1=7
run "$VAFIT" verify copy --against "$original"
expect 'padding behind the end of rebases, which means nothing' 0 'copy: well formed, and means the same'

damage 'the rebase opcodes 8 bytes shorter' 1 "$(
    for offset in 0 16 24; do
        echo "rebase opcodes: at $(in_data $offset): there is none, was points to $(target $offset)"
    done
)" LC_DYLD_INFO_ONLY+12:4=-8
# Of lazy binds the type goes without saying, of others not; and an end in between ends no lazy binds.
damage 'two parts that change places' 1 "$(
    echo 'bind opcodes byte 0x14 (BIND_OPCODE_DO_BIND): type 0 is none of pointers'
    echo "lazy bind opcodes: at $(in_constant 8): lazily $binder 3 by the opcodes at byte 0x0, there was none"
    echo "lazy bind opcodes: at $(in_constant 32): lazily binds _helper of ordinal 1 by the opcodes at byte 0x0, there was none"
    echo "lazy bind opcodes: at $(in_data 0): there is none, was $lazy_print 3 by the opcodes at byte 0x0"
    echo "lazy bind opcodes: at $(in_data 32): lazily binds _helper of ordinal 1 by the opcodes at byte 0x0, there was none"
    echo "lazy bind opcodes: at $(in_data 40): lazily binds _many of ordinal 2 by the opcodes at byte 0x0, there was none"
    echo 'lazy bind opcodes: 1 more difference'
)" LC_DYLD_INFO_ONLY+16:4="${at[LC_DYLD_INFO_ONLY.lazy_bind_off]}" \
    LC_DYLD_INFO_ONLY+20:4="${at[LC_DYLD_INFO_ONLY.lazy_bind_size]}" \
    LC_DYLD_INFO_ONLY+32:4="${at[LC_DYLD_INFO_ONLY.bind_off]}" \
    LC_DYLD_INFO_ONLY+36:4="${at[LC_DYLD_INFO_ONLY.bind_size]}"

# Symbols. What is not one of the original's is named by its place in the new table.
table=${at[LC_SYMTAB.symoff]} count=${at[LC_SYMTAB.nsyms]} pool=${at[LC_SYMTAB.stroff]}
indirect=${at[LC_DYSYMTAB.indirectsymoff]}
stranger="is not one of the original's, or not in its place"
damage 'the value of a symbol' 1 "symbol 1: $stranger" @$((table + 16 + 8)):8=+4
damage 'the type of a symbol' 1 "symbol 1: $stranger" @$((table + 16 + 4)):1=0x1e
damage 'the section of a symbol' 1 "symbol 1: $stranger" @$((table + 16 + 5)):1=+1
damage 'the description of a symbol' 1 "symbol 1: $stranger" @$((table + 16 + 6)):2=+0x20
damage 'the ordinal of the last undefined symbol' 1 "symbol $((count - 1)): $stranger" \
    @$((table + 16 * (count - 1) + 7)):1=+1
damage 'the name of a symbol: another' 1 "symbol 1: $stranger" @$((table + 16)):4="$(u32 "$table")"
damage 'the name of a symbol: its tail' 1 "symbol 1: $stranger" @$((table + 16)):4=+1
damage 'the name of a symbol: none' 1 "symbol 1: $stranger" @$((table + 16)):4=0
damage 'the name of a symbol: past the pool' 1 "symbol 1: $stranger" \
    @$((table + 16)):4="${at[LC_SYMTAB.strsize]}"
damage 'a byte of a name in the pool' 1 "symbol 0: $stranger" @$((pool + $(u32 "$table") + 1)):1=88
damage 'the end of a name in the pool' 1 "symbol 0: $stranger" @$((pool + $(u32 "$table") + 2)):1=0
damage 'two symbols that change places' 1 "symbol 1: $stranger" \
    @"$table":8="$(u64 $((table + 16)))" @$((table + 8)):8="$(u64 $((table + 24)))" \
    @$((table + 16)):8="$(u64 "$table")" @$((table + 24)):8="$(u64 $((table + 8)))"
damage 'one symbol twice' 1 "symbol 1: $stranger" \
    @$((table + 16)):8="$(u64 "$table")" @$((table + 24)):8="$(u64 $((table + 8)))"

# The indirect table: entry 0 is local by now, entry 1 names a symbol.
misnamed='does not name the symbol it named'
expect_true 'entry 0 of the indirect table is local' test "$(u32 "$indirect")" = $((0x80000000))
damage 'an index of the indirect table' 1 "indirect table entry 1: $misnamed" @$((indirect + 4)):4=0
damage 'an index past the symbol table' 1 "indirect table entry 1: $misnamed" @$((indirect + 4)):4="$count"
damage 'a local entry that names a symbol' 1 "indirect table entry 0: $misnamed" @"$indirect":4=0
damage 'an entry that has become local' 1 "indirect table entry 1: $misnamed" @$((indirect + 4)):4=0x80000000
found 'a local entry that has become absolute' @"$indirect":4=0xc0000000
found 'a local entry with an index' @"$indirect":4=0x80000001
damage 'the indirect table one entry shorter' 1 'indirect table entry 0: there are not as many as before' \
    LC_DYSYMTAB+60:4=-1
damage 'the indirect table gone' 1 'indirect table entry 0: there are not as many as before' \
    LC_DYSYMTAB+56:4=0 LC_DYSYMTAB+60:4=0

# The groups of LC_DYSYMTAB.
group='does not hold what is left of the group'
damage 'ilocalsym' 1 "LC_DYSYMTAB group 0: $group" LC_DYSYMTAB+8:4=1
damage 'nlocalsym' 1 "LC_DYSYMTAB group 0: $group" LC_DYSYMTAB+12:4=1
damage 'iextdefsym' 1 "LC_DYSYMTAB group 1: $group" LC_DYSYMTAB+16:4=+1
damage 'nextdefsym' 1 "LC_DYSYMTAB group 1: $group" LC_DYSYMTAB+20:4=-1
damage 'iundefsym' 1 "LC_DYSYMTAB group 2: $group" LC_DYSYMTAB+24:4=-1
damage 'nundefsym' 1 "LC_DYSYMTAB group 2: $group" LC_DYSYMTAB+28:4=+1

# Load commands.
in_command 'the UUID' LC_UUID 8 LC_UUID
in_command 'the last byte of the UUID' LC_UUID 23 LC_UUID
in_command 'the install name' LC_ID_DYLIB 24 LC_ID_DYLIB
in_command 'the current version' LC_ID_DYLIB 18 LC_ID_DYLIB
in_command 'the compatibility version' LC_ID_DYLIB 20 LC_ID_DYLIB
in_command 'the name of a library' LC_LOAD_DYLIB 25 LC_LOAD_DYLIB
in_command 'the name of another library' 'LC_LOAD_DYLIB[1]' 30 LC_LOAD_DYLIB
in_command 'the version of a library' LC_LOAD_DYLIB 20 LC_LOAD_DYLIB
in_command 'the LC_RPATH' LC_RPATH 14 LC_RPATH
in_command 'the platform' LC_BUILD_VERSION 8 LC_BUILD_VERSION
in_command 'the earliest system' LC_BUILD_VERSION 13 LC_BUILD_VERSION
in_command 'the SDK' LC_BUILD_VERSION 18 LC_BUILD_VERSION
in_command 'the tool in LC_BUILD_VERSION' LC_BUILD_VERSION 28 LC_BUILD_VERSION
in_command 'the highest protection of a segment' __TEXT 56
in_command 'the flags of __DATA_CONST' __DATA_CONST 68
in_command 'the name of a segment' __DATA_CONST 15
in_command 'the name of a section' __TEXT 72
in_command 'the offset of a section' __TEXT $((72 + 48))
in_command 'the alignment of a section' __TEXT $((72 + 52))
in_command 'the type of a section' __TEXT $((72 + 64))
in_command 'the attributes of a section' __TEXT $((72 + 67))
in_command 'where the stubs begin in the indirect table' __TEXT $((72 + 80 + 68))
in_command 'the highest protection of __LINKEDIT' __LINKEDIT 56
in_command 'the flags of __LINKEDIT' __LINKEDIT 68

# first_byte NAME KEY OFFSET COMMAND FIELD=VALUE...: of changed numbers, the first byte that differs is named.
first_byte() {
    local name=$1 key=$2 command=$4 offset old new
    offset=$((at[$key.start] + $3))
    cp "$good" copy
    poke_all copy "${@:5}"
    old=$(byte $offset)
    new=$(od -An -tu1 -j$offset -N1 copy)
    damage "$name" 1 "load command ${at[$key.index]} ($command): differs at byte $(hex $offset) of the slice: $(
        printf '0x%02x, was 0x%02x' "$new" "$old"
    )" "${@:5}"
}
segment() { printf 'lc%d+%d:%d' "${at[$1.index]}" "$2" "$3"; }
first_byte '__DATA writable and executable' __DATA 60 LC_SEGMENT_64 "$(segment __DATA 60 4)"=7
first_byte '__TEXT writable' __TEXT 60 LC_SEGMENT_64 "$(segment __TEXT 60 4)"=7
first_byte '__LINKEDIT writable' __LINKEDIT 60 LC_SEGMENT_64 "$(segment __LINKEDIT 60 4)"=3
first_byte 'a segment that ends earlier' __DATA_CONST 49 LC_SEGMENT_64 "$(segment __DATA_CONST 48 8)"=-0x100
first_byte 'a section that ends earlier' __TEXT $((72 + 40)) LC_SEGMENT_64 "$(segment __TEXT $((72 + 40)) 8)"=-1
first_byte 'a section that begins later' __TEXT $((72 + 32)) LC_SEGMENT_64 \
    "$(segment __TEXT $((72 + 32)) 8)"=+1 "$(segment __TEXT $((72 + 40)) 8)"=-1
first_byte '__LINKEDIT at another address' __LINKEDIT 26 LC_SEGMENT_64 "$(segment __LINKEDIT 24 8)"=+0x10000
first_byte 'an upward library' LC_LOAD_DYLIB 0 LC_LOAD_DYLIB LC_LOAD_DYLIB+0:4=0x80000023
first_byte 'a weak library' LC_LOAD_DYLIB 0 LC_LOAD_DYLIB LC_LOAD_DYLIB+0:4=0x80000018

# Two libraries that change places, so that the ordinals of all symbols mean the other one.
cp "$good" copy
one=${at[LC_LOAD_DYLIB.start]} size=${at[LC_LOAD_DYLIB.cmdsize]} two=${at['LC_LOAD_DYLIB[1].start']}
size_two=${at['LC_LOAD_DYLIB[1].cmdsize']}
{ tail -c +$((two + 1)) "$good" | head -c "$size_two"; tail -c +$((one + 1)) "$good" | head -c "$size"; } |
    dd of=copy bs=1 seek="$one" conv=notrunc status=none
differs=$(cmp -l "$good" copy | awk '{ print $1 - 1; exit }')
flip "$differs"
bytes=$(printf '0x%02x, was 0x%02x' "$(od -An -tu1 -j"$differs" -N1 copy)" "$(byte "$differs")")
owner=LC_LOAD_DYLIB
[ "$differs" -lt "$two" ] || owner='LC_LOAD_DYLIB[1]'
judged 'two libraries that change places' 1 \
    "load command ${at[$owner.index]} (LC_LOAD_DYLIB): differs at byte $(hex "$differs") of the slice: $bytes"

flip 24
damage 'the flags of the header' 1 "mach_header: differs at byte 0x18 of the slice: $bytes" "$change"
flip 31
damage 'the reserved word of the header' 1 "mach_header: differs at byte 0x1f of the slice: $bytes" "$change"
commands=$(u32 16)
damage 'a load command fewer' 1 "mach_header: differs at byte 0x10 of the slice: $(
    printf '0x%02x, was 0x%02x' $((commands - 1)) "$commands"
)" header+16:4=-1
damage 'a load command more' 3 "mach_header ncmds: $((commands + 1)) load commands do not fit in sizeofcmds, $(u32 20) bytes; $commands do" \
    header+16:4=+1
damage 'load commands shorter than they are' 3 "load command $((commands - 1)) (LC_DATA_IN_CODE) cmdsize: 16 bytes run past the end of the load commands" \
    header+20:4=-8
damage 'load commands longer than they are' 1 \
    "mach_header sizeofcmds: $((at[head.size] + 8)) bytes of header and commands, were ${at[head.size]}" header+20:4=+8
damage 'another file type' 3 "load command ${at[LC_ID_DYLIB.index]} (LC_ID_DYLIB) cmd: only a dylib has one" header+12:4=8

# What makes the image unreadable.
linkedit=${at[__LINKEDIT.fileoff]} size=${at[__LINKEDIT.filesize]}
lc="load command ${at[__LINKEDIT.index]} (LC_SEGMENT_64)"
damage 'a part over the one before it' 3 "load command ${at[LC_SYMTAB.index]} (LC_SYMTAB) stroff: the string pool, $(
    hex "${at[LC_SYMTAB.strsize]}"
) bytes at $(hex $((pool - 8))), overlaps the part before it, $(hex "$indirect") to $(
    hex $((indirect + 4 * at[LC_DYSYMTAB.nindirectsyms]))
)" LC_SYMTAB+16:4=-8
damage 'a part past the end of __LINKEDIT' 3 "load command ${at[LC_SYMTAB.index]} (LC_SYMTAB) stroff: the string pool, $(
    hex "${at[LC_SYMTAB.strsize]}"
) bytes at $(hex $((pool + 8))), lies outside __LINKEDIT, $(hex "$linkedit") to $(hex $((linkedit + size)))" LC_SYMTAB+16:4=+8
damage 'a part before __LINKEDIT' 3 "load command ${at[LC_FUNCTION_STARTS.index]} (LC_FUNCTION_STARTS) dataoff: the function starts, $(
    hex "${at[LC_FUNCTION_STARTS.datasize]}"
) bytes at $(hex $((linkedit - 8))), lies outside __LINKEDIT, $(hex "$linkedit") to $(hex $((linkedit + size)))" \
    LC_FUNCTION_STARTS+8:4=$((linkedit - 8))
damage '__LINKEDIT with less memory than contents' 3 \
    "$lc filesize: __LINKEDIT has $(hex "$size") bytes in the file, more than its vmsize, $(hex $((size - 8)))" \
    "$(segment __LINKEDIT 32 8)"=$((size - 8))
damage '__LINKEDIT that ends before its last part does' 3 "load command ${at[LC_SYMTAB.index]} (LC_SYMTAB) stroff: the string pool, $(
    hex "${at[LC_SYMTAB.strsize]}"
) bytes at $(hex "$pool"), lies outside __LINKEDIT, $(hex "$linkedit") to $(hex $((linkedit + size - 16)))" \
    "$(segment __LINKEDIT 32 8)"=$((size - 16)) "$(segment __LINKEDIT 48 8)"=$((size - 16))
damage 'a byte lost at the end' 3 \
    "$lc filesize: __LINKEDIT has $(hex "$size") bytes at $(hex "$linkedit"), past the end of the slice at $(hex $((file_size - 1)))" \
    size=$((file_size - 1))
damage '__LINKEDIT lost' 3 \
    "$lc filesize: __LINKEDIT has $(hex "$size") bytes at $(hex "$linkedit"), past the end of the slice at $(hex "$linkedit")" \
    size="$linkedit"
damage 'cut inside the load commands' 3 \
    "mach_header sizeofcmds: $(u32 20) bytes run past the end of the slice, 500 bytes" size=500
damage 'empty' 3 'magic: the file has 0 bytes, too few for a Mach-O file' size=0
damage 'another magic number' 3 \
    'magic: a 32-bit Mach-O file; macOS 10.15 was the first to refuse them' @0:4=0xfeedface
damage 'a segment over the one before it' 3 "load command ${at[__DATA.index]} (LC_SEGMENT_64) section 0 addr: $(
    hex "${at[__DATA,__la_symbol_ptr.addr]}") lies outside __DATA" "$(segment __DATA 24 8)"=+0x100000
found 'bytes behind __LINKEDIT' size=$((file_size + 1))
found 'a page of bytes behind __LINKEDIT' size=$((file_size + 4096))
found '__LINKEDIT with 256 MiB of memory more' "$(segment __LINKEDIT 32 8)"=$((size + 0x10000000))

# A part off its alignment: the string pool, 4 bytes further on.
{ head -c "$pool" "$good"; printf '\0\0\0\0'; tail -c +$((pool + 1)) "$good"; } >copy
poke_all copy LC_SYMTAB+16:4=+4 "$(segment __LINKEDIT 32 8)"=+4 "$(segment __LINKEDIT 48 8)"=+4
judged 'a part off its alignment' 1 "string pool: begins at $(hex $((pool + 4))), no multiple of 8"

# drop_symbol INDEX GROUP: takes that symbol out of copy's table, and all that follows from it; GROUP is 0
# for locals, 1 for exported and 2 for undefined symbols.
drop_symbol() {
    local entries=${at[LC_DYSYMTAB.nindirectsyms]} i entry
    local place=$((at[LC_SYMTAB.symoff] + 16 * $1)) behind=$((16 * (at[LC_SYMTAB.nsyms] - 1 - $1)))
    tail -c +$((place + 17)) "$good" | head -c $behind |
        dd of=copy bs=65536 seek=$place oflag=seek_bytes conv=notrunc status=none
    poke_all copy LC_SYMTAB+12:4=-1 LC_DYSYMTAB+$((12 + 8 * $2)):4=-1
    for ((i = $2 + 1; i < 3; i++)); do poke_all copy LC_DYSYMTAB+$((8 + 8 * i)):4=-1; done
    for ((i = 0; i < entries; i++)); do
        entry=$(u32 $((at[LC_DYSYMTAB.indirectsymoff] + 4 * i)))
        if [ "$entry" = "$1" ]; then
            poke_all copy @$((at[LC_DYSYMTAB.indirectsymoff] + 4 * i)):4=0x80000000
        elif [ "$entry" -lt $((0x80000000)) ] && [ "$entry" -gt "$1" ]; then
            poke_all copy @$((at[LC_DYSYMTAB.indirectsymoff] + 4 * i)):4=-1
        fi
    done
}
left='is still there, though others of its kind are gone: no level drops only some'
cp "$good" copy
drop_symbol 0 1
judged 'an exported symbol that is gone' 1 "symbol 0: $left"
cp "$good" copy
drop_symbol $((count - 1)) 2
judged 'an undefined symbol that is gone' 1 "symbol 0: $left
indirect table entry 1: does not name the symbol it named"

shrunk 'x86_64 debug-map' classic/victim classic/debug-map debug-map
take classic/debug-map classic/victim
cp "$good" copy
drop_symbol 0 0
judged 'a local symbol that is gone while others stay' 1 "symbol 0: $left"
cp "$good" copy
drop_symbol $((at[LC_DYSYMTAB.nlocalsym] - 1)) 0
judged 'the last local symbol gone while others stay' 1 "symbol 0: $left"
cp "$good" copy
for ((i = at[LC_DYSYMTAB.nlocalsym]; i > 0; i--)); do
    drop_symbol 0 0
    cp copy less
    take less classic/victim
done
run "$VAFIT" verify copy --against classic/victim
expect 'all local symbols gone, one by one: that is what a level drops' 0 'copy: well formed, and means the same'

shrunk 'x86_64 lossless' classic/victim classic/lossless lossless
take classic/lossless classic/victim
stab=0
while [ $(($(byte $((at[LC_SYMTAB.symoff] + 16 * stab + 4))) & 0xe0)) = 0 ]; do stab=$((stab + 1)); done
cp "$good" copy
drop_symbol $stab 0
other=0
while [ $other = $stab ] || [ $(($(byte $((at[LC_SYMTAB.symoff] + 16 * other + 4))) & 0xe0)) = 0 ]; do
    other=$((other + 1))
done
judged 'one entry of the debug map gone' 1 "symbol $((other > stab ? other - 1 : other)): $left"

# Tables of classic linkers, which shrink refuses and verify compares like any other part.
take classic/lossless classic/victim
for place in 'table of contents:32' 'external references:48' 'external relocations:64' 'local relocations:72'; do
    { cat "$good"; printf '%064d' 0; } >tables
    offset=${place#*:}
    poke_all tables "$(segment __LINKEDIT 32 8)"=+64 "$(segment __LINKEDIT 48 8)"=+64 \
        LC_DYSYMTAB+"$offset":4="$file_size" LC_DYSYMTAB+$((offset + 4)):4=8
    original=tables
    cp tables copy
    poke_all copy @$((file_size + 5)):1=7
    found_in_copy "a byte of the ${place%:*}"
done

# --- arm64, signed, with chained fixups ---

shrunk arm64 chained/victim chained/locals locals
take chained/locals chained/victim
content 'arm64: a byte of code' __TEXT "${at[__TEXT,__text.offset]}"
content 'arm64: a byte of __cstring' __TEXT "${at[__TEXT,__cstring.offset]}"
content 'arm64: the first byte behind the load commands' __TEXT "${at[head.size]}"
content 'arm64: the target of a chained pointer in __DATA' __DATA "${at[__DATA,__data.offset]}"
content 'arm64: the next of a chained pointer in __DATA' __DATA $((at[__DATA,__data.offset] + 6))
content 'arm64: the target of a chained pointer in __DATA_CONST' __DATA_CONST "${at[__DATA_CONST,__const.offset]}"
content 'arm64: the ordinal of a bind in __DATA_CONST' __DATA_CONST "${at[__DATA_CONST,__got.offset]}" \
    "chained fixups $(hex "${at[__DATA_CONST.vmaddr]}") (__DATA_CONST) ordinal: there is no import 255, but 5 in all"
content 'arm64: the last byte before __LINKEDIT' __DATA $((at[__LINKEDIT.fileoff] - 1))

# By hand: __DATA_CONST has _weak_number, _host_print_int, two pointers into the image and _helper; __DATA two
# pointers, _helper, _many and _helper_names. The imports are named in that order.
fixups=${at[LC_DYLD_CHAINED_FIXUPS.dataoff]} fixups_size=${at[LC_DYLD_CHAINED_FIXUPS.datasize]}
imports=$(u32 $((fixups + 8))) import_names=$(u32 $((fixups + 12))) starts=$(u32 $((fixups + 4)))
# The starts of the first segment that has any: __DATA_CONST, the third.
i=0
while [ "$(u32 $((fixups + starts + 4 + 4 * i)))" = 0 ]; do i=$((i + 1)); done
expect_true 'arm64: __DATA_CONST is the first segment with fixups' test $i = 2
segment_starts=$((starts + $(u32 $((fixups + starts + 4 + 4 * i)))))
constant=${at[__DATA_CONST.vmaddr]} data=${at[__DATA.vmaddr]}

# broken_fixup NAME OFFSET:SIZE VALUE FINDING: a number in the chained fixups changed so that they are malformed.
broken_fixup() { malformed "arm64: $1" "chained fixups $4" '' "@$((fixups + ${2%:*})):${2#*:}=$3"; }
# changed_fixup NAME OFFSET:SIZE VALUE FINDINGS: so that they mean something else.
changed_fixup() { damage "arm64: $1" 1 "$4" "@$((fixups + ${2%:*})):${2#*:}=$3"; }
of_constant='segment 2 (__DATA_CONST)' overrun="run into the names at $(hex "$import_names")"
broken_fixup 'the version of the fixups' 0:4 1 'fixups_version: 1 is unknown'
broken_fixup 'where the starts are' 4:4 "$fixups_size" \
    "starts_offset: $(hex "$fixups_size") leaves no room in the part, $(hex "$fixups_size") bytes"
broken_fixup 'where the imports are' 8:4 +4 "imports_count: 5 imports at $(hex $((imports + 4))) $overrun"
broken_fixup 'where the imports are: past the end' 8:4 $((fixups_size + 1)) \
    "imports_offset: $(hex $((fixups_size + 1))) lies past the end of the part, $(hex "$fixups_size") bytes"
broken_fixup 'where the names are: past the end' 12:4 $((fixups_size + 1)) \
    "symbols_offset: $(hex $((fixups_size + 1))) lies past the end of the part, $(hex "$fixups_size") bytes"
broken_fixup 'how many imports there are' 16:4 +1 "imports_count: 6 imports at $(hex "$imports") $overrun"
broken_fixup 'too few imports' 16:4 4 "$(hex $((data + 32))) (__DATA) ordinal: there is no import 4, but 4 in all"
broken_fixup 'the format of imports' 20:4 4 'imports_format: 4 is unknown'
broken_fixup 'another format of imports' 20:4 2 "imports_count: 5 imports at $(hex "$imports") $overrun"
broken_fixup 'compressed names' 24:4 1 'symbols_format: 1 is unknown; only plain names are read'
broken_fixup 'how many segments have fixups' "$starts:4" +1 'seg_count: 6 segments, but the image has 5'
broken_fixup 'fixups that begin in the imports' "$((starts + 12)):4" $((imports - starts)) \
    "$of_constant seg_info_offset: $(hex $((imports - starts))) leaves no room before the imports at $(hex "$imports")"
broken_fixup 'the size of starts' "$segment_starts:4" 21 \
    "$of_constant size: 21 bytes are too few or run into the imports at $(hex "$imports")"
broken_fixup 'the page size of fixups' "$((segment_starts + 4)):2" 0x2000 \
    "$of_constant page_size: 0x2000 bytes are neither 4 KiB nor 16 KiB"
broken_fixup 'the pointer format' "$((segment_starts + 6)):2" 3 \
    "$of_constant pointer_format: 3 is none of a program of 64 bits: 1, 2, 6, 9, 12"
broken_fixup 'another pointer format' "$((segment_starts + 6)):2" 6 \
    'segment 3 (__DATA) pointer_format: 2, but 6 in a segment before it'
broken_fixup 'where the segment of fixups is' "$((segment_starts + 8)):8" +8 \
    "$of_constant segment_offset: 0x4008, but the segment is 0x4000 behind the header"
broken_fixup 'how many pages have fixups' "$((segment_starts + 20)):2" 3 \
    "$of_constant page_count: 3 pages run past the segment's starts, 24 bytes"
broken_fixup 'several chains in a page' "$((segment_starts + 22)):2" 0x8000 \
    "$of_constant page_start[0]: 0x8000 begins several chains, which only 32-bit formats can"
broken_fixup 'a chain that begins at the end of its page' "$((segment_starts + 22)):2" 0x3ffc \
    "$of_constant page_start[0]: 0x3ffc leaves no room for a pointer in a page of 0x4000 bytes"
broken_fixup 'the name of an import past the end' "$((imports + 1)):1" 0xfe \
    'import 0 name_offset: the name does not end inside the part'
broken_fixup 'the ordinal of no library' "$imports:1" 4 'import 0 lib_ordinal: 4, but the image loads 3 dylibs'

weak_number='_weak_number of ordinal -3 (weak lookup)'
changed_fixup 'where the names of imports are' 12:4 +1 \
    "chained fixups: at $(in_constant 0): binds ${weak_number#_}, was binds $weak_number
chained fixups: at $(in_constant 8): binds host_print_int of ordinal 3, was binds _host_print_int of ordinal 3
chained fixups: at $(in_constant 32): binds helper of ordinal 1, was binds _helper of ordinal 1
chained fixups: at $(in_data 16): binds helper of ordinal 1, was binds _helper of ordinal 1
chained fixups: at $(in_data 24): binds many of ordinal 2, was binds _many of ordinal 2
chained fixups: 1 more difference"
changed_fixup 'where a chain begins in its page' "$((segment_starts + 22)):2" 8 \
    "chained fixups: at $(in_constant 0): there is none, was binds $weak_number"
changed_fixup 'a page without fixups' "$((segment_starts + 22)):2" 0xffff "$(
    echo "chained fixups: at $(in_constant 0): there is none, was binds $weak_number"
    echo "chained fixups: at $(in_constant 8): there is none, was binds _host_print_int of ordinal 3"
    for i in 16 24; do
        echo "chained fixups: at $(in_constant $i): there is none, was points to $(
            hex $(($(u64 $((at[__DATA_CONST.fileoff] + i))) & 0xfffffffff))
        )"
    done
    echo "chained fixups: at $(in_constant 32): there is none, was binds _helper of ordinal 1"
)"
changed_fixup 'the library of an import' "$imports:1" 2 \
    "chained fixups: at $(in_constant 0): binds _weak_number of ordinal 2, was binds $weak_number"
changed_fixup 'an import that may be missing' "$((imports + 5)):1" +1 \
    "chained fixups: at $(in_constant 8): binds _host_print_int of ordinal 3, which may be missing, was binds _host_print_int of ordinal 3"
changed_fixup 'the name of an import' "$((import_names + 2)):1" 88 \
    "chained fixups: at $(in_constant 0): binds _wXak_number of ordinal -3 (weak lookup), was binds $weak_number"

cp "$good" copy
poke_all copy @$((fixups + imports + 8)):4="$(u32 $((fixups + imports + 12)))" \
    @$((fixups + imports + 12)):4="$(u32 $((fixups + imports + 8)))"
judged 'arm64: two imports that change places' 1 "$(bad_page)
chained fixups: at $(in_constant 32): binds _many of ordinal 2, was binds _helper of ordinal 1
chained fixups: at $(in_data 16): binds _many of ordinal 2, was binds _helper of ordinal 1
chained fixups: at $(in_data 24): binds _helper of ordinal 1, was binds _many of ordinal 2"

# What no reader looks at means nothing; only the page's hash is another.
expect_true 'arm64: the chained fixups end with padding' test "$(byte $((fixups + fixups_size - 2)))" = 0
changed_fixup 'padding behind the names of imports' "$((fixups_size - 1)):1" 1 ''
damage 'arm64: the value of a symbol' 1 "symbol 0: $stranger" @$((at[LC_SYMTAB.symoff] + 8)):8=+4
damage 'arm64: a name' 1 "symbol 0: $stranger" @$((at[LC_SYMTAB.stroff] + $(u32 "${at[LC_SYMTAB.symoff]}") + 1)):1=88
damage 'arm64: an index of the indirect table' 1 "indirect table entry 0: $misnamed" @"${at[LC_DYSYMTAB.indirectsymoff]}":4=0
in_command 'arm64: the UUID' LC_UUID 8 LC_UUID
in_command 'arm64: where the program begins' LC_MAIN 8 LC_MAIN
in_command 'arm64: the stack size' LC_MAIN 16 LC_MAIN
in_command 'arm64: the linker' LC_LOAD_DYLINKER 14 LC_LOAD_DYLINKER
in_command 'arm64: the LC_RPATH' LC_RPATH 14 LC_RPATH

# The signature. A hash of its own is not below codeLimit, so that no page breaks by changing one.
signature=${at[LC_CODE_SIGNATURE.dataoff]}
directory=$((signature + $(u32_big $((signature + 16)))))
hashes=$((directory + $(u32_big $((directory + 16))))) pages=$(u32_big $((directory + 28)))
identifier=$((directory + $(u32_big $((directory + 20)))))
directory() { printf '@%d:%db' $((directory + $1)) "$2"; }
hash_line() { printf 'code signature page %d: its hash is not that of the bytes at 0x%x' "$1" $(($1 * 4096)); }
expect_true 'arm64: is signed as ld64.lld does' test "$(u32_big $((directory + 12)))" = $((0x20002))
damage 'arm64: the hash of a page' 1 "$(hash_line 1)" @$((hashes + 32)):1=+1
damage 'arm64: the hash of the last page' 1 "$(hash_line $((pages - 1)))" @$((hashes + 32 * pages - 1)):1=+1
damage 'arm64: the hashes begin elsewhere' 1 "code signature nCodeSlots: $(hex "$pages") hashes run past the end of the CodeDirectory" \
    "$(directory 16 4)"=+32
damage 'arm64: the identifier' 1 'code signature: the identifier is Xictim, was victim' @"$identifier":1=88
damage 'arm64: another flag' 1 'code signature: the flags are 0x30002, were 0x20002' "$(directory 12 4)"=0x30002
damage 'arm64: no longer signed by the linker' 1 'code signature: the flags are 0x2, were 0x20002' "$(directory 12 4)"=2
found 'arm64: no longer signed ad hoc' "$(directory 12 4)"=0x20000
damage 'arm64: codeLimit' 1 "code signature codeLimit: $(hex $((signature - 1))) bytes are signed, the signature begins at $(
    hex "$signature"
)$NEWLINE$(hash_line $((pages - 1)))" "$(directory 32 4)"=-1
damage 'arm64: codeLimit of a page less' 1 \
    "code signature nCodeSlots: $(hex "$pages") is not the number of pages below codeLimit" "$(directory 32 4)"=-4096
damage 'arm64: a page hash fewer' 1 \
    "code signature nCodeSlots: $(hex $((pages - 1))) is not the number of pages below codeLimit" "$(directory 28 4)"=-1
damage 'arm64: page size' 1 \
    "code signature nCodeSlots: $(hex "$pages") is not the number of pages below codeLimit" "$(directory 39 1)"=14
damage 'arm64: a page size that none has' 1 'code signature pageSize: 0x0 is not a page of 4 to 64 KiB' "$(directory 39 1)"=0
damage 'arm64: the type of hashes' 1 'code signature hashSize: 0x20 is not the size of its hash' "$(directory 37 1)"=1
damage 'arm64: a type of hashes that none has' 1 'code signature hashType: 0x5 is no hash that the kernel takes' "$(directory 37 1)"=5
damage 'arm64: the size of hashes' 1 'code signature hashSize: 0x14 is not the size of its hash' "$(directory 36 1)"=20
damage 'arm64: where the identifier is' 1 'code signature identOffset: 0xffff is not of a string before the hashes' "$(directory 20 4)"=0xffff
damage 'arm64: a special slot that is not there' 1 'code signature nSpecialSlots: 0x8 hashes reach into the fields before them' \
    "$(directory 24 4)"=8
damage 'arm64: the magic of the CodeDirectory' 1 "code signature CodeDirectory: $(
    hex "$(u32_big $((directory + 4)))") bytes are too few, or not its magic" "$(directory 0 1)"=0
damage 'arm64: the magic of the signature' 1 "code signature SuperBlob: $(
    hex "${at[LC_CODE_SIGNATURE.datasize]}") bytes are too few, or not its magic" @"$signature":1=0
damage 'arm64: no blob' 1 'code signature: there is no CodeDirectory' @$((signature + 8)):4b=0
damage 'arm64: a blob past the end' 1 'code signature blob offset: 0xfffff lies past the end of the signature' \
    @$((signature + 16)):4b=0xfffff
damage 'arm64: the CodeDirectory in another slot' 1 'code signature: there is no CodeDirectory' @$((signature + 12)):4b=5
found 'arm64: the version of the CodeDirectory' "$(directory 8 4)"=0x20300
found 'arm64: the platform in the CodeDirectory' "$(directory 38 1)"=1
found 'arm64: execSegBase' "$(directory 64 8)"=0x4000
found 'arm64: execSegLimit' "$(directory 72 8)"=0x8000
found 'arm64: execSegFlags' "$(directory 80 8)"=0
cp "$good" copy
poke_all copy LC_CODE_SIGNATURE+12:4=0
judged 'arm64: the signature gone' 1 'code signature: is gone, or new'
{ head -c "$signature" "$good"; } >copy
less=$((file_size - signature))
poke_all copy header+16:4=-1 header+20:4=-16 "$(segment __LINKEDIT 32 8)"=-$less "$(segment __LINKEDIT 48 8)"=-$less
judged 'arm64: the signature and its load command gone' 1 \
    "mach_header sizeofcmds: $((at[head.size] - 16)) bytes of header and commands, were ${at[head.size]}"
damage 'arm64: cut in the signature' 3 \
    "load command ${at[__LINKEDIT.index]} (LC_SEGMENT_64) filesize: __LINKEDIT has $(hex "${at[__LINKEDIT.filesize]}") bytes at $(
    hex "${at[__LINKEDIT.fileoff]}"), past the end of the slice at $(hex $((file_size - 16)))" size=$((file_size - 16))
found 'arm64: bytes behind the signature' size=$((file_size + 16))
damage 'arm64: __PAGEZERO too small' 3 \
    'load commands: __PAGEZERO has 0xffff0000 bytes, fewer than the 4 GiB without which no arm64 program is loaded' \
    LC_SEGMENT_64+32:8=0xffff0000
cp "$good" copy
poke_all copy @$((at[__TEXT,__text.offset])):1=+1
run "$VAFIT" verify copy --against chained/victim
expect_true 'arm64: what two looks find is said once' test -z "$(sort .err | uniq -d)"

# Without the original, a page hash alone tells.
run "$VAFIT" verify copy
expect 'arm64: a byte of code, without the original' 1 '' "vafit: copy: $(hash_line 0)"

cp "$good" copy
poke_all copy "$(directory 32 4)"=-1
run "$VAFIT" verify copy
expect 'arm64: codeLimit, without the original' 1 '' \
    "vafit: copy: code signature codeLimit: $(hex $((signature - 1))) bytes are signed, the signature begins at $(
        hex "$signature"
    )${NEWLINE}vafit: copy: $(hash_line $((pages - 1)))"
cp "$good" copy
poke_all copy LC_CODE_SIGNATURE+8:4=+8 LC_CODE_SIGNATURE+12:4=-8
run "$VAFIT" verify copy
expect 'arm64: the signature off its alignment, without the original' 1 '' "$(
    printf 'vafit: copy: code signature: begins at 0x%x, no multiple of 16\n' $((signature + 8))
    printf 'vafit: copy: code signature SuperBlob: 0x%x bytes are too few, or not its magic' \
        $((at[LC_CODE_SIGNATURE.datasize] - 8))
)"

# --- every byte ---

# sweep NAME STEP START END: no byte of the good file in [START, END) can be turned round, every STEP bytes,
# without being found; and whatever shrink makes of such a file, it ends as it should.
sweep() {
    local offset missed=() broken=()
    for ((offset = $3; offset < $4; offset += $2)); do
        flip $offset
        cp "$good" copy
        poke_all copy "$change"
        run "$VAFIT" verify copy --against "$original" -q
        case $status in 0) missed+=($offset) ;; 1 | 3) ;; *) broken+=("verify: $offset, exit status $status") ;; esac
        run "$VAFIT" shrink copy --level locals --unstripped none -q -o again
        case $status in 0 | 3) ;; *) broken+=("shrink: $offset, exit status $status: $(head -3 .err)") ;; esac
    done
    printf '%s\n' "${broken[@]}" | grep . >.broken
    expect_true "$1: no byte breaks verify or shrink" test ! -s .broken || cat .broken
    expect_true "$1: no byte is missed" test -z "${missed[*]}"
}
sweep 'arm64: header and load commands' 29 0 "${at[head.size]}"
sweep 'arm64: __LINKEDIT' 29 "${at[__LINKEDIT.fileoff]}" $((hashes + 32 * pages))
sweep 'arm64: contents' 1999 "${at[head.size]}" "${at[__LINKEDIT.fileoff]}"
take classic/locals classic/victim
# Between them the memory of __LINKEDIT, which may end anywhere in its last page, and the places of parts
# that are not there, which mean nothing.
sweep 'x86_64: header and segments' 29 0 $((at[__LINKEDIT.start] + 32))
sweep 'x86_64: the next load commands' 7 $((at[__LINKEDIT.start] + 40)) $((at[LC_DYSYMTAB.start] + 32))
sweep 'x86_64: the other load commands' 29 $((at[LC_DYSYMTAB.start] + 80)) "${at[head.size]}"
sweep 'x86_64: contents' 997 "${at[head.size]}" "${at[__LINKEDIT.fileoff]}"
# without_zeros START SIZE: where the zeros at the end begin, which end opcodes and names, or mean nothing.
without_zeros() {
    local end=$(($1 + $2))
    while [ "$(byte $((end - 1)))" = 0 ]; do end=$((end - 1)); done
    echo $end
}
for part in rebase bind weak_bind lazy_bind; do
    part=LC_DYLD_INFO_ONLY.$part
    sweep "x86_64: $part" 3 "${at[${part}_off]}" "$(without_zeros "${at[${part}_off]}" "${at[${part}_size]}")"
done
sweep 'x86_64: symbols' 5 "${at[LC_SYMTAB.symoff]}" $((at[LC_SYMTAB.symoff] + 16 * at[LC_SYMTAB.nsyms]))
# The pool begins with " ".
sweep 'x86_64: names' 5 $((at[LC_SYMTAB.stroff] + 2)) \
    "$(without_zeros "${at[LC_SYMTAB.stroff]}" "${at[LC_SYMTAB.strsize]}")"
sweep 'x86_64: indirect table' 1 "${at[LC_DYSYMTAB.indirectsymoff]}" \
    $((at[LC_DYSYMTAB.indirectsymoff] + 4 * at[LC_DYSYMTAB.nindirectsyms]))

# --- held against the wrong original ---

cp classic/locals copy
original=classic/libhelper.dylib
found_in_copy 'held against another library of the architecture'
cp chained/libhelper.dylib copy
original=chained/libmany.dylib
found_in_copy 'held against another library of the same size and kind'
cp chained/locals copy
original=classic/victim
found_in_copy 'held against a program of another architecture'
run "$VAFIT" verify copy --against nowhere
expect 'held against nothing' 4 '' 'vafit: nowhere: cannot open: No such file or directory'
run "$VAFIT" verify copy --against victim.c
expect_true 'held against what is no image' test "$status" = 3

# --- universal files ---

llvm-lipo-19 -create chained/victim classic/victim -output both
shrunk universal both both.locals locals
take chained/locals both
arm=$(od -An -tu4 --endian=big -j16 -N4 both.locals | tr -d ' ')
intel=$(od -An -tu4 --endian=big -j36 -N4 both.locals | tr -d ' ')
[ "$(od -An -tu4 --endian=big -j8 -N4 both.locals | tr -d ' ')" = $((0x0100000c)) ] ||
    { swap=$arm; arm=$intel; intel=$swap; }
good=both.locals original=both code_limit=0
cp both.locals copy
poke_all copy @$((intel + 4096 - 1)):1=77
found_in_copy 'universal: a byte of the x86_64 slice'
cp both.locals copy
poke_all copy @$((arm + 16384 - 1)):1=77
found_in_copy 'universal: a byte of the arm64 slice'
cp chained/locals copy
judged 'universal: a slice gone' 1 'universal header: 1 slices, were 2'
llvm-lipo-19 -create chained/locals classic/lossless -output copy
run "$VAFIT" verify copy --against both
expect 'universal: slices of two levels, each of which is one' 0 'copy: well formed, and means the same'

# A slice of an architecture that vafit only carries along: the x86_64 one, called i386.
first=8
[ "$(od -An -tu4 --endian=big -j8 -N4 both | tr -d ' ')" = $((0x01000007)) ] || first=28
cp both mixed
"$POKE" mixed @$first:4b 7
shrunk 'universal, with a slice that is carried along' mixed mixed.locals locals
cp mixed.locals copy
other=$(od -An -tu4 --endian=big -j$((first + 8)) -N4 mixed.locals | tr -d ' ')
poke_all copy @$((other + 4096 - 1)):1=77
original=mixed
found_in_copy 'universal: a byte of a slice that is carried along'
