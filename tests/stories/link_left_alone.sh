# link: outputs that are no image, and calls that link nothing, are left alone.
. "$(dirname "$0")/../lib/link.sh"

# alone NAME COMMAND...: the command makes the same without and with vafit, and no original.
alone() {
    local name=$1
    shift
    rm -rf alone && mkdir alone && cp case/* alone 2>/dev/null
    (cd alone && "$@" >"$WORK/direct.out" 2>"$WORK/direct.err")
    from_case "$VAFIT" link --level symbols -- "$@"
    expect "$name" 0 "$(cat direct.out)" "$(cat direct.err)"
    expect_same "$name: is the same" alone case
    fresh
}
cp "$TESTS/programs/base.c" .
clang-19 --target=i386-apple-macos10.14 -c main.c -o main.i386.o
alone '-c' "${DRIVER[@]}" -c ../base.c -o out
alone '-S' "${DRIVER[@]}" -S ../base.c -o out
alone '-E' "${DRIVER[@]}" -E ../base.c -o out
alone 'an object file' "${FAKE[@]}" ../base.o -o out
alone 'an archive' llvm-libtool-darwin-19 -static -o out ../base.o
alone 'a universal object' llvm-lipo-19 -create ../main.arm64.o ../main.x86_64.o -output ignored -o out
alone 'text' "${FAKE[@]}" ../main.c -o out
alone 'an empty file' "${FAKE[@]}" /dev/null -o out
alone '/dev/null' "${DYLIB[@]}" ../base.o -o /dev/null
alone 'a folder' sh -c 'mkdir "$1"' -o out
alone 'nothing' true -o out
alone '32 bits' "${FAKE[@]}" ../main.i386.o -o out
head -c 4 linked/out >four
alone 'four bytes of a dylib' "${FAKE[@]}" ../four -o out
expect_true '/dev/null is still there' test -c /dev/null

# untouched NAME OPTION...: no link, so that an image of before stays, with its original.
untouched() {
    cp linked/out case/out && cp linked/out case/out.unstripped
    cp linked/out case/a.out && cp linked/out case/a.out.unstripped
    sleep 0.1
    from_case "$VAFIT" link --level symbols -- "${DRIVER[@]}" "${@:2}"
    expect "$1" 0 - -
    expect_true "$1: nothing is touched" test "$(cat case/* | sha256sum)" = \
        "$(cat linked/out linked/out linked/out linked/out | sha256sum)" -a "$(files)" = \
        'a.out a.out.unstripped out out.unstripped'
    fresh
}
untouched '--version' --version -o out
untouched '-###' -### ../base.o -o out
untouched '-###, no output' -### ../base.o
untouched '-fsyntax-only' -fsyntax-only ../main.c -o out
untouched '--help' --help -o out
untouched '-print-search-dirs' -print-search-dirs
