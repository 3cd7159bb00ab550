# A file that is no image is said to be what it is, with what to give instead, by every verb that reads images.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"

"$MAKE_MACHO" image --out main --text 16384 --hashes
# verbs NAME FILE WHAT: each verb's one line, exit status 3, and no new file.
verbs() {
    local verb
    for verb in 'check FILE' 'why FILE main' 'scan FILE' 'shrink FILE -o new' 'shrink FILE --in-place' \
        'fix FILE --dry-run' 'fix FILE --out-dir new' 'verify FILE' 'verify main --against FILE' \
        'align FILE --check' 'align FILE --in-place'; do
        # shellcheck disable=SC2086
        run "$VAFIT" ${verb//FILE/$2}
        [ "$status" = 3 ] && [ "$(cat .err)" = "vafit: $2: $3" ] && [ ! -e new ] && continue
        { echo "exit status $status:"; cat .err; } | fail "$1: $verb"
        return
    done
    pass "$1"
}

printf '\x7fELF\2\1\1\0\0\0\0\0\0\0\0\0' >program.elf
verbs 'ELF' program.elf 'magic: an ELF file, of Linux or another system; give the file that is built for macOS'
printf 'MZ\x90\0\3\0\0\0' >program.exe
verbs 'PE' program.exe 'magic: a Windows program (PE); give the file that is built for macOS'
echo 'int f(void) { return 1; }' >f.c
clang-19 --target=arm64-apple-macos13 -c f.c -o f.o
llvm-ar-19 rc libf.a f.o
verbs 'a static library' libf.a 'magic: a static library; give the program or dylib that it is linked into'
llvm-ar-19 rcT libthin.a f.o
verbs 'a thin static library' libthin.a \
    'magic: a thin static library, which names its members; give the program or dylib that it is linked into'
types='is neither an executable (2), a dylib (6) nor a bundle (8)'
verbs 'an object file' f.o \
    "mach_header filetype: 1 $types: an object file; give the program or dylib that it is linked into"
cp main debug && "$POKE" debug header+12:4 10
verbs 'a dSYM' debug \
    "mach_header filetype: 10 $types: a dSYM, debug information alone; give the image that it is made from"
clang-19 --target=arm64-apple-macos13 -emit-llvm -c f.c -o f.bc
verbs 'bitcode' f.bc 'magic: LLVM bitcode; give the program or dylib that it is linked into'
stub='magic: a text-based stub for linkers; give the dylib that it stands for'
printf -- '--- !tapi-tbd\ntbd-version: 4\n...\n' >libx.tbd
verbs 'a text-based stub' libx.tbd "$stub"
printf '{"main_library": {}, "tapi_tbd_version": 5}\n' >liby.tbd
verbs 'a text-based stub as JSON' liby.tbd "$stub"
printf '\xca\xfe\xba\xbe\0\0\0\x41\0\x10' >Main.class
verbs 'a Java class' Main.class 'magic: a Java class file; give the program that runs it'
printf '#!/bin/sh\nexec main\n' >run.sh
verbs 'a script' run.sh 'magic: a script; give the program that it starts'
verbs 'a text' f.c 'magic: a text file; give a program or dylib'
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n' >pointer
verbs 'a pointer of Git LFS' pointer \
    'magic: a pointer of Git LFS, not the file itself; `git lfs pull` fetches it'
printf 'PK\3\4\n\0\0\0' >program.zip
verbs 'a zip archive' program.zip 'magic: a zip archive; unpack it and give the program in it'
head -c 64 /dev/zero >zeros
verbs 'what is not known' zeros 'magic: 0x00000000 is not that of a Mach-O file'

# A path that begins with @ is a response file; npm's scopes begin so.
mkdir -p @img && cp main @img/main
run "$VAFIT" check @img/gone
expect '@scope/x' 4 '' 'vafit: img/gone: cannot open: No such file or directory; @img/gone reads arguments from that file; write ./@img/gone for a path'
run "$VAFIT" check ./@img/main -q
expect './@scope/x' 0 '' ''
run "$VAFIT" check @rpath/main
expect 'a name that dyld expands is none' 4 '' 'vafit: @rpath/main: cannot open: No such file or directory'
