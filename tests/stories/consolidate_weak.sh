# Weak definitions: dyld coalesces them among images that have any. A strong definition of an image that has none does
# not count, and would in a merged image.
. "$(dirname "$0")/../lib/run_programs.sh"

cat >a.c <<'C'
void host_print_int(const char *label, long value);
__attribute__((weak)) int shared(void) { return 1; }
int a(void) { return shared(); }
C
echo 'int shared(void) { return 2; } int b(void) { return 7; }' >b.c
echo '__attribute__((weak)) int shared(void) { return 3; } int c(void) { return shared(); }' >c.c
echo 'int a(void), b(void), c(void); int main(void) { return 100 * a() + 10 * c() + b(); }' >main.c

# build ARCH FOLDER DYLIB...: main and its dylibs, in that order.
build() {
    local arch=$1 folder=$2 name
    shift 2
    mkdir -p "$folder"
    for name in "$@"; do
        clang-19 --target="$arch-apple-macos13" -O1 -c $name.c -o $name.o &&
            link "$arch" -dylib -install_name "@rpath/lib$name.dylib" -o "$folder/lib$name.dylib" $name.o || return
    done
    clang-19 --target="$arch-apple-macos13" -O1 -c main.c -o main.o &&
        link "$arch" -execute -rpath @loader_path/. -o "$folder/main" main.o "${@/#/$folder/lib}" 2>/dev/null ||
        link "$arch" -execute -rpath @loader_path/. -o "$folder/main" main.o $(printf "$folder/lib%s.dylib " "$@")
}

for arch in arm64 x86_64; do
    build $arch $arch b a c || fail "$arch: building" <<<'the linker failed'
    run run_program $arch $arch/main
    expect "$arch: of the weak definitions the first counts, in a and in c" 117
    run "$VAFIT" consolidate $arch/main --in-place
    expect_true "$arch: what is strong in one and weak in others is not merged" \
        grep -qF 'exports _shared, which' .out
    run run_program $arch $arch/main
    expect "$arch: and counts still" 117
done

# Also where the weak definitions are in an image that is left alone.
rm -rf arm64
build arm64 arm64 b a c || fail 'building' <<<'the linker failed'
run "$VAFIT" consolidate arm64/main --in-place --exclude 'lib[ac].dylib'
expect_true 'nor where the weak ones are left alone' grep -qF 'arm64/libb.dylib: exports _shared, which' .out
