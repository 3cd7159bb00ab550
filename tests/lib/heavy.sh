# A real program whose images are heavy with symbols, made by clang-19 and ld64.lld-19.

# heavy_source NAME FUNCTIONS: C that calls as many local functions with long names, and is called as NAME.
heavy_source() {
    awk -v name="$1" -v count="$2" 'BEGIN {
        for (i = 0; i < count; i++)
            printf "__attribute__((noinline)) static int %s_a_local_function_with_quite_a_long_name_%d(int v) { return v * %d + 1; }\n", name, i, i % 7
        printf "int (*const %s_table[])(int) = {", name
        for (i = 0; i < count; i++)
            printf "%s_a_local_function_with_quite_a_long_name_%d, ", name, i
        printf "};\nint %s(int v) {\n    for (int i = 0; i < %d; i++) v = %s_table[i](v) & 0xffff;\n    return v;\n}\n", name, count, name
    }'
}

# heavy_program ARCH FOLDER [STYLE [PARTS]]: main, which loads libone, libtwo and libthree by @rpath; each is
# heavier than the one after it. With PARTS each has that part of its symbols.
heavy_program() {
    local arch=$1 folder=$2 style=${3:--fixup_chains} parts=${4:-1} name count
    mkdir -p "$folder"
    while read -r name count; do
        heavy_source $name $((count / parts)) >"$folder/$name.c"
        clang-19 --target="$arch-apple-macos13" -O1 -g -fno-stack-protector -c "$folder/$name.c" -o "$folder/$name.o" || return
    done <<'EOF2'
one 6000
two 4000
three 2000
own 9000
EOF2
    cat >"$folder/main.c" <<'EOF2'
extern void host_print_int(const char *label, long value);
int own(int v), one(int v), two(int v), three(int v);
int main(void) {
    host_print_int("own", own(1));
    host_print_int("one", one(2));
    host_print_int("two", two(3));
    host_print_int("three", three(4));
    return 7;
}
EOF2
    clang-19 --target="$arch-apple-macos13" -O1 -g -c "$folder/main.c" -o "$folder/main.o" || return
    for name in one two three; do
        link "$arch" "$style" -dylib -install_name @rpath/lib$name.dylib -o "$folder/lib$name.dylib" "$folder/$name.o" || return
    done
    link "$arch" "$style" -execute -rpath @loader_path/. -o "$folder/main" "$folder/main.o" "$folder/own.o" \
        "$folder"/lib*.dylib || return
    rm "$folder"/*.o "$folder"/*.c
}
