# Programs of sixty dylibs print the same after these became one image, or several, and undone; with chained fixups of
# both kinds and with opcodes. Those of C become one image; those of C++ with thread-local variables take five section
# headers each, so that 255 are enough for some forty of them.
. "$(dirname "$0")/../lib/many_dylibs.sh"

COUNT=60
# sixty ARCH STYLE NAME [FORMAT]: links them; FORMAT 6 turns their chained pointers into that format.
sixty() {
    local file
    rm -rf many was
    many_dylibs "$1" $COUNT many "$2" || fail "$3: linking" <<<'the linker failed'
    if [ "${4-}" = 6 ]; then
        for file in many/*; do [ -L "$file" ] || python3 "$TESTS/lib/pointer_format_6.py" "$file"; done
    fi
    cp -a many was
    many_run "$1" many before
    expect_true "$3: both programs end" test "$(cat before.main before.other | grep -cx 'exit status 7')" = 2
    many_same "$3" "$1" 4
}

# Plain ones of C: each is begun after the one that it calls.
cat >plain.c <<'END'
extern void host_print_int(const char *label, long value);
#define JOIN(a, b) a##b
#define NAMED(a, b) JOIN(a, b)
extern long BELOW(void);
static long begun = NUMBER;
long NAMED(list, NUMBER)[] = {NUMBER, 1};
__attribute__((constructor)) static void begin(void) {
    begun += BELOW();
    host_print_int("begun", begun);
}
__attribute__((destructor)) static void end(void) {
    host_print_int("ended", NUMBER);
}
long NAMED(value, NUMBER)(void) {
    return begun + NAMED(list, NUMBER)[1];
}
END
printf 'extern void host_print_int(const char *label, long value);\nextern long value59(void);\nint main(void) { host_print_int("all", value59()); return 3; }\n' >whole.c
printf 'long nothing(void) { return 0; }\n' >nothing.c
# plain ARCH STYLE: the program plain/main of them, from plain-ARCH.
plain() {
    local i below=plain-$1/libnothing.dylib arguments=()
    rm -rf plain "plain-$1" && mkdir "plain-$1"
    clang-19 --target="$1-apple-macos13" -O1 -c nothing.c -o nothing.o
    link "$1" "$2" -dylib -install_name @rpath/libnothing.dylib -o "$below" nothing.o
    for i in $(seq 0 59); do
        clang-19 --target="$1-apple-macos13" -O1 -DNUMBER="$i" \
            -DBELOW="$([ "$i" = 0 ] && echo nothing || echo "value$((i - 1))")" -c plain.c -o plain.o
        link "$1" "$2" -dylib -install_name "@rpath/lib$i.dylib" -o "plain-$1/lib$i.dylib" plain.o "$below" || return
        below=plain-$1/lib$i.dylib
    done
    clang-19 --target="$1-apple-macos13" -O1 -c whole.c -o whole.o
    link "$1" "$2" -execute -rpath @loader_path/. -o "plain-$1/main" whole.o "$below" || return
    cp -a "plain-$1" plain
}
for arch in arm64 x86_64; do
    for style in -fixup_chains -no_fixup_chains; do
        plain $arch $style || fail "$arch $style: building" <<<'the linker failed'
        run run_program $arch plain/main
        expect_true "$arch $style: all sixty begin and end" test "$status $(grep -c begun .out) $(grep -c ended .out)" = '3 60 60'
        cp .out wanted
        run "$VAFIT" consolidate plain/main --in-place
        expect_true "$arch $style: two images are left" grep -qx '62 images became 2' .out
        run run_program $arch plain/main
        expect "$arch $style: it prints the same" 3 "$(cat wanted)"
        run "$VAFIT" verify plain/main
        expect "$arch $style: it means the same" 0 'plain/main: well formed, and means the same'
        run "$VAFIT" consolidate plain/main --undo -q
        expect_true "$arch $style: every byte is what it was" diff -r "plain-$arch" plain
    done
done

many_objects arm64 $COUNT || fail 'arm64: compiling' <<<'the compiler failed'
sixty arm64 -fixup_chains 'arm64, chained fixups of format 6' 6
sixty arm64 -no_fixup_chains 'arm64, opcodes'
many_objects x86_64 $COUNT || fail 'x86_64: compiling' <<<'the compiler failed'
sixty x86_64 -fixup_chains 'x86_64, chained fixups'
many_same 'x86_64, three left alone' x86_64 7 --exclude 'libpart3[01]*' --exclude 'libpart7.*'
