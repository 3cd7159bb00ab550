# What the stories of link share: links of small dylibs into the folder `case`.
. "$(dirname "${BASH_SOURCE[0]}")/story.sh"
. "$TESTS/lib/programs.sh"

# The driver as a build calls it; its linker is ld64.lld-19.
DRIVER=(clang-19 --target=arm64-apple-macos13 -fuse-ld=lld "-L$TESTS/programs")
DYLIB=("${DRIVER[@]}" -dynamiclib -install_name @rpath/libbase.dylib)
# A linker of few words: copies its first argument to OUT, as in FAKE... FILE -o OUT.
FAKE=(sh -c 'cp "$0" "$2"')

compile arm64 base.o base.c
compile arm64 other.o left.c
mkdir linked wanted case
# An image holds its own name and the path of its object, so that all are linked alike.
for name in out a.out; do
    (cd case && "${DYLIB[@]}" ../base.o -o ../linked/$name)
    "$VAFIT" shrink linked/$name -q --unstripped none --out-dir wanted
done
"${DYLIB[@]}" -undefined dynamic_lookup other.o -o earlier
expect_true 'a dylib that has something to lose' test \
    "$(stat -c %s wanted/out)" -lt "$(stat -c %s linked/out)"

# linkedit FILE: the filesize of its __LINKEDIT.
linkedit() {
    llvm-otool-19 -l "$1" | awk '$2 == "__LINKEDIT" { f = 1 } f && $1 == "filesize" { print $2; exit }'
}
LINE="__LINKEDIT $(linkedit wanted/out) bytes, was $(linkedit linked/out) bytes"

# files: what is in the folder `case`, in one line.
files() {
    (cd case && echo *)
}
fresh() {
    cd "$WORK" && chmod -R u+rwx case && rm -rf case && mkdir case
}
# from_case COMMAND...: runs it in the folder `case`.
from_case() {
    cd case && run "$@"
    cd "$WORK" || exit
}
echo 'int main(void) { return 0; }' >main.c
for arch in arm64 x86_64; do clang-19 --target=$arch-apple-macos13 -g -c main.c -o main.$arch.o; done
