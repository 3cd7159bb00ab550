# Small real programs, made by clang-19 and ld64.lld-19 from tests/programs.

# compile ARCH OUT SOURCE [OPTION...]
compile() {
    local arch=$1 out=$2 source=$3
    shift 3
    clang-19 --target="$arch-apple-macos13" -O1 -g -fno-stack-protector "$@" -c \
        "$TESTS/programs/$source" -o "$out"
}

# link ARCH OPTION...
link() {
    local arch=$1
    shift
    ld64.lld-19 -arch "$arch" -platform_version macos 13.0 13.0 "$@" "$TESTS/programs/libSystem.tbd"
}

# small_program ARCH FOLDER [STYLE]: main, which loads libleft, libright and (through them) libbase, all
# by @rpath with the LC_RPATH @loader_path/. STYLE is -fixup_chains (default) or -no_fixup_chains.
small_program() {
    local arch=$1 folder=$2 style=${3:--fixup_chains} name
    mkdir -p "$folder"
    for name in base left right main; do
        compile "$arch" "$folder/$name.o" "$name.c" || return
    done
    link "$arch" "$style" -dylib -install_name @rpath/libbase.dylib -o "$folder/libbase.dylib" \
        "$folder/base.o" || return
    for name in left right; do
        link "$arch" "$style" -dylib -install_name "@rpath/lib$name.dylib" \
            -o "$folder/lib$name.dylib" "$folder/$name.o" "$folder/libbase.dylib" || return
    done
    link "$arch" "$style" -execute -rpath @loader_path/. -o "$folder/main" "$folder/main.o" \
        "$folder/libleft.dylib" "$folder/libright.dylib" || return
    rm "$folder"/*.o
}
