# A link of a dylib where an earlier one left its output and its original.
. "$(dirname "${BASH_SOURCE[0]}")/story.sh"
. "$TESTS/lib/programs.sh"

export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0

compile arm64 base.o base.c
link arm64 -dylib -install_name @rpath/libbase.dylib -o linked base.o
"$VAFIT" shrink linked -o wanted -q --unstripped none
compile arm64 other.o left.c
link arm64 -dylib -install_name @rpath/libbase.dylib -undefined dynamic_lookup -o earlier other.o
mkdir case
files() {
    (cd case && echo *)
}
start() {
    rm -rf case && mkdir case
    cp earlier case/out && cp earlier case/out.unstripped
}
