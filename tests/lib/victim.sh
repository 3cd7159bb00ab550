# What the stories of damages share: programs with something of every part of __LINKEDIT, and what shrink
# makes of them.
. "$(dirname "${BASH_SOURCE[0]}")/damage.sh"
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

# x86_64_damages: makes classic/victim, a dylib without a signature, and libraries beside it; an entry of its
# indirect table names a local symbol, as other linkers make them. The good file is classic/locals from here on.
x86_64_damages() {
    build x86_64 classic -no_fixup_chains -dylib -install_name @rpath/victim.dylib ||
        fail 'building for x86_64' <<<'the linker failed'
    take classic/victim classic/victim
    "$POKE" classic/victim "@${at[LC_DYSYMTAB.indirectsymoff]}:4" $((at[LC_DYSYMTAB.nlocalsym] - 1))
    shrunk x86_64 classic/victim classic/locals locals
    take classic/locals classic/victim
}
# arm64_damages: makes chained/victim, a signed program with chained fixups, and libraries beside it. The good
# file is chained/locals from here on.
arm64_damages() {
    build arm64 chained -fixup_chains -execute || fail 'building for arm64' <<<'the linker failed'
    shrunk arm64 chained/victim chained/locals locals
    take chained/locals chained/victim
}
# in_constant OFFSET, in_data OFFSET: an address as messages show it.
in_constant() { printf '0x%x (__DATA_CONST)' $((constant + $1)); }
in_data() { printf '0x%x (__DATA)' $((data + $1)); }
segment() { printf 'lc%d+%d:%d' "${at[$1.index]}" "$2" "$3"; }
# take_signature: where the parts of the good file's signature are. A hash of its own is not below codeLimit, so
# that no page breaks by changing one.
take_signature() {
    signature=${at[LC_CODE_SIGNATURE.dataoff]}
    directory=$((signature + $(u32_big $((signature + 16)))))
    hashes=$((directory + $(u32_big $((directory + 16))))) pages=$(u32_big $((directory + 28)))
    identifier=$((directory + $(u32_big $((directory + 20)))))
}
# What is not one of the original's symbols is named by its place in the new table.
stranger="is not one of the original's, or not in its place"
misnamed='does not name the symbol it named'
